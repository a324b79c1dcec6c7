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
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

import scheduler
from archive.errors import ExitCode
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseState
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.catalog.portals import load_portals
from crawler.config.settings_file import NightSettings
from crawler.nights.runner import RunnerOptions
from crawler.nights.service import NightService, RunRequest
from replicas import FIRST_NIGHT
from replicas.serve import ReplicaServer
from vietnam.date_forms import TZ

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2025, 3, 3, 1, 30, tzinfo=TZ)
ARCHIVE_ID = UUID("2a1da29b-af66-437e-8b1f-0b6f7a1c9d10")
NIGHT = FIRST_NIGHT.isoformat()
REACHABLE = 'contact = "luutru@example.vn"\n'


def made(root: Path, kind: ArchiveKind, sealed: date | None = None) -> Path:
    with Archive.create(root, kind, ARCHIVE_ID, NOW) as archive:
        if sealed is not None:
            archive.seal(sealed, {"quang_tri": Reason.sentence("the host was off")})
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
        pytest.param("replica", "1", 'signing_key = "k.pem"', "--once", 2, "k.pem cannot be read", id="no signing key"),
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
        pytest.param("none", "", "", "report", 4, "python -m archive init", id="report of nothing"),
        pytest.param("live", "", "", "report", 2, "no night has been run yet", id="report before the first night"),
        pytest.param("live", "", "", "report --night 2025-13-01", 2, "--night '2025-13-01' is no day", id="no day"),
        pytest.param("live", "", "", "status --once", 2, "`status` runs nothing", id="status that runs"),
        pytest.param("live", "", REACHABLE, "--once --json", 2, "belong to `status`, `report`", id="a form for a run"),
        pytest.param("live", "", "", "alerts --test", 2, "there is no alert address: write some", id="nobody to test"),
        pytest.param(
            "live",
            "",
            f'{REACHABLE}[alerts]\nurls = ["wat://c4n4ry"]',
            "--due",
            2,
            "(scheme `wat`) is none",
            id="no alert",
        ),
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
        made(archive, ArchiveKind(kind), sealed=FIRST_NIGHT)
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
    archive = made(tmp_path / "archive", ArchiveKind.REPLICA)
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
    archive = made(tmp_path / "archive", ArchiveKind.LIVE, sealed=FIRST_NIGHT)
    with Ledger(archive / "ledger.db") as ledger:
        ledger.end("quang_tri", FIRST_NIGHT, LeaseState.MISSED, Reason.sentence("the host was off"), NOW)
    assert scheduler.main(["status", "--json", "--archive", str(archive)]) == ExitCode.GOOD
    said = json.loads(capsys.readouterr().out)
    assert said["sealed"] == said["night"] == NIGHT
    assert said["running"] == []
    assert said["portals"] == [
        {"portal": "quang_tri", "state": "missed", "verdict": "missed", "reasons": [{"text": "the host was off"}]}
    ]
    assert datetime.fromisoformat(said["next_start"]) > datetime.now(TZ)
    assert scheduler.main(["status", "--archive", str(archive)]) == ExitCode.GOOD
    assert "quang_tri: the host was off" in capsys.readouterr().out
    for options, words in (
        ("report", "night 2025-03-03: 1 portal: 1 missed;"),
        ("report --markdown --night 2025-03-03", "- `quang_tri` **missed**\n  - the host was off"),
        ("report --json", '"verdict": "missed"'),
    ):
        assert scheduler.main([*options.split(), "--archive", str(archive)]) == ExitCode.FINDINGS
        assert words in capsys.readouterr().out
    assert scheduler.main(["report", "--night", "2025-03-09", "--archive", str(archive)]) == ExitCode.USAGE
    assert "there is no night of 2025-03-09; they go from 2025-03-03 to 2025-03-03" in capsys.readouterr().err


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer() as server:
        yield server


def command(archive: Path, *options: str) -> list[str]:
    return [sys.executable, "scheduler.py", *options, "--archive", str(archive)]


def rehearsed(replica: ReplicaServer) -> dict[str, str]:
    return {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(replica.port)}


def states(archive: Path, night: date = FIRST_NIGHT) -> dict[str, LeaseState]:
    with Ledger(archive / "ledger.db") as ledger:
        return {row.portal: row.state for row in ledger.of_night(night)}


