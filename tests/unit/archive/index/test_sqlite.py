"""One idle connection: found by any path, replaced with the file, never used by a child process."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from archive.index.index import Index, remaking
from archive.index.transaction import Queries
from archive.model.enums import Outcome
from archive.model.records import PageRecord
from testing.archives import at

NIGHT = date(2025, 3, 4)


def page(key: str) -> PageRecord:
    return PageRecord(f"https://tinh.replica.test/{key}", Outcome.GONE, at(NIGHT), key=key)


def add(index: Index, key: str, line: int = 0) -> None:
    with index.writing() as transaction:
        transaction.add_pages(NIGHT, "tinh", {line: page(key)})


def pages(index: Index) -> list[str]:
    with index.reading() as queries:
        return [str(key) for (key,) in queries.removals.connection.exec_driver_sql("SELECT key FROM addresses")]


@pytest.mark.parametrize("name", ["kho xã", "100%25 xã", "a?mode=rw", "a#b"])
def test_any_folder_name_is_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    index = Index.create(tmp_path / name / "index.db")
    add(index, "a")
    assert pages(index) == ["a"]
    index.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_rows_of_a_file_that_replaces_the_open_one_are_read(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index.db")
    add(index, "a")
    assert pages(index) == ["a"]
    with remaking(index.database) as transaction:
        transaction.add_pages(NIGHT, "tinh", {0: page("b")})
    assert pages(index) == ["b"]
    add(index, "c", 1)
    assert pages(index) == ["b", "c"]
    index.close()


def count(queries: Queries) -> object:
    return queries.connection.exec_driver_sql("SELECT count(*) FROM looks").scalar()


def test_questions_without_a_snapshot_keep_no_writer_waiting(tmp_path: Path) -> None:
    index, other = Index.create(tmp_path / "index.db"), Index(tmp_path / "index.db")
    add(index, "a")
    with index.reading(snapshot=False) as queries:
        assert count(queries) == 1
        add(other, "b", 1)
        assert count(queries) == 2
    for each in (index, other):
        each.close()


def test_a_child_process_opens_its_own_connection(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index.db")
    add(index, "a")
    assert pages(index) == ["a"]
    child = os.fork()
    if not child:
        os._exit(0 if pages(index) == ["a"] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert pages(index) == ["a"]
    index.close()
