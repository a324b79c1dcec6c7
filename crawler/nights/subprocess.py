"""One crawl as a process in a session of its own: limits, a deadline, SIGTERM, then SIGKILL of the whole group."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from archive.errors import ExitCode
from crawler.log.files import open_log
from crawler.log.setup import last_event

__all__ = ["CrawlProcess", "Limits", "ProcessExit", "StopReason", "signal_name"]

_ROOT = Path(__file__).resolve().parent.parent.parent
# What Python, C++ and the C library say when the limit on address space is met.
_NO_MEMORY = re.compile(r"\bMemoryError\b|\bbad_alloc\b|[Cc]annot allocate memory|[Oo]ut of memory")
_LAST_LINES = 20
_CODES: dict[int, str] = {
    ExitCode.GOOD: "ended without a complete record",
    ExitCode.FINDINGS: "ended without a complete record (exit code 1)",
    ExitCode.USAGE: "refused its settings",
    ExitCode.DISK_FULL: "found the disk full",
    ExitCode.ARCHIVE_UNUSABLE: "could not use the archive",
    ExitCode.INTERRUPTED: "was interrupted",
    ExitCode.TIME_LIMIT: "reached its time limit",
    ExitCode.BUG: "ended with a bug of ours",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Total time, address space in bytes, and the time between SIGTERM and SIGKILL."""

    deadline: timedelta
    memory: int
    grace: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class StopReason:
    """Why a process is told to end: in words, and the exit code that stands for it."""

    reason: str
    code: ExitCode


@dataclass(frozen=True, slots=True)
class ProcessExit:
    """How it ended: exit code (negative: the signal), what it was told before, whether it had to be killed.

    `last_lines` are what it said last, oldest first; an error of ours or of Python is the very last one.
    """

    code: int
    limits: Limits
    told: StopReason | None = None
    killed: bool = False
    last_lines: tuple[str, ...] = ()

    @property
    def last_line(self) -> str:
        """What it said last, empty when it said nothing."""
        return self.last_lines[-1] if self.last_lines else ""

    @property
    def reason(self) -> str:
        """In words for the ledger and the night's report."""
        if self.told is not None:
            grace = f"; did not end within {self.limits.grace.total_seconds():g} s of SIGTERM: killed"
            return self.told.reason + (grace if self.killed else "")
        last = f": {self.last_line}" if self.last_line else ""
        signalled = f"was killed by {signal_name(-self.code)}" if self.code < 0 else ""
        if self._out_of_memory():
            words = f"{signalled}, out of memory" if signalled else "ran out of memory"
            return f"the crawl {words} (limit {self.limits.memory / (1 << 30):.3g} GB)"
        if self.code == -signal.SIGKILL:
            signalled += " (by hand, or by the kernel for want of memory)"
        return f"the crawl {signalled or _CODES.get(self.code, f'ended with exit code {self.code}')}{last}"

    def _out_of_memory(self) -> bool:
        heeded = self.code in (ExitCode.GOOD, ExitCode.INTERRUPTED, ExitCode.TIME_LIMIT)
        return not heeded and any(_NO_MEMORY.search(line) for line in self.last_lines)


class CrawlProcess:
    """A running command. `ticks` are monotonic seconds, given by the caller at every call."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        limits: Limits,
        ticks: float,
        head: str = "",
    ) -> None:
        """Start it. Its output is appended to `log` behind the line `head`; `log_lost` says why that could not be done."""
        stream, self.log_lost = open_log(log, head)
        launch = [sys.executable, "-m", "crawler.nights.rlimits", str(os.getpid()), str(limits.memory)]
        with stream:
            self._log, self._began = log, stream.tell()
            self._process = subprocess.Popen(
                [*launch, *command],
                cwd=_ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._limits = limits
        self._started = ticks
        self._told: StopReason | None = None
        self._told_at = 0.0
        self._killed = False

    @property
    def pid(self) -> int:
        """The process, which is also its group and session."""
        return self._process.pid

    def tell(self, stop: StopReason, ticks: float) -> None:
        """Ask it to end: it finishes its batch. Asking twice changes nothing, so that it is not torn from its batch."""
        if self._told is None:
            self._told, self._told_at = stop, ticks
            self._signal(signal.SIGTERM, group=False)

    def kill(self) -> None:
        """End it and everything it started, now."""
        self._killed = True
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()

    def poll(self, ticks: float) -> ProcessExit | None:
        """How it ended, or None while it runs; keeps the deadline and the time between SIGTERM and SIGKILL."""
        code = self._process.poll()
        if code is not None:
            self._signal(signal.SIGKILL, group=True)  # workers that outlived their crawl
            return ProcessExit(code, self._limits, self._told, self._killed, self._last_lines())
        if self._told is None and ticks - self._started >= self._limits.deadline.total_seconds():
            minutes = self._limits.deadline.total_seconds() / 60
            self.tell(StopReason(f"stopped at its deadline of {minutes:g} min", ExitCode.TIME_LIMIT), ticks)
        elif self._told is not None and ticks - self._told_at >= self._limits.grace.total_seconds():
            self._killed = True
            self._signal(signal.SIGKILL, group=True)
        return None

    def _signal(self, number: signal.Signals, *, group: bool) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self._process.pid, number)
            elif self._process.poll() is None:
                os.kill(self._process.pid, number)

    def _last_lines(self) -> tuple[str, ...]:
        if self.log_lost is not None:
            return ()
        with contextlib.suppress(OSError), self._log.open("rb") as stream:
            stream.seek(max(self._began, stream.seek(0, os.SEEK_END) - 4096))
            lines = stream.read().decode("utf-8", "replace").split("\n")
            said = [last_event(line.strip())[:300] for line in lines if line.strip()]
            return tuple(line for line in said if line)[-_LAST_LINES:]
        return ()


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
