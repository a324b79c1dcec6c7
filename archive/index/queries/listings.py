"""What is asked of the index about lists: what they showed, what of it is owed, and how far they were walked.

An entry is owed while no event of its article was kept and its last answer settled nothing. A portal shows a hundred times
what it owes, so `listed.owed` says it: weighed anew with every event, answer and entry of the article, it follows from the
rows of `events`, `looks` and `listed` alone, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, literal_column, select, update

from archive.index.queries.lookbacks import LookBackQueries
from archive.index.rows import PendingEntry
from archive.index.schema import EVENTS, LISTED, LOOKBACKS, LOOKS, PAGES
from archive.model.enums import Outcome, WalkEnd
from archive.model.records import LookBackMark

__all__ = ["SETTLED", "ListQueries"]

SETTLED = tuple(
    outcome.value
    for outcome in (
        Outcome.GONE,
        Outcome.SOFT_404,
        Outcome.WRONG_HOST,
        Outcome.MOVED,
        Outcome.TOO_LARGE,
        Outcome.UNSUPPORTED_TYPE,
        Outcome.GUARD_DENIED,
        Outcome.ROBOTS_DENIED,
        Outcome.EMPTY,
        Outcome.LOGIN,
    )
)
_COMPLETE = tuple(end.value for end in WalkEnd if end.complete)
# A literal: a partial index is used only where the statement itself says what its rows have in common.
_YES: ColumnElement[int] = literal_column("1")
_AT_ONCE = 500  # keys in one statement


class ListQueries(LookBackQueries):
    """The questions about lists, on one connection."""

    def owed(self, portal: str) -> list[PendingEntry]:
        """Entries that were listed, and neither kept nor answered for good, in the order in which they were listed."""
        query = select(LISTED).where(LISTED.c.portal == portal, LISTED.c.owed == _YES)
        first: dict[str, Row[tuple[object, ...]]] = {}
        for row in self.connection.execute(query.order_by(LISTED.c.at, LISTED.c.position)):
            first.setdefault(row.key, row)
        deeper = self.lookback_places(portal) if first else {}
        found = [(row, deeper.get(row.at)) for row in first.values()]
        return [
            PendingEntry(row.section, row.key, row.url, row.title, LookBackMark(*of) if of else None)
            for row, of in found
        ]

    def is_owed(self, portal: str, key: str) -> bool:
        """Whether an entry of this article is owed, by the rows of its events and answers."""
        kept = select(EVENTS.c.seq).where(EVENTS.c.portal == portal, EVENTS.c.key == key)
        settled = select(LOOKS.c.key).where(LOOKS.c.portal == portal, LOOKS.c.key == key, LOOKS.c.outcome.in_(SETTLED))
        return not any(self.connection.execute(query.limit(1)).first() for query in (kept, settled))

    def weigh(self, portal: str, keys: Collection[str]) -> None:
        """Say anew of every entry of these articles whether it is owed."""
        each = sorted(keys)
        for start in range(0, len(each), _AT_ONCE):
            of_articles = and_(LISTED.c.portal == portal, LISTED.c.key.in_(each[start : start + _AT_ONCE]))
            self.connection.execute(update(LISTED).where(of_articles).values(owed=case((_OWED, 1), else_=0)))

    def owe_nothing(self, portal: str, key: str) -> None:
        """Note that an article was kept, or answered for good."""
        entries = and_(LISTED.c.portal == portal, LISTED.c.key == key, LISTED.c.owed == _YES)
        self.connection.execute(update(LISTED).where(entries).values(owed=0))

    def first_listed_from(self, portal: str, section: str, at: str) -> int:
        """How many keys the section showed for the first time at this place or later, pages of look-backs apart."""
        deeper = select(LOOKBACKS.c.at).where(LOOKBACKS.c.portal == portal, LOOKBACKS.c.at >= at)
        query = select(func.count()).where(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.at >= at)
        query = query.where(LISTED.c.at.not_in(deeper))
        return self.connection.execute(query).scalar_one()

    def listed_by(self, portal: str, section: str, keys: Sequence[str], at: str) -> set[str]:
        """Which of these keys the section had shown by then."""
        # The place is looked at here: as a condition it would lure the database into reading all that the section showed.
        query = select(LISTED.c.key, LISTED.c.at).where(
            LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key.in_(keys)
        )
        return {row.key for row in self.connection.execute(query) if row.at <= at}

    def last_walk(self, portal: str, section: str) -> str | None:
        """Where the last complete walk of a section ended."""
        query = select(PAGES.c.at).where(_walked(portal, section)).order_by(PAGES.c.at.desc()).limit(1)
        return cast("str | None", self.connection.execute(query).scalar())

    def walked_before(self, portal: str, section: str, at: str) -> bool:
        """Whether a walk of a section was complete before this place."""
        query = select(PAGES.c.at).where(_walked(portal, section), PAGES.c.at < at)
        return self.connection.execute(query.limit(1)).first() is not None


def _walked(portal: str, section: str) -> ColumnElement[bool]:
    return and_(PAGES.c.portal == portal, PAGES.c.section == section, PAGES.c.walk_end.in_(_COMPLETE))


def _none(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~exists().where(*conditions)


_OWED = and_(
    _none(EVENTS.c.portal == LISTED.c.portal, EVENTS.c.key == LISTED.c.key),
    _none(LOOKS.c.portal == LISTED.c.portal, LOOKS.c.key == LISTED.c.key, LOOKS.c.outcome.in_(SETTLED)),
)
