"""Bound what a page asks of its parser, whatever its attributes look like."""

from __future__ import annotations

import pytest

from pipelines.html.page_bounds import MOST_ATTRIBUTES, MOST_ELEMENTS, MOST_OF_ALL, MOST_TEXT, excess_of, text_length
from pipelines.html.tree import parse_text

MANY = f"more than {MOST_ATTRIBUTES:,} attributes in one tag"


@pytest.mark.parametrize(
    "form", ["a{} ", "a{}=1 ", "a{}='1'", 'a{}="1"', "a{}='<'", "a{}='>'", 'a{} = ">" ', "/a{}", "a{}\n", "=a{}=1 "]
)
def test_attributes_are_counted_as_the_parser_does(form: str) -> None:
    def page(count: int) -> str:
        return "<p>x</p><div " + "".join(form.replace("{}", str(number)) for number in range(count)) + ">y</div>"

    assert excess_of(page(MOST_ATTRIBUTES)) == ""
    assert excess_of(page(MOST_ATTRIBUTES + 1)) == MANY
    assert len(parse_text(page(MOST_ATTRIBUTES), "").root.xpath("//div")[0].attrib) == MOST_ATTRIBUTES


def test_tags_are_counted() -> None:
    assert excess_of("<p>" * MOST_ELEMENTS) == ""
    assert excess_of("<p>" * (MOST_ELEMENTS + 1)) == f"more than {MOST_ELEMENTS:,} tags"
    assert excess_of("x < y " * 2 * MOST_ELEMENTS) == ""


def test_all_attributes_are_counted() -> None:
    tag = "<p " + "a=1 " * 50 + ">"
    assert excess_of(tag * (MOST_OF_ALL // 50)) == ""
    assert excess_of(tag * (MOST_OF_ALL // 50 + 1)) == f"more than {MOST_OF_ALL:,} attributes"


def test_the_text_is_measured_and_nothing_else() -> None:
    long = "a" * MOST_TEXT
    assert excess_of(f"<p>{long[:-5]}</p>") == ""
    assert excess_of(f"<p>{long}a</p>") == f"more than {MOST_TEXT:,} characters of text"
    for other in (f"<script>{long}</script>", f"<!--{long}-->", f"<img src='{long}'>", f"<!--{long}", f"<style>{long}"):
        assert excess_of(f"<p>x</p>{other}") == ""


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a<b>c</b>d", 3), ("1 < 2", 5), ("<!-- a > b -->c", 1), ("<script>a<b</script>c", 1), ("<scripts>a</scripts>c", 2),
        ("<STYLE a=1>x</Style >c", 1), ("a<script>b", 1), ("a<!-", 4), ("<p title='a > b'>c", 5), ("</", 2),
    ],
)  # fmt: skip
def test_what_a_reader_takes_for_text_is_counted(text: str, length: int) -> None:
    assert text_length(text) == length


@pytest.mark.parametrize(
    "text", ["", "<", "<p", "<p a='", "a < b", "<p title='a > b'>x</p>", "for (i=0; i<n; i++) " * 500, "<img src='data:" + "A=" * 9000 + "'>"]
)  # fmt: skip
def test_ordinary_text_exceeds_nothing(text: str) -> None:
    assert excess_of(text) == ""
