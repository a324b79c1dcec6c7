"""Define the tables of `search.db`, or of the schema `archive_<id>_search` in PostgreSQL. All follow from sealed files.

`contents` has a row for each text (title, lead and body; by `content_sha256`, the same for all its copies): its number
and the file in which it was first sealed. `places` has a row for each version of an article and each attachment of a
sealed run: its content (0: none), its article, whether it is that article's newest, and its filter values; `at` is as
in `archive.index.schema` and `said` orders it, the published line or the night. `filled` names the seals whose runs are
here, `method` the method of the words, and the number of lines withheld then. The words themselves are stored in each
database's best way (`archive.search.sqlite_fts`, `archive.search.postgresql`).
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, Table

from archive.index.schema import Utf8Text

__all__ = ["COLUMNS", "CONTENTS", "FILLED", "METADATA", "METHOD", "METHOD_NAME", "NO_CONTENT", "PLACES", "TABLES"]

METADATA = MetaData()
METHOD_NAME = "words 1"
NO_CONTENT = 0
COLUMNS = ("title", "body", "exact_title", "exact")
"""Columns of a content's words: of its title and of all of it, without diacritics and with them."""

METHOD = Table(
    "method",
    METADATA,
    Column("archive", Utf8Text, primary_key=True),
    Column("name", Utf8Text, nullable=False),
    Column("withheld", Integer, nullable=False),
)

FILLED = Table(
    "filled",
    METADATA,
    Column("night", Utf8Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("head", Utf8Text, nullable=False),
)

CONTENTS = Table(
    "contents",
    METADATA,
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("content_sha256", Utf8Text, nullable=False),
    Column("night", Utf8Text, nullable=False),
    Column("run", Utf8Text, nullable=False),
    Column("file", Utf8Text, nullable=False),
    Column("sha256", Utf8Text, nullable=False),
    Column("published_raw", Utf8Text),
    Index("contents_sha256", "content_sha256", unique=True),
)

# The places of one content stand side by side, in the order in which a database finds contents.
PLACES = Table(
    "places",
    METADATA,
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("portal", Utf8Text, primary_key=True),
    Column("at", Utf8Text, primary_key=True),
    Column("article", Utf8Text, nullable=False),
    Column("newest", Integer, nullable=False),
    Column("province", Utf8Text),
    Column("event", Utf8Text, nullable=False),
    Column("said", Utf8Text, nullable=False),
    Column("published", Utf8Text),
    Column("night", Utf8Text, nullable=False),
    Index("places_article", "article", "at"),
    Index("places_portal", "portal", "night"),
    sqlite_with_rowid=False,
)

TABLES = (METHOD, FILLED, CONTENTS, PLACES)
