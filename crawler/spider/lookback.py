"""Walk a portal's lists past the known pages, when everything else of the night was asked and answered.

A look-back begins where tonight's walk ended and goes a number of pages back; a backfill begins with the list and goes
back to a day. One list page at a time: what it shows and was never stored is asked for, then the files that these articles
name, then the next page. The archive says where to go on, so a bound, the night's end or a crash only delays it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from scrapy.http import Request, Response

from archive.index.queries.lookbacks import Position
from archive.index.rows import PendingEntry
from archive.model.enums import WalkEnd
from archive.model.records import ListEntry, LookbackMark
from archive.storage.lookback_stats import LookbackEnd
from crawler.config.run_options import next_lookback
from crawler.listings.listing import Following, Section, SectionKind
from crawler.requests import Callback, Exchange, Expect, RequestBuilder, RequestInfo
from crawler.spider.articles import Articles
from crawler.spider.listings import DeclaredPortal, ListingReader
from crawler.spider.recorder import RunRecorder
from crawler.spider.stop_rule import Paging
from crawler.spider.walk import entries_of
from pipelines.stages import ArticleResponse

_STEP = 10  # entries left by earlier nights that are asked for before their files are
_DEEPER = -5  # behind articles, before files: nothing else is waiting then


@dataclass(frozen=True, slots=True)
class WalkBound:
    """Bound the walk of one list: `since` is the first day that is wanted, `pages` the last page; None is no bound."""

    since: date | None
    pages: int | None

    def end(
        self, entries: Sequence[ListEntry], more: bool, number: int, seen: AbstractSet[str], paging: Paging
    ) -> WalkEnd | None:
        """Return why the walk ends with page `number`, None when it goes on. `seen` are the keys of the pages before."""
        keys = {entry.key for entry in entries}
        if keys <= seen:
            return WalkEnd.FIRST_AGAIN if paging.is_first_again(keys) else WalkEnd.REPEATED
        days = [entry.day for entry in entries if entry.day is not None]
        if self.since is not None and days and max(days) < self.since:
            return WalkEnd.SINCE
        if not more:
            return WalkEnd.LAST_PAGE
        return WalkEnd.SINCE if self.pages is not None and number >= self.pages else None

    def wanted(self, entries: Sequence[ListEntry]) -> tuple[ListEntry, ...]:
        """Return the entries that are not older than what is wanted; one without a day may be anything."""
        return tuple(entry for entry in entries if self.since is None or entry.day is None or entry.day >= self.since)


class LookbackBudget:
    """Count the requests of tonight's look-back against their limit: list pages, articles found there, their files.

    `limit` is for the whole night, attempts that were interrupted included.
    """

    def __init__(self, limit: int, recorder: RunRecorder) -> None:
        self._limit, self._recorder = limit, recorder
        self._earlier = sum(1 for page in recorder.writer.pages if page.lookback)
        self._asked = 0
        self._marks: dict[str, LookbackMark] = {}

    @property
    def left(self) -> int:
        """The number of requests that may still be sent; retries and redirects, which leave lines, count as well."""
        return max(0, self._limit - self._earlier - max(self._asked, self._recorder.lookback_lines))

    def take(self) -> None:
        """Count one request."""
        self._asked += 1

    def take_article(self, key: str, mark: LookbackMark) -> None:
        """Count the request for an article; its files belong to the look-back as well."""
        self._marks[key] = mark
        self.take()

    def mark_of_file(self, key: str) -> LookbackMark | None:
        """Return the mark for a file's line, where a look-back found its article tonight."""
        return self._marks.get(key.rpartition("/~")[0])

    def take_file(self, key: str) -> bool:
        """Return whether a file may be asked for, and count it; a file of another night's article is not counted."""
        if self.mark_of_file(key) is None:
            return True
        if self.left <= 0:
            return False
        self.take()
        return True


@dataclass(slots=True)
class _Progress:
    """Progress of the run's look-back.

    `open` are the sections to go on with, each with the way and number of its next page; `delayed` those that cannot be
    walked tonight; `left` counts the articles that the budget left for another night.
    """

    mark: LookbackMark
    open: dict[str, tuple[Following, int]] = field(default_factory=dict)
    delayed: set[str] = field(default_factory=set)
    left: int = 0
    seen: dict[str, set[str]] = field(default_factory=dict)


