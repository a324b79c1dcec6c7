"""Query and change what each article was last read from. These rows follow from no file: without them a page is read in full."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, delete, insert, select

from archive.index.rows import in_parts
from archive.index.schema import EVENTS, READINGS
from archive.model.enums import REMOVALS, VERSIONS, Event
from archive.model.records import Reading

_REMOVALS = frozenset(event.value for event in REMOVALS)
_VERSIONS = frozenset(event.value for event in VERSIONS)
_ABSENT = frozenset((Event.GONE.value, Event.MOVED.value))
_INSERT = insert(READINGS)


@dataclass(frozen=True, slots=True)
class StandingReading:
    """The last reading of an article whose latest version says the same, and the address at which it was last recorded."""

    reading: Reading
    url: str


@dataclass(frozen=True, slots=True)
class ReadingQueries:
    """Query and change readings on one connection."""

    connection: Connection

    def standing(self, portal: str, keys: Collection[str]) -> dict[str, StandingReading]:
        """Return the readings of those of these articles that stand and whose latest version was read then.

        An article that was removed, or whose rows are older than its lines, has none: it has to be read.
        """
        found: dict[str, StandingReading] = {}
        for part in in_parts(keys):
            query = select(READINGS).where(READINGS.c.portal == portal, READINGS.c.key.in_(part))
            rows = self.connection.execute(query).all()
            states = self._states(portal, [row.key for row in rows])
            for row in rows:
                said, url = states.get(row.key, (b"", ""))
                if said == row.said:
                    until = datetime.fromisoformat(row.until) if row.until else None
                    counts = json.loads(row.counts)
                    reading = Reading(row.rules, row.whole, row.region, until, counts, row.detail)
                    found[row.key] = StandingReading(reading, url)
        return found

    def _states(self, portal: str, keys: Collection[str]) -> dict[str, tuple[bytes, str]]:
        """Return what the latest version of each article that stands says, and the address where it was last recorded."""
        columns = (EVENTS.c.key, EVENTS.c.event, EVENTS.c.url, EVENTS.c.content_sha256, EVENTS.c.published)
        query = select(*columns).where(EVENTS.c.portal == portal, EVENTS.c.key.in_(keys)).order_by(EVENTS.c.at)
        states: dict[str, tuple[bytes, str]] = {}
        absent: set[str] = set()
        for key, event, url, content, published in self.connection.execute(query) if keys else ():
            if event in _VERSIONS:
                states[key] = said_digest(content, published), url
            elif event == Event.MOVED_ADDRESS.value and key in states:
                states[key] = states[key][0], url
            if event in _REMOVALS:
                (absent.add if event in _ABSENT else absent.discard)(key)
        return {key: state for key, state in states.items() if key not in absent}

    def replace(self, portal: str, readings: Mapping[str, tuple[Reading, bytes] | None]) -> None:
        """Replace the readings of these articles, each with the digest of what it said; None leaves none."""
        for part in in_parts(readings):
            self.connection.execute(delete(READINGS).where(READINGS.c.portal == portal, READINGS.c.key.in_(part)))
        rows = [_row(portal, key, *given) for key, given in readings.items() if given is not None]
        if rows:
            self.connection.execute(_INSERT, rows)


def said_digest(content_sha256: str, published: str | None) -> bytes:
    """Return the digest of what the judgement compares of a version."""
    return blake2b(f"{content_sha256} {published or ''}".encode(), digest_size=16).digest()


def _row(portal: str, key: str, reading: Reading, said: bytes) -> dict[str, object]:
    return {
        "portal": portal,
        "key": key,
        "rules": reading.rules,
        "whole": reading.whole,
        "region": reading.region,
        "said": said,
        "until": reading.until.isoformat() if reading.until else None,
        "counts": json.dumps(reading.counts),
        "detail": reading.detail,
    }
