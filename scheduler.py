"""The scheduler: `python scheduler.py` stays and runs each night at its hour; `--once`, `--due` and `status` end at once.

APScheduler only gives the ticks. The ledger decides which portals are pending, so a crash, a second scheduler, a missed
hour or a clock that jumps never loses or doubles a night. Exit codes: archive/errors.py.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import FrameType

# Its shims for old names look through the whole stack and every module: here both are short.
import scrapy.core.downloader.contextfactory  # noqa: F401
from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from rich.console import Console

from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, ExitCode, UsageError
from archive.model.enums import ArchiveKind
from archive.storage.fsync import close_to_others
from crawler.check.command import check, check_options
from crawler.config.run_options import day_of
from crawler.config.settings_file import NightSettings, settings_at
from crawler.log.setup import LogStyle, install, refuse
from crawler.nights.backfill import backfill, backfill_of, backfill_options
from crawler.nights.liveness import notify
from crawler.nights.runner import RunnerOptions
from crawler.nights.service import NightService, RunRequest, clock
from crawler.portal import DeclarationError
from crawler.reports.after_night import log_errors
from crawler.reports.alerts import check_addresses
from crawler.reports.commands import alerts, report
from crawler.reports.prometheus import serve_metrics
from crawler.reports.status import status
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parent
TICK_SECONDS = 60
_COMMANDS = (
    "status: what is next and what runs; report: a night again; alerts: whom they reach; "
    "backfill, check: see their --help"
)
log = logging.getLogger("scheduler")


def timers(service: NightService) -> BlockingScheduler:
    """Return a scheduler that ticks at the night's start, and at once and every minute for what is still pending then.

    Each trigger has the zone (one made as an object does not inherit the scheduler's), a late tick is not dropped, and the
    jobs live in memory: the ledger holds what is pending.
    """
    scheduler = BlockingScheduler(jobstores={"default": MemoryJobStore()}, timezone=TZ)
    start = service.request.settings.start
    always = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    nightly = CronTrigger(hour=start.hour, minute=start.minute, timezone=TZ)
    scheduler.add_job(service.tick, nightly, id="nightly", **always)
    minutely = IntervalTrigger(seconds=TICK_SECONDS, timezone=TZ)
    scheduler.add_job(service.tick, minutely, id="minutely", next_run_time=clock(), **always)
    liveness = IntervalTrigger(seconds=TICK_SECONDS, timezone=TZ)
    scheduler.add_job(service.show_liveness, liveness, id="liveness", next_run_time=clock(), **always)
    return scheduler


def resident(service: NightService) -> ExitCode:
    """Run until a signal stops it; running crawls finish their batch first."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each tick that finds another one at work
    scheduler = timers(service)
    scheduler.add_listener(lambda event: notify("READY=1"), EVENT_SCHEDULER_STARTED)
    log.info("waiting for the night of %s", service.request.settings.next_start(clock()).isoformat(timespec="minutes"))
    port = service.request.settings.metrics_port
    server = serve_metrics(port, service.metrics)[0] if port is not None else None
    try:
        scheduler.start()
    finally:
        notify("STOPPING=1")
        service.stop.set()
        scheduler.shutdown(wait=True)
        if server is not None:
            server.shutdown()
            server.server_close()
    return ExitCode.GOOD


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    close_to_others()
    arguments = sys.argv[1:] if arguments is None else arguments
    is_backfill, is_check = arguments[:1] == ["backfill"], arguments[:1] == ["check"]
    parser = _backfill_parser() if is_backfill else _check_parser() if is_check else _parser()
    options = parser.parse_args(arguments[1:] if is_backfill or is_check else arguments)
    console = Console() if sys.stdout.isatty() else Console(width=160, no_color=True)
    style, secrets = LogStyle(getattr(options, "log", None) or LogStyle.TEXT), tuple[str, ...]()
    install(style)
    try:
        settings = settings_at(options.settings, ROOT)
        style = LogStyle(getattr(options, "log", None) or settings.log)
        secrets = tuple(settings.alerts.secrets())
        settings = replace(settings, log=style)
        # The fields of a check name its errors already.
        install(style, logging.ERROR if is_check else logging.INFO, secrets)
        archive = options.archive or settings.archive
        if is_check:
            return check(options, settings, console, os.environ)
        if is_backfill:
            return _backfill(options, settings, archive, console)
        if options.command is not None:
            return _show(options, settings, archive, console)
        check_addresses(settings.alerts.addresses())
        service = NightService(_run_request(options, settings, archive), console)
        _check_opens(service)
        return _run(service, options)
    except (ArchiveError, DeclarationError) as error:
        refuse(f"scheduler: {error}", style, secrets)
        return error.exit_code if isinstance(error, ArchiveError) else ExitCode.USAGE
    except Exception:
        log.exception("a bug: please report it with the lines below")
        return ExitCode.BUG


def _check_opens(service: NightService) -> None:
    """Raise now what every tick would raise later. A missing archive is also an alert: the terminal may be unattended."""
    try:
        with ExitStack() as stack:
            service.open(stack)
    except (ArchiveUnusable, DiskFull) as error:
        if not service.request.once:
            with log_errors("reported"):
                service.after_night.report_failure(error, clock())
        raise


def _show(options: argparse.Namespace, settings: NightSettings, archive: Path, console: Console) -> int:
    """Run one of the commands that start no crawl."""
    if options.once or options.due or options.portal or options.jobs:
        raise UsageError(f"`{options.command}` runs nothing: leave out --once, --due, --portal and --jobs")
    if options.command == "status":
        return status(archive, settings, console, clock(), as_json=options.json)
    if options.command == "alerts":
        return alerts(settings.alerts, console, clock(), test=options.test)
    night = day_of("--night", options.night) if options.night else None
    return report(
        archive, settings, console, night, "json" if options.json else "markdown" if options.markdown else None
    )


def _run(service: NightService, options: argparse.Namespace) -> int:
    stays = not (options.once or options.due)

    def on_signal(number: int, frame: FrameType | None) -> None:
        first = not service.stop.is_set()
        service.stop.set()
        if stays and first:
            raise SystemExit(ExitCode.INTERRUPTED)  # ends the wait; `resident` stops the crawls

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    if stays:
        return resident(service)
    code = service.run_once() if options.once else service.run_due()
    return ExitCode.INTERRUPTED if service.stop.is_set() else code


def _backfill(options: argparse.Namespace, settings: NightSettings, archive: Path, console: Console) -> int:
    wanted = backfill_of(options)
    night = day_of("--night", options.night) if options.night else None
    one_crawl = RunnerOptions(1, logs=settings.logs)
    request = RunRequest(archive, settings, _kind(), (wanted.portal,), night, one_crawl, once=True)
    service = NightService(request, console)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: service.stop.set())
    return backfill(service, wanted)


