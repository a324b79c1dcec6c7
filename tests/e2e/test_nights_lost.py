"""Nights that cannot be lost: clocks that jump, hosts that were off, networks and disks that go, two schedulers at once."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import archive.index.sqlite
from archive.errors import ArchiveUnusable, ExitCode, RunBusy, UsageError
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseState
from archive.model.enums import Verdict
from archive.storage.paths import Paths
from archive.store import Archive
from crawler.reports.night_table import last_run
from testing.staged_nights import NIGHT, ROOT, START, NightStage, alive
from vietnam.date_forms import TZ

DAY = timedelta(days=1)


def verdict(stage: NightStage, portal: str, night: date = NIGHT) -> tuple[bool, Verdict, int]:
    """Return the completeness, the verdict and the number of attempts of the last run."""
    with Archive.open(stage.root) as store:
        run = last_run(store, portal, night)
    assert run is not None
    return run.complete, run.verdict, run.attempts


# A24, A25, A26, A31: clocks


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=str)
def test_a_clock_that_jumps_within_the_night_neither_doubles_nor_loses_it(tmp_path: Path, jump: timedelta) -> None:
    stage = NightStage.make(tmp_path, a="good", b="good")
    stage.due()
    stage.now = START + jump
    with suppress(UsageError):  # before one o'clock it is the night before, which is sealed
        stage.due()
    assert stage.started() == {("a", "2026-03-02"): 1, ("b", "2026-03-02"): 1}
    assert stage.states() == {"a": LeaseState.DONE, "b": LeaseState.DONE}


def test_a_clock_that_jumps_a_day_ahead_ends_the_night_and_runs_the_next_and_back_again_refuses(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="good")
    stage.due()
    stage.now = START + DAY
    stage.due()
    assert stage.started() == {("a", "2026-03-02"): 1, ("a", "2026-03-03"): 1}
    stage.now = START + timedelta(minutes=5)
    with pytest.raises(
        UsageError, match=r"2026-03-02 lies before the last sealed night 2026-03-03.*check this machine's"
    ):
        stage.due()
    assert stage.started().total() == 2


@pytest.mark.parametrize("known", [False, True], ids=["a new archive", "an archive with a night"])
def test_a_clock_of_1970_runs_nothing_and_makes_no_folder(tmp_path: Path, known: bool) -> None:
    stage = NightStage.make(tmp_path, a="good")
    if known:
        stage.due()
    before = stage.started()
    stage.now = datetime(1970, 1, 1, 1, 30, tzinfo=TZ)
    with pytest.raises(UsageError, match="1970-01-01"):
        stage.due()
    assert stage.started() == before
    assert not list(stage.root.glob("1970")) + list(stage.root.glob("open/1970*"))


def test_a_night_that_is_on_is_not_run_under_the_date_before_it(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="refused")
    stage.settings = replace(stage.settings, max_tries=20)
    stage.retry = timedelta(minutes=5)
    stage.due()  # planned, tried, not sealed
    stage.now = START - DAY
    with pytest.raises(
        UsageError, match="the night of 2026-03-01 is on, and the last known night is 2026-03-02: set the"
    ):
        stage.due()
    assert stage.states() == {"a": LeaseState.PLANNED}


def test_a_run_over_midnight_belongs_to_the_night_in_which_it_began(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="slow 1", b="good")
    start, cut_off = datetime(2026, 1, 1, 23, 50).time(), datetime(2026, 1, 1, 5).time()
    stage.settings = replace(stage.settings, start=start, cut_off=cut_off)
    stage.now, stage.ticking = datetime(2026, 3, 2, 23, 59, 59, 500_000, tzinfo=TZ), time.monotonic()
    stage.due()
    assert stage.clock().date() == NIGHT + DAY
    stage.due()
    assert stage.started() == {("a", "2026-03-02"): 1, ("b", "2026-03-02"): 1}
    assert stage.states() == {"a": LeaseState.DONE, "b": LeaseState.DONE}


def test_the_nights_of_a_host_that_was_off_are_missed_with_the_reason_and_the_newest_runs(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="good")
    stage.due()
    stage.now = START + 4 * DAY
    stage.due()
    for number in (1, 2, 3):
        row = stage.rows(NIGHT + number * DAY)["a"]
        assert (row.state, str(row.reason)) == (LeaseState.MISSED, "no scheduler ran that night")
    assert stage.states(NIGHT + 4 * DAY) == {"a": LeaseState.DONE}
    assert stage.started() == {("a", "2026-03-02"): 1, ("a", "2026-03-06"): 1}
    assert stage.findings() == []
    with Archive.open(stage.root) as store:
        seal = store.last_seal()
    assert seal is not None
    assert seal.night == NIGHT + 4 * DAY


# A28, A29: schedulers


def test_the_resident_and_those_of_cron_run_each_portal_of_each_night_once(tmp_path: Path) -> None:
    parts = {f"p{number}": "slow 0.3" for number in range(3)}
    stage = NightStage.make(tmp_path, **parts)
    for night, commands in ((NIGHT, ("stay", "due")), (NIGHT + DAY, ("due", "due"))):
        both = [stage.scheduler(command) for command in commands]
        try:
            stage.wait("the night", lambda n=night: set(stage.states(n).values()) == {LeaseState.DONE}, 120)
        finally:
            for process, command in zip(both, commands, strict=True):
                if command == "stay":
                    process.terminate()
                process.communicate(timeout=60)
        stage.now += DAY
    expected = {(portal, night.isoformat()): 1 for portal in parts for night in (NIGHT, NIGHT + DAY)}
    assert stage.started() == expected
    assert stage.runs() == stage.runs(NIGHT + DAY) == sorted(parts)
    assert stage.findings() == []


def test_the_crawl_of_a_killed_scheduler_dies_with_it_and_its_night_is_tried_so_many_times(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    for attempt in (1, 2, 3):
        process = stage.scheduler("due")
        lines = stage.lines("a")
        stage.wait("a commit", lambda least=lines: stage.lines("a") > least)
        process.kill()
        process.communicate()
        stage.wait("its end", lambda: not any(alive(pid) for pid in stage.pids()), 10)
        assert stage.rows()["a"].tries == attempt
    stage.due()
    row = stage.rows()["a"]
    assert (row.state, str(row.reason)) == (
        LeaseState.FAILED,
        "3 tries ended without a record: the scheduler died each time",
    )
    assert verdict(stage, "a") == (False, Verdict.BROKEN, 4)
    assert stage.findings() == []


def test_a_second_night_of_a_portal_that_still_runs_waits_and_says_why(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="beats", b="good")
    line = [sys.executable, "-m", "testing.staged_crawl", "a", NIGHT.isoformat(), str(stage.root)]
    with subprocess.Popen(line, cwd=ROOT) as first:  # as by hand, or of a scheduler that is late
        stage.wait("its lock", lambda: stage.lines("a") > 0)
        stage.retry, stage.now = timedelta(minutes=5), START + DAY
        stage.due()
        row = stage.rows(NIGHT + DAY)["a"]
        assert (row.state, row.tries) == (LeaseState.PLANNED, 0)
        assert str(row.reason).startswith(f"waits: process {first.pid} on ")
        assert str(row.reason).endswith(f" is writing a of {NIGHT}")
        assert stage.states(NIGHT + DAY)["b"] is LeaseState.DONE
        first.terminate()
    stage.play(a="good", b="good")
    stage.now += timedelta(minutes=6)
    stage.due()
    assert stage.states(NIGHT + DAY) == {"a": LeaseState.DONE, "b": LeaseState.DONE}


# A32, A33: what a crawl does to itself


@pytest.mark.parametrize(
    ("part", "state", "reason"),
    [
        pytest.param("segfault", LeaseState.FAILED, "the crawl was killed by SIGSEGV", id="segfault"),
        pytest.param("memory", LeaseState.FAILED, "the crawl ran out of memory (limit 1.5 GB)", id="out of memory"),
        pytest.param(
            "hangs",
            LeaseState.PARTIAL,
            "stopped at its deadline of 0.0833333 min; did not end within 1 s of SIGTERM: killed",
            id="hung in C code",
        ),
    ],
)
def test_what_kills_one_portal_is_recorded_for_what_it_was_and_touches_no_other(
    tmp_path: Path, part: str, state: LeaseState, reason: str
) -> None:
    stage = NightStage.make(tmp_path, a=part, b="good")
    deadline = timedelta(seconds=5 if part == "hangs" else 60)
    stage.settings = replace(stage.settings, deadline=deadline, memory=1536 << 20, max_tries=1, retry_unreachable=DAY)
    stage.grace, stage.jobs = timedelta(seconds=1), 1
    stage.due()
    row = stage.rows()["a"]
    assert (row.state, str(row.reason).split(": Fatal")[0]) == (state, reason)
    assert stage.states()["b"] is LeaseState.DONE
    assert verdict(stage, "a")[0] is False  # what it had committed is kept


# B23: the network


def test_a_silent_portal_is_asked_again_later_in_the_same_run(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="silent", b="good")
    stage.due()
    row = stage.rows()["a"]
    assert (row.state, row.tries, row.unanswered) == (LeaseState.PLANNED, 0, 1)
    assert str(row.reason) == "unreachable: 1 requests in a row were not answered (connection refused)"
    assert row.due_at == START + timedelta(minutes=30)
    assert stage.runs() == ["b"]
    stage.now = START + timedelta(minutes=29)
    stage.due()
    assert stage.started()["a", "2026-03-02"] == 1
    stage.play(a="good", b="good")
    stage.now = START + timedelta(minutes=31)
    stage.due()
    assert (stage.states(), stage.runs()) == ({"a": LeaseState.DONE, "b": LeaseState.DONE}, ["a", "b"])
    assert verdict(stage, "a") == (True, Verdict.GOOD, 2)
    assert stage.findings() == []


def test_the_last_time_that_a_silent_portal_is_asked_closes_its_night(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="silent")
    stage.settings = replace(stage.settings, unreachable_tries=3)
    for number in range(5):
        stage.now = START + number * timedelta(minutes=31)
        stage.due()
    assert stage.started().total() == 3
    assert (stage.states(), stage.runs()) == ({"a": LeaseState.DONE}, ["a"])
    assert verdict(stage, "a") == (True, Verdict.UNREACHABLE, 3)


def test_no_silent_portal_is_asked_again_past_the_cut_off(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="silent")
    stage.now = datetime(2026, 3, 2, 6, 35, tzinfo=TZ)
    stage.due()
    assert (stage.states(), verdict(stage, "a")) == ({"a": LeaseState.DONE}, (True, Verdict.UNREACHABLE, 1))


def test_a_night_that_stayed_silent_until_the_cut_off_is_closed_as_unreachable(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="silent")
    stage.due()
    stage.now = datetime(2026, 3, 2, 7, 1, tzinfo=TZ)
    stage.due()
    row = stage.rows()["a"]
    assert row.state is LeaseState.PARTIAL
    assert str(row.reason).startswith("not finished by the cut-off of 07:00 (unreachable: ")
    assert verdict(stage, "a") == (False, Verdict.UNREACHABLE, 2)


def test_a_network_that_is_gone_holds_the_rest_back_and_is_tried_again_as_a_whole(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, **{f"p{number}": "silent" for number in range(5)})
    stage.due()
    assert stage.started().total() == 3  # fails fast: not all of them one by one
    waiting = stage.rows()["p4"]
    assert (waiting.state, waiting.tries, waiting.due_at) == (LeaseState.PLANNED, 0, START + timedelta(minutes=30))
    assert str(waiting.reason) == "the network seems to be gone: p0, p1, p2 did not answer, and nobody else did"
    stage.play(**{f"p{number}": "good" for number in range(5)})
    stage.now = START + timedelta(minutes=31)
    stage.due()
    assert set(stage.states().values()) == {LeaseState.DONE}
    assert stage.runs() == [f"p{number}" for number in range(5)]


def test_three_silent_portals_are_no_dead_network_while_others_answer(tmp_path: Path) -> None:
    parts = {"p0": "silent", "p1": "silent", "p2": "good", "p3": "silent", "p4": "silent"}
    stage = NightStage.make(tmp_path, **parts)
    stage.due()
    assert stage.started().total() == 5


# A18, A19, A20, A21: the archive


def test_an_archive_that_is_not_mounted_is_refused_and_nothing_is_made_in_its_place(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="good")
    stage.root.rename(tmp_path / "disk")
    stage.root.mkdir()
    service = stage.service()
    with pytest.raises(ArchiveUnusable, match="mount its disk"):
        service.run_due()
    service.tick()  # the resident one lives on
    assert list(stage.root.iterdir()) == []
    stage.root.rmdir()
    (tmp_path / "disk").rename(stage.root)
    stage.due()
    assert stage.states() == {"a": LeaseState.DONE}


def drop_override() -> None:
    """Drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by which root may write anywhere, here and in what is started."""
    system = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):
        system.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: for what is executed
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    system.capget(header, sets)
    for number in range(3):  # effective, permitted, inheritable: for what is forked
        sets[number] &= ~0b110
    assert system.capset(header, sets) == 0, ctypes.get_errno()


@pytest.mark.parametrize("place", ["open/2026-03-02/a", "quarantine"])
def test_a_folder_that_may_not_be_written_fails_that_portal_alone(tmp_path: Path, place: str) -> None:
    stage = NightStage.make(tmp_path, a="good", b="good")
    stage.settings = replace(stage.settings, max_tries=2)
    folder = stage.root / place
    folder.mkdir(parents=True)
    if place == "quarantine":
        (stage.root / "open/2026-03-02/a").mkdir(parents=True)
        (stage.root / "open/2026-03-02/a/000_0123456789abcdef.txt").write_text("left over")  # must be set aside
    folder.chmod(0o500)
    driver = "import sys; from tests.e2e.test_nights_lost import two_tries; two_tries(sys.argv[1])"
    try:
        ran = subprocess.run(
            [sys.executable, "-c", driver, str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    finally:
        folder.chmod(0o700)
    assert ran.returncode == 0, ran.stderr
    row = stage.rows()["a"]
    assert (row.state, row.exit_code) == (LeaseState.FAILED, ExitCode.DISK_FULL)
    assert "Permission denied" in str(row.reason)
    assert stage.states()["b"] is LeaseState.DONE
    stage.now += DAY
    stage.due()  # the next night runs, and when the folder is mended both are sealed
    assert stage.states(NIGHT + DAY) == {"a": LeaseState.DONE, "b": LeaseState.DONE}
    with Archive.open(stage.root) as store:
        seal = store.last_seal()
    assert seal is not None
    assert seal.night == NIGHT + DAY


def two_tries(folder: str) -> None:
    """Run the night of a stage that was made, in this process and without root's override."""
    drop_override()
    stage = NightStage(Path(folder) / "archive")
    stage.settings = replace(stage.settings, max_tries=2)
    stage.due()


