"""Define the tables of `index.db`. All rows follow from the files: `rebuild` makes the same ones again.

`at` is a place in the files that sorts by time: `night/run ordinal/line`. `listed` has the first place of each entry in a
section, `looks` the last response for an article or attachment, whatever the order in which lines arrive. `lookbacks` has a
row for each list page of a look-back, `attachments` one for each file that a line of an article names.

`signatures` has a row for each stored text of an article and `bands` one for each band of its signature; both follow from the
text file and from what `near_method` names. `document` numbers a text: 63 bits of the SHA-256 of `night/run/seq`. `links`
has a row for each article that a line names in `duplicate_of` (exact) or `near`. `documents` has one for each number of an
official document that the text of a line names.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

__all__ = [
    "ATTACHMENTS",
    "BANDS",
    "DOCUMENTS",
    "EVENTS",
    "LINKS",
    "LISTED",
    "LOOKBACKS",
    "LOOKS",
    "METADATA",
    "NEAR_METHOD",
    "PAGES",
    "RUNS",
    "SEALS",
    "SIGNATURES",
    "TABLES",
    "Utf8Text",
]


class Utf8Text(TypeDecorator[str]):
    """Text sorted by its UTF-8 bytes (SQLite's BINARY, PostgreSQL's "C"), not by a locale.

    PostgreSQL refuses NUL in text: U+FFFD replaces it, on every database and in comparisons, so that all hold the same
    rows. The files keep what was read.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:  # Any: as SQLAlchemy declares it
        """Return the type of the database."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text to store, or to compare with."""
        return value.replace("\0", "\ufffd") if value is not None and "\0" in value else value


METADATA = MetaData()
# In SQLite only INTEGER can be the rowid, which needs no tree of its own.
_Document = BigInteger().with_variant(Integer, "sqlite")

