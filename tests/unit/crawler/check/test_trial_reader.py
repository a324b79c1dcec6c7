"""A page that would kill a check, a sample or a probe is read in the extraction process first, and costs its own line."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from scrapy.http import HtmlResponse, Request

from archive.model.enums import Outcome
from crawler.check.trial_reader import TrialReader
from crawler.downloader.guard import PortalHosts
from crawler.requests import Exchange, Expect, RequestInfo
from crawler.responses.outcome import OutcomeDetail
from crawler.spiders.quang_tri import QuangTri
from pipelines.sandbox.extraction_worker import ExtractionWorker
from vietnam.date_forms import TZ

URL = "https://www.quangtri.gov.vn/tin-tuc"
HOSTS = PortalHosts(frozenset({"www.quangtri.gov.vn"}))
HOSTILE = b"<html><body>" + b"<p>a</p>" * 99_000
GOOD = b"<html><body><h1>Tin</h1><p>Xa An Binh hop dan.</p></body></html>"


def tried(
    expect: Expect, *bodies: bytes, kind: str = "text/html", memory: int = 1536 << 20
) -> list[OutcomeDetail | None]:
    info = RequestInfo(expect, URL, QuangTri.sections[0].name, number=1)

    async def run() -> list[OutcomeDetail | None]:
        with ExtractionWorker("crawler.sandbox.portal_worker", deadline=0.3, memory=memory) as worker:
            trial, found = TrialReader(worker, 1), []
            for body in bodies:
                request = Request(URL, meta={"exchange": Exchange(info)})
                response = HtmlResponse(URL, 200, {"Content-Type": kind}, body, request=request)
                found.append(
                    await trial.failure(QuangTri, HOSTS, info, response, lambda: datetime(2026, 3, 17, tzinfo=TZ))
                )
            trial.end_visit()
            assert worker._child is None
            return found

    return asyncio.run(run())


@pytest.mark.parametrize("expect", [Expect.FRONT_PAGE, Expect.ARTICLE])
def test_a_page_that_takes_too_long_is_an_outcome_and_the_next_is_read(expect: Expect) -> None:
    killed, good = tried(expect, HOSTILE, GOOD)
    assert killed is not None
    assert killed[0] is Outcome.EXTRACT_TIMEOUT
    assert (killed[1] or "").startswith(f"not read within 0.3 s: {URL}")
    assert good is None


def test_a_list_is_read_as_the_portal_reads_it() -> None:
    assert tried(Expect.LISTING, GOOD) == [None]


def test_what_is_no_page_is_not_tried() -> None:
    assert tried(Expect.FRONT_PAGE, b"%PDF-1.7", kind="application/pdf") == [None]
