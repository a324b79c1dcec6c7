"""`python -m scrapy suspects PORTAL`: show the boilerplate candidates of a portal and accept one into its rules."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from archive.errors import ExitCode, UsageError
from archive.store import Archive
from crawler.boilerplate.learn import LearningResult, RuleTrial, learn, rule_for, try_rule
from crawler.boilerplate.report import as_json, reason_for, report
from crawler.boilerplate.rules import BoilerplateRule, add_rule, name_of
from crawler.command_line import PortalCommand, portal_argument, refuse_options
from crawler.spider.crawl import PortalCrawler
from pipelines.boilerplate.candidates import BoilerplateCandidate
from pipelines.boilerplate.recurring_lines import exclusion_reason
from pipelines.line_shape import shape_of


class Command(PortalCommand):
    """Show the boilerplate candidates of a portal; accept one into its rules."""

    summary = "Show lines a portal repeats that are no text, and accept them into its rules"
    description = (
        "Compares the portal's newest archived articles and reads their captures again: a line that recurs where the "
        "portal writes is a suspect. With --accept the rule that takes it out, tried on those captures, is appended to "
        "residue.toml beside the spider. Exit code 1 when there are suspects."
    )
    requires_crawler_process = False  # nothing is fetched

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare our options before Scrapy's."""
        parser.add_argument("--archive", metavar="DIR", help="the archive (default: $ARCHIVE or var/archive)")
        parser.add_argument("--accept", metavar="N", help="make the rule of this suspect: its number, or its line")
        parser.add_argument("--family", action="store_true", help="with --accept: for every portal of the family")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        super().add_options(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        """Show the candidates, or accept one."""
        settings = self.settings
        assert settings is not None  # noqa: S101  Scrapy sets it before it calls
        refuse_options(args, "suspects")
        portal = portal_argument(get_spider_loader(settings), args)
        if opts.family and not opts.accept:
            raise UsageError("--family says whose rule it becomes: give it with --accept N")
        with Archive.open(Path(opts.archive or settings["ARCHIVE"]), read_only=True) as archive:
            learned = learn(archive, portal.name, portal.read_with())
            if opts.accept:
                candidate = _chosen(learned, opts.accept)
                relatives = _relatives(settings, portal) if opts.family else []
                others = [learn(archive, other.name, other.read_with()) for other in relatives]
                sys.stdout.write(_accept(portal, learned, candidate, others, family=opts.family) + "\n")
                return ExitCode.GOOD
        trials = [rule_for(candidate, learned.pages) for candidate in learned.candidates]
        sys.stdout.write((as_json if opts.json else report)(learned, trials) + "\n")
        return ExitCode.FINDINGS if learned.candidates else ExitCode.GOOD


def _chosen(learned: LearningResult, wanted: str) -> BoilerplateCandidate:
    """Return the candidate of this number, or with this line."""
    candidates = learned.candidates
    if wanted.isdecimal() and 0 < int(wanted) <= len(candidates):
        return candidates[int(wanted) - 1]
    found = [candidate for candidate in candidates if candidate.shape == shape_of(wanted)]
    if not found and (never := exclusion_reason(wanted)):
        raise UsageError(f"{wanted!r} is {never}: it is never taken out of a text")
    if not found:
        there = f"there are {len(candidates)}" if candidates else "there is none"
        raise UsageError(f"no suspect {wanted!r} on {learned.portal}; {there}: see `scrapy suspects {learned.portal}`")
    return found[0]


def _family(portal: type[PortalCrawler]) -> type[PortalCrawler]:
    """Return the class that declares the family's layouts."""
    owners = [owner for owner in portal.__mro__ if issubclass(owner, PortalCrawler) and owner.__dict__.get("family")]
    if not owners:
        raise UsageError(f"{portal.name} is of no family: leave --family out")
    return owners[0]


def _relatives(settings: Settings, portal: type[PortalCrawler]) -> list[type[PortalCrawler]]:
    """Return the family's other portals."""
    family, loader = _family(portal), get_spider_loader(settings)
    every = [loader.load(name) for name in sorted(loader.list()) if name != portal.name]
    return [other for other in every if issubclass(other, family)]


def _accept(
    portal: type[PortalCrawler],
    learned: LearningResult,
    candidate: BoilerplateCandidate,
    others: list[LearningResult],
    *,
    family: bool,
) -> str:
    """Write the rule that takes out the candidate and nothing else, here and on the family's other pages."""
    trial = rule_for(candidate, learned.pages)
    if not trial.clean:
        raise UsageError(_refused(trial, learned.portal))
    for other in others:
        there = try_rule(trial.rule, candidate, other.pages)
        if there.others:
            raise UsageError(_refused(there, other.portal))
    owner = _family(portal) if family else portal
    path = add_rule(owner, BoilerplateRule(trial.rule.kind, trial.rule.value, reason_for(candidate)))
    where = " and ".join([learned.portal, *(other.portal for other in others if other.pages)])
    return (
        f"accepted for {name_of(owner)}: {trial.rule.kind} = {trial.rule.value!r} in {path}\n"
        f"tried on the archived pages of {where}: {trial.lines} lines go from {trial.pages} pages of {learned.portal}, "
        "nothing else\n"
        f"it holds from the next night on; `scrapy reextract {learned.portal}` shows what it changes in what was kept"
    )


def _refused(trial: RuleTrial, portal: str) -> str:
    rule = f"{trial.rule.kind} = {trial.rule.value!r}"
    if trial.others:
        return f"refused: on {portal} {rule} would also take {trial.others[0][:80]!r}; write a selector into the layout"
    return f"refused: {rule} takes nothing out of the pages of {portal}: they fit no layout, so mend the layout first"
