"""Define the interface of a database that holds an index."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError

from archive.errors import ArchiveError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

BUSY_SECONDS = 30.0
"""Seconds that a write transaction waits for another process to end its own."""


SNAPSHOT = "archive_snapshot"
"""The execution option of a reader: False where its queries need not see one state of the rows."""


@cache
def insert_new(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Return a dialect's INSERT that leaves out rows whose key the table has."""
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # few archives need its types and catalog, which take 30 ms

    return postgresql.insert(table).on_conflict_do_nothing()


class Database(ABC):
    """A database with the rows of one archive. Making one of these opens nothing."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in messages, by which a person finds it; without any password."""

    @property
    @abstractmethod
    def label(self) -> str:
        """The name in findings: short, and the same wherever the archive stands."""

    @abstractmethod
    def writer(self) -> Engine:
        """Return an engine whose transactions hold the archive's write lock from start to end."""

    @abstractmethod
    def reader(self) -> Engine:
        """Return an engine whose transactions see one state of the rows and cannot change them."""

    def damage(self) -> str | None:
        """Return what is wrong inside the database that reading the rows need not show; None if nothing is found."""
        return None

    @abstractmethod
    def exists(self) -> bool:
        """Return True if the tables exist. Raises ArchiveUnusable when the database cannot be reached."""

    @abstractmethod
    def create(self, connection: Connection) -> None:
        """Make the tables that are missing."""

    @abstractmethod
    def remade(self) -> AbstractContextManager[Connection]:
        """Make new, empty tables to fill, which replace the old ones at the end, all at once.

        Until then, and after a failure, every reader has the old ones.
        """

    @abstractmethod
    def explained(self, error: DBAPIError) -> ArchiveError:
        """Return the database's error as one line that says what to do."""

    @abstractmethod
    def bound(self, connection: Connection, seconds: float) -> None:
        """Limit each query of this transaction to so many seconds, after which it raises TimeLimit."""

    def forget_deleted(self) -> None:
        """Remove the bytes of deleted rows from the disk; a database that overwrites them at once does nothing."""
        return

    def before_reading(self) -> None:
        """Repair what a read-only connection cannot."""
        return

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Turn the database's errors into ArchiveErrors. IntegrityError passes: contradicting rows are a bug."""
        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise self.explained(error) from error
