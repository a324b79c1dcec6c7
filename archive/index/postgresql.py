"""Hold an index in PostgreSQL: `ARCHIVE_INDEX=postgresql://user@host:5432/database`.

One database may hold several archives, each in its own schema, `archive_` and the 32 hex digits of its id. One writer at a time
per archive: a write transaction takes an advisory lock first (pg_advisory_xact_lock), so that judging an article and recording
it cannot be interleaved between processes or machines. Transactions are READ COMMITTED behind that lock: a snapshot taken
before it would not show what the previous process committed last. Reading is REPEATABLE READ and READ ONLY. The address goes
to libpq, so PGPASSWORD, ~/.pgpass, `sslmode` and its other settings work; no message contains a password.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateSchema, DropSchema

from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, TimeLimit, UsageError
from archive.index.backend import BUSY_SECONDS, Database
from archive.index.schema import METADATA
from archive.messages.reason import Reason

if TYPE_CHECKING:  # the driver is an extra
    from psycopg.errors import Diagnostic

_FORM = "write ARCHIVE_INDEX=postgresql://user@host:5432/database, its password in ~/.pgpass or PGPASSWORD"
_AGAIN = "run the night again: nothing kept is lost"
_REBUILD = "`python -m archive rebuild` makes the index again from the files"
# For libpq, unless the address says otherwise: a dead server is noticed, a dead client releases the lock.
_CONNECT = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
_SESSION = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"

# The lines are flushed when this commits: a server that may forget the last commits (synchronous_commit = off) may not here.
_WRITE = """SELECT set_config('lock_timeout', %s, true),
CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END"""


def _written_anew(connection: Connection, table: str) -> int:
    """Write this table anew; returns how many deleted rows the server had to keep for older snapshots."""
    kept: list[int] = []

    def note(notice: Diagnostic) -> None:
        # "N dead row versions cannot be removed yet." The sentence is in the server's language, the number is not.
        number = re.search(r"\d+", notice.message_detail or "")
        kept.extend([int(number.group())] if number else [])

    driver = connection.connection.driver_connection
    driver.add_notice_handler(note)  # type: ignore[union-attr]  # psycopg's own connection
    try:
        connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE, VERBOSE) {table}")
    finally:
        driver.remove_notice_handler(note)  # type: ignore[union-attr]  # the same
    if not kept:
        raise ArchiveError(
            f"the server does not say whether deleted rows remain in {table}: PostgreSQL 13 and newer do"
        )
    return kept[0]


@dataclass(frozen=True, slots=True)
class PostgresqlSchema(Database):
    """The schema of one archive."""

    url: URL
    archive: str

    @classmethod
    def at(cls, address: str, archive: str) -> PostgresqlSchema:
        """Return the schema of the archive with this id in the database at this address. Raises UsageError if it is no address."""
        try:
            url = make_url(address).set(drivername="postgresql+psycopg")
        except (ArgumentError, ValueError):
            raise UsageError(f"ARCHIVE_INDEX is no address of a database; {_FORM}") from None
        if "@" in (url.host or ""):
            raise UsageError("ARCHIVE_INDEX has more than one @: write an @ of the password as %40")
        return cls(url, archive)

    @property
    def schema(self) -> str:
        """The name of the schema that has the tables."""
        return f"archive_{self.archive.replace('-', '')}"

    @property
    def name(self) -> str:
        return f"{self.label} (schema {self.schema})"

    @property
    def label(self) -> str:
        hosts = self.url.query.get("host") or ()
        host = self.url.host or (hosts if isinstance(hosts, str) else ",".join(hosts))
        port = f":{self.url.port}" if self.url.port else ""
        user = f"{self.url.username}@" if self.url.username else ""
        return f"postgresql://{user}{host}{port}/{self.url.database or ''}"

    def _engine(self) -> Engine:
        settings = {name: value for name, value in _CONNECT.items() if name not in self.url.query}
        # One connection stays open between transactions, more come and go; a server that restarted is connected to again.
        try:
            engine = create_engine(
                self.url, poolclass=QueuePool, pool_size=1, max_overflow=-1, pool_pre_ping=True, connect_args=settings
            )
        except ModuleNotFoundError:
            raise UsageError("an index in PostgreSQL needs psycopg: install the extra `postgresql`") from None

        @event.listens_for(engine, "connect")
        def _connect(connection: object, _record: object) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]  # a connection of the driver
            cursor.execute(_SESSION)
            cursor.close()
            connection.commit()  # type: ignore[attr-defined]

        return engine

    def _writer(self, schema: str) -> Engine:
        engine = self._engine().execution_options(schema_translate_map={None: schema})
        key = int.from_bytes(sha256(f"archive {self.archive}".encode()).digest()[:8], signed=True)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(_WRITE, (f"{BUSY_SECONDS:.0f}s",))
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")

        return engine

    def writer(self) -> Engine:
        return self._writer(self.schema)

    def reader(self) -> Engine:
        return self._engine().execution_options(
            schema_translate_map={None: self.schema}, isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def forget_deleted(self) -> None:
        """Write every table anew: a deleted row stays in its file until then. The server's own journal keeps it.

        A deleted row is written again while an older snapshot of any session, also the server's own ANALYZE, may read it.
        Then this waits and repeats. Raises ArchiveError when such a snapshot stays longer than BUSY_SECONDS.
        """
        engine = self._engine().execution_options(isolation_level="AUTOCOMMIT")
        until = time.monotonic() + BUSY_SECONDS
        try:
            with self.plainly(), engine.connect() as connection:
                connection.exec_driver_sql(f"SET lock_timeout = '{BUSY_SECONDS:.0f}s'")
                for table in METADATA.sorted_tables:
                    while _written_anew(connection, f"{self.schema}.{table.name}"):
                        if time.monotonic() > until:
                            raise ArchiveError(
                                f"{self.label} keeps deleted rows for a session that reads it for over {BUSY_SECONDS:.0f} s; "
                                "end it (pg_stat_activity, backend_xmin), then `python -m archive withhold --repeat`"
                            )
                        time.sleep(0.2)
        finally:
            engine.dispose()

    def bound(self, connection: Connection, seconds: float) -> None:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(int(seconds * 1000), 1)}")

    def exists(self) -> bool:
        engine = self.reader()
        try:
            with self.plainly(), engine.begin() as connection:
                found = connection.exec_driver_sql("SELECT to_regclass(%s)", (f"{self.schema}.events",)).scalar()
                return found is not None
        finally:
            engine.dispose()

    def create(self, connection: Connection) -> None:
        self._create(connection, self.schema)

    def _create(self, connection: Connection, schema: str) -> None:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise ArchiveUnusable(f"{self.label} has the encoding {encoding}; make a database with ENCODING 'UTF8'")
        # IF NOT EXISTS needs the right to create even where the schema exists.
        there = connection.exec_driver_sql("SELECT to_regnamespace(%s)", (schema,)).scalar()
        if there is None:
            connection.execute(CreateSchema(schema))
        METADATA.create_all(connection)

    @contextmanager
    def remade(self) -> Iterator[Connection]:
        fresh = f"{self.schema}_new"
        engine = self._writer(fresh)
        try:
            with engine.begin() as connection:
                self._create(connection, fresh)
                yield connection
                for table in METADATA.sorted_tables:
                    connection.exec_driver_sql(f"ANALYZE {fresh}.{table.name}")
                connection.execute(DropSchema(self.schema, cascade=True, if_exists=True))
                connection.exec_driver_sql(f"ALTER SCHEMA {fresh} RENAME TO {self.schema}")
        finally:
            engine.dispose()

    def explained(self, error: DBAPIError) -> ArchiveError:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        said = self._said(error)
        if state == "55P03":
            return ArchiveError(
                f"{self.label} is locked by another process for over {BUSY_SECONDS:.0f} s; end it and try again"
            )
        if state == "57014":
            return TimeLimit(Reason.of("took_too_long", database=self.label))
        if state in ("40001", "40P01"):
            return ArchiveError(f"{self.label}: {said}; the batch was rolled back: {_AGAIN}")
        if state in ("53100", "53200"):
            return DiskFull(f"{self.label}: {said}; free space on the server and {_AGAIN}")
        if state == "25006":
            return DiskFull(f"{self.label}: {said}; name the primary server, or end its read-only mode, and {_AGAIN}")
        if state == "42501":
            role = self.url.username or "the role"
            return ArchiveUnusable(
                f"{self.label}: {said}; GRANT CREATE ON DATABASE {self.url.database} TO {role}, or let it own the schema"
            )
        if state[:2] == "22" or isinstance(error, DataError):
            return ArchiveError(
                f"{self.label}: {said}; the batch was rolled back, nothing kept is lost; please report it"
            )
        if error.connection_invalidated or state[:2] in ("57", "58", "08"):
            return ArchiveError(
                f"{self.label}: the connection was lost ({said}); the batch was rolled back: start PostgreSQL and {_AGAIN}"
            )
        if not state or state[:2] in ("28", "3D", "53"):
            return ArchiveUnusable(
                f"{self.label} cannot be reached ({said}); start PostgreSQL or mend ARCHIVE_INDEX: nothing kept is lost"
            )
        return ArchiveError(f"{self.label}: {said}; {_REBUILD}")

    def _said(self, error: DBAPIError) -> str:
        """Return the first line of the server's message, without any password."""
        lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
        said = lines[0] if lines else type(error.orig).__name__
        for secret in (self.url.password, self.url.query.get("password"), os.environ.get("PGPASSWORD")):
            said = said.replace(str(secret), "***") if secret else said
        return said.rstrip(";.")
