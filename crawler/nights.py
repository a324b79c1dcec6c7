"""Running the portals of a night: claim, crawl in a process of its own, judge by the run's own record, end in the ledger.

Everything happens in one thread: the kernel ends a crawl when the thread that started it ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event

from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, ExitCode
from archive.ledger import Claim, Ending, Ledger, StaleClaim, State
from archive.owner import Owner
from archive.records import Kind, Run
from archive.store import Archive
from crawler.disk import low_disk_error
from crawler.leftovers import close_leftover, last_run, place_finished
from crawler.log_folders import note
from crawler.logs import LOG_STYLE, event_line
from crawler.nightsettings import NightSettings
from crawler.portals import Portal, addresses
from crawler.process import CrawlProcess, Ended, Limits, Stop
from crawler.progress import Watch, read_counts
from crawler.redaction import for_crawl

__all__ = ["LEASE", "NightRunner", "Ways"]

LEASE = timedelta(minutes=5)
_BEAT_SECONDS = 60.0
_POLL_SECONDS = 0.1
_COUNT_SECONDS = 0.5
_FATAL = {ExitCode.DISK_FULL: DiskFull, ExitCode.ARCHIVE_UNUSABLE: ArchiveUnusable}
_INTERRUPTED = Stop("interrupted: the scheduler was stopped", ExitCode.INTERRUPTED)
_TAKEN = Stop("taken over by another scheduler", ExitCode.INTERRUPTED)
_HALTED = Stop("stopped because the archive cannot be written", ExitCode.DISK_FULL)


@dataclass(frozen=True, slots=True)
class Ways:
    """How nights are run: how many side by side, pause before another try, grace after SIGTERM, where logs go.

    `shortage` is asked before each portal's night: why it may not start, in words, or None.
    """

    jobs: int
    retry: timedelta = timedelta(minutes=5)
    grace: timedelta = timedelta(seconds=30)
    logs: Path = Path("var/log")
    command: Callable[[str, date], list[str]] | None = None
    shortage: Callable[[str], str | None] = lambda portal: None


@dataclass(slots=True)
class _Running:
    claim: Claim
    process: CrawlProcess
    addresses: frozenset[str]
    progress: Path
    beat: float
    counted: float = 0.0
    lost: bool = False


@dataclass(slots=True)
class NightRunner:
    """Runs what the ledger owes of a night. `stop` ends it early; what runs then is given back to the ledger."""

    archive: Archive
    ledger: Ledger
    settings: NightSettings
    portals: dict[str, Portal]
    ways: Ways
    watch: Watch
    stop: Event
    now: Callable[[], datetime]
    owner: Owner = field(default_factory=Owner.here)
    _running: dict[str, _Running] = field(default_factory=dict)
    _fatal: ArchiveError | None = None
    _short: DiskFull | None = None

    def run(self, night: date, names: Collection[str], until: datetime | None) -> None:
        """Run the named portals' nights that are owed, at the latest until the cut-off.

        Returns when nothing of it runs and nothing more is due now. Raises DiskFull, or the error of a log that cannot be
        made, after everything was stopped.
        """
        self._fatal = self._short = None
        try:
            while True:
                self._tell(until)
                if not self._halted(until) and self._short is None:
                    self._start_some(night, names)
                for name in list(self._running):
                    self._look_at(name)
                if not self._running and (self._halted(until) or self._short or not self._owed(night, names)):
                    break
                time.sleep(_POLL_SECONDS)
        finally:
            for running in self._running.values():
                running.process.kill()
            self._running.clear()
            self.watch.close()
        error = self._fatal or self._short
        if error is not None:
            raise error

    def _halted(self, until: datetime | None) -> bool:
        return self.stop.is_set() or self._fatal is not None or (until is not None and self.now() >= until)

    def _tell(self, until: datetime | None) -> None:
        if not self._halted(until):
            return
        cut_off = Stop(f"stopped at the cut-off of {self.settings.cut_off:%H:%M}", ExitCode.TIME_LIMIT)
        reason = _HALTED if self._fatal is not None else _INTERRUPTED if self.stop.is_set() else cut_off
        for running in self._running.values():
            running.process.tell(reason, time.monotonic())

    def _owed(self, night: date, names: Collection[str]) -> list[str]:
        owed = [row.portal for row in self.ledger.owed(self.now()) if row.night == night and row.portal in names]
        return [name for name in owed if name not in self._running]

    def _start_some(self, night: date, names: Collection[str]) -> None:
        if len(self._running) >= self.ways.jobs:
            return
        for name in self._owed(night, names):
            where = self._addresses(name)
            if any(where & running.addresses for running in self._running.values()):
                continue  # portals on one address never side by side
            claim = self.ledger.claim(name, night, self.owner, self.now(), LEASE)
            short = self.ways.shortage(name) if claim is not None else None
            if claim is not None and short is not None:
                self._refuse(claim, short)
                return
            if claim is not None:
                self._start(claim, where)
            if len(self._running) >= self.ways.jobs:
                return

    def _refuse(self, claim: Claim, short: str) -> None:
        """Nothing new starts on a disk that is nearly full; what runs goes on until its own look at the disk stops it."""
        self._short = low_disk_error(short)
        later = self.now() + self.ways.retry
        self._finish(claim, Ending(State.PLANNED, short, ExitCode.DISK_FULL, due=later, free=True), None)

    def _addresses(self, name: str) -> frozenset[str]:
        hosts = self.portals[name].hosts
        return addresses(hosts) if self.archive.identity.kind is Kind.LIVE and self.ways.jobs > 1 else hosts

    def _start(self, claim: Claim, where: frozenset[str]) -> None:
        run = self._fresh_run(claim)
        if run is not None:  # it ended well, but the scheduler before us died before it could say so
            self._finish(claim, Ending(State.DONE, run=run.run), run)
            return
        if claim.tries > self.settings.max_tries:
            died = f"{claim.tries - 1} tries ended without a record: the scheduler died each time"
            self._finish(claim, Ending(State.FAILED, died), None)
            return
        logs = self.ways.logs / claim.night.isoformat()
        progress = logs / f"{claim.portal}.progress"
        with contextlib.suppress(OSError):
            progress.unlink(missing_ok=True)
        limits = Limits(self.settings.deadline, self.settings.memory, self.ways.grace)
        try:
            process = CrawlProcess(
                (self.ways.command or self.command_of)(claim.portal, claim.night),
                self.environment_of(progress),
                logs / f"{claim.portal}.log",
                limits,
                time.monotonic(),
                self._log_line(f"{claim.night} {claim.portal} started, try {claim.tries}"),
            )
        except ArchiveError as error:
            self._fatal = error
            self._finish(claim, Ending(State.PLANNED, str(error), error.exit_code, free=True), None)
            return
        if process.log_lost is not None:
            self.watch.told(f"{claim.portal}: {process.log_lost}")
        self._running[claim.portal] = _Running(claim, process, where, progress, time.monotonic())
        self.watch.started(claim.portal, claim.night, claim.tries)

    def command_of(self, portal: str, night: date) -> list[str]:
        """What runs one portal's night."""
        own = self.settings.portal(portal)
        command = [sys.executable, "-m", "scrapy", "crawl", portal]
        command += ["--archive", str(self.archive.paths.root.resolve()), "--night", night.isoformat()]
        if own.delay is not None and self.archive.identity.kind is Kind.LIVE:  # a rehearsal waits for nobody
            command += ["-s", f"DOWNLOAD_DELAY={own.delay}"]
        if own.looks is not None:
            command += ["-s", f"LOOKS={','.join(map(str, own.looks))}"]
        deeper = self.settings.lookback_of(portal)
        for name, value in (("DAYS", deeper.days), ("PAGES", deeper.pages), ("REQUESTS", deeper.requests)):
            command += ["-s", f"LOOKBACK_{name}={value}"]
        return command

    def environment_of(self, progress: Path) -> dict[str, str]:
        """What it runs in: ours, with what the settings and the progress file add."""
        told = {"PROGRESS_FILE": str(progress.resolve()), "PYTHONUNBUFFERED": "1"}
        if self.settings.contact:
            told["LUU_TRU_CONTACT"] = self.settings.contact
        replica = os.environ.get("REPLICA", "")
        if Path(replica).is_dir() and replica:
            told["REPLICA"] = str(Path(replica).resolve())  # the crawl runs in the checkout's folder
        told["MIN_FREE"], told[LOG_STYLE] = str(self.settings.min_free), self.settings.log.value
        return {**for_crawl(os.environ), **told}

    def _log_line(self, message: str) -> str:
        return event_line(self.settings.log, self.now(), message)

    def _look_at(self, name: str) -> None:
        running, ticks = self._running[name], time.monotonic()
        ended = running.process.poll(ticks)
        if ended is not None:
            del self._running[name]
            with contextlib.suppress(OSError):
                running.progress.unlink(missing_ok=True)
            self._end_log(running, ended)
            if not running.lost:
                self._judge(running.claim, ended)
            return
        if ticks - running.counted >= _COUNT_SECONDS:
            running.counted = ticks
            counts = read_counts(running.progress)
            if counts is not None:
                self.watch.counted(name, counts)
        if ticks - running.beat >= _BEAT_SECONDS and not running.lost:
            running.beat = ticks
            try:
                self.ledger.heartbeat(running.claim, self.now(), LEASE)
            except StaleClaim as error:
                running.lost = True
                self.watch.told(str(error))
                running.process.tell(_TAKEN, ticks)

    def _end_log(self, running: _Running, ended: Ended) -> None:
        """How it ended stands in its log too; a log that was lost on the way is told."""
        line = self._log_line(f"{running.claim.night} {running.claim.portal} ended with exit code {ended.code}")
        lost = note(running.progress.with_suffix(".log"), line) if running.process.log_lost is None else None
        if lost is not None:
            self.watch.told(f"{running.claim.portal}: {lost}")

    def _judge(self, claim: Claim, ended: Ended) -> None:
        """The run's own record decides; how the process ended says only why there is none."""
        run = self._fresh_run(claim)
        if run is not None:
            self._finish(claim, Ending(State.DONE, exit_code=ended.code, run=run.run), run)
            return
        code = ended.told.code if ended.told is not None else ended.code
        if code in _FATAL and self._fatal is None:
            self._fatal = _FATAL[ExitCode(code)](f"{claim.portal}: {ended.reason}")
        later = self.now() + self.ways.retry
        if ended.told is not None and code == ExitCode.INTERRUPTED:
            ending = Ending(State.PLANNED, ended.reason, code, free=True)
        elif code in _FATAL:
            ending = Ending(State.PLANNED, ended.reason, code, due=later, free=True)
        elif code == ExitCode.TIME_LIMIT:
            ending = Ending(State.PARTIAL, ended.reason, code)
        elif claim.tries < self.settings.max_tries:
            ending = Ending(State.PLANNED, ended.reason, code, due=later)
        else:
            tries = f" ({claim.tries} tries)" if claim.tries > 1 else ""
            ending = Ending(State.FAILED, ended.reason + tries, code)
        self._finish(claim, ending, None)

    def _fresh_run(self, claim: Claim) -> Run | None:
        """A complete run that the ledger does not know of yet."""
        place_finished(self.archive)
        run = last_run(self.archive, claim.portal, claim.night)
        return run if run is not None and run.complete and run.run != claim.recorded else None

    def _finish(self, claim: Claim, ending: Ending, run: Run | None) -> None:
        if ending.state in (State.PARTIAL, State.FAILED):
            run = close_leftover(self.archive, claim.portal, claim.night, ending.state, ending.reason, self.now())
            ending = replace(ending, run=run.run if run else None)
        try:
            self.ledger.finish(claim, self.now(), ending)
        except StaleClaim as error:
            self.watch.told(str(error))
            return
        self.watch.ended(claim.portal, claim.night, ending.state, run, ending.reason)
