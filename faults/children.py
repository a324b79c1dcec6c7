"""Children that are watched and broken at one system call: forked, traced by strace, told to go on, and what became of them.

A child is forked from this process, so that a point costs a fraction of a second and not the start of an interpreter. It
waits until strace holds it. Whoever breaks many points should keep itself on one processor: stopping and going on again
between two processors is five times slower.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from faults.catalogue import Broken
from faults.night import Say
from faults.writer import coded

__all__ = ["ACKNOWLEDGED", "Call", "Child", "Ended", "Fault", "NotReached", "Work", "broken_at", "run", "start", "traced"]

Work = Callable[[Say], None]
WRITING = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "mkdir", "rmdir", "ftruncate", "openat")
READING = ("read", "pread64")
_LOST = 99
ACKNOWLEDGED = "acknowledged"  # the place of a call that tells the outside what is committed

_CALL = re.compile(r"(\w+)\((.*)\)\s+= (.*)")
_HANDLE = re.compile(r"^\d+<([^>]*)>")
_NAME = re.compile(r'"([^"]*)"')
_DIRECTORY = re.compile(r"AT_FDCWD(<[^>]*>)?, ")


class NotReached(Broken):
    """The call that was to be broken was not made: what was seen proves nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: its name, its number among the calls of that name (from 1), what it touched, whether it may write."""

    name: str
    number: int
    place: str
    writes: bool
    injected: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.number} of {self.place}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a call: SIGKILL before it is made, or an error in its stead."""

    error: str | None = None

    @property
    def words(self) -> str:
        """As strace takes it."""
        return f"error={self.error}" if self.error else "signal=KILL"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: exit code (negative: the signal), what it acknowledged, its error line, its calls."""

    code: int
    said: tuple[str, ...]
    error: str
    calls: tuple[Call, ...] = ()

    @property
    def acknowledged(self) -> set[str]:
        """The keys of the articles that were acknowledged."""
        return {key for line in self.said if line.startswith("kept ") for key in line.split()[1:]}


class Child:
    """A forked child that waits to be told to go on."""

    def __init__(self, work: Work) -> None:
        going, self._go = os.pipe()
        self._say, saying = os.pipe()
        self._error, complaining = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = _LOST
            try:
                os.read(going, 1)
                code = coded(work, _into(saying), _into(complaining))
            finally:
                os._exit(code)  # whatever happens, a child never goes on in its parent's place
        for handle in (going, saying, complaining):
            os.close(handle)

    def go(self) -> None:
        """Let it begin."""
        os.write(self._go, b"g")

    def first_word(self) -> str:
        """Wait for the first thing it says; empty when it ends without."""
        return os.read(self._say, 65536).decode()

    def kill(self) -> None:
        """kill -9."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self, before: str = "") -> Ended:
        """Wait for its end; `before` is what was read from it already."""
        said, error = before + _all(self._say), _all(self._error)
        _, status = os.waitpid(self.pid, 0)
        for handle in (self._go, self._say, self._error):
            os.close(handle)
        return Ended(os.waitstatus_to_exitcode(status), tuple(said.splitlines()), error.strip())


def _into(handle: int) -> Say:
    def say(line: str) -> None:
        os.write(handle, f"{line}\n".encode())

    return say


def _all(handle: int) -> str:
    parts = []
    while part := os.read(handle, 65536):
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")


def start(work: Work) -> Child:
    """Begin something in a child of its own."""
    child = Child(work)
    child.go()
    return child


def run(work: Work) -> Ended:
    """Do something in a child, undisturbed."""
    return start(work).end()


def traced(work: Work, root: Path) -> Ended:
    """Do something in a child and note every call that touches what lies below `root`, and every acknowledgement."""
    return _held(work, root, [])


def broken_at(work: Work, root: Path, call: Call, fault: Fault) -> Ended:
    """Do something in a child that is broken at this call. Raises NotReached."""
    ended = _held(work, root, ["-e", f"inject={call.name}:{fault.words}:when={call.number}"])
    reached = any(made.injected for made in ended.calls) if fault.error else ended.code == -signal.SIGKILL
    if not reached:
        raise NotReached(f"{call} was never reached: the child ended with {ended.code} {ended.error}")
    return ended


def _held(work: Work, root: Path, inject: list[str]) -> Ended:
    child = Child(work)
    with tempfile.NamedTemporaryFile("r", suffix=".strace", errors="replace") as log:
        command = ["strace", "-y", "-s", "8", "-e", "signal=none", "-o", log.name, "-p", str(child.pid)]
        command += ["-e", f"trace={','.join(WRITING + READING)}", *inject]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            if "attached" not in said:
                child.kill()
                raise Broken(f"strace cannot hold the child: {said.strip()}")
            child.go()
            ended = child.end()
        calls = tuple(_read(log, str(root)))
    return replace(ended, calls=calls)


def _read(log: Iterator[str] | tempfile._TemporaryFileWrapper[str], root: str) -> Iterator[Call]:
    counted: Counter[str] = Counter()
    for line in log:
        found = _CALL.match(line)
        if found is None:
            continue
        name, arguments, result = found[1], _DIRECTORY.sub("", found[2]), found[3]
        counted[name] += 1
        handle = _HANDLE.match(arguments)
        place = handle[1] if handle else (_NAME.findall(arguments) or [""])[-1]
        writes = name in WRITING and (name != "openat" or "O_CREAT" in arguments)
        if place.startswith(root):
            yield Call(name, counted[name], place.removeprefix(root).lstrip("/"), writes, "INJECTED" in result)
        elif name == "write" and place.startswith("pipe:"):
            yield Call(name, counted[name], ACKNOWLEDGED, writes, "INJECTED" in result)