RUNS = Table(
    "runs",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("portal", Utf8Text, nullable=False),
    Column("verdict", Utf8Text, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("lookback", Utf8Text),
    Column("province", Utf8Text),
    Column("record", Utf8Text, nullable=False),
    Index("runs_portal", "portal", "night", "run"),
    Index("runs_province", "province", "night", "run"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("event", Utf8Text, nullable=False),
    Column("id", Utf8Text, nullable=False),
    Column("portal", Utf8Text, nullable=False),
    Column("section", Utf8Text, nullable=False),
    Column("key", Utf8Text, nullable=False),
    Column("url", Utf8Text, nullable=False),
    Column("title", Utf8Text, nullable=False),
    Column("title_plain", Utf8Text, nullable=False),
    Column("published", Utf8Text),
    Column("author", Utf8Text),
    Column("file", Utf8Text),
    Column("sha256", Utf8Text),
    Column("content_sha256", Utf8Text, nullable=False),
    Column("revision_of", Utf8Text),
    Column("duplicate_of", Utf8Text),
    Column("attachment_of", Utf8Text),
    Column("flags", Utf8Text, nullable=False),
    Index("events_article", "portal", "key", "at"),
    Index("events_portal", "portal", "at"),
    Index("events_content", "content_sha256", "at"),
    Index("events_id", "id"),
    Index("events_url", "url"),
    Index("events_sha256", "sha256"),
)

ATTACHMENTS = Table(
    "attachments",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("event", Utf8Text, nullable=False),
    Column("version", Utf8Text, nullable=False),
    Column("portal", Utf8Text, nullable=False),
    Column("section", Utf8Text, nullable=False),
    Column("article", Utf8Text, nullable=False),
    Column("key", Utf8Text, nullable=False),
    Column("url", Utf8Text, nullable=False),
    Column("name", Utf8Text, nullable=False),
    Column("type", Utf8Text, nullable=False),
    Index("attachments_night", "portal", "night"),
    Index("attachments_article", "portal", "article", "at"),
)

PAGES = Table(
    "pages",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("portal", Utf8Text, nullable=False),
    Column("section", Utf8Text),
    Column("key", Utf8Text),
    Column("url", Utf8Text, nullable=False),
    Column("outcome", Utf8Text, nullable=False),
    Column("status", Integer),
    Column("walk_end", Utf8Text),
    Column("fetched_at", Utf8Text, nullable=False),
    Column("etag", Utf8Text),
    Column("last_modified", Utf8Text),
    Column("body_sha256", Utf8Text),
    Column("warc_file", Utf8Text),
    Column("warc_offset", Integer),
    Column("warc_length", Integer),
    Index("pages_url", "portal", "url", "at"),
    Index("pages_article", "portal", "key", "at"),
)

LISTED = Table(
    "listed",
    METADATA,
    Column("portal", Utf8Text, primary_key=True),
    Column("section", Utf8Text, primary_key=True),
    Column("key", Utf8Text, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Utf8Text, nullable=False),
    Column("title", Utf8Text, nullable=False),
    Column("day", Utf8Text),
    Column("owed", Integer, nullable=False),
    Index("listed_article", "portal", "key"),
    Index("listed_first", "portal", "section", "at"),
)

LOOKS = Table(
    "looks",
    METADATA,
    Column("portal", Utf8Text, primary_key=True),
    Column("key", Utf8Text, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("section", Utf8Text),
    Column("url", Utf8Text, nullable=False),
    Column("outcome", Utf8Text, nullable=False),
    Column("etag", Utf8Text),
    Column("last_modified", Utf8Text),
    Column("body_sha256", Utf8Text),
    Column("next_look", Utf8Text),
    Index("looks_due", "portal", "next_look"),
)

LOOKBACKS = Table(
    "lookbacks",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("portal", Utf8Text, nullable=False),
    Column("began", Utf8Text, nullable=False),
    Column("since", Utf8Text),
    Column("section", Utf8Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("url", Utf8Text, nullable=False),
    Column("request", Utf8Text),
    Column("end", Utf8Text),
    Index("lookbacks_portal", "portal", "at"),
)

SEALS = Table(
    "seals",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("head", Utf8Text, nullable=False),
    Column("previous", Utf8Text),
    Column("root", Utf8Text, nullable=False),
    Column("files", Integer, nullable=False),
    Index("seals_previous", "previous"),
)

NEAR_METHOD = Table("near_method", METADATA, Column("parameters", Utf8Text, primary_key=True))

SIGNATURES = Table(
    "signatures",
    METADATA,
    Column("document", _Document, primary_key=True, autoincrement=False),
    Column("night", Utf8Text, nullable=False),
    Column("run", Utf8Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("published_raw", Utf8Text),
    Column("signature", LargeBinary, nullable=False),
    Index("signatures_night", "night", "run", "seq"),
)

# The key is the whole row, so a look-up reads nothing else; `day` is the night's ordinal: the newest texts are read first.
BANDS = Table(
    "bands",
    METADATA,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

LINKS = Table(
    "links",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("portal", Utf8Text, nullable=False),
    Column("key", Utf8Text, nullable=False),
    Column("other", Utf8Text, nullable=False),
    Column("other_portal", Utf8Text, nullable=False),
    Column("other_key", Utf8Text, nullable=False),
    Column("exact", Integer, nullable=False),
    Column("similarity", Float, nullable=False),
    Index("links_from", "portal", "key"),
    Index("links_to", "other_portal", "other_key"),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("run", Utf8Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Utf8Text, nullable=False),
    Column("id", Utf8Text, nullable=False),
    Column("portal", Utf8Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("letter", Utf8Text, nullable=False),
    Column("year", Integer),
    Column("type", Utf8Text, nullable=False),
    Column("organ", Utf8Text, nullable=False),
    Column("issued", Utf8Text),
    Column("issuer", Utf8Text),
    Column("published", Utf8Text),
    Column("raw", Utf8Text, nullable=False),
    Index("documents_number", "number", "organ"),
    Index("documents_portal", "portal", "at"),
)


def _partly(name: str, table: Table, rows: str, *columns: str) -> None:
    """Define an index over few of a table's rows; a query uses it if its condition selects no others."""
    Index(name, *(table.c[column] for column in columns), sqlite_where=text(rows), postgresql_where=text(rows))


_partly("events_stored", EVENTS, "file IS NOT NULL", "content_sha256")
_partly("events_set_aside", EVENTS, "event = 'quarantined'", "at")
_partly("runs_lookback", RUNS, "lookback IS NOT NULL", "portal", "lookback")
_partly("pages_walk", PAGES, "walk_end IS NOT NULL", "portal", "section", "at")
_partly("pages_walked", PAGES, "walk_end IS NOT NULL", "portal", "at")
_partly("listed_owed", LISTED, "owed = 1", "portal", "at", "position")

TABLES = (
    RUNS,
    EVENTS,
    ATTACHMENTS,
    PAGES,
    LISTED,
    LOOKBACKS,
    LOOKS,
    SEALS,
    NEAR_METHOD,
    SIGNATURES,
    LINKS,
    BANDS,
    DOCUMENTS,
)
