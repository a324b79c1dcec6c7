"""Removed, moved, and back again: what the files say of an article's address over the nights.

An article that answers with 404, 410, a soft 404 or the front page has *vanished*; `gone` is written once that has held
for the portal's time, `moved` when its address sends on to the portal's successor, `returned` when an article stands there
again. Nothing is deleted: all three are lines without a text that name the last version. The state follows from the lines
alone, so that `rebuild` finds the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Connection, and_, exists, func, select

from archive.index.schema import EVENTS, LOOKS, PAGES
from archive.model.enums import Event, Outcome, Via
from archive.model.records import PageRecord
from archive.storage.jsonl import ArticleLine

__all__ = ["REMOVALS", "VANISHED", "LastVersion", "Removal", "RemovalQueries", "held", "removal_line"]

VANISHED = (Outcome.GONE, Outcome.SOFT_404)
REMOVALS = (Event.GONE, Event.RETURNED, Event.MOVED)
_VANISHED = tuple(outcome.value for outcome in VANISHED)
_STANDS = (Outcome.ARTICLE.value, Outcome.NOT_MODIFIED.value)


@dataclass(frozen=True, slots=True)
class Removal:
    """The last thing recorded of an article's removal: `gone`, `moved` or `returned`, and the night of it."""

    event: Event
    night: date


@dataclass(frozen=True, slots=True)
class LastVersion:
    """What a line of removal repeats of the article's last version."""

    id: str
    section: str
    url: str
    title: str
    published: str | None
    author: str | None
    content_sha256: str


class RemovalQueries:
    """The questions about removal, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def vanished(self, portal: str, key: str) -> tuple[date, ...]:
        """The nights, in order, in which the article had vanished since its last good answer; empty while it stands.

        An answer counts only in a run in which the portal showed a list: where every address is `not found`, the portal
        is down. Every other outcome neither starts, continues nor ends it.
        """
        of_article = and_(PAGES.c.portal == portal, PAGES.c.key == key)
        stood = select(func.max(PAGES.c.at)).where(of_article, PAGES.c.outcome.in_(_STANDS))
        last = cast("str | None", self.connection.execute(stood).scalar()) or ""
        lists = PAGES.alias()
        showed = exists().where(
            lists.c.night == PAGES.c.night, lists.c.run == PAGES.c.run, lists.c.outcome == Outcome.LISTING.value
        )
        query = select(PAGES.c.night).where(of_article, PAGES.c.outcome.in_(_VANISHED), PAGES.c.at > last, showed)
        nights = self.connection.execute(query.distinct().order_by(PAGES.c.night)).scalars()
        return tuple(date.fromisoformat(night) for night in nights)

    def removal(self, portal: str, key: str) -> Removal | None:
        """Whether the article was last recorded as gone, as moved or as returned; None when it never was."""
        query = (
            select(EVENTS.c.event, EVENTS.c.night)
            .where(EVENTS.c.portal == portal, EVENTS.c.key == key, EVENTS.c.event.in_([e.value for e in REMOVALS]))
            .order_by(EVENTS.c.at.desc())
            .limit(1)
        )
        row = self.connection.execute(query).first()
        return Removal(Event(row.event), date.fromisoformat(row.night)) if row else None

    def waiting(self, portal: str, keys: list[str], night: date) -> set[str]:
        """Which of these were last answered with something that is no article, and wait for a look after this night."""
        # What no index should choose by is looked at here: the keys alone say which few rows to read.
        query = select(LOOKS.c.key, LOOKS.c.outcome, LOOKS.c.next_look)
        rows = self.connection.execute(query.where(LOOKS.c.portal == portal, LOOKS.c.key.in_(keys)))
        late = (row for row in rows if row.next_look is not None and row.next_look > night.isoformat())
        return {row.key for row in late if row.outcome not in _STANDS}


def held(vanished: Sequence[date], night: date, gone_after: int) -> bool:
    """Whether an article is gone that had vanished in these nights: in this one too, `gone_after` days after the first."""
    return bool(vanished) and vanished[-1] == night and (night - vanished[0]).days >= gone_after


def removal_line(event: Event, seq: int, version: LastVersion, portal: str, page: PageRecord, via: Via) -> ArticleLine:
    """The line of a removal or a return: the last version's words, the response that showed it, and no text."""
    return ArticleLine(
        event=event,
        id=version.id,
        seq=seq,
        portal=portal,
        section=version.section,
        url=version.url,
        key=page.key or "",
        title=version.title,
        published=version.published,
        published_raw=None,
        published_from=None,
        author=version.author,
        fetched_at=page.fetched_at,
        via=via.value,
        file=None,
        sha256=None,
        content_sha256=version.content_sha256,
        bytes=None,
        warc=page.warc,
        layout="none",
        extractor="",
        revision_of=version.id,
    )
