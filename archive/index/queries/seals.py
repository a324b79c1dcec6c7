"""Query the seals that the index repeats from the manifests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Select, func, select, tuple_

from archive.index.rows import record_of
from archive.index.schema import SEALS


@dataclass(frozen=True, slots=True)
class SealRow:
    """The head of a manifest, and how many files it names."""

    night: date
    number: int
    head: str
    previous: str | None
    root: str
    files: int


@dataclass(frozen=True, slots=True)
class SealQueries:
    """Query seals on one connection."""

    connection: Connection

    def tip(self) -> SealRow | None:
        """Return the last seal of the chain: the one that no other seal names as its previous."""
        later = SEALS.alias()
        # A count and no NOT EXISTS: PostgreSQL would join all seals with all, and the newest is nearly always the one.
        followers = select(func.count()).where(later.c.previous == SEALS.c.head).scalar_subquery()
        query = select(SEALS).where(followers == 0)
        return next(iter(self._rows(query.order_by(SEALS.c.night.desc(), SEALS.c.number.desc()).limit(1))), None)

    def follower(self, head: str) -> SealRow | None:
        """Return the seal that names this head as its previous."""
        query = select(SEALS).where(SEALS.c.previous == head).order_by(SEALS.c.night, SEALS.c.number)
        return next(iter(self._rows(query.limit(1))), None)

    def made_after(self, until: date) -> list[tuple[date, int]]:
        """Return night and number of the seals of nights up to `until` that were made after the seal of a later night.

        The chain says when a seal was made, and no date: what only such a seal covers was not known to be there that night.
        """
        named = until.isoformat()
        return [(date.fromisoformat(night), number) for night, number, last in self._chain() if night <= named < last]

    def late_of(self, night: date) -> dict[int, date]:
        """Return the numbers of a night's seals that were made after the seal of a later night, each with the latest one."""
        named = night.isoformat()
        return {number: date.fromisoformat(last) for own, number, last in self._chain() if own == named < last}

    def _chain(self) -> Iterator[tuple[str, int, str]]:
        """Yield night and number of each seal in the order in which they were made, and the latest night up to it."""
        columns = select(SEALS.c.previous, SEALS.c.night, SEALS.c.number, SEALS.c.head)
        following = {previous: rest for previous, *rest in self.connection.execute(columns)}
        last, head = "", None
        while (found := following.pop(head, None)) is not None:
            night, number, head = found
            last = max(last, night)
            yield night, number, last

    def keys(self) -> set[tuple[str, int]]:
        """Return the night and number of every seal."""
        return {(row.night, row.number) for row in self.connection.execute(select(SEALS.c.night, SEALS.c.number))}

    def newest(self, limit: int, before: tuple[date, int] | None = None) -> list[SealRow]:
        """Return seals, the newest nights first, before one of them."""
        query = select(SEALS)
        if before is not None:
            query = query.where(tuple_(SEALS.c.night, SEALS.c.number) < (before[0].isoformat(), before[1]))
        return self._rows(query.order_by(SEALS.c.night.desc(), SEALS.c.number.desc()).limit(limit))

    def of_night(self, night: date) -> list[SealRow]:
        """Return the seals of one night in order."""
        return self._rows(select(SEALS).where(SEALS.c.night == night.isoformat()).order_by(SEALS.c.number))

    def _rows(self, query: Select[tuple[object, ...]]) -> list[SealRow]:
        return [record_of(row, SealRow) for row in self.connection.execute(query)]