@pytest.mark.usefixtures("executed")
def test_one_night_of_one_portal_is_crawled_sealed_and_shown(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", ArchiveKind.REPLICA)
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
    with Archive.open(archive, ArchiveKind.REPLICA) as store:
        (run,) = store.runs(FIRST_NIGHT)
    assert run.events["new"] >= 5
    verified = subprocess.run([sys.executable, "-m", "archive", "verify", "--archive", str(archive)], cwd=ROOT)
    assert verified.returncode == ExitCode.GOOD


def only(tmp_path: Path, *names: str, start: str = "01:00", cut_off: str = "07:00") -> Path:
    """Write settings with every other portal switched off."""
    path = tmp_path / "nights.toml"
    off = "".join(f"[portals.{name}]\nenabled = false\n" for name in load_portals() if name not in names)
    path.write_text(f'start = "{start}"\ncut_off = "{cut_off}"\n{off}', encoding="utf-8")
    return path


def test_two_schedulers_run_each_portal_once(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", ArchiveKind.REPLICA)
    settings = str(only(tmp_path, "quang_tri", "binh_dinh"))
    both = [
        subprocess.Popen(
            command(archive, "--once", "--night", NIGHT, "--jobs", "1", "--settings", settings),
            cwd=ROOT,
            env=rehearsed(replica),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = "".join(process.communicate(timeout=180)[1] for process in both)
    assert [process.returncode for process in both] == [ExitCode.GOOD, ExitCode.GOOD], said
    assert said.count("quang_tri started") == said.count("binh_dinh started") == 1
    with Archive.open(archive, ArchiveKind.REPLICA) as store:
        assert [run.run for run in store.runs(FIRST_NIGHT)] == ["binh_dinh", "quang_tri"]
        seal = store.last_seal()
    assert seal is not None
    assert seal.number == 1


def test_sigterm_ends_the_crawls_and_a_later_start_goes_on(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", ArchiveKind.REPLICA)
    settings = str(only(tmp_path, "quang_tri", "binh_dinh"))
    line = command(archive, "--once", "--night", NIGHT, "--jobs", "1", "--settings", settings)
    process = subprocess.Popen(line, cwd=ROOT, env=rehearsed(replica), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "binh_dinh started" not in process.stderr.readline():
        pass
    until = time.monotonic() + 60
    while not list((archive / "open").glob("*/binh_dinh/pages-*.warc.gz")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert states(archive)["quang_tri"] is LeaseState.PLANNED
    again = subprocess.run(line, cwd=ROOT, env=rehearsed(replica), timeout=180)
    assert again.returncode == ExitCode.GOOD
    assert {states(archive)[name] for name in ("quang_tri", "binh_dinh")} == {LeaseState.DONE}


def test_the_night_of_a_killed_scheduler_is_taken_over_at_once(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = made(tmp_path / "archive", ArchiveKind.REPLICA)
    line = command(archive, "--once", "--night", NIGHT, "--settings", str(only(tmp_path, "quang_tri")))
    process = subprocess.Popen(line, cwd=ROOT, env=rehearsed(replica), stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not list((archive / "open").glob("*/quang_tri/pages-*.warc.gz")) and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.communicate(timeout=60)
    assert states(archive)["quang_tri"] is LeaseState.RUNNING
    again = subprocess.run(line, cwd=ROOT, env=rehearsed(replica), stderr=subprocess.PIPE, text=True, timeout=180)
    assert again.returncode == ExitCode.GOOD, again.stderr
    with Ledger(archive / "ledger.db") as ledger:
        row = next(row for row in ledger.of_night(FIRST_NIGHT) if row.portal == "quang_tri")
    assert (row.state, row.tries) == (LeaseState.DONE, 2)
    assert row.fence > 1  # what the killed one held is lower: it may write nothing any more
    verified = subprocess.run([sys.executable, "-m", "archive", "verify", "--archive", str(archive)], cwd=ROOT)
    assert verified.returncode == ExitCode.GOOD


def test_the_resident_scheduler_runs_the_night_that_is_on_and_ends_on_a_signal(
    tmp_path: Path, replica: ReplicaServer
) -> None:
    archive = made(tmp_path / "archive", ArchiveKind.REPLICA)
    opened = datetime.now(TZ) - timedelta(hours=1)
    closes = opened + timedelta(hours=3)
    settings = str(only(tmp_path, "quang_tri", start=f"{opened:%H:%M}", cut_off=f"{closes:%H:%M}"))
    line = command(archive, "--settings", settings)
    process = subprocess.Popen(line, cwd=ROOT, env=rehearsed(replica), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        while not (said := process.stdout.readline()).startswith("sealed"):
            assert said, "it ended by itself"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert states(archive, opened.date())["quang_tri"] is LeaseState.DONE


def service_of(tmp_path: Path) -> NightService:
    asked = RunRequest(tmp_path / "absent", NightSettings(), ArchiveKind.REPLICA, (), None, RunnerOptions(1))
    return NightService(asked, Console(file=StringIO()))


def test_no_lateness_is_a_reason_not_to_tick(tmp_path: Path) -> None:
    jobs = {job.id: job for job in scheduler.timers(service_of(tmp_path)).get_jobs()}
    assert set(jobs) == {"nightly", "minutely", "liveness"}
    for job in jobs.values():
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert str(job.trigger.timezone) == "Asia/Ho_Chi_Minh"
    after = datetime(2025, 3, 3, 20, 0, tzinfo=UTC)  # 03:00 of the 4th in Viet Nam
    rings = jobs["nightly"].trigger.get_next_fire_time(None, after)
    assert rings == datetime(2025, 3, 5, 1, 0, tzinfo=TZ)


def test_an_error_never_ends_the_ticks(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    service = service_of(tmp_path)
    for _ in range(3):
        service.tick()
    assert [record.message.count("is no archive") for record in caplog.records] == [1]  # said once an hour
    assert service.liveness.alive()
