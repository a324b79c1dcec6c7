"""What is asked of the index about runs: which of them it knows, and a portal's last ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

from sqlalchemy import Connection, select, tuple_

from archive.records import Run
from archive.runs import run_from
from archive.schema import EVENTS, PAGES, RUNS

__all__ = ["RunQueries"]

_AT_ONCE = 32


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
