"""Visit a portal for a probe: one polite crawl without an archive, through guard, robots.txt and turns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings

from archive.errors import UsageError
from crawler.check.session import CheckSpider, VisitRecorder, store_nothing
from crawler.clock import Clock
from crawler.downloader.guard import PortalHosts, own_hosts
from crawler.downloader.recorder import CrawlerMiddleware, recorder_of
from crawler.downloader.robots import RobotsDecision
from crawler.listings.listing import Following, address_of
from crawler.probe.explore import Exploration, explore
from crawler.probe.infer import ways_on
from crawler.probe.page import VisitedPage
from crawler.responses.facts import charset_of
from crawler.urls import REPLICA_SUFFIX, host_of, real_host


class _ProbeRecorder(VisitRecorder):
    """Record the refused requests and the robots.txt."""

    def __init__(self, hosts: PortalHosts, clock: Clock) -> None:
        super().__init__(hosts, clock)
        self.refused: list[str] = []
        self.robots_text, self.robots_words = "", "was not asked for"

    def record_robots(self, response: Response, decision: RobotsDecision) -> None:
        self.robots_text, self.robots_words = response.text if response.body else "", decision.words

    def record_refusal(self, request: Request, reason: str) -> None:
        self.refused.append(f"{request.url}: {reason}")

    def record_retry(self, request: Request, response: Response) -> None:
        self.refused.append(f"{request.url}: {response.status}, asked again")

    def record_long_wait(self, status: int, seconds: float) -> None:
        self.refused.append(f"{status}: the portal asks to wait {seconds:.0f} s")


class ProbeSpider(CheckSpider):
    """Exploration of a portal."""

    name = "probe"
    recorder: _ProbeRecorder

    def __init__(self, start_url: str, most: int, clock: Clock, replica: bool) -> None:
        own = own_hosts(f"https://{real_host(host_of(start_url))}")
        super().__init__(_ProbeRecorder(PortalHosts(own, replica=replica), clock))
        self.start_url, self.most = start_url, most
        self.exploration: Exploration | None = None
        self.sent = 0
        self.error: BaseException | None = None

    async def tour(self) -> None:
        """Explore."""
        try:
            robots, sent = lambda: self.recorder.robots_text, lambda: self.sent
            now = self.recorder.now()
            self.exploration = await explore(
                self._fetch, self.start_url, self.most, now, robots, sent, lambda so_far: ways_on(so_far, now)
            )
        except Exception as error:  # Scrapy would only log it; `visit` raises it
            self.error = error

    async def _fetch(self, following: Following) -> VisitedPage | None:
        url = address_of(following)
        try:
            response = await self.download(_request(following))
        except (IgnoreRequest, DownloadCancelledError, OSError) as error:
            self.recorder.refused.append(f"{url}: {error}")
            return None
        except Exception as error:
            # Twisted's failures have no common root; an address that does not answer is reported, not fatal.
            self.recorder.refused.append(f"{url}: {type(error).__name__}")
            return None
        headers = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name in response.headers
            for value in response.headers.getlist(name)
        )
        hosts = self.recorder.hosts
        body = with_suffix(response.body, hosts.own) if hosts.replica else response.body
        return VisitedPage(url, response.url, response.status, body, headers, charset_of(response))


def with_suffix(body: bytes, hosts: Iterable[str]) -> bytes:
    """Return a page with the suffix of a rehearsal behind the portal's own hosts, in addresses with `//` before them.

    A copy on loopback links itself as its original does; the replica server and a copy of that name have it already.
    """
    names = b"|".join(re.escape(host.encode()) for host in sorted(hosts, key=len, reverse=True))
    own = re.compile(rb"(\\?/\\?/)(" + names + rb")(?=[/\\\"'\s<>?#&)\]]|$)", re.IGNORECASE)
    return own.sub(lambda found: found[1] + found[2] + REPLICA_SUFFIX.encode(), body)


class LoopbackRedirects(CrawlerMiddleware):
    """Send redirects of a copy on loopback to the rehearsal's host instead of the original's. Number 991."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response with the suffix in its `Location`."""
        location = response.headers.get("Location")
        hosts = recorder_of(self._crawler).hosts
        if location and hosts.replica:
            response.headers["Location"] = with_suffix(location, hosts.own)
        return response


def _request(following: Following) -> Request:
    if isinstance(following, str):
        return Request(following, callback=NO_CALLBACK)
    headers = dict(following.headers)
    return Request(following.url, NO_CALLBACK, following.method, headers=headers, body=following.body)


def for_probe(settings: BaseSettings, *, rehearsed: bool) -> None:
    """Adapt the settings to a visit that stores nothing, with the probe's limit on its requests."""
    store_nothing(settings)
    middlewares = {**settings["DOWNLOADER_MIDDLEWARES"], "crawler.probe.spider.RequestLimit": 990}
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    if rehearsed:
        middlewares["crawler.probe.spider.LoopbackRedirects"] = 991
        settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
        settings.set("DOWNLOAD_DELAY", 0, priority="cmdline")
        settings.set("CRAWL_DELAY_LIMIT", 0, priority="cmdline")


def visit(process: AsyncCrawlerProcess, url: str, most: int, clock: Clock, *, replica: bool) -> ProbeSpider:
    """Run the exploration to its end and return the spider. Raises UsageError where it could not start."""
    crawler = process.create_crawler(ProbeSpider)
    process.crawl(crawler, start_url=url, most=most, clock=clock, replica=replica)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, ProbeSpider):
        raise UsageError("the probe could not start; see the log above")
    if spider.error is not None:
        raise spider.error
    return spider


MOST = 30
"""Requests that a probe sends, at most and by default; robots.txt and what is asked again are among them."""


class RequestLimit(CrawlerMiddleware):
    """Count requests in the spider's `sent` and refuse those beyond its `most`. Number 990."""

    def process_request(self, request: Request) -> None:
        """Count one more request. Raises IgnoreRequest at the limit."""
        spider = self._crawler.spider
        most = getattr(spider, "most", 0)
        if getattr(spider, "sent", 0) >= most:
            raise IgnoreRequest(f"the bound of {most} requests was reached")
        spider.sent += 1  # type: ignore[union-attr]  # what has `most` counts what it sent
