"""What a bell brings about: the night that is on is run, those before it are ended, all of them are sealed."""

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
from threading import Event, Lock

from rich.console import Console

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.model.enums import ArchiveKind
from archive.sealing.signatures import load_key
from archive.storage.manifest import Seal
from archive.storage.paths import Paths, read_identity
from archive.store import Archive
from crawler.catalog.portals import chosen, load_portals
from crawler.config.settings_file import NightSettings
from crawler.disk_space import room, shortage
from crawler.log.files import remove_old
from crawler.nights.heartbeat_file import show_life
from crawler.nights.options import RunnerOptions
from crawler.nights.reaper import reap_orphans
from crawler.nights.runner import NightRunner
from crawler.nights.schedule import Schedule
from crawler.nights.sd_notify import notify
from crawler.nights.stale_leases import take_back
from crawler.reports.after_night import AfterNight, night_report, surely
from crawler.reports.night_table import exit_code, night_rows
from crawler.reports.progress import RecordedProgress, watch_on
from crawler.reports.render import print_report
from crawler.reports.snapshot import USUAL_NIGHTS, MetricsSnapshot, gather
from vietnam.dates import TZ

__all__ = ["NightService", "RunRequest", "clock"]

log = logging.getLogger("scheduler")
_WAIT_SECONDS = 0.2
_SAY_AGAIN_SECONDS = 3600.0
STUCK_SECONDS = 600.0
"""So long may a running night be left unattended before a service manager is let to restart it: names may resolve slowly."""
SEALING_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What the command line asked for, and the settings behind it."""

    archive: Path
    settings: NightSettings
    kind: ArchiveKind
    names: tuple[str, ...]
    night: date | None
    ways: RunnerOptions
    once: bool = False


class NightService:
    """Opens the archive and its ledger, does what is owed at this moment, and puts both away again."""

    def __init__(self, asked: RunRequest, console: Console) -> None:
        self.asked, self.console = asked, console
        self.stop = Event()
        self.morning = AfterNight(asked.settings, asked.archive, asked.kind)
        self._ringing = Lock()
        self._ticked: float | None = None
        self._rung = time.monotonic()
        self._said: dict[str, float] = {}
        self._watch: RecordedProgress | None = None
        self._portals = load_portals()
        chosen(asked.names, self._portals)
        chosen(asked.settings.portals, self._portals)

    def ring(self) -> None:
        """Run what is due; a bell that rings while another is answered is not heard. Errors are logged, never raised."""
        if not self._ringing.acquire(blocking=False):
            return
        self._rung = time.monotonic()
        try:
            self.due()
        except (ArchiveError, OSError) as error:
            self._complain(f"{error}")
        except Exception:  # one night that could not be run ends no scheduler: the next bell tries again
            log.exception("the night could not be run")
        finally:
            self._rung = time.monotonic()
            self._ringing.release()

    def _complain(self, words: str) -> None:
        """The same trouble comes with every bell: it is said once an hour."""
        now = time.monotonic()
        if now - self._said.get(words, -_SAY_AGAIN_SECONDS) >= _SAY_AGAIN_SECONDS:
            self._said[words] = now
            log.error("%s", words)

    def due(self) -> ExitCode:
        """Run the night that is on, and end and seal those before it; what cannot be done is told, and raised."""
        try:
            with ExitStack() as stack:
                schedule, runner = self.open(stack)
                code = self._due(schedule, runner)
                with surely("watched"):
                    self.morning.watch_silence(schedule.archive, schedule.ledger, clock())
                    self.morning.metrics(schedule.archive, schedule.ledger, clock())
                return code
        except Exception as error:  # told to people, then raised
            with surely("told"):
                self.morning.failed(error, clock())
            raise
        finally:
            self._ticked = None
            with surely("told again"):
                self.morning.retry(clock())

    def _due(self, schedule: Schedule, runner: NightRunner) -> ExitCode:
        now = clock()
        night = self.asked.settings.latest(now)
        schedule.refuse_past(night)
        schedule.refuse_clock(night)
        known = schedule.last_night()
        self._after_seals(schedule, schedule.end_before(night, now))
        closes = self.asked.settings.closes(night)
        if now >= closes and known is None:
            return ExitCode.GOOD  # the first night of all is the next one
        if self._all_done(schedule, night):
            return ExitCode.GOOD
        schedule.plan(night, now)
        if now < closes:
            runner.run(night, schedule.scheduled(night), closes)
            self._ticked = None
        if clock() >= closes:
            schedule.end(night, clock())
        return self._sealed(schedule, night, (), over=clock() >= closes)

    def once(self) -> ExitCode:
        """Run one night now, whatever the hour."""
        with ExitStack() as stack:
            schedule, runner = self.open(stack)
            now = clock()
            night = self.asked.night or now.date()
            schedule.refuse_past(night)
            self._after_seals(schedule, schedule.end_before(night, now, longest=None))
            if self.asked.names:
                schedule.plan_again(night, self.asked.names, now)
            else:
                schedule.plan(night, now)
            if schedule.ledger.has_ended(night):
                log.info("every portal's night of %s has ended; to run one again name it with --portal", night)
            names = self.asked.names or schedule.scheduled(night)
            runner.run(night, names, None)
            while not self.stop.wait(_WAIT_SECONDS) and not schedule.ended(night, names):
                runner.run(night, names, None)  # another scheduler has them: wait for it, or take over when it dies
            return self._sealed(schedule, night, self.asked.names, over=False)

    def _all_done(self, schedule: Schedule, night: date) -> bool:
        sealed = schedule.archive.last_seal()
        return sealed is not None and sealed.night >= night and schedule.ledger.has_ended(night)

    def _sealed(self, schedule: Schedule, night: date, names: Collection[str], *, over: bool) -> ExitCode:
        """Seal what can be sealed, report the night when it is sealed or over, and say how it went (for these portals)."""
        sealed = schedule.seal(night)
        self._say_trouble(schedule)
        if sealed or over:
            self._report(schedule, night, sealed=bool(sealed))
        if self.asked.once or sealed:
            report = night_report(schedule.archive, schedule.ledger, self.asked.settings, night)
            print_report(report, self.console)
        self._say_seals(sealed)
        rows = night_rows(schedule.archive, schedule.ledger, night)
        return exit_code([row for row in rows if not names or row.portal in names])

    def _after_seals(self, schedule: Schedule, seals: list[Seal]) -> None:
        """Nights before this one, which were ended late."""
        for seal in seals:
            self._report(schedule, seal.night, sealed=True)
        self._say_seals(seals)
        self._say_trouble(schedule)

    def _say_trouble(self, schedule: Schedule) -> None:
        for words in schedule.trouble:
            self._complain(words)

    def _report(self, schedule: Schedule, night: date, *, sealed: bool) -> None:
        remarks = self._watch.remarks if self._watch is not None else []
        with surely("reported"):
            self.morning.after(schedule.archive, schedule.ledger, night, clock(), remarks, sealed=sealed)
        settings = self.asked.settings
        for old in remove_old(settings.logs, night, settings.keep_logs, clock()):
            log.info("removed the logs of %s", old)

    def pulse(self) -> None:
        """Tell whoever watches that the scheduler lives, and no night that runs is stuck."""
        reap_orphans()
        if self.alive(time.monotonic()):
            notify("WATCHDOG=1")
            show_life(self.asked.settings.logs)

    def alive(self, ticks: float) -> bool:
        """Whether the night that runs, if one does, was looked after in the last ten minutes (monotonic seconds).

        When none runs, whether the bell was rung in that time; while nights are ended and sealed, in the last hour.
        """
        ticked = self._ticked
        if ticked is not None:
            return ticks - ticked < STUCK_SECONDS
        return ticks - self._rung < (SEALING_SECONDS if self._ringing.locked() else STUCK_SECONDS)

    def figures(self) -> tuple[MetricsSnapshot | None, int]:
        """What /metrics shows: read anew, None when the archive cannot be read."""
        try:
            with ExitStack() as stack:
                store = stack.enter_context(Archive.open(self.asked.archive, read_only=True))
                ledger = stack.enter_context(Ledger(store.paths.ledger, timeout=2))
                return gather(store, ledger, self.asked.settings, clock()), self.morning.untold
        except ArchiveError:
            return None, self.morning.untold

    def open(self, stack: ExitStack) -> tuple[Schedule, NightRunner]:
        """The archive and its ledger, until the stack unwinds. Raises what is wrong with the settings or the folder."""
        asked = self.asked
        if asked.kind is ArchiveKind.LIVE and not asked.settings.contact:
            raise UsageError(
                'a live run needs an address that portals can write to: type contact = "you@example.vn" in nights.toml'
            )
        if asked.settings.signing_key is not None:
            load_key(asked.settings.signing_key)  # a night must not end before one learns that it cannot be signed
        read_identity(asked.archive, asked.kind)
        paths = Paths(asked.archive)
        ledger = stack.enter_context(Ledger(paths.ledger))
        take_back(paths, ledger, Owner.current(), clock())
        archive = stack.enter_context(Archive.open(asked.archive, asked.kind))

        def ended_one() -> None:
            with surely("measured"):
                self.morning.metrics(archive, ledger, clock())

        watch = self._watch = RecordedProgress(watch_on(self.console, lambda: log), ended_one)

        def now() -> datetime:
            self._ticked = time.monotonic()
            return clock()

        ways = replace(asked.ways, shortage=partial(self._shortage, archive))
        runner = NightRunner(archive, ledger, asked.settings, self._portals, ways, watch, self.stop, now)
        return Schedule(archive, ledger, asked.settings, self._portals), runner

    def _shortage(self, archive: Archive, portal: str) -> str | None:
        """Why a portal's night may not start: its usual size would leave too little on the disk."""
        sizes = [run.bytes for run in archive.history(portal, date.max, USUAL_NIGHTS)]
        try:
            left = room(archive.paths.root)
        except OSError:
            return None  # the archive itself will say it better
        return shortage(left, self.asked.settings.min_free, int(median(sizes)) if sizes else 0)

    def _say_seals(self, seals: list[Seal]) -> None:
        for seal in seals:
            signed = "signed" if seal.signed else "unsigned"
            words = f"sealed {seal.night} as manifest-{seal.number} ({signed}), head {seal.head[:16]}"
            self.console.print(words, highlight=False)


def clock() -> datetime:
    """The present moment in Viet Nam."""
    return datetime.now(TZ)
