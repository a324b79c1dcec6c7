"""What finding asks of the database that holds the words, whichever it is, and which one that is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, Select

from archive.index.backend import Database
from archive.search.query import Term

__all__ = ["GAP", "Connect", "ContentWords", "SearchStore"]

Connect = Callable[[], AbstractContextManager[Connection]]
"""Begins a transaction, for reading or for writing."""

GAP = "¶"
"""Stands between two paragraphs, so that no phrase goes over their ends; no word is made of it."""


@dataclass(frozen=True, slots=True)
class ContentWords:
    """The words of one content: of its title and of all of it, with a GAP between paragraphs."""

    document: int
    title: tuple[str, ...]
    body: tuple[str, ...]
    exact_title: tuple[str, ...]
    exact: tuple[str, ...]


class SearchStore(ABC):
    """The words of an archive's texts in one database. Making one of these opens nothing."""

    database: Database

    @abstractmethod
    def exists(self, connect: Connect) -> bool:
        """Whether the tables are there."""

    @abstractmethod
    def remake(self, connect: Connect) -> None:
        """New, empty tables in place of what was there, whatever that was."""

    @abstractmethod
    def drop(self, connect: Connect) -> None:
        """Forget every word, if there are any."""

    @abstractmethod
    def add(self, connection: Connection, contents: Iterable[ContentWords]) -> None:
        """Keep the words of these contents."""

    @abstractmethod
    def settle(self, connection: Connection) -> None:
        """Whatever keeps answers fast after words were added."""

    def ready(self, connection: Connection) -> None:
        """Whatever makes the questions of this transaction fast."""
        return

    @abstractmethod
    def matching(self, column: str, terms: Sequence[Term], *, exact: bool) -> Select[tuple[int]]:
        """The documents in which all of these terms stand, whether they are to be without them or not."""

    @abstractmethod
    def having(self, exact: str, plain: str, documents: Sequence[int]) -> Select[int]:
        """Those of these documents in whose every column a word stands: with its diacritics, or without."""

    @abstractmethod
    def counted(self, connection: Connection) -> int:
        """Of how many contents there are words, listed or not."""
