"""Run the portals of a night: claim, crawl in a process of its own, judge by the run's own record, finish in the ledger.

Everything happens in one thread, because the kernel ends an executed crawl when the thread that started it ends. An error of one
portal touches no other; an error of the archive stops them all. docs/nights.md describes the protocol.
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
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import AttemptResult, Claim, LeaseState
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, FinishReason
from archive.model.records import Run
from archive.storage.fsync import try_writing
from archive.store import Archive
from crawler.catalog.portals import PortalInfo
from crawler.config.settings_file import NightSettings
from crawler.disk_space import low_disk_error
from crawler.log.files import add_line
from crawler.log.setup import event_line
from crawler.nights.crawl_process import (
    CrawlProcess,
    Limits,
    ProcessExit,
    StopReason,
    crawl_command,
    crawl_environment,
)
from crawler.nights.crawl_server import CrawlServer
from crawler.nights.exit_status import NightWindow, archive_error, attempt_result, failed_try
from crawler.nights.orphaned_runs import close_try, fresh_run
from crawler.nights.portal_addresses import PortalAddresses
from crawler.reports.progress import ProgressView, read_counts

LEASE = timedelta(minutes=5)
"""Time for which a claim holds without a heartbeat; another scheduler takes over from one that is paused for longer."""

_BEAT_SECONDS = 60.0
_POLL_SECONDS = 0.1
_COUNT_SECONDS = 0.5
_BUSY_WAIT = timedelta(seconds=15)  # before a portal that another process writes is tried again
_INTERRUPTED = StopReason(Reason.of("scheduler_stopped"), ExitCode.INTERRUPTED)
_TAKEN_OVER = StopReason(Reason.of("taken_over"), ExitCode.INTERRUPTED)
_HALTED = StopReason(Reason.of("archive_refuses"), ExitCode.DISK_FULL)


# A portal falls silent alone; three in a row with no other answer mean that this side is cut off, and no try is
# counted.
_SILENT_PORTALS = 3


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """The number of crawls side by side, pause before another try, grace after SIGTERM, folder of the logs.

    `shortage` is called before each portal's night and returns the reason why it may not start, or None.
    """

    jobs: int
    retry: timedelta = timedelta(minutes=5)
    grace: timedelta = timedelta(seconds=30)
    logs: Path = Path("var/log")
    command: Callable[[str, date], list[str]] | None = None
    shortage: Callable[[str], Reason | None] = lambda portal: None


@dataclass(slots=True)
class _RunningCrawl:
    """One crawl process. No other crawl may use one of its `addresses`; `lost` is set when another scheduler took it over.

    `beat` and `counted` are monotonic seconds, `answered` is the number of answered requests when last counted.
    """

    claim: Claim
    process: CrawlProcess
    addresses: frozenset[str]
    progress: Path
    beat: float
    counted: float = 0.0
    answered: int = 0
    lost: bool = False


@dataclass(slots=True)
class NightRunner:
    """Run the portals of a night that are pending in the ledger. `stop` ends it early; running ones become pending again.

    `ended_one` is called after the end of each try; `remarks` are for the night's report.
    """

    archive: Archive
    ledger: Ledger
    settings: NightSettings
    portals: dict[str, PortalInfo]
    options: RunnerOptions
    view: ProgressView
    stop: Event
    now: Callable[[], datetime]
    owner: Owner = field(default_factory=Owner.current)
    ended_one: Callable[[], None] = lambda: None
    remarks: list[str] = field(default_factory=list)
    _running: dict[str, _RunningCrawl] = field(default_factory=dict)
    _addresses: PortalAddresses = field(default_factory=PortalAddresses)
    _silent: set[str] = field(default_factory=set)  # portals that did not answer since one last did
    # Portals whose night this run ended: one that is made pending again is another's work.
    _ended: set[str] = field(default_factory=set)
    _window: NightWindow = field(default_factory=lambda: NightWindow(None, timedelta(0), timedelta(0), 0))
    _server: CrawlServer = field(init=False)
    _fatal: ArchiveError | None = None
    _low_disk: DiskFull | None = None

    def run(self, night: date, names: Collection[str], until: datetime | None) -> Collection[str]:
        """Run the named portals' nights that are pending, each to one end, until the cut-off `until` at the latest.

        Return those whose night ended here, when none of the others runs and none is due now. A night that somebody makes
        pending again after its end is left to the process that was asked for it.

        Raises:
            DiskFull, ArchiveUnusable: The archive cannot be written; every crawl was stopped.
            RunBusy: The ledger is locked and no crawl runs.
        """
        self._fatal = self._low_disk = None
        self._silent, self._addresses, self._ended = set(), PortalAddresses(), set()
        self._window = NightWindow.of(self.settings, until, self.options.retry)
        self._server = CrawlServer(self._remark)
        try:
            while self._turn(night, names, until):
                time.sleep(_POLL_SECONDS)
        finally:
            self._server.close()
            for running in self._running.values():
                running.process.kill()
            self._running.clear()
            self.view.close()
        error = self._fatal or self._low_disk
        if error is not None:
            raise error
        return self._ended

    def _remark(self, message: str) -> None:
        """Show a remark and keep it for the night's report."""
        self.remarks.append(message)
        self.view.message(message)

    def _turn(self, night: date, names: Collection[str], until: datetime | None) -> bool:
        self._stop_crawls(until)
        try:
            if len(self._silent) >= _SILENT_PORTALS and until is not None:
                self._wait_for_network(night, names)
            if not self._halted(until) and self._low_disk is None:
                self._start_pending(night, names)
        except RunBusy as error:  # the ledger is locked: what runs goes on
            if not self._running:
                raise
            self._remark(str(error))
        for name in list(self._running):
            self._poll(name)
        return bool(self._running) or not (self._halted(until) or self._low_disk or not self._pending(night, names))

    def _halted(self, until: datetime | None) -> bool:
        return self.stop.is_set() or self._fatal is not None or (until is not None and self.now() >= until)

    def _stop_crawls(self, until: datetime | None) -> None:
        if not self._halted(until):
            return
        at_cut_off = Reason.of("stopped_at_cut_off", clock=f"{self.settings.cut_off:%H:%M}")
        cut_off = StopReason(at_cut_off, ExitCode.TIME_LIMIT)
        reason = _HALTED if self._fatal is not None else _INTERRUPTED if self.stop.is_set() else cut_off
        for running in self._running.values():
            running.process.stop(reason, time.monotonic())

    def _pending(self, night: date, names: Collection[str]) -> list[str]:
        pending = [row.portal for row in self.ledger.pending(self.now()) if row.night == night and row.portal in names]
        return [name for name in pending if name not in self._running and name not in self._ended]

    def _wait_for_network(self, night: date, names: Collection[str]) -> None:
        due = self.now() + self.settings.retry_unreachable
        reason = Reason.of("network_gone", portals=", ".join(sorted(self._silent)))
        waiting = self._pending(night, names)
        for name in waiting:
            self.ledger.postpone(name, night, due, reason)
        if waiting:
            self._remark(f"{reason}; {len(waiting)} portals wait until {due:%H:%M}")
        self._silent.clear()

    def _start_pending(self, night: date, names: Collection[str]) -> None:
        if len(self._running) >= self.options.jobs:
            return
        for name in self._pending(night, names):
            own = self._addresses_of(name)
            if own is None:
                continue
            if any(own & running.addresses for running in self._running.values()):
                continue  # portals on one address never side by side
            claim = self.ledger.claim(name, night, self.owner, self.now(), LEASE)
            if claim is not None:
                with self._isolated(claim):
                    self._start(claim, own)
            if len(self._running) >= self.options.jobs or self._fatal is not None or self._low_disk is not None:
                return

    def _addresses_of(self, name: str) -> frozenset[str] | None:
        """Return the addresses of a portal's hosts; None while they are looked up."""
        hosts = self.portals[name].hosts
        shared = self.archive.identity.kind is ArchiveKind.LIVE and self.options.jobs > 1
        return self._addresses.of(name, hosts, time.monotonic()) if shared else hosts

    def _start(self, claim: Claim, own: frozenset[str]) -> None:
        held = self.archive.free(claim.portal, claim.night, claim.fence)
        if held is not None:
            due = self.now() + max(self.options.retry, _BUSY_WAIT)
            self._finish(
                claim, AttemptResult(LeaseState.PLANNED, Reason.of("waits", why=held), due=due, free=True), None
            )
            return
        self.archive.raise_fence(claim.portal, claim.night, claim.fence)
        run = fresh_run(self.archive, claim)
        if run is not None:  # it ended well, but the scheduler before us died before it recorded that
            self._finish(claim, AttemptResult(LeaseState.DONE, run=run.run), run)
            return
        if claim.tries > self.settings.max_tries:
            died = Reason.of("tries_unrecorded", tries=claim.tries - 1)
            self._finish(claim, AttemptResult(LeaseState.FAILED, died), None)
            return
        progress = self.options.logs / claim.night.isoformat() / f"{claim.portal}.progress"
        with suppress(OSError):
            progress.unlink()
        short = self.options.shortage(claim.portal)
        if short is not None:  # a running crawl stops itself when the disk is full
            self._low_disk = low_disk_error(short)
            due = self.now() + self.options.retry
            self._finish(claim, AttemptResult(LeaseState.PLANNED, short, ExitCode.DISK_FULL, due=due, free=True), None)
            return
        again = self._window.tries_again(claim.unanswered, self.now())
        command = self.options.command or self.command_of
        environment = self.environment_of(progress) | {"FENCE": str(claim.fence), "STAY_OPEN": "1" if again else ""}
        head = self._log_line(f"{claim.night} {claim.portal} started, try {claim.tries}")
        log, ticks = progress.with_suffix(".log"), time.monotonic()
        process = CrawlProcess(
            command(claim.portal, claim.night), environment, log, self._limits(), ticks, head, self._server.start
        )
        if process.log_lost is not None:
            self._remark(f"{claim.portal}: {process.log_lost}")
        self._running[claim.portal] = _RunningCrawl(claim, process, own, progress, ticks)
        self.view.started(claim.portal, claim.night, claim.tries)

    def _limits(self) -> Limits:
        return Limits(self.settings.deadline, self.settings.memory, self.options.grace)

    def command_of(self, portal: str, night: date) -> list[str]:
        """Return the command line of a crawl."""
        return crawl_command(self.archive, self.settings, portal, night)

    def environment_of(self, progress: Path) -> dict[str, str]:
        """Return the environment of a crawl."""
        return crawl_environment(self.settings, progress)

    def _log_line(self, message: str) -> str:
        return event_line(self.settings.log, self.now(), message)

    def _end_log(self, running: _RunningCrawl, ended: ProcessExit) -> None:
        line = self._log_line(f"{running.claim.night} {running.claim.portal} ended with exit code {ended.code}")
        lost = add_line(running.progress.with_suffix(".log"), line) if running.process.log_lost is None else None
        if lost is not None:
            self._remark(f"{running.claim.portal}: {lost}")

    def _poll(self, name: str) -> None:
        running, ticks = self._running[name], time.monotonic()
        ended = running.process.poll(ticks)
        if ended is not None:
            del self._running[name]
            counts = read_counts(running.progress)
            with suppress(OSError):
                running.progress.unlink()
            self._end_log(running, ended)
            if not running.lost:
                with self._isolated(running.claim):
                    self._judge(running.claim, ended, counts.finish if counts is not None else None)
            return
        if ticks - running.counted >= _COUNT_SECONDS:
            running.counted = ticks
            self._count(running)
        if ticks - running.beat >= _BEAT_SECONDS and not running.lost:
            running.beat = ticks
            self._beat(running, ticks)

    def _count(self, running: _RunningCrawl) -> None:
        counts = read_counts(running.progress)
        if counts is None:
            return
        self.view.counted(running.claim.portal, counts)
        if counts.answered > running.answered:
            running.answered = counts.answered
            self._silent.clear()

    def _beat(self, running: _RunningCrawl, ticks: float) -> None:
        try:
            self.ledger.heartbeat(running.claim, self.now(), LEASE)
        except StaleClaim as error:
            running.lost = True
            self._remark(str(error))
            running.process.stop(_TAKEN_OVER, ticks)
        except ArchiveError as error:  # the lease lasts for several beats
            self._remark(f"{running.claim.portal}: no heartbeat: {error}")

    def _judge(self, claim: Claim, ended: ProcessExit, finish: str | None) -> None:
        """Finish by the run's own record; without one, by the end of the process."""
        run = fresh_run(self.archive, claim)
        if run is not None:
            if run.finish_reason is FinishReason.UNREACHABLE:
                self._silent.add(claim.portal)
            else:
                self._silent.clear()
            self._finish(claim, AttemptResult(LeaseState.DONE, exit_code=ended.code, run=run.run), run)
            return
        self._fatal = self._fatal or archive_error(claim, ended, self._probe)
        stopping, tries = self.stop.is_set(), self.settings.max_tries
        ending = attempt_result(claim, ended, finish, self.now(), self._window, tries, stopping=stopping)
        if self._fatal is not None and ended.stopped is None:
            ending = AttemptResult(
                LeaseState.PLANNED, ended.reason, ended.code, due=self.now() + self.options.retry, free=True
            )
        if ending.unanswered:
            self._silent.add(claim.portal)
        self._finish(claim, ending, None)

    def _probe(self, portal: str) -> None:
        """Raise DiskFull or ArchiveError when the archive's disk refuses writes or has too little room."""
        short = self.options.shortage(portal)
        if short is not None:
            raise low_disk_error(short)
        try_writing(self.archive.paths.open)

    @contextmanager
    def _isolated(self, claim: Claim) -> Iterator[None]:
        """Record an error of one portal's files as its failed try."""
        try:
            yield
        except StaleClaim as error:
            self._remark(str(error))
        except (ArchiveError, OSError) as error:
            code = error.exit_code if isinstance(error, ArchiveError) else ExitCode.FINDINGS
            halted = archive_error(claim, ProcessExit(code, self._limits(), last_lines=(str(error),)), self._probe)
            due = self.now() + self.options.retry
            ending = failed_try(claim, Reason.of_error(error), code, due, self.settings.max_tries)
            if halted is not None:
                self._fatal = self._fatal or halted
                ending = AttemptResult(LeaseState.PLANNED, Reason.of_error(error), code, due=due, free=True)
            self._finish(claim, ending, None)

    def _finish(self, claim: Claim, ending: AttemptResult, run: Run | None) -> None:
        try:
            if ending.state in (LeaseState.PARTIAL, LeaseState.FAILED):
                run, ending = close_try(self.archive, claim, ending, self.now())
            self.ledger.finish(claim, self.now(), ending)
        except StaleClaim as error:
            self._remark(str(error))
        except DiskFull as error:
            self._fatal = self._fatal or error
        except ArchiveError as error:  # its row stays `running` until the lease ends; then its record is found
            self._remark(f"{claim.portal}: cannot be recorded now: {error}")
        else:
            if ending.state.terminal:
                self._ended.add(claim.portal)
            self.view.ended(claim.portal, claim.night, ending.state, run, ending.reason)
            self.ended_one()
