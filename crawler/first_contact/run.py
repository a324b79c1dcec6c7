"""Run `scrapy probe --provinces`: choose the hosts that are left, visit them a few at a time, leave table and report."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import BaseSettings

from archive.errors import ExitCode, UsageError
from archive.model.enums import ArchiveKind
from archive.storage.fsync import disk_errors, write_durably
from crawler.catalog.overview import spiders
from crawler.check.fetch import visit_all
from crawler.config.run_options import RunOptions
from crawler.config.settings_file import NightSettings, settings_at
from crawler.downloader.replica import EVERY_HOST, read_origins, replica_served
from crawler.downloader.user_agent import user_agent
from crawler.first_contact.folder import ContactFolder, HostContact
from crawler.first_contact.hosts import province_hosts
from crawler.first_contact.progress import EveningProgress
from crawler.first_contact.report import as_csv, as_json, as_markdown, ordered, print_table
from crawler.first_contact.visit import Evening, ProvinceVisit
from crawler.portal import PortalSpider
from crawler.probe.spider import for_probe

ROOT = Path(__file__).resolve().parents[2]
_MOST_JOBS = 8
_TIMEOUT = 30  # seconds; a host that is slower answers no evening's question
FOLDERS = {ArchiveKind.LIVE: Path("var/first-contact"), ArchiveKind.REPLICA: Path("var/first-contact.replica")}


def _prepare(settings: BaseSettings, operator: NightSettings, opts: argparse.Namespace) -> None:
    """Set the operator's contact and archive, the probe's limit, and where a rehearsal's hosts are. Raises UsageError."""
    contact = operator.contact or str(settings.get("LUU_TRU_CONTACT") or "")
    policy = operator.policy or str(settings.get("LUU_TRU_POLICY") or "")
    values = {
        "LUU_TRU_CONTACT": contact, "USER_AGENT": user_agent(contact, policy), "ARCHIVE": str(operator.archive),
        "LOG_INSTALL_ROOT_HANDLER": False,
    }  # fmt: skip
    for name, value in values.items():
        settings.set(name, value, priority="cmdline")
    settings.set("DOWNLOAD_TIMEOUT", _TIMEOUT, priority="spider")
    if opts.loopback is not None:
        origins = read_origins(Path(opts.loopback))
        settings.set("REPLICA", "1", priority="cmdline")
        settings.set("REPLICA_HOSTS", origins, priority="cmdline")
        if EVERY_HOST in origins:
            settings.set("REPLICA_PORT", origins[EVERY_HOST].rpartition(":")[2], priority="cmdline")
    for_probe(settings, rehearsed=bool(settings.get("REPLICA")))


def first_contact(
    process: object, settings: BaseSettings | None, args: Sequence[str], opts: argparse.Namespace
) -> ExitCode:
    """Visit the hosts that have no result yet, then print and write the table and the report of all that have.

    Return FINDINGS where a host does not answer as its portal declares, or has none.

    Raises:
        UsageError: An unknown name, a wrong option, or an evening on the live web under CI or without a contact.
    """
    if settings is None or not isinstance(process, AsyncCrawlerProcess):
        raise UsageError("the probe needs Scrapy's asyncio reactor: leave TWISTED_REACTOR as it is")
    if not 1 <= opts.jobs <= _MOST_JOBS:
        raise UsageError(f"--jobs should be from 1 to {_MOST_JOBS}, found {opts.jobs}")
    operator = settings_at(opts.settings, ROOT)
    _prepare(settings, operator, opts)
    rehearsed = bool(settings.get("REPLICA"))
    if os.environ.get("CI") and not rehearsed:
        raise UsageError("first contact asks live portals, and CI is set: run it by hand, or rehearse with REPLICA=1")
    known = spiders(settings)
    hosts = province_hosts([*opts.provinces, *args], known)
    options = RunOptions.read(settings)
    settings.set("NIGHT", options.night.isoformat(), priority="cmdline")
    folder = ContactFolder(opts.into or FOLDERS[options.kind], options.kind)
    left = folder.waiting(hosts, again=opts.again)
    progress = EveningProgress(len(hosts) - len(left), len(hosts))
    if rehearsed:  # checks of a rehearsal are kept in its own folder
        operator = replace(operator, checks=folder.root / "checks")
    evening = Evening(folder, options.clock, options.kind, operator, progress.ended)
    visits = [ProvinceVisit(host, evening).check for host in left]
    if visits:
        with replica_served(settings, options.replica_folder):
            visit_all(process, visits, options.clock, replica=rehearsed, jobs=opts.jobs)
    results = ordered(folder.results())
    _leave(folder.root, results, known)
    if opts.json:
        sys.stdout.write(as_json(results).decode())
    else:
        print_table(results, Console() if sys.stdout.isatty() else Console(no_color=True, width=200, soft_wrap=True))
        sys.stdout.write(f"{folder.root}: table.csv, table.json, report.md, spiders/, pages/, probes/, visited/\n")
    return _exit_code(results, {host.province.slug for host in hosts})


def _leave(root: Path, results: Sequence[HostContact], known: Mapping[str, type[PortalSpider]]) -> None:
    with disk_errors(f"cannot write in {root}"):
        write_durably(root / "table.csv", as_csv(results).encode())
        write_durably(root / "table.json", as_json(results))
        write_durably(root / "report.md", as_markdown(results, dict(known)).encode())


def _exit_code(results: Sequence[HostContact], wanted: set[str]) -> ExitCode:
    asked = [each for each in results if each.slug in wanted]
    if len(asked) < len(wanted):
        sys.stderr.write(f"{len(wanted) - len(asked)} hosts were not asked: run it again to go on\n")
        return ExitCode.INTERRUPTED
    return ExitCode.GOOD if all(each.is_good for each in asked) else ExitCode.FINDINGS
