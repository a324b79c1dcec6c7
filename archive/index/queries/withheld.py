"""Query and change what the index holds of withheld articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, exists, select, update
from sqlalchemy.sql.elements import ColumnElement

from archive.index.schema import EVENTS, LISTED, LOOKS, PAGES
from archive.model.enums import WITHHELD
from archive.storage.jsonl import ArticleLine


def not_withheld() -> ColumnElement[bool]:
    """Select rows of `looks` whose article is not withheld, so that it may be requested again."""
    same = and_(EVENTS.c.portal == LOOKS.c.portal, EVENTS.c.key == LOOKS.c.key)
    return ~exists().where(same, EVENTS.c.flags.contains(WITHHELD))


@dataclass(frozen=True, slots=True)
class WithheldQueries:
    """Query and change the traces of a withheld article on one connection."""

    connection: Connection

    def is_withheld(self, portal: str, key: str) -> bool:
        """Return True if words of this article were withheld."""
        query = select(EVENTS.c.seq).where(EVENTS.c.portal == portal, EVENTS.c.key == key)
        return self.connection.execute(query.where(EVENTS.c.flags.contains(WITHHELD)).limit(1)).first() is not None

    def blank_titles(self, line: ArticleLine) -> None:
        """Blank the title of a withheld article in the lists that showed it."""
        if WITHHELD in line.flags:
            of_article = and_(LISTED.c.portal == line.portal, LISTED.c.key == line.key)
            self.connection.execute(update(LISTED).where(of_article).values(title=""))

    def overwrite_deleted(self) -> None:
        """Overwrite the bytes of rows that this transaction deletes, where the database can do that (SQLite)."""
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("PRAGMA secure_delete=ON")

    def stored_responses(self, portal: str, key: str) -> list[tuple[date, str, int]]:
        """Return night, run and line of `pages.jsonl` of every response stored for an article, oldest first."""
        query = (
            select(PAGES.c.night, PAGES.c.run, PAGES.c.line)
            .where(PAGES.c.portal == portal, PAGES.c.key == key, PAGES.c.warc_file.is_not(None))
            .order_by(PAGES.c.at)
        )
        return [(date.fromisoformat(row.night), row.run, row.line) for row in self.connection.execute(query)]
