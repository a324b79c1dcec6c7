"""The visits of a check and of `scrapy sample`: a few requests without an archive, made as a night would make them.

The guard, robots.txt and the slots of every crawl hold for them, with the portal's own pause and TLS exception.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.model.enums import Outcome
from crawler.check.session import CheckSpider, VisitRecorder
from crawler.check.trial_reader import TrialReader
from crawler.clock import Clock
from crawler.downloader.guard import PortalHosts, own_hosts
from crawler.downloader.robots import RobotsDecision
from crawler.downloader.slots import SlotClosed
from crawler.downloader.successor import SuccessorRedirect
from crawler.listings.listing import Entry, Following
from crawler.portal import PortalSpider
from crawler.requests import Expect, RequestBuilder, RequestInfo
from crawler.responses.facts import facts_of
from crawler.responses.failures import judge_failure
from crawler.responses.outcome import classify
from crawler.sandbox.portal_worker import crawl_worker
from crawler.urls import real_url

_BROKEN_TLS = ("SSL.Error", "VerificationError", "CertificateError")


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The result of one request. `response` is None where none came; `tls` then names a failure of the handshake."""

    ask: RequestInfo
    outcome: Outcome
    detail: str | None
    response: Response | None = None
    sent_to: str | None = None
    tls: str | None = None


class Fetch(Protocol):
    """A function that makes one request. `entry` is the requested article: an interface's address does not name it."""

    def __call__(
        self, expect: Expect, way: Following, section: str, number: int = 1, entry: Entry | None = None
    ) -> Awaitable[FetchResult]:
        """Make the request; a failure is a result too."""


@dataclass(slots=True)
class PortalCheck:
    """One portal to be visited. `tour` makes its requests through the function it gets; `error` is what it raised.

    `pause` is the operator's, in seconds between two requests; None leaves the portal's own. `most` bounds the requests
    where the probe's limit is set; `sent` counts them, redirects and second tries included. `robots` is the robots.txt
    and `robots_words` its reading. `refused` are the requests that brought nothing, or were asked again, each with why.
    """

    portal: type[PortalSpider]
    tour: Callable[[Fetch], Awaitable[None]]
    pause: float | None = None
    most: int = 0
    sent: int = 0
    robots: str = ""
    robots_words: str = "was not asked for"
    requests: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    error: BaseException | None = None
    done: bool = False


class _CheckRecorder(VisitRecorder):
    """A recorder of every request of the visit, and of the address that the guard refused last."""

    def __init__(self, hosts: PortalHosts, clock: Clock, visit: PortalCheck) -> None:
        super().__init__(hosts, clock)
        self._visit, self.sent_to = visit, ""

    def record_refusal(self, request: Request, reason: str) -> None:
        self.sent_to = request.url

    def record_robots(self, response: Response, decision: RobotsDecision) -> None:
        self._visit.requests.append(real_url(response.url))
        self._visit.robots, self._visit.robots_words = response.body.decode("utf-8", "replace"), decision.words

    def record_retry(self, request: Request, response: Response) -> None:
        self._visit.requests.append(real_url(request.url))
        self._visit.refused.append(f"{request.url}: {response.status}, asked again")

    def record_long_wait(self, status: int, seconds: float) -> None:
        self._visit.refused.append(f"{status}: the portal asks to wait {seconds:.0f} s")


