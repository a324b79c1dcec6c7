"""rebuild and the filling of search with several processes: the same rows and the same report as with one."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Executable, select, text

from archive import rebuild as rebuilding
from archive.index.connect import VARIABLE
from archive.index.postgresql import PostgresqlSchema
from archive.index.schema import TABLES
from archive.index.sqlite import SqliteFile
from archive.rebuild import rebuild
from archive.search import words as search_words
from archive.search.engine import SearchIndex
from archive.search.indexer import FillOptions, refill
from archive.search.schema import CONTENTS, FILLED, PLACES
from archive.storage.paths import Paths
from archive.store import Archive
from testing.archive_command import archive_command
from testing.once import once
from testing.search_archive import composed

Rows = list[list[tuple[object, ...]]]


@pytest.fixture(scope="session")
def damaged(session_folder: Path) -> Path:
    """Return an archive whose lines and texts are damaged here and there."""
    return once(session_folder / "jobs", _damaged)


def _damaged(folder: Path) -> Path:
    root = folder / "a"
    composed(root).close()
    texts = sorted(root.glob("2025/03/*/*/*.txt"))
    for path in texts[::3]:
        path.write_bytes(b"?")
    for path in sorted(root.glob("2025/03/*/*/*.jsonl"))[::3]:
        path.write_bytes(b"{}\n" + path.read_bytes())
    return root


@pytest.fixture(params=["sqlite", "postgresql"])
def root(damaged: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of it in one of the databases, and have a worker take two lines at a time."""
    address = request.getfixturevalue("postgresql").database() if request.param == "postgresql" else ""
    monkeypatch.setenv(VARIABLE, address)
    monkeypatch.setattr(rebuilding, "_LINES", 2)
    monkeypatch.setattr(search_words, "_LINES", 2)
    shutil.copytree(damaged, tmp_path / "a")
    return tmp_path / "a"


def index_rows(root: Path) -> Rows:
    with Archive.open(root, read_only=True) as archive, archive.index.reading() as queries:
        return [list(queries.rows(table)) for table in TABLES]


def search_rows(words: SearchIndex) -> Rows:
    tables: list[Executable] = [
        select(table).order_by(*table.primary_key.columns) for table in (FILLED, CONTENTS, PLACES)
    ]
    database = words.store.database
    if isinstance(database, PostgresqlSchema):
        of_words = f"SELECT * FROM {database.schema}.words ORDER BY document, part"  # noqa: S608  a name of ours
        tables.append(text(of_words))
    with words.reading() as connection:
        found = [[tuple(row) for row in connection.execute(table)] for table in tables]
    if isinstance(database, SqliteFile):
        with closing(sqlite3.connect(database.path)) as driver:
            driver.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'words', 'instance')")
            found.append(driver.execute('SELECT * FROM terms ORDER BY doc, col, "offset"').fetchall())
    return found


def test_rebuild_gives_the_same_rows_and_report(root: Path) -> None:
    found = [(rebuild(Paths(root), jobs), index_rows(root)) for jobs in (1, 2)]
    problems, rows = found[0]
    assert len([why for why in problems if "is not the text" in why]) > 1
    assert len([why for why in problems if "line 0: " in why]) > 1
    assert any(rows)
    assert found[1] == found[0]


def filled(root: Path, jobs: int) -> tuple[list[tuple[Path, str]], Rows, list[tuple[int, int]]]:
    """Fill search anew; return the report, the rows and the progress."""
    problems: list[tuple[Path, str]] = []
    shown: list[tuple[int, int]] = []

    def note(path: Path, why: str) -> None:
        problems.append((path, why))

    def show(done: int, total: int) -> None:
        shown.append((done, total))

    with Archive.open(root) as archive, SearchIndex.of(archive) as words:
        assert refill(archive, words, FillOptions(note, jobs, show)) > 1
        return problems, search_rows(words), shown


def test_filling_search_gives_the_same_words_and_report(root: Path) -> None:
    rebuild(Paths(root))
    one, two = filled(root, 1), filled(root, 2)
    problems, rows, shown = one
    assert problems
    assert all(rows)
    assert shown[-1][0] == shown[-1][1]
    assert two == one


def test_the_commands_take_the_number_of_processes(damaged: Path, tmp_path: Path) -> None:
    shutil.copytree(damaged, tmp_path / "a")
    for command in ("verify", "rebuild"):
        one, two = (archive_command(command, "--archive", str(tmp_path / "a"), "--jobs", jobs) for jobs in "12")
        assert one.returncode == 1
        assert (one.stdout, one.stderr) == (two.stdout, two.stderr)
        wrong = archive_command(command, "--archive", str(tmp_path / "a"), "--jobs", "65")
        assert (wrong.returncode, wrong.stderr) == (2, "archive: --jobs 65: name 1 to 64 processes\n")
