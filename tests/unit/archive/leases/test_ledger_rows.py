"""Every column of a row through a night: what each action writes, and what it leaves."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from archive.errors import ArchiveUnusable, StaleClaim
from archive.leases import ledger as ledger_module
from archive.leases.fencing import Fence, drop_fences, highest_fence
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner, boot_seconds
from archive.leases.states import AttemptResult, Claim, LeaseRow, LeaseState, read_reason, reason_text, utc
from archive.messages.reason import Reason
from archive.storage.paths import Paths

NIGHT = date(2025, 3, 3)
NOW = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
OWNER = Owner("another-host", 4242, "boot", "1")
OTHER = Owner("third-host", 7, "boot", "1")
PLANNED = LeaseRow("a", NIGHT, LeaseState.PLANNED, NOW, None, None, None, 0, 0, None, None, None, None, None)
WHY = Reason.of("key_changed", n=1, key="k", before="b")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as opened:
        yield opened


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def row(ledger: Ledger, portal: str = "a", night: date = NIGHT) -> LeaseRow:
    return next(each for each in ledger.of_night(night) if each.portal == portal)


def values(ledger: Ledger, portal: str = "a") -> dict[str, object]:
    """Return the columns of a row that are set, without the seconds since the machine was started."""
    found = row(ledger, portal)
    empty = {"portal", "night", "beat"}
    return {
        name: value
        for name in LeaseRow.__slots__
        if name not in empty and (value := getattr(found, name)) not in (None, 0)
    }


def claimed(ledger: Ledger, portal: str = "a", minutes: int = 0) -> Claim:
    ledger.plan(NIGHT, [portal], NOW)
    claim = ledger.claim(portal, NIGHT, OWNER, at(minutes), LEASE)
    assert claim is not None
    return claim


def test_planned_claimed_prolonged_and_ended(ledger: Ledger) -> None:
    assert ledger.plan(NIGHT, ["a", "b"], NOW) == 2
    assert ledger.plan(NIGHT, ["a"], at(9)) == 0
    assert row(ledger) == PLANNED
    claim = ledger.claim("a", NIGHT, OWNER, at(1), LEASE)
    assert claim == Claim("a", NIGHT, OWNER, 1, 1)
    running: dict[str, object] = {
        "state": LeaseState.RUNNING, "due_at": NOW, "owner": OWNER, "lease_until": at(6), "heartbeat": at(1), "tries": 1,
        "fence": 1, "started_at": at(1),
    }  # fmt: skip
    assert values(ledger) == running
    assert abs((row(ledger).beat or 0) - boot_seconds()) < 3600
    ledger.heartbeat(claim, at(3), LEASE)
    assert values(ledger) == running | {"lease_until": at(8), "heartbeat": at(3)}
    ledger.finish(claim, at(4), AttemptResult(LeaseState.DONE, WHY, 0, "a.2"))
    done = {
        "state": LeaseState.DONE, "due_at": at(4), "heartbeat": at(3), "tries": 1, "fence": 1, "reason": WHY, "run": "a.2",
        "started_at": at(1), "finished_at": at(4),
    }  # fmt: skip
    assert values(ledger) == done
    assert row(ledger).exit_code == 0
    assert row(ledger, "b") == LeaseRow("b", *PLANNED_REST)
    assert not ledger.has_ended(NIGHT)
    assert ledger.end("b", NIGHT, LeaseState.SKIPPED, None, at(5))
    assert ledger.has_ended(NIGHT)


PLANNED_REST = (NIGHT, LeaseState.PLANNED, NOW, None, None, None, 0, 0, None, None, None, None, None)


def test_a_try_that_failed_is_pending_again_and_its_run_stays_named(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.finish(claim, at(2), AttemptResult(LeaseState.PLANNED, WHY, 11, "a", due=at(9)))
    waiting: dict[str, object] = {
        "state": LeaseState.PLANNED, "due_at": at(9), "heartbeat": NOW, "tries": 1, "fence": 1, "reason": WHY,
        "exit_code": 11, "run": "a", "started_at": NOW, "finished_at": at(2),
    }  # fmt: skip
    assert values(ledger) == waiting
    assert ledger.claim("a", NIGHT, OTHER, at(8), LEASE) is None
    second = ledger.claim("a", NIGHT, OTHER, at(9), LEASE)
    assert second == Claim("a", NIGHT, OTHER, 2, 2, "a")
    assert values(ledger) == {
        "state": LeaseState.RUNNING, "due_at": at(9), "owner": OTHER, "lease_until": at(14), "heartbeat": at(9), "tries": 2,
        "fence": 2, "run": "a", "started_at": at(9),
    }  # fmt: skip
    ledger.finish(second, at(10), AttemptResult(LeaseState.FAILED))
    assert (row(ledger).run, row(ledger).due_at, row(ledger).exit_code) == ("a", at(10), None)


@pytest.mark.parametrize(
    ("free", "unanswered", "tries", "silent"),
    [(False, False, 1, 0), (True, False, 0, 0), (False, True, 0, 1), (True, True, 0, 1)],
)
def test_a_try_counts_once_and_a_silent_portals_apart(
    ledger: Ledger, free: bool, unanswered: bool, tries: int, silent: int
) -> None:
    ending = AttemptResult(LeaseState.PLANNED, due=NOW, free=free, unanswered=unanswered)
    ledger.finish(claimed(ledger), NOW, ending)
    assert (row(ledger).tries, row(ledger).unanswered) == (tries, silent)
    again = ledger.claim("a", NIGHT, OWNER, NOW, LEASE)
    assert again is not None
    assert (again.tries, again.unanswered) == (tries + 1, silent)
    ledger.finish(again, NOW, ending)
    assert (row(ledger).tries, row(ledger).unanswered) == (tries * 2, silent * 2)


def test_a_claim_to_end_counts_no_try_and_needs_no_due_time(ledger: Ledger) -> None:
    assert ledger.claim_to_end("a", NIGHT, OWNER, NOW, LEASE) is None
    ledger.plan(NIGHT, ["a"], at(60))
    claim = ledger.claim_to_end("a", NIGHT, OWNER, NOW, LEASE)
    assert claim == Claim("a", NIGHT, OWNER, 1, 0)
    assert ledger.claim_to_end("a", NIGHT, OTHER, NOW, LEASE) is None
    late = ledger.claim_to_end("a", NIGHT, OTHER, NOW + LEASE + timedelta(seconds=1), LEASE)
    assert late == Claim("a", NIGHT, OTHER, 2, 0)
    ledger.finish(late, at(9), AttemptResult(LeaseState.PARTIAL, free=False))
    assert ledger.claim_to_end("a", NIGHT, OTHER, at(60), LEASE) is None


def test_only_a_planned_night_is_postponed(ledger: Ledger) -> None:
    ledger.plan(NIGHT, ["a", "b"], NOW)
    ledger.plan(date(2025, 3, 4), ["a"], NOW)
    ledger.postpone("a", NIGHT, at(7), WHY)
    assert values(ledger) == {"state": LeaseState.PLANNED, "due_at": at(7), "reason": WHY}
    assert (row(ledger, "b").due_at, row(ledger, "a", date(2025, 3, 4)).due_at) == (NOW, NOW)
    claim = ledger.claim("b", NIGHT, OWNER, NOW, LEASE)
    assert claim is not None
    ledger.postpone("b", NIGHT, at(7), WHY)
    assert (row(ledger, "b").due_at, row(ledger, "b").reason) == (NOW, None)
    ledger.finish(claim, at(1), AttemptResult(LeaseState.DONE))
    ledger.postpone("b", NIGHT, at(7), WHY)
    assert row(ledger, "b").due_at == at(1)


def test_a_night_that_ended_is_opened_anew_and_a_waiting_one_made_due(ledger: Ledger) -> None:
    assert not ledger.reopen("a", NIGHT, NOW)
    claim = claimed(ledger)
    assert not ledger.reopen("a", NIGHT, at(9))
    assert row(ledger).state is LeaseState.RUNNING
    ledger.finish(claim, at(1), AttemptResult(LeaseState.PLANNED, WHY, due=at(50), unanswered=True))
    second = ledger.claim("a", NIGHT, OWNER, at(50), LEASE)
    assert second is not None
    ledger.finish(second, at(51), AttemptResult(LeaseState.PLANNED, WHY, due=at(90)))
    assert not ledger.reopen("a", NIGHT, at(60))
    assert (row(ledger).due_at, row(ledger).tries, row(ledger).unanswered, row(ledger).reason) == (at(60), 1, 1, WHY)
    third = ledger.claim("a", NIGHT, OWNER, at(60), LEASE)
    assert third is not None
    ledger.finish(third, at(61), AttemptResult(LeaseState.FAILED, WHY, 4, "a"))
    assert ledger.reopen("a", NIGHT, at(70))
    found = row(ledger)
    assert (found.state, found.due_at, found.tries, found.unanswered) == (LeaseState.PLANNED, at(70), 0, 0)
    assert (found.reason, found.run) == (None, "a")


def test_a_night_is_ended_from_outside_with_its_run_and_reason(ledger: Ledger) -> None:
    assert ledger.end("a", NIGHT, LeaseState.MISSED, WHY, NOW)
    assert values(ledger) == {"state": LeaseState.MISSED, "due_at": NOW, "reason": WHY, "finished_at": NOW}
    assert not ledger.end("a", NIGHT, LeaseState.SKIPPED, None, at(1))
    claim = claimed(ledger, "b")
    ledger.finish(claim, at(1), AttemptResult(LeaseState.PLANNED, None, 1, "b", due=at(9)))
    assert ledger.end("b", NIGHT, LeaseState.PARTIAL, WHY, at(2))
    assert (row(ledger, "b").run, row(ledger, "b").finished_at, row(ledger, "b").reason) == ("b", at(2), WHY)
    claimed(ledger, "c")
    assert not ledger.end("c", NIGHT, LeaseState.MISSED, None, at(1))
    assert ledger.end("c", NIGHT, LeaseState.MISSED, None, at(6), "c.2")
    found = row(ledger, "c")
    assert (found.owner, found.lease_until, found.run, found.state) == (None, None, "c.2", LeaseState.MISSED)


def test_rows_are_found_by_night_and_due_time(ledger: Ledger) -> None:
    for day, portals in ((4, ["b", "a"]), (3, ["c"]), (5, ["a"])):
        ledger.plan(date(2025, 3, day), portals, at(day))
    assert ledger.nights() == [date(2025, 3, day) for day in (3, 4, 5)]
    assert [each.portal for each in ledger.of_night(date(2025, 3, 4))] == ["a", "b"]
    assert [(each.night.day, each.portal) for each in ledger.pending(at(4))] == [(4, "a"), (4, "b"), (3, "c")]
    newest = ledger.pending(at(5))[0]
    assert (newest.night.day, newest.portal) == (5, "a")
    assert ledger.has_ended(date(2025, 3, 9))
    assert not ledger.has_ended(NIGHT)


@pytest.mark.parametrize("act", ["heartbeat", "finish"])
def test_who_lost_a_night_is_told_who_has_it(ledger: Ledger, act: str) -> None:
    claim = claimed(ledger)
    later = ledger.claim("a", NIGHT, OTHER, at(9), LEASE)
    assert later is not None

    def again() -> None:
        if act == "heartbeat":
            ledger.heartbeat(claim, at(9), LEASE)
        else:
            ledger.finish(claim, at(9), AttemptResult(LeaseState.DONE))

    with pytest.raises(StaleClaim, match="taken over by third-host pid 7"):
        again()
    before = row(ledger)
    ledger.finish(later, at(10), AttemptResult(LeaseState.DONE))
    with pytest.raises(StaleClaim, match="taken over: this run"):
        again()
    assert before.owner == OTHER
    assert row(ledger).state is LeaseState.DONE


def test_what_fails_in_a_transaction_leaves_nothing(ledger: Ledger) -> None:
    def portals() -> Iterator[str]:
        yield "a"
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        ledger.plan(NIGHT, portals(), NOW)
    assert ledger.of_night(NIGHT) == []
    assert ledger.plan(NIGHT, ["b"], NOW) == 1


def test_a_ledger_that_was_lost_counts_on_from_the_fences_beside_the_runs(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    Fence(paths, "a", NIGHT, 41).enforce()
    Fence(paths, "b", date(2025, 3, 4), 7).enforce()
    assert highest_fence(paths.open) == 41
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert claimed(ledger).fence == 42
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert claimed(ledger, "b").fence == 43


def test_a_fence_rises_and_guards_its_own_run(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    (tmp_path / "archive.json").write_text("{}")
    first, second = Fence(paths, "a", NIGHT, 1), Fence(paths, "a", NIGHT, 2)
    with pytest.raises(StaleClaim, match="has ended and this process holds fence 1"):
        first.check()
    first.enforce()
    first.enforce()
    first.check_archive()
    second.enforce()
    assert first.path.read_bytes() == b"2\n"
    for stale in (first.check, first.check_archive, first.enforce):
        with pytest.raises(StaleClaim, match="taken over under fence 2"):
            stale()
    by_hand = Fence(paths, "a", NIGHT, None)
    by_hand.enforce()
    by_hand.check_archive()
    second.path.write_bytes(b"x")
    with pytest.raises(StaleClaim):
        second.check()
    second.enforce()
    second.check()
    Fence(paths, "b", NIGHT, 3).enforce()
    (paths.open_night(NIGHT) / "kept").mkdir()
    drop_fences(paths, NIGHT)
    assert [path.name for path in paths.open_night(NIGHT).iterdir()] == ["kept"]
    (paths.open_night(NIGHT) / "kept").rmdir()
    drop_fences(paths, NIGHT)
    drop_fences(paths, NIGHT)
    assert not paths.open_night(NIGHT).exists()
    assert highest_fence(paths.open) == 0


def test_the_columns_of_an_older_ledger_are_added_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        claimed(ledger)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (3,)
        assert database.execute("SELECT last FROM fences").fetchall() == [(1,)]


def test_a_moment_and_a_reason_are_stored_so_that_they_sort_and_read_again() -> None:
    local = datetime(2025, 3, 3, 8, 0, tzinfo=timezone(timedelta(hours=7)))
    assert utc(local) == "2025-03-03T01:00:00.000000+00:00"
    assert utc(local + timedelta(microseconds=1)) > utc(local)
    for reason in (WHY, Reason.sentence("không trả lời"), None):
        assert read_reason(reason_text(reason)) == reason
    assert reason_text(Reason.sentence("không trả lời")) == "không trả lời"
    assert reason_text(None) == ""
    assert "đường" in reason_text(Reason.of("key_changed", key="đường"))


@pytest.mark.parametrize("state", LeaseState)
def test_a_row_can_be_claimed_when_it_is_due_or_abandoned(state: LeaseState) -> None:
    owner, until = (OWNER, at(5)) if state is LeaseState.RUNNING else (None, None)
    made = LeaseRow("a", NIGHT, state, at(1), owner, until, NOW, 0, 0, None, None, None, None, None)
    assert state.terminal is (state not in (LeaseState.PLANNED, LeaseState.RUNNING))
    assert [made.claimable(at(minutes)) for minutes in (0, 1, 5, 6)] == {
        LeaseState.PLANNED: [False, True, True, True],
        LeaseState.RUNNING: [False, False, False, True],
    }.get(state, [False] * 4)
    assert [made.can_be_ended(at(minutes)) for minutes in (0, 5, 6)] == {
        LeaseState.PLANNED: [True, True, True],
        LeaseState.RUNNING: [False, False, True],
    }.get(state, [False] * 3)


def test_a_lease_without_an_owner_or_an_end_is_abandoned_and_one_of_this_machine_ends_by_its_own_clock() -> None:
    here = Owner.current()

    def running(
        owner: Owner | None, until: datetime | None, beat: float | None, heartbeat: datetime | None = NOW
    ) -> LeaseRow:
        return LeaseRow(
            "a", NIGHT, LeaseState.RUNNING, NOW, owner, until, heartbeat, 0, 0, None, None, None, None, None, 0, beat
        )

    assert running(None, at(5), None).is_abandoned(NOW)
    assert running(OWNER, None, None).is_abandoned(NOW)
    assert not running(here, at(5), boot_seconds()).is_abandoned(at(900))
    assert running(here, at(5), boot_seconds() - 301).is_abandoned(NOW)
    assert not running(here, at(5), boot_seconds() - 290).is_abandoned(at(900))
    assert running(here, at(5), None).is_abandoned(at(900))
    assert running(here, at(5), boot_seconds(), None).is_abandoned(at(900))
    assert running(OWNER, at(5), boot_seconds()).is_abandoned(at(900))
    assert running(Owner(here.host, here.pid, here.boot, "1"), at(5), boot_seconds()).is_abandoned(NOW)


def test_states_and_fences_have_the_names_that_older_archives_hold(tmp_path: Path) -> None:
    assert [state.value for state in LeaseState] == [
        "planned", "running", "done", "partial", "failed", "missed", "skipped",
    ]  # fmt: skip
    fence = Fence(Paths(tmp_path), "a", NIGHT, 1)
    assert fence.path.name == "a.fence"
    fence.path.parent.mkdir(parents=True)
    fence.path.write_bytes(b"x")
    assert highest_fence(Paths(tmp_path).open) == 0
    Fence(Paths(tmp_path), "b", NIGHT, 5).enforce()
    assert highest_fence(Paths(tmp_path).open) == 5


def test_rows_hold_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        assert utc(NOW) == "2025-03-03T01:00:00.000000+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def older(path: Path, number: int) -> None:
    """Make a ledger of an older format in which fence 7 was given out."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(ledger_module._SCHEMA)
        db.execute(
            "INSERT INTO nights (portal, night, state, due_at, fence) VALUES ('b', '2025-03-02', 'done', 'x', 7)"
        )
        if number == 2:
            for statement in ledger_module._SECOND_FORMAT:
                db.execute(statement)
            db.execute("UPDATE fences SET last = 9")
        db.execute(f"PRAGMA user_version={number}")


