"""`python scheduler.py check [PORTAL…]`: compare each portal's answers with its declaration, field by field.

It is run by hand on a machine with internet and refuses to run while `CI` is set, except in a rehearsal (`REPLICA=1`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.errors import ExitCode, UsageError, did_you_mean
from archive.model.enums import ArchiveKind
from crawler.catalog.check_results import CheckResult, FieldStatus, as_plain, confirmed, declaration, store_check
from crawler.catalog.overview import portal_named, spiders
from crawler.check.fetch import Fetch, PortalCheck, visit_all
from crawler.check.fields import PortalResponses, findings
from crawler.check.plan import tour
from crawler.check.session import store_nothing
from crawler.clock import Clock
from crawler.config.run_options import RunOptions
from crawler.config.settings_file import NightSettings
from crawler.downloader.replica import replica_served
from crawler.downloader.user_agent import user_agent
from crawler.portal import PortalSpider, unfinished

_COLOURS = {
    FieldStatus.OK: "green",
    FieldStatus.DOUBTFUL: "yellow",
    FieldStatus.WRONG: "red",
    FieldStatus.UNTRIED: "dim",
}


def check_options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("portals", nargs="*", metavar="PORTAL", help="these portals (default: every portal)")
    parser.add_argument(
        "--section", metavar="NAME", help="try this section's list instead of the first one (one portal)"
    )
    parser.add_argument(
        "--every-section", action="store_true", help="ask for the first page of every other section too"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="portals side by side (default: 4)")
    parser.add_argument("--night", metavar="D", help="in a rehearsal: the night, YYYY-MM-DD")
    parser.add_argument(
        "--checks", type=Path, metavar="DIR", help="where results are kept (default: the one of nights.toml)"
    )
    parser.add_argument("--archive", type=Path, metavar="DIR", help="the archive whose nights it takes turns with")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the settings (default: nights.toml)")


def check(
    options: argparse.Namespace, operator: NightSettings, console: Console, environment: Mapping[str, str]
) -> ExitCode:
    """Check the portals, print and store each result. Return FINDINGS where one did not pass.

    Raises:
        UsageError: An unknown portal or section, a live check without a contact address, or a live check under CI.
    """
    rehearsed = bool(environment.get("REPLICA"))
    if environment.get("CI") and not rehearsed:
        raise UsageError("a check asks live portals, and CI is set: run it by hand, or rehearse with REPLICA=1")
    if not 1 <= options.jobs <= 64:
        raise UsageError(f"--jobs should be from 1 to 64, found {options.jobs}")
    settings = _settings(operator, options.archive or operator.archive, options.night)
    run_options = RunOptions.read(settings)
    settings.set("NIGHT", run_options.night.isoformat(), priority="cmdline")
    known = spiders(settings)
    names = options.portals or [name for name, each in known.items() if is_checked(each, operator)]
    portals = [portal_named(name, known) for name in dict.fromkeys(names)]
    folder, kind = options.checks or operator.checks, ArchiveKind.REPLICA if rehearsed else ArchiveKind.LIVE
    results: list[CheckResult] = []

    def found(visit: PortalCheck, responses: PortalResponses) -> None:
        results.append(store_check(check_result(visit, responses, run_options.clock, kind), folder))
        if not options.json:  # a person waits for minutes: each portal is shown when it has answered
            _print_one(results[-1], visit.portal, console)

    visits = [_visit(each, options, operator, run_options.clock, found) for each in portals]
    with replica_served(settings, run_options.replica_folder):
        visit_all(AsyncCrawlerProcess(settings), visits, run_options.clock, replica=rehearsed, jobs=options.jobs)
    missing = len(visits) - len(results)
    if options.json:
        console.file.write(json.dumps([as_plain(each) for each in results], ensure_ascii=False, indent=1) + "\n")
    else:
        _print_summary(results, missing, console)
    if missing:
        return ExitCode.INTERRUPTED
    return ExitCode.GOOD if all(each.passed for each in results) else ExitCode.FINDINGS


def is_checked(portal: type[PortalSpider], operator: NightSettings) -> bool:
    """Return whether a portal is checked by default: it is enabled in the settings and finished."""
    return operator.portal(portal.name).enabled and not unfinished(portal)


def _settings(operator: NightSettings, archive: Path, night: str | None) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    store_nothing(settings)
    contact = operator.contact or str(settings.get("LUU_TRU_CONTACT") or "")
    policy = operator.policy or str(settings.get("LUU_TRU_POLICY") or "")
    own: dict[str, object] = {
        "ARCHIVE": str(archive),
        "LUU_TRU_CONTACT": contact,
        "USER_AGENT": user_agent(contact, policy),
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
    for name, value in {**own, **({"NIGHT": night} if night else {})}.items():
        settings.set(name, value, priority="cmdline")
    return settings


def _visit(
    portal: type[PortalSpider],
    options: argparse.Namespace,
    operator: NightSettings,
    clock: Clock,
    found: Callable[[PortalCheck, PortalResponses], None],
) -> PortalCheck:
    sections = {section.name: section for section in portal.sections}
    name = options.section or portal.sections[0].name
    if name not in sections:
        raise UsageError(f"{portal.name} has no section `{name}`; {did_you_mean(name, sections)}")
    every = bool(options.every_section)

    async def visited(fetch: Fetch) -> None:
        responses = await tour(fetch, portal, sections[name], clock.now(), every=every)
        found(visit, responses)

    visit = PortalCheck(portal, visited, operator.portal(portal.name).delay)
    return visit


def check_result(visit: PortalCheck, responses: PortalResponses, clock: Clock, kind: ArchiveKind) -> CheckResult:
    """Return the findings on a portal's responses, as they are stored."""
    asked, declared = tuple(visit.requests), declaration(visit.portal)
    field_findings = findings(replace(responses, rehearsed=kind is ArchiveKind.REPLICA))
    return CheckResult(visit.portal.name, clock.now(), kind, declared, field_findings, len(asked), asked)


