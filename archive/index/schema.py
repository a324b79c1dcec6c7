"""Define the tables of `index.db`. All rows but those of `readings` follow from the files: `rebuild` makes the same ones again.

`at` is a place in the files that sorts by time: `night/run ordinal/line`. `listed` has the first place of each entry in a
section, `looks` the last response for an article or attachment, whatever the order in which lines arrive. `records` has the
key under which lists first showed the record of a CMS. `lookbacks` has a row for each list page of a look-back, `attachments`
one for each file that a line of an article names.

`signatures` has a row for each stored text of an article and `bands` one for each band of its signature; both follow from the
text file and from what `near_method` names. `document` numbers a text (archive/index/queries/similar.py). `pages` has each
response, with the number of its address in `addresses`: of an article also its key, of a list none, and in `pages` its section. `links`
has a row for each article that a line names in `duplicate_of` (exact) or `near`. `documents` has one for each number of an
official document that the text of a line names. `readings` has what each article was last read from: an index without a row
has the page read in full. Of a row's source of modification times `moved` counts the changes of the article with which its time
moved, `stood` those at which it stood still.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.types import TypeEngine

from archive.index.column_types import IsoMoment, Place, Sha256, Utf8Text

METADATA = MetaData()


@event.listens_for(METADATA, "before_create")
def _in_postgresql(metadata: MetaData, connection: Connection, **_: object) -> None:
    """Give PostgreSQL the conditions of indexes, which load its dialect: an archive without it starts sooner."""
    if connection.dialect.name == "postgresql":
        for index in (index for table in metadata.tables.values() for index in table.indexes):
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


_TYPES: dict[str, TypeEngine[Any]] = {
    "": Utf8Text(),
    "int": Integer(),
    "bigint": BigInteger(),
    # In SQLite only INTEGER can be the rowid, which needs no tree of its own.
    "rowid": BigInteger().with_variant(Integer, "sqlite"),
    "float": Float(),
    "bytes": LargeBinary(),
    "place": Place(),
    "moment": IsoMoment(),
    "sha256": Sha256(),
}


def define_columns(columns: str) -> Iterator[Column[Any]]:  # Any: as SQLAlchemy declares it
    """Yield the columns of a table from their names, parted by blanks.

    A `*` before a name: part of the primary key. A `?` at the end: may be NULL. A type other than text stands after `:`.
    """
    for column in columns.split():
        name, _, kind = column.strip("*?").partition(":")
        is_key, is_nullable = column.startswith("*"), column.endswith("?")
        yield Column(name, _TYPES[kind], primary_key=is_key, autoincrement=False, nullable=is_nullable)


def _index_part(name: str, rows: str, *columns: str) -> Index:
    """Return an index over few of a table's rows; a query uses it if its condition selects no others."""
    return Index(name, *columns, sqlite_where=text(rows))


RUNS = Table(
    "runs",
    METADATA,
    *define_columns("*night *run portal verdict complete:int lookback? province? record"),
    Index("runs_portal", "portal", "night", "run"),
    Index("runs_province", "province", "night", "run"),
    _index_part("runs_lookback", "lookback IS NOT NULL", "portal", "lookback"),
)

EVENTS = Table(
    "events",
    METADATA,
    *define_columns(
        "*night *run *seq:int at:place event id portal section key url title title_plain published? author? "
        "file? sha256:sha256? content_sha256:sha256 revision_of? duplicate_of? attachment_of? flags"
    ),
    Index("events_article", "portal", "key", "at"),
    Index("events_portal", "portal", "at"),
    Index("events_content", "content_sha256", "at"),
    Index("events_published", "portal", "published"),
    Index("events_url", "url"),
    Index("events_sha256", "sha256"),
    _index_part("events_stored", "file IS NOT NULL", "content_sha256"),
    _index_part("events_set_aside", "event = 'quarantined'", "at"),
)

