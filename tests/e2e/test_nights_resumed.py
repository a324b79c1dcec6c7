"""The real crawl under the real scheduler: interrupted, cut off from the network, as the first process of a container."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.errors import ExitCode
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseRow, LeaseState
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.catalog.portals import load_portals
from replicas import FIRST_NIGHT
from replicas.serve import ReplicaServer
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, command, environment, new_archive, the_night
from testing.http_server import HttpServer, response
from testing.staged_nights import ROOT, NightStage, alive
from vietnam.date_forms import TZ

_ARTICLE = re.compile(r"-\d{10,}\.htm$")


def articles_asked(server: ReplicaServer) -> int:
    """Return the number of requests for articles of `bao_chinh_phu`."""
    return sum(1 for entry in list(server.log) if _ARTICLE.search(entry.path))


def wait(what: str, seen: Callable[[], object], seconds: float = 60) -> None:
    """Wait until `seen()` is true."""
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, f"it never came: {what}"
        time.sleep(0.02)


def only(folder: Path, name: str, more: str = "") -> Path:
    """Write settings with every other portal switched off."""
    path = folder / "nights.toml"
    off = "".join(f"[portals.{other}]\nenabled = false\n" for other in load_portals() if other != name)
    path.write_text(f"{more}\n{off}", encoding="utf-8")
    return path


def scheduler(archive: Path, settings: Path, port: int, *options: str) -> subprocess.Popen[str]:
    """`python scheduler.py` over a replica on this port."""
    line = [sys.executable, "scheduler.py", *options, "--archive", str(archive), "--settings", str(settings)]
    env = {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(port)}
    return subprocess.Popen(line, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def row_of(archive: Path, night: date) -> LeaseRow:
    """Return the one row that is not skipped."""
    with Ledger(archive / "ledger.db") as ledger:
        (row,) = [row for row in ledger.of_night(night) if row.state is not LeaseState.SKIPPED]
    return row


def committed(pages: Path) -> list[str]:
    """Return the addresses of the articles whose lines stand in a run."""
    lines = [json.loads(line) for line in pages.read_text(encoding="utf-8").splitlines()]
    return [urlsplit(line["url"]).path for line in lines if line["outcome"] == "article"]


def session(pid: int) -> set[int]:
    """Every process of a session that has not ended."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == pid and fields[0] not in "ZX":
            found.add(int(stat.parent.name))
    return found


