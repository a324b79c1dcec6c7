"""Withhold a text from an index in PostgreSQL as well: its rows, its search words, and the server's files."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from archive.__main__ import main
from archive.errors import ExitCode
from archive.index.connect import VARIABLE
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, NIGHTS, make
from testing.postgresql import PostgresServer
from tests.unit.archive.test_withhold import KEY, speaking, with_night

ASKED = ["withhold", "da_nang/thong-cao", "--reason", "Bản án 12", "--who", "Tòa án", "--also-duplicates", "--yes"]
RunCommand = Callable[..., str]


@pytest.fixture
def root(postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the sealed archive, its words filled in, all in a database of its own."""
    monkeypatch.setenv(VARIABLE, postgresql.database())
    with make(tmp_path / "a") as archive, SearchIndex.of(archive) as words:
        for number in range(len(NIGHTS)):
            composed.run_night(archive, number)
            archive.seal(FIRST + timedelta(days=number), {}, KEY)
        catch_up(archive, words)
    return tmp_path / "a"


@pytest.fixture
def run_command(root: Path, capsys: pytest.CaptureFixture[str]) -> RunCommand:
    """Run a command on it, which ends with this exit code, and return what it prints."""

    def run(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main([*words, "--archive", str(root)]) == code, words
        return capsys.readouterr().out

    return run


def on_the_server(server: PostgresServer, words: str) -> set[str]:
    """Return the files of this database in which these words still stand."""
    with psycopg.connect(os.environ[VARIABLE]) as connection:
        row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    server.run("CHECKPOINT")
    assert row is not None
    files = [path for path in (server.folder / f"data/base/{row[0]}").rglob("*") if path.is_file()]
    assert files
    return {path.name for path in files if words.encode() in path.read_bytes()}


def test_rows_words_files_commands_and_the_next_seal_leave_it_out(
    postgresql: PostgresServer, root: Path, run_command: RunCommand, tmp_path: Path
) -> None:
    (root / "index.db").write_text("Cầu Bến Đá, of before PostgreSQL")
    assert on_the_server(postgresql, "Bến Đá")
    assert "1 of 1 texts" in run_command("search", "cầu bến đá")
    assert "withheld: quang_tri/thong-cao" in run_command(*ASKED)
    assert (speaking(root, "Bến Đá"), on_the_server(postgresql, "Bến Đá")) == (set(), set())
    for again in range(2):
        assert run_command("search", "cầu") == "nothing was found\n"
        assert "1 of 1 texts" in run_command("search", "tiếp dân")
        assert "WITHHELD on 20" in run_command("show", "da_nang/thong-cao")
        assert run_command("list", "--title", "cầu") == ""
        run_command("export", str(tmp_path / f"{again}.jsonl"))
        exported = (tmp_path / f"{again}.jsonl").read_text(encoding="utf-8").splitlines()
        assert {json.loads(line)["key"] for line in exported} == {"thong-bao", "mua-lon"}
        run_command("prove", "da_nang/thong-cao", code=1)
        said = run_command("verify")
        assert "WITHHELD  da_nang/thong-cao, quang_tri/thong-cao: Bản án 12, for Tòa án" in said
        assert ("no seal lists it yet" in said) == (not again)
        if not again:
            run_command("rebuild")
            with Archive.open(root) as archive:
                with_night(archive, 5)


def test_what_came_back_is_named_and_taken_away_again(root: Path, run_command: RunCommand, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "before")
    run_command(*ASKED)
    text = min(tmp_path.glob("before/2025/03/03/da_nang/000_*.txt"))
    shutil.copy(text, root / text.relative_to(tmp_path / "before"))
    assert "WITHHELD_BACK  2025/03/03/da_nang/000_" in run_command("verify", code=1)
    assert run_command("withhold", "--repeat").startswith("1 withheld texts and captures were there")
    assert "intact" in run_command("verify")


def test_a_withholding_that_this_index_did_not_see_is_named_and_repeated(
    postgresql: PostgresServer, root: Path, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.delenv(VARIABLE)
        run_command("rebuild")
        run_command(*ASKED)
    assert on_the_server(postgresql, "Bến Đá")
    said = run_command("verify", code=1)
    assert "WITHHELD_BACK  postgresql://" in said
    assert "/words: the words of quang_tri/thong-cao were withheld: `python -m archive withhold --repeat`" in said
    run_command("withhold", "--repeat")
    assert "intact" in run_command("verify")
    assert run_command("search", "cầu bến đá", "--all-versions") == "nothing was found\n"
    assert on_the_server(postgresql, "Bến Đá") == set()


@contextmanager
def reading_since_before() -> Iterator[psycopg.Connection[Any]]:
    """Hold a snapshot of this database, as a long query or the server's own ANALYZE does."""
    with psycopg.connect(os.environ[VARIABLE]) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT 1")
        yield connection


def test_it_waits_for_a_session_that_may_still_read_the_rows(
    postgresql: PostgresServer, root: Path, run_command: RunCommand
) -> None:
    with reading_since_before() as session:
        ends = threading.Timer(1.0, session.rollback)
        ends.start()
        assert "withheld: quang_tri/thong-cao" in run_command(*ASKED)
        ends.join()
    assert on_the_server(postgresql, "Bến Đá") == set()


def test_a_session_that_does_not_end_is_said(
    postgresql: PostgresServer,
    root: Path,
    run_command: RunCommand,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("archive.index.postgresql.BUSY_SECONDS", 1.0)
    with reading_since_before():
        assert main([*ASKED, "--archive", str(root)]) == ExitCode.FINDINGS
        assert (
            "end it (pg_stat_activity, backend_xmin), then `python -m archive withhold --repeat`"
            in capsys.readouterr().err
        )
        assert on_the_server(postgresql, "Bến Đá")
    run_command("withhold", "--repeat")
    assert on_the_server(postgresql, "Bến Đá") == set()
