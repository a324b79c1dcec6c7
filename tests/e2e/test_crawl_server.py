"""Crawls forked from one prepared process: what dies costs the others nothing, and nothing runs on code that has changed."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
import threading
import time
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from archive.leases.states import LeaseState
from crawler.nights.crawl_process import CrawlProcess, Limits
from crawler.nights.crawl_server import CrawlServer, StartCrawl, execute
from pipelines.prefork import client
from pipelines.prefork.client import ForkedChild, ForkServer, ServerLost, ServerStale, Start
from pipelines.prefork.program import ROOT
from pipelines.prefork.server import file_stamps, program_folders, serve
from replicas.serve import ReplicaServer
from testing.crawl import environment, new_archive
from testing.staged_nights import NightStage, alive

ASLEEP = "import time; print('up', flush=True); time.sleep(60)"
READER = """
import os, time
from datetime import UTC, datetime
from pipelines.prefork import client
from pipelines.prefork.server import prepare
from pipelines.sandbox.extraction_worker import ExtractionWorker
from testing.article_pages import BASE, PLAIN, plain

prepare()
worker = ExtractionWorker()
for last in (False, True):
    worker.read(plain("<p>Xã tạm ngừng cấp nước.</p>").encode(), BASE, (PLAIN,), datetime(2026, 3, 2, tzinfo=UTC))
    pid = worker._child.process.pid
    print("read", pid, client.own.process.pid, os.getpid(), flush=True)
    if last:
        time.sleep(60)
    os.kill(pid, 9)
    worker._child.process.wait()
