"""Query runs: which of them the index holds, and the records of a portal or a night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any  # the columns of a statement, as SQLAlchemy declares them

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, func, select, tuple_

from archive.index.column_types import run_places
from archive.index.rows import within
from archive.index.schema import EVENTS, PAGES, RUNS
from archive.model.enums import Verdict
from archive.model.records import Run
from archive.storage.paths import run_order
from archive.storage.run_record import run_from

# History is read newest first until enough nights count, so a portal of many years costs what a new one costs.
_AT_ONCE = 32
_INCONCLUSIVE = (Verdict.UNREACHABLE, Verdict.INTERRUPTED)  # of whether the portal answers


@dataclass(frozen=True, slots=True)
class RunQueries:
    """Query runs on one connection."""

    connection: Connection

    def history(self, portal: str, before: date, nights: int) -> list[Run]:
        """Return the records of a portal's last crawls before a night, newest first; a run of `reextract` is no crawl."""
        return list(islice((run for run in self._records(portal, before) if run.crawled), nights))

    def _records(self, portal: str, before: date) -> Iterator[Run]:
        """Yield them newest first, read a few at a time: a portal's records grow with the nights."""
        end = (before.isoformat(), "")
        while True:
            query = (
                select(RUNS.c.night, RUNS.c.run, RUNS.c.record)
                .where(RUNS.c.portal == portal, tuple_(RUNS.c.night, RUNS.c.run) < end)
                .order_by(RUNS.c.night.desc(), RUNS.c.run.desc())
                .limit(_AT_ONCE)
            )
            rows = self.connection.execute(query).all()
            yield from (run_from(row.record) for row in rows)
            if len(rows) < _AT_ONCE:
                return
            end = (rows[-1].night, rows[-1].run)

    def last_conclusive(self, portal: str, before: date) -> Run | None:
        """Return the portal's last crawl before a night that showed if the portal answers; silence and a stop show nothing."""
        query = _of_portal(portal, RUNS.c.night < before.isoformat(), RUNS.c.complete == 1, _answered(_INCONCLUSIVE))
        newest = query.order_by(None).order_by(RUNS.c.night.desc(), RUNS.c.run.desc())
        return next((run for run in self._found(newest.limit(_AT_ONCE)) if run.crawled), None)

    def decommissions(self, portal: str) -> list[Run]:
        """Return the records with the verdict that a portal moved or is gone, oldest first."""
        return self._found(_of_portal(portal, RUNS.c.verdict.in_([Verdict.MOVED.value, Verdict.GONE.value])))

    def answered_after(self, portal: str, night: date, run: str) -> date | None:
        """Return the night of the first crawl after this run in which the portal answered again."""
        later = tuple_(RUNS.c.night, RUNS.c.run) > (night.isoformat(), run)
        answered = _answered((*_INCONCLUSIVE, Verdict.MOVED, Verdict.GONE))
        query = _of_portal(portal, later, RUNS.c.complete == 1, answered).limit(_AT_ONCE)
        return next((run.night for run in self._found(query) if run.crawled), None)

    def offline_nights(self, portal: str, nights: Iterable[date]) -> set[date]:
        """Return those of the nights in which other portals were crawled and none of them answered: the network was down."""
        named = [night.isoformat() for night in nights]
        silent = [verdict.value for verdict in (*_INCONCLUSIVE, Verdict.GONE)]
        query = (
            select(RUNS.c.night, func.min(RUNS.c.verdict.in_(silent).cast(Integer)))
            .where(RUNS.c.night.in_(named), RUNS.c.portal != portal)
            .group_by(RUNS.c.night)
        )
        return {date.fromisoformat(night) for night, offline in self.connection.execute(query) if offline}

    def names(self, night: date) -> set[str]:
        """Return the names of a night's runs whose record is in the index."""
        query = select(RUNS.c.run).where(RUNS.c.night == night.isoformat())
        return set(self.connection.execute(query).scalars())

    def has_lines(self, night: date, run: str) -> bool:
        """Return True if any line of a run is in the index."""
        of_pages = and_(PAGES.c.portal == run_order(run)[0], PAGES.c.at.between(*run_places(night, run)))
        of_events = and_(EVENTS.c.night == night.isoformat(), EVENTS.c.run == run)
        found = (select(PAGES.c.at).where(of_pages), select(EVENTS.c.at).where(of_events))
        return any(self.connection.execute(query.limit(1)).first() is not None for query in found)

    def between(self, portal: str, since: date, until: date) -> list[Run]:
        """Return the records of a portal's runs of these nights, both included, oldest first."""
        return self._found(_of_portal(portal, *within(RUNS.c.night, since, until)))

    def of_night(self, night: date) -> list[Run]:
        """Return the records of a night's runs, sorted by name."""
        return self._found(select(RUNS.c.record).where(RUNS.c.night == night.isoformat()).order_by(RUNS.c.run))

    def latest(self) -> list[Run]:
        """Return the record of each portal's last run, sorted by portal."""
        last = select(RUNS.c.portal, func.max(RUNS.c.night).label("night")).group_by(RUNS.c.portal).subquery()
        of_last = and_(RUNS.c.portal == last.c.portal, RUNS.c.night == last.c.night)
        found = self._found(select(RUNS.c.record).join(last, of_last).order_by(RUNS.c.portal, RUNS.c.run))
        return list({run.portal: run for run in found}.values())

    def _found(self, query: Select[Any]) -> list[Run]:
        return [run_from(record) for record in self.connection.execute(query).scalars()]


def _of_portal(portal: str, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Select the records of a portal's runs that meet every condition, oldest first."""
    return select(RUNS.c.record).where(RUNS.c.portal == portal, *conditions).order_by(RUNS.c.night, RUNS.c.run)


def _answered(silent: Iterable[Verdict]) -> ColumnElement[bool]:
    return RUNS.c.verdict.not_in([verdict.value for verdict in silent])
