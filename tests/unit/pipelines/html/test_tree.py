"""The text of an element and of a line, by the shortest way, are those of the rules in full."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from pipelines.html.tree import INLINE, INVISIBLE, is_hidden, line, parse, tag_of, text_of
from tests.unit.pipelines.html.drawn import markup
from vietnam.letters import clean_letters, fold_spaces


def by_events(element: HtmlElement, skip: frozenset[HtmlElement]) -> str:
    """Return the text as the events of a walk give it, one after another."""
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, node in walk:
        if event == "start" and node is not element and (tag_of(node) in INVISIBLE or node in skip or is_hidden(node)):
            walk.skip_subtree()
        elif event == "start":
            parts += (" " * (tag_of(node) not in INLINE), node.text or "")
        elif node is not element:
            parts += (" " * (event == "end" and tag_of(node) not in INLINE), node.tail or "")
    return line("".join(parts))


@given(markup(), st.integers(0, 40))
def test_the_text_of_an_element(page: str, skipped: int) -> None:
    root = document_fromstring(f"<html><body>{page}</body></html>")
    elements = list(root.iter("*"))
    skip = frozenset(elements[skipped : skipped + 2])
    for element in elements:
        assert text_of(element, skip) == by_events(element, skip)


def test_a_page_of_any_depth_is_read() -> None:
    root = document_fromstring("<html><body>" + "<b>" * 200 + "a" + "</b>" * 200 + "b</body></html>")
    assert text_of(root) == "ab"


@given(st.text(st.sampled_from("aă\u0301 \t\n\r\v\f\x1c\x1f\x85\u00a0\u2028\u2003\u034f\u200b\ufffe\uffff\ud800")))
def test_a_line(text: str) -> None:
    assert line(text) == fold_spaces(clean_letters(text)).translate({0xFFFE: None, 0xFFFF: None})


def test_a_base_that_is_no_address_is_passed_over() -> None:
    page = parse(b"<html><head><base href='http://[::1/'></head><body>a</body></html>", "https://a.vn/tin/")
    assert page.base == "https://a.vn/tin/"
