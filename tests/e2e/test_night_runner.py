"""Nights that run: what the ledger owes is crawled once, judged by its record, and sealed when all have ended."""

from __future__ import annotations

import logging
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from archive.errors import ArchiveUnusable, DiskFull, ExitCode, UsageError
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import LeaseState
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Verdict
from archive.model.records import Run
from archive.store import Archive
from crawler.catalog.portals import PortalInfo, addresses, chosen, load_portals, why_skipped
from crawler.config.settings_file import NightSettings, PortalSettings
from crawler.nights.runner import LEASE, NightRunner, RunnerOptions
from crawler.nights.schedule import Schedule
from crawler.portal import Sure
from crawler.reports.night_table import exit_code, last_run, night_rows
from crawler.reports.progress import ProgressCounts, progress_view, read_counts
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parents[2]
NIGHT = date(2025, 3, 3)
NOW = datetime(2025, 3, 3, 1, 30, tzinfo=TZ)
ARCHIVE_ID = UUID("2a1da29b-af66-437e-8b1f-0b6f7a1c9d10")

# Crawls of a few lines: each is a real process that writes a real run.
OPEN = """
import os, signal, sys, time
from datetime import date, datetime
from pathlib import Path
from archive.model.judgement import Judgement
from archive.model.records import PageRecord
from archive.messages.reason import Reason
from archive.model.enums import FinishReason, Outcome, Verdict
from archive.store import Archive
portal, night, root = sys.argv[1], date.fromisoformat(sys.argv[2]), Path(sys.argv[3])
now = datetime.fromisoformat("2025-03-03T01:30:00+07:00")
archive = Archive.open(root)
run = archive.start(portal, night, now, lambda *a: Judgement(None))
run.write(PageRecord("https://example.vn/", Outcome.LISTING, now, 200))
run.commit()
def close(verdict=Verdict.GOOD, reasons=()):
    run.close(now, complete=True, finish_reason=FinishReason.FINISHED, judge_night=lambda t: (verdict, reasons), extraction={},
              software={})
print("open", flush=True)
"""
GOOD = OPEN + "close()"
THIN = OPEN + "close(Verdict.THIN, (Reason.sentence('listed 2 where 20 are usual'),)); raise SystemExit(1)"
SLOW = OPEN + "time.sleep(0.8); close()"
EMPTY = "pass"
CRASH = OPEN + "os.kill(os.getpid(), signal.SIGSEGV)"
FULL = OPEN + "print('no space left', file=sys.stderr); raise SystemExit(3)"
GONE = "print('mount it'); raise SystemExit(4)"
HANGS = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + OPEN + "time.sleep(60)"
HEEDS = OPEN + "signal.signal(signal.SIGTERM, lambda *a: (run.suspend(), os._exit(11))); time.sleep(60)"
CRASHES_ONCE = (
    OPEN + "mark = root.parent / 'crashed'\nif mark.exists(): close()\nelse: mark.touch(); os.kill(os.getpid(), 11)"
)


@dataclass(slots=True)
class RecordedView:
    """A view that records its calls."""

    events: list[tuple[str, str]] = field(default_factory=list)
    side_by_side: int = 0
    pairs: set[frozenset[str]] = field(default_factory=set)
    _running: set[str] = field(default_factory=set)

    def started(self, portal: str, night: date, tries: int) -> None:
        self.events.append(("started", portal))
        self.pairs |= {frozenset({portal, other}) for other in self._running}
        self._running.add(portal)
        self.side_by_side = max(self.side_by_side, len(self._running))

    def counted(self, portal: str, counts: ProgressCounts) -> None:
        self.events.append(("counted", portal))

    def ended(self, portal: str, night: date, state: LeaseState, run: Run | None, reason: Reason | None) -> None:
        self.events.append((state.value, portal))
        self._running.discard(portal)

    def message(self, message: str) -> None:
        self.events.append(("message", message))

    def close(self) -> None:
        self._running.clear()


