"""Small pages, feeds and files that people of this trade reported, one fault each, and real pages of a Liferay 7.

They stand outside the project. A test is one file and one field of what `expected.json` says of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import NamedTuple, TypedDict
from urllib.parse import urljoin

import pytest
from scrapy.http import HtmlResponse

from archive.model.enums import Outcome
from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.feeds import read_feed
from crawler.listings.listing import Section
from crawler.portal import Sure
from crawler.requests import Expect, RequestInfo
from crawler.responses.facts import facts_of
from crawler.responses.outcome import classify
from pipelines.article import Article, Layout
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.files.text import read_attachment
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

FIELD, LIFERAY = DATA / "field", DATA / "pages" / "liferay_moh"
LATER = datetime(2026, 11, 1, tzinfo=TZ)

pytestmark = pytest.mark.skipif(not FIELD.is_dir(), reason=ABSENT)


class Expected(TypedDict, total=False):
    kind: str
    url: str
    now: str
    title: str | None
    published: str | None
    must: list[str]
    must_not: list[str]
    once: list[str]
    attachments: list[str]
    outcome: str
    entries: list[dict[str, str]]


class Case(NamedTuple):
    name: str
    field: str

    def __str__(self) -> str:
        return f"{self.name}-{self.field}"


def _expected() -> dict[str, Expected]:
    if not FIELD.is_dir():
        return {}
    data = json.loads((FIELD / "expected.json").read_text(encoding="utf-8"))
    return {name: told for name, told in data.items() if not name.startswith("_")}


EXPECTED = _expected()


def cases() -> Iterator[Case]:
    for name, told in EXPECTED.items():
        if name.endswith(".xml"):
            yield Case(name, "entries")
        elif name.endswith(".pdf"):
            yield Case(name, "scan")
        elif "outcome" in told:
            yield Case(name, "outcome")
        else:
            fields = ("title", "published", "must", "must_not", "once", "attachments")
            yield from (Case(name, field) for field in fields if field in told)
            yield Case(name, "quarantine")


def params(*fields: str) -> list[Case]:
    return [case for case in cases() if case.field in fields]


@cache
def read(name: str) -> Article:
    told = EXPECTED[name]
    return clean(extract((FIELD / name).read_bytes(), told["url"], (), datetime.fromisoformat(told["now"])))


def _reading(case: Case) -> tuple[object, object]:
    """Return what the product reads of a field, and what is right."""
    told = EXPECTED[case.name]
    article = read(case.name)
    text = article.text()
    match case.field:
        case "title":
            return article.title, told["title"]
        case "published":
            return article.published and article.published.isoformat().removesuffix(":00+07:00"), told["published"]
        case "must":
            return [passage for passage in told["must"] if passage not in text], []
        case "must_not":
            return [passage for passage in told["must_not"] if passage in text], []
        case "once":
            return [text.count(passage) for passage in told["once"]], [1] * len(told["once"])
        case "attachments":
            whole = [urljoin(told["url"], address) for address in told["attachments"]]
            return [file.url for file in article.attachments], whole
    return check(article, datetime.fromisoformat(told["now"])), ()


@pytest.mark.parametrize(
    "case", params("title", "published", "must", "must_not", "once", "attachments", "quarantine"), ids=str
)
def test_the_article_is_read_as_a_person_reads_it(case: Case) -> None:
    found, right = _reading(case)

    assert found == right, EXPECTED[case.name]["kind"]


@pytest.mark.parametrize("case", params("outcome"), ids=str)
def test_the_outcome_is_what_the_page_says(case: Case) -> None:
    told = EXPECTED[case.name]
    url = told["url"]
    response = HtmlResponse(
        url, body=(FIELD / case.name).read_bytes(), headers={"Content-Type": "text/html; charset=utf-8"}
    )
    asked = RequestInfo(Expect.ARTICLE, url, "tin", key="10")
    facts = facts_of(response, asked, "https://suoicat.gov.vn/", frozenset({"suoicat.gov.vn"}), ())

    assert classify(facts)[0] is Outcome(told["outcome"])


@pytest.mark.parametrize("case", params("entries"), ids=str)
def test_a_feed_gives_the_entries_that_every_reader_sees(case: Case) -> None:
    body = (FIELD / case.name).read_bytes()

    feed = read_feed("https://suoicat.gov.vn/rss", body, lambda url: url.rpartition("/")[2], LATER)

    right = [(told["url"], date.fromisoformat(told["day"])) for told in EXPECTED[case.name]["entries"]]
    assert [(entry.url, entry.day) for entry in feed.entries] == right


@pytest.mark.parametrize("case", params("scan"), ids=str)
def test_a_stamp_is_not_the_document(case: Case) -> None:
    reading = read_attachment((FIELD / case.name).read_bytes())

    assert (reading.text, reading.flags) == ("", ("scanned_pdf",))


ARTICLE = "https://ncov.moh.gov.vn/en/web/guest/-/6847912-182"
TITLE = "Những chỉ đạo “nóng” trong phòng, chống dịch COVID-19 trong tuần qua"


class Ministry(LiferayAssetPublisherSpider):
    """A portal on Liferay 7."""

    name = "ministry"
    title = "Bộ"
    province = None
    sure = Sure.RECORDED
    home = "https://ncov.moh.gov.vn"
    sections = (Section("tin", "/en/web/guest/tin-tuc", "Tin"),)


@pytest.mark.parametrize("layouts", [(), Ministry.layouts], ids=["generic", "layout"])
def test_a_real_article_of_liferay_7(layouts: tuple[Layout, ...]) -> None:
    article = clean(extract((LIFERAY / "article-6847912-182.html").read_bytes(), ARTICLE, layouts, LATER))
    texts = [block.text for block in article.blocks]

    assert article.title == TITLE
    assert article.published is not None
    assert article.published.isoformat() == "2021-05-22T11:38:00+07:00"
    assert article.author == "Vũ Phương Nhi"
    assert article.lead is not None
    assert article.lead.startswith("Trong tuần qua (từ ngày 17-21/5/2021), Chính phủ")
    assert article.layout == ("asset-full-content" if layouts else "none")
    assert texts[1].startswith("Văn phòng Chính phủ đã ban hành Thông báo 113/TB-VPCP")
    assert texts[-2] == "Vũ Phương Nhi"
    assert texts[-1].startswith("Nguồn: http://baochinhphu.vn/")
    assert len(texts) == len(set(texts)) == 28
    assert [image.url.rpartition("/")[2] for image in article.images] == ["anh%20tuan.jpg"]
    assert not [text for text in texts if "null" in text or TITLE in text]
    assert check(article, LATER) == ()


@pytest.mark.parametrize(
    ("name", "count"), [("chi-dao-dh-eacdfa8.html", 5), ("chinh-sach-eacdfa8.html", 0), ("tin-tuc-764bca1.html", 5)]
)
def test_a_real_list_of_liferay_7(name: str, count: int) -> None:
    """The second is a list of other sites' documents: it names no article of its own."""
    url = f"https://ncov.moh.gov.vn/en/web/guest/{name.rpartition('-')[0]}"
    listing = Ministry.read_listing(url, (LIFERAY / name).read_text("utf-8"), Ministry.sections[0], 1)

    assert len(listing.entries) == count
    assert not [entry for entry in listing.entries if not entry.title or "null" in entry.title.split()]
    assert all(entry.day and date(2021, 5, 1) < entry.day < date(2021, 5, 25) for entry in listing.entries)
    assert bool(listing.next) == bool(count)
