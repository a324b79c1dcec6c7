"""The part of a spider's run that goes past the known pages, when everything else of the night was asked and answered.

One list page at a time: what it shows and nobody ever kept is asked for, then the files these articles name, then the
next page. Where to go on is asked of the archive, so the bound, the night's end or a crash only put it off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scrapy.http import Request, Response

from archive.index.queries.attachments import PendingAttachment
from archive.index.queries.lookbacks import Position
from archive.index.rows import PendingEntry
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome, WalkEnd
from archive.model.records import Document, ListEntry, LookBackMark, PageRecord
from archive.storage.lookback_stats import LookBackEnd
from crawler.config.lookback import deeper_end, next_lookback, wanted_of
from crawler.config.run_options import RunOptions
from crawler.listings.listing import Following, Listing, Section, SectionKind
from crawler.requests import Expect, RequestInfo
from crawler.responses.records import answer_page
from crawler.spider.attachments import AttachmentWalk
from pipelines.article import Layout
from pipelines.capture import StoredResponse
from pipelines.stages import ArticleResponse

__all__ = ["LookBackWalk"]

_STEP = 10  # entries left by earlier nights that are asked for before their files are
_DEEPER = -5  # behind articles, before files: nothing else is waiting then


@dataclass(slots=True)
class _LookBackState:
    """A look-back tonight. `open` are the sections to go on with, each with the address and number of its next page;
    `put_off` those that cannot be walked tonight; `left` counts what the bound left for another night."""

    mark: LookBackMark
    open: dict[str, tuple[Following, int]] = field(default_factory=dict)
    put_off: set[str] = field(default_factory=set)
    left: int = 0
    seen: dict[str, set[str]] = field(default_factory=dict)


class LookBackWalk(AttachmentWalk):
    """Look-backs and backfills; what a list page says and how an article is asked for is the walk's."""

    province: str | None
    sections: tuple[Section, ...]

    def __init__(self, tonight: RunOptions, night: RunWriter, own: frozenset[str]) -> None:
        super().__init__(tonight, night, own)
        self.beyond: dict[str, tuple[Following, int] | None] = {}
        self._going: _LookBackState | None = None
        self._begun = False
        self._owed: deque[PendingEntry] = deque()
        self._marks: dict[str, LookBackMark] = {}
        self._earlier = sum(1 for page in night.pages if page.lookback)
        self._lines = self._asked_for = 0

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """The way to a section's first list page."""
        raise NotImplementedError

    def read_list(
        self, section: Section, ask: RequestInfo, response: Response
    ) -> tuple[Listing | None, Outcome, str | None]:
        """What a list page says; None with the outcome when it could not be read."""
        raise NotImplementedError

    def article_request(
        self,
        section: str,
        key: str,
        url: str,
        headers: dict[str, str] | None = None,
        mark: LookBackMark | None = None,
    ) -> Iterable[Request]:
        """The request for an article; none when it was asked for already tonight."""
        raise NotImplementedError

    def list_request(self, ask: RequestInfo, priority: int) -> Request:
        """The request for a list page."""
        raise NotImplementedError

    @classmethod
    def read_with(cls) -> tuple[Layout, ...]:
        """What the portal's pages are read with."""
        raise NotImplementedError

    def told_articles(
        self,
        ask: RequestInfo,
        captured: StoredResponse,
        response: Response,
        entries: Sequence[ListEntry],
        read_with: tuple[Layout, ...],
    ) -> list[ArticleResponse]:
        """The articles whose texts the list's answer holds."""
        raise NotImplementedError

    # what the walk tells

    def walked(self, section: str, following: Following | None, pages: int) -> None:
        """Tonight's walk of a section came to a complete end after so many pages; the list goes on at `following`."""
        self.beyond[section] = (following, pages + 1) if following else None

    def at_once(self, owed: Iterable[PendingEntry]) -> list[PendingEntry]:
        """The owed entries that are asked for with the night's own; what a look-back left is asked for under its bound."""
        now: list[PendingEntry] = []
        for entry in owed:
            held = entry.lookback is not None and entry.lookback.since == self.tonight.backfill
            (self._owed if held else now).append(entry)
        return now

    @property
    def lookback_end(self) -> LookBackEnd | None:
        """Which look-back went on tonight and whether it came to its end; None where there was none."""
        going = self._going
        if going is None:
            return None
        return going.mark, not (going.open or going.put_off or going.left or self._owed)

    def write(
        self,
        page: PageRecord | None,
        document: Document | None = None,
        reasons: tuple[str, ...] = (),
        *,
        gone_after: int | None = None,
    ) -> None:
        """Queue a line: retries and redirects of a look-back count in its bound."""
        self._lines += page is not None and page.lookback is not None
        super().write(page, document, reasons, gone_after=gone_after)

    # what is asked

    def more_requests(self) -> list[Request]:
        """What comes after the articles: files, then what a look-back left owed, then its next list page."""
        asked = super().more_requests()
        if asked:
            return asked
        if not self._begun:
            self._begun, self._going = True, self._begin()
        return self._owed_requests() or self._page_request()

    def owed_files(self) -> list[PendingAttachment]:
        """Those of articles that a look-back found tonight as far as its bound allows; the rest is any night's."""
        asked = []
        for file in super().owed_files():
            if self.mark_of(file.key) is None or self._room > 0:
                self._charge(self.mark_of(file.key))
                asked.append(file)
        return asked

    def mark_of(self, key: str) -> LookBackMark | None:
        """The mark of an article's file."""
        return self._marks.get(key.rpartition("/~")[0])

    @property
    def _room(self) -> int:
        plan = self.tonight.lookback
        return max(0, plan.requests - self._earlier - max(self._asked_for, self._lines))

    def _charge(self, mark: LookBackMark | None) -> None:
        self._asked_for += mark is not None

    def _begin(self) -> _LookBackState | None:
        mark = self._mark()
        if mark is None:
            return None
        going = _LookBackState(mark)
        positions = self.night.lookups.lookback_positions(mark.began, mark.since)
        for section in self.sections:
            at = positions.get(section.name)
            if section.kind is not SectionKind.PAGES or (at and at.end):
                continue  # a feed or sitemap is read whole every night
            following = self._left(at) if at else None
            following = following or self._first_page(section, mark)
            if following is not None and (mark.since or following[1] <= self.tonight.lookback.pages):
                going.open[section.name] = following
            elif not mark.since and section.name not in self.beyond:
                going.put_off.add(section.name)
        return going

    @staticmethod
    def _left(at: Position) -> tuple[Following, int] | None:
        """Where an earlier night stood; None where the way there was that visit's only, and the walk begins anew."""
        if at.request is None:
            return at.url, at.number
        return None if at.request.of_visit else (at.request, at.number)

    def _first_page(self, section: Section, mark: LookBackMark) -> tuple[Following, int] | None:
        """A look-back begins where tonight's walk ended; a backfill, which walks nothing else, with the list."""
        return (self.first_page(section), 1) if mark.since else self.beyond.get(section.name)

    def _mark(self) -> LookBackMark | None:
        """Tonight's look-back: one that is due, else one that was cut."""
        tonight, plan = self.night.night, self.tonight.lookback
        last = self.night.lookups.last_lookback(self.tonight.backfill)
        unfinished = LookBackMark(last.began, last.since) if last and not last.complete else None
        if self.tonight.backfill:
            return unfinished or LookBackMark(tonight, self.tonight.backfill)
        first = self.night.lookups.first_walk()
        if not plan.days or first is None or not self.beyond:
            return None
        due = next_lookback(self.name, plan.days, first, last.began if last else None) <= tonight
        return LookBackMark(tonight) if due else unfinished

    def _owed_requests(self) -> list[Request]:
        asked: list[Request] = []
        while self._owed and self._room > 0 and len(asked) < _STEP:
            entry = self._owed.popleft()
            asked += self._asked_entry(entry.section, entry.key, entry.url, entry.lookback)
        return asked

    def _page_request(self) -> list[Request]:
        if self._going is None or not self._going.open or self._room <= 0:
            return []
        section, (following, number) = next(iter(self._going.open.items()))
        self._charge(self._going.mark)
        ask = replace(self.ask(Expect.LISTING, following, section, number=number), lookback=self._going.mark)
        return [self.list_request(ask, _DEEPER)]

    def _asked_entry(self, section: str, key: str, url: str, mark: LookBackMark | None) -> list[Request]:
        asked = list(self.article_request(section, key, url, mark=mark))
        if asked and mark is not None:
            self._marks[key] = mark
            self._charge(mark)
        return asked

    # what came back

    def deeper(
        self, ask: RequestInfo, captured: StoredResponse, response: Response
    ) -> Sequence[Request | ArticleResponse]:
        """Read a list page of the look-back and ask for what nobody ever kept, as far as the bound allows."""
        section = next(one for one in self.sections if one.name == ask.section)
        listing, outcome, detail = self.read_list(section, ask, response)
        if listing is None or self._going is None:
            self.write(answer_page(self.put_off(ask), captured, outcome, detail))
            self.heed(outcome)
            return []
        going, mark, number = self._going, self._going.mark, ask.number or 1
        if listing.door and listing.next is not None:
            self.write(answer_page(replace(ask, number=None), captured, outcome, detail))
            going.open[section.name] = (listing.next, number)
            return []
        seen, since = going.seen.setdefault(section.name, set()), self._since(section)
        entries = tuple(ListEntry(entry.key, entry.url, entry.title, entry.day) for entry in listing.entries)
        deepest = None if mark.since else self.tonight.lookback.pages
        end = deeper_end(entries, listing.next is not None, number, seen, since, deepest)
        seen |= {entry.key for entry in entries}
        taken = wanted_of(entries, since) if end is WalkEnd.SINCE else entries
        self.write(answer_page(replace(ask, lookback=replace(mark, end=end)), captured, outcome, detail, listed=taken))
        self.heed(outcome)
        if end is None and listing.next is not None:
            going.open[section.name] = (listing.next, number + 1)
        else:
            del going.open[section.name]
        told: list[Request | ArticleResponse] = list(
            self.told_articles(ask, captured, response, taken, self.read_with())
        )
        return told + self._found(section, taken, mark)

    def _found(self, section: Section, entries: tuple[ListEntry, ...], mark: LookBackMark) -> list[Request]:
        waiting = self.night.lookups.waiting({entry.key for entry in entries})
        asked: list[Request] = []
        for entry in entries:
            if entry.key in waiting or self.night.lookups.is_stored(entry.key):
                continue
            if self._room <= 0 and self._going is not None:
                self._going.left += 1
            else:
                asked += self._asked_entry(section.name, entry.key, entry.url, mark)
        return asked

    def put_off(self, ask: RequestInfo) -> RequestInfo:
        """A list page of the look-back could not be had: its section goes on another night from where it stood."""
        if self._going is not None and self._going.open.pop(ask.section, None) is not None:
            self._going.put_off.add(ask.section)
        return replace(ask, lookback=replace(ask.lookback, end=WalkEnd.FAILED) if ask.lookback else None)

    def _since(self, section: Section) -> date | None:
        """A backfill goes to its day, a look-back as far as the first walk of the section had come."""
        return self.tonight.backfill or self.night.lookups.first_wanted(section.name)