"""


@pytest.fixture
def server() -> Iterator[CrawlServer]:
    remarks: list[str] = []
    started = CrawlServer(remarks.append)
    yield started
    started.close()
    assert remarks == []


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[ForkServer]:
    """Return the servers of crawls that are started from now on; the tests have one of their own."""
    made: list[ForkServer] = []
    execute = ForkServer.executed.__func__  # type: ignore[attr-defined]  # of a class method

    def executed(cls: type[ForkServer], *asked: object) -> ForkServer:
        server: ForkServer = execute(cls, *asked)
        if str(asked[0]).startswith("crawler."):
            made.append(server)
        return server

    monkeypatch.setattr(ForkServer, "executed", classmethod(executed))
    return made


def started(
    server: CrawlServer, log: Path, code: str, memory: int = 4 << 30, start: StartCrawl | None = None
) -> CrawlProcess:
    limits = Limits(timedelta(seconds=60), memory, timedelta(seconds=5))
    command = [sys.executable, "-c", code]
    return CrawlProcess(command, os.environ, log, limits, time.monotonic(), start=start or server.start)


def wait(seen: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until
        time.sleep(0.02)


def has(log: Path, word: str) -> Callable[[], bool]:
    return lambda: log.exists() and word in log.read_text()


def test_a_forked_crawl_has_its_own_session_limits_and_parent(tmp_path: Path, server: CrawlServer) -> None:
    code = (
        "import os, resource; print(os.getsid(0) == os.getpid(), os.getppid(), resource.getrlimit(resource.RLIMIT_AS))"
    )
    process = started(server, tmp_path / "log", code)
    wait(lambda: process.poll(time.monotonic()))
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    allowed = 4 << 30 if most == resource.RLIM_INFINITY else min(4 << 30, most)
    assert (tmp_path / "log").read_text() == f"True {os.getpid()} {(allowed, allowed)}\n"


def test_a_crawl_forked_from_the_server_may_use_little_memory(tmp_path: Path, server: CrawlServer) -> None:
    process = started(server, tmp_path / "log", "b = bytearray(300 << 20); print('held')", memory=512 << 20)
    wait(lambda: process.poll(time.monotonic()))
    assert (tmp_path / "log").read_text() == "held\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_server_ends_no_crawl_and_the_next_has_a_new_one(
    tmp_path: Path,
    server: CrawlServer,
    servers: list[ForkServer],
    number: signal.Signals,
) -> None:
    first = started(server, tmp_path / "first", ASLEEP)
    servers[0].connection.settimeout(1)
    os.kill(servers[0].process.pid, number)
    second = started(server, tmp_path / "second", ASLEEP)
    wait(has(tmp_path / "first", "up"))
    wait(has(tmp_path / "second", "up"))
    assert first.poll(time.monotonic()) is None
    os.kill(first.pid, signal.SIGSEGV)
    wait(lambda: first.poll(time.monotonic()))
    ended = first.poll(time.monotonic())
    assert ended is not None
    assert ended.code == -signal.SIGSEGV
    assert second.poll(time.monotonic()) is None
    assert len(servers) == 2
    second.kill()


def test_a_night_goes_on_when_its_server_is_killed(tmp_path: Path, servers: list[ForkServer]) -> None:
    stage = NightStage.make(tmp_path, a="slow 2", b="slow 1", c="good", d="hangs")
    stage.jobs = 2
    stage.settings = replace(stage.settings, deadline=timedelta(seconds=3))
    night = threading.Thread(target=stage.due)
    night.start()
    stage.wait("both run", lambda: stage.lines("a") and stage.lines("b"))
    os.kill(servers[0].process.pid, signal.SIGKILL)
    night.join(60)
    assert not night.is_alive()
    assert stage.states() == dict.fromkeys("abc", LeaseState.DONE) | {"d": LeaseState.PARTIAL}
    assert stage.started().total() == 4
    assert len(servers) == 2
    assert stage.findings() == []
    assert not any(map(alive, stage.pids()))


@pytest.mark.parametrize("refused", ["no server", "no adoption"])
def test_a_round_that_cannot_fork_executes_its_crawls_and_remarks_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def raise_lost(*asked: object) -> ForkServer:
        raise ServerLost("no memory")

    if refused == "no server":
        monkeypatch.setattr(ForkServer, "executed", raise_lost)
    else:
        monkeypatch.setattr(client, "_adopt_orphans", lambda on: None)
    remarks: list[str] = []
    server = CrawlServer(remarks.append)
    for name in ("a", "b"):
        process = started(server, tmp_path / name, "print('done')")
        wait(partial(process.poll, time.monotonic()))
        assert (tmp_path / name).read_text() == "done\n"
    server.close()
    assert len(remarks) == 1
    assert remarks[0].startswith("crawls start slowly, each with an interpreter of its own: ")


def test_a_program_whose_starter_dies_before_it_knows_the_id_never_begins(tmp_path: Path) -> None:
    server = ForkServer.executed("crawler.nights.crawl_imports:load", os.environ)
    begin, begun = os.pipe()
    os.close(begun)
    start = Start([sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')"], str(ROOT), dict(os.environ))
    socket.send_fds(server.connection, [json.dumps(asdict(start)).encode()], [begin, 0, 1, 2])
    pid = int(server.connection.recv(64))
    wait(lambda: not alive(pid))
    os.close(begin)
    server.close()
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize("crawl", ["forked", "executed"])
def test_a_reader_is_forked_from_a_copy_started_again_when_killed_and_ends_with_its_crawl(
    tmp_path: Path, server: CrawlServer, crawl: str
) -> None:
    log = tmp_path / "log"
    process = started(server, log, READER, start=server.start if crawl == "forked" else execute)
    wait(lambda: log.exists() and log.read_text().count("read") == 2)
    first, second = (list(map(int, line.split()[1:])) for line in log.read_text().splitlines())
    assert first[0] != second[0]
    assert first[1:] == second[1:]
    assert second[2] == process.pid
    status = Path(f"/proc/{second[0]}/status").read_text()
    assert f"PPid:\t{process.pid}\n" in status
    assert b"-m\0pipelines.sandbox.extraction_worker" not in Path(f"/proc/{second[0]}/cmdline").read_bytes()
    os.kill(process.pid, signal.SIGKILL)
    wait(lambda: not any(map(alive, second[:2])))
    wait(lambda: process.poll(time.monotonic()))


def test_a_server_whose_files_have_changed_forks_nothing() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        serve(theirs, lambda: True)
        os._exit(0)
    theirs.close()
    server = ForkServer(ours, ForkedChild(pid), os.environ)
    with pytest.raises(ServerStale):
        server.start(Start([sys.executable, "-c", "pass"], str(ROOT), dict(os.environ)), (0, 1, 2))
    server.close()


def test_files_of_the_program_are_code_and_tables_and_change_with_their_content(tmp_path: Path) -> None:
    folders = {str(folder.relative_to(ROOT)) for folder in program_folders()}
    assert {"crawler/nights", "testing", "vietnam"} <= folders
    assert "." not in folders
    (tmp_path / "code.py").write_text("x = 1")
    before = file_stamps([tmp_path])
    (tmp_path / "words.toml").touch()
    with_table = file_stamps([tmp_path])
    (tmp_path / "code.py").write_text("x = 22")
    assert len({str(stamps) for stamps in (before, with_table, file_stamps([tmp_path]))}) == 3


def test_the_runner_ends_its_server(tmp_path: Path, servers: list[ForkServer]) -> None:
    stage = NightStage.make(tmp_path, a="good", b="good")
    stage.due()
    assert len(servers) == 1
    assert servers[0].process.poll() is not None


LOADED = """
import atexit, sys

