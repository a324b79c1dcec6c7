"""What is asked of the index about runs: which of them it knows at all."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from archive.schema import EVENTS, PAGES, RUNS

__all__ = ["RunQueries"]


class RunQueries:
    """The questions about runs, on one connection."""

    connection: Connection

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
