"""Decide when the walk of a section ends, and when an article is asked for again. Pure.

A walk that is interrupted, fails, reaches its bound or is shown its first page again is not complete: it never moves the
mark that `KNOWN` compares with, so the next walk goes back as far as the last complete one and what lies between is listed
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta

from archive.model.enums import WalkEnd
from archive.model.records import ListEntry
from pipelines.sandbox.crosscheck_stats import nightly_draw

LATER_PAGES = 200  # far more than any night publishes: a bound against calendars and endless lists
VANISHED_RECHECKS = (1, 3, 7, 14)  # days after an article had first vanished
VANISHED_EVERY = 30  # and then, without end: what was withdrawn may come back
_SAMPLED = 20  # one in so many unchanged articles is read all the same
UNDATED_PAGES = 10  # the look-back of a first walk over a list that shows no days


def first_walk_since(night: date, days: int, since: date | None) -> date:
    """Return the first day that a portal's first walk still wants: `since` if given, else `days` before the night."""
    return since if since is not None else night - timedelta(days=days)


def next_recheck(first_stored: date, night: date, days: Sequence[int]) -> date | None:
    """Return the next night after this one that lies one of `days` after an article was first stored; None after the last."""
    later = (first_stored + timedelta(days=number) for number in days)
    return next((due for due in later if due > night), None)


def next_recheck_of_vanished(since: date, night: date, gone_after: int) -> date:
    """Return the night of the next recheck of an article that had first vanished in the night `since`.

    There is one exactly `gone_after` days later, so that a removal is recorded on its day.
    """
    later = (night - since).days
    last = VANISHED_RECHECKS[-1]
    after = last + VANISHED_EVERY * (max(0, later - last) // VANISHED_EVERY + 1)
    return since + timedelta(days=min(days for days in (*VANISHED_RECHECKS, gone_after, after) if days > later))


def is_sampled_recheck(key: str, night: date) -> bool:
    """Return whether an article is asked for and read in this night, whatever speaks for its being unchanged: one in twenty.

    Each of them is cross-checked as well.
    """
    return nightly_draw(key, night) % _SAMPLED == 0


@dataclass(slots=True)
class Paging:
    """Follow whether a list's further pages are others than its first: some portals answer every number with page 1.

    `first` are the keys of the first page, `moved` says that a page was met most of whose entries do not stand there. A list
    that moved on may repeat a page behind its end; one that never did has shown its first page alone.
    """

    first: frozenset[str] = frozenset()
    moved: bool = False

    def note(self, keys: AbstractSet[str]) -> None:
        """Note a further page."""
        self.moved = self.moved or 2 * len(keys & self.first) < len(keys)

    def is_first_again(self, keys: AbstractSet[str]) -> bool:
        """Return whether a noted page without a new key is the first page again."""
        # An entry or two may stand on page 2 because the portal published while the walk went on.
        return bool(keys) and not self.moved and 2 * len(keys & self.first) >= len(self.first)


@dataclass(slots=True)
class SectionProgress:
    """Follow the walk of one section back to the day `since`. `first` says that no walk of it was ever complete."""

    first: bool
    since: date
    pages: int = 0
    end: WalkEnd | None = None
    paging: Paging = field(default_factory=Paging)
    _seen: set[str] = field(default_factory=set)
    _dated: bool = False

    def page(self, entries: Sequence[ListEntry], more: bool, known: AbstractSet[str]) -> WalkEnd | None:
        """Note the next list page and return why the walk ends with it, None when it goes on.

        `more` says that the page names a next one; `known` are those of its keys that the section had shown before its
        last complete walk ended.
        """
        keys = {entry.key for entry in entries}
        new = keys - self._seen
        self._note(keys, entries)
        if self.pages == 1:
            self.paging.first = frozenset(keys)
        else:
            self.paging.note(keys)
        self.end = self._end(entries, more, keys, new, known)
        return self.end

    def document(self, entries: Sequence[ListEntry], more: bool) -> WalkEnd | None:
        """Note a feed or one of several sitemaps, each read whole; `more` says that others follow."""
        self._note({entry.key for entry in entries}, entries)
        if not more:
            self.end = WalkEnd.LAST_PAGE if self._seen else WalkEnd.EMPTY
        elif self.pages >= LATER_PAGES:
            self.end = WalkEnd.PAGE_LIMIT
        return self.end

    def fail(self) -> WalkEnd:
        """End the walk: a list page could not be fetched or read."""
        self.end = WalkEnd.FAILED
        return self.end

    def _note(self, keys: AbstractSet[str], entries: Sequence[ListEntry]) -> None:
        self._seen |= keys
        self._dated = self._dated or any(entry.day is not None for entry in entries)
        self.pages += 1

    def _end(
        self,
        entries: Sequence[ListEntry],
        more: bool,
        keys: AbstractSet[str],
        new: AbstractSet[str],
        known: AbstractSet[str],
    ) -> WalkEnd | None:
        if self.pages == 1 and not entries:
            return WalkEnd.EMPTY
        if not new:
            return WalkEnd.FIRST_AGAIN if self.paging.is_first_again(keys) else WalkEnd.REPEATED
        if not self.first and keys <= known:
            return WalkEnd.KNOWN
        if self._looked_back(entries):
            return WalkEnd.SINCE
        if not more:
            return WalkEnd.LAST_PAGE
        return WalkEnd.PAGE_LIMIT if self.pages >= LATER_PAGES else None

    def _looked_back(self, entries: Sequence[ListEntry]) -> bool:
        """Return whether the walk has reached its first wanted day, a later walk not before its tenth page.

        A later walk meets no such page unless it may go deeper than those before it, whose paging was not understood. A list
        without days cannot say how old it is: ten of its pages count as the look-back, because a walk that ends
        at a bound would never be complete and every later night would walk the same pages again.
        """
        days = [entry.day for entry in entries if entry.day is not None]
        if days:
            return max(days) < self.since and (self.first or self.pages >= UNDATED_PAGES)
        return self.first and not self._dated and self.pages >= UNDATED_PAGES