before = set(sys.modules)


def report():
    new = set(sys.modules) - before
    print(sorted(name for name in new if getattr(sys.modules[name], "__file__", None)), flush=True)


atexit.register(report)
"""
CRAWL = """
from scrapy import cmdline

cmdline.execute(["scrapy", *sys.argv[1:]])
"""
READ = """
from datetime import UTC, datetime
from pipelines.extract import extract
from pipelines.html.tree import parse
from pipelines.sandbox.crosscheck import crosscheck
from testing.article_pages import BASE, PLAIN, plain

page = plain("<p>Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3.</p>").encode()
for layouts in ((PLAIN,), ()):
    crosscheck(parse(page, BASE), extract(page, BASE, layouts, datetime(2026, 3, 2, tzinfo=UTC)))
"""
PORTAL = "an_giang"


@pytest.mark.usefixtures("executed")
def test_a_forked_crawl_and_its_reader_load_no_module_anew(tmp_path: Path, server: CrawlServer) -> None:
    archive = new_archive(tmp_path / "archive")
    limits = Limits(timedelta(seconds=60), 4 << 30, timedelta(seconds=5))
    with ReplicaServer() as replica:
        rehearsal = environment(REPLICA="1", REPLICA_PORT=str(replica.port))
        crawls = {
            night: ["crawl", PORTAL, "--archive", str(archive), "--night", night]
            for night in ("2025-03-12", "2025-03-13")
        }
        for name, arguments in {"read": [], **crawls}.items():
            code, log = LOADED + (CRAWL if arguments else READ), tmp_path / name
            command = [sys.executable, "-c", code, *arguments]
            process = CrawlProcess(command, rehearsal, log, limits, time.monotonic(), start=server.start)
            wait(partial(process.poll, time.monotonic()), 60)
            assert literal_eval(log.read_text()) == [
                *(["crawler.settings"] if arguments else ["testing", "testing.article_pages"])
            ]


def test_a_forked_program_collects_garbage_as_an_executed_one(tmp_path: Path, server: CrawlServer) -> None:
    process = started(server, tmp_path / "log", "import gc; print(gc.isenabled(), gc.get_threshold())")
    wait(lambda: process.poll(time.monotonic()))
    assert (tmp_path / "log").read_text() == f"True {gc.get_threshold()}\n"
