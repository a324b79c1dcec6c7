"""Query and change what each article was last read from. These rows follow from no file: without them a page is read in full."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from archive.index.rows import in_parts
from archive.index.schema import EVENTS, READINGS
from archive.model.enums import REMOVALS, VERSIONS, Event
from archive.model.records import Modification, Reading

_REMOVALS = frozenset(event.value for event in REMOVALS)
_VERSIONS = frozenset(event.value for event in VERSIONS)
_ABSENT = frozenset((Event.GONE.value, Event.MOVED.value))
_INSERT = insert(READINGS)
_RENEW = (
    update(READINGS)
    .where(READINGS.c.portal == bindparam("of_portal"), READINGS.c.key == bindparam("of_key"))
    .values({name: bindparam(name) for name in ("read_at", "whole", "modified")})
    .values(source=func.coalesce(bindparam("source", type_=READINGS.c.source.type), READINGS.c.source))
)


@dataclass(frozen=True, slots=True)
class StandingReading:
    """The last reading of an article whose latest version says the same, the digest of what it says, its recorded address."""

    reading: Reading
    said: bytes
    url: str


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """A reading with the content and the publication time that it gave; `changed`: the publisher changed the article."""

    reading: Reading
    content_sha256: str
    published: str | None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Count how often a source's time of an article moved with a change of the article, and how often it stood still."""

    moved: int
    stood: int


@dataclass(frozen=True, slots=True)
class ReadingQueries:
    """Query and change readings on one connection."""

    connection: Connection

    def standing(self, portal: str, keys: Collection[str]) -> dict[str, StandingReading]:
        """Return the readings of those of these articles that stand and whose latest version was read then.

        An article that was removed, or whose rows are older than its lines, has none: it has to be read.
        """
        rows = self._rows(portal, keys)
        states = self._states(portal, rows)
        return {
            key: StandingReading(_reading(row), row.said, states[key][1])
            for key, row in rows.items()
            if key in states and states[key][0] == row.said
        }

    def _rows(self, portal: str, keys: Collection[str]) -> dict[str, Row[Any]]:  # Any: columns of the whole table
        rows: list[Row[Any]] = []
        for part in in_parts(keys):
            query = select(READINGS).where(READINGS.c.portal == portal, READINGS.c.key.in_(part))
            rows += self.connection.execute(query).all()
        return {row.key: row for row in rows}

    def _states(self, portal: str, keys: Collection[str]) -> dict[str, tuple[bytes, str]]:
        """Return what the latest version of each article that stands says, and the address where it was last recorded."""
        columns = (EVENTS.c.key, EVENTS.c.event, EVENTS.c.url, EVENTS.c.content_sha256, EVENTS.c.published)
        states: dict[str, tuple[bytes, str]] = {}
        absent: set[str] = set()
        for part in in_parts(keys):
            query = select(*columns).where(EVENTS.c.portal == portal, EVENTS.c.key.in_(part)).order_by(EVENTS.c.at)
            for key, event, url, content, published in self.connection.execute(query):
                if event in _VERSIONS:
                    states[key] = said_digest(content, published), url
                elif event == Event.MOVED_ADDRESS.value and key in states:
                    states[key] = states[key][0], url
                if event in _REMOVALS:
                    (absent.add if event in _ABSENT else absent.discard)(key)
        return {key: state for key, state in states.items() if key not in absent}

    def sources(self, portal: str) -> dict[str, SourceRecord]:
        """Return what is known of each source that states modification times of the portal's articles."""
        query = select(READINGS.c.source, func.sum(READINGS.c.moved), func.sum(READINGS.c.stood))
        query = query.where(READINGS.c.portal == portal, READINGS.c.source.is_not(None)).group_by(READINGS.c.source)
        return {source: SourceRecord(moved, stood) for source, moved, stood in self.connection.execute(query)}

    def replace(self, portal: str, read: Mapping[str, ReadVersion | None]) -> None:
        """Replace the readings of these articles; None leaves none."""
        known = self._rows(portal, read.keys())
        for part in in_parts(read):
            self.connection.execute(delete(READINGS).where(READINGS.c.portal == portal, READINGS.c.key.in_(part)))
        rows = [_row(portal, key, version, known.get(key)) for key, version in read.items() if version is not None]
        if rows:
            self.connection.execute(_INSERT, rows)

    def renew(self, portal: str, readings: Mapping[str, Reading]) -> None:
        """Note that these articles were asked for again and say what they said."""
        rows = [
            {"of_portal": portal, "of_key": key, **_values(reading, "read_at", "whole", "source", "modified")}
            for key, reading in readings.items()
        ]
        if rows:
            self.connection.execute(_RENEW, rows)


def said_digest(content_sha256: str, published: str | None) -> bytes:
    """Return the digest of what the judgement compares of a version."""
    return blake2b(f"{content_sha256} {published or ''}".encode(), digest_size=16).digest()


def _reading(row: Row[Any]) -> Reading:  # Any: columns of the whole table
    return Reading(
        datetime.fromisoformat(row.read_at),
        row.rules,
        row.whole,
        row.region,
        datetime.fromisoformat(row.until) if row.until else None,
        json.loads(row.counts),
        row.detail,
        Modification(row.source, row.modified) if row.modified else None,
    )


def _values(reading: Reading, *names: str) -> dict[str, object]:
    modified = reading.modified
    values: dict[str, object] = {
        "read_at": reading.read_at.isoformat(),
        "rules": reading.rules,
        "whole": reading.whole,
        "region": reading.region,
        "until": reading.until.isoformat() if reading.until else None,
        "counts": json.dumps(reading.counts),
        "detail": reading.detail,
        "source": modified.source if modified else None,
        "modified": modified.at if modified else None,
    }
    return {name: value for name, value in values.items() if not names or name in names}


def _row(portal: str, key: str, version: ReadVersion, known: Row[Any] | None) -> dict[str, object]:
    """Return the row of a reading; it goes on counting from the row of the one before."""
    modified, said = version.reading.modified, said_digest(version.content_sha256, version.published)
    row: dict[str, Any] = {
        "portal": portal,
        "key": key,
        "said": said,
        "moved": 0,
        "stood": 0,
        **_values(version.reading),
    }
    if known is None or (modified is not None and modified.source != known.source):
        return row
    row |= {"source": known.source, "moved": known.moved, "stood": known.stood}
    if version.changed and modified is not None and known.modified is not None:
        row["stood" if known.modified == modified.at else "moved"] += 1
    return row
