"""The walk of a portal on one night: section by section through the lists, what is owed, the due looks, attached files.

A spider is made by `crawler.run.portal_run` with the night it writes into; everything it decides is decided by pure
functions (`stop`, `outcome`, `asking`), and everything it keeps goes through `night`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar, cast

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.errors import ArchiveError
from archive.index.queries.listings import SETTLED
from archive.index.queries.removals import VANISHED
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Event, Outcome, WalkEnd
from archive.model.records import ListEntry, ListRequest, LookBackMark, PageRecord
from crawler.boilerplate.rules import layouts_with_rules
from crawler.config.run_options import RunOptions
from crawler.downloader.guard import own_hosts
from crawler.downloader.slots import SlotClosed
from crawler.listings.listing import Following, Listing, Section, SectionKind
from crawler.requests import Expect, RequestInfo, request_of
from crawler.responses.facts import charset_of
from crawler.responses.records import answer_page, failure_page, judge_failure
from crawler.spider.homepage import HomepageBase
from crawler.spider.listings import ListAnswers
from crawler.spider.lookback import LookBackWalk
from crawler.spider.rendering import RenderWalk
from crawler.spider.stop_rule import SectionProgress, first_walk_since, look_for_vanished, next_look
from pipelines.article import Layout
from pipelines.capture import StoredResponse
from pipelines.readers.json_api import page_of
from pipelines.stages import ArticleResponse

__all__ = ["PortalCrawler"]

_log = logging.getLogger(__name__)

_LISTS, _ARTICLES = 10, 0  # lists first: what is listed stays owed, whatever happens to the night


class PortalCrawler(HomepageBase, RenderWalk, ListAnswers, LookBackWalk):
    """The runtime of a portal's spider. The declaration's attributes are those of `crawler.portal.PortalSpider`."""

    name: str
    title: str
    sure: str
    home: str
    sections: tuple[Section, ...]
    hosts: tuple[str, ...]
    moved_to: tuple[str, ...]
    dissolved: date | None
    delay: float
    tls: str
    first_walk_days: int
    looks: tuple[int, ...]
    gone_after: int
    labels: tuple[str, ...]
    layouts: ClassVar[tuple[Layout, ...]]

    def __init__(self, *, tonight: RunOptions, night: RunWriter) -> None:
        super().__init__(tonight, night, own_hosts(self.home, self.hosts))
        self._walks: dict[str, SectionProgress] = {}
        self._sitemaps: dict[str, list[str]] = {}
        self._sitemaps_named: set[str] = set()
        self._read_with = self.read_with()
        self._looks = tonight.recheck_days or self.looks

    @classmethod
    def declared(cls) -> dict[str, str]:
        """What the record of a night repeats of the declaration, so that the archive can tell it without the program."""
        return {"title": cls.title, "sure": str(cls.sure), "tls": cls.tls, "delay": f"{cls.delay:g}"}

    @classmethod
    def read_with(cls) -> tuple[Layout, ...]:
        """What its pages are read with: the family's layouts, the portal's labels, the accepted rules.

        Raises UsageError when a file of rules is wrong.
        """
        return layouts_with_rules(cls)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The portal's own pause and TLS exception; a rehearsal waits for nobody."""
        super().update_settings(settings)
        rehearsed = bool(settings.get("REPLICA"))
        settings.set("DOWNLOAD_DELAY", 0 if rehearsed else cls.delay, priority="spider")
        if rehearsed:
            settings.set("RETRY_BACKOFF", 0.05, priority="spider")
            settings.set("CRAWL_DELAY_LIMIT", 0, priority="spider")
        if cls.tls == "level1":
            settings.set("DOWNLOADER_CLIENT_TLS_CIPHERS", "DEFAULT:@SECLEVEL=1", priority="spider")
        if cls.tls == "unverified":
            settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="spider")

    # what is asked

    async def start(self) -> AsyncIterator[Request]:
        """The first page of every section, what earlier nights left owed, and the articles whose look is due."""
        try:
            for request in self._first_requests():
                yield request
        except ArchiveError as error:
            self.failed(error)

    def _first_requests(self) -> Iterable[Request]:
        owed = self.at_once(self.night.lookups.pending())
        if self.tonight.backfill is not None:
            return
        since = first_walk_since(self.night.night, self.first_walk_days, self.tonight.since)
        for section in self.sections:
            self._walks[section.name] = SectionProgress(not self.night.lookups.has_walked(section.name), since)
            self._sitemaps[section.name] = []
            yield self._list_request(section, self.first_page(section))
        for entry in owed:
            yield from self.article_request(entry.section, entry.key, entry.url, mark=entry.lookback)
        for look in self.night.lookups.due_rechecks():
            conditions = {"If-None-Match": look.etag, "If-Modified-Since": look.last_modified}
            headers = {name: value for name, value in conditions.items() if value}
            yield from self.article_request(look.section or "", look.key, look.url, headers)

    def _list_request(self, section: Section, following: Following) -> Request:
        number = self._walks[section.name].pages + 1
        return self.list_request(self.ask(Expect.LISTING, following, section.name, number=number), _LISTS)

    def list_request(self, ask: RequestInfo, priority: int) -> Request:
        """The request for a list page."""
        return request_of(ask, self.here, self.on_listing, self.on_failure, priority)

    def article_request(
        self,
        section: str,
        key: str,
        url: str,
        headers: dict[str, str] | None = None,
        mark: LookBackMark | None = None,
    ) -> Iterable[Request]:
        """The request for an article; none when it was asked for already tonight."""
        if key in self.asked:
            return
        self.asked.add(key)
        way = self.article_source(key, url)
        own = self.here(url) if isinstance(way, ListRequest) else None
        ask = replace(self.ask(Expect.ARTICLE, way, section), key=key, lookback=mark, address=own)
        yield request_of(ask, self.here, self.on_article, self.on_failure, _ARTICLES, headers)

    # what came back

    async def on_listing(self, response: Response) -> AsyncIterator[Request | ArticleResponse]:
        """Read a list page, ask for its new articles, and go on unless the walk ends here."""
        ask, captured = _told(response)
        try:
            captured, response = await self.as_read(ask, captured, response)
            read = self.deeper if ask.lookback else self._listing
            for request in read(ask, captured, response):
                yield request
        except ArchiveError as error:
            self.failed(error)

    def _listing(
        self, ask: RequestInfo, captured: StoredResponse, response: Response
    ) -> Sequence[Request | ArticleResponse]:
        walk, section = self._walks[ask.section], self._section(ask.section)
        listing, outcome, detail = self.read_list(section, ask, response)
        if listing is None:
            end = walk.fail()
            if outcome is Outcome.EMPTY:
                end = walk.end = WalkEnd.EMPTY
            self.write(answer_page(ask, captured, outcome, detail, walk_end=end))
            self.heed(outcome)
            return []
        if listing.door and (way := self._following(section, listing)) is not None:
            self.write(answer_page(replace(ask, number=None), captured, outcome, detail))
            return [self._list_request(section, way)]
        entries = tuple(ListEntry(entry.key, entry.url, entry.title, entry.day) for entry in listing.entries)
        following = self._following(section, listing)
        if section.kind is SectionKind.PAGES:
            known = self.night.lookups.known_before_last_walk(section.name, {entry.key for entry in entries})
            end_here = walk.page(entries, following is not None, known)
        else:
            end_here = walk.document(entries, following is not None)
        if end_here is WalkEnd.EMPTY:
            outcome, detail = Outcome.EMPTY, "a first page without entries"
        self.listed |= {entry.key for entry in entries}
        self.write(answer_page(ask, captured, outcome, detail, listed=entries, walk_end=end_here))
        self.heed(outcome)
        waiting = self.night.lookups.waiting({entry.key for entry in entries})
        wanted = [
            entry for entry in entries if entry.key not in waiting and not self.night.lookups.is_stored(entry.key)
        ]
        requests: list[Request | ArticleResponse] = list(
            self.told_articles(ask, captured, response, entries, self._read_with)
        )
        requests += [one for entry in wanted for one in self.article_request(section.name, entry.key, entry.url)]
        if end_here is None and following is not None:
            requests.insert(0, self._list_request(section, following))
        elif end_here is not None and end_here.complete:
            self.walked(section.name, following, walk.pages)
        return requests

    def _following(self, section: Section, listing: Listing) -> Following | None:
        queue = self._sitemaps[section.name]
        queue.extend(url for url in listing.more if url not in self._sitemaps_named)
        self._sitemaps_named.update(listing.more)  # an index may name itself
        return listing.next or (queue.pop(0) if queue else None)

    async def on_article(self, response: Response) -> AsyncIterator[ArticleResponse]:
        """Judge what an article's address brought and hand an article to the stages."""
        ask, captured = _told(response)
        try:
            captured, response = await self.as_read(ask, captured, response)
        except ArchiveError as error:
            self.failed(error)
            return
        outcome, detail = self.judged(ask, response, self._read_with)
        try:
            page = answer_page(ask, captured, outcome, detail, next_look=self._next_look(ask.key, outcome))
            if outcome is not Outcome.ARTICLE:
                self._without_article(page)
                self.heed(outcome)
                return
        except ArchiveError as error:
            self.failed(error)
            return
        self.heed(outcome)
        # The address that answered is where relative links start; the stages use the page's.
        declared = charset_of(response)
        sent = page_of(response.body, page.url, self._read_with, declared) if ask.request else None
        if sent is None:
            yield ArticleResponse(page, response.body, self._read_with, declared, day=self.listed_on(ask.key))
        else:
            yield ArticleResponse(page, sent, self._read_with, "utf-8")

    def _without_article(self, page: PageRecord) -> None:
        self.write(page, gone_after=self.gone_after if page.outcome in VANISHED else None)

    def _next_look(self, key: str | None, outcome: Outcome) -> date | None:
        """When to ask for an article again after this outcome; None where the schedule ends or the lists decide."""
        tonight, stands = self.night.night, outcome in (Outcome.ARTICLE, Outcome.NOT_MODIFIED)
        if key is None or not (stands or outcome.value in SETTLED):
            return None
        since = None if stands else self.night.lookups.vanished_since(key)
        if since or outcome in VANISHED:
            return look_for_vanished(since or tonight, tonight, self.gone_after)
        watched = self.night.lookups.first_stored(key)
        removal = self.night.lookups.removal(key)
        if removal is not None:  # what came back is watched like something new
            watched = removal.night if removal.event is Event.RETURNED else tonight
        if watched is None and not stands:
            return None
        return next_look(watched or tonight, tonight, self._looks)

    def on_failure(self, failure: Failure) -> None:
        """Record a request that brought no response to the spider."""
        request = cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        ask: RequestInfo = request.meta["ask"]
        if self.fatal is not None or isinstance(failure.value, SlotClosed):
            return
        outcome, detail = judge_failure(cast(BaseException, failure.value))
        end = None
        if ask.expect is Expect.LISTING and ask.lookback:
            ask = self.put_off(ask)
        elif ask.expect is Expect.LISTING:
            end = self._walks[ask.section].fail()
        if outcome is Outcome.ERROR and not isinstance(failure.value, IgnoreRequest):
            _log.error("%s failed: %s", ascii(request.url), detail)
        try:
            if outcome is Outcome.MOVED:  # an answer that ends at the gate (crawler/downloader/redirects.py)
                page = answer_page(ask, request.meta["captured"], outcome, detail, walk_end=end)
            else:
                sent = request.meta.get("unanswered")
                page = failure_page(ask, request.url, self.now(), outcome, detail, end, sent)
            self._without_article(replace(page, next_look=self._next_look(ask.key, outcome)))
        except ArchiveError as error:
            self.failed(error)
        self.heed(outcome, detail)

    def _section(self, name: str) -> Section:
        return next(section for section in self.sections if section.name == name)


def _told(response: Response) -> tuple[RequestInfo, StoredResponse]:
    return response.meta["ask"], response.meta["captured"]