@dataclass(slots=True)
class Place:
    """An archive, its ledger and everything a runner needs."""

    tmp: Path
    archive: Archive
    ledger: Ledger
    view: RecordedView
    stop: threading.Event
    settings: NightSettings = field(default_factory=NightSettings)
    now: datetime = NOW

    def runner(
        self, crawls: dict[str, str], jobs: int = 4, grace: float = 20, hosts: dict[str, str] | None = None
    ) -> NightRunner:
        def command(portal: str, night: date) -> list[str]:
            return [sys.executable, "-c", crawls[portal], portal, night.isoformat(), str(self.archive.paths.root)]

        options = RunnerOptions(jobs, timedelta(0), timedelta(seconds=grace), self.tmp / "log", command)
        portals = portals_named(*crawls, hosts=hosts or {})
        clock: Callable[[], datetime] = lambda: self.now  # noqa: E731
        return NightRunner(
            self.archive, self.ledger, self.settings, portals, options, self.view, self.stop, clock, Owner.current()
        )

    def run(
        self, crawls: dict[str, str], jobs: int = 4, grace: float = 20, hosts: dict[str, str] | None = None
    ) -> dict[str, LeaseState]:
        self.ledger.plan(NIGHT, crawls, self.now)
        self.runner(crawls, jobs, grace, hosts).run(NIGHT, crawls, None)
        return self.states()

    def states(self, night: date = NIGHT) -> dict[str, LeaseState]:
        return {row.portal: row.state for row in self.ledger.of_night(night)}

    def schedule(self, *names: str, sure: Sure = Sure.RECORDED) -> Schedule:
        return Schedule(self.archive, self.ledger, self.settings, portals_named(*names, sure=sure))

    def wait_for(self, portal: str) -> None:
        log, until = self.tmp / f"log/{NIGHT}/{portal}.log", time.monotonic() + 30
        while not (log.exists() and "open" in log.read_text()):
            assert time.monotonic() < until, "the crawl never began"
            time.sleep(0.02)


def portals_named(
    *names: str, sure: Sure = Sure.RECORDED, hosts: dict[str, str] | None = None
) -> dict[str, PortalInfo]:
    given = hosts or {}
    return {name: PortalInfo(name, name, frozenset({given.get(name, f"{name}.vn")}), sure) for name in names}


@pytest.fixture(params=[ArchiveKind.REPLICA])
def kind(request: pytest.FixtureRequest) -> ArchiveKind:
    return ArchiveKind(request.param)


