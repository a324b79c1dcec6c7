"""What SQLite is trusted with: its journal mode by version, and its errors in words a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveUnusable, DiskFull, RunBusy

__all__ = ["journal_for", "plainly"]


def journal_for(version: tuple[int, ...]) -> str:
    """WAL where SQLite has the WAL-reset fix (3.51.3, backports 3.50.7 and 3.44.6), else the rollback journal."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed else "DELETE"


@contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours: RunBusy (locked), DiskFull (full, read-only, I/O), ArchiveUnusable (damaged)."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RunBusy(f"{path} is locked by another process; try again when it has ended") from error
        unmade = code == sqlite3.SQLITE_CANTOPEN and path.parent.is_dir()  # it, or its journal, cannot be made there
        if unmade or code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
            raise DiskFull(f"{path} cannot be written ({error}): free space or mend its permissions") from error
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise ArchiveUnusable(f"{path} cannot be used ({error}): restore ledger.db from a backup") from error
        raise
