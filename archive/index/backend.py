"""What an index asks of the database that holds its rows, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from archive.errors import ArchiveError

__all__ = ["BUSY_SECONDS", "Database"]

BUSY_SECONDS = 30.0
"""How long a write transaction waits for another process to end its own."""


class Database(ABC):
    """The rows of one archive in one database. Making one of these opens nothing."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What messages call it, for a person who has to find it; never with a password."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What findings call it: short, and the same wherever the archive stands."""

    @abstractmethod
    def writer(self) -> Engine:
        """Each transaction holds the archive's write lock from its start to its end."""

    @abstractmethod
    def reader(self) -> Engine:
        """Each transaction sees one state of the rows and can change nothing."""

    def damage(self) -> str | None:
        """What is wrong inside the database where reading the rows need not show it; None when nothing is known to be."""
        return None

    @abstractmethod
    def exists(self) -> bool:
        """Whether the tables are there. Raises ArchiveUnusable when the database cannot be reached."""

    @abstractmethod
    def create(self, connection: Connection) -> None:
        """Make the tables that are missing."""

    @abstractmethod
    def remade(self) -> AbstractContextManager[Connection]:
        """New, empty tables to be filled: at the end they take the place of the old ones, all at once.

        Until then, and after a failure for good, the old ones are what everybody reads.
        """

    @abstractmethod
    def explained(self, error: DBAPIError) -> ArchiveError:
        """The database's error in one line that says what to do."""

    @abstractmethod
    def bound(self, connection: Connection, seconds: float) -> None:
        """End what this transaction asks after so many seconds: its question raises TookTooLong then."""

    def forget_deleted(self) -> None:
        """Leave nothing on the disk of rows that were deleted; a database that overwrites them as they go does nothing."""
        return

    def before_reading(self) -> None:
        """Set right what a reader could not."""
        return

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Turn the database's errors into ours; rows that contradict each other are a bug and stay one."""
        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise self.explained(error) from error
