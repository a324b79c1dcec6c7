"""Run `scrapy probe`: visit, infer, report, ask a person, write."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import BaseSettings

from archive.errors import ExitCode, UsageError
from crawler.catalog.docs import COMMAND
from crawler.clock import Clock
from crawler.config.run_options import RunOptions, day_of
from crawler.downloader.replica import replica_served
from crawler.probe.explore import explore
from crawler.probe.infer import infer_portal, ways_on
from crawler.probe.match_structure import UserHints
from crawler.probe.questions import Questioner, ask, ask_first
from crawler.probe.report import report
from crawler.probe.result import ProbeResult, name_for, title_for
from crawler.probe.saved import SavedSite
from crawler.probe.spider import MOST, Visit, visit
from crawler.probe.write import mark_reviewed, shown_path, spider_source, write
from crawler.urls import REPLICA_SUFFIX, host_of, real_host
from pipelines.html.addresses import split_address

_LEAST = 8


def probe(process: object, settings: BaseSettings | None, args: Sequence[str], opts: argparse.Namespace) -> ExitCode:
    """Visit the portal, report the result, and write it. Raises UsageError, or the visit's error."""
    if settings is None or not isinstance(process, AsyncCrawlerProcess):
        raise UsageError("the probe needs Scrapy's asyncio reactor: leave TWISTED_REACTOR as it is")
    if opts.reviewed:
        return _reviewed(opts.pages / opts.reviewed)
    if opts.saved is not None:
        clock = Clock(day_of("--night", opts.night) if opts.night else None)
        return _finish(_read_saved(args, opts, clock.now()), clock, opts)
    if len(args) != 1 or args[0].startswith("-"):
        raise UsageError("say which portal: `python -m scrapy probe https://HOST/`")
    if not _LEAST <= opts.max_requests <= MOST:
        raise UsageError(f"--max-requests {opts.max_requests}: give a number from {_LEAST} to {MOST}")
    tonight = RunOptions.read(settings)
    settings.set("NIGHT", tonight.night.isoformat(), priority="cmdline")
    rehearsed = bool(settings.get("REPLICA"))
    url = _address(args[0], opts.loopback, rehearsed=rehearsed)
    with replica_served(settings, tonight.replica_folder):
        visited = visit(process, url, opts.max_requests, tonight.clock, replica=rehearsed)
    return _finish(visited, tonight.clock, opts)


def _read_saved(args: Sequence[str], opts: argparse.Namespace, now: datetime) -> Visit:
    """Explore a folder of saved pages; an address among the arguments is where to start."""
    if len(args) > 1 or opts.loopback is not None:
        raise UsageError("--saved DIR takes one address at the most, and no --loopback: nothing is fetched")
    if not opts.saved.is_dir():
        raise UsageError(f"--saved {opts.saved} is no folder")
    site = SavedSite(opts.saved, _address(args[0], None, rehearsed=False) if args else None)
    explored = explore(
        site.fetch,
        site.start,
        MOST,
        now,
        lambda: site.robots,
        ways_on=lambda so_far: ways_on(so_far, now),
        has=site.has,
        also=site.articles,
    )
    return Visit(asyncio.run(explored), "saved" if site.robots else "not saved", site.missing)


def _finish(visit: Visit, clock: Clock, opts: argparse.Namespace) -> ExitCode:
    exploration = visit.exploration
    front = exploration.front
    host = real_host(host_of(front.url if front else exploration.home))
    name = opts.name or name_for(host)
    title = opts.title or (title_for(front) if front and front.is_page else "") or host
    now, asker = clock.now(), Questioner()
    found = infer_portal(exploration, name, title, now)
    sys.stdout.write(report(found, exploration, visit.robots, visit.refused))
    if opts.interactive and found.portal is None and (hints := ask_first(found, exploration, asker)) != UserHints():
        found = infer_portal(exploration, name, title, now, hints)
    if found.portal is None:
        return ExitCode.FINDINGS
    if opts.interactive:
        found.portal = ask(found, exploration, now, asker)
    source = spider_source(found.portal, inferred_statements(found))
    if opts.dry_run:
        sys.stdout.write(f"\n{source}")
        return _exit_code(found, opts)
    there = opts.spiders / f"{name}.py"
    if there.exists() and not opts.force:
        raise UsageError(f"{there} is there already: name another portal with --name, or overwrite it with --force")
    written = write(found, source, exploration, opts.spiders, opts.pages, now)
    sys.stdout.write("\nwritten:\n" + "".join(f"  {shown_path(path)}\n" for path in written))
    sys.stdout.write(
        f"\nnext:\n  compare the pages with {shown_path(written[-1])}, then `python -m scrapy probe --reviewed {name}`\n"
    )
    sys.stdout.write(f"  `{COMMAND}` takes the portal into docs/reference/portals.md\n")
    return _exit_code(found, opts)


def _exit_code(found: ProbeResult, opts: argparse.Namespace) -> ExitCode:
    """Return GOOD where nothing is open; a person who was asked has seen what could not be checked."""
    is_open = found.undecided or (found.unchecked and not opts.interactive)
    return ExitCode.FINDINGS if is_open else ExitCode.GOOD


def _reviewed(folder: Path) -> ExitCode:
    try:
        count = mark_reviewed(folder)
    except (OSError, ValueError) as error:
        raise UsageError(f"no saved pages to review in {folder}: {error}; see the folders there") from None
    sys.stdout.write(f"{count} pages of {folder.name} are reviewed\n")
    return ExitCode.GOOD


def inferred_statements(found: ProbeResult) -> list[str]:
    """Return the statements that a spider's file calls inferred: those that something undecided is about."""
    words = {"section": "sections", "list": "list", "paging": "paging", "key": "key", "layout": "layout"}
    hints = " ".join(line.partition(":")[0] for line in found.undecided)
    return [name for word, name in words.items() if word in hints]


def _address(url: str, loopback: str | None, *, rehearsed: bool) -> str:
    if loopback is not None:
        parts = split_address(url)
        if parts.hostname not in ("127.0.0.1", "localhost"):
            raise UsageError(f"--loopback is for http://127.0.0.1:PORT/, not for {parts.hostname}")
        query = f"?{parts.query}" if parts.query else ""
        return f"https://{loopback}{REPLICA_SUFFIX}{parts.path or '/'}{query}"
    parts = split_address(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a portal: write it as https://HOST/")
    if not rehearsed or parts.hostname.endswith(REPLICA_SUFFIX):
        return url if parts.path else url + "/"
    return url.replace(parts.hostname, parts.hostname + REPLICA_SUFFIX, 1) + ("" if parts.path else "/")
