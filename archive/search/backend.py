"""Define the operations that search needs of the database that holds the words, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, islice
from typing import ClassVar

from sqlalchemy import Connection, Insert, Select

from archive.index.backend import Database
from archive.search.query import Term

Connect = Callable[[], AbstractContextManager[Connection]]
"""Begins a transaction, for reading or for writing."""

GAP = "¶"
"""Stands between two paragraphs, so that no phrase goes over their ends; no word is made of it."""

_AT_ONCE = 200  # rows in one statement


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
    insertion: ClassVar[Insert]

    @abstractmethod
    def exists(self, connect: Connect) -> bool:
        """Return whether the tables are there."""

    @abstractmethod
    def remake(self, connect: Connect) -> None:
        """Create new, empty tables in place of any old ones."""

    @abstractmethod
    def drop(self, connect: Connect) -> None:
        """Delete every word, if there are any."""

    def add(self, connection: Connection, contents: Iterable[ContentWords]) -> None:
        """Store the words of these contents."""
        rows = chain.from_iterable(map(self.rows, contents))
        while some := list(islice(rows, _AT_ONCE)):
            connection.execute(self.insertion, some)

    @abstractmethod
    def rows(self, content: ContentWords) -> Iterable[dict[str, object]]:
        """Return the rows of a content, as `insertion` takes them."""

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
