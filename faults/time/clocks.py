"""Clocks that jump, hosts that sleep, nights that overlap, and crawls that die: what the ledger makes of them."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from archive.leases.states import LeaseState
from crawler.config.settings_file import NightSettings
from faults import checks
from faults.catalogue import CheckFailure, Place, require, row
from faults.process.scheduler_stub import SchedulerStub, at
from faults.process.subprocesses import ChildExit, start


def _run_due(ended: ChildExit, code: int = 0) -> ChildExit:
    require(ended.code == code, f"the night service ends with {ended.code} where {code} is right: {ended.error[-500:]}")
    return ended


def _is(found: object, wanted: object, what: str) -> None:
    require(found == wanted, f"{what}: found {found}, right is {wanted}")


@row("A24", "the clock jumps an hour ahead, and a day while a night runs", weight=8, quick=True)
def _a24(place: Place) -> str:
    scheduler = SchedulerStub(place.folder)
    _run_due(scheduler.run_due(at(4, 2)))  # the first night of all
    _run_due(scheduler.run_due(at(5, 0, 50)))
    _is(len(scheduler.runs(5)), 0, "before its hour nothing runs")
    scheduler.ways["ben_da"] = "slow"  # it goes on when the clock has jumped
    log = place.folder / "log/2025-03-05/ben_da.log"

    def jumping() -> datetime:
        if log.exists() and "open" in log.read_text(encoding="utf-8"):
            (place.folder / "go").touch()
            return at(6, 0, 55)
        return at(5, 1, 50)

    _run_due(scheduler.run_due(jumping))
    _is([run.night.day for run in scheduler.runs(5)], [5], "the night is the one it started in")
    ended = scheduler.row(5).state.value
    scheduler.ways["ben_da"] = "good"
    _run_due(scheduler.run_due(at(6, 1, 1)))
    if scheduler.states(4, 5, 6) not in ("done done done", "done partial done"):
        raise CheckFailure(f"the nights stand as {scheduler.states(4, 5, 6)}")
    _is([len(scheduler.runs(day)) for day in (4, 5, 6)], [1, 1, 1], "runs of each night")
    checks.whole(scheduler.root)
    return f"the night that was due ran at the next ring; what ran kept its date ({ended}); three nights, one run each"


@row("A25", "the clock jumps back an hour, and to 1970", weight=6, quick=True)
def _a25(place: Place) -> str:
    scheduler = SchedulerStub(place.folder)
    for moment in (at(4, 2), at(5, 2), at(5, 1, 1)):
        _run_due(scheduler.run_due(moment))
    _run_due(scheduler.run_due(at(5, 0, 30)), 2)  # before the night that is sealed already: refused, and told
    _is([len(scheduler.runs(day)) for day in (4, 5)], [1, 1], "runs of each night")
    before = checks.archive_files(scheduler.root)
    refused = _run_due(scheduler.run_due(datetime.fromisoformat("1970-01-01T02:00:00+07:00")), 2)
    _is(checks.archive_files(scheduler.root), before, "files after a ring in 1970")
    _is(list(scheduler.root.glob("19*")), [], "folders of 1970")
    checks.whole(scheduler.root)
    return f"no night twice; in 1970 exit code 2: {refused.error[:90]}…"


@row("A27", "a night is not over when the next one begins", weight=10, quick=True)
def _a27(place: Place) -> str:
    scheduler = SchedulerStub(place.folder, {"ben_da": "slow"}, retry=0.5)
    first = start(scheduler.due_work(at(4, 2)))
    _wait_for(place.folder / "log/2025-03-04/ben_da.log", "open")
    second = start(scheduler.due_work(at(5, 2)))
    until, row = time.monotonic() + 60, None
    while time.monotonic() < until and (row is None or not row.reason):
        with contextlib.suppress(CheckFailure):  # it is planned when the second has begun
            row = scheduler.row(5)
        time.sleep(0.1)
    if row is None or scheduler.runs(5) or row.state is LeaseState.DONE:
        raise CheckFailure("two nights of one portal ran at the same time")
    (place.folder / "go").touch()
    first.end()
    second.end()
    scheduler.ways["ben_da"] = "good"
    _run_due(scheduler.run_due(at(5, 3)))
    found = scheduler.row(4).state
    if not found.terminal or len(scheduler.runs(4)) > 1:
        raise CheckFailure(
            f"the first night stands as {found.value} ({scheduler.row(4).reason}), {len(scheduler.runs(4))} runs"
        )
    _is((scheduler.row(5).state, len(scheduler.runs(5))), (LeaseState.DONE, 1), "the second night and its runs")
    checks.whole(scheduler.root)
    return f"the second is {row.state.value} ({str(row.reason)[:60]}) and ran when the first had ended ({found.value})"


def _wait_for(log: Path, word: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not (log.exists() and word in log.read_text(encoding="utf-8", errors="replace")):
        require(time.monotonic() <= until, f"{word} never came in {log.name}")
        time.sleep(0.02)


@row("A31", "the host is down for three nights", weight=6, quick=True)
def _a31(place: Place) -> str:
    scheduler = SchedulerStub(place.folder)
    _run_due(scheduler.run_due(at(4, 2)))
    _run_due(scheduler.run_due(at(8, 2)))
    _is(scheduler.states(4, 5, 6, 7, 8), "done missed missed missed done", "the nights")
    _is([len(scheduler.runs(day)) for day in range(4, 9)], [1, 0, 0, 0, 1], "runs of each night")
    sealed = [(scheduler.root / f"2025/03/{day:02d}/manifest-1.json").read_bytes() for day in (5, 6, 7)]
    require(all(b"ben_da" in manifest for manifest in sealed), "a missed night does not stand in its seal")
    checks.whole(scheduler.root)
    return f"three nights recorded as missed ({scheduler.row(6).reason}) and sealed so; the newest ran"


@row("A32", "a crawl dies of a segfault, another of its memory limit", weight=10, quick=True)
def _a32(place: Place) -> str:
    limits = NightSettings(contact="a@ben-da.vn", jobs=1, max_tries=2, memory=1 << 30)
    scheduler = SchedulerStub(place.folder, {"ben_da": "good", "doi_moi": "segfault", "hoa_an": "memory"}, limits)
    scheduler.run_due(at(4, 2))
    _is(scheduler.row(4, "ben_da").state, LeaseState.DONE, "the portal that did well")
    said = []
    for name, word in (("doi_moi", "SIGSEGV"), ("hoa_an", "memory")):
        row = scheduler.row(4, name)
        if row.state is not LeaseState.FAILED or word not in str(row.reason):
            raise CheckFailure(f"{name} stands as {row.state.value}: {row.reason}")
        said.append(str(row.reason)[:60])
    kept = checks.committed(scheduler.root)
    require(kept.texts == 4, f"O2: {kept.texts} texts are kept where 4 were committed")
    checks.intact(scheduler.root)
    return f"recorded as {'; '.join(said)}; the third portal is done, what was committed is kept"


@row("A33", "a crawl hangs and heeds no signal", weight=8, quick=True)
def _a33(place: Place) -> str:
    limits = NightSettings(contact="a@ben-da.vn", jobs=1, deadline=timedelta(seconds=4))
    scheduler = SchedulerStub(place.folder, {"ben_da": "hang", "doi_moi": "good"}, replace(limits), grace=0.5)
    scheduler.run_due(at(4, 2))
    row = scheduler.row(4)
    if row.state is not LeaseState.PARTIAL or "SIGTERM" not in str(row.reason) or "killed" not in str(row.reason):
        raise CheckFailure(f"it stands as {row.state.value}: {row.reason}")
    _is(scheduler.row(4, "doi_moi").state, LeaseState.DONE, "the portal behind it")
    (run,) = [run for run in scheduler.runs(4) if run.portal == "ben_da"]
    _is((run.complete, run.events), (False, {"new": 1}), "its record")
    checks.whole(scheduler.root)
    return f"killed and recorded as partial ({row.reason}); the next portal is done"
