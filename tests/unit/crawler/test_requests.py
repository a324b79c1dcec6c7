"""One exchange makes the line of a response, of a failure and of an article that a list's response holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import Request

from archive.model.enums import Outcome, WalkEnd
from archive.model.records import CaptureRef, ListRequest, LookbackMark, PageRecord
from crawler.requests import Exchange, Expect, RequestBuilder, RequestInfo, StoredResponse, exchange_of

URL = "https://tinh.gov.vn/tin"
NOW = datetime(2025, 3, 3, tzinfo=UTC)
REF = CaptureRef("pages-00001.warc.gz", 0, 10, "0" * 64)
MARK = LookbackMark(NOW.date())
LIST = RequestInfo(Expect.LISTING, URL, "tin", number=2, lookback=MARK)


def answered(info: RequestInfo) -> Exchange:
    stored = StoredResponse(URL, NOW, 200, REF, '"1"', "Mon", NOW - timedelta(seconds=2), 77, 1)
    return Exchange(info, stored=stored)


def test_the_line_of_a_response_repeats_its_capture_and_what_was_asked() -> None:
    page = answered(LIST).page(Outcome.LISTING, "whole", walk_end=WalkEnd.KNOWN)
    assert page == PageRecord(
        URL,
        Outcome.LISTING,
        NOW,
        200,
        section="tin",
        etag='"1"',
        last_modified="Mon",
        warc=REF,
        page_number=2,
        walk_end=WalkEnd.KNOWN,
        detail="whole",
        lookback=MARK,
        asked_at=NOW - timedelta(seconds=2),
        size=77,
        unanswered=1,
    )


def test_what_a_caller_names_goes_before_what_was_asked() -> None:
    page = answered(LIST).page(Outcome.REDIRECTED, page_number=None, lookback=None)
    assert (page.page_number, page.lookback) == (None, None)


@pytest.mark.parametrize("times", [0, 3])
def test_a_failure_says_how_often_it_was_sent_and_names_no_capture(times: int) -> None:
    exchange = answered(RequestInfo(Expect.ARTICLE, URL, "tin", key="a"))
    exchange.unanswered = times
    exchange.fail(URL, NOW)
    page = exchange.page(Outcome.UNREACHABLE, "timeout")
    assert (page.status, page.warc, page.etag, page.size) == (None, None, None, None)
    assert (page.unanswered, page.asked_at) == ((times, NOW) if times else (None, None))


def test_an_article_within_a_list_counts_nothing_of_the_response_again() -> None:
    page = answered(LIST).part(f"{URL}/a", "a").page(Outcome.ARTICLE)
    assert page == PageRecord(f"{URL}/a", Outcome.ARTICLE, NOW, 200, key="a", section="tin", warc=REF, lookback=MARK)


def test_an_exchange_without_response_and_failure_has_no_line() -> None:
    with pytest.raises(ValueError, match="neither a response nor a failure"):
        Exchange(LIST).page(Outcome.LISTING)


def test_a_retry_and_a_redirect_belong_to_the_same_exchange() -> None:
    builder = RequestBuilder(lambda url: url.replace(".vn/", ".vn.replica.test/"), lambda failure: None)
    asked = ListRequest("https://tinh.gov.vn/api", "POST", (("Referer", URL), ("X-Kind", "list")), "page=2", json=True)
    request = builder.build(builder.info(Expect.LISTING, asked, "tin"), lambda response: None, 10)
    assert (request.url, request.method, request.body) == ("https://tinh.gov.vn.replica.test/api", "POST", b"page=2")
    assert request.headers["Referer"] == b"https://tinh.gov.vn.replica.test/tin"
    assert exchange_of(request).info.request is asked
    assert exchange_of(request.replace(url=URL)) is exchange_of(request)
    other = Request(URL)
    assert exchange_of(other) is exchange_of(other)
