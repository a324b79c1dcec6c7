"""Crawls and schedulers that are paused, taken over and woken up again: only the last one writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.ingest.placement import free
from archive.leases.fencing import Fence
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import LeaseState
from archive.storage.paths import Paths
from crawler.nights.runner import LEASE
from testing.staged_nights import NIGHT, ROOT, START, NightStage, alive, crawl


@pytest.fixture
def crawls() -> Iterator[list[subprocess.Popen[str]]]:
    """Collect the processes that a test starts; kill them at its end."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def begun(stage: NightStage, portal: str, fence: int | None) -> subprocess.Popen[str]:
    """Start a crawl under this fence and wait until it has committed three lines, in a session of its own."""
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
    assert f"process {process.pid} on " in str(held)
    assert alive(process.pid)


def test_another_night_of_the_same_portal_is_left_alone(tmp_path: Path, crawls: list[subprocess.Popen[str]]) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    crawls.append(process := begun(stage, "a", claimed(stage, "a")))
    held = free(Paths(stage.root), "a", NIGHT + timedelta(days=1), 99)
    assert str(held) == f"process {process.pid} on {Owner.current().host} is writing a of {NIGHT}"
    assert alive(process.pid)


def test_fences_go_on_rising_when_the_ledger_was_lost(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="good")
    assert [claimed(stage, "a")] == [1]
    Fence(Paths(stage.root), "a", NIGHT, 41).enforce()
    (stage.root / "ledger.db").unlink()
    assert claimed(stage, "a") == 42


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
