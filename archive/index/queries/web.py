"""Query pages of events for the audit website: a bounded number of rows, found by a key and not by counting.

`after` and `before` name the row next to which a page begins, so the last page of a long list costs what the first does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, String, func, literal_column, select, tuple_

from archive.index.rows import EventRow, events_of, found_of, within
from archive.index.schema import EVENTS, RUNS, SEALS
from archive.model.enums import REMOVALS, Event

# A literal: a partial index is used only if the statement itself contains the condition of the index.
_QUARANTINED = EVENTS.c.event == literal_column(f"'{Event.QUARANTINED.value}'", String)


@dataclass(frozen=True, slots=True)
class CacheStamp:
    """Counts of the runs and seals of a span of nights, its last run, and the head of its seals."""

    runs: int
    last: str
    seals: int
    head: str


@dataclass(frozen=True, slots=True)
class WebQueries:
    """Query pages of events on one connection."""

    connection: Connection

    def cache_stamp(self, since: date, until: date) -> CacheStamp:
        """Return a stamp that differs once runs of these nights, or seals, were added."""
        runs = select(func.count(), func.max(RUNS.c.night)).where(*within(RUNS.c.night, since, until))
        seals = select(func.count(), func.max(SEALS.c.head)).where(*within(SEALS.c.night, since, until))
        counted, sealed = self.connection.execute(runs).one(), self.connection.execute(seals).one()
        return CacheStamp(counted[0], counted[1] or "", sealed[0], sealed[1] or "")

    def events_of_night(
        self, night: date, limit: int, after: tuple[str, int] | None = None, events: Collection[Event] = ()
    ) -> list[EventRow]:
        """Return a night's events in the order of runs and lines, after one of them; only `events` if any are named."""
        query = select(EVENTS).where(EVENTS.c.night == night.isoformat())
        if after is not None:
            query = query.where(tuple_(EVENTS.c.run, EVENTS.c.seq) > after)
        if events:
            query = query.where(EVENTS.c.event.in_([event.value for event in events]))
        return events_of(self.connection, query.order_by(EVENTS.c.run, EVENTS.c.seq).limit(limit))

    def events_of_portal(self, portal: str, limit: int, before: str | None = None) -> list[tuple[str, EventRow]]:
        """Return a portal's events with their places, the newest first, before one of these places."""
        return self._newest(EVENTS.c.portal == portal, limit, before)

    def quarantined(self, limit: int, before: str | None = None) -> list[tuple[str, EventRow]]:
        """Return quarantined events with their places, the newest first, before one of these places."""
        return self._newest(_QUARANTINED, limit, before)

    def history(self, portal: str, key: str, limit: int) -> list[EventRow]:
        """Return the last events of an article or attachment, the oldest of them first."""
        query = select(EVENTS).where(EVENTS.c.portal == portal, EVENTS.c.key == key)
        return events_of(self.connection, query.order_by(EVENTS.c.at.desc()).limit(limit))[::-1]

    def same_content(self, content: str, limit: int) -> list[EventRow]:
        """Return the first events with this content, removals apart."""
        removed = [event.value for event in REMOVALS]
        query = select(EVENTS).where(EVENTS.c.content_sha256 == content, EVENTS.c.event.not_in(removed))
        return events_of(self.connection, query.order_by(EVENTS.c.at).limit(limit))

    def _newest(self, which: ColumnElement[bool], limit: int, before: str | None) -> list[tuple[str, EventRow]]:
        query = select(EVENTS).where(which)
        if before is not None:
            query = query.where(EVENTS.c.at < before)
        rows = self.connection.execute(query.order_by(EVENTS.c.at.desc()).limit(limit))
        return [(str(row.at), found_of(row)) for row in rows]
