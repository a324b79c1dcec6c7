"""Query and change what the index holds of withheld articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, exists, select, update
from sqlalchemy.sql.elements import ColumnElement

from archive.index.column_types import line_at
from archive.index.rows import in_parts
from archive.index.schema import ADDRESSES, EVENTS, LISTED, LOOKS, PAGES
from archive.model.enums import WITHHELD


def not_withheld() -> ColumnElement[bool]:
    """Select rows of `looks` whose article is not withheld, so that it may be requested again."""
    same = and_(EVENTS.c.portal == LOOKS.c.portal, EVENTS.c.key == LOOKS.c.key)
    return ~exists().where(same, EVENTS.c.flags.contains(WITHHELD))


@dataclass(frozen=True, slots=True)
class WithheldQueries:
    """Query and change the traces of a withheld article on one connection."""

    connection: Connection

    def among(self, portal: str, keys: Collection[str]) -> set[str]:
        """Return those of these articles of which words were withheld."""
        query = select(EVENTS.c.key).where(EVENTS.c.portal == portal, EVENTS.c.flags.contains(WITHHELD))
        found = (self.connection.execute(query.where(EVENTS.c.key.in_(part))).scalars() for part in in_parts(keys))
        return {key for rows in found for key in rows}

    def blank_titles(self, portal: str, keys: Collection[str]) -> None:
        """Blank the titles of these articles in the lists that showed them."""
        for part in in_parts(keys):
            of_articles = and_(LISTED.c.portal == portal, LISTED.c.key.in_(part))
            self.connection.execute(update(LISTED).where(of_articles).values(title=""))

    def overwrite_deleted(self) -> None:
        """Overwrite the bytes of rows that this transaction deletes, where the database can do that (SQLite)."""
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("PRAGMA secure_delete=ON")

    def stored_responses(self, portal: str, key: str) -> list[tuple[date, str, int]]:
        """Return night, run and line of `pages.jsonl` of every response stored for an article, oldest first."""
        query = (
            select(PAGES.c.at)
            .join(ADDRESSES, PAGES.c.address == ADDRESSES.c.number)
            .where(ADDRESSES.c.portal == portal, ADDRESSES.c.key == key, PAGES.c.captured == 1)
            .order_by(PAGES.c.at)
        )
        found = (line_at(portal, at) for at in self.connection.execute(query).scalars())
        return [(date.fromisoformat(night), run, line) for night, run, line in found]
