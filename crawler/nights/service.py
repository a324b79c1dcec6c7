"""One tick of the scheduler: run the night that is on, end the nights before it, seal them, and report them."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event

from rich.console import Console

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.sealing.signatures import load_key
from archive.storage.manifest import Seal
from archive.storage.paths import Paths, read_identity
from archive.store import Archive
from crawler.catalog.portals import chosen, load_portals
from crawler.config.settings_file import NightSettings
from crawler.disk_space import free_space, shortage
from crawler.log.files import remove_old
from crawler.nights.crawl_process import reap_orphans
from crawler.nights.liveness import Liveness, notify, touch_alive
from crawler.nights.runner import NightRunner, RunnerOptions
from crawler.nights.schedule import Schedule, reclaim_expired_leases
from crawler.reports.after_night import AfterNight, log_errors, night_report
from crawler.reports.night_table import exit_code, night_rows
from crawler.reports.progress import progress_view
from crawler.reports.render import print_report
from crawler.reports.snapshot import USUAL_NIGHTS, MetricsSnapshot, gather
from vietnam.date_forms import TZ

log = logging.getLogger("scheduler")
_WAIT_SECONDS = 0.2
_LOG_AGAIN_SECONDS = 3600.0
_MEASURE_SECONDS = 15.0  # the figures are of all portals: at each end of one they would cost the square of them


@dataclass(frozen=True, slots=True)
class RunRequest:
    """The command line of the scheduler and the settings behind it. No `portals` are all, no `night` is the current one."""

    archive: Path
    settings: NightSettings
    kind: ArchiveKind
    portals: tuple[str, ...]
    night: date | None
    options: RunnerOptions
    once: bool = False


class NightService:
    """The scheduler without its timers: each call opens the archive and its ledger, and closes them when it returns."""

    def __init__(self, request: RunRequest, console: Console) -> None:
        """Raise UsageError for a portal of the request or the settings that does not exist."""
        self.request, self.console = request, console
        self.stop = Event()
        self.after_night = AfterNight(request.settings, request.archive, request.kind)
        self.liveness = Liveness()
        self._logged_at: dict[str, float] = {}
        self._measured_at = -_MEASURE_SECONDS
        self._remarks: list[str] = []
        self._portals = load_portals()
        chosen(request.portals, self._portals)
        chosen(request.settings.portals, self._portals)

    def tick(self) -> None:
        """Run what is due; do nothing while another tick does. Log errors and never raise them."""
        if not self.liveness.busy.acquire(blocking=False):
            return
        self.liveness.tick()
        try:
            self.run_due()
        except (ArchiveError, OSError) as error:
            self._log_hourly(f"{error}")
        except Exception:  # one night that could not be run ends no scheduler: the next tick tries again
            log.exception("the night could not be run")
        finally:
            self.liveness.tick()
            self.liveness.busy.release()

    def _log_hourly(self, trouble: str) -> None:
        """Log an error that comes with every tick once an hour."""
        now = time.monotonic()
        if now - self._logged_at.get(trouble, -_LOG_AGAIN_SECONDS) >= _LOG_AGAIN_SECONDS:
            self._logged_at[trouble] = now
            log.error("%s", trouble)

    def run_due(self) -> ExitCode:
        """Run the night that is on, end and seal those before it. Report an error as an alert, then raise it."""
        try:
            with ExitStack() as stack:
                schedule, runner = self.open(stack)
                code = self._run_due(schedule, runner)
                with log_errors("watched"):
                    self.after_night.report_silence(schedule.archive, schedule.ledger, clock())
                self._measure(schedule.archive, schedule.ledger)
                return code
        except Exception as error:  # reported as an alert, then raised
            with log_errors("reported"):
                self.after_night.report_failure(error, clock())
            raise
        finally:
            self.liveness.no_turns()
            with log_errors("reported again"):
                self.after_night.retry_messages(clock())

    def _run_due(self, schedule: Schedule, runner: NightRunner) -> ExitCode:
        now = clock()
        night = self.request.settings.latest(now)
        schedule.refuse_past(night)
        schedule.refuse_clock(night)
        known = schedule.last_night()
        self._report_late(schedule, schedule.end_before(night, now))
        closes = self.request.settings.closes(night)
        if now >= closes and known is None:
            return ExitCode.GOOD  # the first night of all is the next one
        if self._all_done(schedule, night):
            return ExitCode.GOOD
        schedule.plan(night, now)
        if now < closes:
            runner.run(night, schedule.scheduled(night), closes)
            self.liveness.no_turns()
        if clock() >= closes:
            schedule.end(night, clock())
        return self._sealed(schedule, night, (), over=clock() >= closes)

    def run_once(self) -> ExitCode:
        """Run the requested night now, whatever the hour."""
        with ExitStack() as stack:
            schedule, runner = self.open(stack)
            now = clock()
            night = self.request.night or now.date()
            schedule.refuse_past(night)
            self._report_late(schedule, schedule.end_before(night, now, longest=None))
            if self.request.portals:
                schedule.plan_again(night, self.request.portals, now)
            else:
                schedule.plan(night, now)
            if schedule.ledger.has_ended(night):
                log.info("every portal's night of %s has ended; to run one again name it with --portal", night)
            asked = schedule.recorded(night)
            left = set(self.request.portals or schedule.scheduled(night))
            left.difference_update(runner.run(night, left, None))
            while not self.stop.wait(_WAIT_SECONDS) and (left := schedule.unended(night, left, asked)):
                # Another scheduler has them: wait for it, or take over when it dies.
                left.difference_update(runner.run(night, left, None))
            code = self._sealed(schedule, night, self.request.portals, over=False)
            self._measure(schedule.archive, schedule.ledger)
            return code

    def _all_done(self, schedule: Schedule, night: date) -> bool:
        sealed = schedule.archive.last_seal()
        return sealed is not None and sealed.night >= night and schedule.ledger.has_ended(night)

    def _sealed(self, schedule: Schedule, night: date, names: Collection[str], *, over: bool) -> ExitCode:
        """Seal the night if it can be sealed, report it when it is sealed or over; return the exit code of these portals."""
        sealed = schedule.seal(night)
        self._log_trouble(schedule)
        if sealed or over:
            self._report(schedule, night, sealed=bool(sealed))
        if self.request.once or sealed:
            report = night_report(schedule.archive, schedule.ledger, self.request.settings, night)
            print_report(report, self.console)
        self._print_seals(sealed)
        rows = night_rows(schedule.archive, schedule.ledger, night)
        return exit_code([row for row in rows if not names or row.portal in names])

    def _report_late(self, schedule: Schedule, seals: list[Seal]) -> None:
        """Report nights before this one, which were ended late."""
        for seal in seals:
            self._report(schedule, seal.night, sealed=True)
        self._print_seals(seals)
        self._log_trouble(schedule)

    def _log_trouble(self, schedule: Schedule) -> None:
        for trouble in schedule.trouble:
            self._log_hourly(trouble)

    def _report(self, schedule: Schedule, night: date, *, sealed: bool) -> None:
        with log_errors("reported"):
            self.after_night.report_night(
                schedule.archive, schedule.ledger, night, clock(), self._remarks, sealed=sealed
            )
        settings = self.request.settings
        for old in remove_old(settings.logs, night, settings.keep_logs, clock()):
            log.info("removed the logs of %s", old)

    def show_liveness(self) -> None:
        """Signal the service manager and touch the file of the health check, unless a running night is stuck."""
        reap_orphans()
        if self.liveness.alive():
            notify("WATCHDOG=1")
            touch_alive(self.request.settings.logs)

    def metrics(self) -> tuple[MetricsSnapshot | None, int]:
        """Read the figures for /metrics (None when the archive cannot be read) and the number of unsent messages."""
        try:
            archive = Archive.open(self.request.archive, read_only=True)
            with archive as store, Ledger(store.paths.ledger, timeout=2) as ledger:
                return gather(store, ledger, self.request.settings, clock()), len(self.after_night.unsent())
        except ArchiveError:
            return None, len(self.after_night.unsent())

    def _measure(self, archive: Archive, ledger: Ledger) -> None:
        self._measured_at = time.monotonic()
        with log_errors("measured"):
            self.after_night.renew_metrics(archive, ledger, clock())

    def open(self, stack: ExitStack) -> tuple[Schedule, NightRunner]:
        """Open the archive and its ledger until the stack unwinds.

        Raises:
            UsageError: A live run without a contact address, or a signing key that cannot be read.
            ArchiveUnusable: The folder is no archive of this kind.
        """
        request = self.request
        if request.kind is ArchiveKind.LIVE and not request.settings.contact:
            raise UsageError(
                'a live run needs an address that portals can write to: type contact = "you@example.vn" in nights.toml'
            )
        if request.settings.signing_key is not None:
            load_key(request.settings.signing_key)  # known before the night, not when it is to be signed
        read_identity(request.archive, request.kind)
        paths = Paths(request.archive)
        ledger = stack.enter_context(Ledger(paths.ledger))
        reclaim_expired_leases(paths, ledger, Owner.current(), clock())
        archive = stack.enter_context(Archive.open(request.archive, request.kind))

        def ended_one() -> None:
            if time.monotonic() - self._measured_at >= _MEASURE_SECONDS:
                self._measure(archive, ledger)

        view, self._remarks = progress_view(self.console, lambda: log), []

        def now() -> datetime:
            self.liveness.turn()
            return clock()

        options = replace(request.options, shortage=partial(self._shortage, archive))
        runner = NightRunner(
            *(archive, ledger, request.settings, self._portals, options, view, self.stop, now),
            ended_one=ended_one,
            remarks=self._remarks,
        )
        return Schedule(archive, ledger, request.settings, self._portals), runner

    def _shortage(self, archive: Archive, portal: str) -> Reason | None:
        """Return why a portal's night may not start (its usual size would leave too little on the disk), or None."""
        sizes = [run.bytes for run in archive.history(portal, date.max, USUAL_NIGHTS)]
        try:
            left = free_space(archive.paths.root)
        except OSError:
            return None  # opening the archive gives the better error
        return shortage(left, self.request.settings.min_free, int(median(sizes)) if sizes else 0)

    def _print_seals(self, seals: list[Seal]) -> None:
        for seal in seals:
            signed = "signed" if seal.signed else "unsigned"
            line = f"sealed {seal.night} as manifest-{seal.number} ({signed}), head {seal.head[:16]}"
            self.console.print(line, highlight=False)


def clock() -> datetime:
    """Return the present moment in Viet Nam."""
    return datetime.now(TZ)
