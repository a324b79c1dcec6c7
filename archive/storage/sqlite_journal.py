"""Choose SQLite's journal mode by its version, and turn its errors into messages that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveUnusable, DiskFull, RunBusy
from archive.messages.reason import Reason

_HEADER = 20  # bytes; 18 and 19 are 1 for a rollback journal and 2 for WAL (SQLite's file format, 1.3)


# SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections checkpoint at the same moment; many processes
# write here (docs/adr/0005-rollback-journal.md).
def journal_for(version: tuple[int, ...]) -> str:
    """Return WAL where SQLite has the WAL-reset fix (3.51.3, backports 3.50.7 and 3.44.6), else the rollback journal."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed else "DELETE"


def journal_note(*databases: Path) -> Reason:
    """Return the journal mode of each of these files, and whether this SQLite may be trusted with WAL: a note of the audit."""
    wal = journal_for(sqlite3.sqlite_version_info) == "WAL"
    modes = {path.name: _mode(path) for path in databases if path.is_file()}
    named = [Reason.of("journal_of", file=name, mode=mode) for name, mode in sorted(modes.items())]
    all_modes = named.pop(0) if named else Reason.of("no_database")
    for one in named:
        all_modes = Reason.of("journal_of_two", first=all_modes, second=one)
    note = Reason.of("sqlite_fixed" if wal else "sqlite_unfixed", version=sqlite3.sqlite_version, modes=all_modes)
    return Reason.of("sqlite_changes", reason=note) if not wal and "wal" in modes.values() else note


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
