"""`scheduler.py backfill`: further back than the nights had gone, resumed, sealed, and no night of the portal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.model.enums import LATE, Event, FinishReason, Verdict, WalkEnd
from archive.model.records import LookbackCounts, Run
from archive.storage.paths import Paths
from archive.storage.run_record import read_run
from archive.store import Archive
from crawler.reports.night_table import last_run
from crawler.run.backfill_run import judge_backfill
from replicas.prose.village_news import past_articles
from replicas.records import TZ
from replicas.serve import ReplicaServer
from replicas.sites.sharepoint import QuangNinh
from testing.crawl import ROOT, environment, new_archive
from testing.once import once
from testing.run_lines import ReadLines

PORTAL = "quang_ninh"
NIGHT = date(2025, 3, 3)
NEXT = NIGHT + timedelta(days=1)
SINCE = NIGHT - timedelta(days=40)
# Two a day: 30 days of them are the first walk's, the rest lies below.
ARTICLES = past_articles(QuangNinh, 100, datetime(2025, 3, 2, 20, tzinfo=TZ), timedelta(hours=12))
FIRST_WALK = {article.key for article in ARTICLES if article.day >= NIGHT - timedelta(days=30)}
WANTED = {article.key for article in ARTICLES if article.day >= SINCE}


@pytest.fixture(scope="module")
def server() -> Iterator[ReplicaServer]:
    with ReplicaServer([QuangNinh(ARTICLES)]) as server:
        yield server


def scheduler(root: Path, port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scheduler.py", *arguments, "--archive", str(root), "--settings", str(settings(root))]
    steering = environment(REPLICA="1", REPLICA_PORT=str(port))
    return subprocess.run(command, cwd=ROOT, env=steering, capture_output=True, text=True, timeout=300, check=False)


def settings(root: Path) -> Path:
    """Write the default settings, with the logs beside the archive."""
    file = root.parent / "nights.toml"
    file.write_text("", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def walked(server: ReplicaServer, session_folder: Path) -> Path:
    """One sealed night."""
    return once(session_folder / "backfill", lambda folder: _walked(server, folder))


def _walked(server: ReplicaServer, folder: Path) -> Path:
    root = new_archive(folder / "archive")
    done = scheduler(root, server.port, "--once", "--portal", PORTAL, "--night", str(NIGHT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert FIRST_WALK <= kept(root) < WANTED
    return root


def copied(root: Path, folder: Path) -> Path:
    subprocess.run(["cp", "-r", str(root), str(folder / "archive")], check=True)
    return folder / "archive"


def kept(root: Path) -> set[str]:
    with Archive.open(root, read_only=True) as archive:
        runs = [run for night in archive.paths.nights() for run in archive.paths.closed_runs(night)]
    return {line.key for run in runs for line in ReadLines(run).articles if line.event is not Event.QUARANTINED}


def runs_of(root: Path, night: date) -> list[Run]:
    return [read_run(folder) for folder in Paths(root).closed_runs(night)]


def verified(root: Path) -> bool:
    command = [sys.executable, "-m", "archive", "verify", "--archive", str(root)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_it_goes_back_to_its_day_over_several_calls(walked: Path, server: ReplicaServer, tmp_path: Path) -> None:
    root = copied(walked, tmp_path)
    said = ["--since", str(SINCE), "--requests", "25"]
    calls = 0
    while calls < 6:
        done = scheduler(root, server.port, "backfill", PORTAL, *said)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        calls += 1
        (run,) = runs_of(root, NIGHT)[calls:]
        assert (run.finish_reason, run.crawled, run.run) == (FinishReason.BACKFILL, False, f"{PORTAL}.{calls + 1}")
        assert run.lookback is not None
        assert run.lookback.requests <= 25
        assert (run.listed, run.sections, run.lookback.late) == (0, {}, 0)
        assert f"sealed {NIGHT} as manifest-{calls + 1}" in done.stdout
        if run.lookback.complete:
            break
        assert "cut at its bound on requests: the same command goes on from here" in done.stdout
    assert calls > 1
    assert kept(root) == WANTED
    assert "complete" in done.stdout
    with Archive.open(root, read_only=True) as archive:
        last = last_run(archive, PORTAL, NIGHT)
        assert last is not None
        assert last.run == PORTAL  # the night's own run stays the night
        assert [run.run for run in archive.history(PORTAL, NEXT, 9)] == [PORTAL]

    again = scheduler(root, server.port, "backfill", PORTAL, *said)
    assert (again.returncode, f"the backfill to {SINCE} is complete since {NIGHT}" in again.stdout) == (0, True)

    done = scheduler(root, server.port, "--once", "--portal", PORTAL, "--night", str(NEXT))
    (night,) = runs_of(root, NEXT)
    assert (night.sections["tin-tuc-su-kien"].pages, night.sections["tin-tuc-su-kien"].end) == (1, WalkEnd.KNOWN)
    assert night.lookback is None
    assert night.verdict is Verdict.QUIET
    assert verified(root)
    assert not any(
        LATE in line.flags for folder in Paths(root).closed_runs(NIGHT) for line in ReadLines(folder).articles
    )


def test_a_killed_one_holds_up_no_seal_and_goes_on(walked: Path, server: ReplicaServer, tmp_path: Path) -> None:
    root = copied(walked, tmp_path)
    command = [sys.executable, "-m", "scrapy", "crawl", PORTAL, "--archive", str(root), "--night", str(NIGHT)]
    command += ["-s", f"BACKFILL={SINCE}", "-s", "LOOKBACK_REQUESTS=500", "-s", "DOWNLOAD_DELAY=0.2"]
    steering = environment(REPLICA="1", REPLICA_PORT=str(server.port))
    crawl = subprocess.Popen(command, cwd=ROOT, env=steering, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = root / "open" / NIGHT.isoformat() / f"{PORTAL}.2" / "pages.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (lines.exists() and lines.read_bytes().count(b"\n") > 3):
        time.sleep(0.05)
    os.kill(crawl.pid, signal.SIGKILL)
    crawl.communicate()
    assert lines.exists()

    # The next night's bell closes what was left and seals it; the command goes on from there.
    done = scheduler(root, server.port, "--once", "--portal", PORTAL, "--night", str(NIGHT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not lines.exists()
    done = scheduler(root, server.port, "backfill", PORTAL, "--since", str(SINCE), "--requests", "500")
    assert (done.returncode, done.stderr) == (0, "")
    assert kept(root) == WANTED
    assert verified(root)


WRONG = {
    "a day to come": (["--since", "2025-03-04"], "--since 2025-03-04 is no day before the night 2025-03-03"),
    "no day": (["--since", "hôm qua"], "--since 'hôm qua' is no day"),
    "no number": (["--since", "2025-01-01", "--requests", "0"], "--requests should be a whole number from 1"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_one_line(walked: Path, server: ReplicaServer, arguments: list[str], said: str) -> None:
    done = scheduler(walked, server.port, "backfill", PORTAL, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_a_portal_that_was_never_walked_is_refused(walked: Path, server: ReplicaServer) -> None:
    done = scheduler(walked, server.port, "backfill", "da_nang", "--since", "2025-01-01")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "da_nang was never walked: run its first night with" in done.stderr


DONE = LookbackCounts(NIGHT, SINCE, pages=3, found=4, kept=4)
VERDICTS = {
    "kept something": (DONE, "finished", False, Verdict.GOOD),
    "nothing there": (LookbackCounts(NIGHT, SINCE, pages=3), "finished", False, Verdict.QUIET),
    "a page could not be read": (DONE, "finished", True, Verdict.SUSPICIOUS),
    "no page could be read": (LookbackCounts(NIGHT, SINCE), "finished", True, Verdict.BROKEN),
    "the portal does not want it": (DONE, "blocked", True, Verdict.BLOCKED),
    "no answer": (DONE, "unreachable", True, Verdict.UNREACHABLE),
    "asked to end": (DONE, "shutdown", False, Verdict.INTERRUPTED),
}


@pytest.mark.parametrize(("done", "reason", "failed", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_how_a_backfill_went(done: LookbackCounts, reason: str, failed: bool, verdict: Verdict) -> None:
    assert judge_backfill(done, FinishReason(reason), failed=failed) is verdict
