"""Lists that grow by a button or a form: what is asked for next, and what is read from the answer."""

from __future__ import annotations

import json

import pytest
from parsel import Selector

from archive.model.records import ListRequest
from crawler.families.declared import DeclaredSpider, Structure, next_page
from crawler.listings.listing import Section
from crawler.listings.load_more import count_up, counters, is_more, next_piece, read_piece
from crawler.portal import Sure

BASE = "https://mau.vn/tin"


class Mau(DeclaredSpider):
    name = "mau"
    title = "Mẫu"
    province = None
    home = "https://mau.vn"
    sections = (Section("tin", "/tin", "Tin"),)
    sure = Sure.INFERRED
    structure = Structure(
        article=r"/bai/(?P<key>\d+)", links=("ul.ds a",), entry="li", more="button.them", counts="trang", json=True
    )


def page(html: str) -> Selector:
    return Selector(text=html, type="html")


BUTTONS = [
    ("address", '<button class=b data-url="/api?trang=2">Xem thêm</button>', "GET", "https://mau.vn/api?trang=2", ""),
    (
        "posted form",
        '<form class=b method=post action="/them"><input type=hidden name=trang value=2><input type=submit></form>',
        "POST",
        "https://mau.vn/them",
        "trang=2",
    ),
    ("form in the address", "<form class=b><input type=hidden name=p value=2></form>", "GET", f"{BASE}?p=2", ""),
]


@pytest.mark.parametrize(
    ("html", "method", "url", "body"), [case[1:] for case in BUTTONS], ids=[case[0] for case in BUTTONS]
)
def test_the_next_piece_is_what_the_button_asks_for(html: str, method: str, url: str, body: str) -> None:
    asked = next_piece(page(html), ".b", BASE)
    assert asked is not None
    assert (asked.method, asked.url, asked.body) == (method, url, body)


@pytest.mark.parametrize(
    "html",
    [
        '<button class=b onclick="them()">Xem thêm</button>',
        '<button class=b data-url="https://khac.vn/api?trang=2">Xem thêm</button>',
        '<form class=b method=post action="https://khac.vn/"></form>',
    ],
    ids=["script", "other host", "form to another host"],
)
def test_a_button_that_names_no_address_of_the_portal_leads_nowhere(html: str) -> None:
    assert next_piece(page(html), ".b", BASE) is None


def test_a_form_with_a_token_is_of_this_visit() -> None:
    form = "<form class=b method=post><input name=__VIEWSTATE value=x type=hidden><input name=trang value=2></form>"
    asked = next_piece(page(form), ".b", BASE)
    assert asked is not None
    assert asked.of_visit


COUNTS = [
    ("pages", "https://mau.vn/api?muc=7&trang=2", "trang", 2, "https://mau.vn/api?muc=7&trang=3"),
    ("pages from zero", "https://mau.vn/api?p=1", "p", 2, "https://mau.vn/api?p=2"),
    ("entries", "https://mau.vn/api?start=12", "start", 2, "https://mau.vn/api?start=24"),
    ("entries later", "https://mau.vn/api?start=24", "start", 3, "https://mau.vn/api?start=36"),
]


@pytest.mark.parametrize(
    ("url", "name", "number", "following"), [case[1:] for case in COUNTS], ids=[case[0] for case in COUNTS]
)
def test_pages_count_by_one_and_entries_by_a_piece(url: str, name: str, number: int, following: str) -> None:
    asked = count_up(ListRequest(url), name, number)
    assert asked is not None
    assert asked.url == following


def test_what_may_count_is_a_known_name_or_the_only_number() -> None:
    assert counters(ListRequest("https://mau.vn/api?muc=7&trang=2")) == ["trang"]
    assert counters(ListRequest("https://mau.vn/api?x=2")) == ["x"]
    assert counters(ListRequest("https://mau.vn/api?x=2&y=7")) == []


def test_json_tells_addresses_titles_and_html() -> None:
    answer = {
        "data": [{"tieuDe": "Mưa lớn", "link": "/bai/31", "anh": "/a.jpg"}, {"html": '<a href="/bai/32">Gặt</a>'}]
    }
    read = read_piece(json.dumps(answer), BASE, Mau.article_key)
    assert read is not None
    assert [(entry.key, entry.title) for entry in read[0]] == [("31", "Mưa lớn")]
    assert '<a href="/bai/32">' in read[1]
    assert read_piece("<ul><li>", BASE, Mau.article_key) is None
    assert read_piece('{"data": [', BASE, Mau.article_key) is None


def test_a_declared_list_goes_on_by_its_button_until_nothing_comes() -> None:
    section = Mau.sections[0]
    first = Mau.read_listing(
        BASE,
        '<ul class=ds><li><a href="/bai/31">Mưa</a></li></ul><button class=them data-url="/api?trang=2">Xem thêm</button>',
        section,
        1,
    )
    assert [entry.key for entry in first.entries] == ["31"]
    assert isinstance(first.next, ListRequest)
    assert first.next.json
    second = Mau.read_answer(first.next, first.next.url, json.dumps([{"url": "/bai/32"}]), section, 2)
    assert [entry.key for entry in second.entries] == ["32"]
    assert isinstance(second.next, ListRequest)
    assert second.next.url.endswith("trang=3")
    assert Mau.read_answer(second.next, second.next.url, "[]", section, 3).next is None


def test_xem_them_below_an_entry_is_no_page_link() -> None:
    assert is_more("Xem thêm »")
    entry = '<li><a href="/tin/bai-31">Xem thêm</a></li>'
    assert next_page(page(entry), "", BASE, BASE, 1) is None
    assert next_page(page(f'{entry}<a href="/tin?page=2">Xem thêm</a>'), "", BASE, BASE, 1) == f"{BASE}?page=2"
