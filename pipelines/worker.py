"""Extraction in a child process with a deadline and a memory limit: 890 kB of hostile HTML can block for 42 seconds.

One child serves many pages over its own two pipes. It is killed at the deadline and started again for the next page, it
dies with its parent, and it holds nothing of the parent's but those pipes. A frame on a pipe is a length (8 bytes, big
endian) and as many bytes; a request is a JSON frame and the page's bytes as a second one, an answer is a JSON frame.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypedDict

from pipelines.article import Article, Layout
from pipelines.codec import ArticleJson, article_from_json, article_to_json, layout_from_json, layout_to_json
from pipelines.misfits import Crosscheck

__all__ = ["ExtractFailed", "ExtractTimeout", "ExtractionWorker"]

DEADLINE = 5.0  # seconds for one page
MEMORY = 1536 * 1024 * 1024  # bytes of address space; libraries alone take about 400 MB of it
_START = 60.0  # seconds for the child to load its libraries on a busy machine
_PR_SET_PDEATHSIG = 1  # prctl(2)
_ROOT = Path(__file__).resolve().parents[1]


class ExtractTimeout(Exception):
    """The page took longer than the deadline; the child was killed. The outcome is `extract_timeout`."""


class ExtractFailed(Exception):
    """The child raised or died on the page (memory limit, crash); the message is one line."""


class _Crosschecked(TypedDict):
    """The fields of a `Crosscheck`."""

    layout: str
    text: int
    confirmed: int
    whole: int
    missed: int
    first: str


class _Answer(TypedDict, total=False):
    """What the child sends for a request: one of these."""

    article: ArticleJson
    crosscheck: _Crosschecked
    failed: str


class ExtractionWorker:
    """Reads pages in a child process: `read` blocks, `read_async` does not block the event loop.

    The child starts with the first page. Calls are served one after the other, in their order. `close` ends the child;
    the object is a context manager.
    """

    def __init__(self, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        self.deadline = deadline
        self.memory = memory
        self._child: subprocess.Popen[bytes] | None = None
        # One thread for the child's whole life: the death signal below follows the thread that started it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="extract")

    def read(
        self, body: bytes, url: str, layouts: Sequence[Layout], now: datetime, declared_encoding: str | None = None
    ) -> Article:
        """`pipelines.extract.extract` in the child; raises ExtractTimeout or ExtractFailed."""
        return self._thread.submit(self._read, body, url, tuple(layouts), now, declared_encoding).result()

    async def read_async(
        self, body: bytes, url: str, layouts: Sequence[Layout], now: datetime, declared_encoding: str | None = None
    ) -> Article:
        """The same from a coroutine."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._read, body, url, tuple(layouts), now, declared_encoding)

    async def crosscheck_async(self, body: bytes, article: Article, declared_encoding: str | None = None) -> Crosscheck:
        """`pipelines.crosscheck.crosscheck` of the page that `article` was read from, in the child."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._crosscheck, body, article, declared_encoding)

    def close(self) -> None:
        """End the child; a page being read is given up at its deadline."""
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def __enter__(self) -> ExtractionWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, body: bytes, url: str, layouts: tuple[Layout, ...], now: datetime, declared: str | None) -> Article:
        asked: dict[str, object] = {
            "url": url,
            "layouts": [layout_to_json(layout) for layout in layouts],
            "now": now.isoformat(),
            "encoding": declared,
        }
        return article_from_json(self._ask(asked, body, url)["article"])

    def _crosscheck(self, body: bytes, article: Article, declared: str | None) -> Crosscheck:
        asked: dict[str, object] = {"crosscheck": article_to_json(article), "encoding": declared}
        return Crosscheck(**self._ask(asked, body, article.url)["crosscheck"])

    def _ask(self, request: dict[str, object], body: bytes, url: str) -> _Answer:
        """The child's answer to one request and page; raises ExtractTimeout or ExtractFailed."""
        child = self._running()
        until = time.monotonic() + self.deadline
        try:
            _send(child, json.dumps(request).encode(), until)
            _send(child, body, until)
            answer: _Answer = json.loads(_receive(child, until))
        except TimeoutError:
            self._stop()
            raise ExtractTimeout(f"not read within {self.deadline:g} s: {url}") from None
        except (EOFError, BrokenPipeError) as lost:
            self._stop()
            raise ExtractFailed(f"the reading process ended on {url} (memory limit or crash)") from lost
        if "failed" in answer:
            raise ExtractFailed(f"{answer['failed']}: {url}")
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        paths = [str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        child = subprocess.Popen(
            [sys.executable, "-m", "pipelines.worker", str(self.memory), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self._child = child
        assert child.stdin is not None  # noqa: S101  PIPE was asked for above
        os.set_blocking(child.stdin.fileno(), False)
        try:
            _receive(child, time.monotonic() + _START)
        except (TimeoutError, EOFError) as lost:
            self._stop()
            raise ExtractFailed(
                "the reading process does not start: run `python -m pipelines.worker` to see why"
            ) from lost
        return child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass


def _send(child: subprocess.Popen[bytes], data: bytes, until: float) -> None:
    """Write one frame; raises TimeoutError when the child does not take it in time."""
    assert child.stdin is not None  # noqa: S101
    descriptor = child.stdin.fileno()
    rest = memoryview(len(data).to_bytes(8, "big") + data)
    while rest:
        _wait(descriptor, select.POLLOUT, until)
        try:
            rest = rest[os.write(descriptor, rest[:65536]) :]
        except BlockingIOError:
            continue


def _receive(child: subprocess.Popen[bytes], until: float) -> bytes:
    """Read one frame; raises TimeoutError, or EOFError when the child ended."""
    assert child.stdout is not None  # noqa: S101
    descriptor = child.stdout.fileno()
    length = int.from_bytes(_exactly(descriptor, 8, until), "big")
    return _exactly(descriptor, length, until)


def _exactly(descriptor: int, count: int, until: float) -> bytes:
    data = bytearray()
    while len(data) < count:
        _wait(descriptor, select.POLLIN, until)
        part = os.read(descriptor, min(count - len(data), 65536))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _wait(descriptor: int, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    """The child: answer frames until the pipe ends."""
    from pipelines.crosscheck import crosscheck
    from pipelines.extract import extract
    from pipelines.markup import parse

    _answer(sink, {"ready": True})
    while (header := source.read(8)) and len(header) == 8:
        request = json.loads(source.read(int.from_bytes(header, "big")))
        body = source.read(int.from_bytes(source.read(8), "big"))
        try:
            if "crosscheck" in request:
                read = article_from_json(request["crosscheck"])
                found = crosscheck(parse(body, read.url, request["encoding"]), read)
                answer: dict[str, object] = {"crosscheck": asdict(found)}
            else:
                layouts = tuple(layout_from_json(layout) for layout in request["layouts"])
                now = datetime.fromisoformat(request["now"])
                article = extract(body, request["url"], layouts, now, request["encoding"])
                answer = {"article": article_to_json(article)}
        except MemoryError:
            return
        except Exception as error:
            answer = {"failed": f"{type(error).__name__}: {error}".splitlines()[0]}
        _answer(sink, answer)


def _answer(sink: BinaryIO, data: object) -> None:
    frame = json.dumps(data).encode()
    sink.write(len(frame).to_bytes(8, "big") + frame)
    sink.flush()


def _confine(memory: int, parent: int) -> None:
    """Die with the parent, leave the end to it on Ctrl-C, hold the memory limit, write no core."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: Sequence[str]) -> None:
    """`python -m pipelines.worker MEMORY PARENT`: started by ExtractionWorker, not by hand."""
    _confine(int(arguments[0]), int(arguments[1])) if len(arguments) == 2 else None
    # What a library prints must not fall among the frames.
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main(sys.argv[1:])
