"""Query the calendar: which portals and nights the archive covers, and how many articles bear each date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from archive.index.rows import day_of, within
from archive.index.schema import EVENTS, RUNS
from archive.model.enums import STORED


@dataclass(frozen=True, slots=True)
class CoverageQueries:
    """Query nights and dates on one connection."""

    connection: Connection

    def portals(self) -> list[str]:
        """Return every portal with a run, sorted by name."""
        return sorted(self.connection.execute(select(RUNS.c.portal).distinct()).scalars())

    def portals_of(self, provinces: Collection[str]) -> set[str]:
        """Return the portals with a run in which they belonged to one of these provinces (slugs)."""
        query = select(RUNS.c.portal).where(RUNS.c.province.in_(sorted(provinces))).distinct()
        return set(self.connection.execute(query).scalars())

    def first_night(self, portal: str | None = None) -> date | None:
        """Return the night of a portal's first run, or of the first run of all."""
        query = select(func.min(RUNS.c.night))
        if portal is not None:
            query = query.where(RUNS.c.portal == portal)
        return day_of(self.connection, query)

    def last_night(self) -> date | None:
        """Return the night of the last run of all."""
        return day_of(self.connection, select(func.max(RUNS.c.night)))

    def adjacent_night(self, night: date, *, later: bool) -> date | None:
        """Return the nearest night with a run before this one, or after it if `later`."""
        beside = RUNS.c.night > night.isoformat() if later else RUNS.c.night < night.isoformat()
        nearest = func.min(RUNS.c.night) if later else func.max(RUNS.c.night)
        return day_of(self.connection, select(nearest).where(beside))

    def published_by_day(self, portal: str, since: date, until: date) -> dict[date, int]:
        """Count the articles of a portal by their date of publication as first stored."""
        day = func.substr(EVENTS.c.published, 1, 10)
        query = (
            select(day.label("day"), func.count(EVENTS.c.key.distinct()).label("articles"))
            .where(EVENTS.c.portal == portal, EVENTS.c.event.in_(STORED), EVENTS.c.published.is_not(None))
            .where(*within(day, since, until))
            .group_by(day)
        )
        return {date.fromisoformat(row.day): row.articles for row in self.connection.execute(query)}
