"""Which database holds an archive's index: `index.db` in its folder, or what ARCHIVE_INDEX names.

The variable stands in the environment of every command that opens the archive, so that the crawl processes inherit it; it
is never a setting of Scrapy, which prints those. Two indexes of one archive are no danger: one that was left behind is
refused when the archive is opened (archive/store.py).
"""

from __future__ import annotations

import os

from archive.errors import UsageError
from archive.index.backend import Database
from archive.index.postgresql import PostgresqlSchema
from archive.index.sqlite import SqliteFile
from archive.storage.paths import Paths

__all__ = ["VARIABLE", "database_of"]

VARIABLE = "ARCHIVE_INDEX"
_SCHEMES = ("postgresql://", "postgres://")


def database_of(paths: Paths, archive: str, address: str | None = None) -> Database:
    """Where the index of the archive with this id is; `address` goes before the environment.

    Raises UsageError when the address is none of a database that can hold an index.
    """
    named = os.environ.get(VARIABLE, "") if address is None else address
    if not named:
        return SqliteFile(paths.index)
    if not named.startswith(_SCHEMES):
        scheme = named.partition("://")[0] if "://" in named else ""
        raise UsageError(
            f"ARCHIVE_INDEX names {scheme or 'no'} database; write postgresql://user@host:5432/database, or leave it out "
            f"for {paths.index}"
        )
    return PostgresqlSchema.at(named, archive)
