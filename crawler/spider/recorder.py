"""The spider as keeper of its night: every answer and every failure becomes exactly one line, and a stop is one stop."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import ArchiveError
from archive.ingest.run_writer import RunWriter
from archive.model.enums import FIRST_TEXTS, ArchiveKind, Outcome
from archive.model.records import Document, ListRequest, PageRecord
from crawler.config.run_options import ProgressFile, RunOptions
from crawler.downloader.guard import url_allowed
from crawler.downloader.redirects import redirect_target
from crawler.downloader.replica import replica_url
from crawler.downloader.robots import RobotsDecision
from crawler.downloader.successor import successor_of
from crawler.listings.listing import Following, address_of
from crawler.requests import Expect, RequestInfo
from crawler.responses.records import answer_page, failure_page, passing_outcome
from crawler.urls import REPLICA_SUFFIX
from pipelines.capture import StoredResponse

__all__ = ["BLOCKED", "TRIED_AGAIN", "UNREACHABLE", "RunRecorderBase"]

# Finish reasons of our own: all that could be done tonight was done.
BLOCKED = "blocked"
UNREACHABLE = "unreachable"
TRIED_AGAIN = "tried again"  # the detail of an answer after which the same was asked once more

_STOPPING = (Outcome.CHALLENGE, Outcome.ROBOT_CHECK, Outcome.RATE_LIMITED)
_DEAD_AFTER = 3  # requests in a row without an answer, each tried three times
_DEAD_AT_FIRST = 1  # when nothing has answered yet, robots.txt neither, and it is asked again later tonight
_ROBOTS = RequestInfo(Expect.LISTING, "", "")


class RunRecorderBase(scrapy.Spider):
    """What the middlewares and stages ask of the running spider (`pipelines.capture.Keeper` and more)."""

    home: str
    moved_to: tuple[str, ...] = ()

    def __init__(self, tonight: RunOptions, night: RunWriter, own: frozenset[str]) -> None:
        super().__init__()
        self.tonight, self.night, self.own = tonight, night, own
        self.replica = tonight.kind is ArchiveKind.REPLICA
        self.extraction: Counter[str] = Counter()
        self.listed: set[str] = set()
        self.fatal: ArchiveError | None = None
        self.low_disk: str | None = None
        self.finish_reason: str | None = None
        self._away = ""
        self._outcomes: Counter[str] = Counter()
        self._silent = 0
        self._why_silent = ""
        self._progress = ProgressFile(tonight.progress)
        self._closing: asyncio.Future[None] | None = None

    def now(self) -> datetime:
        """The crawl's clock."""
        return self.tonight.clock.now()

    def here(self, url: str) -> str:
        """The address as this crawl asks it: in a rehearsal with the suffix."""
        return replica_url(url) if self.replica else url

    def own_here(self) -> frozenset[str]:
        """The portal's own hosts as this crawl asks them."""
        return frozenset(host + REPLICA_SUFFIX for host in self.own) if self.replica else self.own

    def answered(self, request: Request, response: Response, captured: StoredResponse) -> None:
        """Record at once what never comes to the spider: robots.txt and redirects."""
        target = redirect_target(request.url, response)
        if target is None:
            return
        if request.callback is NO_CALLBACK:
            self.write(answer_page(_ROBOTS, captured, Outcome.REDIRECTED, target))
        elif successor_of(target, self.own, self.moved_to) is None:  # else it ends there, with a line of its own
            refused = url_allowed(target, self.own, self.replica)
            outcome = Outcome.REDIRECTED if refused is None else Outcome.WRONG_HOST
            self.write(answer_page(_hop(request), captured, outcome, refused or target))

    def robots(self, response: Response, decision: RobotsDecision) -> None:
        """Record what was made of a robots.txt."""
        page = answer_page(_ROBOTS, response.meta["captured"], Outcome.ROBOTS, decision.words)
        self.write(replace(page, crawl_delay=decision.crawl_delay))
        if decision.waits and urlsplit(response.url).hostname == urlsplit(self.here(self.home)).hostname:
            self._away = f"robots.txt {decision.words}"

    def passed(self, request: Request, response: Response) -> None:
        """Record an answer that is asked for again."""
        captured = request.meta["captured"]
        if request.callback is NO_CALLBACK:
            self.write(answer_page(_ROBOTS, captured, Outcome.ROBOTS, f"tried again ({response.status})"))
        else:
            self.write(answer_page(_hop(request), captured, passing_outcome(response), TRIED_AGAIN))

    def sent_away(self, status: int, seconds: float) -> None:
        """The portal asks to be left alone for longer than we wait: it is, when the answer has its line."""
        self._away = f"it asked to be left alone for {seconds:.0f} s ({status}, Retry-After)"

    def denied(self, request: Request, reason: str) -> None:
        """Record a refused request that has no errback: robots.txt sent elsewhere."""
        if request.callback is NO_CALLBACK:
            self.write(failure_page(_ROBOTS, request.url, self.now(), Outcome.GUARD_DENIED, reason))

    def _tell(self, *, last: bool = False) -> None:
        new = sum(1 for line in self.night.articles if line.event in FIRST_TEXTS)
        self._progress.record(self._outcomes, len(self.listed), new, last=last, finish=self.finish_reason)

    def counted(self, name: str, count: int = 1) -> None:
        """Add to the extraction counts of the night's record."""
        if count:
            self.extraction[name] += count

    def failed(self, error: ArchiveError) -> None:
        """Nothing can be kept any more: stop, once."""
        if self.fatal is None:
            self.fatal = error
            self.stop("archive_error")

    def ask(self, expect: Expect, way: Following, section: str, *, number: int | None = None) -> RequestInfo:
        """What is asked for on this way, as this crawl asks it."""
        request = way if isinstance(way, ListRequest) else None
        return RequestInfo(expect, self.here(address_of(way)), section, number=number, request=request)

    @property
    def stopping(self) -> bool:
        """Whether the crawl is being ended."""
        return self._closing is not None

    def stop(self, reason: str) -> None:
        """End the crawl; what was not asked stays owed."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def closed(self, reason: str) -> None:
        """Scrapy's last word; a crawl that nobody answered had nothing to finish."""
        self.finish_reason = UNREACHABLE if reason == "finished" and self._nobody_answered else reason
        self._tell(last=True)

    def write(
        self,
        page: PageRecord | None,
        document: Document | None = None,
        reasons: tuple[str, ...] = (),
        *,
        gone_after: int | None = None,
    ) -> None:
        """Queue a line with the document read from it and report progress; stop when the archive refuses it."""
        if page is not None:
            self._outcomes[page.outcome.value] += 1
        try:
            self.night.write(page, document, reasons, gone_after=gone_after)
        except ArchiveError as error:
            self.failed(error)
        if page is not None:
            self._tell()

    @property
    def silence(self) -> str:
        """What a silent portal did, in words."""
        if self._away:
            return self._away
        return f"{self._silent} requests in a row were not answered ({self._why_silent})"

    @property
    def _nobody_answered(self) -> bool:
        return set(self._outcomes) == {Outcome.UNREACHABLE.value}

    def heed(self, outcome: Outcome, why: str = "") -> None:
        """A challenge is an answer: recorded, not worked around. A silent portal is left alone for tonight."""
        if outcome in _STOPPING:
            self.stop(BLOCKED)
        elif self._away:  # later tonight, where the scheduler asks again
            self.stop(UNREACHABLE)
        self._silent = self._silent + 1 if outcome is Outcome.UNREACHABLE else 0
        self._why_silent = why
        at_first = self.tonight.stay_open and self._nobody_answered
        if self._silent >= (_DEAD_AT_FIRST if at_first else _DEAD_AFTER):
            self.stop(UNREACHABLE)


def _hop(request: Request) -> RequestInfo:
    """A response on the way counts neither as a list page nor as the article, unless it ends there."""
    ask: RequestInfo = request.meta["ask"]
    return replace(ask, number=None)