class Lookback:
    """Walk further back: to the day `since` (a backfill), or `pages` pages of each list when `days` have passed.

    `beyond` holds where tonight's walks ended, `paging` what they saw of the lists' pages, by section.
    """

    def __init__(
        self,
        portal: type[DeclaredPortal],
        builder: RequestBuilder,
        recorder: RunRecorder,
        reader: ListingReader,
        articles: Articles,
        on_listing: Callback,
        budget: LookbackBudget,
        beyond: Mapping[str, tuple[Following, int] | None],
        paging: dict[str, Paging],
    ) -> None:
        self._portal, self._builder, self._recorder = portal, builder, recorder
        self._reader, self._articles, self._on_listing = reader, articles, on_listing
        self._budget, self._beyond, self._paging = budget, beyond, paging
        self._plan, self._since = recorder.options.lookback, recorder.options.backfill
        self._lookups = recorder.writer.lookups
        self._progress: _Progress | None = None
        self._begun = False
        self._pending: deque[PendingEntry] = deque()

    def split_pending(self, entries: Iterable[PendingEntry]) -> list[PendingEntry]:
        """Return the pending entries to ask for with the night's own; hold back what a look-back left, for its budget."""
        now: list[PendingEntry] = []
        for entry in entries:
            own = entry.lookback is not None and entry.lookback.since == self._since
            (self._pending if own else now).append(entry)
        return now

    @property
    def end(self) -> LookbackEnd | None:
        """Return the run's look-back and whether it came to its end; None where there was none."""
        progress = self._progress
        if progress is None:
            return None
        return progress.mark, not (progress.open or progress.delayed or progress.left or self._pending)

    def requests(self) -> list[Request]:
        """Return requests for what an earlier look-back left pending, then for the next list page."""
        if not self._begun:
            self._begun, self._progress = True, self._begin()
        return self._pending_requests() or self._page_request()

    def _begin(self) -> _Progress | None:
        mark = self._mark()
        if mark is None:
            return None
        progress = _Progress(mark)
        positions = self._lookups.lookback_positions(mark.began, mark.since)
        for section in self._portal.sections:
            at = positions.get(section.name)
            if section.kind is not SectionKind.PAGES or (at and at.end):
                continue  # a feed or sitemap is read whole every night
            following = (_left_at(at) if at else None) or self._first_page(section)
            if following is not None and (mark.since or following[1] <= self._plan.pages):
                progress.open[section.name] = following
            elif not mark.since and section.name not in self._beyond:
                progress.delayed.add(section.name)
        return progress

    def _mark(self) -> LookbackMark | None:
        """Return the mark of tonight's look-back: one that is due, else one that was cut."""
        tonight = self._recorder.writer.night
        last = self._lookups.last_lookback(self._since)
        unfinished = LookbackMark(last.began, last.since) if last and not last.complete else None
        if self._since:
            return unfinished or LookbackMark(tonight, self._since)
        first = self._lookups.first_walk()
        if not self._plan.days or first is None or not self._beyond:
            return None
        due = next_lookback(self._portal.name, self._plan.days, first, last.began if last else None) <= tonight
        return LookbackMark(tonight) if due else unfinished

    def _first_page(self, section: Section) -> tuple[Following, int] | None:
        """Return where to begin: a look-back where tonight's walk ended, a backfill, which walks alone, with the list."""
        return (self._portal.first_page(section), 1) if self._since else self._beyond.get(section.name)

    def _bound(self, section: str) -> WalkBound:
        """Return the day of a backfill; of a look-back its pages, and the day that the section's first walk came to."""
        if self._since:
            return WalkBound(self._since, None)
        return WalkBound(self._lookups.first_wanted(section), self._plan.pages)

    def _pending_requests(self) -> list[Request]:
        requests: list[Request] = []
        while self._pending and self._budget.left > 0 and len(requests) < _STEP:
            entry = self._pending.popleft()
            requests += self._article_request(entry.section, entry.key, entry.url, entry.lookback)
        return requests

    def _page_request(self) -> list[Request]:
        if self._progress is None or not self._progress.open or self._budget.left <= 0:
            return []
        section, (following, number) = next(iter(self._progress.open.items()))
        self._budget.take()
        info = self._builder.info(Expect.LISTING, following, section)
        info = replace(info, number=number, lookback=self._progress.mark)
        return [self._builder.build(info, self._on_listing, _DEEPER)]

    def _article_request(self, section: str, key: str, url: str, mark: LookbackMark | None) -> list[Request]:
        requests = self._articles.request(section, key, url, mark)
        if requests and mark is not None:
            self._budget.take_article(key, mark)
        return requests

    def read(self, exchange: Exchange, response: Response) -> Sequence[Request | ArticleResponse]:
        """Record a list page; return requests for what it shows and was never stored, as far as the budget allows."""
        recorder, page, progress = self._recorder, self._reader.read(exchange, response), self._progress
        section, number = exchange.info.section, exchange.info.number or 1
        listing, outcome, detail = page.listing, page.outcome, page.detail
        if listing is None or progress is None:
            recorder.write(exchange.page(outcome, detail, lookback=self.delay(exchange.info)))
            recorder.react(outcome)
            return []
        if listing.door and listing.next is not None:
            recorder.write(exchange.page(outcome, detail, page_number=None))
            progress.open[section] = (listing.next, number)
            return []
        bound, entries, paging = self._bound(section), entries_of(listing), self._paging.setdefault(section, Paging())
        keys = frozenset(entry.key for entry in entries)
        if number == 1:
            paging.first = keys
        else:
            paging.note(keys)
        seen = progress.seen.setdefault(section, set() if number == 1 else set(paging.first))
        end = bound.end(entries, listing.next is not None, number, seen, paging)
        seen |= keys
        taken = bound.wanted(entries) if end is WalkEnd.SINCE else entries
        recorder.write(exchange.page(outcome, detail, listed=taken, lookback=replace(progress.mark, end=end)))
        recorder.react(outcome)
        if end is None and listing.next is not None:
            progress.open[section] = (listing.next, number + 1)
        else:
            del progress.open[section]
        if end is WalkEnd.FIRST_AGAIN:
            progress.delayed.add(section)
        found = self._articles.in_list(exchange, response, taken)
        for entry in (*self._articles.wanted(taken), *self._articles.moved(taken)):
            if self._budget.left <= 0:
                progress.left += 1
            else:
                found += self._article_request(section, entry.key, entry.url, progress.mark)
        return found

    def delay(self, info: RequestInfo) -> LookbackMark | None:
        """Leave a section whose list page could not be had for another night; return the mark for the page's line."""
        if self._progress is not None and self._progress.open.pop(info.section, None) is not None:
            self._progress.delayed.add(info.section)
        return replace(info.lookback, end=WalkEnd.FAILED) if info.lookback else None


def _left_at(at: Position) -> tuple[Following, int] | None:
    """Return where an earlier night stood; None where the way there was that visit's only, and the walk begins anew."""
    if at.request is None:
        return at.url, at.number
    return None if at.request.of_visit else (at.request, at.number)
