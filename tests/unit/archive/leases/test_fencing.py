"""A process that was paused and taken over writes nothing when it wakes up: fences, locks and who may end whom."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import ArchiveUnusable, StaleClaim
from archive.ingest.placement import LockHolder, free, hold
from archive.leases.fencing import Fence, highest_fence
from archive.leases.ledger import LeaseState, Ledger
from archive.leases.process_id import Owner
from archive.storage.paths import Paths
from crawler.nights.runner import LEASE
from testing.archives import FIRST, RELEASE, SHORT, at, finish, judge, keep, make
from testing.staged_nights import NIGHT, ROOT, START, NightStage, alive, crawl


@pytest.fixture
def crawls() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that a test started; none outlives it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def begun(stage: NightStage, portal: str, fence: int | None) -> subprocess.Popen[str]:
    """A crawl under this fence that has committed three lines, in a session of its own."""
    environment = {**os.environ, "FENCE": str(fence) if fence else ""}
    line = crawl(portal, NIGHT, stage.root)
    process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    stage.wait("three lines", lambda: stage.lines(portal) >= 3 or process.poll() is not None)
    return process


def claimed(stage: NightStage, portal: str) -> int:
    """Claim a portal's night as a scheduler on another host does, and raise its fence."""
    with Ledger(stage.root / "ledger.db") as ledger:
        ledger.plan(NIGHT, [portal], START)
        claim = ledger.claim(portal, NIGHT, Owner("another-host", 4242), START, LEASE)
    assert claim is not None
    Fence(Paths(stage.root), portal, NIGHT, claim.fence).enforce()
    return claim.fence


@pytest.mark.e2e
def test_a_paused_crawl_that_was_taken_over_commits_nothing_when_it_wakes_up(
    tmp_path: Path, crawls: list[subprocess.Popen[str]]
) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    crawls.append(process := begun(stage, "a", claimed(stage, "a")))
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.2)
    before = stage.lines("a")
    Fence(Paths(stage.root), "a", NIGHT, 7).enforce()
    process.send_signal(signal.SIGCONT)
    said = process.communicate(timeout=30)[0].splitlines()
    assert process.returncode == 11
    assert said[-1] == (
        f"a of {NIGHT} was taken over under fence 7 and this process holds fence 1: it stops and writes nothing"
    )
    assert stage.lines("a") == before


@pytest.mark.e2e
def test_the_night_of_a_paused_crawl_is_ended_by_another_scheduler_and_the_paused_one_with_it(
    tmp_path: Path, crawls: list[subprocess.Popen[str]]
) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    crawls.append(process := begun(stage, "a", claimed(stage, "a")))
    process.send_signal(signal.SIGSTOP)
    stage.expire()
    stage.play(a="good")
    stage.due()
    assert not alive(process.pid)
    row = stage.rows()["a"]
    assert (row.state, row.tries, row.fence, stage.runs()) == (LeaseState.DONE, 2, 3, ["a"])
    assert stage.findings() == []


@pytest.mark.e2e
def test_a_paused_scheduler_is_taken_over_and_its_crawl_keeps_nothing_more(
    tmp_path: Path, crawls: list[subprocess.Popen[str]]
) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    crawls.append(first := stage.scheduler("due"))
    stage.wait("a commit", lambda: stage.lines("a") >= 3)
    first.send_signal(signal.SIGSTOP)  # its crawl goes on
    stage.expire()
    stage.play(a="good")
    stage.due()
    assert [alive(pid) for pid in stage.pids()] == [False, False]
    first.send_signal(signal.SIGCONT)
    assert "a of 2026-03-02 was taken over" in first.communicate(timeout=60)[0]
    assert (stage.states(), stage.runs()) == ({"a": LeaseState.DONE}, ["a"])
    assert stage.findings() == []


@pytest.mark.parametrize("fence", [None, 9], ids=["started by hand", "of a higher claim"])
def test_a_crawl_that_nobody_took_over_is_left_alone(
    tmp_path: Path, crawls: list[subprocess.Popen[str]], fence: int | None
) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    if fence:
        Fence(Paths(stage.root), "a", NIGHT, fence).enforce()
    crawls.append(process := begun(stage, "a", fence))
    held = free(Paths(stage.root), "a", NIGHT, 5)
    assert held is not None
    assert f"process {process.pid} on " in held
    assert alive(process.pid)


def test_another_night_of_the_same_portal_is_left_alone(tmp_path: Path, crawls: list[subprocess.Popen[str]]) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    crawls.append(process := begun(stage, "a", claimed(stage, "a")))
    held = free(Paths(stage.root), "a", NIGHT + timedelta(days=1), 99)
    assert held == f"process {process.pid} on {Owner.current().host} is writing a of {NIGHT}"
    assert alive(process.pid)


