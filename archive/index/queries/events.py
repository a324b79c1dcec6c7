"""Query events: the lines of `articles.jsonl`, by article, content, words or place."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec import convert
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
)

from archive.index.queries.clusters import article_of
from archive.index.rows import ALL_RUNS, EventRow, KnownRuns, VersionLocation, events_of, found_of, record_of, within
from archive.index.schema import EVENTS, RUNS
from archive.model.enums import REMOVALS, VERSIONS, WITHHELD, Event
from archive.model.judgement import Version
from vietnam.letters import strip_diacritics

_VERSION = EVENTS.c.event.in_([event.value for event in VERSIONS])


def _latest() -> Select[Any]:  # Any: columns of whole tables
    """Select the last event of each kind of some articles; the kinds are few, whatever the number of events."""
    rank = func.row_number().over(partition_by=(EVENTS.c.key, EVENTS.c.event), order_by=EVENTS.c.at.desc())
    each = select(EVENTS, rank.label("rank")).where(
        EVENTS.c.portal == bindparam("portal"), EVENTS.c.key.in_(bindparam("keys", expanding=True))
    )
    ranked = each.subquery("ranked")
    return select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.at)


def _earliest() -> Select[Any]:  # Any: columns of whole tables
    """Select the earliest stored text of each content, of articles and of attachments."""
    order = (EVENTS.c.night, func.coalesce(EVENTS.c.published, "9999"), EVENTS.c.portal, EVENTS.c.key, EVENTS.c.at)
    rank = func.row_number().over(
        partition_by=(EVENTS.c.content_sha256, EVENTS.c.attachment_of.is_(None)), order_by=order
    )
    each = select(EVENTS, rank.label("rank")).where(
        EVENTS.c.content_sha256.in_(bindparam("contents", expanding=True)),
        EVENTS.c.file.is_not(None),
        EVENTS.c.event != Event.QUARANTINED.value,
        or_(EVENTS.c.night < bindparam("before"), EVENTS.c.portal == bindparam("portal")),
    )
    ranked = each.subquery("ranked")
    return select(ranked).where(ranked.c.rank == 1)


_LATEST, _EARLIEST = _latest(), _earliest()


@dataclass(frozen=True, slots=True)
class LatestEvents:
    """The last event of each kind of one article or attachment, oldest first."""

    events: tuple[EventRow, ...] = ()

    @property
    def version(self) -> EventRow | None:
        """The event of the article's last version."""
        return self._last(VERSIONS)

    @property
    def stored(self) -> Version | None:
        """The last version of the article or attachment."""
        event = self._last((*VERSIONS, Event.ATTACHMENT))
        return convert(event, Version, from_attributes=True) if event is not None else None

    @property
    def removal(self) -> Event | None:
        """The last `gone`, `moved`, `returned` or `moved_address`."""
        event = self._last(REMOVALS)
        return event.event if event is not None else None

    @property
    def address(self) -> str | None:
        """The address at which the article was last recorded: that of its last version, or the one it moved to."""
        event = self._last((*VERSIONS, Event.MOVED_ADDRESS))
        return event.url if event is not None else None

    def _last(self, kinds: Collection[Event]) -> EventRow | None:
        return next((event for event in reversed(self.events) if event.event in kinds), None)


