"""What is asked of the index, and changed in it, where an article is withheld."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, and_, exists, select, update
from sqlalchemy.sql.elements import ColumnElement

from archive.index.rows import EventRow, found_of
from archive.index.schema import EVENTS, LISTED, LOOKS, PAGES
from archive.model.enums import WITHHELD
from archive.storage.jsonl import ArticleLine

__all__ = ["WithheldQueries", "not_withheld"]


def not_withheld() -> ColumnElement[bool]:
    """Of rows of `looks`: their article is not withheld, and may be asked for again."""
    same = and_(EVENTS.c.portal == LOOKS.c.portal, EVENTS.c.key == LOOKS.c.key)
    return ~exists().where(same, EVENTS.c.flags.contains(WITHHELD))


class WithheldQueries:
    """The questions about one article's traces, on one connection."""

    connection: Connection

    def is_withheld(self, portal: str, key: str) -> bool:
        """Whether words of this article were withheld."""
        query = select(EVENTS.c.seq).where(EVENTS.c.portal == portal, EVENTS.c.key == key)
        return self.connection.execute(query.where(EVENTS.c.flags.contains(WITHHELD)).limit(1)).first() is not None

    def forget_titles(self, line: ArticleLine) -> None:
        """A withheld article's title goes from the lists that showed it, too."""
        if WITHHELD in line.flags:
            of_article = and_(LISTED.c.portal == line.portal, LISTED.c.key == line.key)
            self.connection.execute(update(LISTED).where(of_article).values(title=""))

    def overwrite_what_goes(self) -> None:
        """In this transaction what is deleted is overwritten, where the database can do that (SQLite)."""
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("PRAGMA secure_delete=ON")

    def events_of(self, portal: str, key: str) -> list[EventRow]:
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
