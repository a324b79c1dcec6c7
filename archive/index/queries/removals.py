"""Query removed articles: the nights in which an address had no article, and the events recorded for it.

An article whose address answers with 404, 410, a soft 404 or the homepage has *vanished*. `gone` is recorded when that has
lasted for the portal's time, `moved` when the address redirects to the portal's successor, `returned` when an article is
there again, `moved_address` when it answers at another address of its portal. Nothing is deleted: all are lines without a
text that name the last version. The state follows from the lines alone, so `rebuild` finds the same.

Where the new address has another key, a second `moved_address` under that key names the article's version: what a list shows
under the key from then on is that article.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Select, bindparam, exists, func, select

from archive.index.column_types import line_at, run_places
from archive.index.queries.clusters import article_of
from archive.index.rows import EventRow
from archive.index.schema import ADDRESSES, EVENTS, LOOKS, PAGES
from archive.model.enums import REMOVALS, VERSIONS, Event, Outcome, Via
from archive.model.records import PageRecord
from archive.storage.jsonl import ArticleLine

VANISHED = (Outcome.GONE, Outcome.SOFT_404)
_VANISHED = tuple(outcome.value for outcome in VANISHED)
_OF_VERSION = ("id", "section", "url", "title", "published", "author", "content_sha256")
_NOT_OF_REMOVALS = ("published_raw", "published_from", "file", "sha256", "bytes")
_STATES = tuple(event.value for event in REMOVALS)
_VERSION = EVENTS.c.event.in_([event.value for event in VERSIONS])
_RUN = len("2025-03-03/001")  # the beginning of a place: the night and the run
_AT_ONCE = 32  # versions that one question for those up to a time returns
_NAMESAKES = 3  # articles that are compared with a new one
_SESSION = re.compile(r";[^/]*|/\([A-Z]\([^)]*\)\)")
# One condition each, the rest compared in Python: more of them lead the planner to every event of the portal.
_VERSIONS: Select[Any] = select(  # Any: the rows of six columns become records
    EVENTS.c.key, EVENTS.c.at, EVENTS.c.portal, EVENTS.c.title, EVENTS.c.published, EVENTS.c.content_sha256
).where(_VERSION)
_OF_CONTENT = _VERSIONS.where(EVENTS.c.content_sha256 == bindparam("content"))
_OF_TIME = _VERSIONS.where(EVENTS.c.portal == bindparam("portal"), EVENTS.c.published == bindparam("published"))
_UNTIL = (
    select(EVENTS.c.published, EVENTS.c.content_sha256)
    .where(_VERSION, EVENTS.c.portal == bindparam("portal"), EVENTS.c.published <= bindparam("last"))
    .order_by(EVENTS.c.published.desc())
    .limit(_AT_ONCE)
)
_STANDS = (Outcome.ARTICLE.value, Outcome.NOT_MODIFIED.value)


@dataclass(frozen=True, slots=True)
class Removal:
    """The last `gone`, `moved`, `returned` or `moved_address` event of an article, and its night."""

    event: Event
    night: date


@dataclass(frozen=True, slots=True)
class DatedContents:
    """Time and content of a portal's versions published last up to the time `last`; `oldest` is the time behind which all are.

    `contents` are the SHA-256 of the contents by their time.
    """

    last: str
    oldest: str
    contents: dict[str, set[str]]

    def covers(self, published: str) -> bool:
        """Return True if every version of this time is among them."""
        return self.oldest < published <= self.last

    def may_hold(self, content: str, published: str) -> bool:
        """Return True if one of them may be the article of this content and time (`RemovalQueries.namesakes`)."""
        found = self.contents.get(published, ())
        return bool(found) if _has_minute(published) else content in found


@dataclass(frozen=True, slots=True)
class RemovalQueries:
    """Query removals on one connection."""

    connection: Connection

    def vanished_nights(self, portal: str, keys: Collection[str]) -> dict[str, tuple[date, ...]]:
        """Return, by each of these keys that has any, the nights in which it had vanished since its last good response.

        A night counts only if the portal showed a list in that run: where every address is `not found`, the portal is
        down. Every other outcome neither starts, continues nor ends the absence.
        """
        query = select(ADDRESSES.c.key, PAGES.c.at, PAGES.c.outcome)
        query = query.join(ADDRESSES, PAGES.c.address == ADDRESSES.c.number).where(
            ADDRESSES.c.portal == portal, ADDRESSES.c.key.in_(keys), PAGES.c.outcome.in_((*_VANISHED, *_STANDS))
        )
        vanished: dict[str, list[str]] = {}
        for row in self.connection.execute(query.order_by(PAGES.c.at)) if keys else ():
            if row.outcome in _STANDS:
                vanished.pop(row.key, None)
            else:
                vanished.setdefault(row.key, []).append(row.at)
        runs = {at[:_RUN] for places in vanished.values() for at in places}
        showed = {run for run in sorted(runs) if self._showed_list(portal, run)}
        nights = {key: {at[:10] for at in places if at[:_RUN] in showed} for key, places in vanished.items()}
        return {key: tuple(map(date.fromisoformat, sorted(found))) for key, found in nights.items() if found}

    def _showed_list(self, portal: str, run: str) -> bool:
        """Return True if a run of the portal, by the beginning of its places, has a list page."""
        night, name, _ = line_at(portal, f"{run}/0")
        query = select(PAGES.c.at).where(PAGES.c.portal == portal, PAGES.c.at.between(*run_places(night, name)))
        return (
            self.connection.execute(query.where(PAGES.c.outcome == Outcome.LISTING.value).limit(1)).first() is not None
        )

    def latest(self, portal: str, key: str) -> Removal | None:
        """Return the last `gone`, `moved`, `returned` or `moved_address` event of the article."""
        return self.latest_of(portal, [key]).get(key)

    def latest_of(self, portal: str, keys: Collection[str]) -> dict[str, Removal]:
        """Return, by each of these keys that has any, its last `gone`, `moved`, `returned` or `moved_address` event."""
        query = select(EVENTS.c.key, EVENTS.c.event, EVENTS.c.night).where(
            EVENTS.c.portal == portal, EVENTS.c.key.in_(keys), EVENTS.c.event.in_(_STATES)
        )
        rows = self.connection.execute(query.order_by(EVENTS.c.at)).all() if keys else []
        return {row.key: Removal(Event(row.event), date.fromisoformat(row.night)) for row in rows}

    def living_copy(self, version: EventRow) -> tuple[str, str] | None:
        """Return key and address of another article of the portal with this content and day that stands; None without one.

        An article that got another key with its address was stored as such a copy where both were read in one night.
        """
        stands = exists().where(
            LOOKS.c.portal == EVENTS.c.portal, LOOKS.c.key == EVENTS.c.key, LOOKS.c.outcome.in_(_STANDS)
        )
        query = select(EVENTS.c.key, EVENTS.c.url).where(
            EVENTS.c.content_sha256 == version.content_sha256,
            EVENTS.c.portal == version.portal,
            EVENTS.c.key != version.key,
            EVENTS.c.event == Event.DUPLICATE.value,
            func.coalesce(EVENTS.c.published, "") == (version.published or ""),
            stands,
        )
        row = self.connection.execute(query.order_by(EVENTS.c.at.desc()).limit(1)).first()
        return (row.key, row.url) if row else None

    def own_keys(self, portal: str, keys: Collection[str]) -> dict[str, str]:
        """Return, by each of these keys that a moved article's new address has, the article's own key."""
        query = select(EVENTS.c.key, EVENTS.c.revision_of).where(
            EVENTS.c.portal == portal, EVENTS.c.key.in_(keys), EVENTS.c.event == Event.MOVED_ADDRESS.value
        )
        rows = self.connection.execute(query.order_by(EVENTS.c.at)).all() if keys else []
        found = {str(row.key): article_of(row.revision_of)[1] for row in rows}
        found = {key: own for key, own in found.items() if own != key}
        further = self.own_keys(portal, set(found.values()) - found.keys()) if found else {}
        return {key: further.get(own, own) for key, own in found.items()}

    def published_until(self, portal: str, last: str) -> DatedContents:
        """Return time and content of the versions of the portal published last up to a time."""
        contents: dict[str, set[str]] = {}
        rows = self.connection.execute(_UNTIL, {"portal": portal, "last": last}).all()
        for published, content in rows:
            contents.setdefault(published, set()).add(content)
        # Of the oldest time some may have been left out.
        return DatedContents(last, min(contents) if len(rows) == _AT_ONCE else "", contents)

    def namesakes(self, portal: str, key: str, content: str, title: str, published: str | None) -> list[str]:
        """Return the keys of the portal's other articles that may be this one: as many as are worth a request.

        They have its publication time, and its content or, where the time has a minute, its title.
        """
        has_minute = _has_minute(published)
        values = {"content": content, "portal": portal, "published": published}
        newest: dict[str, str] = {}
        for row in self.connection.execute(_OF_TIME if has_minute else _OF_CONTENT, values):
            same = row.content_sha256 == content or row.title == title
            if same and row.portal == portal and row.published == published and row.key != key:
                newest[row.key] = max(row.at, newest.get(row.key, ""))
        return sorted(newest, key=lambda other: newest[other], reverse=True)[:_NAMESAKES]


def _has_minute(published: str | None) -> bool:
    return published is not None and "T" in published


def held(vanished: Sequence[date], night: date, gone_after: int) -> bool:
    """Return True if an article vanished in these nights is gone: in this one too, `gone_after` days after the first."""
    return bool(vanished) and vanished[-1] == night and (night - vanished[0]).days >= gone_after


def same_address(one: str, other: str) -> bool:
    """Return True if two addresses differ in scheme, `www.`, escapes, session or last slash at the most."""
    return _bare(one) == _bare(other)


def same_page(one: str, other: str) -> bool:
    """Return True if two addresses differ as above, or in their query."""
    return _bare(one)[:2] == _bare(other)[:2]


def _bare(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    path = _SESSION.sub("", unquote(parts.path)).rstrip("/")
    return (parts.hostname or "").removeprefix("www."), path, unquote(parts.query)


def removal_line(
    event: Event,
    seq: int,
    version: EventRow,
    page: PageRecord,
    via: Via,
    *,
    url: str | None = None,
    key: str | None = None,
) -> ArticleLine:
    """Make the line of a removal or return: the last version's fields, the response that showed it, and no text.

    `url` is the new address of an article that moved, `key` the one that this address has where it is another.
    """
    values: dict[str, Any] = dict.fromkeys(_NOT_OF_REMOVALS)
    values |= {name: getattr(version, name) for name in _OF_VERSION}
    if url is not None:
        values |= {"url": url, "section": page.section or version.section}
    return ArticleLine(
        **values,
        event=event,
        seq=seq,
        portal=version.portal,
        key=key or version.key,
        fetched_at=page.fetched_at,
        via=via.value,
        warc=page.warc,
        layout="none",
        extractor="",
        revision_of=version.id,
    )
