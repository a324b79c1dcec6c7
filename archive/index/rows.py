"""The rows that queries of several areas return: pending entries, due rechecks, events, versions, mentions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, tuple_

from archive.model.enums import Event, Outcome
from archive.model.records import LookbackMark


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """A listed entry whose article is still to be fetched; `lookback` is the look-back that found it first, if one did."""

    section: str
    key: str
    url: str
    title: str
    lookback: LookbackMark | None = None


@dataclass(frozen=True, slots=True)
class Recheck:
    """An article whose recheck is due, with the validators of its last response if that was the article."""

    section: str | None
    key: str
    url: str
    outcome: Outcome
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: a row of `events` without the columns that only queries need."""

    night: str
    run: str
    seq: int
    event: Event
    id: str
    portal: str
    section: str
    key: str
    url: str
    title: str
    published: str | None
    author: str | None
    file: str | None
    sha256: str | None
    content_sha256: str
    revision_of: str | None
    duplicate_of: str | None
    attachment_of: str | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionLocation:
    """The place of a version's line, and its article."""

    night: str
    run: str
    seq: int
    portal: str
    key: str


_Record = TypeVar("_Record")
_AT_ONCE = 500  # values in one statement


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """Yield the values in order, each once, in lists that fit into one statement."""
    each = sorted(set(values))
    for start in range(0, len(each), _AT_ONCE):
        yield each[start : start + _AT_ONCE]


def record_of(row: Row[tuple[object, ...]], kind: type[_Record], **values: object) -> _Record:
    """Return the columns of a row as a record; `values` replace those that the database has in another form."""
    return msgspec.convert({str(name): value for name, value in row._mapping.items()} | values, kind)


def found_of(row: Row[tuple[object, ...]]) -> EventRow:
    """Return the event of a row of `events`."""
    return record_of(row, EventRow, flags=row.flags.split())


def events_of(connection: Connection, query: Select[Any]) -> list[EventRow]:  # Any: columns of whole tables
    """Return the events that a query of whole rows selects."""
    return [found_of(row) for row in connection.execute(query)]


def day_of(connection: Connection, query: Select[Any]) -> date | None:  # Any: one column, or an aggregate of it
    """Return the night or day that a query selects; None for no row or no value."""
    found: str | None = connection.execute(query).scalar()
    return date.fromisoformat(found) if found else None


def within(
    column: ColumnElement[Any], since: date | None = None, until: date | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions that a column of days lies in a span, both ends included; None leaves an end open."""
    conditions = [column >= since.isoformat()] if since else []
    return conditions + ([column <= until.isoformat()] if until else [])


@dataclass(frozen=True, slots=True)
class KnownRuns:
    """Bound what was known at the end of a night: no later night, and no run that was sealed after one; all by default."""

    until: date | None = None
    without: Collection[tuple[date, str]] = ()

    def among(self, rows: FromClause) -> list[ColumnElement[bool]]:
        """Return the conditions on rows that have a `night` and a `run`."""
        left_out = [(night.isoformat(), run) for night, run in self.without]
        none_of = [tuple_(rows.c.night, rows.c.run).not_in(left_out)] if left_out else []
        return within(rows.c.night, until=self.until) + none_of


ALL_RUNS = KnownRuns()


@dataclass(frozen=True, slots=True)
class Mention:
    """One document number in one text; `issued` and `issuer` stand beside it, `published` is the article's day."""

    night: date
    portal: str
    province: str | None
    id: str
    number: int
    letter: str
    year: int | None
    type: str
    organ: str
    issued: date | None
    issuer: str | None
    published: date | None
    raw: str

    @property
    def day(self) -> date:
        """The document's day as far as it is known: the day beside it, else the article's, else the night."""
        return self.issued or self.published or self.night