def test_a_group_that_was_queued_under_an_old_fence_is_not_kept(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    archive.raise_fence("da_nang", FIRST, 1)
    night = archive.start("da_nang", FIRST, at(FIRST), judge, 1)
    keep(night, RELEASE, at(FIRST))
    night.commit()
    keep(night, SHORT, at(FIRST))
    archive.raise_fence("da_nang", FIRST, 2)
    before = {path.name: path.read_bytes() for path in night.folder.iterdir()}
    with pytest.raises(StaleClaim):
        night.commit()
    with pytest.raises(StaleClaim):
        keep(night, SHORT, at(FIRST))
    assert {path.name: path.read_bytes() for path in night.folder.iterdir()} == before
    night.abandon()
    again = archive.start("da_nang", FIRST, at(FIRST), judge, 2)
    keep(again, SHORT, at(FIRST))
    assert finish(again, at(FIRST)).events == {"new": 2}


def test_the_fence_is_compared_inside_the_transaction_of_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make(tmp_path / "a")
    archive.raise_fence("da_nang", FIRST, 1)
    night = archive.start("da_nang", FIRST, at(FIRST), judge, 1)
    keep(night, RELEASE, at(FIRST))
    syncing = night._warc.sync

    def paused() -> None:
        syncing()
        archive.raise_fence("da_nang", FIRST, 2)  # behind the first look at the fence, before the transaction

    monkeypatch.setattr(night._warc, "sync", paused)
    with pytest.raises(StaleClaim, match="taken over under fence 2"):
        night.commit()
    assert not (night.folder / "pages.jsonl").exists()
    night.abandon()


@pytest.mark.parametrize(
    ("stands", "message"),
    [
        pytest.param(None, "has ended and this process holds fence 3", id="none: the night was sealed"),
        pytest.param(2, "was taken over under fence 2", id="a lower one"),
        pytest.param(4, "was taken over under fence 4", id="a higher one"),
    ],
)
def test_no_other_fence_than_the_one_in_force_opens_a_run(tmp_path: Path, stands: int | None, message: str) -> None:
    archive = make(tmp_path / "a")
    if stands is not None:
        archive.raise_fence("da_nang", FIRST, stands)
    with pytest.raises(StaleClaim, match=message):
        archive.start("da_nang", FIRST, at(FIRST), judge, 3)
    assert archive.open_runs(FIRST) == []


def test_a_fence_never_falls_and_goes_with_the_seal(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    archive.raise_fence("da_nang", FIRST, 3)
    with pytest.raises(StaleClaim):
        archive.raise_fence("da_nang", FIRST, 2)
    finish(archive.start("da_nang", FIRST, at(FIRST), judge, 3), at(FIRST))
    assert highest_fence(archive.paths.open) == 3
    archive.seal(FIRST, {})
    assert highest_fence(archive.paths.open) == 0
    assert not archive.paths.open_night(FIRST).exists()


def test_an_archive_whose_disk_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(night, RELEASE, at(FIRST))
    (tmp_path / "a").rename(tmp_path / "elsewhere")
    (tmp_path / "a").mkdir()  # the empty mount point
    with pytest.raises(ArchiveUnusable, match="is gone: mount its disk"):
        night.commit()
    assert list((tmp_path / "a").iterdir()) == []
    night.abandon()


def test_fences_go_on_rising_when_the_ledger_was_lost(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="good")
    assert [claimed(stage, "a")] == [1]
    Fence(Paths(stage.root), "a", NIGHT, 41).enforce()
    (stage.root / "ledger.db").unlink()
    assert claimed(stage, "a") == 42


def test_a_ledger_of_the_first_format_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path):
        pass
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("ALTER TABLE nights DROP COLUMN unanswered")
        old.execute("ALTER TABLE nights DROP COLUMN beat")
        old.execute("DROP TABLE fences")
        old.execute(
            "INSERT INTO nights (portal, night, state, due_at, fence) VALUES ('a', '2026-03-01', 'done', '', 17)"
        )
        old.execute("UPDATE nights SET due_at = '2026-03-01T00:00:00+00:00'")
        old.execute("PRAGMA user_version=1")
    with Ledger(path) as ledger:
        ledger.plan(NIGHT, ["a"], START)
        claim = ledger.claim("a", NIGHT, Owner.current(), START, LEASE)
        assert claim is not None
        assert (claim.fence, claim.unanswered) == (18, 0)


def test_a_lock_file_that_was_removed_lets_no_two_processes_in(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = hold(paths, LockHolder.here("a", NIGHT, 1))
    paths.lock("a").unlink()
    second = hold(paths, LockHolder.here("a", NIGHT, 2))  # which is why the fence is there as well
    assert os.fstat(first.fileno()).st_ino != os.fstat(second.fileno()).st_ino
    first.close()
    second.close()


def test_only_the_very_process_is_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import time; print(); time.sleep(60)"], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        here = Owner.current()
        started = (Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split())[19]
        owner = replace(here, pid=child.pid, started=started)
        assert not replace(owner, boot=owner.boot + "0").kill()  # another container
        assert not replace(owner, host="another-host").kill()
        assert replace(owner, started="1").kill()  # that one is gone, this one only has its number
        assert child.poll() is None
        assert not owner.is_dead()
        assert owner.kill()
        assert owner.is_dead()
        child.wait()
