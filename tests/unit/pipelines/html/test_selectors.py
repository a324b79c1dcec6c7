"""The index answers every selector as lxml's XPath of it does, on any page, and no page makes a step quadratic."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from cssselect import SelectorError
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, document_fromstring

from pipelines.html import selectors
from pipelines.html.selectors import SelectorIndex
from tests.unit.pipelines.html.drawn import WORDS, markup


@st.composite
def compounds(draw: st.DrawFn) -> str:
    word = draw(WORDS)
    kinds = (
        f".{word}", f".{word}", f"#{word}", f"[class*={word}]", f"[class^='{word}']", f"[class$={word}]", f"[class~='{word}']",
        f"[id|={word}]", f"[class='{word} x']", f"[id='{word}']", "[itemprop]", f"[DATA-role='{word}']", "[class='']", "[class*='']",
        f"[class!='{word}']", f":not(.{word})", f":not([class*='{word}'])", f":not(div.{word})", f":not(p .{word})",
        ":first-child", ":has(> .x)", ":is(.x, p)", f"[class='{word}' i]", "[x\\:y]", ":only-child",
    )  # fmt: skip
    tag = draw(st.sampled_from(("", "", "*", "div", "P", "a", "o\\:p", "h1")))
    return tag + "".join(draw(st.lists(st.sampled_from(kinds), min_size=0 if tag else 1, max_size=3)))


@st.composite
def css(draw: st.DrawFn) -> str:
    def chain() -> str:
        steps = draw(st.lists(st.sampled_from((" ", " > ", " + ", " ~ ", " ")), max_size=3))
        return draw(compounds()) + "".join(step + draw(compounds()) for step in steps)

    return ", ".join(chain() for _ in range(draw(st.integers(1, 2))))


def by_xpath(root: HtmlElement, selector: str) -> list[HtmlElement]:
    found = CSSSelector(selector, translator="html")(root)
    assert isinstance(found, list)
    return [element for element in found if isinstance(element, HtmlElement)]


@given(markup(), st.lists(css(), min_size=1, max_size=6))
@example("<p class='x&nbsp;y'><p class='x\ty'>", [".x", "[class~=y]"])  # no blank of XPath's
@example("<p class=x><!-- --><b class=y>", ["p > :first-child.y", ".x + .y, .y"])
def test_every_selector_gives_what_the_xpath_gives(page: str, wanted: list[str]) -> None:
    root = document_fromstring(f"<html><body>{page}</body></html>")
    index = SelectorIndex(root)
    for selector in wanted:
        assert index.match(selector) == by_xpath(root, selector), selector


@pytest.mark.parametrize("selector", ["div[", "p:unknown", "a::before", ""])
def test_a_wrong_selector_is_an_error_on_a_page_without_a_match(selector: str) -> None:
    with pytest.raises(SelectorError):
        SelectorIndex(document_fromstring("<html><body></body></html>")).match(selector)


@pytest.mark.parametrize(
    "selector", [".y .y", ".x .y", ".y ~ .y", ".y > .y", ".y + .y", ".z .y .y", ".y:not(.x) * .y", "* ~ *"]
)
@pytest.mark.parametrize("end", ["", "</b>"], ids=["nested", "beside"])
def test_twice_the_page_costs_twice_the_steps(selector: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    count, steps = selectors._COUNT, 0

    def counted(element: HtmlElement) -> float:
        nonlocal steps
        found = count(element)
        assert isinstance(found, float)
        steps += int(found)
        return found

    def line(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        nonlocal steps
        steps += 1
        return line if frame.f_code.co_filename == selectors.__file__ else None

    def taken(size: int) -> int:
        nonlocal steps
        root = document_fromstring("<html><body class=z>" + f"<b class='y'>{end}" * size)
        steps = 0
        before = sys.gettrace()
        sys.settrace(line)  # type: ignore[arg-type]  # a local trace function takes the same
        try:
            SelectorIndex(root).match(selector)
        finally:
            sys.settrace(before)
        return steps

    monkeypatch.setattr(selectors, "_COUNT", counted)
    assert taken(240) < 2.2 * taken(120)
