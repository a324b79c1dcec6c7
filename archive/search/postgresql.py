"""Store the words in PostgreSQL, in the schema `archive_<id>_search`: one tsvector per column, made of our own words.

A tsvector knows 256 places of a word and none after the 16,383rd, so a content that has more stands in several parts,
which overlap by as many words as the longest possible phrase. The words of a query may stand in different parts: such
contents (`parts` over 1) are searched word by word, the others at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column as Field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    intersect,
    literal_column,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.schema import CreateSchema, DropSchema

from archive.index.postgresql import PostgresqlSchema
from archive.search.backend import GAP, Connect, ContentWords, SearchStore, WordRows
from archive.search.query import Term
from archive.search.schema import COLUMNS, METADATA, TABLES

_PENDING = 16_384  # kB
_OWN = MetaData()
_WORDS = Table(
    "words",
    _OWN,
    Field("document", Integer, primary_key=True, autoincrement=False),
    Field("part", Integer, primary_key=True, autoincrement=False),
    Field("parts", Integer, nullable=False),
    *(Field(name, TSVECTOR, nullable=False) for name in COLUMNS),
    # A night's words are put into the trees at once, when they are all there: see `optimize`.
    *(
        Index(f"words_{name}", name, postgresql_using="gin", postgresql_with={"gin_pending_list_limit": _PENDING})
        for name in COLUMNS
    ),
)
_MANY = Index("words_parts", _WORDS.c.parts, postgresql_where=_WORDS.c.parts > literal_column("1"))
_PLACES = 250
_LONGEST = 16_000
_BYTES = 200_000
_OVERLAP = 64


@dataclass(frozen=True, slots=True)
class PostgresqlSearch(SearchStore):
    """A separate schema with its own write lock, so that filling it holds up no crawl."""

    database: PostgresqlSchema
    insertion = insert(_WORDS).values(
        document=bindparam("d"), part=bindparam("n"), parts=bindparam("of"),
        **{name: cast(bindparam(f"of_{name}", type_=Text), TSVECTOR) for name in COLUMNS},
    )  # fmt: skip
    number = "d"

    def exists(self, connect: Connect) -> bool:
        with connect() as connection:
            found = connection.exec_driver_sql("SELECT to_regclass(%s)", (f"{self.database.schema}.words",))
            return found.scalar() is not None

    def drop(self, connect: Connect) -> None:
        with connect() as connection:
            connection.execute(DropSchema(self.database.schema, cascade=True, if_exists=True))

    def remake(self, connect: Connect) -> None:
        with connect() as connection:
            connection.execute(DropSchema(self.database.schema, cascade=True, if_exists=True))
            connection.execute(CreateSchema(self.database.schema))
            METADATA.create_all(connection)
            _OWN.create_all(connection)

    @staticmethod
    def rows(content: ContentWords) -> WordRows:
        rows: WordRows = []
        spans = parts_of(content.body)
        for part, (start, end) in enumerate(spans):
            titles = {name: _vector(getattr(content, name) if not part else ()) for name in ("title", "exact_title")}
            bodies = {name: _vector(getattr(content, name)[start:end]) for name in ("body", "exact")}
            vectors = {f"of_{name}": vector for name, vector in (titles | bodies).items()}
            rows.append({"n": part, "of": len(spans), **vectors})
        return rows

    def optimize(self, connection: Connection) -> None:
        for name in COLUMNS:  # what is not in the tree yet is read from end to end by every question
            connection.exec_driver_sql("SELECT gin_clean_pending_list(%s)", (f"{self.database.schema}.words_{name}",))
        for table in (*TABLES, _WORDS):
            connection.exec_driver_sql(f"ANALYZE {self.database.schema}.{table.name}")

    def prepare(self, connection: Connection) -> None:
        # For a common word the planner would read every row and unpack its tsvector: a hundred times the tree's cost.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

    def matching(self, column: str, terms: Sequence[Term], *, exact: bool) -> Select[tuple[int]]:
        phrases = [_phrase(term, exact) for term in terms]
        found = select(_WORDS.c.document).where(_has(column, " & ".join(phrases)))
        if len(phrases) == 1:
            return found
        # Words of one content in different parts of it.
        many = _WORDS.c.parts > literal_column("1")
        apart = intersect(*(select(_WORDS.c.document).where(many, _has(column, one)) for one in phrases))
        together = union(found, select(apart.subquery().c.document)).subquery()
        return select(together.c.document)

    def counted(self, connection: Connection) -> int:
        return int(connection.execute(select(func.count(_WORDS.c.document.distinct()))).scalar_one())


def _has(column: str, phrases: str) -> ColumnElement[bool]:
    return _WORDS.c[column].op("@@", is_comparison=True)(cast(bindparam(None, phrases, type_=Text), TSQUERY))


def _phrase(term: Term, exact: bool) -> str:
    """Return a phrase in PostgreSQL's own form; words have no quotation marks in them."""
    each = [f"'{word}'" for word in term.forms(exact)]
    each[-1] += ":*" if term.prefix else ""
    return f"({' <-> '.join(each)})"


def _vector(words: Sequence[str]) -> str:
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words, 1):
        if word != GAP:
            places[word].append(place)
    return " ".join(f"'{word}':{','.join(map(str, where))}" for word, where in places.items())


def parts_of(words: Sequence[str]) -> list[tuple[int, int]]:
    """Return first word and end of each part, so that a tsvector knows every place of every word in it."""
    spans: list[tuple[int, int]] = []
    start = 0
    while True:
        counts: Counter[str] = Counter()
        size, end = 0, start
        while end < len(words) and end - start < _LONGEST and size < _BYTES and counts[words[end]] < _PLACES:
            counts[words[end]] += words[end] != GAP
            size += len(words[end].encode())
            end += 1
        spans.append((start, end))
        if end >= len(words):
            return spans
        start = max(end - _OVERLAP, start + 1)
