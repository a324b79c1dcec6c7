"""The Government's newspaper crawled from a folder of recorded pages: one list, one article, everything else gone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from archive.model.enums import Outcome, WalkEnd
from archive.storage.paths import Paths
from archive.storage.run_record import read_run
from bench.months.recorded_pages import main
from testing.recorded import ABSENT, DATA
from testing.run_lines import ReadLines
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = DATA / "pages"
KEY = "102260228093004191"


@pytest.mark.skipif(not PAGES.is_dir(), reason=ABSENT)
def test_the_article_is_archived_and_missing_pages_are_gone(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    command = [sys.executable, "bench/months/recorded_pages.py", "--pages", str(PAGES), "--archive", str(folder)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["articles"] == [
        {"key": KEY, "title": "Chính sách mới có hiệu lực từ tháng 3/2026", "published": "2026-03-01T09:51:00+07:00"}
    ]
    assert (said["listed"], said["archived"], said["gone"], said["verify"]) == (24, 1, 23, "clean")
    assert said["outcomes_of_articles"] == {"article": 1, "gone": 23}

    (run_folder,) = Paths(folder).closed_runs(date.fromisoformat(said["night"]))
    run, lines = read_run(run_folder), ReadLines(run_folder)
    assert run.outcomes[Outcome.GONE.value] == said["gone"] + said["outcomes_of_lists"]["gone"]
    # A list whose next page is missing was not walked to its end: it moves no mark and is asked for again.
    assert run.sections["chinh-sach-moi"].end is WalkEnd.FAILED
    (line,) = lines.articles
    assert line.published_from == "title_block"
    assert line.fetched_at.astimezone(TZ).date().isoformat() in ("2026-03-06", "2026-03-07")
    text = (run_folder / str(line.file)).read_text(encoding="utf-8")
    expected = json.loads((PAGES / "expected.json").read_text(encoding="utf-8"))["baochinhphu_article.html"]
    assert [passage for passage in expected["must"] if passage not in text] == []
    assert [passage for passage in expected["must_not"] if passage in text] == []


def test_wrong_usage_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--pages", str(tmp_path / "none"), "--archive", str(tmp_path / "archive")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("recorded: no folder of recorded pages")
    assert said.count("\n") == 1
    assert not (tmp_path / "archive").exists()