class PortalChecker(CheckSpider):
    """The spider of one portal's visit."""

    portal: ClassVar[type[PortalSpider]]
    pause: ClassVar[float | None] = None

    recorder: _CheckRecorder

    def __init__(
        self, visit: PortalCheck, clock: Clock, replica: bool, turn: asyncio.Semaphore, trial: TrialReader | None = None
    ) -> None:
        portal = self.portal
        hosts = PortalHosts(own_hosts(portal.home, portal.hosts), portal.moved_to, replica)
        super().__init__(_CheckRecorder(hosts, clock, visit))
        self.visit, self._turn, self._trial, self._clock = visit, turn, trial, clock
        self._builder = RequestBuilder(hosts.here, _on_failure)

    @property
    def most(self) -> int:
        """Return the visit's bound on requests."""
        return self.visit.most

    @property
    def sent(self) -> int:
        """Return the number of requests sent."""
        return self.visit.sent

    @sent.setter
    def sent(self, count: int) -> None:
        self.visit.sent = count

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Take the portal's own settings, with the operator's pause. A rehearsal makes no pause."""
        cls.portal.update_settings(settings)
        if cls.pause is not None and not settings.get("REPLICA"):
            settings.set("DOWNLOAD_DELAY", cls.pause, priority="cmdline")

    async def tour(self) -> None:
        """Make the visit's tour when it is this portal's turn."""
        async with self._turn:
            try:
                await self.visit.tour(self.fetch)
                self.visit.done = True
            except SlotClosed:  # the run is being ended: a missing response says nothing of the portal
                self.visit.done = False
            except Exception as error:  # Scrapy would only log it; `visit_all` raises it
                self.visit.error = error
            finally:
                if self._trial is not None:
                    self._trial.end_visit()

    async def fetch(
        self, expect: Expect, way: Following, section: str, number: int = 1, entry: Entry | None = None
    ) -> FetchResult:
        """Make one request and return its result; a failure is a result too."""
        info = self._builder.info(expect, way, section)
        own = self._builder.here(entry.url) if entry is not None and info.request is not None else None
        info = replace(info, key=entry.key if entry is not None else None, number=number, address=own)
        self.visit.requests.append(real_url(info.url))
        try:
            response = await self.download(self._builder.build(info, _on_response))
        except SlotClosed:
            raise
        except Exception as error:  # Twisted's failures have no common root
            outcome, detail = judge_failure(error)
            away = error.host if isinstance(error, SuccessorRedirect) else None
            if outcome is Outcome.GUARD_DENIED and self.recorder.sent_to != info.url:
                away = real_url(self.recorder.sent_to)
            return FetchResult(info, outcome, detail, sent_to=away, tls=tls_words(error))
        hosts = self.recorder.hosts
        if self._trial is not None:
            killed = await self._trial.failure(self.portal, hosts, info, response, self._clock.now)
            if killed is not None:
                return FetchResult(info, *killed)
        layouts = self.portal.read_with() if expect is Expect.ARTICLE else ()
        judged, words = classify(facts_of(response, info, self.portal.home, hosts.asked, layouts))
        return FetchResult(info, judged, words, response)


async def _on_response(response: Response) -> AsyncIterator[object]:
    """Stand for the callback of a spider that wants the response: the gates of moved portals act on no other."""
    nothing: tuple[object, ...] = ()
    for each in nothing:
        yield each


def _on_failure(failure: Failure) -> None:
    """Do nothing: the failure is raised where it is awaited."""


def visit_all(
    process: AsyncCrawlerProcess, visits: list[PortalCheck], clock: Clock, *, replica: bool, jobs: int = 1
) -> None:
    """Make the visits, `jobs` portals side by side. Ctrl-C leaves some not `done`. Raises what a tour raised."""
    turn, trial = asyncio.Semaphore(jobs), TrialReader(crawl_worker(), len(visits))
    for each in visits:
        attributes = {"portal": each.portal, "name": each.portal.name, "pause": each.pause}
        own = type("PortalChecker", (PortalChecker,), attributes)
        process.crawl(process.create_crawler(own), visit=each, clock=clock, replica=replica, turn=turn, trial=trial)
    process.start()
    for each in visits:
        if each.error is not None:
            raise each.error


def tls_words(error: BaseException) -> str | None:
    """Return the error of OpenSSL or of the certificate's name, or None for another failure."""
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None:
            continue
        kind = f"{type(each).__module__}.{type(each).__name__}"
        if kind.endswith(_BROKEN_TLS):
            return f"TLS failed: {_openssl(each)}"
        waiting += [each.__cause__, *(reason.value for reason in getattr(each, "reasons", ()))]
    return None


def _openssl(error: BaseException) -> str:
    """Return OpenSSL's reasons (it gives library, function and reason of each error), or the kind of another TLS failure."""
    errors = error.args[0] if error.args else ()
    reasons = [part[-1] for part in errors if isinstance(part, tuple)] if isinstance(errors, (list, tuple)) else []
    if words := ", ".join(str(reason) for reason in reasons if reason):
        return words[:160]
    return "the certificate is another host's" if "Verification" in type(error).__name__ else type(error).__name__
