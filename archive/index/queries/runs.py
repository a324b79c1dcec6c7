"""What is asked of the index about runs: which of them it knows, and a portal's last ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from sqlalchemy import Connection, Integer, func, select, tuple_

from archive.index.schema import EVENTS, PAGES, RUNS
from archive.model.enums import Verdict
from archive.model.records import Run
from archive.storage.run_record import run_from

__all__ = ["RunQueries"]

_AT_ONCE = 32
_SAY_NOTHING = (Verdict.UNREACHABLE, Verdict.INTERRUPTED)  # whether somebody is there


class RunQueries:
    """The questions about runs, on one connection."""

    connection: Connection

    def history(self, portal: str, before: date, nights: int) -> list[Run]:
        """The records of a portal's crawls before a night, newest first; a run of `reextract` is no crawl."""
        return list(islice((run for run in self._records(portal, before) if run.crawled), nights))

    def _records(self, portal: str, before: date) -> Iterator[Run]:
        """All of them, newest first, read a few at a time: a portal's records grow with the nights."""
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

    def last_telling(self, portal: str, before: date) -> Run | None:
        """The portal's last crawl before a night that says whether somebody is there: silence and a stop say nothing."""
        query = (
            select(RUNS.c.record)
            .where(RUNS.c.portal == portal, RUNS.c.night < before.isoformat(), RUNS.c.complete == 1)
            .where(RUNS.c.verdict.not_in([verdict.value for verdict in _SAY_NOTHING]))
            .order_by(RUNS.c.night.desc(), RUNS.c.run.desc())
            .limit(_AT_ONCE)
        )
        runs = (run_from(record) for record in self.connection.execute(query).scalars())
        return next((run for run in runs if run.crawled), None)

    def endings(self, portal: str) -> list[Run]:
        """The records in which a portal was recorded as moved or gone, oldest first."""
        query = (
            select(RUNS.c.record)
            .where(RUNS.c.portal == portal, RUNS.c.verdict.in_([Verdict.MOVED.value, Verdict.GONE.value]))
            .order_by(RUNS.c.night, RUNS.c.run)
        )
        return [run_from(record) for record in self.connection.execute(query).scalars()]

    def answered_after(self, portal: str, night: date, run: str) -> date | None:
        """The night of the first crawl of the portal after this run that found somebody there again."""
        silent = [verdict.value for verdict in (*_SAY_NOTHING, Verdict.MOVED, Verdict.GONE)]
        query = (
            select(RUNS.c.record)
            .where(RUNS.c.portal == portal, tuple_(RUNS.c.night, RUNS.c.run) > (night.isoformat(), run))
            .where(RUNS.c.complete == 1)
            .where(RUNS.c.verdict.not_in(silent))
            .order_by(RUNS.c.night, RUNS.c.run)
            .limit(_AT_ONCE)
        )
        runs = (run_from(record) for record in self.connection.execute(query).scalars())
        return next((run.night for run in runs if run.crawled), None)

    def deaf_nights(self, portal: str, nights: Iterable[date]) -> set[date]:
        """Those of the nights in which other portals were asked and not one of them answered: the network was away."""
        asked = [night.isoformat() for night in nights]
        silent = [verdict.value for verdict in (*_SAY_NOTHING, Verdict.GONE)]
        query = (
            select(RUNS.c.night, func.min(RUNS.c.verdict.in_(silent).cast(Integer)))
            .where(RUNS.c.night.in_(asked), RUNS.c.portal != portal)
            .group_by(RUNS.c.night)
        )
        return {date.fromisoformat(night) for night, deaf in self.connection.execute(query) if deaf}

    def recorded_runs(self, night: date) -> set[str]:
        """The names of a night's runs whose record is in the index."""
        query = select(RUNS.c.run).where(RUNS.c.night == night.isoformat())
        return set(self.connection.execute(query).scalars())

    def has_lines_of(self, night: date, run: str) -> bool:
        """Whether any line of a run is in the index."""
        for table in (PAGES, EVENTS):
            query = select(table.c.at).where(table.c.night == night.isoformat(), table.c.run == run).limit(1)
            if self.connection.execute(query).first() is not None:
                return True
        return False
