"""`python scheduler.py`: bad input is one line and its exit code, and the real thing runs against the replicas."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import scheduler
from archive.errors import ExitCode
from archive.ledger import Ledger, State
from archive.records import Kind
from archive.store import Archive
from crawler.portals import load_portals
from replicas import FIRST_NIGHT
from replicas.serve import ReplicaServer
from vietnam.dates import TZ

ROOT = Path(__file__).parent.parent
NOW = datetime(2025, 3, 3, 1, 30, tzinfo=TZ)
ARCHIVE_ID = UUID("2a1da29b-af66-437e-8b1f-0b6f7a1c9d10")
NIGHT = FIRST_NIGHT.isoformat()
REACHABLE = 'contact = "luutru@example.vn"\n'


def made(root: Path, kind: Kind, sealed: date | None = None) -> Path:
    with Archive.create(root, kind, ARCHIVE_ID, NOW) as archive:
        if sealed is not None:
            archive.seal(sealed, {"quang_tri": "the host was off"})
    return root


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != "ledger.db"}


@pytest.mark.parametrize(
    ("kind", "replica", "settings", "options", "code", "message"),
    [
        pytest.param(
            "replica", "1", "", "--once --portal quang_try", 2, "unknown portal `quang_try`; did", id="portal"
        ),
        pytest.param("replica", "1", "", "--once --night 2025-02-30", 2, "wrong date `2025-02-30`; write", id="date"),
        pytest.param("replica", "1", "", "--once --jobs 0", 2, "--jobs should be from 1 to 64", id="no jobs"),
        pytest.param("replica", "1", "", "--night 2025-03-03", 2, "belong to --once", id="a night for the resident"),
        pytest.param("replica", "1", "strat = 1", "--once", 2, "unknown key `strat`; did you mean", id="a setting"),
        pytest.param("replica", "1", "[portals.vjs]", "--due", 2, "unknown portal `vjs`", id="a setting's portal"),
        pytest.param("none", "1", "", "--once", 4, "python -m archive init", id="no archive"),
        pytest.param(
            "replica", "", REACHABLE, "--once", 4, "is a replica archive and this is a live run", id="replica"
        ),
        pytest.param("live", "1", "", "--once", 4, "is a live archive and this is a replica run", id="live"),
        pytest.param("live", "", "", "--once", 2, 'type contact = "you@example.vn" in nights.toml', id="no contact"),
        pytest.param("live", "", "", "", 2, 'type contact = "you@example.vn"', id="no contact, resident"),
        pytest.param("live", "", REACHABLE, "--once --night 2099-01-01", 2, "lies in the future", id="the future"),
        pytest.param("live", "", REACHABLE, "--once --night 2025-03-02", 2, "before the last sealed", id="the past"),
        pytest.param("none", "", "", "status", 4, "python -m archive init", id="status of nothing"),
    ],
)
def test_bad_input_is_one_line_with_its_exit_code(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    replica: str,
    settings: str,
    options: str,
    code: int,
    message: str,
) -> None:
    monkeypatch.setenv("REPLICA", replica)
    toml = tmp_path / "nights.toml"
    toml.write_text(settings, encoding="utf-8")
    archive = tmp_path / "archive"
    if kind != "none":
        made(archive, Kind(kind), sealed=FIRST_NIGHT)
    before = files(tmp_path)
    found = scheduler.main([*options.split(), "--archive", str(archive), "--settings", str(toml)])
    said = capsys.readouterr().err.splitlines()
    assert (found, len(said)) == (code, 1)
    assert said[0].startswith("scheduler: ")
    assert message in said[0]
    assert files(tmp_path) == before


def test_a_locked_ledger_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPLICA", "1")
    archive = made(tmp_path / "archive", Kind.REPLICA)
    with Ledger(archive / "ledger.db"):
        pass
    other = sqlite3.connect(archive / "ledger.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert scheduler.main(["status", "--archive", str(archive)]) == ExitCode.USAGE
    finally:
        other.close()
    assert "ledger.db is locked by another process" in capsys.readouterr().err


def test_status_says_what_is_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REPLICA", raising=False)
    archive = made(tmp_path / "archive", Kind.LIVE, sealed=FIRST_NIGHT)
    with Ledger(archive / "ledger.db") as ledger:
        ledger.settle("quang_tri", FIRST_NIGHT, State.MISSED, "the host was off", NOW)
    assert scheduler.main(["status", "--json", "--archive", str(archive)]) == ExitCode.GOOD
    said = json.loads(capsys.readouterr().out)
    assert said["sealed"] == said["night"] == NIGHT
    assert said["running"] == []
    assert said["portals"] == [
        {"portal": "quang_tri", "state": "missed", "verdict": "missed", "reasons": ["the host was off"]}
    ]
    assert datetime.fromisoformat(said["next_start"]) > datetime.now(TZ)
    assert scheduler.main(["status", "--archive", str(archive)]) == ExitCode.GOOD
    assert "quang_tri: the host was off" in capsys.readouterr().out


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer() as server:
        yield server


def command(archive: Path, *options: str) -> list[str]:
    return [sys.executable, "scheduler.py", *options, "--archive", str(archive)]


def rehearsed(replica: ReplicaServer) -> dict[str, str]:
    return {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(replica.port)}


def states(archive: Path, night: date = FIRST_NIGHT) -> dict[str, State]:
    with Ledger(archive / "ledger.db") as ledger:
        return {row.portal: row.state for row in ledger.of(night)}


def test_one_night_of_one_portal_is_crawled_sealed_and_shown(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", Kind.REPLICA)
    options = ("--once", "--night", NIGHT, "--portal", "quang_tri")
    ran = subprocess.run(
        command(archive, *options), cwd=ROOT, env=rehearsed(replica), capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == ExitCode.GOOD, ran.stdout + ran.stderr
    assert f"sealed {NIGHT} as manifest-1 (unsigned)" in ran.stdout
    assert "quang_tri" in ran.stdout
    lines = ran.stderr.splitlines()
    assert len(lines) == 2, ran.stderr
    assert f"{NIGHT} quang_tri started" in lines[0]
    assert f"{NIGHT} quang_tri done: listed " in lines[1]
    with Archive.open(archive, Kind.REPLICA) as store:
        (run,) = store.runs(FIRST_NIGHT)
    assert run.events["new"] >= 12
    verified = subprocess.run([sys.executable, "-m", "archive", "verify", "--archive", str(archive)], cwd=ROOT)
    assert verified.returncode == ExitCode.GOOD


def test_two_schedulers_run_each_portal_once(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", Kind.REPLICA)
    options = ("--once", "--night", NIGHT, "--jobs", "1", "--portal", "quang_tri", "binh_dinh")
    both = [
        subprocess.Popen(
            command(archive, *options), cwd=ROOT, env=rehearsed(replica), stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = "".join(process.communicate(timeout=180)[1] for process in both)
    assert [process.returncode for process in both] == [ExitCode.GOOD, ExitCode.GOOD], said
    assert said.count("quang_tri started") == said.count("binh_dinh started") == 1
    with Archive.open(archive, Kind.REPLICA) as store:
        assert [run.run for run in store.runs(FIRST_NIGHT)] == ["binh_dinh", "quang_tri"]
        seal = store.last_seal()
    assert seal is not None
    assert seal.number == 1


def test_sigterm_ends_the_crawls_and_a_later_start_goes_on(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", Kind.REPLICA)
    options = ("--once", "--night", NIGHT, "--portal", "quang_tri", "binh_dinh", "--jobs", "1")
    process = subprocess.Popen(
        command(archive, *options), cwd=ROOT, env=rehearsed(replica), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    while "binh_dinh started" not in process.stderr.readline():
        pass
    until = time.monotonic() + 60
    while not list((archive / "open").glob("*/binh_dinh/pages.jsonl")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert states(archive)["quang_tri"] is State.PLANNED
    again = subprocess.run(command(archive, "--once", "--night", NIGHT), cwd=ROOT, env=rehearsed(replica), timeout=180)
    assert again.returncode == ExitCode.GOOD
    assert {states(archive)[name] for name in ("quang_tri", "binh_dinh")} == {State.DONE}


def test_the_resident_scheduler_runs_the_night_that_is_on_and_ends_when_told(
    tmp_path: Path, replica: ReplicaServer
) -> None:
    archive = made(tmp_path / "archive", Kind.REPLICA)
    now = datetime.now(TZ)
    settings = tmp_path / "nights.toml"
    off = "".join(f"[portals.{name}]\nenabled = false\n" for name in portals_but("quang_tri"))
    hours = f'start = "{now - timedelta(hours=1):%H:%M}"\ncut_off = "{now + timedelta(hours=2):%H:%M}"\n'
    settings.write_text(hours + off, encoding="utf-8")
    process = subprocess.Popen(
        command(archive, "--settings", str(settings)),
        cwd=ROOT,
        env=rehearsed(replica),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        while not (line := process.stdout.readline()).startswith("sealed"):
            assert line, "it ended by itself"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    night = (now - timedelta(hours=1)).date()
    assert states(archive, night).pop("quang_tri") is State.DONE


def portals_but(name: str) -> list[str]:
    return [other for other in load_portals() if other != name]