def test_after_sigterm_only_what_was_not_committed_is_fetched_again(tmp_path: Path) -> None:
    archive, settings = new_archive(tmp_path / "archive"), only(tmp_path, "bao_chinh_phu")
    options = ("--once", "--night", FIRST_NIGHT.isoformat())
    with ReplicaServer() as server:
        process = scheduler(archive, settings, server.port, *options)
        wait("some articles", lambda: articles_asked(server) >= 3 or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[0]
        assert process.returncode == ExitCode.INTERRUPTED, said
        row = row_of(archive, FIRST_NIGHT)
        assert (row.state, row.tries, str(row.reason)) == (
            LeaseState.PLANNED,
            0,
            "interrupted: the scheduler was stopped",
        )
        kept = committed(archive / f"open/{FIRST_NIGHT}/bao_chinh_phu/pages.jsonl")
        before = [entry.path for entry in server.log]
        assert len(kept) >= 1
        process = scheduler(archive, settings, server.port, *options)
        said = process.communicate(timeout=120)[0]
        assert process.returncode == ExitCode.GOOD, said
        after = [entry.path for entry in server.log[len(before) :]]
    assert not set(kept) & set(after)
    everything = committed(archive / f"{FIRST_NIGHT:%Y/%m/%d}/bao_chinh_phu/pages.jsonl")
    assert len(everything) == len(set(everything)) > len(kept)
    assert len(set(before) & set(everything) & set(after)) <= 1  # the one request that was on its way
    assert row_of(archive, FIRST_NIGHT).state is LeaseState.DONE


def test_kill_9_of_the_scheduler_leaves_nothing_of_the_crawl_running(tmp_path: Path) -> None:
    archive, settings = new_archive(tmp_path / "archive"), only(tmp_path, "quang_tri")
    with ReplicaServer() as server:
        process = scheduler(archive, settings, server.port, "--once", "--night", FIRST_NIGHT.isoformat())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        wait("some answers", lambda: len(server.log) >= 6 or process.poll() is not None)
        started = [int(pid) for pid in children.read_text().split()]
        (crawl,) = [pid for pid in started if os.getsid(pid) == pid]
        wait("the copy of the crawl and the child that reads pages", lambda: len(session(crawl)) >= 3)
        process.kill()
        process.communicate()
        wait("their end, and that of the crawl server", lambda: not session(crawl) and not any(map(alive, started)), 10)


def test_two_sigterms_lose_no_more_than_the_request_on_its_way(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    keys = [f"k{number}" for number in range(6)]
    pages = {"/tin-tuc": response(listing(keys))}
    pages |= {f"/tin/{key}.html": response(article(number)) for number, key in enumerate(keys)}
    with HttpServer(dict(pages), delay=0.7) as server:
        env = environment(REPLICA="1", REPLICA_PORT=str(server.port))
        line = command("--archive", str(root), "--night", NIGHT.isoformat())
        with subprocess.Popen(line, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
            wait("two articles", lambda: server.asked["/tin/k1.html"] or process.poll() is not None)
            for _ in range(2):
                process.send_signal(signal.SIGTERM)
                time.sleep(0.2)
            said = process.communicate(timeout=30)[1].splitlines()
        assert process.returncode == ExitCode.INTERRUPTED
        assert said[-1].startswith("told to stop twice; what was committed is kept")
        kept = committed(root / f"open/{NIGHT}/ba_song/pages.jsonl")
        asked = {path: server.asked[path] for path in kept}
        done = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == ExitCode.GOOD, done.stderr
    run, _, lines = the_night(root)
    assert (run.attempts, sorted(line.key for line in lines)) == (2, keys)
    assert {path: server.asked[path] for path in kept} == asked
    assert sum(server.asked[f"/tin/{key}.html"] for key in keys) <= len(keys) + 2


def test_a_night_without_a_network_stays_open_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    opened = datetime.now(TZ) - timedelta(hours=1)
    closes = opened + timedelta(hours=4)
    hours = f'start = "{opened:%H:%M}"\ncut_off = "{closes:%H:%M}"'
    archive, settings = new_archive(tmp_path / "archive"), only(tmp_path, "quang_tri", hours)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = scheduler(archive, settings, port, "--due")
    said = process.communicate(timeout=60)[0]
    assert process.returncode == ExitCode.INTERRUPTED, said
    row = row_of(archive, opened.date())
    assert (row.state, row.tries, row.unanswered) == (LeaseState.PLANNED, 0, 1)
    assert str(row.reason) == "unreachable: 1 requests in a row were not answered (connection refused)"
    with closing(sqlite3.connect(archive / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE nights SET due_at = '2020-01-01T00:00:00+00:00' WHERE state = 'planned'")
    with ReplicaServer(port=port) as server:
        process = scheduler(archive, settings, server.port, "--due")
        said = process.communicate(timeout=120)[0]
    assert process.returncode == ExitCode.GOOD, said
    with Archive.open(archive, ArchiveKind.REPLICA) as store:
        (run,) = store.runs(opened.date())
    assert (run.run, run.attempts, run.outcomes["unreachable"]) == ("quang_tri", 2, 1)


ORPHAN = """
import os, subprocess, sys, time
from crawler.nights.crawl_process import reap_orphans
from pipelines.prefork.client import _adopt_orphans
if os.getpid() != 1:
    _adopt_orphans(True)
forks = "import os, time; os.fork() or time.sleep(0.5)"
crawl = subprocess.Popen([sys.executable, "-c", forks], start_new_session=True)
time.sleep(1.5)
assert reap_orphans() == 1, "the orphan was not found"
assert reap_orphans() == 0
assert crawl.wait() == 0, "our own child was taken from us"
"""


def contained(*line: str) -> subprocess.Popen[str]:
    """Start the command as the first process of a pid namespace, as in a container."""
    if os.geteuid() != 0:
        pytest.skip("a pid namespace needs root")
    boxed = ["unshare", "--pid", "--fork", "--mount-proc", *line]
    try:
        return subprocess.Popen(boxed, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        pytest.skip("unshare (util-linux) is not there")


def test_a_scheduler_reaps_what_it_took_in_and_leaves_its_own_children() -> None:
    done = subprocess.run([sys.executable, "-c", ORPHAN], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_process_of_a_container_reaps_orphans_and_leaves_its_own_children(tmp_path: Path) -> None:
    process = contained(sys.executable, "-c", ORPHAN)
    said = process.communicate(timeout=30)[0]
    if "Operation not permitted" in said:
        pytest.skip("this machine allows no pid namespace")
    assert process.returncode == 0, said


def test_the_first_process_of_a_container_ends_its_crawls_on_a_signal(tmp_path: Path) -> None:
    stage = NightStage.make(tmp_path, a="beats")
    (tmp_path / "offset").write_text(str((stage.now - datetime.now(TZ)).total_seconds()))
    process = contained(sys.executable, "-m", "testing.staged_nights", str(stage.root), "stay")
    try:
        wait("a commit", lambda: stage.lines("a") >= 2 or process.poll() is not None)
        if process.poll() is not None and "not permitted" in process.communicate()[0]:
            pytest.skip("this machine allows no pid namespace")
        (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == ExitCode.INTERRUPTED
        row = stage.rows()["a"]
        assert (row.state, str(row.reason), row.tries) == (
            LeaseState.PLANNED,
            "interrupted: the scheduler was stopped",
            0,
        )
        assert not alive(int(first))
    finally:
        process.kill()
        process.communicate()
