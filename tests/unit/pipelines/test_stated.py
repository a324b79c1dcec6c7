"""Read from a page's metadata the parts that its text did not give."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from pipelines.article import StatedMetadata
from pipelines.extract import extract
from pipelines.html.stated import stated_metadata
from pipelines.html.tree import parse
from pipelines.sandbox.extraction_worker import ExtractionWorker
from vietnam.date_forms import TZ
from vietnam.dates import Moment

NOW = datetime(2025, 3, 17, 20, tzinfo=TZ)
URL = "https://doi-che.replica.test/tin/1"
GRAPH = (
    '<script type="application/ld+json">{"@graph":[{"@type":"Organization","name":"Xã Đồi Chè"},'
    '{"@type":"BlogPosting","headline":"Chợ phiên họp lại","author":[{"@type":"Person","name":"Lò Thị Mùi"}]}]}</script>'
)
META = '<meta property="og:site_name" content="Xã Đồi Chè"><meta name="author" content="Xã Đồi Chè">'


def stated(head: str, author: str | None = None, published: Moment | None = None) -> StatedMetadata:
    return stated_metadata(parse(f"<html><head>{head}</head></html>".encode(), URL), author, published)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(GRAPH, id="linked data in a graph"),
        pytest.param(META + '<meta name="dc.creator" content=" Lò Thị  Mùi ">', id="a creator beside the site's name"),
        pytest.param('<meta name="author" content="Lò Thị Mùi">', id="a meta element"),
    ],
)
def test_an_author_that_was_not_read(head: str) -> None:
    assert stated(head).author == "Lò Thị Mùi"
    assert stated(head, "Bế Văn Quý").author == ""


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(META, id="the site's own name"),
        pytest.param('<meta property="article:author" content="https://doi-che.replica.test/mui">', id="an address"),
        pytest.param('<script type="application/ld+json">{"author": "Lò"</script>', id="broken"),
        pytest.param('<script type="application/ld+json">{"comment": {"author": "Lò Thị Mùi"}}</script>', id="a comment"),
        pytest.param('<script type="application/ld+json">{"headline": "x", "author": [{"name": 3}, 4]}</script>', id="odd"),
        pytest.param("", id="none"),
    ],
)  # fmt: skip
def test_no_author_is_stated(head: str) -> None:
    assert stated(head).author == ""


DAY = Moment(date(2025, 3, 14))


@pytest.mark.parametrize(
    "head",
    [
        pytest.param('<meta property="article:published_time" content="2025-03-14T09:20:00Z">', id="a meta element"),
        pytest.param(
            '<meta name="pubdate" content="2025-03-14"><script type="application/ld+json">{"datePublished":'
            '"2025-03-14T16:20:41+07:00"}</script>',
            id="linked data behind a day",
        ),
        pytest.param('<span itemprop="datePublished" content="2025-03-14 16:20">14/3</span>', id="an item's property"),
    ],
)
def test_a_time_of_the_day_that_was_read_without_one(head: str) -> None:
    assert stated(head, published=DAY).clock == "16:20"
    assert stated(head, published=Moment(DAY.day, time(8))).clock == "", "a time was read"
    assert stated(head, published=Moment(date(2025, 3, 13))).clock == "", "another day's"
    assert stated(head).clock == "", "no day was read"


@pytest.mark.parametrize("value", ["2025-03-14", "2025-03-14T00:00:00+07:00", "14:20", ""])
def test_no_time_is_stated(value: str) -> None:
    assert stated(f'<meta property="article:published_time" content="{value}">', published=DAY).clock == ""


def test_what_is_stated_comes_through_the_extraction_process() -> None:
    page = f"<html><head><title>x</title>{GRAPH}</head><body><h1>Chợ phiên họp lại</h1><p>{'Bà con đi chợ. ' * 30}</p></body></html>"
    worker = ExtractionWorker()
    try:
        article = worker.read(page.encode(), URL, (), NOW)
    finally:
        worker.close()
    assert article.author is None
    assert article.stated == extract(page.encode(), URL, (), NOW).stated == StatedMetadata(author="Lò Thị Mùi")