def _kind() -> ArchiveKind:
    return ArchiveKind.REPLICA if os.environ.get("REPLICA") else ArchiveKind.LIVE


def _run_request(options: argparse.Namespace, settings: NightSettings, archive: Path) -> RunRequest:
    if options.json or options.markdown or options.test:
        raise UsageError("--json, --markdown and --test belong to `status`, `report` and `alerts`")
    if (options.portal or options.night or options.jobs) and not options.once:
        raise UsageError("--portal, --night and --jobs belong to --once: the schedule itself stands in nights.toml")
    try:
        night = date.fromisoformat(options.night) if options.night else None
    except ValueError:
        raise UsageError(f"wrong date `{options.night}`; write it as YYYY-MM-DD, like {clock().date()}") from None
    jobs = settings.jobs if options.jobs is None else options.jobs
    if not 1 <= jobs <= 64:
        raise UsageError(f"--jobs should be from 1 to 64, found {jobs}")
    retry = timedelta(0) if options.once else timedelta(minutes=5)
    kind = _kind()
    if night is not None and kind is ArchiveKind.LIVE and night > clock().date():
        raise UsageError(f"{night} lies in the future; name a night up to {clock().date()} with --night")
    runner_options = RunnerOptions(jobs, retry, logs=settings.logs)
    return RunRequest(archive, settings, kind, tuple(options.portal or ()), night, runner_options, options.once)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python scheduler.py", description="Run the nights. Without an option: stay, and run each at its hour."
    )
    parser.add_argument("command", nargs="?", choices=["status", "report", "alerts"], help=_COMMANDS)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--once", action="store_true", help="run one night now and end")
    which.add_argument("--due", action="store_true", help="run what is pending now and end (cron, timers)")
    parser.add_argument("--portal", nargs="+", action="extend", metavar="P", help="only these portals (with --once)")
    parser.add_argument(
        "--night", metavar="D", help="the night, YYYY-MM-DD (with --once: today; with report: the last)"
    )
    parser.add_argument("--jobs", type=int, metavar="N", help="portals side by side (with --once)")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="the archive (default: the one of nights.toml)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the settings (default: nights.toml)")
    parser.add_argument("--json", action="store_true", help="with status and report: as JSON")
    parser.add_argument("--markdown", action="store_true", help="with report: as Markdown, every reason")
    parser.add_argument("--test", action="store_true", help="with alerts: send each a message, call the heartbeat")
    parser.add_argument(
        "--log", choices=[*LogStyle], help="log lines as text or as JSON (default: `log` of nights.toml)"
    )
    parser.epilog = (
        "`python scheduler.py backfill PORTAL --since D` walks a portal's lists further back, `python scheduler.py check "
        "[PORTAL …]` asks whether portals still answer as described; each has its own --help."
    )
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python scheduler.py check",
        description="Ask each portal for one list and one article, and say field by field whether it answers as described.",
    )
    check_options(parser)
    return parser


def _backfill_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python scheduler.py backfill",
        description="Walk a portal's lists back to a day. Again: it goes on where it stopped. No night's verdict counts it.",
    )
    backfill_options(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
