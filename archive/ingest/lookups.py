"""Answer what a crawl asks of the archive while it writes a portal's run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar

from archive.index.column_types import storable
from archive.index.index import Index
from archive.index.queries.attachments import PendingAttachment
from archive.index.queries.lookbacks import LastLookback, Position
from archive.index.queries.readings import SourceRecord, StandingReading
from archive.index.queries.removals import DatedContents, Removal, same_page
from archive.index.rows import EventRow, PendingEntry, Recheck
from archive.index.transaction import Queries
from archive.model.records import Document, ListEntry
from archive.storage.jsonl import ArticleLine
from archive.storage.texts import content_sha256

_Answer = TypeVar("_Answer")
_DAYS = 16  # whose contents are held: a list shows few at a time
_TIMES = 512  # of one day's contents; with more, as a first night brings, the next articles ask anew


class RunLookups:
    """Look up what the archive knows of one portal on one night, from committed lines only.

    `is_queued` says that a document of a key waits in the writer's open batch.
    """

    def __init__(self, index: Index, portal: str, night: date, is_queued: Callable[[str], bool]) -> None:
        self._index, self._portal, self._night, self._is_queued = index, portal, night, is_queued
        self._known: dict[str, tuple[date | None, Removal | None]] = {}
        self._bodies: dict[str, tuple[str, str] | None] = {}
        self._walks: dict[str, str | None] = {}
        self._dated: dict[str, DatedContents] = {}

    def load(self, keys: Collection[str]) -> None:
        """Look up at once, in two queries, what will be asked about each of these articles."""
        new = [key for key in keys if key not in self._known]
        if not new:
            return
        with self._reading() as queries:
            first, removals = (
                queries.events.first_nights(self._portal, new),
                queries.removals.latest_of(self._portal, new),
            )
        # Most are new, and share one pair of nothing.
        stored = first.keys() | removals.keys()
        self._known |= {key: (first.get(key), removals.get(key)) if key in stored else (None, None) for key in new}

    def expect(self, urls: Collection[str]) -> None:
        """Look up at once what these addresses answered last: they are about to be asked."""
        found = self._ask(lambda queries: queries.responses.last_with_body(self._portal, urls)) if urls else {}
        self._bodies.update((url, found.get(storable(url))) for url in urls)

    def last_body(self, url: str) -> tuple[str, str] | None:
        """Return SHA-256 and moment of an address's last response with a body, as the index has it."""
        if url not in self._bodies:
            self.expect([url])
        return self._bodies.pop(url)

    def forget(self, lines: Iterable[ArticleLine], urls: Iterable[str]) -> None:
        """Look these articles and addresses up anew, and every walk: the run has committed lines of theirs."""
        self._walks.clear()
        for url in urls:
            self._bodies.pop(url, None)
        for line in lines:
            self._known.pop(line.key, None)
            for dated in self._dated.values():
                if line.published and dated.covers(line.published):
                    dated.contents.setdefault(line.published, set()).add(line.content_sha256)
        self._dated = {last: dated for last, dated in self._dated.items() if len(dated.contents) <= _TIMES}

    def last_walk(self, section: str) -> date | None:
        """Return the night of the last complete walk of the section; None when none was ever committed."""
        with self._reading() as queries:
            at = self._last_walk(queries, section)
        return date.fromisoformat(at[:10]) if at else None

    def known_before_last_walk(self, section: str, keys: Collection[str]) -> set[str]:
        """Return those of the keys that the section had shown by the end of its last complete walk."""
        with self._reading() as queries:
            at = self._last_walk(queries, section)
            return queries.listings.shown_by(self._portal, section, list(keys), at) if at else set()

    def _last_walk(self, queries: Queries, section: str) -> str | None:
        if section not in self._walks:
            self._walks[section] = queries.listings.last_walk(self._portal, section)
        return self._walks[section]

    def is_stored(self, key: str) -> bool:
        """Return whether an event of this article was committed, or waits in the open batch."""
        if self._is_queued(key):
            return True
        return self.first_stored(key) is not None

    def moved(self, entries: Iterable[ListEntry]) -> list[ListEntry]:
        """Return the entries of recorded articles whose page was neither listed before tonight, nor recorded, nor asked.

        Addresses that differ in their query alone count as one: many lists add where the reader came from.
        """
        shown = {entry.key: entry for entry in entries}
        known = self._ask(lambda queries: queries.listings.addresses(self._portal, list(shown), self._night))
        return [
            entry
            for key, entry in shown.items()
            if key in known and not any(same_page(entry.url, one) for one in known[key])
        ]

    def addresses(self, key: str) -> set[str]:
        """Return every address at which the article was listed, recorded or last asked."""
        return self._ask(lambda queries: queries.listings.addresses(self._portal, [key])).get(key, set())

    def records(self, records: Collection[str], keys: Collection[str]) -> dict[str, str]:
        """Return by the id of a CMS's record the key that it was first listed with: of these records and of these keys."""
        return self._ask(lambda queries: queries.listings.records(self._portal, records, keys))

    def own_keys(self, keys: Collection[str]) -> dict[str, str]:
        """Return, by each of these keys that a moved article's new address has, the article's own key."""
        return self._ask(lambda queries: queries.removals.own_keys(self._portal, keys))

    def namesakes(self, document: Document) -> list[str]:
        """Return the keys of the portal's other articles that this one may be, under a new address."""
        content, published = content_sha256(document.content), document.published
        dated = self._published_like(published) if published else None
        if dated is not None and published and not dated.may_hold(content, published):
            return []
        facts = (document.key, content, document.title, published)
        return self._ask(lambda queries: queries.removals.namesakes(self._portal, *facts))

    def _published_like(self, published: str) -> DatedContents | None:
        """Return contents with all of this time among them; None when too many are of its day.

        A list shows articles by their time, so one question answers for those that follow.
        """
        last = published[: len("2025-03-03")] + "~"  # the whole day: the next article may be a little newer
        covering = next((dated for dated in self._dated.values() if dated.covers(published)), None)
        if covering is None and last not in self._dated:
            if len(self._dated) == _DAYS:
                self._dated.clear()
            self._dated[last] = self._ask(lambda queries: queries.removals.published_until(self._portal, last))
            covering = self._dated[last] if self._dated[last].covers(published) else None
        return covering

    def latest(self, key: str) -> tuple[EventRow, str] | None:
        """Return the article's last version and the address at which it was last recorded; None where none is stored."""

        def ask(queries: Queries) -> tuple[EventRow, str] | None:
            version = queries.events.latest(self._portal, key)
            return (version, queries.events.known_address(self._portal, key) or version.url) if version else None

        return self._ask(ask)

    def never_listed(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys that no list ever showed and no line of the portal names."""
        return set(keys) - self._ask(lambda queries: queries.listings.addresses(self._portal, list(keys))).keys()

    def first_stored(self, key: str) -> date | None:
        """Return the night in which an article was first stored."""
        self.load([key])
        return self._known[key][0]

    def listed_day(self, key: str) -> date | None:
        """Return the day that the portal's lists showed beside an article."""
        return self._ask(lambda queries: queries.listings.first_day(self._portal, key))

    def vanished_since(self, keys: Collection[str]) -> dict[str, date]:
        """Return, by each of these articles that does not stand, the first night in which it had vanished."""
        found = self._ask(lambda queries: queries.removals.vanished_nights(self._portal, keys))
        return {key: nights[0] for key, nights in found.items()}

    def removal(self, key: str) -> Removal | None:
        """Return the last removal or return recorded of the article."""
        self.load([key])
        return self._known[key][1]

    def waiting(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys that answered with something that is no article and are due only after tonight."""
        return self._ask(lambda queries: queries.responses.awaiting_recheck(self._portal, list(keys), self._night))

    def pending(self) -> list[PendingEntry]:
        """Return the entries of earlier nights and attempts that were listed and never stored."""
        return self._ask(lambda queries: queries.listings.pending(self._portal))

    def last_lookback(self, since: date | None = None) -> LastLookback | None:
        """Return the portal's last monthly look-back, or its last backfill to the day `since`."""
        return self._ask(lambda queries: queries.lookbacks.latest(self._portal, since))

    def lookback_positions(self, began: date, since: date | None) -> dict[str, Position]:
        """Return how far this look-back came, by section."""
        return self._ask(lambda queries: queries.lookbacks.positions(self._portal, began, since))

    def first_walk(self) -> date | None:
        """Return the first night with a complete walk of a section of this portal."""
        return self._ask(lambda queries: queries.lookbacks.first_walk(self._portal))

    def first_wanted(self, section: str) -> date | None:
        """Return the first day that the section's first complete walk still wanted."""
        return self._ask(lambda queries: queries.lookbacks.first_wanted(self._portal, section))

    def due_rechecks(self) -> list[Recheck]:
        """Return the articles whose next recheck is due by tonight."""
        return self._ask(lambda queries: queries.responses.due_rechecks(self._portal, self._night))

    def readings(self, keys: Collection[str]) -> dict[str, StandingReading]:
        """Return what those of these articles were last read from that stand as they were read."""
        return self._ask(lambda queries: queries.readings.standing(self._portal, keys))

    def sources(self) -> dict[str, SourceRecord]:
        """Return what is known of each source that states modification times of the portal's articles."""
        return self._ask(lambda queries: queries.readings.sources(self._portal))

    def pending_attachments(self, since: date, per_article: int) -> list[PendingAttachment]:
        """Return files that articles committed since a night name and that are still to be fetched."""
        return self._ask(lambda queries: queries.attachments.pending(self._portal, since, per_article))

    def _ask(self, question: Callable[[Queries], _Answer]) -> _Answer:
        with self._reading() as queries:
            return question(queries)

    def _reading(self) -> AbstractContextManager[Queries]:
        return self._index.reading(snapshot=False)  # this process alone changes rows of the portal
