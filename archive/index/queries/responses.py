"""Query responses: those of an address, and the last one of each article with the night of its next recheck.

The table `pages` has every response. `looks` has the last one of each article or attachment that was conclusive: a passing
failure leaves the row, and with it the next recheck, as it was.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, Select, and_, bindparam, select

from archive.index.column_types import line_at
from archive.index.queries.events import EventQueries
from archive.index.queries.withheld import not_withheld
from archive.index.rows import Recheck, in_parts
from archive.index.schema import ADDRESSES, LISTED, LOOKS, PAGES
from archive.model.enums import Outcome

_STANDS = (Outcome.ARTICLE, Outcome.NOT_MODIFIED)


def _last_with_body() -> Select[tuple[str, str, str]]:
    """Select the last response with a body of some addresses, oldest first: an address has a number with each key."""
    # Of each number on its own: a list has one, and thousands of responses.
    of_number = select(PAGES.c.at).where(PAGES.c.address == ADDRESSES.c.number, PAGES.c.body_sha256.is_not(None))
    last = of_number.order_by(PAGES.c.at.desc()).limit(1).correlate(ADDRESSES).scalar_subquery()
    of_address = and_(ADDRESSES.c.portal == bindparam("portal"), ADDRESSES.c.url.in_(bindparam("urls", expanding=True)))
    query = select(ADDRESSES.c.url, PAGES.c.body_sha256, PAGES.c.fetched_at)
    query = query.join(ADDRESSES, PAGES.c.address == ADDRESSES.c.number).where(of_address, PAGES.c.at == last)
    return query.order_by(PAGES.c.at)


_LAST_WITH_BODY = _last_with_body()


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response for an article or file; `status` is None when none came."""

    night: str
    fetched_at: str
    outcome: str
    status: int | None
    url: str


@dataclass(frozen=True, slots=True)
class ResponseQueries:
    """Query responses and rechecks on one connection."""

    connection: Connection
    events: EventQueries

    def due_rechecks(self, portal: str, night: date) -> list[Recheck]:
        """Return the articles whose recheck is due by this night, the longest due first."""
        query = (
            select(LOOKS)
            .where(LOOKS.c.portal == portal, LOOKS.c.next_look <= night.isoformat(), not_withheld())
            .order_by(LOOKS.c.next_look, LOOKS.c.at)
        )
        return [self._recheck(row) for row in self.connection.execute(query).all()]

    def _recheck(self, row: Row[tuple[object, ...]]) -> Recheck:
        outcome = Outcome(row.outcome)
        if outcome in _STANDS:
            return Recheck(row.section, row.key, row.url, outcome, row.etag, row.last_modified)
        # The response was no article: its validators are not the article's, and its address may be the homepage's.
        recorded = self.events.known_address(row.portal, row.key)
        listed = select(LISTED.c.url).where(LISTED.c.portal == row.portal, LISTED.c.key == row.key)
        shown = self.connection.execute(listed.order_by(LISTED.c.at, LISTED.c.position).limit(1)).scalar()
        url = recorded or shown or row.url
        return Recheck(row.section, row.key, url, outcome, None, None)

    def awaiting_recheck(self, portal: str, keys: list[str], night: date) -> set[str]:
        """Return those of these keys whose last response was no article and whose recheck is due after this night."""
        # Compared here: as conditions they lead the planner away from the few rows that the keys name.
        query = select(LOOKS.c.key, LOOKS.c.outcome, LOOKS.c.next_look)
        rows = self.connection.execute(query.where(LOOKS.c.portal == portal, LOOKS.c.key.in_(keys)))
        late = (row for row in rows if row.next_look is not None and row.next_look > night.isoformat())
        return {row.key for row in late if row.outcome not in _STANDS}

    def last_bodies(self, portal: str, keys: Collection[str]) -> dict[str, str | None]:
        """Return, by article or attachment, the SHA-256 of the body of its last response."""
        query = select(LOOKS.c.key, LOOKS.c.body_sha256).where(LOOKS.c.portal == portal)
        found = (self.connection.execute(query.where(LOOKS.c.key.in_(part))) for part in in_parts(keys))
        return {row.key: row.body_sha256 for rows in found for row in rows}

    def last_places(self, portal: str, keys: Collection[str]) -> list[tuple[str, str, str]]:
        """Return key, place and outcome of the last response of each of these articles or attachments."""
        query = select(LOOKS.c.key, LOOKS.c.at, LOOKS.c.outcome).where(LOOKS.c.portal == portal)
        found = (self.connection.execute(query.where(LOOKS.c.key.in_(part))) for part in in_parts(keys))
        return [(row.key, row.at, row.outcome) for rows in found for row in rows]

    def last_with_body(self, portal: str, urls: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return, by each of these addresses that has one, SHA-256 and moment of its last response with a body."""
        found: dict[str, tuple[str, str]] = {}
        for part in in_parts(urls):
            for row in self.connection.execute(_LAST_WITH_BODY, {"portal": portal, "urls": part}):
                found[row.url] = row.body_sha256, row.fetched_at
        return found

    def with_body(self, portal: str, url: str, body_sha256: str) -> list[tuple[str, str, int]]:
        """Return night, run and line of `pages.jsonl` of every response of an address with this body, oldest first."""
        query = (
            select(PAGES.c.at)
            .join(ADDRESSES, PAGES.c.address == ADDRESSES.c.number)
            .where(ADDRESSES.c.portal == portal, ADDRESSES.c.url == url, PAGES.c.body_sha256 == body_sha256)
            .order_by(PAGES.c.at)
        )
        return [line_at(portal, at) for at in self.connection.execute(query).scalars()]

    def latest(self, portal: str, key: str, limit: int) -> list[ResponseRow]:
        """Return the last responses for an article or file, the newest first."""
        query = select(PAGES, ADDRESSES.c.url).join(ADDRESSES, PAGES.c.address == ADDRESSES.c.number)
        query = query.where(ADDRESSES.c.portal == portal, ADDRESSES.c.key == key)
        rows = self.connection.execute(query.order_by(PAGES.c.at.desc()).limit(limit))
        return [ResponseRow(row.at[:10], row.fetched_at, row.outcome, row.status, row.url) for row in rows]
