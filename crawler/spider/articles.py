"""Ask for articles, judge what comes, and say when each is asked for again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.index.queries.listings import SETTLED
from archive.index.queries.removals import VANISHED
from archive.index.rows import Recheck
from archive.model.enums import Event, Outcome
from archive.model.records import ListEntry, ListRequest, LookbackMark
from crawler.requests import Exchange, Expect, RequestBuilder, exchange_of
from crawler.responses.facts import charset_of
from crawler.spider.listings import DeclaredPortal, ListingReader, judge_response
from crawler.spider.recorder import RunRecorder
from crawler.spider.rendering import Renderer
from crawler.spider.stop_rule import VANISHED_EVERY, next_recheck, next_recheck_of_vanished
from pipelines.article import Layout
from pipelines.readers.json_api import page_of, pages_of
from pipelines.stages import ArticleResponse

_MOST_MOVED = 100  # of a night: a bound against lists whose addresses differ at each request


@dataclass(eq=False)
class Articles:
    """Ask for each article at most once a night, and hand what comes to the stages.

    `layouts` are what the portal's pages are read with, `rechecks` the days after an article was first stored on which it
    is asked for again, `gone_after` the days after which a missing one counts as removed.
    """

    portal: type[DeclaredPortal]
    builder: RequestBuilder
    recorder: RunRecorder
    reader: ListingReader
    renderer: Renderer
    layouts: tuple[Layout, ...]
    rechecks: Sequence[int]
    gone_after: int
    _asked: set[str] = field(default_factory=set, init=False)
    _moved: int = field(default=0, init=False)

    def request(
        self,
        section: str,
        key: str,
        url: str,
        mark: LookbackMark | None = None,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> list[Request]:
        """Return the request for an article; none when it was asked for already tonight."""
        if key in self._asked:
            return []
        self._asked.add(key)
        way = self.portal.article_source(key, url)
        address = self.builder.here(url) if isinstance(way, ListRequest) else None
        info = replace(self.builder.info(Expect.ARTICLE, way, section), key=key, lookback=mark, address=address)
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        return [self.builder.build(info, self.on_response, headers=headers)]

    def due_rechecks(self) -> list[Request]:
        """Return requests for the articles due for a recheck. Must run when the lists are committed: they tell what moved."""
        return [
            request
            for due in self.due()
            for request in self.request(
                due.section or "", due.key, due.url, etag=due.etag, last_modified=due.last_modified
            )
        ]

    def due(self) -> list[Recheck]:
        """Return the articles due for a recheck that were not asked for tonight."""
        if self.recorder.options.backfill is not None:
            return []
        return [due for due in self.recorder.writer.lookups.due_rechecks() if due.key not in self._asked]

    def would_be_gone(self, key: str) -> bool:
        """Return whether an article counts as removed if it is missing tonight as well."""
        writer = self.recorder.writer
        since = writer.lookups.vanished_since(key)
        return since is not None and (writer.night - since).days >= self.gone_after

    def wanted(self, entries: Iterable[ListEntry]) -> list[ListEntry]:
        """Return the entries that were never stored and do not wait for a later recheck."""
        lookups, listed = self.recorder.writer.lookups, list(entries)
        # A settled entry may be ours to mend and is asked for whenever a list shows it; one that vanished waits for its next
        # recheck, because asking each night brought the same answer each night.
        waiting = lookups.waiting({entry.key for entry in listed})
        return [entry for entry in listed if entry.key not in waiting and not lookups.is_stored(entry.key)]

    def moved(self, entries: Iterable[ListEntry]) -> list[ListEntry]:
        """Return the entries of stored articles that are listed at an address that is new; at most 100 a night."""
        found = [entry for entry in self.recorder.writer.lookups.moved(entries) if entry.key not in self._asked]
        found = found[: _MOST_MOVED - self._moved]
        self._moved += len(found)
        return found

    def in_list(
        self, exchange: Exchange, response: Response, entries: Sequence[ListEntry]
    ) -> list[ArticleResponse | Request]:
        """Return the articles whose texts a list's response holds, known ones too: so an edit is seen while it is listed.

        They count as asked for tonight. The response has its line already, so they get none of their own.
        """
        if not self.portal.texts_in_lists:
            return []
        urls = {entry.url: entry.key for entry in entries if entry.key not in self._asked}
        pages = pages_of(response.body, urls, self.layouts, charset_of(response))
        self._asked |= {urls[url] for url in pages}
        return [
            ArticleResponse(
                exchange.part(url, urls[url]).page(Outcome.ARTICLE), page, self.layouts, "utf-8", of_list=True
            )
            for url, page in pages.items()
        ]

    async def on_response(self, response: Response) -> AsyncIterator[ArticleResponse]:
        """Judge what an article's address brought and hand an article to the stages."""
        recorder, exchange = self.recorder, exchange_of(response)
        key = exchange.info.key
        try:
            response = await self.renderer.read(exchange, response)
            outcome, detail = judge_response(exchange, response, self.portal.home, recorder.hosts.asked, self.layouts)
            page = exchange.page(outcome, detail, next_look=self.next_recheck(key, outcome))
            day = self.reader.listed_day(key) if outcome is Outcome.ARTICLE else None
        except ArchiveError as error:
            recorder.fail(error)
            return
        # What answers under another stored article's address goes on under that one's key.
        joined = outcome is Outcome.ARTICLE and self._is_of_another(key, page.url)
        if joined:
            page = replace(page, next_look=None)
        if joined or outcome is not Outcome.ARTICLE:
            recorder.write(page)
        recorder.react(outcome)
        if joined or outcome is not Outcome.ARTICLE:
            return
        # The address that answered is where relative links start; the stages use the page's.
        declared = charset_of(response)
        sent = page_of(response.body, page.url, self.layouts, declared) if exchange.info.request else None
        if sent is None:
            yield ArticleResponse(page, response.body, self.layouts, declared, day=day)
        else:
            yield ArticleResponse(page, sent, self.layouts, "utf-8")

    def _is_of_another(self, key: str | None, url: str) -> bool:
        """Return whether a stored article's request ended at the address of another stored article."""
        other, lookups = self.portal.entry_key(url), self.recorder.writer.lookups
        return (
            None not in (key, other) and key != other and lookups.is_stored(str(key)) and lookups.is_stored(str(other))
        )

    def next_recheck(self, key: str | None, outcome: Outcome) -> date | None:
        """Return when to ask for an article again; None where the schedule ends or the lists decide."""
        lookups, tonight = self.recorder.writer.lookups, self.recorder.writer.night
        stands = outcome in (Outcome.ARTICLE, Outcome.NOT_MODIFIED)
        if key is None or not (stands or outcome.value in SETTLED):
            return None
        if outcome is Outcome.EXTERNAL_LINK:  # a list may show it every night; a link is seldom exchanged for a text
            return tonight + timedelta(days=VANISHED_EVERY)
        since = None if stands else lookups.vanished_since(key)
        if since or outcome in VANISHED:
            return next_recheck_of_vanished(since or tonight, tonight, self.gone_after)
        watched = lookups.first_stored(key)
        removal = lookups.removal(key)
        if removal is not None:  # what came back is watched like something new
            watched = removal.night if removal.event is Event.RETURNED else tonight
        if watched is None and not stands:
            return None
        return next_recheck(watched or tonight, tonight, self.rechecks)
