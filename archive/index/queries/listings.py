"""Query list pages: what they showed, which entries are pending, and which walks were complete.

An entry is pending while its article has no event and its last response settled nothing. A hundred entries are listed for
one that is pending, so the column `listed.owed` holds the flag: recomputed with every event, response and entry of the
article, it follows from the rows of `events`, `looks` and `listed` alone, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, literal_column, or_, select, update

from archive.index.queries.lookbacks import LookbackQueries, walked
from archive.index.rows import PendingEntry, day_of, in_parts
from archive.index.schema import EVENTS, LISTED, LOOKBACKS, LOOKS, PAGES, RECORDS
from archive.model.enums import Outcome
from archive.model.records import LookbackMark

SETTLED = tuple(
    outcome.value
    for outcome in (
        Outcome.GONE,
        Outcome.SOFT_404,
        Outcome.WRONG_HOST,
        Outcome.EXTERNAL_LINK,
        Outcome.MOVED,
        Outcome.TOO_LARGE,
        Outcome.UNSUPPORTED_TYPE,
        Outcome.GUARD_DENIED,
        Outcome.ROBOTS_DENIED,
        Outcome.EMPTY,
        Outcome.LOGIN,
    )
)
# A literal: a partial index is used only if the statement itself contains the condition of the index.
_YES: ColumnElement[int] = literal_column("1")


@dataclass(frozen=True, slots=True)
class ListingQueries:
    """Query lists and walks, and keep the pending flags, on one connection."""

    connection: Connection
    lookbacks: LookbackQueries

    def pending(self, portal: str) -> list[PendingEntry]:
        """Return the pending entries of a portal, each article once, in the order in which they were listed."""
        query = select(LISTED).where(LISTED.c.portal == portal, LISTED.c.owed == _YES)
        first: dict[str, Row[tuple[object, ...]]] = {}
        for row in self.connection.execute(query.order_by(LISTED.c.at, LISTED.c.position)):
            first.setdefault(row.key, row)
        deeper = self.lookbacks.pages(portal) if first else {}
        found = [(row, deeper.get(row.at)) for row in first.values()]
        return [
            PendingEntry(row.section, row.key, row.url, row.title, LookbackMark(*of) if of else None)
            for row, of in found
        ]

    def recompute_pending(self, portal: str, keys: Collection[str]) -> None:
        """Recompute the pending flag of these articles' entries."""
        for part in in_parts(keys):
            of_articles = and_(LISTED.c.portal == portal, LISTED.c.key.in_(part))
            # Computed anew with each event, response or entry of the article, so the flag does not depend on the order
            # of lines.
            self.connection.execute(update(LISTED).where(of_articles).values(owed=case((_PENDING, 1), else_=0)))

    def clear_pending(self, portal: str, keys: Collection[str]) -> None:
        """Clear the pending flag of these articles' entries."""
        for part in in_parts(keys):
            entries = and_(LISTED.c.portal == portal, LISTED.c.key.in_(part), LISTED.c.owed == _YES)
            self.connection.execute(update(LISTED).where(entries).values(owed=0))

    def places(self, portal: str, keys: Collection[str]) -> list[tuple[str, str, str, int]]:
        """Return section, key, place and position of the entries of these articles."""
        query = select(LISTED.c.section, LISTED.c.key, LISTED.c.at, LISTED.c.position).where(LISTED.c.portal == portal)
        found = (self.connection.execute(query.where(LISTED.c.key.in_(part))) for part in in_parts(keys))
        return [(row.section, row.key, row.at, row.position) for rows in found for row in rows]

    def record_places(self, portal: str, records: Collection[str]) -> list[tuple[str, str]]:
        """Return the id of each of these records that was listed, with the place at which it was first."""
        query = select(RECORDS.c.record, RECORDS.c.at).where(RECORDS.c.portal == portal)
        found = (self.connection.execute(query.where(RECORDS.c.record.in_(part))) for part in in_parts(records))
        return [(row.record, row.at) for rows in found for row in rows]

    def count_first_listed(self, portal: str, section: str, at: str) -> int:
        """Count the keys that the section showed for the first time at this place or later, look-back pages apart."""
        deeper = select(LOOKBACKS.c.at).where(LOOKBACKS.c.portal == portal, LOOKBACKS.c.at >= at)
        query = select(func.count()).where(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.at >= at)
        query = query.where(LISTED.c.at.not_in(deeper))
        return self.connection.execute(query).scalar_one()

    def addresses(self, portal: str, keys: Collection[str], before: date | None = None) -> dict[str, set[str]]:
        """Return the addresses of these articles in lists and in their lines.

        With `before` those of lists before that night count, and those that were last asked, whatever stood there.
        """
        found: dict[str, set[str]] = {}
        for table in (LISTED, EVENTS) if before is None else (LISTED, EVENTS, LOOKS):
            query = select(table.c.key, table.c.url, table.c.at).where(table.c.portal == portal, table.c.key.in_(keys))
            for row in self.connection.execute(query):
                if table is not LISTED or before is None or row.at < before.isoformat():
                    found.setdefault(row.key, set()).add(row.url)
        return found

    def shown_by(self, portal: str, section: str, keys: Sequence[str], at: str) -> set[str]:
        """Return those of these keys that the section had shown up to this place."""
        # The place is compared here: as a condition it leads the planner to read every entry of the section.
        query = select(LISTED.c.key, LISTED.c.at).where(
            LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key.in_(keys)
        )
        return {row.key for row in self.connection.execute(query) if row.at <= at}

    def records(self, portal: str, records: Collection[str], keys: Collection[str]) -> dict[str, str]:
        """Return by the id of a CMS's record the key that it was first listed with: of these records and of these keys."""
        either = or_(RECORDS.c.record.in_(records), RECORDS.c.key.in_(keys))
        query = select(RECORDS.c.record, RECORDS.c.key).where(RECORDS.c.portal == portal, either)
        return {row.record: row.key for row in self.connection.execute(query)}

    def first_day(self, portal: str, key: str) -> date | None:
        """Return the earliest day that a list showed beside an article; None where none did."""
        query = select(func.min(LISTED.c.day)).where(LISTED.c.portal == portal, LISTED.c.key == key)
        return day_of(self.connection, query)

    def last_walk(self, portal: str, section: str, before: str = "~") -> str | None:
        """Return the place at which the last complete walk of a section ended that ended before this night."""
        query = select(PAGES.c.at).where(walked(portal, section), PAGES.c.at < before)
        return cast("str | None", self.connection.execute(query.order_by(PAGES.c.at.desc()).limit(1)).scalar())

    def walked_before(self, portal: str, section: str, at: str) -> bool:
        """Return True if a walk of the section was complete before this place."""
        query = select(PAGES.c.at).where(walked(portal, section), PAGES.c.at < at)
        return self.connection.execute(query.limit(1)).first() is not None


def _none(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~exists().where(*conditions)


_PENDING = and_(
    _none(EVENTS.c.portal == LISTED.c.portal, EVENTS.c.key == LISTED.c.key),
    _none(LOOKS.c.portal == LISTED.c.portal, LOOKS.c.key == LISTED.c.key, LOOKS.c.outcome.in_(SETTLED)),
)
