"""Define the tables of `search.db`, or of the schema `archive_<id>_search` in PostgreSQL. All follow from sealed files.

`contents` has a row for each text (title, lead and body; by `content_sha256`, the same for all its copies): its number
and the file in which it was first sealed. `places` has a row for each version of an article and each attachment of a
sealed run: its content (0: none), its article, whether it is that article's newest, and its filter values; `at` is as
in `archive.index.schema` and `said` orders it, the published line or the night. `filled` names the seals whose runs are
here, `method` the method of the words, and the number of lines withheld then. The words themselves are stored in each
database's best way (`archive.search.sqlite_fts`, `archive.search.postgresql`).
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData, Table

from archive.index.schema import define_columns

METADATA = MetaData()
METHOD_NAME = "words 1"
NO_CONTENT = 0
COLUMNS = ("title", "body", "exact_title", "exact")
"""Columns of a content's words: of its title and of all of it, without diacritics and with them."""

METHOD = Table("method", METADATA, *define_columns("*archive name withheld:int"))

FILLED = Table("filled", METADATA, *define_columns("*night *number:int head"))

CONTENTS = Table(
    "contents",
    METADATA,
    *define_columns("*document:int content_sha256 night run file sha256 published_raw?"),
    Index("contents_sha256", "content_sha256", unique=True),
)

# The places of one content stand side by side, in the order in which a database finds contents.
PLACES = Table(
    "places",
    METADATA,
    *define_columns("*document:int *portal *at article newest:int province? event said published? night"),
    Index("places_article", "article", "at"),
    Index("places_portal", "portal", "night"),
    sqlite_with_rowid=False,
)

TABLES = (METHOD, FILLED, CONTENTS, PLACES)
