"""Real nights of the real scheduler over the replica portals, interrupted, doubled and killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from archive.leases.states import LeaseState
from archive.model.enums import ArchiveKind
from faults import checks
from faults.catalogue import CheckFailure, Need, Place, require, row
from faults.process.commands import expect, lease_row, scheduler, scheduler_line, start_command, write_settings
from faults.process.composed_run import base, write_night
from faults.process.subprocesses import killed, run_well
from faults.storage.disks import filled, in_memory
from replicas import FIRST_NIGHT
from replicas.serve import ReplicaServer
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, CommandResult, crawl, new_archive, the_night
from testing.http_server import HttpServer, SlowRelay, response

PORTAL, BESIDE = "quang_tri", "binh_dinh"
_ONCE = ("--once", "--night", FIRST_NIGHT.isoformat(), "--jobs", "1")


@contextlib.contextmanager
def _rehearsal(place: Place) -> Iterator[tuple[Path, dict[str, str]]]:
    """Return an empty replica archive, and the environment of a rehearsal over a server of its own."""
    with ReplicaServer() as server:
        yield (
            new_archive(place.folder / "archive", ArchiveKind.REPLICA),
            {"REPLICA": "1", "REPLICA_PORT": str(server.port)},
        )


def _undisturbed(place: Place, more: dict[str, str], *names: str) -> checks.State:
    """Return the state of the same night when nothing happens."""
    root = new_archive(place.folder / "undisturbed", ArchiveKind.REPLICA)
    expect(scheduler(root, write_settings(place.folder, *names), *_ONCE, more=more), 0)
    return checks.state(root)


def _same_night(root: Path, wanted: checks.State, before: checks.Committed) -> None:
    """All checks after a night that was resumed.

    The captures of a second start stand in a second file: texts decide.
    """
    checks.unchanged(before, checks.committed(root))
    checks.same_state(_settled(checks.state(root)), _settled(wanted))
    checks.intact(root)


def _settled(state: checks.State) -> checks.State:
    """Without the answers: a rehearsal that begins again asks its lists again."""
    return {name: said for name, said in state.items() if not name.endswith("answers")}


def _capturing(root: Path, portal: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while not list((root / "open").glob(f"*/{portal}/articles.jsonl")):
        require(time.monotonic() <= until and process.poll() is None, f"{portal} never began to write")
        time.sleep(0.02)


@row("A26", "a run crosses midnight", weight=6)
def _a26(place: Place) -> str:
    keys = [f"t{number}" for number in range(6)]
    pages = {f"/tin/{key}.html": response(article(number)) for number, key in enumerate(keys)}
    root = new_archive(place.folder / "archive", ArchiveKind.REPLICA)
    with HttpServer({"/tin-tuc": response(listing(keys)), **pages}, delay=0.4) as server:
        done = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port)
    require(done.code == 0, f"the crawl ends with {done.code}: {done.err[-300:]}")
    run, lines, articles = the_night(root)
    days = {run.started_at.date(), *(page.fetched_at.date() for page in lines)}
    if days != {NIGHT, NIGHT + timedelta(days=1)} or len(articles) != len(keys):
        raise CheckFailure(f"begun and fetched on {sorted(days)}, {len(articles)} articles")
    others = [path for path in root.glob("2025/*/*") if path.name != f"{NIGHT:%d}"]
    require(not others and run.night == NIGHT, f"some of it stands in {others}")
    checks.whole(root)
    return f"begun on {min(days)}, fetched up to {max(days)}, all of it in the night of {run.night}"


@row("A28", "two schedulers are started", weight=15)
def _a28(place: Place) -> str:
    with _rehearsal(place) as (root, more):
        line = scheduler_line(root, write_settings(place.folder, PORTAL, BESIDE), *_ONCE)
        both = [start_command(line, more) for _ in range(2)]
        said = "".join(process.communicate(timeout=180)[1] for process in both)
    if [process.returncode for process in both] != [0, 0]:
        raise CheckFailure(f"they end with {[process.returncode for process in both]}: {said[-400:]}")
    runs = sorted(path.name for path in (root / f"{FIRST_NIGHT:%Y/%m/%d}").iterdir() if path.is_dir())
    if runs != [BESIDE, PORTAL] or said.count(f"{PORTAL} started") != 1 or said.count(f"{BESIDE} started") != 1:
        raise CheckFailure(f"runs {runs}: {said[-400:]}")
    checks.whole(root)
    return f"each of {PORTAL} and {BESIDE} was started once and has one run"


def _interrupted(place: Place, stop: Callable[[subprocess.Popen[str]], None]) -> tuple[Path, CommandResult, str]:
    """Begin a night, stop the scheduler in the middle of a portal, look, and run the night again; make all checks."""
    with _rehearsal(place) as (root, more):
        wanted = _undisturbed(place, more, PORTAL)
        settings = write_settings(place.folder, PORTAL)
        with SlowRelay(int(more["REPLICA_PORT"]), 0.6) as slow:  # so that it is not over before it is stopped
            process = start_command(scheduler_line(root, settings, *_ONCE), more | {"REPLICA_PORT": str(slow.port)})
            _capturing(root, PORTAL, process)
            stop(process)
            _, said = process.communicate(timeout=60)
        time.sleep(0.2)
        before = checks.committed(root)
        require(before.articles, "it was stopped before anything was committed: nothing is seen by that")
        standing_then = lease_row(root, PORTAL, FIRST_NIGHT)
        again = expect(scheduler(root, settings, *_ONCE, more=more), 0)
        _same_night(root, wanted, before)
        if lease_row(root, PORTAL, FIRST_NIGHT).state is not LeaseState.DONE:
            raise CheckFailure("the night is not done after it was resumed")
    seen = CommandResult(process.returncode or 0, "", said)
    return root, seen, f"{standing_then.state.value}, {len(before.articles)} kept before, resumed ({again.code})"


@row("A29", "the scheduler is killed while a portal runs", weight=15)
def _a29(place: Place) -> str:
    child: list[int] = []

    def kill(process: subprocess.Popen[str]) -> None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        child.extend(map(int, children.split()))
        process.kill()

    root, _, seen = _interrupted(place, kill)
    alive = [pid for pid in child if Path(f"/proc/{pid}").exists()]
    row_ = lease_row(root, PORTAL, FIRST_NIGHT)
    require(not alive and child and row_.tries == 2, f"children {child}, still alive {alive}, tries {row_.tries}")
    return f"its crawl died with it; {seen}; try {row_.tries}, fence {row_.fence}"


@row("A30", "a lock left over from before: its holder was killed, its number belongs to somebody else", quick=True)
def _a30(place: Place) -> str:
    root = place.folder / "archive"
    base(root)
    killed(partial(write_night, root))
    lock = next((root / "open").glob("*.lock"))
    lock.write_text(f"{os.getpid()}\n")  # a living process that never held it
    before = checks.committed(root)
    run_well(partial(write_night, root), "the next start")
    checks.unchanged(before, checks.committed(root))
    checks.intact(root)
    return "the kernel had freed it; the next start went on at once"


@row("A34", "SIGTERM to the scheduler, once and twice", weight=25)
def _a34(place: Place) -> str:
    said = []
    for times in (1, 2):

        def stop(process: subprocess.Popen[str], times: int = times) -> None:
            for _ in range(times):
                process.send_signal(signal.SIGTERM)
                time.sleep(0.3)

        _, ended, seen = _interrupted(place.below(str(times)), stop)
        if ended.code != 11 or not seen.startswith("planned"):
            raise CheckFailure(f"SIGTERM {times} times: exit code {ended.code}, {seen}: {ended.err[-300:]}")
        said.append(seen)
    return f"exit code 11 both times; {'; '.join(said)}"


@row("A12", "no space left for the log alone", Need.ROOT, weight=12)
def _a12(place: Place) -> str:
    with _rehearsal(place) as (root, more), in_memory(place.folder / "logs", "64k") as logs, filled(logs, 0):
        settings = write_settings(place.folder, PORTAL, logs=f'"{logs}"', **_SMALL_DISK)
        did = scheduler(root, settings, *_ONCE, more=more)
        done = lease_row(root, PORTAL, FIRST_NIGHT)
    if done.state is not LeaseState.DONE or did.code != 0 or "Traceback" in did.err:
        raise CheckFailure(f"exit code {did.code}, {done.state.value} {done.reason}: {did.err[-400:]}")
    require("log" in did.err.lower(), "that the log could not be written is told nowhere")
    checks.whole(root)
    return f"the night is done; told: {next(line for line in did.err.splitlines() if 'log' in line.lower())[:90]}"


_SMALL_DISK = {"min_free": '"0 B"'}
"""Settings that let a night start on a small disk."""


@row("A13", "the disk is nearly full", Need.ROOT, weight=10)
def _a13(place: Place) -> str:
    with _rehearsal(place) as (plain, more), in_memory(place.folder / "disk", "64m") as disk:
        root = disk / "archive"
        shutil.copytree(plain, root)
        low = write_settings(place.folder, PORTAL, min_free='"1 GB"')
        did = scheduler(root, low, *_ONCE, more=more)
        begun = [path.name for path in (root / "open").glob("*/*") if path.is_dir()]
        if did.code != 3 or "low disk" not in did.err or begun:
            raise CheckFailure(f"exit code {did.code} and {begun}: {did.err[-300:]}")
        state = lease_row(root, PORTAL, FIRST_NIGHT).state
        require(state is LeaseState.PLANNED, f"the night that was not begun stands as {state.value}")
        expect(scheduler(root, write_settings(place.folder, PORTAL, **_SMALL_DISK), *_ONCE, more=more), 0)
        checks.whole(root)
    return f"exit code 3, nothing begun, the night stays owed: {did.last[-80:]}; run when there was room"