@dataclass(frozen=True, slots=True)
class EventQueries:
    """Query events on one connection."""

    connection: Connection

    def latest_events(self, portal: str, keys: Collection[str]) -> dict[str, LatestEvents]:
        """Return the last events of each of these articles and attachments that has any."""
        found: dict[str, list[EventRow]] = {}
        for row in self.connection.execute(_LATEST, {"portal": portal, "keys": list(keys)}) if keys else ():
            found.setdefault(row.key, []).append(found_of(row))
        return {key: LatestEvents(tuple(events)) for key, events in found.items()}

    def latest_version(self, portal: str, key: str) -> Version | None:
        """Return the last version of an article or attachment."""
        return self.latest_events(portal, [key]).get(key, LatestEvents()).stored

    def stored_texts(self, contents: Collection[str], before: date, portal: str) -> dict[tuple[str, bool], Version]:
        """Return the earliest stored text with each content: of an article (False), and of an attachment (True).

        Texts count that are of a night earlier than `before`, or of this portal. Those of other portals in the same
        night are left to the sealing, so that the judgement does not depend on which portal came first.
        """
        values = {"contents": list(contents), "before": before.isoformat(), "portal": portal}
        rows = self.connection.execute(_EARLIEST, values) if contents else ()
        return {(row.content_sha256, row.attachment_of is not None): record_of(row, Version) for row in rows}

    def first_nights(self, portal: str, keys: Collection[str]) -> dict[str, date]:
        """Return the night of the first event of each of these articles that has any, a quarantined one included."""
        query = select(EVENTS.c.key, func.min(EVENTS.c.night)).where(EVENTS.c.portal == portal, EVENTS.c.key.in_(keys))
        rows = self.connection.execute(query.group_by(EVENTS.c.key)).all() if keys else []
        return {key: date.fromisoformat(night) for key, night in rows}

    def latest(self, portal: str, key: str) -> EventRow | None:
        """Return the event of an article's last version."""
        return self.latest_events(portal, [key]).get(key, LatestEvents()).version

    def known_address(self, portal: str, key: str) -> str | None:
        """Return the address at which an article was last recorded: that of its last version, or the one it moved to."""
        return self.latest_events(portal, [key]).get(key, LatestEvents()).address

    def latest_of_portal(self, portal: str, since: date | None = None, limit: int | None = None) -> list[EventRow]:
        """Return the event of every article's last version, oldest first: those from a night on, the newest `limit`.

        Withheld articles are left out: nothing of them can be read again.
        """
        later = EVENTS.alias()
        is_later = and_(later.c.portal == EVENTS.c.portal, later.c.key == EVENTS.c.key, later.c.at > EVENTS.c.at)
        query = select(EVENTS).where(
            EVENTS.c.portal == portal,
            EVENTS.c.at >= (since or date.min).isoformat(),
            _VERSION,
            ~EVENTS.c.flags.contains(WITHHELD),
            ~exists().where(is_later, later.c.event.in_([event.value for event in VERSIONS])),
        )
        rows = self.connection.execute(query.order_by(EVENTS.c.at.desc()).limit(limit)).all()
        return [found_of(row) for row in reversed(rows)]

    def of_article(self, portal: str, key: str) -> list[EventRow]:
        """Return every event of an article or attachment, oldest first."""
        query = select(EVENTS).where(EVENTS.c.portal == portal, EVENTS.c.key == key).order_by(EVENTS.c.at)
        return events_of(self.connection, query)

    def at(self, night: date, run: str, seq: int) -> EventRow | None:
        """Return the event on one line of one run."""
        query = select(EVENTS).where(EVENTS.c.night == night.isoformat(), EVENTS.c.run == run, EVENTS.c.seq == seq)
        row = self.connection.execute(query).first()
        return found_of(row) if row else None

    def versions(self, portal: str | None, since: date | None, until: date | None) -> list[VersionLocation]:
        """Return the places of all versions that are not withheld, in order: of a portal, of nights `since` to `until`."""
        query = select(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq, EVENTS.c.portal, EVENTS.c.key)
        query = query.where(_VERSION, ~EVENTS.c.flags.contains(WITHHELD))
        if portal:
            query = query.where(EVENTS.c.portal == portal)
        query = query.where(*within(EVENTS.c.night, since, until)).order_by(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq)
        return [VersionLocation(*row) for row in self.connection.execute(query)]

    def find(
        self,
        *,
        portal: str | None = None,
        night: date | None = None,
        words: str | None = None,
        url: str | None = None,
        digest: str | None = None,
        article: str | None = None,
        provinces: Collection[str] = (),
        until: date | None = None,
        without: Collection[tuple[date, str]] = (),
        standing: bool = False,
        limit: int | None = None,
    ) -> list[EventRow]:
        """Return events by portal, night, words of the title (with or without diacritics), address, hash or id.

        `provinces` (slugs) keeps events of portals that belonged to one of them in the event's night. `until` leaves out
        later nights, `without` the named runs. `standing` leaves of each article only its last event up to then; quarantined events do not count.
        """
        same = {EVENTS.c.portal: portal, EVENTS.c.night: night and night.isoformat(), EVENTS.c.url: url}
        query = select(EVENTS).where(*(column == value for column, value in same.items() if value))
        left_out = [(night.isoformat(), run) for night, run in without]
        query = query.where(*within(EVENTS.c.night, until=until), *_none_of(EVENTS, left_out))
        if provinces:
            run = and_(RUNS.c.night == EVENTS.c.night, RUNS.c.run == EVENTS.c.run)
            query = query.where(exists().where(run, RUNS.c.province.in_(sorted(provinces))))
        for word in strip_diacritics(words or "").split():
            query = query.where(EVENTS.c.title_plain.contains(word, autoescape=True))
        if digest:
            query = query.where(or_(_begins(EVENTS.c.sha256, digest), _begins(EVENTS.c.content_sha256, digest)))
        if article:
            owner, _, key = article.partition("/")  # no name of a portal has a stroke in it
            named = EVENTS.c.key.in_({key, article_of(article)[1]})
            query = query.where(EVENTS.c.portal == owner, named, or_(EVENTS.c.key == key, EVENTS.c.id == article))
        if standing:
            query = query.where(EVENTS.c.event != Event.QUARANTINED.value, EVENTS.c.at == _last_at(until, left_out))
        return events_of(self.connection, query.order_by(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq).limit(limit))

    def with_content(self, content: str, known: KnownRuns = ALL_RUNS) -> list[EventRow]:
        """Return every event with this content, removals apart, as far as it was `known`."""
        places = EVENTS.c.event.not_in([event.value for event in REMOVALS])
        query = select(EVENTS).where(EVENTS.c.content_sha256 == content, places, *known.among(EVENTS))
        order = (EVENTS.c.night, EVENTS.c.portal, EVENTS.c.run, EVENTS.c.seq)
        return events_of(self.connection, query.order_by(*order))


def _none_of(events: FromClause, runs: Sequence[tuple[str, str]]) -> list[ColumnElement[bool]]:
    return [tuple_(events.c.night, events.c.run).not_in(runs)] if runs else []


def _last_at(until: date | None, left_out: Sequence[tuple[str, str]]) -> ScalarSelect[str]:
    """Select the place of the last event of the row's article, outside of the runs left out."""
    later = EVENTS.alias()
    query = select(func.max(later.c.at)).where(later.c.portal == EVENTS.c.portal, later.c.key == EVENTS.c.key)
    query = query.where(later.c.event != Event.QUARANTINED.value, *_none_of(later, left_out))
    if until:
        query = query.where(later.c.at < f"{until.isoformat()}~")  # `~` sorts after every place of the night
    return query.scalar_subquery()


def _begins(column: ColumnElement[str | None], digest: str) -> ColumnElement[bool]:
    """Select hex digits that begin with these, in either case; as a range, for which every database uses an index."""
    digits = digest.lower()
    if not re.fullmatch("[0-9a-f]{1,64}", digits):
        return false()
    return column.between(digits.ljust(64, "0"), digits.ljust(64, "f"))
