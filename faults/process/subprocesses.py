"""Fork children, let them go on and collect how they ended.

A child is forked from this process, so that it costs some milliseconds and not the start of an interpreter.
"""

from __future__ import annotations

import contextlib
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import ArchiveError, ExitCode
from faults.catalogue import require
from faults.process.composed_run import Report
from faults.process.syscalls import Call

Work = Callable[[Report], None]
_LOST = 99


@dataclass(frozen=True, slots=True)
class ChildExit:
    """The end of a child: exit code (negative: the signal), what it acknowledged, its error line, its calls."""

    code: int
    said: tuple[str, ...]
    error: str
    calls: tuple[Call, ...] = ()

    def require_code(self, *codes: int) -> None:
        """Raise CheckFailure unless it ended with one of these codes, and with one line of error at most."""
        require(self.code in codes and "\n" not in self.error, f"exit code {self.code}: {self.error[-500:]}")

    @property
    def acknowledged(self) -> set[str]:
        """The keys of the articles that were acknowledged."""
        return {key for line in self.said if line.startswith("kept ") for key in line.split()[1:]}


class Child:
    """A forked child that waits for `go`."""

    def __init__(self, work: Work) -> None:
        going, self._go = os.pipe()
        self._say, saying = os.pipe()
        self._error, complaining = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = _LOST
            try:
                os.read(going, 1)
                code = _coded(work, _into(saying), _into(complaining))
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
        """Kill the process with SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self, before: str = "") -> ChildExit:
        """Wait for its end; `before` is what was read from it already."""
        said, error = before + _all(self._say), _all(self._error)
        _, status = os.waitpid(self.pid, 0)
        for handle in (self._go, self._say, self._error):
            os.close(handle)
        return ChildExit(os.waitstatus_to_exitcode(status), tuple(said.splitlines()), error.strip())


def _coded(work: Work, say: Report, complain: Report) -> int:
    """Do the work as a command does: our errors are one line and their exit code, anything else is a bug."""
    try:
        work(say)
    except ArchiveError as error:
        complain(str(error))
        return int(error.exit_code)
    except Exception:  # a bug, which has a code of its own
        complain(traceback.format_exc())
        return int(ExitCode.BUG)
    return int(ExitCode.GOOD)


def _into(handle: int) -> Report:
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


def killed(work: Work) -> ChildExit:
    """Begin something in a child, and kill it when it has said the first thing."""
    child = start(work)
    said = child.first_word()
    child.kill()
    return child.end(said)


def run(work: Work) -> ChildExit:
    """Do something in a child, undisturbed."""
    return start(work).end()


def run_well(work: Work, what: str = "the undisturbed night") -> ChildExit:
    """Do something in a child. Raises CheckFailure unless it ends well."""
    ended = run(work)
    require(ended.code == 0, f"{what} ends with {ended.code}: {ended.error[-400:]}")
    return ended
