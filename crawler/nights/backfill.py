"""`scheduler.py backfill PORTAL --since D`: walk a portal's lists back to a day, further than its nights went.

One crawl in a process and a run of its own, which no night's verdict counts. A call resumes where the last one to the same
day stopped. Nights come first: a backfill ends when the next night starts, and is refused while one is on.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.leases.states import LeaseState
from archive.messages.reason import Reason, joined
from archive.model.enums import ArchiveKind, FinishReason, Verdict
from archive.model.records import Run
from archive.storage.paths import run_order
from archive.storage.run_record import read_lines
from archive.store import Archive
from crawler.config.run_options import day_of
from crawler.nights.crawl_process import CrawlProcess, Limits, ProcessExit, StopReason
from crawler.nights.orphaned_runs import close_leftover
from crawler.nights.runner import NightRunner
from crawler.nights.schedule import Schedule
from crawler.nights.service import NightService, clock

_POLL_SECONDS = 0.1
_LONGEST = timedelta(days=7)  # the next night ends it long before; a rehearsal has its bound on requests
_NIGHT_STARTS = StopReason(Reason.of("stopped_for_night"), ExitCode.GOOD)
_INTERRUPTED = StopReason(Reason.of("interrupted"), ExitCode.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Backfill:
    """The portal, the day to go back to, and the bound on requests of this call (None: the one of the settings)."""

    portal: str
    since: date
    requests: int | None = None


def backfill_options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("portal", metavar="PORTAL", help="one portal")
    parser.add_argument("--since", required=True, metavar="D", help="how far back, YYYY-MM-DD")
    parser.add_argument(
        "--requests", type=int, metavar="N", help="at most so many requests (default: lookback_requests)"
    )
    parser.add_argument("--night", metavar="D", help="the night whose folder keeps it (default: the last one)")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="the archive (default: the one of nights.toml)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the settings (default: nights.toml)")


def backfill_of(options: argparse.Namespace) -> Backfill:
    """Return the backfill that the command line asks for. Raises UsageError for a wrong day or number."""
    if options.requests is not None and options.requests < 1:
        raise UsageError(f"--requests should be a whole number from 1, found {options.requests}")
    return Backfill(options.portal, day_of("--since", options.since), options.requests)


def backfill(service: NightService, wanted: Backfill) -> ExitCode:
    """Walk back, seal the articles found, and print how far it came.

    Raises:
        UsageError: The day lies ahead, the portal was never walked, or its night is on.
        ArchiveError: The crawl left no record.
    """
    with ExitStack() as stack:
        schedule, runner = service.open(stack)
        night = _night(service, schedule)
        _check_allowed(schedule, wanted, night, clock())
        with schedule.archive.index.reading() as queries:
            before = queries.lookbacks.latest(wanted.portal, wanted.since)
        if before is not None and before.complete:
            service.console.print(f"{wanted.portal}: the backfill to {wanted.since} is complete since {before.began}")
            return ExitCode.GOOD
        until = service.request.settings.next_start(clock()) if schedule.kind is ArchiveKind.LIVE else None
        ended = _crawl(service, runner, wanted, night, until)
        run = _closed_run(schedule.archive, wanted.portal, night, clock())
        seals = schedule.seal(night)
        if run is None:
            raise ArchiveError(f"{wanted.portal}: {ended.reason}; the log has more, the same command goes on")
        service.console.print(f"{wanted.portal}: {joined(run.reasons)}", markup=False, highlight=False, soft_wrap=True)
        for seal in seals:
            service.console.print(
                f"sealed {seal.night} as manifest-{seal.number}, head {seal.head[:16]}", highlight=False
            )
        if run.verdict in (Verdict.GOOD, Verdict.QUIET) or ended.stopped is _NIGHT_STARTS:
            return ExitCode.GOOD
        return ExitCode.INTERRUPTED if run.verdict is Verdict.INTERRUPTED else ExitCode.FINDINGS


def _night(service: NightService, schedule: Schedule) -> date:
    """Return the night whose folder the run goes to: the one that started last, in a rehearsal the archive's last."""
    if service.request.night is not None:
        return service.request.night
    if schedule.kind is ArchiveKind.LIVE:
        return service.request.settings.latest(clock())
    nights = schedule.archive.paths.nights()
    return nights[-1] if nights else clock().date()


def _check_allowed(schedule: Schedule, wanted: Backfill, night: date, now: datetime) -> None:
    if wanted.since >= night:
        raise UsageError(f"--since {wanted.since} is no day before the night {night}: give an earlier one")
    schedule.refuse_past(night)
    with schedule.archive.index.reading() as queries:
        walked = queries.lookbacks.first_walk(wanted.portal)
    if walked is None:
        raise UsageError(
            f"{wanted.portal} was never walked: run its first night with `python scheduler.py --once --portal {wanted.portal}`"
            f", and give that --since if it should go further back"
        )
    pending = [row for row in schedule.ledger.of_night(night) if row.portal == wanted.portal and not row.state.terminal]
    running = any(row.state is LeaseState.RUNNING and not row.is_abandoned(now) for row in pending)
    if running or (schedule.kind is ArchiveKind.LIVE and pending):
        raise UsageError(f"the night {night} of {wanted.portal} is still on: wait for its end, backfills come after it")
    for when, folder in schedule.archive.paths.open_runs():
        own = when == night and folder.name.partition(".")[0] == wanted.portal
        if own and not _of_backfill(folder.name, schedule, when):
            raise UsageError(
                f"the run of {wanted.portal} on {night} is still open: end it first with "
                f"`python scheduler.py --once --night {night} --portal {wanted.portal}`"
            )


def _of_backfill(run: str, schedule: Schedule, night: date) -> bool:
    """Return whether an open run is that of a killed backfill, which this one resumes."""
    lines = read_lines(schedule.archive.paths.open_night(night) / run / "pages.jsonl")
    return all(b'"lookback":{' in line or b'"outcome":"robots"' in line for line in lines)


def _crawl(
    service: NightService, runner: NightRunner, wanted: Backfill, night: date, until: datetime | None
) -> ProcessExit:
    settings = service.request.settings
    requests = wanted.requests or settings.lookback_of(wanted.portal).requests
    command = [*runner.command_of(wanted.portal, night), "-s", f"BACKFILL={wanted.since}"]
    command += ["-s", f"LOOKBACK_REQUESTS={requests}"]
    logs = service.request.options.logs / night.isoformat()
    progress = logs / f"{wanted.portal}.backfill.progress"
    limits = Limits(_LONGEST, settings.memory, service.request.options.grace)
    log = logs / f"{wanted.portal}.backfill.log"
    process = CrawlProcess(command, runner.environment_of(progress), log, limits, time.monotonic())
    try:
        while True:
            if service.stop.wait(_POLL_SECONDS):
                process.stop(_INTERRUPTED, time.monotonic())
            elif until is not None and clock() >= until:
                process.stop(_NIGHT_STARTS, time.monotonic())
            ended = process.poll(time.monotonic())
            if ended is not None:
                progress.unlink(missing_ok=True)
                return ended
    except BaseException:
        process.kill()
        raise


def _closed_run(archive: Archive, portal: str, night: date, now: datetime) -> Run | None:
    """Return the record of the backfill that has just ended. Close a killed one: an open run would block the seal."""
    archive.finish_closing()
    left = close_leftover(archive, portal, night, LeaseState.PARTIAL, Reason.of("backfill_killed"), now)
    runs = [run for run in archive.runs(night) if run.portal == portal and run.finish_reason is FinishReason.BACKFILL]
    return left or max(runs, key=lambda run: run_order(run.run)[1], default=None)
