"""Lists are read in the child: a hostile one costs itself and a few seconds, and the crawl's own process goes on meanwhile."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Request, Response

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from crawler.downloader.guard import PortalHosts
from crawler.downloader.robots import READ, RobotsDecision
from crawler.listings.listing import MOST_ENTRIES, Entry, Listing, ListingError
from crawler.portal import PortalSpider
from crawler.requests import Exchange, Expect, ReadAs, RequestInfo
from crawler.sandbox import response_answer
from crawler.sandbox.portal_worker import crawl_worker
from crawler.sandbox.response_question import ResponseAnswer
from crawler.sandbox.response_reader import ResponseReader, answer_of
from crawler.spiders.quang_tri import QuangTri
from pipelines.sandbox.extraction_worker import ExtractionWorker
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

NOW = datetime(2026, 3, 17, 20, 0, tzinfo=TZ)
HOST = "www.quangtri.gov.vn"
LIST = f"https://{HOST}/tin-tuc"
SECTION = QuangTri.sections[0].name
GOOD = f"<html><body><div class='portlet'><a href='{LIST}/cap-nuoc-sach'>Cấp nước sạch</a></div></body></html>".encode()
DOOR = b"<div class='portlet'>"
HOSTILE = {
    "combining marks": ("a" + "\u0323" * 60_000 + "\u0301" * 60_000).encode(),
    "attributes with <": b'<div a0="<" ' + b" ".join(b"a%d=1" % n for n in range(60_000)) + b">x</div>",
    "attributes without =": b"<div " + b" ".join(b"a%d" % n for n in range(60_000)) + b">x</div>",
    "links and days": b"".join(
        (
            DOOR, b"<ul><li>",
            b"".join(b"<a href='/tin-tuc/bai-so-%d-a'>Tin</a>" % n for n in range(600)),
            b"<span class='date'>x</span>" * 600,
            b"</li></ul><div class='taglib-page-iterator'></div></div>",
        )
    ),
    "nested boxes and pagers": DOOR * 400 + b"<div class='taglib-page-iterator'>" * 400 + b"<a href=/x>a</a>" * 9_000,
    "boxes and fields": b"<div>" * 200 + b"<input type=text maxlength=5>" * 8_000,
    "open tags": b"<html><body>" + b"<p>" * 400_000,
}  # fmt: skip
RECORDED = sorted((DATA / "hostile").glob("*.html")) if DATA else []


def reader_of(worker: ExtractionWorker) -> ResponseReader:
    hosts = PortalHosts(frozenset({HOST}))
    portal: type[PortalSpider] = QuangTri
    return ResponseReader(
        worker, portal, (), QuangTri.home, hosts, lambda: NOW, lambda _: frozenset(), ("luu-tru", 30.0)
    )


async def answered(
    reader: ResponseReader, body: bytes, info: RequestInfo | None = None, kind: str = "text/html", status: int = 200
) -> ResponseAnswer:
    info = info or RequestInfo(Expect.LISTING, LIST, SECTION, number=1)
    response: Response = HtmlResponse(
        info.url, status, {"Content-Type": kind}, body, request=Request(info.url, meta={"exchange": Exchange(info)})
    )
    await reader.read(Exchange(info), response)
    return answer_of(response)


def read(body: bytes, info: RequestInfo | None = None, kind: str = "text/html", status: int = 200) -> ResponseAnswer:
    async def run() -> ResponseAnswer:
        with crawl_worker() as worker:
            return await answered(reader_of(worker), body, info, kind, status)

    return asyncio.run(run())


async def _hostile(body: bytes, deadline: float) -> ResponseAnswer:
    with ExtractionWorker("crawler.sandbox.portal_worker", deadline=deadline) as worker:
        reader = reader_of(worker)
        assert (await answered(reader, GOOD)).outcome is Outcome.LISTING
        answer = await answered(reader, body)
        again = await answered(reader, GOOD)
        assert again.listing is not None
        assert [entry.key for entry in again.listing.entries] == ["cap-nuoc-sach"]
        return answer


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_list_costs_itself_and_the_next_one_is_read(body: bytes) -> None:
    answer = asyncio.run(_hostile(body, deadline=0.5))

    assert answer.outcome is Outcome.EXTRACT_TIMEOUT or answer.listing is not None or answer.detail


@pytest.mark.skipif(not RECORDED, reason=ABSENT)
@pytest.mark.parametrize("page", RECORDED, ids=lambda page: page.stem)
def test_the_hostile_pages_of_the_catalogue_cost_themselves(page: Path) -> None:
    answer = asyncio.run(_hostile(page.read_bytes(), deadline=5.0))

    assert answer.outcome is Outcome.EXTRACT_TIMEOUT or answer.listing is not None or answer.detail


def test_a_list_with_more_entries_than_any_is_rejected() -> None:
    entries = tuple(Entry(f"{LIST}/{number}", str(number)) for number in range(MOST_ENTRIES + 1))
    most = response_answer._in_stored_letters(Listing(entries[:-1]))
    assert len(most.entries) == MOST_ENTRIES
    with pytest.raises(ListingError, match="more than 50,000 entries"):
        response_answer._in_stored_letters(Listing(entries))


def test_a_list_gives_its_entries_and_a_front_page_its_outcome() -> None:
    answer = read(GOOD)

    assert answer.outcome is Outcome.LISTING
    assert answer.listing is not None
    assert [(entry.url, entry.title) for entry in answer.listing.entries] == [
        (f"{LIST}/cap-nuoc-sach", "Cấp nước sạch")
    ]
    assert not answer.emptied
    front = RequestInfo(Expect.FRONT_PAGE, f"https://{HOST}/", "")
    assert read(GOOD, front) == ResponseAnswer(Outcome.FRONT_PAGE, None)


def test_a_title_of_a_list_is_in_stored_letters() -> None:
    hidden = GOOD.replace("nước".encode(), "nước‮​󠁁 ­".encode())
    listing = read(hidden).listing
    assert listing is not None
    assert [entry.title for entry in listing.entries] == ["Cấp nước sạch"]


def test_a_list_that_says_that_it_is_empty_is_noticed_also_below_the_block_that_all_lists_show() -> None:
    notice = GOOD.replace(b"</body>", "<p>Chuyên mục này chưa có bài viết nào.</p></body>".encode())

    async def run(shared: frozenset[str]) -> bool:
        with crawl_worker() as worker:
            reader = reader_of(worker)
            reader.shared = lambda _: shared
            return (await answered(reader, notice)).emptied

    assert not asyncio.run(run(frozenset()))
    assert asyncio.run(run(frozenset({"cap-nuoc-sach"})))


def test_a_status_that_says_that_it_is_no_list_stands_though_its_page_kills_the_reader() -> None:
    async def run(status: int) -> ResponseAnswer:
        with ExtractionWorker("crawler.sandbox.portal_worker", deadline=0.5) as worker:
            reader = reader_of(worker)
            await answered(reader, GOOD)
            return await answered(reader, HOSTILE["attributes with <"] * 3, status=status)

    assert asyncio.run(run(429)).outcome is Outcome.RATE_LIMITED
    assert asyncio.run(run(404)).outcome is Outcome.GONE


def test_a_robots_txt_is_read_in_the_child_and_one_that_kills_it_permits_nothing() -> None:
    at = f"https://{HOST}/robots.txt"
    info = RequestInfo(Expect.ROBOTS, at, "")
    many = "".join(f"User-agent: p{number}\n" for number in range(15_000)) + "Disallow: /a\n" * 15_000

    async def decided(text: str, deadline: float) -> RobotsDecision:
        with ExtractionWorker("crawler.sandbox.portal_worker", deadline=deadline) as worker:
            await answered(reader_of(worker), GOOD)
            request = Request(at, meta={"exchange": Exchange(info)})
            response = HtmlResponse(at, 200, {"Content-Type": "text/plain"}, text.encode(), request=request)
            await reader_of(worker).read(Exchange(info), response)
            found: RobotsDecision = response.meta[READ]
            return found

    kept = asyncio.run(decided("User-agent: *\nDisallow: /a\nCrawl-delay: 5\n", 5.0))
    assert (kept.words, kept.crawl_delay) == ("rules are kept; crawl-delay 5 s", 5.0)
    assert not kept.allows(f"https://{HOST}/a/b", "luu-tru")
    assert kept.allows(f"https://{HOST}/b", "luu-tru")
    assert asyncio.run(decided(many, 0.5)).waits


def test_what_cannot_be_read_says_why() -> None:
    feed = RequestInfo(Expect.RESOURCE, f"https://{HOST}/rss", "", read_as=ReadAs.FEED)
    sitemap = RequestInfo(Expect.RESOURCE, f"https://{HOST}/sitemap.xml", "", read_as=ReadAs.SITEMAP)
    day = RequestInfo(Expect.RESOURCE, f"https://{HOST}/ngay", "", read_as=ReadAs.DAY)
    json = RequestInfo(Expect.LISTING, LIST, SECTION, number=1, request=ListRequest(LIST, json=True))

    assert read(b"<html></html>", feed).unread.startswith("feed rejected: the root element is html")
    assert read(b"", sitemap).unread.startswith("sitemap rejected: not well-formed XML")
    assert read(b"", day).unread == "archive of the day rejected: no body"
    assert read(b'{"data": [', json, "application/json").outcome is Outcome.TRUNCATED
    assert read(b"%PDF-1.7", None).outcome is Outcome.UNSUPPORTED_TYPE
