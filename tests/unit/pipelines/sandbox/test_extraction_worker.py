"""The reading process: cheap for plain pages, killed at its deadline, confined, gone with its parent."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from archive.model.enums import Outcome
from pipelines.article_json import article_from_json, article_to_json
from pipelines.extract import extract
from pipelines.sandbox.child_process import LENGTH
from pipelines.sandbox.extraction_worker import (
    ExtractFailed,
    ExtractionWorker,
    ExtractTimeout,
    outcome_of,
    page_request,
)
from pipelines.sandbox.page_question import PageQuestion, layouts_context, layouts_of
from pipelines.sandbox.reader_process import WAITING, ReaderDied
from testing.article_pages import BASE, PLAIN, SHAPES, plain
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 17, 20, 0, tzinfo=TZ)
PAGE = plain("<p>Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3.</p>").encode()
LARGE = b"<p>x</p><script>" + b"var a=1;" * 8_000_000
HOSTILE = b"<html><body>" + b"<p>a</p>" * 99_000
"""As many tags as a page may have: more than can be read within the deadlines below."""


@pytest.fixture(scope="module")
def worker() -> Iterator[ExtractionWorker]:
    with ExtractionWorker(deadline=2.0) as started:
        yield started


def child_of(worker: ExtractionWorker) -> int:
    assert worker._child is not None
    return worker._child.process.pid


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_article_is_the_one_read_in_this_process(worker: ExtractionWorker, shape: object) -> None:
    assert hasattr(shape, "html")
    body = shape.html.encode()

    assert worker.read(body, BASE, (shape.layout,), NOW) == extract(body, BASE, (shape.layout,), NOW)  # type: ignore[attr-defined]


@pytest.mark.parametrize("shape", SHAPES[:4], ids=lambda shape: shape.name)
def test_article_and_layout_survive_the_pipe(shape: object) -> None:
    assert hasattr(shape, "layout")
    article = extract(shape.html.encode(), BASE, (shape.layout,), NOW)  # type: ignore[attr-defined]

    assert article_from_json(article_to_json(article)) == article
    assert layouts_of(layouts_context((shape.layout,))) == (shape.layout,)


def test_one_child_serves_many_pages(worker: ExtractionWorker) -> None:
    worker.read(PAGE, BASE, (PLAIN,), NOW)
    child, start = child_of(worker), time.monotonic()
    for _ in range(20):
        worker.read(PAGE, BASE, (PLAIN,), NOW)

    assert child_of(worker) == child
    assert time.monotonic() - start < 2.0


def test_hostile_markup_ends_at_the_deadline_and_the_next_page_is_read() -> None:
    with ExtractionWorker(deadline=0.7) as worker:
        worker.read(PAGE, BASE, (PLAIN,), NOW)
        killed, start = child_of(worker), time.monotonic()
        with pytest.raises(ExtractTimeout, match=BASE):
            worker.read(HOSTILE, BASE, (PLAIN,), NOW)

        assert time.monotonic() - start < 0.7 * WAITING + 1.0
        assert not Path(f"/proc/{killed}").exists()
        assert worker.read(PAGE, BASE, (PLAIN,), NOW).blocks


def test_a_child_that_waits_is_ended_too_and_started_again() -> None:
    with ExtractionWorker(deadline=0.5) as worker:
        worker.read(PAGE, BASE, (PLAIN,), NOW)
        os.kill(child_of(worker), signal.SIGSTOP)
        start = time.monotonic()
        with pytest.raises(ExtractTimeout):
            worker.read(PAGE, BASE, (PLAIN,), NOW)

        assert time.monotonic() - start >= 0.5 * WAITING
        assert worker.read(PAGE, BASE, (PLAIN,), NOW).layout == "plain"


def test_a_page_is_read_however_long_the_machine_keeps_the_child_from_it() -> None:
    with ExtractionWorker(deadline=1.0) as worker:
        worker.read(PAGE, BASE, (PLAIN,), NOW)
        stopped = child_of(worker)
        os.kill(stopped, signal.SIGSTOP)
        threading.Timer(1.5, os.kill, (stopped, signal.SIGCONT)).start()

        assert worker.read(PAGE, BASE, (PLAIN,), NOW).layout == "plain"
        assert child_of(worker) == stopped


def test_an_error_in_the_child_is_one_line(worker: ExtractionWorker) -> None:
    from pipelines.article import Layout

    broken = Layout("broken", "div[[", ("h1",), ("p",), ("div",))
    with pytest.raises(ExtractFailed, match=r"^SelectorSyntaxError: [^\n]+$"):
        worker.read(PAGE, BASE, (broken,), NOW)


def test_the_memory_limit_ends_the_child_and_not_the_parent() -> None:
    with ExtractionWorker(deadline=30.0, memory=500 * 1024 * 1024) as worker:
        with pytest.raises(ReaderDied, match=r"\(memory limit\)$") as died:
            worker.read(LARGE, BASE, (PLAIN,), NOW)
        assert outcome_of(died.value) is Outcome.EXTRACT_MEMORY

        assert worker.read(PAGE, BASE, (PLAIN,), NOW).blocks


def test_the_child_holds_no_socket_of_its_parent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ExtractionWorker() as worker:
        os.set_inheritable(server.fileno(), True)
        worker.read(PAGE, BASE, (PLAIN,), NOW)
        held = [str(fd.readlink()) for fd in Path(f"/proc/{child_of(worker)}/fd").iterdir()]

    assert [name for name in held if name.startswith("socket:")] == []


def test_the_event_loop_goes_on_while_a_page_is_read() -> None:
    async def run() -> int:
        ticks = 0
        with ExtractionWorker(deadline=0.6) as worker:
            (reading,) = worker.ask(page_request(PageQuestion(BASE, NOW), HOSTILE, (PLAIN,)))
            while not reading.done():
                await asyncio.sleep(0.02)
                ticks += 1
            with pytest.raises(ExtractTimeout):
                reading.result()
        return ticks

    assert asyncio.run(run()) >= 10


def test_the_next_page_is_read_while_the_loop_does_something_else() -> None:
    request = page_request(PageQuestion(BASE, NOW), PAGE, (PLAIN,))

    async def run() -> None:
        with ExtractionWorker() as worker:
            size = LENGTH + 1 + len(await worker.ask(request)[0])
            answers = [worker.ask(request)[0] for _ in range(2)]
            until = time.monotonic() + 60
            while _in_pipe(worker) < 2 * size and time.monotonic() < until:
                time.sleep(0.01)  # the loop stands still until both answers are there
            assert _in_pipe(worker) == 2 * size
            assert len(set(await asyncio.gather(*answers))) == 1

    asyncio.run(run())


def _in_pipe(worker: ExtractionWorker) -> int:
    """Return the bytes of answers that were not read yet."""
    assert worker._child is not None
    return int.from_bytes(fcntl.ioctl(worker._child.answers, termios.FIONREAD, bytes(4)), sys.byteorder)


@pytest.mark.parametrize("lost", [HOSTILE, LARGE], ids=["deadline", "memory"])
def test_a_page_written_ahead_outlives_the_child_that_it_was_written_to(lost: bytes) -> None:
    async def run() -> None:
        with ExtractionWorker(deadline=5.0, memory=500 * 1024 * 1024) as worker:
            bodies = [PAGE, lost, PAGE, PAGE]
            parts = [worker.ask(page_request(PageQuestion(BASE, NOW), body, (PLAIN,)))[0] for body in bodies]
            found = await asyncio.gather(*parts, return_exceptions=True)
        assert [isinstance(answer, bytes) for answer in found] == [True, False, True, True]
        assert isinstance(found[1], ExtractTimeout | ExtractFailed)

    asyncio.run(run())


def test_an_answer_that_came_late_to_the_loop_is_no_timeout() -> None:
    async def run() -> None:
        with ExtractionWorker(deadline=0.5) as worker:
            (first,) = worker.ask(page_request(PageQuestion(BASE, NOW), PAGE, (PLAIN,)))
            (second,) = worker.ask(page_request(PageQuestion(BASE, NOW), HOSTILE, (PLAIN,)))
            while worker._child is None or not worker._sent:
                await asyncio.sleep(0.01)
            time.sleep(1.0)  # the child is at the second page by now, past the deadline of the first
            assert b"layout" in await first
            with pytest.raises(ExtractTimeout):
                await second

    asyncio.run(run())


def test_the_child_dies_with_a_killed_parent() -> None:
    program = (
        "import sys,time,datetime\n"
        "from pipelines.sandbox.extraction_worker import ExtractionWorker\n"
        "w=ExtractionWorker()\n"
        "w.read(b'<p>x</p>','https://x.replica.test/',(),datetime.datetime.now(datetime.timezone.utc))\n"
        "print(w._child.process.pid,flush=True)\n"
        "time.sleep(60)\n"
    )
    root = Path(__file__).parents[4]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    until = time.monotonic() + 5
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.05)

    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_closing_twice_over_a_child_that_never_started_is_quiet() -> None:
    worker = ExtractionWorker()
    worker.close()
