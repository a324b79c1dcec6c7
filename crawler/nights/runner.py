"""Running the portals of a night: claim, crawl in a process of its own, judge by the run's own record, end in the ledger.

Everything happens in one thread: the kernel ends a crawl when the thread that started it ends. What goes wrong with one
portal touches no other; what goes wrong with the archive stops them all. The protocol: docs/nights.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event

from archive.errors import ArchiveError, DiskFull, ExitCode, RunBusy, StaleClaim
from archive.leases.ledger import AttemptResult, Claim, LeaseState, Ledger
from archive.leases.process_id import Owner
from archive.model.enums import ArchiveKind
from archive.model.records import Run
from archive.storage.fsync import try_writing
from archive.store import Archive
from crawler.catalog.portals import PortalInfo, addresses
from crawler.config.settings_file import NightSettings
from crawler.disk_space import low_disk_error
from crawler.log.files import note
from crawler.log.setup import event_line
from crawler.nights.connectivity import Network
from crawler.nights.crawl_command import crawl_command, crawl_environment
from crawler.nights.exit_status import NightWindow, archive_error, ending_of, failed_try
from crawler.nights.options import LEASE, RunnerOptions, RunningCrawl
from crawler.nights.orphaned_runs import close_try, fresh_run
from crawler.nights.subprocess import CrawlProcess, Limits, ProcessExit, StopReason
from crawler.reports.progress import ProgressView, read_counts
from crawler.spider.recorder import UNREACHABLE

__all__ = ["LEASE", "NightRunner", "RunnerOptions"]

_BEAT_SECONDS = 60.0
_POLL_SECONDS = 0.1
_COUNT_SECONDS = 0.5
_HELD = timedelta(seconds=15)  # before a portal that somebody else writes is looked at again
_INTERRUPTED = StopReason("interrupted: the scheduler was stopped", ExitCode.INTERRUPTED)
_TAKEN = StopReason("taken over by another scheduler", ExitCode.INTERRUPTED)
_HALTED = StopReason("stopped because the archive cannot be written", ExitCode.DISK_FULL)


@dataclass(slots=True)
class NightRunner:
    """Runs what the ledger owes of a night. `stop` ends it early; what runs then is given back to the ledger."""

    archive: Archive
    ledger: Ledger
    settings: NightSettings
    portals: dict[str, PortalInfo]
    ways: RunnerOptions
    watch: ProgressView
    stop: Event
    now: Callable[[], datetime]
    owner: Owner = field(default_factory=Owner.current)
    _running: dict[str, RunningCrawl] = field(default_factory=dict)
    _where: dict[str, frozenset[str]] = field(default_factory=dict)
    _network: Network = field(default_factory=Network)
    _window: NightWindow = field(default_factory=lambda: NightWindow(None, timedelta(0), timedelta(0), 0))
    _fatal: ArchiveError | None = None
    _short: DiskFull | None = None

    def run(self, night: date, names: Collection[str], until: datetime | None) -> None:
        """Run the named portals' nights that are owed, at the latest until the cut-off.

        Returns when nothing of it runs and nothing more is due now. Raises DiskFull or ArchiveUnusable after everything
        was stopped, RunBusy when the ledger is locked and nothing runs.
        """
        self._fatal = self._short = None
        self._network, self._where = Network(), {}
        self._window = NightWindow.of(self.settings, until, self.ways.retry)
        try:
            while self._turn(night, names, until):
                time.sleep(_POLL_SECONDS)
        finally:
            for running in self._running.values():
                running.process.kill()
            self._running.clear()
            self.watch.close()
        error = self._fatal or self._short
        if error is not None:
            raise error

    def _turn(self, night: date, names: Collection[str], until: datetime | None) -> bool:
        self._tell(until)
        try:
            if self._network.gone and until is not None:
                self._wait_for_network(night, names)
            if not self._halted(until) and self._short is None:
                self._start_some(night, names)
        except RunBusy as error:  # the ledger is locked: what runs goes on
            if not self._running:
                raise
            self.watch.told(str(error))
        for name in list(self._running):
            self._look_at(name)
        return bool(self._running) or not (self._halted(until) or self._short or not self._owed(night, names))

    def _halted(self, until: datetime | None) -> bool:
        return self.stop.is_set() or self._fatal is not None or (until is not None and self.now() >= until)

    def _tell(self, until: datetime | None) -> None:
        if not self._halted(until):
            return
        cut_off = StopReason(f"stopped at the cut-off of {self.settings.cut_off:%H:%M}", ExitCode.TIME_LIMIT)
        reason = _HALTED if self._fatal is not None else _INTERRUPTED if self.stop.is_set() else cut_off
        for running in self._running.values():
            running.process.tell(reason, time.monotonic())

    def _owed(self, night: date, names: Collection[str]) -> list[str]:
        owed = [row.portal for row in self.ledger.pending(self.now()) if row.night == night and row.portal in names]
        return [name for name in owed if name not in self._running]

    def _wait_for_network(self, night: date, names: Collection[str]) -> None:
        due = self.now() + self.settings.retry_unreachable
        waiting = self._owed(night, names)
        for name in waiting:
            self.ledger.postpone(name, night, due, self._network.words)
        if waiting:
            self.watch.told(f"{self._network.words}; {len(waiting)} portals wait until {due:%H:%M}")
        self._network.heard()

    def _start_some(self, night: date, names: Collection[str]) -> None:
        if len(self._running) >= self.ways.jobs:
            return
        for name in self._owed(night, names):
            where = self._addresses(name)
            if any(where & running.addresses for running in self._running.values()):
                continue  # portals on one address never side by side
            claim = self.ledger.claim(name, night, self.owner, self.now(), LEASE)
            if claim is not None:
                with self._alone(claim):
                    self._start(claim, where)
            if len(self._running) >= self.ways.jobs or self._fatal is not None or self._short is not None:
                return

    def _addresses(self, name: str) -> frozenset[str]:
        """Asked once a pass: a resolver that does not answer would hold up everything else."""
        if name not in self._where:
            hosts = self.portals[name].hosts
            shared = self.archive.identity.kind is ArchiveKind.LIVE and self.ways.jobs > 1
            self._where[name] = addresses(hosts) if shared else hosts
        return self._where[name]

    def _start(self, claim: Claim, where: frozenset[str]) -> None:
        held = self.archive.free(claim.portal, claim.night, claim.fence)
        if held is not None:
            due = self.now() + max(self.ways.retry, _HELD)
            self._finish(claim, AttemptResult(LeaseState.PLANNED, f"waits: {held}", due=due, free=True), None)
            return
        self.archive.raise_fence(claim.portal, claim.night, claim.fence)
        run = fresh_run(self.archive, claim)
        if run is not None:  # it ended well, but the scheduler before us died before it could say so
            self._finish(claim, AttemptResult(LeaseState.DONE, run=run.run), run)
            return
        if claim.tries > self.settings.max_tries:
            died = f"{claim.tries - 1} tries ended without a record: the scheduler died each time"
            self._finish(claim, AttemptResult(LeaseState.FAILED, died), None)
            return
        progress = self.ways.logs / claim.night.isoformat() / f"{claim.portal}.progress"
        with suppress(OSError):
            progress.unlink()
        short = self.ways.shortage(claim.portal)
        if short is not None:  # what runs goes on until its own look at the disk stops it
            self._short = low_disk_error(short)
            due = self.now() + self.ways.retry
            self._finish(claim, AttemptResult(LeaseState.PLANNED, short, ExitCode.DISK_FULL, due=due, free=True), None)
            return
        again = self._window.asks_again(claim.unanswered, self.now())
        command = self.ways.command or self.command_of
        environment = self.environment_of(progress) | {"FENCE": str(claim.fence), "STAY_OPEN": "1" if again else ""}
        head = self._log_line(f"{claim.night} {claim.portal} started, try {claim.tries}")
        log, ticks = progress.with_suffix(".log"), time.monotonic()
        process = CrawlProcess(command(claim.portal, claim.night), environment, log, self._limits(), ticks, head)
        if process.log_lost is not None:
            self.watch.told(f"{claim.portal}: {process.log_lost}")
        self._running[claim.portal] = RunningCrawl(claim, process, where, progress, ticks)
        self.watch.started(claim.portal, claim.night, claim.tries)

    def _limits(self) -> Limits:
        return Limits(self.settings.deadline, self.settings.memory, self.ways.grace)

    def command_of(self, portal: str, night: date) -> list[str]:
        """What runs it."""
        return crawl_command(self.archive, self.settings, portal, night)

    def environment_of(self, progress: Path) -> dict[str, str]:
        """What it runs in."""
        return crawl_environment(self.settings, progress)

    def _log_line(self, message: str) -> str:
        return event_line(self.settings.log, self.now(), message)

    def _end_log(self, running: RunningCrawl, ended: ProcessExit) -> None:
        line = self._log_line(f"{running.claim.night} {running.claim.portal} ended with exit code {ended.code}")
        lost = note(running.progress.with_suffix(".log"), line) if running.process.log_lost is None else None
        if lost is not None:
            self.watch.told(f"{running.claim.portal}: {lost}")

    def _look_at(self, name: str) -> None:
        running, ticks = self._running[name], time.monotonic()
        ended = running.process.poll(ticks)
        if ended is not None:
            del self._running[name]
            counts = read_counts(running.progress)
            with suppress(OSError):
                running.progress.unlink()
            self._end_log(running, ended)
            if not running.lost:
                with self._alone(running.claim):
                    self._judge(running.claim, ended, counts.finish if counts is not None else None)
            return
        if ticks - running.counted >= _COUNT_SECONDS:
            running.counted = ticks
            self._count(running)
        if ticks - running.beat >= _BEAT_SECONDS and not running.lost:
            running.beat = ticks
            self._beat(running, ticks)

    def _count(self, running: RunningCrawl) -> None:
        counts = read_counts(running.progress)
        if counts is None:
            return
        self.watch.counted(running.claim.portal, counts)
        if counts.answered > running.answered:
            running.answered = counts.answered
            self._network.heard()

    def _beat(self, running: RunningCrawl, ticks: float) -> None:
        try:
            self.ledger.heartbeat(running.claim, self.now(), LEASE)
        except StaleClaim as error:
            running.lost = True
            self.watch.told(str(error))
            running.process.tell(_TAKEN, ticks)
        except ArchiveError as error:  # the lease lasts for several beats
            self.watch.told(f"{running.claim.portal}: no heartbeat: {error}")

    def _judge(self, claim: Claim, ended: ProcessExit, finish: str | None) -> None:
        """The run's own record decides; how the process ended says why there is none."""
        run = fresh_run(self.archive, claim)
        if run is not None:
            if run.finish_reason == UNREACHABLE:
                self._network.silent(claim.portal)
            else:
                self._network.heard()
            self._finish(claim, AttemptResult(LeaseState.DONE, exit_code=ended.code, run=run.run), run)
            return
        self._fatal = self._fatal or archive_error(claim, ended, self._probe)
        stopped = self.stop.is_set()
        ending = ending_of(claim, ended, finish, self.now(), self._window, self.settings.max_tries, stopped=stopped)
        if self._fatal is not None and ended.told is None:
            ending = AttemptResult(
                LeaseState.PLANNED, ended.reason, ended.code, due=self.now() + self.ways.retry, free=True
            )
        if ending.unanswered:
            self._network.silent(claim.portal)
        self._finish(claim, ending, None)

    def _probe(self, portal: str) -> None:
        """Raises DiskFull or ArchiveError when the archive's disk refuses writes or has too little room."""
        short = self.ways.shortage(portal)
        if short is not None:
            raise low_disk_error(short)
        try_writing(self.archive.paths.open)

    @contextmanager
    def _alone(self, claim: Claim) -> Iterator[None]:
        """What goes wrong with one portal's files is recorded as its failed try."""
        try:
            yield
        except StaleClaim as error:
            self.watch.told(str(error))
        except (ArchiveError, OSError) as error:
            code = error.exit_code if isinstance(error, ArchiveError) else ExitCode.FINDINGS
            halted = archive_error(claim, ProcessExit(code, self._limits(), last_lines=(str(error),)), self._probe)
            due = self.now() + self.ways.retry
            ending = failed_try(claim, str(error), code, due, self.settings.max_tries)
            if halted is not None:
                self._fatal = self._fatal or halted
                ending = AttemptResult(LeaseState.PLANNED, str(error), code, due=due, free=True)
            self._finish(claim, ending, None)

    def _finish(self, claim: Claim, ending: AttemptResult, run: Run | None) -> None:
        try:
            if ending.state in (LeaseState.PARTIAL, LeaseState.FAILED):
                run, ending = close_try(self.archive, claim, ending, self.now())
            self.ledger.finish(claim, self.now(), ending)
        except StaleClaim as error:
            self.watch.told(str(error))
        except DiskFull as error:
            self._fatal = self._fatal or error
        except ArchiveError as error:  # its row stays `running` until the lease ends; then its record is found
            self.watch.told(f"{claim.portal}: cannot be recorded now: {error}")
        else:
            self.watch.ended(claim.portal, claim.night, ending.state, run, ending.reason)
