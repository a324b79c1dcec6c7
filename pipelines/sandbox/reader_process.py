"""Read untrusted bodies in a child process with a deadline and a memory limit: the parent's side.

One child serves many bodies over its own two pipes, one after the other; the next one is written while it reads, so that
it need not wait for an event loop that does something else. It is killed at the deadline and started again
for the next body. The deadline counts the child's processor time: a busy machine must not make a body unreadable. A
child that waits instead of computing is killed after WAITING times the deadline. It dies with its parent and holds
nothing of the parent's but those pipes (`pipelines.sandbox.child_process`).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import select
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from pipelines.prefork.client import ChildProcess, start_program
from pipelines.sandbox.child_process import FAILED, LENGTH, OUT_OF_MEMORY, framed

WAITING = 6
"""Multiple of its deadline that a child may take on the clock of the wall for one part of an answer."""
_START = 60.0  # seconds for the child to load its libraries on a busy machine
_CPUCLOCK_SCHED = 2  # include/linux/posix-timers.h
_AHEAD = 2  # requests at the child: the one that it reads, and the next, so that it need not wait for us
_PIPE = 256 * 1024  # bytes that a pipe holds: most pages go through in one piece
_ROOT = Path(__file__).resolve().parents[2]


class ReadTimeout(Exception):
    """The body took longer than the deadline; the child was killed."""


class ReadFailed(Exception):
    """The child raised on the body, or there is none to read it; the message is one line."""


class ReaderDied(ReadFailed):
    """The child died on the body: at its memory limit, or of a crash."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Hold one body with its question; `what` names it in errors, `parts` counts the parts of the answer.

    The child keeps `context` from request to request: what many requests share is sent once.
    """

    question: bytes
    body: bytes
    what: str
    parts: int = 1
    context: bytes = b""


class ReadingWatch(Protocol):
    """Take note of what the child of an event loop reads, and refuse what may not be read."""

    def refusal(self, request: ReadRequest) -> str | None:
        """Return why a body is not read, None for one that is."""

    def begin(self, request: ReadRequest) -> None:
        """Note that a body is being read."""

    def end(self) -> None:
        """Note that nothing is being read."""

    def killed(self, request: ReadRequest) -> None:
        """Note that the child died on a body, or was killed at its deadline."""


@dataclass(eq=False, slots=True)
class _Asked:
    request: ReadRequest
    parts: tuple[asyncio.Future[bytes], ...]
    done: int = 0

    def take(self, part: bytes) -> None:
        if not self.parts[self.done].done():
            self.parts[self.done].set_result(part)
        self.done += 1

    @property
    def is_done(self) -> bool:
        return self.done == len(self.parts)

    def fail(self, error: Exception) -> None:
        for part in self.parts[self.done :]:
            if not part.done():
                part.set_exception(error)
                part.exception()  # taken note of: a part that nobody awaits any more is no error in the log
        self.done = len(self.parts)


class ReaderProcess:
    """Start `python -m MODULE` for the first body, send it requests one after the other, end it with `close`.

    `deadline` is in seconds of processor time for one part of an answer, `memory` in bytes of address space. `call` blocks
    and `ask` serves an event loop; a process is used in one of the two ways. The child dies with the thread that started
    it. The object is a context manager. `watch` takes note of what `ask` has it read.
    """

    def __init__(self, module: str, deadline: float, memory: int) -> None:
        self.module, self.deadline, self.memory = module, deadline, memory
        self.watch: ReadingWatch | None = None
        self._child: _Child | None = None
        self._queue: deque[_Asked] = deque()
        self._sent: deque[_Asked] = deque()
        self._until = _Deadline(0.0)
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def call(self, request: ReadRequest) -> list[bytes]:
        """Return the parts of the child's answer. Raises ReadTimeout or ReadFailed."""
        child = self._running()
        parts: list[bytes] = []
        try:
            if not child.ready:
                child.wait(_Deadline(time.monotonic() + _START))
                child.ready = True
            child.put(request)
            while len(parts) < request.parts:
                for frame in child.wait(_Deadline.of(child, self.deadline)):
                    if frame.startswith(FAILED):
                        raise _failed(frame, request)
                    parts.append(frame[1:])
        except (TimeoutError, EOFError) as lost:
            self._stop()
            raise self._lost(lost, child, request.what) from None
        return parts

    def ask(self, request: ReadRequest) -> tuple[asyncio.Future[bytes], ...]:
        """Queue a request of the running event loop; return the parts of its answer, which may fail as in `call`."""
        self._loop = loop = asyncio.get_running_loop()
        asked = _Asked(request, tuple(loop.create_future() for _ in range(request.parts)))
        if self.watch is not None and (refusal := self.watch.refusal(request)) is not None:
            asked.fail(ReadTimeout(refusal))
            return asked.parts
        self._queue.append(asked)
        self._next()
        return asked.parts

    def start(self) -> None:
        """Start the child before the first body is there, from a coroutine."""
        self._loop = asyncio.get_running_loop()
        self._begin()

    def close(self) -> None:
        """End the child; a body that is being read is given up."""
        self._stop()
        left = [*self._sent, *self._queue]
        self._sent.clear()
        self._queue.clear()
        self._note()
        for asked in left:
            asked.fail(ReadFailed(f"the reading process was ended before {asked.request.what}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _running(self) -> _Child:
        if self._child is None or self._child.process.poll() is not None:
            self._stop()
            self._child = _Child(self.module, self.memory)
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        self._rest()
        if child is not None:
            if self._loop is not None:
                self._loop.remove_reader(child.answers)
                self._loop.remove_writer(child.requests)
            child.end()

    def _lost(self, lost: TimeoutError | EOFError, child: _Child, what: str) -> Exception:
        """Return the error of a body on which the child was lost."""
        if not child.ready:
            return ReadFailed(f"the reading process does not start: run `python -m {self.module}` to see why")
        if isinstance(lost, TimeoutError):
            return ReadTimeout(f"not read within {self.deadline:g} s: {what}")
        return ReaderDied(f"the reading process ended on {what} ({_cause(child.process.wait())})")

    # In the event loop.

    def _begin(self) -> _Child | None:
        """Return the child, started if need be; None where the system starts none, which costs the first request."""
        assert self._loop is not None  # noqa: S101  set by the callers
        try:
            child = self._running()
        except OSError as error:
            if self._queue:
                self._queue.popleft().fail(ReadFailed(f"the reading process does not start: {error.strerror}"))
            return None
        if not child.watched:
            child.watched = True
            self._loop.add_reader(child.answers, self._readable)
            self._await(_Deadline(time.monotonic() + _START))
        return child

    def _next(self) -> None:
        """Send the next request when the child is free, and one ahead when the one before it is written."""
        while self._queue and len(self._sent) < _AHEAD:
            # A child that ended on what it reads is noticed at its pipe.
            child = self._child if self._sent else self._begin()
            if child is None:
                continue
            if not child.ready or child.is_writing:
                return
            asked = self._queue.popleft()
            self._sent.append(asked)
            child.put(asked.request)
            if len(self._sent) == 1:
                self._note()
                self._await(_Deadline.of(child, self.deadline))
            self._write()

    def _note(self) -> None:
        """Let the watch note what is being read now."""
        if self.watch is None:
            return
        if self._sent:
            self.watch.begin(self._sent[0].request)
        else:
            self.watch.end()

    def _await(self, until: _Deadline) -> None:
        """Wait for the next frame until then."""
        assert self._loop is not None  # noqa: S101
        self._rest()
        self._until = until
        self._timer = self._loop.call_later(max(until.left(), 0.0), self._look)

    def _rest(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        # An answer that lies in the pipe was taken before: the loop looks at its pipes first.
        left = self._until.left()
        if left <= 0:
            self._give_up(TimeoutError())
        elif self._loop is not None:
            self._timer = self._loop.call_later(left, self._look)

    def _writable(self) -> None:
        self._write()
        self._next()

    def _write(self) -> None:
        child, loop = self._child, self._loop
        if child is None or loop is None:
            return
        try:
            if child.write():
                loop.remove_writer(child.requests)
            else:
                loop.add_writer(child.requests, self._writable)
        except EOFError as lost:
            self._give_up(lost)

    def _readable(self) -> None:
        child = self._child
        if child is None:
            return
        try:
            frames = child.read()
        except EOFError as lost:
            self._give_up(lost)
            return
        for frame in frames:
            self._take(child, frame)
        self._next()

    def _take(self, child: _Child, frame: bytes) -> None:
        asked = self._sent[0] if self._sent else None
        if asked is None:
            child.ready = True
        elif frame.startswith(FAILED):
            asked.fail(_failed(frame, asked.request))
        else:
            asked.take(frame[1:])
        if asked is not None and asked.is_done:
            self._sent.popleft()
            self._note()
        if self._sent:
            self._await(_Deadline.of(child, self.deadline))
        else:
            self._rest()

    def _give_up(self, lost: TimeoutError | EOFError) -> None:
        """End a child that is lost and with it the request that it read, or that waited for its start."""
        child, asked = self._child, self._sent.popleft() if self._sent else None
        self._stop()
        self._queue.extendleft(reversed(self._sent))  # written, and not read
        self._sent.clear()
        if asked is None and self._queue and child is not None and not child.ready:
            asked = self._queue.popleft()
        if asked is not None and child is not None:
            if self.watch is not None and child.ready:
                self.watch.killed(asked.request)
            asked.fail(self._lost(lost, child, asked.request.what))
        self._note()
        self._next()


class _Child:
    """A running child and its two pipes, neither of which blocks. `ready`: it has loaded its libraries."""

    def __init__(self, module: str, memory: int) -> None:
        paths = [str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        # A process and not a thread: Python cannot stop a thread that is lost in one page, nor bound its memory.
        command = [sys.executable, "-m", module, str(memory), str(os.getpid())]
        theirs, self.requests = os.pipe()
        self.answers, answers = os.pipe()
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
            self.process: ChildProcess = start_program(command, environment, (theirs, answers, nothing))
        except BaseException:
            os.close(self.requests)
            os.close(self.answers)
            raise
        finally:
            for number in (theirs, answers, nothing):
                os.close(number)
        for pipe in (self.requests, self.answers):
            os.set_blocking(pipe, False)
            try:
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
            except OSError:
                continue  # the user has as many large pipes as the system allows; a small one serves as well
        self.ready = False
        self.watched = False
        self._context = b""
        self._rest = memoryview(b"")
        self._data = bytearray()

    def put(self, request: ReadRequest) -> None:
        """Make a request the next to be written; its context only where this child has another."""
        changed = request.context if request.context != self._context else b""
        self._context = request.context
        self._rest = memoryview(b"".join(map(framed, (request.question, changed, request.body))))

    @property
    def is_writing(self) -> bool:
        """True when a part of the last request is not written yet."""
        return bool(self._rest)

    def write(self) -> bool:
        """Write what the pipe takes; return whether nothing is left. Raises EOFError when the child ended."""
        while self._rest:
            try:
                self._rest = self._rest[os.write(self.requests, self._rest) :]
            except BlockingIOError:
                return False
            except BrokenPipeError:
                raise EOFError from None
        return True

    def read(self) -> list[bytes]:
        """Return the frames that are whole by now. Raises EOFError when the child ended and there are none."""
        ended = False
        try:
            while data := os.read(self.answers, _PIPE):
                self._data += data
                if len(data) < _PIPE:
                    break
            else:
                ended = True
        except BlockingIOError:
            pass
        frames = []
        while len(self._data) >= LENGTH:
            end = LENGTH + int.from_bytes(self._data[:LENGTH], "big")
            if len(self._data) < end:
                break
            frames.append(bytes(self._data[LENGTH:end]))
            del self._data[:end]
        if ended and not frames:
            raise EOFError
        return frames

    def wait(self, until: _Deadline) -> list[bytes]:
        """Block until frames are there, and return them. Raises TimeoutError or EOFError."""
        while True:
            poll = select.poll()
            poll.register(self.answers, select.POLLIN)
            if not self.write():
                poll.register(self.requests, select.POLLOUT)
            if poll.poll(max(until.left(), 0.0) * 1000):
                if frames := self.read():
                    return frames
            elif until.left() <= 0:
                raise TimeoutError

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
        os.close(self.requests)
        os.close(self.answers)


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The end of a wait, by the wall's clock (monotonic) and by a child's processor time (its clock, its reading at the end)."""

    wall: float
    clock: int | None = None
    processor: float = 0.0

    @classmethod
    def of(cls, child: _Child, seconds: float) -> _Deadline:
        """Return the deadline of what this child begins to read now."""
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


def _cause(code: int) -> str:
    """Return by what a child ended. A library may take a crash for want of memory: no signal says that it was none."""
    if code == OUT_OF_MEMORY:
        return "memory limit"
    return f"exit code {code}" if code >= 0 else f"{signal.Signals(-code).name}: memory limit or crash"


def _failed(frame: bytes, request: ReadRequest) -> ReadFailed:
    return ReadFailed(f"{frame[1:].decode('utf-8', 'replace')}: {request.what}")
