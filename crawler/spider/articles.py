"""Ask for articles, judge what comes, and say when each is asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.index.queries.listings import SETTLED
from archive.index.queries.removals import VANISHED, same_address
from archive.index.rows import Recheck
from archive.model.enums import Event, Outcome
from archive.model.records import ListEntry, ListRequest, LookbackMark, Reading
from crawler.listings.listing import Following
from crawler.requests import Exchange, Expect, RequestBuilder, exchange_of
from crawler.responses.facts import charset_of, head_of
from crawler.responses.outcome import best_outcome, classify, needs_tree
from crawler.sandbox.response_reader import answer_of, with_reason
from crawler.spider.article_identity import ArticleIdentity
from crawler.spider.listings import DeclaredPortal, ListingReader
from crawler.spider.recorder import RunRecorder
from crawler.spider.rendering import Renderer
from crawler.spider.stop_rule import is_sampled_recheck, next_recheck, next_recheck_of_vanished
from crawler.spider.unchanged_rechecks import UnchangedRechecks
from pipelines.article import Layout
from pipelines.sandbox.page_question import PageQuestion
from pipelines.sandbox.page_reader import PageAnswer, PageReader
from pipelines.stages import ArticleResponse

_MOST_ADDRESSES = 3  # of one article and night
_EXTERNAL_RECHECK = 7  # days
_MOST_MOVED = 100  # of a night: a bound against lists whose addresses differ at each request


@dataclass(frozen=True, slots=True)
class JudgedResponse:
    """The outcome of a response, what the extraction process answers of its page, and the digests of its reading.

    There is no answer where no tree decides, nor where the page says what it said when it was last read.
    """

    outcome: Outcome
    detail: str | None
    answer: PageAnswer | None = None
    reading: Reading | None = None

    @property
    def is_unchanged(self) -> bool:
        """Return whether the page need not be read."""
        return self.answer is None and self.reading is not None


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
    identity: ArticleIdentity
    pages: PageReader
    unchanged: UnchangedRechecks
    layouts: tuple[Layout, ...]
    rechecks: Sequence[int]
    gone_after: int
    _asked: dict[str, tuple[Following, ...]] = field(default_factory=dict, init=False)
    _shown: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False)
    _moved: int = field(default=0, init=False)
    _needless: set[str] = field(default_factory=set, init=False)
    _unjudged: dict[Exchange, asyncio.Future[None]] = field(default_factory=dict, init=False)

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
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        return [self._build(section, key, url, mark, headers)]

    def _build(
        self, section: str, key: str, url: str, mark: LookbackMark | None, headers: Mapping[str, str] | None = None
    ) -> Request:
        way = self.portal.article_source(key, url)
        self._asked[key] = (*self._asked.get(key, ()), way)
        if not headers and not self.unchanged.knows(
            key
        ):  # the process is ready for a new page; an old one may be unchanged
            self.pages.start()
        address = self.builder.here(url) if isinstance(way, ListRequest) else None
        info = replace(self.builder.info(Expect.ARTICLE, way, section), key=key, lookback=mark, address=address)
        return self.builder.build(info, self.on_response, headers=headers)

    def is_asked(self, key: str) -> bool:
        """Return whether an article was asked for already tonight."""
        return key in self._asked

    def recheck(self, key: str) -> list[Request]:
        """Return the request for a stored article at its newest address; none when it was asked for already tonight."""
        latest = self.recorder.writer.lookups.latest(key)
        return self.request(latest[0].section, key, latest[1]) if latest else []

    def due_rechecks(self) -> list[Request]:
        """Return requests for the articles due for a recheck. Must run when the lists are committed: they tell what moved."""
        # What is read in full comes first: it cross-checks its section, and of the others their digests are enough.
        needed = sorted(self._needed(self.due()), key=lambda due: not self.pages.is_sampled(due.key))
        self.unchanged.load({due.key for due in needed})
        return [
            request
            for due in needed
            for request in self.request(
                due.section or "", due.key, due.url, etag=due.etag, last_modified=due.last_modified
            )
        ]

    def _needed(self, due: Iterable[Recheck]) -> list[Recheck]:
        """Leave out what an honest source says is unchanged; it is due again in the next night."""
        lookups, night = self.recorder.writer.lookups, self.recorder.writer.night
        due = [one for one in due if one.key not in self._needless]
        found = {
            key
            for key in self.recorder.modified.needless(due)
            if next_recheck(lookups.first_stored(key) or night, night, self.rechecks) is not None
            and not is_sampled_recheck(key, night)
        }
        self._needless |= found
        self.recorder.count("rechecks left out", len(found))
        return [one for one in due if one.key not in found]

    def due(self) -> list[Recheck]:
        """Return the articles due for a recheck that were not asked for tonight, each under its own key."""
        if self.recorder.options.backfill is not None:
            return []
        found = self.recorder.writer.lookups.due_rechecks()
        self.recorder.writer.lookups.load([due.key for due in found])
        own = self.identity.own_keys(due.key for due in found)
        return [due for due in (self._own(due, own.get(due.key)) for due in found) if due.key not in self._asked]

    def _own(self, due: Recheck, key: str | None) -> Recheck:
        """Return the recheck of the article that a key was found to be of; `key` is None where it is the article's own."""
        latest = self.recorder.writer.lookups.latest(key) if key is not None else None
        if latest is None:
            return due
        return replace(due, key=latest[0].key, url=latest[1], etag=None, last_modified=None)

    def due_to_be_gone(self) -> list[Recheck]:
        """Return the articles due for a recheck that count as removed if they are missing tonight as well."""
        writer, due = self.recorder.writer, self.due()
        since = writer.lookups.vanished_since({one.key for one in due})
        return [one for one in due if one.key in since and (writer.night - since[one.key]).days >= self.gone_after]

    def wanted(self, entries: Iterable[ListEntry]) -> list[ListEntry]:
        """Return the entries that were never stored and do not wait for a later recheck."""
        lookups, listed = self.recorder.writer.lookups, list(entries)
        # A settled entry may be ours to mend and is asked for whenever a list shows it; one that vanished waits for its next
        # recheck, because asking each night brought the same answer each night.
        keys = {entry.key for entry in listed}
        waiting = lookups.waiting(keys)
        lookups.load(keys)
        return [entry for entry in listed if entry.key not in waiting and not lookups.is_stored(entry.key)]

    def moved(self, entries: Iterable[ListEntry]) -> list[ListEntry]:
        """Return the entries of stored articles that are listed at an address that is new; at most 100 a night.

        Every entry is noted: an article that is missing at one address is asked for where lists show it.
        """
        entries = list(entries)
        for entry in entries:
            self._shown[entry.key] = (*self._shown.get(entry.key, ()), entry.url)
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
        bodies = {url: body for url, body in answer_of(response).texts.items() if url in urls}
        self.unchanged.load({urls[url] for url in bodies})
        found: list[ArticleResponse | Request] = []
        for url, body in bodies.items():
            self._asked[urls[url]] = (*self._asked.get(urls[url], ()), url)
            self.identity.answered(urls[url], Outcome.ARTICLE, url)
            page = exchange.part(url, urls[url]).page(Outcome.ARTICLE)
            question = PageQuestion(url, page.fetched_at, "utf-8", interface=False)
            question = replace(question, given=self.unchanged.given(question))
            reading = self.unchanged.reading(page.key, question, body)
            if not self.unchanged.is_same_in_list(page, reading):
                answer = self.pages.read(page, question, body, self.layouts)
                found.append(ArticleResponse(page, answer, self.layouts, reading, of_list=True))
        return found

    def _elsewhere(self, exchange: Exchange) -> list[Request]:
        """Return the request for a missing article at another address: one of tonight's lists, or an earlier one of its own."""
        info, key = exchange.info, exchange.info.key or ""
        asked = self._asked.get(key, ())
        if len(asked) >= _MOST_ADDRESSES:
            return []
        recorded = sorted(self.recorder.writer.lookups.addresses(key))
        for url in (*reversed(self._shown.get(key, ())), *recorded):
            if not any(_is_same_way(self.portal.article_source(key, url), way) for way in asked):
                return [self._build(info.section, key, url, info.lookback)]
        return []

    def on_arrival(self, response: Response) -> None:
        """Take note of a response that waits for its judgement."""
        exchange = exchange_of(response)
        # A browser asks for more before a page is judged: there the next request is not held back.
        if exchange.info.expect is Expect.ARTICLE and not self.renderer.wanted:
            self._unjudged[exchange] = asyncio.get_running_loop().create_future()

    async def judged(self) -> None:
        """Wait until every article's response that came is judged."""
        while self._unjudged:
            await asyncio.wait(tuple(self._unjudged.values()))

    async def on_response(self, response: Response) -> AsyncIterator[ArticleResponse | Request]:
        """Judge what an article's address brought and hand an article to the stages."""
        exchange = exchange_of(response)
        try:
            found = await self._record(exchange, response)
        except ArchiveError as error:
            self.recorder.fail(error)
            return
        finally:
            arrived = self._unjudged.pop(exchange, None)
            if arrived is not None:
                arrived.set_result(None)
        for each in found:
            yield each

    async def _record(self, exchange: Exchange, response: Response) -> Sequence[ArticleResponse | Request]:
        """Record what is no article; return an article, or the requests for it at other addresses."""
        recorder, key = self.recorder, exchange.info.key
        response = await self.renderer.read(exchange, response)
        judged = await self._judge(exchange, response)
        outcome = judged.outcome
        page = exchange.page(outcome, judged.detail, next_look=self.next_recheck(key, outcome))
        further = self._elsewhere(exchange) if outcome in VANISHED else []
        if judged.is_unchanged:
            recorder.write(page, again=judged.reading)
        elif outcome is not Outcome.ARTICLE:
            self.unchanged.compare(key, None)
            recorder.write(page, last=not further)
        recorder.react(outcome)
        if not further:
            self.identity.answered(key, outcome, page.url)
        if outcome is Outcome.ARTICLE and judged.answer is not None:
            return [ArticleResponse(page, judged.answer, self.layouts, judged.reading)]
        return further

    async def _judge(self, exchange: Exchange, response: Response) -> JudgedResponse:
        """Return what a response is, and the reading of its page."""
        info, recorder = exchange.info, self.recorder
        head = head_of(response, info, self.portal.home, recorder.hosts.asked)
        best = best_outcome(head)
        if not needs_tree(head):
            return JudgedResponse(*best)
        page = exchange.page(Outcome.ARTICLE)
        question = PageQuestion(
            # The address that answered is where relative links start.
            page.url,
            page.fetched_at,
            charset_of(response),
            self.reader.listed_day(info.key),
            interface=info.request is not None,
            json=head.json,
            judge=True,
            extract=best[0] is Outcome.ARTICLE,
        )
        question = replace(question, given=self.unchanged.given(question, head))
        reading = self.unchanged.reading(info.key, question, response.body)
        if best[0] is Outcome.ARTICLE:
            again = await self.unchanged.settled(page, question, response.body, reading)
            if again is not None:
                return JudgedResponse(Outcome.ARTICLE, again.detail, reading=again)
        answer = self.pages.read(page, question, response.body, self.layouts)
        try:
            facts = await answer.facts
        except Exception:  # the stages take note of a page that cannot be read, and of an error of ours
            return JudgedResponse(*best, answer, reading)
        outcome = classify(replace(head, shape=facts.shape, has_article=facts.has_article, data=facts.data))
        return JudgedResponse(*with_reason(exchange, outcome), answer, reading)

    def next_recheck(self, key: str | None, outcome: Outcome) -> date | None:
        """Return when to ask for an article again; None where the schedule ends or the lists decide."""
        lookups, tonight = self.recorder.writer.lookups, self.recorder.writer.night
        stands = outcome in (Outcome.ARTICLE, Outcome.NOT_MODIFIED)
        if key is None or not (stands or outcome.value in SETTLED):
            return None
        if outcome is Outcome.EXTERNAL_LINK:
            # Lists show it every night and it brings the same each night; it may be a passing gateway all the same.
            return tonight + timedelta(days=_EXTERNAL_RECHECK)
        since = None if stands else lookups.vanished_since([key]).get(key)
        if since or outcome in VANISHED:
            return next_recheck_of_vanished(since or tonight, tonight, self.gone_after)
        watched = lookups.first_stored(key)
        removal = lookups.removal(key)
        # An article that came back is watched like a new one.
        if removal is not None and removal.event is not Event.MOVED_ADDRESS:
            watched = removal.night if removal.event is Event.RETURNED else tonight
        if watched is None and not stands:
            return None
        return next_recheck(watched or tonight, tonight, self.rechecks)


def _is_same_way(one: Following, other: Following) -> bool:
    """Return whether two ways lead to the same place."""
    return same_address(one, other) if isinstance(one, str) and isinstance(other, str) else one == other
