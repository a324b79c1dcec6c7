"""An archive whose words are in a database, and how tests ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.index.connect import VARIABLE
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.search.query import parse
from archive.search.results import HitPage, search
from archive.store import Archive
from testing.search_texts import composed

Q = "quang_tri/"


@dataclass(frozen=True, slots=True)
class SearchArchive:
    """An archive whose words are in one of the databases."""

    root: Path
    address: str
    archive: Archive
    words: SearchIndex


def opened(root: Path, address: str) -> SearchArchive:
    """Catch up with what is sealed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, address)
        archive = Archive.open(root)
        words = SearchIndex.of(archive)
        problems: list[str] = []
        catch_up(archive, words, lambda path, why: problems.append(f"{path}: {why}"))
        assert problems == []
        return SearchArchive(root, address, archive, words)


@contextmanager
def filled(root: Path, address: str = "") -> Iterator[SearchArchive]:
    """The composed archive, made in this folder and found in the database at this address, SQLite without one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, address)
        composed(root).close()
    found = opened(root, address)
    yield found
    found.words.close()
    found.archive.close()


def asked(of: SearchArchive, line: str, **options: object) -> HitPage:
    exact, older = bool(options.pop("exact", False)), bool(options.pop("all_versions", False))
    return search(of.archive, of.words, parse(line, exact=exact, all_versions=older), **options)  # type: ignore[arg-type]


def keys(answer: HitPage) -> list[str]:
    return [f"{hit.found.portal}/{hit.found.key}" for hit in answer.hits]
