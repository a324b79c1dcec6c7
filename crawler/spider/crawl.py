"""Crawl one portal for one night: its sections' lists, pending articles, due rechecks, look-back, attached files.

`crawler.run.portal_run` makes the spider with the writer of the night's run. The spider owns the parts that do the work;
what they decide is decided by pure functions (`stop_rule`, `outcome`), and everything stored goes through the recorder.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from typing import ClassVar, Self, cast

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.errors import ArchiveError
from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import Document, ListRequest, PageRecord
from crawler.boilerplate.rules import layouts_with_rules
from crawler.config.run_options import RunOptions
from crawler.downloader.guard import PortalHosts, file_hosts, own_hosts
from crawler.downloader.slots import SlotClosed
from crawler.downloader.state_links import changes_state
from crawler.listings.alternate_urls import is_alternate, is_archive
from crawler.listings.furniture import Furniture
from crawler.listings.listing import Entry, Following, Listing, Section
from crawler.listings.witness import Witness
from crawler.requests import Expect, RequestBuilder, exchange_of
from crawler.responses.failures import judge_failure
from crawler.sandbox.portal_worker import crawl_worker
from crawler.sandbox.reader_deaths import DeathRegister
from crawler.sandbox.response_reader import ResponseReader
from crawler.spider.article_identity import ArticleIdentity
from crawler.spider.articles import Articles
from crawler.spider.attachments import Attachments
from crawler.spider.listings import ListingReader
from crawler.spider.lookback import Lookback, LookbackBudget
from crawler.spider.recorder import RunRecorder
from crawler.spider.rendering import Renderer
from crawler.spider.sitemap_check import SitemapCheck
from crawler.spider.stop_rule import first_walk_since
from crawler.spider.unchanged_rechecks import UnchangedRechecks
from crawler.spider.walk import Homepage, NightlyWalk
from crawler.spider.witness_check import WitnessCheck
from pipelines.article import Layout
from pipelines.sandbox.page_reader import PageReader
from pipelines.stages import ArticleResponse

_log = logging.getLogger(__name__)


class PortalCrawler(scrapy.Spider):
    """Run a portal's spider. `crawler.portal.PortalSpider` documents and checks the declared attributes."""

    name: str
    title: str
    sure: str
    home: str
    sections: tuple[Section, ...]
    hosts: tuple[str, ...]
    file_hosts: tuple[str, ...]
    feed: str
    moved_to: tuple[str, ...]
    province: str | None
    dissolved: date | None
    delay: float
    tls: str
    render: bool
    first_walk_days: int
    recheck_days: tuple[int, ...]
    gone_after: int
    labels: tuple[str, ...]
    layouts: ClassVar[tuple[Layout, ...]]
    texts_in_lists: ClassVar[bool] = False
    """True where the responses that list articles hold their texts as well. Every walk reads these texts again."""
    day_from_list: ClassVar[bool] = False
    """True where the day that a list shows beside an article is its date if its page shows none."""
    list_interface: ClassVar[str] = ""
    """Method and path of the request by which lists go on, where their pages name it: for the tables in docs/reference."""

    def __init__(self, *, options: RunOptions, writer: RunWriter, settings: BaseSettings) -> None:
        super().__init__()
        own, files = own_hosts(self.home, self.hosts), file_hosts(self.home, self.province, self.file_hosts)
        hosts = PortalHosts(own, self.moved_to, options.kind is ArchiveKind.REPLICA, files)
        self.options, portal = options, type(self)
        worker, furniture, layouts = crawl_worker(), Furniture(), self.read_with()
        self.deaths = worker.watch = DeathRegister(options.archive, self.name, writer.night, layouts)
        self.pages = PageReader(writer.night, worker)
        self.recorder = recorder = RunRecorder(writer, options, hosts, self.home, self.gone_after, self._close)
        builder = RequestBuilder(hosts.here, self.on_failure)
        robots = str(settings["ROBOTSTXT_USER_AGENT"]), settings.getfloat("CRAWL_DELAY_LIMIT")
        self.responses = ResponseReader(
            worker, portal, layouts, self.home, hosts, recorder.now, furniture.shared, robots
        )
        self.renderer = Renderer(self.render, settings, self.responses, recorder, self._download)
        self.identity = ArticleIdentity(recorder, self.entry_key, self._ask_again, self._next_recheck)
        self.reader = reader = ListingReader(portal, recorder, self.identity.own_entries, furniture)
        self.articles = articles = Articles(
            portal,
            builder,
            recorder,
            reader,
            self.renderer,
            self.identity,
            self.pages,
            UnchangedRechecks(recorder, self.pages, layouts),
            layouts,
            options.recheck_days or self.recheck_days,
            self.gone_after,
        )
        first_day = first_walk_since(writer.night, self.first_walk_days, options.since)
        self.walk = NightlyWalk(portal, builder, recorder, reader, articles, self.on_listing, first_day)
        budget = LookbackBudget(options.lookback.requests, recorder)
        self.lookback = Lookback(
            portal, builder, recorder, reader, articles, self.on_listing, budget, self.walk.beyond, self.walk.paging
        )
        self.attachments = Attachments(settings, self.home, builder, recorder, budget)
        self.witness = WitnessCheck(portal, builder, recorder, self.walk, reader.linked_feeds, self.identity.own_keys)
        self.sitemap = SitemapCheck(portal, builder, recorder, articles)
        self.homepage = Homepage(self.home, builder, recorder)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Make the spider for Scrapy, and connect what happens when nothing is left to do."""
        spider = super().from_crawler(crawler, *args, settings=crawler.settings, **kwargs)
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        crawler.signals.connect(spider.articles.on_arrival, signal=signals.response_received)
        crawler.signals.connect(spider.renderer.close, signal=signals.spider_closed)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set the portal's own pause and TLS exception; a rehearsal does not wait."""
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

    # What a family says of its product; each may be overridden.

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the article's natural key, None when the address is no article of this portal. Every family has its own."""
        return None

    @classmethod
    def entry_key(cls, url: str) -> str | None:
        """Return the key of an address that an article can be read from.

        None for a copy for the printer, AMP and the like, for an archive of a month, tag or author, and for a link that
        changes what the portal shows.
        """
        return None if is_alternate(url) or is_archive(url) or changes_state(url) else cls.article_key(url)

    @classmethod
    def section_url(cls, section: Section) -> str:
        """Return the address of a section's first page, as a reader finds it."""
        return cls.home + section.path

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """Return the way to a section's first list page: its address, where no interface lists it."""
        return cls.section_url(section)

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """Return the way to an article's text: its own address, where no interface holds it."""
        return url

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return what a list page shows; `number` counts the pages of the walk from 1. Every family has its own."""
        return Listing(())

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Return what a list page shows that a form or interface brought; `url` answered it. Raises ListingError."""
        return cls.read_listing(url, text, section, number)

    @classmethod
    def witnesses(cls, day: date) -> tuple[Witness, ...]:
        """Return the portal's pages that say independently of its lists what was published: a feed, its archive of `day`.

        At most two requests are sent to them in a night (docs/verdicts.md).
        """
        return (Witness(cls.home + cls.feed),) if cls.feed else ()

    @classmethod
    def read_day(cls, url: str, html: str) -> tuple[Entry, ...]:
        """Return the articles that an archive of a day names. A family whose `witnesses` have a day has its own."""
        return ()

    @classmethod
    def read_with(cls) -> tuple[Layout, ...]:
        """Return what its pages are read with: the family's layouts, the portal's labels, the accepted rules.

        Raises UsageError when a file of rules is wrong.
        """
        return layouts_with_rules(cls)

    @classmethod
    def declared(cls) -> dict[str, str]:
        """Return what the run's record repeats of the declaration, so that the archive is understood without the program."""
        return {"title": cls.title, "sure": str(cls.sure), "tls": cls.tls, "delay": f"{cls.delay:g}"}

    # The crawl as Scrapy runs it.

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page of every section, and for what earlier nights left pending."""
        try:
            requests = list(self._first_requests())
            self._expect(requests)
            for request in requests:
                yield request
        except ArchiveError as error:
            self.recorder.fail(error)

    def _first_requests(self) -> Iterator[Request]:
        lookups = self.recorder.writer.lookups
        pending = self.lookback.split_pending(lookups.pending())
        if self.options.backfill is not None:
            return
        yield from self.walk.first_requests()
        for entry in pending:
            yield from self.articles.request(entry.section, entry.key, entry.url, entry.lookback)

    async def on_listing(self, response: Response) -> AsyncIterator[Request | ArticleResponse]:
        """Read a list page, ask for its new articles, and go on unless the walk ends here."""
        exchange = exchange_of(response)
        walk: Lookback | NightlyWalk = self.lookback if exchange.info.lookback else self.walk
        try:
            response = await self.renderer.read(exchange, response)
            found = walk.read(exchange, response)
            self._expect(found)
            for request in found:
                yield request
        except ArchiveError as error:
            self.recorder.fail(error)

    def on_failure(self, failure: Failure) -> None:
        """Record a request that brought no response to the spider."""
        request = cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        exchange, error = exchange_of(request), cast(BaseException, failure.value)
        if self.recorder.fatal is not None or isinstance(error, SlotClosed):
            return
        info, (outcome, detail) = exchange.info, judge_failure(error)
        end, mark = None, info.lookback
        if info.expect is Expect.LISTING and info.lookback:
            mark = self.lookback.delay(info)
        elif info.expect is Expect.LISTING:
            end = self.walk.fail(info.section)
        if outcome is Outcome.ERROR and not isinstance(error, IgnoreRequest):
            _log.error("%s failed: %s", ascii(request.url), detail)
        if outcome not in (
            Outcome.MOVED,
            Outcome.EXTERNAL_LINK,
        ):  # responses, which end at the gate (crawler/downloader/redirects.py)
            exchange.fail(request.url, self.recorder.now())
        try:
            recheck = self.articles.next_recheck(info.key, outcome)
            self.recorder.write(exchange.page(outcome, detail, walk_end=end, lookback=mark, next_look=recheck))
            if info.expect is Expect.ARTICLE:
                self.identity.answered(info.key, outcome)
        except ArchiveError as archive_error:
            self.recorder.fail(archive_error)
        self.recorder.react(outcome, detail)

    def on_idle(self) -> None:
        """Commit what was read and ask for what is still to be had. Raises DontCloseSpider while there is something."""
        if self.recorder.stopping:
            return
        try:
            self.identity.settle()
            self.recorder.writer.commit()
            requests = (
                self.homepage.requests()
                or self.witness.requests()
                or self.sitemap.requests()
                or self.articles.due_rechecks()
                or self.attachments.requests()
                or self.lookback.requests()
            )
            self._expect(requests)
        except ArchiveError as error:
            self.recorder.fail(error)
            return
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _expect(self, found: Sequence[Request | ArticleResponse]) -> None:
        self.recorder.writer.lookups.expect([one.url for one in found if isinstance(one, Request)])

    def store(self, page: PageRecord | None, document: Document, reasons: tuple[Reason, ...]) -> None:
        """Write what the stages read, under its article's key."""
        self.articles.unchanged.compare(document.key, None if reasons else document)
        self.identity.store(page, document, reasons)

    def _ask_again(self, key: str) -> bool:
        requests = self.articles.recheck(key)
        for request in requests:
            self.crawler.engine.crawl(request)
        return bool(requests) or self.articles.is_asked(key)

    def _next_recheck(self, key: str, outcome: Outcome) -> date | None:
        return self.articles.next_recheck(key, outcome)

    def closed(self, reason: str) -> None:
        """Take Scrapy's finish reason."""
        self.deaths.close()
        self.recorder.finish(reason)

    async def _close(self, reason: str) -> None:
        await self.crawler.engine.close_spider_async(reason=reason)

    async def _download(self, request: Request) -> Response:
        assert self.crawler.engine is not None  # noqa: S101  a page was read
        return await self.crawler.engine.download_async(request)
