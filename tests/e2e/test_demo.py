"""The demo: three nights at first, then one date more each time; what was known is counted, not stored again."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from archive.errors import ExitCode
from archive.model.enums import ArchiveKind, Event, FinishReason, Verdict
from archive.model.records import Run
from archive.store import Archive
from replicas import FIRST_NIGHT
from replicas.demo import PortalTotal, main, next_nights

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
MOMENT = datetime(2025, 3, 3, 17, tzinfo=UTC)


def days(*offsets: int) -> list[date]:
    return [FIRST_NIGHT + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("sealed", "nights"),
    [
        pytest.param(None, days(0, 1, 2), id="a new archive"),
        pytest.param(FIRST_NIGHT, days(1, 2), id="the first time was interrupted"),
        pytest.param(FIRST_NIGHT + timedelta(days=2), days(3), id="the second time"),
        pytest.param(FIRST_NIGHT + timedelta(days=8), days(9), id="much later"),
    ],
)
def test_the_next_nights(sealed: date | None, nights: list[date]) -> None:
    assert next_nights(sealed) == nights


def run_of(verdict: Verdict, listed: int, outcomes: dict[str, int], events: dict[str, int]) -> Run:
    return Run(
        "quang_tri", FIRST_NIGHT, "quang_tri", ArchiveKind.REPLICA, MOMENT, MOMENT, True, FinishReason.FINISHED, verdict, (), listed, 1, 1,
        outcomes, events,
    )  # fmt: skip


def test_nights_are_summed_and_the_last_verdict_stands() -> None:
    total = PortalTotal("quang_tri")
    total.add(run_of(Verdict.THIN, 20, {"article": 12, "soft_404": 1}, {"new": 12, "duplicate": 1}))
    total.add(run_of(Verdict.GOOD, 20, {"not_modified": 3, "soft_404": 1}, {"new": 2, "revision": 1}))
    assert (total.listed, total.known, total.unchanged, total.verdict) == (40, 25, 3, "good")
    assert (total.events[Event.NEW], total.events[Event.REVISION]) == (14, 1)
    assert total.others == {"soft_404": 2}


def test_an_archive_of_real_captures_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "archive"
    Archive.create(folder, ArchiveKind.LIVE, UUID("2a1da29b-af66-437e-8b1f-0b6f7a1c9d10"), MOMENT).close()
    assert main(["--archive", str(folder)]) == ExitCode.ARCHIVE_UNUSABLE
    assert "is a live archive and this is a replica run" in capsys.readouterr().err


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "replicas.demo", "--archive", str(folder), "--portal", "quang_tri"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one line of the page as it stands, over this archive, with its files beside it."""
    line = line.replace("var/demo", str(folder))
    for name in ("proof.json", "HEAD.txt", "HEADS.xml", "HEADS.log", "HEADS.txt", "OLD.txt"):
        line = line.replace(name, str(folder.parent / name))
    words = shlex.split(line)
    words, target = (words[:-2], Path(words[-1])) if ">" in words else (words, None)
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=60)
    if target is not None:
        target.write_text(done.stdout, encoding="utf-8")
    return done


def commands_of_the_page_hold(folder: Path) -> None:
    """Every command of docs/auditing.md ends well and prints the lines that stand below it."""
    page = (ROOT / "docs" / "auditing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    ran = 0
    for line in (line for block in blocks for line in block.splitlines()):
        if line.startswith("$ "):
            assert line.startswith("$ python "), line
            done = typed(line[2:], folder)
            assert done.returncode == ExitCode.GOOD, line + done.stdout + done.stderr
            printed = done.stdout.splitlines()
            ran += 1
        else:
            assert line in printed, line
    assert ran >= 16


def test_the_demo_runs_three_nights_and_then_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = demo(folder)
    assert first.returncode == ExitCode.GOOD, first.stdout + first.stderr
    assert "nights 2025-03-03 to 2025-03-05, verdict of the last" in first.stdout
    assert "intact" in first.stdout
    assert "make demo   # the next date, 2025-03-06" in first.stdout
    assert len(list(folder.glob("2025/03/0[345]/quang_tri/*.txt"))) >= 10
    commands_of_the_page_hold(folder)
    second = demo(folder)
    assert second.returncode == ExitCode.GOOD, second.stdout + second.stderr
    assert "were already known and were not stored again." in second.stdout
    with Archive.open(folder, ArchiveKind.REPLICA) as archive:
        assert [run.night for night in days(0, 1, 2, 3) for run in archive.runs(night)] == days(0, 1, 2, 3)
        last = archive.last_seal()
    assert last is not None
    assert last.night == FIRST_NIGHT + timedelta(days=3)
