"""Query look-backs: walks past the pages at which the nightly walk stops, and the late articles that only they find.

The nightly walk of a list ends at the first page of which every entry is known. An article put online with an old date
stands below that page. So each portal's lists are walked further once in a while, as far as its first walk had come, under a
bound on requests, over several nights if needed. Every request of a look-back carries a mark (`LookbackMark`) on its line of
`pages.jsonl`; where the look-back continues follows from these lines.

An article is *late* when complete walks of its section, `LATE_DAYS` or more days after the day it gives as its own, had not
shown it, and its day is one that the section's first walk still wanted: older articles were never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from archive.index.rows import day_of
from archive.index.schema import LISTED, LOOKBACKS, PAGES, RUNS
from archive.model.enums import WalkEnd
from archive.model.records import ListRequest, LookbackCounts
from archive.storage.jsonl import decode_request
from archive.storage.run_record import run_from

LATE_DAYS = 3
"""Days after which an article not yet listed is late: portals often put articles online a day or two after their date."""

_COMPLETE = tuple(end.value for end in WalkEnd if end.complete)
_SUMMED = ("pages", "requests", "listed", "found", "kept", "late")


def walked(portal: str, section: str) -> ColumnElement[bool]:
    """Select the last pages of complete walks of a section."""
    return and_(PAGES.c.portal == portal, PAGES.c.section == section, PAGES.c.walk_end.in_(_COMPLETE))


@dataclass(frozen=True, slots=True)
class LastLookback:
    """A look-back so far: `nights` counts its closed runs, `total` is their sum."""

    began: date
    since: date | None
    nights: int
    total: LookbackCounts

    @property
    def complete(self) -> bool:
        """True when it reached its end in every section."""
        return self.total.complete


@dataclass(frozen=True, slots=True)
class Position:
    """The progress of a look-back in one section: the last list page it read.

    `request` is None for a plain GET, `end` is None while the look-back continues.
    """

    url: str
    number: int
    end: WalkEnd | None
    request: ListRequest | None = None


@dataclass(frozen=True, slots=True)
class LookbackQueries:
    """Query look-backs on one connection."""

    connection: Connection

    def latest(self, portal: str, since: date | None = None) -> LastLookback | None:
        """Return the last monthly look-back of a portal, or its last backfill to the day `since`."""
        runs = self._runs(portal, since)
        query = select(func.max(LOOKBACKS.c.began)).where(LOOKBACKS.c.portal == portal, _to(since))
        pages = day_of(self.connection, query)
        began = max([*(run.began for run in runs), *([pages] if pages else [])], default=None)
        if began is None:
            return None
        own = [run for run in runs if run.began == began]
        return LastLookback(began, since, len(own), _summed(began, since, own))

    def _runs(self, portal: str, since: date | None) -> list[LookbackCounts]:
        query = select(RUNS.c.record).where(RUNS.c.portal == portal, RUNS.c.lookback.is_not(None))
        rows = self.connection.execute(query.order_by(RUNS.c.lookback.desc(), RUNS.c.night, RUNS.c.run).limit(100))
        recorded = (run_from(row).lookback for row in rows.scalars())
        return [lookback for lookback in recorded if lookback is not None and lookback.since == since]

    def positions(self, portal: str, began: date, since: date | None) -> dict[str, Position]:
        """Map each section to the last list page that this look-back read there; pages that lead nowhere do not count."""
        query = (
            select(LOOKBACKS)
            .where(LOOKBACKS.c.portal == portal, LOOKBACKS.c.began == began.isoformat(), _to(since))
            .order_by(LOOKBACKS.c.at)
        )
        rows = [row for row in self.connection.execute(query) if row.end is None or row.end in _COMPLETE]
        return {row.section: _position(row) for row in rows}

    def pages(self, portal: str) -> dict[str, tuple[date, date | None]]:
        """Map the place of every list page that look-backs read to the look-back's first night and `since`."""
        query = select(LOOKBACKS.c.at, LOOKBACKS.c.began, LOOKBACKS.c.since).where(LOOKBACKS.c.portal == portal)
        return {
            row.at: (date.fromisoformat(row.began), date.fromisoformat(row.since) if row.since else None)
            for row in self.connection.execute(query)
        }

    def first_walk(self, portal: str) -> date | None:
        """Return the first night with a complete walk of any section of the portal."""
        query = select(PAGES.c.at).where(PAGES.c.portal == portal, PAGES.c.walk_end.in_(_COMPLETE))
        at: str | None = self.connection.execute(query.order_by(PAGES.c.at).limit(1)).scalar()
        return date.fromisoformat(at[:10]) if at else None

    def first_wanted(self, portal: str, section: str) -> date | None:
        """Return the first day that the section's first complete walk still wanted; None when no walk was complete.

        A first walk ends at the first page whose days all lie before its bound: the day after the latest of them is
        the answer. It is `date.min` if the walk read the whole list, and its own night if the list shows no days.
        """
        query = select(PAGES.c.at, PAGES.c.walk_end).where(walked(portal, section))
        first = self.connection.execute(query.order_by(PAGES.c.at).limit(1)).first()
        if first is None:
            return None
        if first.walk_end != WalkEnd.SINCE.value:
            return date.min
        shown = select(func.max(LISTED.c.day)).where(
            LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.at == first.at
        )
        day = day_of(self.connection, shown)
        return day + timedelta(days=1) if day else date.fromisoformat(first.at[:10])


def _position(row: Row[tuple[object, ...]]) -> Position:
    request = decode_request(row.request) if row.request else None
    return Position(row.url, row.number, WalkEnd(row.end) if row.end else None, request)


def _to(since: date | None) -> ColumnElement[bool]:
    return LOOKBACKS.c.since.is_(None) if since is None else LOOKBACKS.c.since == since.isoformat()


def _summed(began: date, since: date | None, runs: list[LookbackCounts]) -> LookbackCounts:
    sums = {name: sum(getattr(run, name) for run in runs) for name in _SUMMED}
    return LookbackCounts(began, since, **sums, complete=any(run.complete for run in runs))
