"""Read untrusted bodies in a child process with a deadline and a memory limit.

One child serves many bodies over its own two pipes. It is killed at the deadline and started again for the next body.
The deadline counts the child's processor time: a busy machine must not make a body unreadable. A child that waits
instead of computing is killed after WAITING times the deadline.
It dies with its parent and holds nothing of the parent's but those pipes. A frame on a pipe is a length (8 bytes, big
endian) and as many bytes. A request is a JSON frame followed by a frame of the body's bytes; an answer is a JSON frame.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from pipelines.prefork.client import ChildProcess, start_program

WAITING = 6
"""How many times its deadline a child may take on the clock of the wall for one body."""
_START = 60.0  # seconds for the child to load its libraries on a busy machine
_PR_SET_PDEATHSIG = 1  # prctl(2)
_CPUCLOCK_SCHED = 2  # include/linux/posix-timers.h
_ROOT = Path(__file__).resolve().parents[2]

Json = dict[str, Any]


class ReadTimeout(Exception):
    """The body took longer than the deadline; the child was killed."""


class ReadFailed(Exception):
    """The child raised or died on the body; the message is one line. `ended`: it died (memory limit or crash)."""

    def __init__(self, message: str, *, ended: bool = False) -> None:
        super().__init__(message)
        self.ended = ended


class ReaderProcess:
    """Parent's side: start `python -m MODULE` with the first body, send it requests, end it with `close`.

    `deadline` is in seconds of processor time for one body, `memory` in bytes of address space. Calls are served one after the other, in
    their order. The object is a context manager.
    """

    def __init__(self, module: str, deadline: float, memory: int) -> None:
        self.module, self.deadline, self.memory = module, deadline, memory
        self._child: _Child | None = None
        # One thread for the child's whole life: the death signal below follows the thread that started it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=module)

    def call(self, request: Mapping[str, object], body: bytes, what: str) -> Json:
        """Return the child's answer; `what` names the body in errors. Raises ReadTimeout or ReadFailed."""
        return self._thread.submit(self._call, request, body, what).result()

    async def call_async(self, request: Mapping[str, object], body: bytes, what: str) -> Json:
        """Return the child's answer from a coroutine, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, request, body, what)

    def close(self) -> None:
        """End the child; a body being read is given up at its deadline."""
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _call(self, request: Mapping[str, object], body: bytes, what: str) -> Json:
        child = self._running()
        until = _Deadline.of(child, self.deadline)
        try:
            _send(child, json.dumps(request).encode(), until)
            _send(child, body, until)
            answer: Json = json.loads(_receive(child, until))
        except TimeoutError:
            self._stop()
            raise ReadTimeout(f"not read within {self.deadline:g} s: {what}") from None
        except (EOFError, BrokenPipeError) as lost:
            self._stop()
            raise ReadFailed(f"the reading process ended on {what} (memory limit or crash)", ended=True) from lost
        if "failed" in answer:
            raise ReadFailed(f"{answer['failed']}: {what}")
        return answer

    def _running(self) -> _Child:
        if self._child is not None and self._child.process.poll() is None:
            return self._child
        self._stop()
        paths = [str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        # A process and not a thread: Python cannot stop a thread that is lost in one page, nor bound its memory.
        command = [sys.executable, "-m", self.module, str(self.memory), str(os.getpid())]
        child = self._child = _Child.start(command, {**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
        try:
            _receive(child, _Deadline(time.monotonic() + _START))
        except (TimeoutError, EOFError) as lost:
            self._stop()
            raise ReadFailed(f"the reading process does not start: run `python -m {self.module}` to see why") from lost
        return child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


@dataclass(frozen=True, slots=True)
class _Child:
    """A child and the descriptors of its pipes; writing to it does not block."""

    process: ChildProcess
    stdin: int
    stdout: int

    @classmethod
    def start(cls, command: Sequence[str], environment: Mapping[str, str]) -> _Child:
        theirs, stdin = os.pipe()
        stdout, answers = os.pipe()
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            process = start_program(command, environment, (theirs, answers, nothing))
        except BaseException:
            os.close(stdin)
            os.close(stdout)
            raise
        finally:
            for number in (theirs, answers, nothing):
                os.close(number)
        os.set_blocking(stdin, False)
        return cls(process, stdin, stdout)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.stdin)
        os.close(self.stdout)


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The end of a wait, by the wall's clock (monotonic) and by a child's processor time (its clock, its reading at the end)."""

    wall: float
    clock: int | None = None
    processor: float = 0.0

    @classmethod
    def of(cls, child: _Child, seconds: float) -> _Deadline:
        """Return the deadline of a body that this child begins to read now."""
        # clock_getcpuclockid(3), which Python does not have; a child that ended has no clock, its pipes say so.
        clock = (~child.process.pid << 3) | _CPUCLOCK_SCHED
        try:
            processor = time.clock_gettime(clock) + seconds
        except OSError:
            return cls(time.monotonic() + seconds)
        return cls(time.monotonic() + WAITING * seconds, clock, processor)

    def left(self) -> float:
        """Return the seconds that the wait may surely go on; 0 or less at its end."""
        left = self.wall - time.monotonic()
        if self.clock is None:
            return left
        try:
            return min(left, self.processor - time.clock_gettime(self.clock))
        except OSError:
            return left


def _send(child: _Child, data: bytes, until: _Deadline) -> None:
    """Write one frame; raises TimeoutError when the child does not take it in time."""
    descriptor = child.stdin
    rest = memoryview(len(data).to_bytes(8, "big") + data)
    while rest:
        _wait(descriptor, select.POLLOUT, until)
        try:
            rest = rest[os.write(descriptor, rest[:65536]) :]
        except BlockingIOError:
            continue


def _receive(child: _Child, until: _Deadline) -> bytes:
    """Read one frame; raises TimeoutError, or EOFError when the child ended."""
    descriptor = child.stdout
    length = int.from_bytes(_exactly(descriptor, 8, until), "big")
    return _exactly(descriptor, length, until)


def _exactly(descriptor: int, count: int, until: _Deadline) -> bytes:
    data = bytearray()
    while len(data) < count:
        _wait(descriptor, select.POLLIN, until)
        part = os.read(descriptor, min(count - len(data), 65536))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _wait(descriptor: int, event: int, until: _Deadline) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    while not poll.poll(max(until.left(), 0) * 1000):
        if until.left() <= 0:
            raise TimeoutError


def serve(arguments: Sequence[str], load: Callable[[], Callable[[Json, bytes], Json]]) -> None:
    """Answer frames in the child until the pipe ends, confined to MEMORY bytes and the life of PARENT.

    `load` imports the reader's libraries and returns the reading function; an error of that function becomes one line
    of the answer.
    """
    if len(arguments) == 2:
        _confine(int(arguments[0]), int(arguments[1]))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not fall among the frames.
    os.dup2(2, 1)
    read = load()
    _answer(sink, {"ready": True})
    while (header := source.read(8)) and len(header) == 8:
        request = json.loads(source.read(int.from_bytes(header, "big")))
        body = source.read(int.from_bytes(source.read(8), "big"))
        try:
            answer = read(request, body)
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
    """Die with the parent, leave Ctrl-C to it, hold the memory limit, write no core."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