@pytest.fixture
def place(tmp_path: Path, kind: ArchiveKind, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.delenv("REPLICA", raising=False)
    with (
        Archive.create(tmp_path / "archive", kind, ARCHIVE_ID, NOW) as archive,
        Ledger(archive.paths.ledger) as ledger,
    ):
        yield Place(tmp_path, archive, ledger, RecordedView(), threading.Event())


live = pytest.mark.parametrize("kind", [ArchiveKind.LIVE], indirect=True)


def test_a_night_is_done_when_its_record_says_so(place: Place) -> None:
    assert place.run({"a": GOOD, "b": THIN}) == {"a": LeaseState.DONE, "b": LeaseState.DONE}
    rows = night_rows(place.archive, place.ledger, NIGHT)
    assert [row.verdict for row in rows] == ["good", "thin"]
    assert [row.reasons for row in rows] == [(), (Reason.sentence("listed 2 where 20 are usual"),)]
    assert exit_code(rows) is ExitCode.FINDINGS
    assert exit_code(rows[:1]) is ExitCode.GOOD


def test_exit_code_0_without_a_record_is_a_failure(place: Place) -> None:
    assert place.run({"a": EMPTY}) == {"a": LeaseState.FAILED}
    row = place.ledger.of_night(NIGHT)[0]
    assert row.tries == 3
    assert "without a complete record" in str(row.reason)


def test_a_crash_is_tried_again_and_goes_on_where_it_stopped(place: Place) -> None:
    assert place.run({"a": CRASHES_ONCE}) == {"a": LeaseState.DONE}
    run = last_run(place.archive, "a", NIGHT)
    assert run is not None
    assert (run.run, run.requests, run.attempts) == ("a", 2, 2)


def test_a_crash_touches_no_other_portal_and_keeps_what_was_committed(place: Place) -> None:
    assert place.run({"a": CRASH, "b": GOOD}) == {"a": LeaseState.FAILED, "b": LeaseState.DONE}
    row = place.ledger.of_night(NIGHT)[0]
    assert "SIGSEGV" in str(row.reason)
    run = last_run(place.archive, "a", NIGHT)
    assert run is not None
    assert (run.complete, run.verdict, run.requests) == (False, Verdict.BROKEN, 3)


def test_a_hung_crawl_is_killed_at_its_deadline_and_recorded_as_partial(place: Place) -> None:
    place.settings = replace(place.settings, deadline=timedelta(seconds=4))
    assert place.run({"a": HANGS, "b": GOOD}, grace=0.5) == {"a": LeaseState.PARTIAL, "b": LeaseState.DONE}
    row = place.ledger.of_night(NIGHT)[0]
    assert str(row.reason) == "stopped at its deadline of 0.0666667 min; did not end within 0.5 s of SIGTERM: killed"
    assert row.exit_code == ExitCode.TIME_LIMIT
    assert [row.verdict for row in night_rows(place.archive, place.ledger, NIGHT)] == ["interrupted", "good"]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Bound files to this size, for this process and those it starts: writing behind it fails with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("crawl", "error", "message"),
    [
        pytest.param(FULL, DiskFull, "a: the crawl found the disk full: no space left", id="the disk is full"),
        pytest.param(GONE, ArchiveUnusable, "a: the crawl could not use the archive: mount it", id="it is gone"),
    ],
)
def test_an_archive_that_cannot_be_written_stops_new_work_and_leaves_it_owed(
    place: Place, crawl: str, error: type[Exception], message: str
) -> None:
    place.ledger.plan(NIGHT, ["a", "b"], NOW)
    with files_of_at_most(900_000), pytest.raises(error, match=message):
        place.runner({"a": crawl, "b": GOOD}, jobs=1).run(NIGHT, ["a", "b"], None)
    assert place.states() == {"a": LeaseState.PLANNED, "b": LeaseState.PLANNED}
    assert ("started", "b") not in place.view.events


def test_a_disk_that_is_full_for_one_portal_alone_fails_that_portal_alone(place: Place) -> None:
    assert place.run({"a": FULL, "b": GOOD}, jobs=1) == {"a": LeaseState.FAILED, "b": LeaseState.DONE}
    row = place.ledger.of_night(NIGHT)[0]
    assert (str(row.reason), row.exit_code) == ("the crawl found the disk full: no space left (3 tries)", 3)


def test_a_night_runs_without_its_log(place: Place) -> None:
    (place.tmp / "log").write_text("a file where the folder should be")
    assert place.run({"a": GOOD}) == {"a": LeaseState.DONE}
    assert any("has no log" in words for kind, words in place.view.events if kind == "message")


@pytest.mark.parametrize("spoiled", ["no folder", "full disk"])
def test_a_log_that_cannot_be_written_is_reported_and_costs_no_night(place: Place, spoiled: str) -> None:
    logs = place.tmp / "log"
    logs.mkdir()
    if spoiled == "no folder":
        (logs / NIGHT.isoformat()).write_text("a file where the folder should be")
    else:
        (logs / NIGHT.isoformat()).mkdir()
        (logs / NIGHT.isoformat() / "a.log").symlink_to("/dev/full")
    assert place.run({"a": GOOD}) == {"a": LeaseState.DONE}
    (message,) = [said for kind, said in place.view.events if kind == "message"]
    assert message.endswith("this run has no log")
    assert [row.verdict for row in night_rows(place.archive, place.ledger, NIGHT)] == ["good"]


def test_a_stop_lets_running_portals_finish_their_batch_and_owes_them_again(place: Place) -> None:
    place.ledger.plan(NIGHT, ["a", "b"], NOW)
    runner = place.runner({"a": HEEDS, "b": GOOD}, jobs=1)

    def ask() -> None:
        place.wait_for("a")
        time.sleep(0.3)
        place.stop.set()

    asker = threading.Thread(target=ask)
    asker.start()
    runner.run(NIGHT, ["a", "b"], None)
    asker.join()
    assert place.states() == {"a": LeaseState.PLANNED, "b": LeaseState.PLANNED}
    row = place.ledger.of_night(NIGHT)[0]
    assert (str(row.reason), row.tries, row.exit_code) == ("interrupted: the scheduler was stopped", 0, 11)
    assert place.archive.open_runs(NIGHT) == ["a"]
    place.stop.clear()
    place.runner({"a": GOOD, "b": GOOD}).run(NIGHT, ["a", "b"], None)
    assert place.states() == {"a": LeaseState.DONE, "b": LeaseState.DONE}


