"""Define the operations that search needs of the database that holds the words, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
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

    title: tuple[str, ...]
    body: tuple[str, ...]
    exact_title: tuple[str, ...]
    exact: tuple[str, ...]


WordRows = list[dict[str, object]]
"""Rows of one content."""


class SearchStore(ABC):
    """Words of an archive's texts in one database. The constructor opens nothing.

    `number` is the parameter of `insertion` for the number of a content.
    """

    database: Database
    insertion: ClassVar[Insert]
    number: ClassVar[str]

    @abstractmethod
    def exists(self, connect: Connect) -> bool:
        """Return whether the tables are there."""

    @abstractmethod
    def remake(self, connect: Connect) -> None:
        """Create new, empty tables in place of any old ones."""

    @abstractmethod
    def drop(self, connect: Connect) -> None:
        """Delete every word, if there are any."""

    def add(self, connection: Connection, contents: Iterable[tuple[int, WordRows]]) -> None:
        """Store the words of these contents, each with its number."""
        rows = (row | {self.number: document} for document, words in contents for row in words)
        while some := list(islice(rows, _AT_ONCE)):
            connection.execute(self.insertion, some)

    @staticmethod
    @abstractmethod
    def rows(content: ContentWords) -> WordRows:
        """Return the rows of a content, as `insertion` takes them but for its number."""

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
