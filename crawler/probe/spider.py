"""Visit a portal for a probe: one polite crawl without an archive, with the requests of a check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from archive.errors import UsageError
from archive.model.enums import Outcome
from crawler.check.fetch import Fetch, PortalCheck, visit_all
from crawler.check.session import store_nothing
from crawler.clock import Clock
from crawler.downloader.guard import PortalHosts, own_hosts
from crawler.downloader.recorder import CrawlerMiddleware, recorder_of
from crawler.families.declared import DeclaredSpider
from crawler.listings.listing import Following, Section, address_of
from crawler.portal import PortalSpider
from crawler.probe.explore import Exploration, explore
from crawler.probe.infer import ways_on
from crawler.probe.page import VisitedPage
from crawler.probe.result import PortalDraft, name_for, spider_of
from crawler.requests import Expect
from crawler.responses.facts import charset_of
from crawler.urls import REPLICA_SUFFIX, host_of, real_host

_ENDING = frozenset({Outcome.CHALLENGE, Outcome.FIREWALL, Outcome.RATE_LIMITED})


@dataclass(frozen=True, slots=True)
class Visit:
    """The pages of a probe, the reading of robots.txt in words, and the requests that were not answered."""

    exploration: Exploration
    robots: str
    refused: Sequence[str]


class PortalPages:
    """Fetch the pages of an exploration by the requests of a check. `pages` are those that were fetched, in order.

    A challenge, or a request to wait, ends it: nothing more is asked. `known` are pages that the same visit has fetched
    before, by address; each is handed out once instead of a request.
    """

    def __init__(self, visit: PortalCheck, fetch: Fetch, hosts: PortalHosts, known: Iterable[VisitedPage] = ()) -> None:
        self._visit, self._fetch, self._hosts = visit, fetch, hosts
        self._known = {page.requested: page for page in known}
        self.pages: list[VisitedPage] = []
        self.ended: Outcome | None = None

    async def get(self, following: Following) -> VisitedPage | None:
        """Return the page of an address or request; None where no response came."""
        url = address_of(following)
        if isinstance(following, str) and (known := self._known.pop(url, None)) is not None:
            return known
        if self.ended is not None:
            return None
        answer = await self._fetch(Expect.FRONT_PAGE, following, "")
        if answer.outcome in _ENDING:
            self.ended = answer.outcome
        if answer.response is None or self.ended is not None:
            detail = f" ({answer.detail})" if answer.detail else ""
            self._visit.refused.append(f"{url}: {answer.outcome.value}{detail}")
            return None
        self.pages.append(visited_page(url, answer.response, self._hosts))
        return self.pages[-1]

    async def explore(self, start: str, clock: Clock) -> Exploration:
        """Explore the portal from an address on, within the visit's bound."""
        visit, moment = self._visit, clock.now()
        return await explore(
            self.get,
            start,
            visit.most,
            moment,
            lambda: visit.robots,
            lambda: visit.sent,
            lambda so_far: ways_on(so_far, moment),
        )


def unknown_portal(host: str, province: str | None = None) -> type[PortalSpider]:
    """Return a portal in memory of which nothing but its host is known."""
    section = Section("trang-chu", "/", "Trang chủ")
    return spider_of(PortalDraft(name_for(host), host, province, f"https://{host}", (section,), DeclaredSpider))


def visited_page(requested: str, response: Response, hosts: PortalHosts) -> VisitedPage:
    """Return a response as the probe's modules read it; in a rehearsal its own addresses have the suffix."""
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name in response.headers
        for value in response.headers.getlist(name)
    )
    body = with_suffix(response.body, hosts.own) if hosts.replica else response.body
    return VisitedPage(requested, response.url, response.status, body, headers, charset_of(response))


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


def visit(process: AsyncCrawlerProcess, url: str, most: int, clock: Clock, *, replica: bool) -> Visit:
    """Run the exploration to its end. Raises UsageError where it could not be made, else what it raised."""
    portal = unknown_portal(real_host(host_of(url)))
    found: list[Exploration] = []

    async def tour(fetch: Fetch) -> None:
        pages = PortalPages(made, fetch, PortalHosts(own_hosts(portal.home), replica=replica))
        found.append(await pages.explore(url, clock))

    made = PortalCheck(portal, tour, most=most)
    visit_all(process, [made], clock, replica=replica)
    if not found:
        raise UsageError("the portal was not visited: nothing was brought")
    return Visit(found[0], made.robots_words, made.refused)


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
