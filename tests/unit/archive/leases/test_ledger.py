"""The ledger: each portal's night is claimed once, taken over when its holder is dead, and fenced against revenants."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import ArchiveUnusable, RunBusy, StaleClaim
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner, boot_seconds
from archive.leases.states import AttemptResult, Claim, LeaseState
from archive.messages.reason import Reason
from archive.storage.sqlite_journal import journal_for

NIGHT = date(2025, 3, 3)


NOW = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


LEASE = timedelta(minutes=5)


ELSEWHERE = Owner("another-host", 4242, "boot", "1")


THIRD = Owner("third-host", 7, "boot", "1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path) as opened:
        yield opened


def claimed(ledger: Ledger, portal: str = "quang_tri", owner: Owner = ELSEWHERE, now: datetime = NOW) -> Claim:
    ledger.plan(NIGHT, [portal], now)
    claim = ledger.claim(portal, NIGHT, owner, now, LEASE)
    assert claim is not None
    return claim


def state_of(ledger: Ledger, portal: str = "quang_tri") -> LeaseState:
    return next(row.state for row in ledger.of_night(NIGHT) if row.portal == portal)


def test_a_planned_night_is_planned_once(ledger: Ledger) -> None:
    assert ledger.plan(NIGHT, ["binh_dinh", "quang_tri"], NOW) == 2
    assert ledger.plan(NIGHT, ["quang_tri", "vjst"], NOW) == 1
    assert [row.portal for row in ledger.pending(NOW)] == ["binh_dinh", "quang_tri", "vjst"]


def test_the_newest_night_is_owed_first(ledger: Ledger) -> None:
    for day in (3, 5, 4):
        ledger.plan(date(2025, 3, day), ["quang_tri"], NOW)
    assert [row.night.day for row in ledger.pending(NOW)] == [5, 4, 3]


def test_a_running_night_is_nobody_elses(ledger: Ledger) -> None:
    claimed(ledger)
    assert ledger.claim("quang_tri", NIGHT, THIRD, NOW + LEASE, LEASE) is None
    assert ledger.pending(NOW + LEASE) == []


def test_an_unplanned_night_cannot_be_claimed(ledger: Ledger) -> None:
    assert ledger.claim("quang_tri", NIGHT, THIRD, NOW, LEASE) is None


def test_an_expired_lease_is_taken_over_under_a_higher_fence(ledger: Ledger) -> None:
    first = claimed(ledger)
    second = ledger.claim("quang_tri", NIGHT, THIRD, NOW + LEASE + timedelta(seconds=1), LEASE)
    assert second is not None
    assert second.fence > first.fence
    assert second.tries == 2


def test_no_jump_of_the_clock_ends_the_lease_of_a_process_of_this_machine(ledger: Ledger) -> None:
    claimed(ledger, owner=Owner.current())
    assert ledger.claim("quang_tri", NIGHT, THIRD, NOW + timedelta(days=1), LEASE) is None
    assert ledger.pending(NOW + timedelta(days=1)) == []


def test_the_lease_of_a_paused_process_of_this_machine_ends_whatever_the_clock_says(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed(ledger, owner=Owner.current())
    later = boot_seconds() + LEASE.total_seconds() + 1
    monkeypatch.setattr("archive.leases.states.boot_seconds", lambda: later)
    assert ledger.claim("quang_tri", NIGHT, THIRD, NOW - timedelta(days=1), LEASE) is not None


def test_a_heartbeat_prolongs_the_lease(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.heartbeat(claim, NOW + timedelta(minutes=4), LEASE)
    assert ledger.claim("quang_tri", NIGHT, THIRD, NOW + timedelta(minutes=8), LEASE) is None


@pytest.mark.parametrize("act", ["heartbeat", "finish"])
def test_a_stale_fence_is_refused(ledger: Ledger, act: str) -> None:
    stale = claimed(ledger)
    later = NOW + timedelta(hours=1)
    assert ledger.claim("quang_tri", NIGHT, THIRD, later, LEASE) is not None
    acts = {
        "heartbeat": lambda: ledger.heartbeat(stale, later, LEASE),
        "finish": lambda: ledger.finish(stale, later, AttemptResult(LeaseState.DONE)),
    }
    with pytest.raises(StaleClaim, match="taken over by third-host pid 7"):
        acts[act]()
    assert state_of(ledger) is LeaseState.RUNNING


def test_an_ended_claim_cannot_be_finished_twice(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.finish(claim, NOW, AttemptResult(LeaseState.DONE, run="quang_tri"))
    with pytest.raises(StaleClaim):
        ledger.finish(claim, NOW, AttemptResult(LeaseState.FAILED))
    assert state_of(ledger) is LeaseState.DONE


def test_what_was_given_back_is_owed_again_when_due(ledger: Ledger) -> None:
    claim = claimed(ledger)
    due = NOW + timedelta(minutes=10)
    ledger.finish(claim, NOW, AttemptResult(LeaseState.PLANNED, Reason.sentence("interrupted"), 11, due=due, free=True))
    assert ledger.pending(NOW) == []
    again = ledger.claim("quang_tri", NIGHT, THIRD, due, LEASE)
    assert again is not None
    assert (again.tries, again.fence) == (1, 2)


def test_fences_rise_over_all_portals(ledger: Ledger) -> None:
    fences = [claimed(ledger, portal).fence for portal in ("binh_dinh", "quang_tri", "vjst")]
    assert fences == [1, 2, 3]


@pytest.mark.parametrize("state", [LeaseState.MISSED, LeaseState.SKIPPED, LeaseState.FAILED])
def test_a_night_that_nobody_runs_is_settled_with_its_reason(ledger: Ledger, state: LeaseState) -> None:
    assert ledger.end("quang_tri", NIGHT, state, Reason.sentence("the host was down"), NOW)
    row = ledger.of_night(NIGHT)[0]
    assert (row.state, str(row.reason), ledger.has_ended(NIGHT)) == (state, "the host was down", True)


def test_a_night_that_runs_is_not_settled_from_outside(ledger: Ledger) -> None:
    claimed(ledger)
    assert not ledger.end("quang_tri", NIGHT, LeaseState.MISSED, Reason.sentence("too late"), NOW)
    assert ledger.end("quang_tri", NIGHT, LeaseState.PARTIAL, Reason.sentence("cut-off"), NOW + timedelta(hours=1))
    assert not ledger.end("quang_tri", NIGHT, LeaseState.MISSED, Reason.sentence("again"), NOW + timedelta(hours=1))


def test_only_an_ended_night_is_opened_again(ledger: Ledger) -> None:
    claim = claimed(ledger)
    assert not ledger.reopen("quang_tri", NIGHT, NOW)
    ledger.finish(claim, NOW, AttemptResult(LeaseState.DONE, run="quang_tri"))
    assert ledger.reopen("quang_tri", NIGHT, NOW)
    again = ledger.claim("quang_tri", NIGHT, THIRD, NOW, LEASE)
    assert again is not None
    assert again.recorded == "quang_tri"


def test_a_clock_that_jumps_back_never_doubles_a_night(ledger: Ledger) -> None:
    claim = claimed(ledger)
    past = datetime(1970, 1, 1, tzinfo=UTC)
    assert ledger.claim("quang_tri", NIGHT, THIRD, past, LEASE) is None
    ledger.finish(claim, past, AttemptResult(LeaseState.DONE))
    ledger.plan(NIGHT, ["quang_tri"], past)
    assert ledger.pending(NOW) == []


def test_a_pid_that_was_given_to_another_process_is_not_its_owner() -> None:
    here = Owner.current()
    assert not here.is_dead()
    assert Owner(here.host, here.pid, here.boot, "1").is_dead()
    assert Owner(here.host, here.pid, "another-boot", here.started).is_dead()
    assert not Owner("another-host", here.pid, here.boot, "1").is_dead()
    assert Owner.parse(str(here)) == here


def test_a_locked_ledger_is_waited_for_a_bounded_time(path: Path) -> None:
    with Ledger(path):
        pass
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with Ledger(path, timeout=0.2) as ledger, pytest.raises(RunBusy, match="locked by another process"):
            ledger.plan(NIGHT, ["quang_tri"], NOW)
    finally:
        other.close()


def test_a_damaged_ledger_is_named(path: Path) -> None:
    path.write_bytes(b"this is no database, but it is long enough to be taken for one" * 40)
    with pytest.raises(ArchiveUnusable, match=r"ledger\.db cannot be used"):
        Ledger(path)


def test_a_ledger_of_a_later_program_is_refused(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=9")
    other.close()
    with pytest.raises(ArchiveUnusable, match="format 9"):
        Ledger(path)


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_wal_only_where_sqlite_has_the_wal_reset_fix(version: tuple[int, ...], journal: str) -> None:
    assert journal_for(version) == journal


def test_the_journal_in_force_is_the_one_chosen(ledger: Ledger) -> None:
    assert ledger.journal() == journal_for(sqlite3.sqlite_version_info).lower()
