"""One portal's crawl as a process in a session of its own: command line, environment, limits, SIGTERM, then SIGKILL.

The scheduler may inherit what a killed crawl leaves behind; `reap_orphans` waits for it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from archive.errors import ExitCode
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.config.settings_file import NightSettings
from crawler.log.files import open_log
from crawler.log.redaction import for_crawl
from crawler.log.setup import LOG_STYLE, last_event
from crawler.nights.crawl_server import StartCrawl, execute

# What Python, C++ and the C library say when the limit on address space is met.
_NO_MEMORY = re.compile(r"\bMemoryError\b|\bbad_alloc\b|[Cc]annot allocate memory|[Oo]ut of memory")
_LAST_LINES = 20
_CODES: dict[int, Reason] = {
    ExitCode.GOOD: Reason.of("no_record"),
    ExitCode.FINDINGS: Reason.of("no_record_findings"),
    ExitCode.USAGE: Reason.of("refused_settings"),
    ExitCode.DISK_FULL: Reason.of("found_disk_full"),
    ExitCode.ARCHIVE_UNUSABLE: Reason.of("archive_unusable"),
    ExitCode.INTERRUPTED: Reason.of("crawl_interrupted"),
    ExitCode.TIME_LIMIT: Reason.of("time_limit"),
    ExitCode.BUG: Reason.of("crawl_bug"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Total time, address space in bytes, and the time between SIGTERM and SIGKILL."""

    deadline: timedelta
    memory: int
    grace: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class StopReason:
    """The reason for which the scheduler stops a crawl, and the exit code that stands for it."""

    reason: Reason
    code: ExitCode


@dataclass(frozen=True, slots=True)
class ProcessExit:
    """The end of a crawl process: its exit code (negative: the signal) and whether it had to be killed.

    `stopped` is the reason for which the scheduler stopped it; None when it ended by itself. `last_lines` are the end of
    its log, oldest first; an error of ours or of Python is the last one.
    """

    code: int
    limits: Limits
    stopped: StopReason | None = None
    killed: bool = False
    last_lines: tuple[str, ...] = ()

    @property
    def last_line(self) -> str:
        """The last line of its log, or an empty string."""
        return self.last_lines[-1] if self.last_lines else ""

    @property
    def reason(self) -> Reason:
        """The reason for the ledger and the night's report."""
        if self.stopped is not None:
            seconds = self.limits.grace.total_seconds()
            stopped = self.stopped.reason
            return Reason.of("killed_after", reason=stopped, seconds=seconds) if self.killed else stopped
        name = _signal_name(-self.code) if self.code < 0 else None
        if self._out_of_memory():
            limit = float(f"{self.limits.memory / (1 << 30):.3g}")
            if self.code < 0:
                return Reason.of("killed_out_of_memory", signal=name or f"signal {-self.code}", limit=limit)
            return Reason.of("out_of_memory", limit=limit)
        if self.code == -signal.SIGKILL:
            ended = Reason.of("killed_hard", signal="SIGKILL")
        elif name is not None:
            ended = Reason.of("killed", signal=name)
        elif self.code < 0:
            ended = Reason.of("killed_by_number", number=-self.code)
        else:
            ended = _CODES.get(self.code) or Reason.of("exit_code", number=self.code)
        return Reason.of("with_detail", reason=ended, detail=self.last_line) if self.last_line else ended

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
        start: StartCrawl = execute,
    ) -> None:
        """Start the command by `start` and append its output to `log` behind the line `head`.

        A log that cannot be written stops nothing: `log_lost` then gives the reason in words.
        """
        stream, self.log_lost = open_log(log, head)
        launch = [sys.executable, "-m", "crawler.nights.rlimits", str(os.getpid()), str(limits.memory)]
        with stream:
            self._log, self._began = log, stream.tell()
            self._process = start([*launch, *command], environment, stream.fileno())
        self._limits = limits
        self._started = ticks
        self._stopped: StopReason | None = None
        self._stopped_at = 0.0
        self._killed = False

    @property
    def pid(self) -> int:
        """The id of the process, which is also that of its group and session."""
        return self._process.pid

    def stop(self, reason: StopReason, ticks: float) -> None:
        """Send SIGTERM: the crawl finishes its batch and ends. Only the first call counts: a second SIGTERM would cut the batch."""
        if self._stopped is None:
            self._stopped, self._stopped_at = reason, ticks
            self._signal(signal.SIGTERM, group=False)

    def kill(self) -> None:
        """Kill the crawl and everything it started, and wait for its end."""
        self._killed = True
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()

    def poll(self, ticks: float) -> ProcessExit | None:
        """Return how it ended, or None while it runs. Enforce the deadline and the time between SIGTERM and SIGKILL."""
        code = self._process.poll()
        if code is not None:
            self._signal(signal.SIGKILL, group=True)  # workers that outlived their crawl
            return ProcessExit(code, self._limits, self._stopped, self._killed, self._last_lines())
        if self._stopped is None and ticks - self._started >= self._limits.deadline.total_seconds():
            minutes = self._limits.deadline.total_seconds() / 60
            self.stop(StopReason(Reason.of("stopped_at_deadline", minutes=minutes), ExitCode.TIME_LIMIT), ticks)
        elif self._stopped is not None and ticks - self._stopped_at >= self._limits.grace.total_seconds():
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
            events = [last_event(line.strip())[:300] for line in lines if line.strip()]
            return tuple(event for event in events if event)[-_LAST_LINES:]
        return ()