def test_at_the_cut_off_what_runs_stops_as_partial(place: Place) -> None:
    place.ledger.plan(NIGHT, ["a", "b"], NOW)
    runner = place.runner({"a": HEEDS, "b": GOOD}, jobs=1)

    def strike() -> None:
        place.wait_for("a")
        time.sleep(0.3)
        place.now = place.settings.closes(NIGHT)

    clock = threading.Thread(target=strike)
    clock.start()
    runner.run(NIGHT, ["a", "b"], place.settings.closes(NIGHT))
    clock.join()
    schedule = place.schedule("a", "b")
    schedule.end(NIGHT, place.now)
    assert place.states() == {"a": LeaseState.PARTIAL, "b": LeaseState.MISSED}
    seal = schedule.seal(NIGHT)[0]
    assert seal.missed == {"b": Reason.of("cut_off", clock="07:00")}


@pytest.mark.parametrize(("jobs", "most"), [(1, 1), (2, 2), (4, 3)])
def test_as_many_run_side_by_side_as_configured(place: Place, jobs: int, most: int) -> None:
    place.run({"a": SLOW, "b": SLOW, "c": SLOW}, jobs=jobs)
    assert place.view.side_by_side == most


def test_portals_on_one_host_never_run_side_by_side(place: Place) -> None:
    place.run({"a": SLOW, "b": SLOW, "c": SLOW}, hosts={"a": "one.vn", "b": "one.vn"})
    assert frozenset({"a", "b"}) not in place.view.pairs
    assert place.view.side_by_side == 2


def test_hosts_with_one_address_are_one() -> None:
    def resolve(host: str) -> frozenset[str]:
        if host == "lost.vn":
            raise OSError("no such name")
        return frozenset({"192.0.2.7"})

    assert addresses(["a.vn"], resolve) & addresses(["b.vn"], resolve) == {"192.0.2.7"}
    assert addresses(["lost.vn"], resolve) == {"lost.vn"}


def test_a_run_that_ended_well_under_a_scheduler_that_died_is_not_run_again(place: Place) -> None:
    place.ledger.plan(NIGHT, ["a"], NOW)
    dead = Owner("another-host", 1)
    assert place.ledger.claim("a", NIGHT, dead, NOW, LEASE) is not None
    runner = place.runner({"a": GOOD})
    assert runner.options.command is not None
    subprocess.run(runner.options.command("a", NIGHT), check=True, cwd=ROOT)
    place.now = NOW + LEASE + timedelta(seconds=1)
    runner.run(NIGHT, ["a"], None)
    assert place.states() == {"a": LeaseState.DONE}
    assert place.view.events == [("done", "a")]
    assert [run.run for run in place.archive.runs(NIGHT)] == ["a"]


def test_a_scheduler_that_dies_every_time_is_not_followed_for_ever(place: Place) -> None:
    place.ledger.plan(NIGHT, ["a"], NOW)
    for number in range(3):
        later = NOW + number * timedelta(hours=1)
        assert place.ledger.claim("a", NIGHT, Owner("another-host", number), later, LEASE) is not None
    place.now = NOW + timedelta(hours=4)
    place.runner({"a": GOOD}).run(NIGHT, ["a"], None)
    assert place.states() == {"a": LeaseState.FAILED}
    assert "the scheduler died each time" in str(place.ledger.of_night(NIGHT)[0].reason)


