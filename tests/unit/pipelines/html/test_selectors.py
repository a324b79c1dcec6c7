"""The index answers every selector as lxml's XPath of it does, on any page, and no page makes a step quadratic."""

from __future__ import annotations

import pytest
from cssselect import SelectorError
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, document_fromstring

from pipelines.html import selectors
from pipelines.html.selectors import SelectorIndex

TAGS = st.sampled_from(("div", "p", "span", "H1", "a", "li", "b", "table", "o:p"))
WORDS = st.sampled_from(("x", "y", "x-y", "xy", "X", "é", "date-today"))
BLANKS = st.sampled_from((" ", "  ", "\n", "\t", "\u00a0", "\u000b", "\f"))


@st.composite
def attributes(draw: st.DrawFn) -> str:
    value = draw(st.one_of(WORDS, st.lists(st.one_of(WORDS, BLANKS), max_size=5).map("".join)))
    name = draw(st.sampled_from(("class", "class", "class", "id", "CLASS", "href", "itemprop", "data-role", "x:y")))
    return draw(st.sampled_from((f'{name}="{value}"', f'{name}="&#120; {value}"', name)))


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Draw tags that open and close in any order, comments and text between them."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 25))):
        kind, tag = draw(st.integers(0, 5)), draw(TAGS)
        given_attributes = " ".join(draw(st.lists(attributes(), max_size=3)))
        parts.append(("<!-- x -->", f"</{tag}>", "text")[kind] if kind < 3 else f"<{tag} {given_attributes}>")
    return "".join(parts)


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


@pytest.mark.parametrize("selector", [".x .y", ".x ~ .y", ".x > .y", ".x + .y", ".z .x .y", ".y:not(.x) .y"])
@pytest.mark.parametrize("shape", ["nested", "beside"])
def test_a_step_reads_each_element_once(selector: str, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(count: int) -> int:
        taken = 0
        before = SelectorIndex._before

        def counted(index: SelectorIndex, element: HtmlElement, combinator: str) -> HtmlElement | None:
            nonlocal taken
            taken += 1
            return before(index, element, combinator)

        monkeypatch.setattr(selectors.SelectorIndex, "_before", counted)
        end = "" if shape == "nested" else "</b>"
        root = document_fromstring(
            "<html><body><i class=z></i><div>" + f"<b class='y'>{end}" * count + "<u class=x></u>"
        )
        SelectorIndex(root).match(selector)
        monkeypatch.undo()
        return taken

    assert steps(200) <= 2 * steps(100) + 10
