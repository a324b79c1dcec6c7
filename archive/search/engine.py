"""Find the contents of a query in order: one SQL question, the same on every database.

A hit is a content (title, lead and body), not a file: copies and versions that only differ in their published line are
places of one hit. A content is found when a version of it fits the filters, by default the newest version of its
article. The first of those by the text's own day (or the night, without one), then by place, stands for the hit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, not_, or_, select
from sqlalchemy.engine import Engine

from archive.index.backend import Database
from archive.index.postgresql import PostgresqlSchema
from archive.index.rows import within
from archive.index.sqlite import SqliteFile
from archive.search.backend import SearchStore
from archive.search.query import Query, TermGroup
from archive.search.schema import CONTENTS, FILLED, METHOD, METHOD_NAME, NO_CONTENT, PLACES
from archive.search.sqlite_fts import SqliteSearch
from archive.storage.paths import Paths
from archive.store import Archive


class Order(StrEnum):
    """Order of hits: titles that have all the words first, then the newest; or by the day alone."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """A version that fits the filters; `at` and `portal` locate its line in the files."""

    portal: str
    at: str
    article: str
    newest: bool
    province: str | None


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A content that was found: the file that it can be read from, and the version that stands for it."""

    content_sha256: str
    night: str
    run: str
    file: str
    published_raw: str | None
    place: VersionPlace


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Count of all contents, and the requested ones in order."""

    total: int
    contents: tuple[ContentRow, ...]


class SearchIndex(AbstractContextManager["SearchIndex"]):
    """Words of one archive, in the database that holds its index. The constructor opens nothing.

    A query that takes longer than `seconds` raises TookTooLong.
    """

    def __init__(self, archive: str, store: SearchStore, seconds: float | None = None) -> None:
        self.archive, self.store, self._seconds = archive, store, seconds
        self._reader: Engine | None = None
        self._writer: Engine | None = None

    @classmethod
    def of(cls, archive: Archive, seconds: float | None = None) -> SearchIndex:
        """Return the words of an open archive."""
        return cls.beside(archive.index.database, archive.identity.id, archive.paths, seconds)

    @classmethod
    def beside(cls, index: Database, archive: str, paths: Paths, seconds: float | None = None) -> SearchIndex:
        """Return `search.db` beside `index.db`, or a schema beside the index's own, for the archive with this id."""
        if isinstance(index, PostgresqlSchema):
            from archive.search.postgresql import PostgresqlSearch  # few archives need SQLAlchemy's types of PostgreSQL

            return cls(archive, PostgresqlSearch(PostgresqlSchema(index.url, f"{archive}_search")), seconds)
        return cls(archive, SqliteSearch(SqliteFile(paths.search)), seconds)

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        for engine in (self._reader, self._writer):
            if engine is not None:
                engine.dispose()
        self._reader = self._writer = None

    @property
    def name(self) -> str:
        """Name of the database in messages."""
        return self.store.database.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction on one state of the rows. Raises ArchiveError when the database cannot be read."""
        self._reader = self._reader or self.store.database.reader()
        self.store.database.before_reading()
        with self.store.database.plainly(), self._reader.begin() as connection:
            if self._seconds is not None:
                self.store.database.bound(connection, self._seconds)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction with the write lock. Raises ArchiveError when it cannot be had."""
        self._writer = self._writer or self.store.database.writer()
        with self.store.database.plainly(), self._writer.begin() as connection:
            yield connection

    def remake(self, withheld: int) -> None:
        """Delete everything and start anew, without this number of withheld lines."""
        self.close()
        self.store.remake(self.writing)
        with self.writing() as connection:
            if connection.execute(select(METHOD)).first() is None:  # no other machine made it meanwhile
                connection.execute(insert(METHOD).values(archive=self.archive, name=METHOD_NAME, withheld=withheld))

    def forget(self) -> None:
        """Delete everything; nothing can be searched until the next fill."""
        self.close()
        self.store.drop(self.writing)

    def exists(self) -> bool:
        """Return whether the tables are there."""
        return self.store.exists(self.reading)

    def filled_seals(self, withheld: int) -> dict[tuple[str, int], str]:
        """Map the seals whose runs are here, night and number, to their heads.

        Empty for words of another archive or method, or made when other lines were withheld.
        """
        if not self.exists():
            return {}
        with self.reading() as connection:
            made = connection.execute(select(METHOD)).first()
            if made is None or tuple(made) != (self.archive, METHOD_NAME, withheld):
                return {}
            return {(row.night, row.number): row.head for row in connection.execute(select(FILLED))}

    def portals(self) -> list[str]:
        """Return every portal with a place here, by name."""
        with self.reading() as connection:
            # One step for each portal instead of one for each place.
            found, first = [""], select(func.min(PLACES.c.portal))
            while (name := connection.execute(first.where(PLACES.c.portal > found[-1])).scalar()) is not None:
                found.append(name)
            return found[1:]

    def find(self, query: Query, *, order: Order = Order.BEST, limit: int = 20, offset: int = 0) -> ResultPage:
        """Return the contents that a query finds, from the `offset`th on."""
        with self.reading() as connection:
            self.store.prepare(connection)
            rows = connection.execute(self._ordered(query, order).limit(limit).offset(offset)).all()
            if rows:
                total = int(rows[0].total)
            else:
                counted = select(func.count(PLACES.c.document.distinct())).where(*self._fits(query))
                total = int(connection.execute(counted).scalar_one()) if offset else 0
            documents = [int(row.document) for row in rows]
            return ResultPage(total, tuple(self._contents(connection, query, documents)))

    def _ordered(self, query: Query, order: Order) -> Select[tuple[int, int]]:
        first, at = func.min(PLACES.c.said), func.min(PLACES.c.at)
        found = select(PLACES.c.document, func.count().over().label("total")).where(*self._fits(query))
        found = found.group_by(PLACES.c.document)
        words = [term for term in query.wanted if not term.in_title]
        # No score: BM25 differs between the databases, moves with every night, and gives no reason why one hit stands
        # before another.
        if order is Order.BEST and words:
            column = "exact_title" if query.exact else "title"
            titles = self.store.matching(column, words, exact=query.exact)
            found = found.order_by(PLACES.c.document.in_(titles).desc())
        if order is Order.OLDEST:
            return found.order_by(first, at, PLACES.c.document)
        return found.order_by(first.desc(), at.desc(), PLACES.c.document.desc())

    def _fits(self, query: Query) -> list[ColumnElement[bool]]:
        body, title = ("exact", "exact_title") if query.exact else ("body", "title")
        conditions: list[ColumnElement[bool]] = [PLACES.c.document != NO_CONTENT]
        for column, in_title in ((body, False), (title, True)):
            terms = [term for term in query.wanted if term.in_title is in_title]
            if terms:
                conditions.append(PLACES.c.document.in_(self.store.matching(column, terms, exact=query.exact)))
        for term in query.terms:
            if term.without:
                without = self.store.matching(title if term.in_title else body, [term], exact=query.exact)
                conditions.append(PLACES.c.document.not_in(without))
        if not query.all_versions:
            conditions.append(PLACES.c.newest == 1)
        conditions += _chosen(PLACES.c.portal, query.portals) + _chosen(PLACES.c.event, query.events)
        conditions += _chosen(PLACES.c.province, query.provinces)
        conditions += within(PLACES.c.published, query.published.since, query.published.until)
        return conditions + within(PLACES.c.night, query.crawled.since, query.crawled.until)

    def _contents(self, connection: Connection, query: Query, documents: Sequence[int]) -> Iterator[ContentRow]:
        places = select(PLACES).where(PLACES.c.document.in_(documents), *self._fits(query))
        first: dict[int, Row[tuple[object, ...]]] = {}
        order = (PLACES.c.said, PLACES.c.at, PLACES.c.portal)
        for row in connection.execute(places.order_by(*order)):
            first.setdefault(row.document, row)
        kept = connection.execute(select(CONTENTS).where(CONTENTS.c.document.in_(documents)))
        contents = {row.document: row for row in kept}
        for document in documents:
            row, place = contents[document], first[document]
            yield ContentRow(
                row.content_sha256, row.night, row.run, row.file, row.published_raw,
                VersionPlace(place.portal, place.at, place.article, bool(place.newest), place.province),
            )  # fmt: skip


def _chosen(column: ColumnElement[str | None], choice: TermGroup) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if choice.any_of:
        conditions.append(column.in_(sorted(choice.any_of)))
    if choice.none_of:
        conditions.append(or_(column.is_(None), not_(column.in_(sorted(choice.none_of)))))
    return conditions
