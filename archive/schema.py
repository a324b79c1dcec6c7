"""The tables of `index.db`. Everything in them follows from the files: `rebuild` makes the same rows again.

`at` is a place in the files that sorts by time: `night/run ordinal/line`. `listed` keeps the first place an entry stood in a
section and `looks` the last response for an article or attachment, whatever the order in which lines arrive. `lookbacks` has a
row for each list page of a look-back.
`attachments` has a row for each file that each line of an article names.

`signatures` has a row for each stored text of an article and `bands` one for each band of its signature; both follow from the
text file and from what `near_method` names. `document` numbers a text: 63 bits of the SHA-256 of `night/run/seq`. `links`
has a row for each article that a line names in `duplicate_of` (exact) or `near`. `documents` has one for each number of an
official document that the text of a line names.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, Table, text

from archive.columns import Words

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
]

METADATA = MetaData()
# In SQLite only INTEGER is the row's own number, which needs no tree of its own.
_Document = BigInteger().with_variant(Integer, "sqlite")

RUNS = Table(
    "runs",
    METADATA,
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("portal", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("lookback", Words),
    Column("province", Words),
    Column("record", Words, nullable=False),
    Index("runs_portal", "portal", "night", "run"),
    Index("runs_province", "province", "night", "run"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("portal", Words, nullable=False),
    Column("section", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("title_plain", Words, nullable=False),
    Column("published", Words),
    Column("author", Words),
    Column("file", Words),
    Column("sha256", Words),
    Column("content_sha256", Words, nullable=False),
    Column("revision_of", Words),
    Column("duplicate_of", Words),
    Column("attachment_of", Words),
    Column("flags", Words, nullable=False),
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
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("portal", Words, nullable=False),
    Column("section", Words, nullable=False),
    Column("article", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("type", Words, nullable=False),
    Index("attachments_night", "portal", "night"),
    Index("attachments_article", "portal", "article", "at"),
)

PAGES = Table(
    "pages",
    METADATA,
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("at", Words, nullable=False),
    Column("portal", Words, nullable=False),
    Column("section", Words),
    Column("key", Words),
    Column("url", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("status", Integer),
    Column("walk_end", Words),
    Column("fetched_at", Words, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_sha256", Words),
    Column("warc_file", Words),
    Column("warc_offset", Integer),
    Column("warc_length", Integer),
    Index("pages_url", "portal", "url", "at"),
    Index("pages_article", "portal", "key", "at"),
)

LISTED = Table(
    "listed",
    METADATA,
    Column("portal", Words, primary_key=True),
    Column("section", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("at", Words, nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("day", Words),
    Column("owed", Integer, nullable=False),
    Index("listed_article", "portal", "key"),
    Index("listed_first", "portal", "section", "at"),
)

LOOKS = Table(
    "looks",
    METADATA,
    Column("portal", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("at", Words, nullable=False),
    Column("section", Words),
    Column("url", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_sha256", Words),
    Column("next_look", Words),
    Index("looks_due", "portal", "next_look"),
)

LOOKBACKS = Table(
    "lookbacks",
    METADATA,
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("at", Words, nullable=False),
    Column("portal", Words, nullable=False),
    Column("began", Words, nullable=False),
    Column("since", Words),
    Column("section", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("url", Words, nullable=False),
    Column("request", Words),
    Column("end", Words),
    Index("lookbacks_portal", "portal", "at"),
)

SEALS = Table(
    "seals",
    METADATA,
    Column("night", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("head", Words, nullable=False),
    Column("previous", Words),
    Column("root", Words, nullable=False),
    Column("files", Integer, nullable=False),
    Index("seals_previous", "previous"),
)

NEAR_METHOD = Table("near_method", METADATA, Column("parameters", Words, primary_key=True))

SIGNATURES = Table(
    "signatures",
    METADATA,
    Column("document", _Document, primary_key=True, autoincrement=False),
    Column("night", Words, nullable=False),
    Column("run", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("published_raw", Words),
    Column("signature", LargeBinary, nullable=False),
    Index("signatures_night", "night", "run", "seq"),
)

# The key is the whole row, so that a look-up reads nothing else; `day` is the night's ordinal, the newest texts read first.
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
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("portal", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("other", Words, nullable=False),
    Column("other_portal", Words, nullable=False),
    Column("other_key", Words, nullable=False),
    Column("exact", Integer, nullable=False),
    Column("similarity", Float, nullable=False),
    Index("links_from", "portal", "key"),
    Index("links_to", "other_portal", "other_key"),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("night", Words, primary_key=True),
    Column("run", Words, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("portal", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("letter", Words, nullable=False),
    Column("year", Integer),
    Column("type", Words, nullable=False),
    Column("organ", Words, nullable=False),
    Column("issued", Words),
    Column("issuer", Words),
    Column("published", Words),
    Column("raw", Words, nullable=False),
    Index("documents_number", "number", "organ"),
    Index("documents_portal", "portal", "at"),
)


def _partly(name: str, table: Table, rows: str, *columns: str) -> None:
    """An index over few of a table's rows; a query uses it where it asks for no others."""
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