@contextmanager
def locked(path: Path, how: str) -> Iterator[None]:
    """Hold a database by another connection."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        yield


def test_a_locked_ledger_is_waited_for_and_the_scheduler_lives_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("crawler.nights.service.Ledger", lambda path: Ledger(path, timeout=0.2))
    monkeypatch.setattr("crawler.nights.service.clock", lambda: START)
    stage = NightStage.make(tmp_path, a="good")
    service = stage.service()
    with Ledger(stage.root / "ledger.db"):
        pass
    with locked(stage.root / "ledger.db", "EXCLUSIVE"):
        with pytest.raises(RunBusy, match=r"ledger\.db is locked by another process"):
            service.run_due()
        service.tick()
    assert [record.message.count("is locked by another process") for record in caplog.records] == [1]
    service.tick()
    assert stage.states() == {"a": LeaseState.DONE}


def test_a_ledger_that_is_locked_while_portals_run_stops_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.nights.service.Ledger", lambda path: Ledger(path, timeout=0.2))
    monkeypatch.setattr("crawler.nights.runner._BEAT_SECONDS", 0.2)
    stage = NightStage.make(tmp_path, a="slow 3")

    def hold() -> None:
        stage.wait("a commit", lambda: stage.lines("a") > 0)
        with locked(stage.root / "ledger.db", "EXCLUSIVE"):
            time.sleep(1.5)

    other = threading.Thread(target=hold)
    other.start()
    stage.due()
    other.join()
    assert (stage.states(), stage.started().total()) == ({"a": LeaseState.DONE}, 1)


def test_a_locked_index_is_one_portals_trouble_and_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive.index.sqlite, "BUSY_SECONDS", 0.2)
    stage = NightStage.make(tmp_path, a="good")
    stage.retry = timedelta(minutes=5)
    with locked(stage.root / "index.db", "IMMEDIATE"):
        stage.due()
    row = stage.rows()["a"]
    assert row.state is LeaseState.PLANNED
    assert "index.db is locked by another process" in str(row.reason)
    stage.now += timedelta(minutes=6)
    stage.due()
    assert stage.states() == {"a": LeaseState.DONE}


def damaged(path: Path) -> None:
    """Overwrite the middle of the file with noise."""
    data = bytearray(path.read_bytes())
    data[1000:-1000] = os.urandom(len(data) - 2000)
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("harm", [damaged, Path.unlink], ids=["damaged", "deleted"])
def test_an_index_that_is_lost_or_damaged_is_named_and_made_again(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    stage = NightStage.make(tmp_path, a="good")
    stage.due()
    index = Paths(stage.root).index
    harm(index)
    stage.now = START + DAY
    with pytest.raises(ArchiveUnusable, match="archive rebuild"):
        stage.due()
    rebuilt = subprocess.run([sys.executable, "-m", "archive", "rebuild", "--archive", str(stage.root)], cwd=ROOT)
    assert rebuilt.returncode == ExitCode.GOOD
    assert stage.findings() == []  # the audit compares the rows with those made from the files, both ways
    stage.due()
    assert stage.states(NIGHT + DAY) == {"a": LeaseState.DONE}


def test_the_journal_of_each_database_is_reported(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="good")
    stage.due()
    with closing(sqlite3.connect(stage.root / "ledger.db")) as ledger:
        ledger.execute("PRAGMA journal_mode=WAL")
    from archive.storage.sqlite_journal import journal_for, journal_note

    if journal_for(sqlite3.sqlite_version_info) == "WAL":
        pytest.skip("this SQLite has the WAL-reset fix")
    note = journal_note(stage.root / "index.db", stage.root / "ledger.db")
    assert "index.db in journal mode delete, ledger.db in journal mode wal; the next run of scheduler.py" in str(note)
    with Ledger(stage.root / "ledger.db") as opened:
        assert opened.journal() == "delete"
