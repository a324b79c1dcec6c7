"""Query the files that articles name: which of them are pending, and the state of each.

An attachment's key is its article's key, `/~` and the first 8 hex digits of the SHA-256 of its address: host without
`www.`, path and query, without the query's cache numbers (`?t=1741302556197`). No article's key has `/~` in it, so an
article and a file never share a key; the same file under two articles has two keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, and_, select

from archive.index.queries.clusters import article_of
from archive.index.rows import ALL_RUNS, KnownRuns
from archive.index.schema import ATTACHMENTS, EVENTS, LOOKS
from archive.model.enums import Event, Outcome

_CACHE_NUMBER = re.compile(r"(?:t|v|ts|time|rev|version)=\d+", re.IGNORECASE)
# Events by which a publisher may have changed what an article names; the others only name files not known before.
_BY_PUBLISHER = tuple(event.value for event in (Event.NEW, Event.REVISION, Event.DUPLICATE, Event.NEAR_DUPLICATE))
_NAMING = (*_BY_PUBLISHER, Event.REDATED.value, Event.REREAD.value)
_STORED = (Event.ATTACHMENT.value, Event.QUARANTINED.value)
_RUN = len("2025-03-03/001")  # of a place: its night and the number of its run


def attachment_key(article: str, url: str) -> str:
    """Return the key of the file at `url` that the article with this key names. Never raises."""
    try:
        parts = urlsplit(url)
        host, path, query = (parts.hostname or "").removeprefix("www."), parts.path, parts.query
    except ValueError:
        host, path, query = "", url, ""
    kept = "&".join(part for part in query.split("&") if part and not _CACHE_NUMBER.fullmatch(part))
    digest = sha256(f"{host}{path}?{kept}".encode("utf-8", "surrogatepass")).hexdigest()
    # Below the article's key, so that no file is ever taken for an article; the same file under two articles has two
    # lines.
    return f"{article}/~{digest[:8]}"


@dataclass(frozen=True, slots=True)
class PendingAttachment:
    """A file to fetch; `version` is the id of the article's version that names it.

    The validators are those of its last stored response, None without one.
    """

    version: str
    section: str
    key: str
    url: str
    name: str
    type: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class AttachmentState:
    """The state of an article's file: its last event if it was stored, else its last outcome; neither: not fetched.

    `night`, `run` and `file` locate its text, for a duplicate the text of the first one.
    """

    name: str
    url: str
    key: str
    id: str | None = None
    event: Event | None = None
    flags: tuple[str, ...] = ()
    night: str = ""
    run: str = ""
    file: str | None = None
    answer: Outcome | None = None


@dataclass(frozen=True, slots=True)
class AttachmentQueries:
    """Query attachments on one connection."""

    connection: Connection

    def pending(self, portal: str, since: date, per_article: int) -> list[PendingAttachment]:
        """Return the files that articles of the portal named since that night and that are still to be fetched.

        A file is pending while it has no response, and again when its article was revised after the last one. Only the
        first `per_article` files of an article count.
        """
        query = (
            select(ATTACHMENTS)
            .where(ATTACHMENTS.c.portal == portal, ATTACHMENTS.c.night >= since.isoformat())
            .where(ATTACHMENTS.c.position < per_article, ATTACHMENTS.c.event.in_(_NAMING))
            .order_by(ATTACHMENTS.c.at, ATTACHMENTS.c.position)
        )
        named = _last_named(self.connection.execute(query))
        found = []
        for key, row in named.items():
            last = self.connection.execute(select(LOOKS).where(LOOKS.c.portal == portal, LOOKS.c.key == key)).first()
            stored = self._is_stored(portal, key)
            # A crash may have left the line of the response and not that of the event.
            if last is not None and (stored or last.outcome != Outcome.ATTACHMENT.value):
                if row.event not in _BY_PUBLISHER or last.at[:_RUN] >= row.at[:_RUN]:
                    continue
            validators = (last.etag, last.last_modified) if last is not None and stored else ()
            found.append(PendingAttachment(row.version, row.section, key, row.url, row.name, row.type, *validators))
        return found

    def _is_stored(self, portal: str, key: str) -> bool:
        query = select(EVENTS.c.seq).where(EVENTS.c.portal == portal, EVENTS.c.key == key).limit(1)
        return self.connection.execute(query).first() is not None

    def of_article(self, portal: str, article: str, known: KnownRuns = ALL_RUNS) -> list[AttachmentState]:
        """Return the state of every file that any version of an article named, in the order of the pages.

        `known` leaves out later nights, and with them the responses that stored nothing: only the last of those is known.
        """
        query = (
            select(ATTACHMENTS)
            .where(ATTACHMENTS.c.portal == portal, ATTACHMENTS.c.article == article)
            .where(*known.among(ATTACHMENTS))
            .order_by(ATTACHMENTS.c.at, ATTACHMENTS.c.position)
        )
        rows = {row.key: row for row in self.connection.execute(query)}.values()
        return [self._state(row, known) for row in rows]

    def _state(self, row: Row[tuple[object, ...]], known: KnownRuns) -> AttachmentState:
        at = select(EVENTS).where(EVENTS.c.portal == row.portal, EVENTS.c.key == row.key, EVENTS.c.event.in_(_STORED))
        at = at.where(*known.among(EVENTS))
        last = self.connection.execute(at.order_by(EVENTS.c.at.desc()).limit(1)).first()
        if last is None and known.until:
            return AttachmentState(row.name, row.url, row.key)
        if last is None:
            query = select(LOOKS.c.outcome).where(LOOKS.c.portal == row.portal, LOOKS.c.key == row.key)
            answer = self.connection.execute(query).scalar()
            return AttachmentState(row.name, row.url, row.key, answer=Outcome(answer) if answer else None)
        stored = last
        if last.duplicate_of is not None:
            portal, key = article_of(last.duplicate_of)
            of_article = and_(EVENTS.c.portal == portal, EVENTS.c.key == key, EVENTS.c.id == last.duplicate_of)
            first = select(EVENTS).where(of_article, EVENTS.c.file.is_not(None))
            stored = self.connection.execute(first.order_by(EVENTS.c.at).limit(1)).first() or last
        return AttachmentState(
            row.name, row.url, row.key, last.id, Event(last.event), tuple(last.flags.split()),
            stored.night, stored.run, stored.file,
        )  # fmt: skip


def _last_named(rows: Iterable[Row[tuple[object, ...]]]) -> dict[str, Row[tuple[object, ...]]]:
    """Return the last row of each file by its publisher; one that only a later reading found counts where it is the first."""
    named: dict[str, Row[tuple[object, ...]]] = {}
    for row in rows:
        if row.event in _BY_PUBLISHER or row.key not in named:
            named[row.key] = row
    return named
