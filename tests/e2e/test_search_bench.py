"""The archive that finding and the page are measured on: every kind of question and of page is answered, and it can be kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.errors import ExitCode
from bench.web.pages import PAGES
from bench.web.pages import main as web
from bench.web.search import KINDS
from bench.web.search import main as search


def test_every_kind_of_question_and_of_page_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = ["--archive", str(tmp_path / "a"), "--json"]
    assert search(["--texts", "640", "--questions", "2", *kept]) in (ExitCode.GOOD, ExitCode.FINDINGS)
    found = json.loads(capsys.readouterr().out)
    assert found["texts"] >= 640
    assert [one["kind"] for one in found["timed"]] == [kind.name for kind in KINDS]
    assert sum(bool(one["found"]) for one in found["timed"]) > 12
    assert web(["--pages", "2", *kept]) in (ExitCode.GOOD, ExitCode.FINDINGS)
    shown = json.loads(capsys.readouterr().out)
    assert shown["texts"] == found["texts"]
    assert [one["kind"] for one in shown["timed"]] == list(PAGES)
    assert all(one["size"] > 100 and one["a_second"] > 0 for one in shown["timed"])


def test_a_kept_archive_is_none_of_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(["--backend", "postgresql", "--archive", str(tmp_path / "a")]) == ExitCode.USAGE
    assert "cannot be kept" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
