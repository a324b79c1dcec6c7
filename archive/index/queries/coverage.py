"""What is asked of the index about days: the records of every crawl, and how many articles bear each date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import cast

from sqlalchemy import Connection, func, select

from archive.index.schema import EVENTS, RUNS
from archive.model.enums import STORED
from archive.model.records import Run
from archive.storage.run_record import run_from

__all__ = ["CoverageQueries"]


class CoverageQueries:
    """The questions about days, on one connection."""

    connection: Connection

    def portals(self) -> list[str]:
        """Every portal with a run, by name."""
        return sorted(self.connection.execute(select(RUNS.c.portal).distinct()).scalars())

    def portals_of(self, provinces: Collection[str]) -> set[str]:
        """The portals with a run of a night in which they belonged to one of these provinces (slugs)."""
        query = select(RUNS.c.portal).where(RUNS.c.province.in_(sorted(provinces))).distinct()
        return set(self.connection.execute(query).scalars())

    def runs_between(self, portal: str, since: date, until: date) -> list[Run]:
        """The records of a portal's runs of these nights, both included, oldest first."""
        query = (
            select(RUNS.c.record)
            .where(RUNS.c.portal == portal, RUNS.c.night >= since.isoformat(), RUNS.c.night <= until.isoformat())
            .order_by(RUNS.c.night, RUNS.c.run)
        )
        return [run_from(record) for record in self.connection.execute(query).scalars()]

    def first_night(self, portal: str | None = None) -> date | None:
        """The night of a portal's first run, or of the first run of all."""
        query = select(func.min(RUNS.c.night))
        if portal is not None:
            query = query.where(RUNS.c.portal == portal)
        night = cast("str | None", self.connection.execute(query).scalar())
        return date.fromisoformat(night) if night else None

    def last_night(self) -> date | None:
        """The night of the last run of all."""
        night = cast("str | None", self.connection.execute(select(func.max(RUNS.c.night))).scalar())
        return date.fromisoformat(night) if night else None

    def published_by_day(self, portal: str, since: date, until: date) -> dict[date, int]:
        """How many articles of a portal, as first kept, bear each date of publication."""
        day = func.substr(EVENTS.c.published, 1, 10)
        query = (
            select(day.label("day"), func.count(EVENTS.c.key.distinct()).label("articles"))
            .where(EVENTS.c.portal == portal, EVENTS.c.event.in_(STORED), EVENTS.c.published.is_not(None))
            .where(day >= since.isoformat(), day <= until.isoformat())
            .group_by(day)
        )
        found: dict[date, int] = defaultdict(int)
        for row in self.connection.execute(query):
            found[date.fromisoformat(row.day)] = row.articles
        return dict(found)
