"""Open the index of an archive and run transactions on it: rows that make the files quick to find.

SQLAlchemy Core over SQLite (archive/index/sqlite.py) or PostgreSQL (archive/index/postgresql.py), as
archive/index/connect.py chooses. One writer at a time: `writing()` takes the write lock first, so that judging an article
and recording it cannot be interleaved between processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveError, ArchiveUnusable
from archive.index.backend import SNAPSHOT, Database
from archive.index.schema import ADDRESSES, has_table
from archive.index.sqlite import SqliteFile
from archive.index.transaction import Queries, Transaction


class Index:
    """The index of one archive; a path is that of a SQLite file. `read_only` refuses `writing()`."""

    def __init__(self, where: Database | Path, *, read_only: bool = False) -> None:
        self.database = SqliteFile(where) if isinstance(where, Path) else where
        self._writer = None if read_only else self.database.writer()
        self._reader = self.database.reader()
        self._plain_reader = self._reader.execution_options(**{SNAPSHOT: False})

    @classmethod
    def create(cls, where: Database | Path) -> Index:
        """Make the tables that are missing and open the index."""
        index = cls(where)
        try:
            with index.writing() as transaction:
                index.database.create(transaction.connection)
                transaction.similar.record_method()
        except BaseException:
            index.close()
            raise
        return index

    def refuse_older(self) -> None:
        """Raise ArchiveUnusable if an older program made the tables."""
        with self.reading() as queries:
            if not has_table(queries.connection, ADDRESSES):
                raise ArchiveUnusable(
                    f"{self.database.name} is of an older version: `python -m archive rebuild` makes it again from the files"
                )

    def close(self) -> None:
        """Close all connections."""
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Begin a write transaction that holds the write lock from its start.

        Raises:
            ArchiveError: Another process holds the lock for over 30 s, or the database is lost: nothing was written.
            DiskFull: The database cannot write.
        """
        if self._writer is None:
            raise ArchiveError(f"{self.database.name} was opened for reading")
        with self.database.plainly(), self._writer.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def reading(self, seconds: float | None = None, *, snapshot: bool = True) -> Iterator[Queries]:
        """Begin a read transaction on a read-only connection. Raises TimeLimit if a query takes over `seconds`.

        Without `snapshot` each query may see the state of its own moment, which spares the transaction where the database
        can do without: for a single query, or for rows that no other process changes.
        """
        self.database.before_reading()
        engine = self._reader if snapshot else self._plain_reader
        with self.database.plainly(), engine.begin() as connection:
            if seconds is not None:
                self.database.bound(connection, seconds)
            yield Queries(connection)


@contextmanager
def remaking(database: Database) -> Iterator[Transaction]:
    """Begin a transaction on new, empty tables that replace the old ones when it ends."""
    with database.plainly(), database.remade() as connection:
        transaction = Transaction(connection)
        transaction.similar.record_method()
        yield transaction