def _signal_name(number: int) -> str | None:
    """Return the name of a signal; None for one without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return None


def crawl_command(archive: Archive, settings: NightSettings, portal: str, night: date) -> list[str]:
    """Return the command line that crawls one portal for one night."""
    own = settings.portal(portal)
    command = [sys.executable, "-m", "scrapy", "crawl", portal]
    command += ["--archive", str(archive.paths.root.resolve()), "--night", night.isoformat()]
    if own.delay is not None and archive.identity.kind is ArchiveKind.LIVE:  # a rehearsal makes no pause
        command += ["-s", f"DOWNLOAD_DELAY={own.delay}"]
    if own.looks is not None:
        command += ["-s", f"LOOKS={','.join(map(str, own.looks))}"]
    command += ["-s", f"GONE_NIGHTS={settings.gone_nights}"]
    lookback = settings.lookback_of(portal)
    for name, value in (("DAYS", lookback.days), ("PAGES", lookback.pages), ("REQUESTS", lookback.requests)):
        command += ["-s", f"LOOKBACK_{name}={value}"]
    return command


def crawl_environment(settings: NightSettings, progress: Path) -> dict[str, str]:
    """Return this process's environment without alert addresses, with what the settings add and the progress file."""
    own = {"PROGRESS_FILE": str(progress.resolve()), "PYTHONUNBUFFERED": "1"}
    own["MIN_FREE"], own[LOG_STYLE] = str(settings.min_free), settings.log.value
    if settings.contact:
        own["LUU_TRU_CONTACT"] = settings.contact
    if settings.policy:
        own["LUU_TRU_POLICY"] = settings.policy
    replica = os.environ.get("REPLICA", "")
    if Path(replica).is_dir() and replica:
        own["REPLICA"] = str(Path(replica).resolve())  # the crawl runs in the checkout's folder
    return {**for_crawl(os.environ), **own}


def reap_orphans() -> int:
    """Wait for every orphan that has ended and return how many there were.

    As process 1 of a container this process inherits all of them; elsewhere those that were left while it took in a forked
    crawl. The runner waits for our own crawls, which lead sessions of their own.
    """
    return sum(_reaped(pid) for pid in _dead_orphans())


def _dead_orphans() -> Iterator[int]:
    """Yield zombies that are our children and of another session (fields 3, 4 and 6 of /proc/PID/stat, proc(5))."""
    own = os.getsid(0)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has just gone
        state, parent, _, session = stat.rpartition(")")[2].split()[:4]
        pid = int(folder.name)
        if state == "Z" and int(parent) == os.getpid() and int(session) not in (pid, own):
            yield pid


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False
