"""What SQLite is trusted with: its journal mode by version, and its errors in words a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveUnusable, DiskFull, RunBusy

__all__ = ["journal_for", "journal_note", "plainly"]

_HEADER = 20  # bytes; 18 and 19 are 1 for a rollback journal and 2 for WAL (SQLite's file format, 1.3)


# SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections checkpoint at the same moment; many processes
# write here (docs/adr/0005-rollback-journal.md).
def journal_for(version: tuple[int, ...]) -> str:
    """WAL where SQLite has the WAL-reset fix (3.51.3, backports 3.50.7 and 3.44.6), else the rollback journal."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed else "DELETE"


def journal_note(*databases: Path) -> str:
    """Which journal each of these files is in, and whether this SQLite may be trusted with WAL: a line for the audit."""
    wanted = journal_for(sqlite3.sqlite_version_info)
    fix = "with" if wanted == "WAL" else "without"
    modes = {path.name: _mode(path) for path in databases if path.is_file()}
    told = ", ".join(f"{name} in journal mode {mode}" for name, mode in sorted(modes.items())) or "no database"
    unsafe = "; the next run of scheduler.py changes it" if wanted != "WAL" and "wal" in modes.values() else ""
    return f"SQLite {sqlite3.sqlite_version} {fix} the WAL-reset fix: {told}{unsafe}"


def _mode(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            header = stream.read(_HEADER)
    except OSError:
        return "unknown"
    return {1: "delete", 2: "wal"}.get(header[18], "unknown") if len(header) == _HEADER else "unknown"


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
