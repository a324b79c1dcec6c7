"""Choose the database of an archive's index: `index.db` in its folder, or the address in ARCHIVE_INDEX.

The variable is in the environment of every command that opens the archive, so crawl processes inherit it. It is no setting of
Scrapy, which prints its settings. Two indexes of one archive do no harm: a stale one is refused when the archive is opened
(archive/index/stale.py).
"""

from __future__ import annotations

import os

from archive.errors import UsageError
from archive.index.backend import Database
from archive.index.postgresql import PostgresqlSchema
from archive.index.sqlite import SqliteFile
from archive.storage.paths import Paths

VARIABLE = "ARCHIVE_INDEX"
_SCHEMES = ("postgresql://", "postgres://")


def database_of(paths: Paths, archive: str, address: str | None = None) -> Database:
    """Return the database of the index of the archive with this id; `address` overrides the environment.

    Raises UsageError when no database that can hold an index has such an address.
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
