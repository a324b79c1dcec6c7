"""Define the operations that search needs of the database that holds the words, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, Select

from archive.index.backend import Database
from archive.search.query import Term

Connect = Callable[[], AbstractContextManager[Connection]]
"""Begins a transaction, for reading or for writing."""

GAP = "¶"
"""Stands between two paragraphs, so that no phrase goes over their ends; no word is made of it."""


@dataclass(frozen=True, slots=True)
class ContentWords:
    """Words of one content: of its title and of all of it, with a GAP between paragraphs."""

    document: int
    title: tuple[str, ...]
    body: tuple[str, ...]
    exact_title: tuple[str, ...]
    exact: tuple[str, ...]


class SearchStore(ABC):
    """Words of an archive's texts in one database. The constructor opens nothing."""

    database: Database

    @abstractmethod
    def exists(self, connect: Connect) -> bool:
        """Return whether the tables are there."""

    @abstractmethod
    def remake(self, connect: Connect) -> None:
        """Create new, empty tables in place of any old ones."""

    @abstractmethod
    def drop(self, connect: Connect) -> None:
        """Delete every word, if there are any."""

    @abstractmethod
    def add(self, connection: Connection, contents: Iterable[ContentWords]) -> None:
        """Store the words of these contents."""

    @abstractmethod
    def optimize(self, connection: Connection) -> None:
        """Keep queries fast after words were added."""

    def prepare(self, connection: Connection) -> None:
        """Keep the queries of this transaction fast."""
        return

    @abstractmethod
    def matching(self, column: str, terms: Sequence[Term], *, exact: bool) -> Select[tuple[int]]:
        """Select the documents with all of these terms; `without` of a term is ignored."""

    @abstractmethod
    def counted(self, connection: Connection) -> int:
        """Count the contents whose words are stored, listed or not."""
