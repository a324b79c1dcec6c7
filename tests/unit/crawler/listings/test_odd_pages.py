"""Markup that no page should hold costs itself, never the list that it stands in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from parsel import Selector

import crawler
from archive.model.records import ListRequest
from crawler.families import vnpt
from crawler.listings.feeds import read_sitemap
from crawler.listings.load_more import count_up
from crawler.listings.pagination import attribute, next_by_parameter, number_of

URL = "https://a.gov.vn/tin"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
DIGITS = "1" * 5000


def test_an_attribute_beside_one_with_a_control_sign_is_read() -> None:
    page = Selector("<ul><a \x01h='1' href='/tin?page=2'>2</a></ul>", type="html")
    with pytest.raises(ValueError, match="control characters"):
        page.css("a").attrib  # noqa: B018  why nothing of ours asks for it
    assert attribute(page.css("a")[0], "href") == "/tin?page=2"
    assert attribute(page.css("a")[0], "title", "none") == "none"
    assert next_by_parameter(page, URL, 1, "page".__eq__) == f"{URL}?page=2"


def test_nothing_asks_for_all_attributes_by_their_names() -> None:
    modules = Path(crawler.__file__).parent.rglob("*.py")
    assert [path.name for path in modules if ".attrib" in path.read_text("utf-8").replace("own `attrib`", "")] == []


def test_a_number_without_bound_counts_nothing() -> None:
    assert number_of("12") == 12
    assert number_of(DIGITS) is number_of("") is number_of("-1") is None
    assert count_up(ListRequest(f"{URL}?page=2"), "page", 2) == ListRequest(f"{URL}?page=3")
    assert count_up(ListRequest(URL, "POST", body=f"page={DIGITS}"), "page", 2) is None


def test_a_page_link_without_bound_leads_nowhere() -> None:
    pager = Selector(
        f"<ul><li class='page-item' data-page='{DIGITS}'></li><li class='page-item' data-page='3'></li></ul>",
        type="html",
    )
    assert vnpt._shows(pager, 3)
    assert not vnpt._shows(pager, 4)


def test_an_address_that_is_none_leaves_the_others_of_a_sitemap() -> None:
    body = b"https://d]x/1\nhttps://a.gov.vn/tin/2\n"
    assert [entry.key for entry in read_sitemap(f"{URL}/s.xml", body, str, NOW).entries] == ["https://a.gov.vn/tin/2"]