def test_a_night_that_was_taken_over_is_let_go(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.nights.runner._BEAT_SECONDS", 0.1)
    place.ledger.plan(NIGHT, ["a"], NOW)
    runner = place.runner({"a": HEEDS})
    runner.owner = Owner("another-host", 1)

    def take_over() -> None:
        place.wait_for("a")
        with Ledger(place.archive.paths.ledger) as other:
            later = NOW + timedelta(hours=1)
            assert other.claim("a", NIGHT, Owner("third-host", 7), later, LEASE) is not None

    thief = threading.Thread(target=take_over)
    thief.start()
    runner.run(NIGHT, ["a"], None)
    thief.join()
    row = place.ledger.of_night(NIGHT)[0]
    assert (row.state, row.owner) == (LeaseState.RUNNING, Owner("third-host", 7))


def test_a_night_asked_for_by_name_is_repeated_beside_the_first(place: Place) -> None:
    place.run({"a": GOOD})
    schedule = place.schedule("a")
    first = schedule.seal(NIGHT)[0]
    schedule.plan_again(NIGHT, ["a"], NOW)
    place.runner({"a": GOOD}).run(NIGHT, ["a"], None)
    assert [run.run for run in place.archive.runs(NIGHT)] == ["a", "a.2"]
    second = schedule.seal(NIGHT)[0]
    assert (first.number, second.number) == (1, 2)


def test_a_night_that_others_ask_for_again_and_again_is_run_once(place: Place) -> None:
    """Each of several terminals with `--once --portal a` runs it once, or waits for the end of the one that runs."""
    schedule = place.schedule("a")
    asked: list[date] = []
    place.ledger.plan(NIGHT, ["a"], NOW)
    waiting = schedule.recorded(NIGHT)
    assert schedule.unended(NIGHT, ["a"], waiting) == {"a"}
    runner = place.runner({"a": GOOD})

    def ask() -> None:
        if len(asked) < 3:
            asked.append(NIGHT)
            schedule.plan_again(NIGHT, ["a"], NOW)

    runner.ended_one = ask
    assert runner.run(NIGHT, ["a"], None) == {"a"}
    assert [run.run for run in place.archive.runs(NIGHT)] == ["a"]
    assert schedule.unended(NIGHT, ["a"], waiting) == set()
    assert schedule.unended(NIGHT, ["a"], schedule.recorded(NIGHT)) == {"a"}


def test_sealing_again_brings_no_new_seal(place: Place) -> None:
    place.run({"a": GOOD, "b": CRASH})
    schedule = place.schedule("a", "b")
    assert len(schedule.seal(NIGHT)) == 1
    assert schedule.seal(NIGHT) == []


def test_a_night_is_not_sealed_while_a_portal_is_owed(place: Place) -> None:
    place.ledger.plan(NIGHT, ["b"], NOW)
    place.run({"a": GOOD})
    assert place.schedule("a", "b").seal(NIGHT) == []


@live
def test_one_portal_of_a_live_night_does_not_seal_it(place: Place) -> None:
    place.run({"a": GOOD})
    schedule = place.schedule("a", "b")
    assert schedule.seal(NIGHT) == []
    schedule.end(NIGHT, NOW)
    assert schedule.seal(NIGHT)[0].missed == {"b": Reason.of("cut_off", clock="07:00")}


@live
def test_nights_of_a_host_that_was_off_are_missed_and_sealed_in_order(place: Place) -> None:
    place.run({"a": GOOD})
    schedule = place.schedule("a")
    schedule.seal(NIGHT)
    now = NOW + timedelta(days=4)
    seals = schedule.end_before(NIGHT + timedelta(days=4), now)
    assert [seal.night.day for seal in seals] == [4, 5, 6]
    assert all(seal.missed == {"a": Reason.of("no_scheduler")} for seal in seals)
    assert schedule.end_before(NIGHT + timedelta(days=4), now) == []


@live
def test_a_clock_that_jumps_years_ahead_writes_no_years_of_misses(place: Place) -> None:
    place.run({"a": GOOD})
    schedule = place.schedule("a")
    with pytest.raises(UsageError, match="the last night was 2025-03-03 and this machine's clock says 2031-01-01"):
        schedule.end_before(date(2031, 1, 1), NOW)
    assert place.ledger.nights() == [NIGHT]


@live
def test_a_clock_that_lies_before_the_last_seal_runs_nothing(place: Place) -> None:
    place.run({"a": GOOD})
    schedule = place.schedule("a")
    schedule.seal(NIGHT)
    with pytest.raises(UsageError, match="1970-01-01 lies before the last sealed night 2025-03-03"):
        schedule.refuse_past(date(1970, 1, 1))


@pytest.mark.parametrize(
    ("kind", "sure", "enabled", "reason"),
    [
        pytest.param(ArchiveKind.LIVE, Sure.RECORDED, True, None, id="recorded, live"),
        pytest.param(ArchiveKind.LIVE, Sure.DESCRIBED, True, None, id="described, live"),
        pytest.param(ArchiveKind.LIVE, Sure.INFERRED, True, "known only by inference", id="inferred, live"),
        pytest.param(ArchiveKind.REPLICA, Sure.INFERRED, True, None, id="inferred, rehearsed"),
        pytest.param(ArchiveKind.REPLICA, Sure.RECORDED, False, "switched off in nights.toml", id="switched off"),
    ],
)
def test_what_is_off_the_schedule_says_why(kind: ArchiveKind, sure: Sure, enabled: bool, reason: str | None) -> None:
    portal = PortalInfo("a", "A", frozenset({"a.vn"}), sure)
    said = why_skipped(portal, NightSettings(portals={"a": PortalSettings(enabled=enabled)}), kind)
    assert str(said or "").startswith(reason or "")
    assert (said is None) == (reason is None)


@live
def test_a_skipped_portal_stands_in_the_ledger(place: Place) -> None:
    place.schedule("a", sure=Sure.INFERRED).plan(NIGHT, NOW)
    assert place.states() == {"a": LeaseState.SKIPPED}


def test_the_portals_of_the_checkout_are_found() -> None:
    portals = load_portals()
    assert {"quang_tri", "da_nang", "bao_chinh_phu"} <= set(portals)
    assert "baochinhphu.vn" in portals["bao_chinh_phu"].hosts


def test_an_unknown_portal_is_named_with_the_one_that_is_meant() -> None:
    with pytest.raises(UsageError, match=r"unknown portal `quang_try`; did you mean `quang_tri`\?"):
        chosen(["quang_try"], portals_named("quang_tri", "da_nang"))


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        pytest.param(b"", None, id="nothing yet"),
        pytest.param(b'{"requests": 3, "listed": 2, "new": 1, "outcomes": {"article": 1}}\n', (3, 2, 1), id="a line"),
        pytest.param(b'{"requests": 3}\n{"requests": 9, "lis', (3, 0, 0), id="a torn line behind a whole one"),
        pytest.param(b'{"requests": 3}\n"noise"\n', (3, 0, 0), id="a foreign line"),
    ],
)
def test_progress_is_the_last_whole_line(tmp_path: Path, text: bytes, counts: tuple[int, int, int] | None) -> None:
    path = tmp_path / "a.progress"
    path.write_bytes(text)
    found = read_counts(path)
    assert (found and (found.requests, found.listed, found.new)) == counts


def test_without_a_terminal_each_event_is_a_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    view = progress_view(Console(file=StringIO()), lambda: logging.getLogger("scheduler"))
    view.started("quang_tri", NIGHT, 1)
    view.counted("quang_tri", ProgressCounts(3, 2, 1))
    view.ended("quang_tri", NIGHT, LeaseState.PLANNED, None, Reason.sentence("was killed by SIGSEGV"))
    view.close()
    assert [record.getMessage() for record in caplog.records] == [
        "2025-03-03 quang_tri started",
        "2025-03-03 quang_tri is pending again: was killed by SIGSEGV",
    ]


def test_a_terminal_shows_a_row_per_portal_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    screen = StringIO()
    view = progress_view(Console(file=screen, force_terminal=True, width=100), lambda: logging.getLogger("scheduler"))
    view.started("quang_tri", NIGHT, 1)
    view.counted("quang_tri", ProgressCounts(31, 20, 7, {"article": 9, "listing": 2}))
    view.ended("vjst", NIGHT, LeaseState.FAILED, None, Reason.sentence("said [/red] and died"))
    view.close()
    assert "article 9, listing 2" in screen.getvalue()
    assert "failed: said [/red] and died" in screen.getvalue()
    assert caplog.records == []
