"""`python -m scrapy sample PORTAL URL…`: save pages of a portal and what its spider reads from them, for review."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from archive.errors import ExitCode, UsageError
from archive.model.enums import Outcome
from crawler.catalog.overview import portal_named, spiders
from crawler.check.fetch import Fetch, FetchResult, PortalCheck, visit_all
from crawler.check.session import store_nothing
from crawler.command_line import PortalCommand, refuse_options
from crawler.config.run_options import RunOptions
from crawler.downloader.replica import replica_served
from crawler.portal import PortalSpider
from crawler.probe.fixtures import Sample, SavedPages, wanted_pages
from crawler.probe.page import VisitedPage
from crawler.probe.write import ROOT, real_page, shown_path
from crawler.requests import Expect
from crawler.responses.facts import charset_of

PAGES = ROOT / "replicas" / "pages"


class Command(PortalCommand):
    """Save pages of a portal for review."""

    arguments = "[options] PORTAL URL..."
    summary = "Save pages of a portal beside what its spider reads from them, for review"
    description = (
        "Asks for each address once, under robots.txt and at the pace of every crawl, and writes replicas/pages/PORTAL/: the "
        "pages as they were served, and expected.json with what the spider reads from them. A person compares the two and "
        "says so with `scrapy probe --reviewed PORTAL`; tests/contract/test_saved_pages.py reads them again from then on. Exit code "
        "1 when an address brought no page."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare our options before Scrapy's."""
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument(
            "--list", action="store_true", help="the addresses are lists (default: the spider says which)"
        )
        kind.add_argument("--article", action="store_true", help="the addresses are articles")
        parser.add_argument("--again", action="store_true", help="ask for nothing: read the saved pages again")
        parser.add_argument("--force", action="store_true", help="fetch again what a person has reviewed")
        parser.add_argument("--night", metavar="DAY", help="in a rehearsal: the night, YYYY-MM-DD")
        parser.add_argument("--pages", type=Path, default=PAGES, metavar="DIR", help="where to save")
        super().add_options(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Let options override the environment."""
        super().process_options(args, opts)
        if self.settings is None:
            return
        if opts.night:
            self.settings.set("NIGHT", opts.night, priority="cmdline")
        self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        store_nothing(self.settings)

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        """Save the pages."""
        process, settings = self.crawler_process, self.settings
        rehearsed = settings is not None and bool(settings.get("REPLICA"))
        _refuse_tests(opts.pages, rehearsed=rehearsed)
        if settings is None or not isinstance(process, AsyncCrawlerProcess):
            raise UsageError("sampling needs Scrapy's asyncio reactor: leave TWISTED_REACTOR as it is")
        portal = _portal(args, spiders(settings))
        saved = SavedPages(opts.pages / portal.name)
        if opts.again:
            return _again(portal, saved)
        kind = "list" if opts.list else "article" if opts.article else None
        wanted = wanted_pages(portal, args[1:], saved, kind, force=opts.force)
        run_options = RunOptions.read(settings)
        settings.set("NIGHT", run_options.night.isoformat(), priority="cmdline")
        answers: list[tuple[str, FetchResult]] = []

        async def tour(fetch: Fetch) -> None:
            for url, page_kind in wanted.items():
                expect = Expect.LISTING if page_kind == "list" else Expect.ARTICLE
                answers.append((page_kind, await fetch(expect, url, portal.sections[0].name, 1)))

        with replica_served(settings, run_options.replica_folder):
            visit_all(process, [PortalCheck(portal, tour)], run_options.clock, replica=rehearsed)
        stored = [_save(portal, saved, page_kind, answer, run_options) for page_kind, answer in answers]
        if any(stored):
            sys.stdout.write(
                f"compare them with {shown_path(saved.folder / 'expected.json')}, then run "
                f"`python -m scrapy probe --reviewed {portal.name}`\n"
            )
        return ExitCode.GOOD if len(stored) == len(wanted) and all(stored) else ExitCode.FINDINGS


def _refuse_tests(pages: Path, *, rehearsed: bool) -> None:
    """Raise UsageError without a person at hand: an expectation that a test run wrote would accept any reading."""
    if os.environ.get("PYTEST_CURRENT_TEST") and pages.resolve() == PAGES:
        raise UsageError("saved pages are for a person to review: no test run writes them")
    if os.environ.get("CI") and not rehearsed:
        raise UsageError("a sample asks live portals, and CI is set: run it by hand, or rehearse with REPLICA=1")


def _portal(args: list[str], known: dict[str, type[PortalSpider]]) -> type[PortalSpider]:
    refuse_options(args, "sample")
    if not args:
        raise UsageError("say which portal and which pages: `python -m scrapy sample PORTAL URL…`")
    return portal_named(args[0], known)


def _save(portal: type[PortalSpider], saved: SavedPages, kind: str, answer: FetchResult, options: RunOptions) -> bool:
    """Save the page of an address and print that. Return False where the response is no such page."""
    response = answer.response
    if response is None or answer.outcome not in (Outcome.LISTING, Outcome.ARTICLE):
        detail = f" ({answer.detail})" if answer.detail else ""
        sys.stdout.write(f"not saved: {answer.ask.url}: {answer.outcome.value}{detail}\n")
        return False
    page = real_page(
        VisitedPage(answer.ask.url, response.url, response.status, response.body, (), charset_of(response))
    )
    name = saved.save(portal, Sample(page, kind, options.clock.now()), options.kind)
    sys.stdout.write(f"saved: {shown_path(saved.folder / name)}, {_summary(saved.expected[name])}\n")
    return True


def _summary(expected: dict[str, object]) -> str:
    """Summarise what was read, so that nonsense is seen at once."""
    entries, article = expected.get("entries"), expected.get("article")
    if isinstance(entries, list):
        return f"{len(entries)} entries" + ("" if expected.get("next") else ", no next page")
    if not isinstance(article, dict):
        return "nothing was read"
    return f"{article['published'] or 'no time'}, {len(article['blocks'])} blocks, layout {article['layout']}: {article['title']}"


def _again(portal: type[PortalSpider], saved: SavedPages) -> ExitCode:
    if not saved.expected:
        raise UsageError(f"no page of {portal.name} is saved; run `python -m scrapy sample {portal.name} URL…`")
    changed = saved.reread(portal)
    for name, fields in changed.items():
        sys.stdout.write(f"read differently: {name}: {', '.join(fields)}\n")
    advice = (
        f"look at the difference, then run `python -m scrapy probe --reviewed {portal.name}`"
        if changed
        else "as expected"
    )
    sys.stdout.write(f"{len(saved.expected)} pages of {portal.name}: {advice}\n")
    return ExitCode.FINDINGS if changed else ExitCode.GOOD
