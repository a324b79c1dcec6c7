"""Hold an index in a SQLite file.

WAL only where SQLite has the fix of the WAL-reset bug (3.51.3, 3.50.7, 3.44.6); otherwise a rollback journal. One writer at
a time: a write transaction takes the write lock first (BEGIN IMMEDIATE).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from typing import cast
from urllib.parse import quote

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, TimeLimit
from archive.index.backend import BUSY_SECONDS, SNAPSHOT, Database
from archive.index.schema import METADATA
from archive.messages.reason import Reason
from archive.storage.fsync import sync_folder
from archive.storage.sqlite_journal import journal_for

_STEPS = 10_000  # of SQLite's machine between two checks of the clock, well under a millisecond
_BESIDE = ("-wal", "-shm", "-journal")

_inherited: list[object] = []
"""Connections of a parent process. Closing one would close a descriptor that may be another file's by now."""
_COMPILED: dict[object, object] = {}
"""SQL of each statement of this program, for all engines: compiling one takes longer than most queries."""


@cache
def _dialect() -> Dialect:
    engine = create_engine("sqlite://")
    engine.connect().close()  # reads what the library can do
    return engine.dialect


@cache
def _ddl() -> tuple[str, ...]:
    tables = METADATA.sorted_tables
    elements: list[ExecutableDDLElement] = [CreateTable(table, if_not_exists=True) for table in tables]
    elements += [CreateIndex(index, if_not_exists=True) for table in tables for index in table.indexes]
    return tuple(str(element.compile(dialect=_dialect())) for element in elements)


def _engine(path: Path, where: str, begin: str, *pragmas: str) -> Engine:
    """Return an engine that keeps one idle connection: opening the file and reading its schema costs more than most queries.

    An idle connection holds no lock. It is replaced after a fork, and when another file has taken the path.
    """
    uri = where.startswith("file:")

    def connect() -> DBAPIConnection:
        opened = sqlite3.connect(where, timeout=BUSY_SECONDS, uri=uri, check_same_thread=False)
        return cast("DBAPIConnection", opened)

    pool = QueuePool(connect, pool_size=1, max_overflow=-1)
    engine = Engine(pool, _dialect(), make_url("sqlite://"), execution_options={"compiled_cache": _COMPILED})

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        record.info.update(process=os.getpid(), file=_inode(path))

    @event.listens_for(engine, "checkout")
    def _checkout(connection: sqlite3.Connection, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        if record.info["process"] != os.getpid():
            _inherited.append(connection)
            record.dbapi_connection = proxy.dbapi_connection = None  # type: ignore[misc]  # as SQLAlchemy's FAQ on forks
            raise DisconnectionError("of another process")
        if record.info["file"] != _inode(path):
            raise DisconnectionError("of another file")

    @event.listens_for(engine, "checkin")
    def _checkin(connection: sqlite3.Connection | None, _record: ConnectionPoolEntry) -> None:
        if connection is not None:
            connection.set_progress_handler(None, 0)  # `bound` is for one transaction

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(SNAPSHOT, True):
            connection.exec_driver_sql(begin)

    return engine


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


@dataclass(frozen=True, slots=True)
class SqliteFile(Database):
    """`index.db` of an archive."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def label(self) -> str:
        return self.path.name

    def writer(self) -> Engine:
        journal = f"journal_mode={journal_for(sqlite3.sqlite_version_info)}"
        return _engine(self.path, str(self.path), "BEGIN IMMEDIATE", journal, "synchronous=FULL")

    def reader(self) -> Engine:
        return _engine(self.path, f"file:{quote(str(self.path))}?mode=ro", "BEGIN", "query_only=ON")

    def bound(self, connection: Connection, seconds: float) -> None:
        until = monotonic() + seconds
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        driver.set_progress_handler(lambda: monotonic() > until, _STEPS)

    def damage(self) -> str | None:
        self.before_reading()
        try:
            with closing(
                sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=BUSY_SECONDS)
            ) as connection:
                said = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            said = str(error)
        return None if said == "ok" else " ".join(said.split())

    def exists(self) -> bool:
        try:
            kind = self.path.lstat().st_mode
        except FileNotFoundError:
            return False
        except OSError as error:
            raise ArchiveUnusable(Reason.of("rebuild_index", database=str(self.path), error=str(error))) from None
        if not stat.S_ISREG(kind):  # SQLite would wait at a pipe, and write where a link leads
            odd = Reason.of("no_regular_file")
            raise ArchiveUnusable(Reason.of("rebuild_index", database=str(self.path), error=odd))
        return True

    def create(self, connection: Connection) -> None:
        for statement in _ddl():
            connection.exec_driver_sql(statement)

    @contextmanager
    def remade(self) -> Iterator[Connection]:
        fresh = SqliteFile(self.path.with_name(f"{self.path.name}.new"))
        for extra in ("", *_BESIDE):
            fresh._beside(extra).unlink(missing_ok=True)
        engine = fresh.writer()
        with engine.begin() as connection:
            fresh.create(connection)
            yield connection
        engine.dispose()
        for extra in _BESIDE:
            self._beside(extra).unlink(missing_ok=True)
        fresh.path.replace(self.path)
        sync_folder(self.path.parent)

    def before_reading(self) -> None:
        """Roll back a journal that a killed process left."""
        # A read-only connection cannot, and would see a half-written transaction or fail.
        if self._beside("-journal").exists():
            with (
                suppress(sqlite3.OperationalError),
                closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection,
            ):
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def explained(self, error: DBAPIError) -> ArchiveError:
        text = str(error.orig)
        if text == "interrupted":
            return TimeLimit(Reason.of("took_too_long", database=str(self.path)))
        if "locked" in text:
            return ArchiveError(
                f"{self.path} is locked by another process for over {BUSY_SECONDS:.0f} s; end it and try again"
            )
        unopened = "unable to open" in text and self.path.exists()  # its journal cannot be made beside it
        if unopened or "full" in text or "disk I/O" in text or "readonly" in text:
            return DiskFull(
                f"{self.path}: {text}; free space or mend the disk and run the night again: nothing kept is lost"
            )
        return ArchiveUnusable(Reason.of("rebuild_index", database=str(self.path), error=text))

    def _beside(self, extra: str) -> Path:
        return self.path.with_name(self.path.name + extra)
