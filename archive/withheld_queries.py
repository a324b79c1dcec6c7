"""What is asked of the index, and changed in it, where an article is withheld."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, and_, exists, select
from sqlalchemy.sql.elements import ColumnElement

from archive.answers import Found, found_of
from archive.events import WITHHELD
from archive.schema import EVENTS, LOOKS, PAGES

__all__ = ["WithheldQueries", "not_withheld"]


def not_withheld() -> ColumnElement[bool]:
    """Of rows of `looks`: their article is not withheld, and may be asked for again."""
    same = and_(EVENTS.c.portal == LOOKS.c.portal, EVENTS.c.key == LOOKS.c.key)
    return ~exists().where(same, EVENTS.c.flags.contains(WITHHELD))


class WithheldQueries:
    """The questions about one article's traces, on one connection."""

    connection: Connection

    def events_of(self, portal: str, key: str) -> list[Found]:
        """Every event of an article or attachment, oldest first."""
        query = select(EVENTS).where(EVENTS.c.portal == portal, EVENTS.c.key == key).order_by(EVENTS.c.at)
        return [found_of(row) for row in self.connection.execute(query)]

    def responses_of(self, portal: str, key: str) -> list[tuple[date, str, int]]:
        """Night, run and line of `pages.jsonl` of every response that was kept for an article, oldest first."""
        query = (
            select(PAGES.c.night, PAGES.c.run, PAGES.c.line)
            .where(PAGES.c.portal == portal, PAGES.c.key == key, PAGES.c.warc_file.is_not(None))
            .order_by(PAGES.c.at)
        )
        return [(date.fromisoformat(row.night), row.run, row.line) for row in self.connection.execute(query)]
