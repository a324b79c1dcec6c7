"""What the audit page asks of the index: always a bounded number of rows, found by a key and not by counting pages.

`Place` and `at` name the row after which the next ones stand, so that the last page of a long list costs what the first does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Connection, Row, Select, String, and_, func, literal_column, select, tuple_

from archive.index.queries.removals import REMOVALS
from archive.index.rows import EventRow, found_of
from archive.index.schema import EVENTS, PAGES, RUNS, SEALS
from archive.model.enums import Event
from archive.model.records import Run
from archive.storage.run_record import run_from

__all__ = ["CacheStamp", "PageQueries", "ResponseRow", "SealRow"]

# A literal: a partial index is used only where the statement itself says what its rows have in common.
_SET_ASIDE = EVENTS.c.event == literal_column(f"'{Event.QUARANTINED.value}'", String)


@dataclass(frozen=True, slots=True)
class CacheStamp:
    """What changes whenever a night of a span brought anything: counts of runs and seals, the last run, the chain's head."""

    runs: int
    last: str
    seals: int
    head: str


@dataclass(frozen=True, slots=True)
class SealRow:
    """A seal as the index repeats it."""

    night: date
    number: int
    head: str
    previous: str | None
    root: str
    files: int


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response for an article or file: when, what came of it, and the status (None without an answer)."""

    night: str
    fetched_at: str
    outcome: str
    status: int | None
    url: str


class PageQueries:
    """The page's questions, on one connection."""

    connection: Connection

    def stamp(self, since: date, until: date) -> CacheStamp:
        """Tells whether anything came to the nights of a span, or to the chain, since it was last asked."""
        first, last = since.isoformat(), until.isoformat()
        runs = select(func.count(), func.max(RUNS.c.night)).where(RUNS.c.night >= first, RUNS.c.night <= last)
        seals = select(func.count(), func.max(SEALS.c.head)).where(SEALS.c.night >= first, SEALS.c.night <= last)
        counted, sealed = self.connection.execute(runs).one(), self.connection.execute(seals).one()
        return CacheStamp(counted[0], counted[1] or "", sealed[0], sealed[1] or "")

    def runs_of(self, night: date) -> list[Run]:
        """The records of a night's runs, by name."""
        query = select(RUNS.c.record).where(RUNS.c.night == night.isoformat()).order_by(RUNS.c.run)
        return [run_from(record) for record in self.connection.execute(query).scalars()]

    def night_beside(self, night: date, *, later: bool) -> date | None:
        """The nearest night with a run before or after this one."""
        beside = RUNS.c.night > night.isoformat() if later else RUNS.c.night < night.isoformat()
        nearest = func.min(RUNS.c.night) if later else func.max(RUNS.c.night)
        found = cast("str | None", self.connection.execute(select(nearest).where(beside)).scalar())
        return date.fromisoformat(found) if found else None

    def event_at(self, night: date, run: str, seq: int) -> EventRow | None:
        """The event on one line of one run."""
        query = select(EVENTS).where(EVENTS.c.night == night.isoformat(), EVENTS.c.run == run, EVENTS.c.seq == seq)
        row = self.connection.execute(query).first()
        return found_of(row) if row else None

    def events_of_night(
        self, night: date, limit: int, after: tuple[str, int] | None = None, events: Collection[Event] = ()
    ) -> list[EventRow]:
        """A night's events in the order of runs and lines, after one of them; of these kinds only, if any are named."""
        query = select(EVENTS).where(EVENTS.c.night == night.isoformat())
        if after is not None:
            query = query.where(tuple_(EVENTS.c.run, EVENTS.c.seq) > after)
        if events:
            query = query.where(EVENTS.c.event.in_([event.value for event in events]))
        return self._found(query.order_by(EVENTS.c.run, EVENTS.c.seq).limit(limit))

    def events_of_portal(self, portal: str, limit: int, before: str | None = None) -> list[tuple[str, EventRow]]:
        """A portal's events, the newest first, before the place `at` of one of them; each with its own."""
        query = select(EVENTS).where(EVENTS.c.portal == portal)
        if before is not None:
            query = query.where(EVENTS.c.at < before)
        return self._placed(query.order_by(EVENTS.c.at.desc()).limit(limit))

    def set_aside(self, limit: int, before: str | None = None) -> list[tuple[str, EventRow]]:
        """What was quarantined, the newest first, before a place; each with its own."""
        query = select(EVENTS).where(_SET_ASIDE)
        if before is not None:
            query = query.where(EVENTS.c.at < before)
        return self._placed(query.order_by(EVENTS.c.at.desc()).limit(limit))

    def history_of(self, portal: str, key: str, limit: int) -> list[EventRow]:
        """The last events of an article or attachment, the oldest of them first."""
        query = select(EVENTS).where(EVENTS.c.portal == portal, EVENTS.c.key == key)
        return self._found(query.order_by(EVENTS.c.at.desc()).limit(limit))[::-1]

    def places_of(self, content: str, limit: int) -> list[EventRow]:
        """The first events with this content: where a text also stood."""
        removed = [event.value for event in REMOVALS]
        query = select(EVENTS).where(EVENTS.c.content_sha256 == content, EVENTS.c.event.not_in(removed))
        return self._found(query.order_by(EVENTS.c.at).limit(limit))

    def answers_of(self, portal: str, key: str, limit: int) -> list[ResponseRow]:
        """The last responses for an article or file, the newest first."""
        query = select(PAGES).where(PAGES.c.portal == portal, PAGES.c.key == key)
        rows = self.connection.execute(query.order_by(PAGES.c.at.desc()).limit(limit))
        return [ResponseRow(row.night, row.fetched_at, row.outcome, row.status, row.url) for row in rows]

    def seals(self, limit: int, before: tuple[date, int] | None = None) -> list[SealRow]:
        """Seals, the newest nights first, before one of them."""
        query = select(SEALS)
        if before is not None:
            query = query.where(tuple_(SEALS.c.night, SEALS.c.number) < (before[0].isoformat(), before[1]))
        rows = self.connection.execute(query.order_by(SEALS.c.night.desc(), SEALS.c.number.desc()).limit(limit))
        return [_seal(row) for row in rows]

    def seals_of(self, night: date) -> list[SealRow]:
        """The seals of one night in order."""
        rows = self.connection.execute(select(SEALS).where(SEALS.c.night == night.isoformat()).order_by(SEALS.c.number))
        return [_seal(row) for row in rows]

    def last_runs(self) -> list[Run]:
        """The record of each portal's last run, by portal."""
        last = select(RUNS.c.portal, func.max(RUNS.c.night).label("night")).group_by(RUNS.c.portal).subquery()
        of_last = and_(RUNS.c.portal == last.c.portal, RUNS.c.night == last.c.night)
        rows = self.connection.execute(select(RUNS.c.record).join(last, of_last).order_by(RUNS.c.portal, RUNS.c.run))
        found = [run_from(record) for record in rows.scalars()]
        return list({run.portal: run for run in found}.values())

    def _found(self, query: Select[tuple[object, ...]]) -> list[EventRow]:
        return [found_of(row) for row in self.connection.execute(query)]

    def _placed(self, query: Select[tuple[object, ...]]) -> list[tuple[str, EventRow]]:
        return [(str(row.at), found_of(row)) for row in self.connection.execute(query)]


def _seal(row: Row[tuple[object, ...]]) -> SealRow:
    return SealRow(date.fromisoformat(row.night), row.number, row.head, row.previous, row.root, row.files)
