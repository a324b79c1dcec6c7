"""`scheduler.py backfill PORTAL --since D`: a portal's lists walked back to a day, further than its nights had gone.

One crawl in a process of its own, in a run of its own that no night's verdict counts. Every call goes on where the last one
to the same day stopped. It gives way to the nights: it ends when the next one starts, and is refused while one is on.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.index.queries.lookbacks import LastLookBack
from archive.leases.ledger import LeaseState
from archive.model.enums import BACKFILL, ArchiveKind, Verdict
from archive.model.records import Run
from archive.storage.paths import run_order
from archive.storage.run_record import read_lines
from archive.store import Archive
from crawler.config.run_options import day_of
from crawler.nights.orphaned_runs import close_leftover
from crawler.nights.runner import NightRunner
from crawler.nights.schedule import Schedule
from crawler.nights.service import NightService, clock
from crawler.nights.subprocess import CrawlProcess, Limits, ProcessExit, StopReason

__all__ = ["Backfill", "backfill", "backfill_of", "backfill_options"]

_POLL_SECONDS = 0.1
_LONGEST = timedelta(days=7)  # the next night ends it long before; a rehearsal has its bound on requests
_NIGHT = StopReason("stopped for the night", ExitCode.GOOD)
_TOLD = StopReason("interrupted", ExitCode.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Backfill:
    """What was asked for: the portal, the day to go back to, the bound on requests of this call (None: the setting's)."""

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
    """What the command line asked for. Raises UsageError for a day or a number that is none."""
    if options.requests is not None and options.requests < 1:
        raise UsageError(f"--requests should be a whole number from 1, found {options.requests}")
    return Backfill(options.portal, day_of("--since", options.since), options.requests)


def backfill(bell: NightService, asked: Backfill) -> ExitCode:
    """Walk back, seal what was found, and say how far it came.

    Raises UsageError for a day to come, a portal that was never walked, and while the portal's night is on.
    """
    with ExitStack() as stack:
        schedule, runner = bell.open(stack)
        night = _night(bell, schedule)
        _refuse(schedule, asked, night, clock())
        before = _last(schedule.archive, asked)
        if before is not None and before.complete:
            bell.console.print(f"{asked.portal}: the backfill to {asked.since} is complete since {before.began}")
            return ExitCode.GOOD
        until = bell.asked.settings.next_start(clock()) if schedule.kind is ArchiveKind.LIVE else None
        ended = _crawl(bell, runner, asked, night, until)
        run = _closed(schedule.archive, asked.portal, night, clock())
        seals = schedule.seal(night)
        if run is None:
            raise ArchiveError(f"{asked.portal}: {ended.reason}; the log has more, the same command goes on")
        bell.console.print(f"{asked.portal}: {'; '.join(run.reasons)}", markup=False, highlight=False, soft_wrap=True)
        for seal in seals:
            bell.console.print(f"sealed {seal.night} as manifest-{seal.number}, head {seal.head[:16]}", highlight=False)
        return ExitCode.GOOD if run.verdict in (Verdict.GOOD, Verdict.QUIET) or ended.told is _NIGHT else _code(run)


def _code(run: Run) -> ExitCode:
    return ExitCode.INTERRUPTED if run.verdict is Verdict.INTERRUPTED else ExitCode.FINDINGS


def _night(bell: NightService, schedule: Schedule) -> date:
    """The night whose folder keeps it: the one that started last, in a rehearsal the archive's last."""
    if bell.asked.night is not None:
        return bell.asked.night
    if schedule.kind is ArchiveKind.LIVE:
        return bell.asked.settings.latest(clock())
    nights = schedule.archive.paths.nights()
    return nights[-1] if nights else clock().date()


def _refuse(schedule: Schedule, asked: Backfill, night: date, now: datetime) -> None:
    if asked.since >= night:
        raise UsageError(f"--since {asked.since} is no day before the night {night}: give an earlier one")
    schedule.refuse_past(night)
    with schedule.archive.index.reading() as queries:
        walked = queries.lookbacks.first_walk(asked.portal)
    if walked is None:
        raise UsageError(
            f"{asked.portal} was never walked: run its first night with `python scheduler.py --once --portal {asked.portal}`"
            f", and give that --since if it should go further back"
        )
    owed = [row for row in schedule.ledger.of_night(night) if row.portal == asked.portal and not row.state.terminal]
    running = any(row.state is LeaseState.RUNNING and not row.is_abandoned(now) for row in owed)
    if running or (schedule.kind is ArchiveKind.LIVE and owed):
        raise UsageError(f"the night {night} of {asked.portal} is still on: wait for its end, backfills come after it")
    for when, folder in schedule.archive.paths.open_runs():
        if (
            when == night
            and folder.name.partition(".")[0] == asked.portal
            and not _of_backfill(folder.name, schedule, when)
        ):
            raise UsageError(
                f"the run of {asked.portal} on {night} is still open: end it first with "
                f"`python scheduler.py --once --night {night} --portal {asked.portal}`"
            )


def _of_backfill(run: str, schedule: Schedule, night: date) -> bool:
    """Whether an open run is what a killed backfill left: it goes on in it."""
    lines = read_lines(schedule.archive.paths.open_night(night) / run / "pages.jsonl")
    return all(b'"lookback":{' in line or b'"outcome":"robots"' in line for line in lines)


def _last(archive: Archive, asked: Backfill) -> LastLookBack | None:
    with archive.index.reading() as queries:
        return queries.lookbacks.latest(asked.portal, asked.since)


def _crawl(
    bell: NightService, runner: NightRunner, asked: Backfill, night: date, until: datetime | None
) -> ProcessExit:
    settings = bell.asked.settings
    requests = asked.requests or settings.lookback_of(asked.portal).requests
    command = [*runner.command_of(asked.portal, night), "-s", f"BACKFILL={asked.since}"]
    command += ["-s", f"LOOKBACK_REQUESTS={requests}"]
    logs = bell.asked.ways.logs / night.isoformat()
    progress = logs / f"{asked.portal}.backfill.progress"
    limits = Limits(_LONGEST, settings.memory, bell.asked.ways.grace)
    log = logs / f"{asked.portal}.backfill.log"
    process = CrawlProcess(command, runner.environment_of(progress), log, limits, time.monotonic())
    try:
        while True:
            if bell.stop.wait(_POLL_SECONDS):
                process.tell(_TOLD, time.monotonic())
            elif until is not None and clock() >= until:
                process.tell(_NIGHT, time.monotonic())
            ended = process.poll(time.monotonic())
            if ended is not None:
                progress.unlink(missing_ok=True)
                return ended
    except BaseException:
        process.kill()
        raise


def _closed(archive: Archive, portal: str, night: date, now: datetime) -> Run | None:
    """The record of the backfill that has just ended; a killed one is closed here, so that it holds up no seal."""
    archive.finish_closing()
    left = close_leftover(archive, portal, night, LeaseState.PARTIAL, "backfill: the crawl was killed", now)
    runs = [run for run in archive.runs(night) if run.portal == portal and run.finish_reason == BACKFILL]
    return left or max(runs, key=lambda run: run_order(run.run)[1], default=None)