def _print_summary(results: list[CheckResult], missing: int, console: Console) -> None:
    passed, silent = sum(each.passed for each in results), sum(not each.answered for each in results)
    parts = [f"{passed} of {len(results)} portals answer as described"]
    parts += [f"{silent} did not answer"] if silent else []
    parts += [f"{missing} were not asked"] if missing else []
    console.print("; ".join(parts), highlight=False)


def _print_one(checked: CheckResult, portal: type[PortalSpider], console: Console) -> None:
    """Print a portal's fields and the advice that follows from them."""
    where = "a rehearsal" if checked.via is ArchiveKind.REPLICA else "live"
    console.print(Text(f"{checked.portal}: {checked.requests} requests, {where}", style="bold"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 2))
    table.add_column(no_wrap=True)
    table.add_column(max_width=30, overflow="fold")
    table.add_column(overflow="fold")
    for each in checked.findings:
        table.add_row(Text(each.held.value, style=_COLOURS[each.held]), each.field, Text(each.found))
    console.print(table)
    for line in _advice(checked, portal):
        console.print(Text(f"  {line}"))
    console.print()


def _advice(checked: CheckResult, portal: type[PortalSpider]) -> Iterator[str]:
    wrong = [each.field for each in checked.findings if each.held is FieldStatus.WRONG]
    if not checked.answered:
        yield "the portal did not answer: nothing can be said of it, try again later"
        return
    if wrong:
        yield f"did not pass: {', '.join(wrong)}; mend crawler/spiders/{portal.name}.py or its family and check again"
        return
    yield "passed"
    borne_out = confirmed(checked.findings, portal.inferred)
    if borne_out and checked.via is ArchiveKind.LIVE:
        yield (
            f"this page bears out what was inferred: {', '.join(borne_out)}; compare it in a browser before you take that out of "
            f"`inferred` in crawler/spiders/{portal.name}.py"
        )