ATTACHMENTS = Table(
    "attachments",
    METADATA,
    *define_columns(
        "*night *run *seq:int *position:int at:place event version portal section article key url name type"
    ),
    Index("attachments_night", "portal", "night"),
    Index("attachments_article", "portal", "article", "at"),
)

ADDRESSES = Table(
    "addresses",
    METADATA,
    Column("number", _TYPES["rowid"], primary_key=True),
    *define_columns("portal url key"),
    UniqueConstraint("portal", "url", "key"),
    Index("addresses_article", "portal", "key"),
)

PAGES = Table(
    "pages",
    METADATA,
    *define_columns(
        "*portal *at:place address:bigint section? outcome status:int? walk_end? fetched_at:moment body_sha256:sha256? captured:int"
    ),
    Index("pages_address", "address", "at"),
    _index_part("pages_walk", "walk_end IS NOT NULL", "portal", "section", "at"),
    _index_part("pages_walked", "walk_end IS NOT NULL", "portal", "at"),
    sqlite_with_rowid=False,
)

LISTED = Table(
    "listed",
    METADATA,
    *define_columns("*portal *key *section at:place position:int url title day? owed:int"),
    Index("listed_first", "portal", "section", "at"),
    _index_part("listed_owed", "owed = 1", "portal", "at", "position"),
    sqlite_with_rowid=False,
)

RECORDS = Table(
    "records", METADATA, *define_columns("*portal *record key at:place"), Index("records_key", "portal", "key")
)

LOOKBACKS = Table(
    "lookbacks",
    METADATA,
    *define_columns("*night *run *line:int at:place portal began since? section number:int url request? end?"),
    Index("lookbacks_portal", "portal", "at"),
)

LOOKS = Table(
    "looks",
    METADATA,
    *define_columns("*portal *key at:place section? url outcome etag? last_modified? body_sha256:sha256? next_look?"),
    _index_part("looks_due", "next_look IS NOT NULL", "portal", "next_look"),
    sqlite_with_rowid=False,
)

SEALS = Table(
    "seals",
    METADATA,
    *define_columns("*night *number:int head previous? root files:int"),
    Index("seals_previous", "previous"),
)

NEAR_METHOD = Table("near_method", METADATA, *define_columns("*parameters"))

SIGNATURES = Table(
    "signatures",
    METADATA,
    *define_columns("*document:bigint *run *seq:int night size:int published_raw? signature:bytes"),
    sqlite_with_rowid=False,
)

LINKS = Table(
    "links",
    METADATA,
    *define_columns(
        "*night *run *seq:int *position:int portal key other other_portal other_key exact:int similarity:float"
    ),
    Index("links_from", "portal", "key"),
    Index("links_to", "other_portal", "other_key"),
)

# The key is the whole row, so a look-up reads nothing else. Numbers rise with the nights: the newest texts are read first.
BANDS = Table("bands", METADATA, *define_columns("*band:int *document:bigint"), sqlite_with_rowid=False)

DOCUMENTS = Table(
    "documents",
    METADATA,
    *define_columns(
        "*night *run *seq:int *position:int at:place id portal number:int letter year:int? type organ "
        "issued? issuer? published? raw"
    ),
    Index("documents_number", "number", "organ"),
    Index("documents_portal", "portal", "at"),
)

READINGS = Table(
    "readings",
    METADATA,
    *define_columns(
        "*portal *key read_at rules:bytes whole:bytes region:bytes? said:bytes until? counts detail? "
        "source? modified? moved:int stood:int"
    ),
    sqlite_with_rowid=False,
)

TABLES = tuple(table for table in METADATA.tables.values() if table not in (READINGS, ADDRESSES))
"""The tables whose rows follow from the files; the numbers of `addresses` do not."""


def has_table(connection: Connection, table: Table) -> bool:
    """Return whether the index has a table: one that an older program made may lack the newest."""
    schemas = connection.get_execution_options().get("schema_translate_map", {})
    return inspect(connection).has_table(table.name, schema=schemas.get(None))
