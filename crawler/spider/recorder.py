"""Record one line per response or failure, report progress, and stop the crawl at most once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.index.queries.removals import VANISHED
from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import REFUSALS, STOPPING, FinishReason, Outcome, first_texts
from archive.model.records import Document, PageRecord, Reading
from crawler.config.run_options import ProgressFile, RunOptions
from crawler.downloader.guard import PortalHosts
from crawler.downloader.redirects import redirect_target
from crawler.downloader.robots import RobotsDecision
from crawler.listings.witness import Witness, WitnessComparison
from crawler.requests import Expect, StoredResponse, exchange_of
from crawler.responses.failures import passing_outcome
from crawler.sandbox.response_reader import answer_of
from crawler.spider.modification_times import ModificationTimes
from pipelines.article import Article
from pipelines.boilerplate.new_texts import NewTexts
from pipelines.capture import capture_of
from pipelines.html.addresses import split_address

TRIED_AGAIN = "tried again"  # the detail of an answer after which the same was asked once more

_SILENT_LIMIT = 3  # requests in a row without an answer, each tried three times
_SILENT_LIMIT_AT_FIRST = 1  # when nothing has answered yet, robots.txt neither, and it is asked again later tonight


class RunRecorder:
    """Record what the middlewares, the spider's parts and the stages meet, through the run's writer.

    `gone_after` is the portal's number of days after which a missing article counts as removed. `close` ends the crawl
    with a finish reason. `fatal` is the archive's error that ended it, `low_disk` says why the disk did. `listed` are the
    keys that tonight's lists showed, `modified` when these say that articles changed, `new_texts` compares tonight's texts,
    `witnesses` holds the comparison with each witness that was asked, `extraction` holds the counts for the run's record,
    `lookback_lines` how many lines belong to a look-back.
    """

    def __init__(
        self,
        writer: RunWriter,
        options: RunOptions,
        hosts: PortalHosts,
        home: str,
        gone_after: int,
        close: Callable[[str], Awaitable[None]],
    ) -> None:
        self.writer, self.options, self.hosts = writer, options, hosts
        self.extraction: Counter[str] = Counter()
        self.listed: set[str] = set()
        self.new_texts = NewTexts()
        self.modified = ModificationTimes(writer.lookups)
        self.witnesses: dict[Witness, WitnessComparison] = {}
        self.lookback_lines = 0
        self.fatal: ArchiveError | None = None
        self.low_disk: Reason | None = None
        self.finish_reason: FinishReason | None = None
        self._home, self._gone_after, self._close = home, gone_after, close
        self._long_wait: Reason | None = None
        self._outcomes: Counter[str] = Counter()
        self._silent = 0
        self._why_silent = ""
        self._progress = ProgressFile(options.progress)
        self._closing: asyncio.Future[None] | None = None

    def now(self) -> datetime:
        """Return the crawl's time, aware."""
        return self.options.clock.now()

    def write(
        self,
        page: PageRecord | None,
        document: Document | None = None,
        reasons: tuple[Reason, ...] = (),
        *,
        new_key: str | None = None,
        last: bool = True,
        again: Reading | None = None,
    ) -> None:
        """Queue a line with the document read from it and report progress; stop when the archive fails.

        `reasons` put the document into quarantine. `page` is None where the response has its line already. `new_key` is
        the key of the page's address where the document belongs to an article with another. `last` is False for the
        answer of an address after which another one of the article is asked: it removes nothing. `again` is the reading of
        an article whose page says what it said when it was last read.
        """
        vanished = last and page is not None and page.outcome in VANISHED and not page.attachment_of
        if page is not None:
            self._outcomes[page.outcome.value] += 1
            self.lookback_lines += page.lookback is not None
        try:
            gone_after = self._gone_after if vanished else None
            self.writer.write(page, document, reasons, gone_after=gone_after, new_key=new_key, again=again)
        except ArchiveError as error:
            self.fail(error)
        if page is not None:
            self._report()

    def react(self, outcome: Outcome, why: str = "") -> None:
        """Stop the crawl where the portal refuses or does not answer: neither is worked around."""
        if outcome in STOPPING:
            self.stop(FinishReason.BLOCKED)
        elif self._long_wait:  # later tonight, where the scheduler asks again
            self.stop(FinishReason.UNREACHABLE)
        self._silent = self._silent + 1 if outcome is Outcome.UNREACHABLE else 0
        self._why_silent = why
        at_first = self.options.stay_open and self._nothing_answered
        if self._silent >= (_SILENT_LIMIT_AT_FIRST if at_first else _SILENT_LIMIT):
            self.stop(FinishReason.UNREACHABLE)

    def compare(self, key: str | None, article: Article) -> None:
        """Take an article into the night's comparison of its new texts, unless an earlier night brought it."""
        if key is not None and not self.writer.lookups.is_stored(key):
            self.new_texts.add(article)

    def count(self, name: str, number: int = 1) -> None:
        """Add to the extraction counts of the run's record."""
        if number:
            self.extraction[name] += number

    # What the middlewares meet.

    def capture(self, request: Request, response: Response) -> None:
        """Store a response as it came off the wire, and record a redirect, which never comes to the spider."""
        now, exchange = self.now(), exchange_of(request)
        exchange.stored = StoredResponse(
            url=request.url,
            fetched_at=now,
            status=response.status,
            ref=self.writer.capture(capture_of(request, response, now, self.writer.via)),
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            asked_at=now - exchange.took if exchange.took is not None else None,
            size=len(response.body),
            unanswered=exchange.unanswered or None,
        )
        exchange.unanswered = 0
        target = redirect_target(request.url, response)
        if target is None:
            return
        refused = None
        if exchange.info.expect is not Expect.ROBOTS:
            if self.hosts.successor(target) is not None:
                return  # it ends there, with a line of its own
            if exchange.info.expect is Expect.ARTICLE and self.hosts.is_external(target):
                return
            refused = self.hosts.refusal(target, exchange.info.expect)
        outcome = Outcome.REDIRECTED if refused is None else Outcome.WRONG_HOST
        # A response on the way is no page of a list, unless the request ends there.
        self.write(exchange.page(outcome, refused or target, page_number=None))

    def record_robots(self, response: Response, decision: RobotsDecision) -> None:
        """Record what was made of a robots.txt; a challenge or a firewall in its place ends the crawl."""
        exchange, answer = exchange_of(response), answer_of(response)
        if answer.outcome in REFUSALS:
            self.write(exchange.page(answer.outcome, answer.detail))
            self.react(answer.outcome)
            return
        self.write(exchange.page(Outcome.ROBOTS, decision.words, crawl_delay=decision.crawl_delay))
        if (
            decision.waits
            and split_address(response.url).hostname == split_address(self.hosts.here(self._home)).hostname
        ):
            self._long_wait = Reason.of("robots_waits", detail=decision.words)

    def record_retry(self, request: Request, response: Response) -> None:
        """Record a response after which the same is asked again."""
        exchange = exchange_of(request)
        if exchange.info.expect is Expect.ROBOTS:
            self.write(exchange.page(Outcome.ROBOTS, f"tried again ({response.status})"))
        else:
            self.write(exchange.page(passing_outcome(response), TRIED_AGAIN, page_number=None))

    def record_long_wait(self, status: int, seconds: float) -> None:
        """Leave the portal alone, once the response has its line: it asks for longer than a crawl waits."""
        self._long_wait = Reason.of("left_alone", seconds=round(seconds), status=status)

    def record_refusal(self, request: Request, reason: str) -> None:
        """Record a request that the guard refused where no errback does: robots.txt sent elsewhere."""
        exchange = exchange_of(request)
        if exchange.info.expect is Expect.ROBOTS:
            exchange.fail(request.url, self.now())
            self.write(exchange.page(Outcome.GUARD_DENIED, reason))

    # How it ends.

    @property
    def stopping(self) -> bool:
        """Return whether the crawl is being ended."""
        return self._closing is not None

    def stop(self, reason: FinishReason) -> None:
        """End the crawl; what was not asked stays pending."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close(reason.value))

    def fail(self, error: ArchiveError) -> None:
        """Stop the crawl: nothing can be stored any more."""
        if self.fatal is None:
            self.fatal = error
            self.stop(FinishReason.ARCHIVE_ERROR)

    def finish(self, reason: str) -> None:
        """Note Scrapy's finish reason; a crawl in which nothing answered had nothing to finish."""
        self.finish_reason = FinishReason(reason)
        if self.finish_reason is FinishReason.FINISHED and self._nothing_answered:
            self.finish_reason = FinishReason.UNREACHABLE
        self._report(last=True)

    @property
    def silence(self) -> Reason:
        """The reason for which a portal is left alone for tonight."""
        if self._long_wait is not None:
            return self._long_wait
        return Reason.of("requests_unanswered", requests=self._silent, detail=self._why_silent)

    @property
    def _nothing_answered(self) -> bool:
        return set(self._outcomes) == {Outcome.UNREACHABLE.value}

    def _report(self, *, last: bool = False) -> None:
        new = first_texts(self.writer.articles.counts)
        self._progress.record(self._outcomes, len(self.listed), new, last=last, finish=self.finish_reason)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