@pytest.mark.parametrize(("number", "fence"), [(1, 8), (2, 10)])
def test_a_ledger_of_an_older_format_is_taken_over(tmp_path: Path, number: int, fence: int) -> None:
    older(tmp_path / "ledger.db", number)
    for expected in (fence, fence + 1):
        with Ledger(tmp_path / "ledger.db") as opened:
            found = claimed(opened, f"p{expected}")
            assert (found.fence, found.unanswered) == (expected, 0)
            assert row(opened, f"p{expected}").beat is not None
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_ledger_of_a_later_format_is_refused(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db"):
        pass
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        db.execute("PRAGMA user_version=4")
    with pytest.raises(ArchiveUnusable, match="format 4; this program reads up to 3"):
        Ledger(tmp_path / "ledger.db")


def test_the_journal_is_that_of_the_library_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted in ("WAL", "WAL", "DELETE", "DELETE", "WAL"):
        monkeypatch.setattr(ledger_module, "journal_for", lambda version, wanted=wanted: wanted)
        with Ledger(tmp_path / "ledger.db") as opened:
            assert opened.journal() == wanted.lower()


def test_a_claim_without_a_row_holds_nothing(ledger: Ledger) -> None:
    with pytest.raises(StaleClaim, match="was taken over: this run stops"):
        ledger.heartbeat(Claim("nowhere", NIGHT, OWNER, 1, 1), NOW, LEASE)
