"""`python -m scrapy sample PORTAL URL…`: pages of a portal beside what its spider reads from them, for a person to review."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.model.enums import Outcome
from crawler.catalog.overview import portal_named, spiders
from crawler.check.fetch import Fetch, FetchResult, PortalCheck, visit_all
from crawler.check.session import store_nothing
from crawler.config.run_options import RunOptions
from crawler.downloader.replica import replica_served
from crawler.portal import PortalSpider
from crawler.probe.fixtures import Sample, SavedPages, wanted_pages
from crawler.probe.page import VisitedPage
from crawler.probe.write import real_page
from crawler.requests import Expect
from crawler.responses.facts import charset_of
from crawler.run.portal_run import tell

__all__ = ["Command"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "replicas" / "pages"


class Command(ScrapyCommand):
    """Save pages of a portal for review."""

    requires_project = True

    def syntax(self) -> str:
        """The arguments."""
        return "[options] PORTAL URL..."

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Save pages of a portal beside what its spider reads from them, for review"

    def long_desc(self) -> str:
        """What `--help` opens with."""
        return (
            "Asks for each address once, under robots.txt and at the pace of every crawl, and writes replicas/pages/PORTAL/: the "
            "pages as they were served, and expected.json with what the spider reads from them. A person compares the two and "
            "says so with `scrapy probe --reviewed PORTAL`; tests/contract/test_saved_pages.py reads them again from then on. Exit code "
            "1 when an address brought no page."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Ours before Scrapy's."""
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
        """Options go before the environment."""
        super().process_options(args, opts)
        if self.settings is None:
            return
        if opts.night:
            self.settings.set("NIGHT", opts.night, priority="cmdline")
        self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        store_nothing(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Save; an error of usage is one line."""
        try:
            self.exitcode = int(self._sample(args, opts))
        except ArchiveError as error:
            self.exitcode = tell(error)

    def _sample(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
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
        tonight = RunOptions.read(settings)
        settings.set("NIGHT", tonight.night.isoformat(), priority="cmdline")
        answers: list[tuple[str, FetchResult]] = []

        async def tour(fetch: Fetch) -> None:
            for url, said in wanted.items():
                expect = Expect.LISTING if said == "list" else Expect.ARTICLE
                answers.append((said, await fetch(expect, url, portal.sections[0].name, 1)))

        with replica_served(settings, tonight.replica_folder):
            visit_all(process, [PortalCheck(portal, tour)], tonight.clock, replica=rehearsed)
        kept = [_keep(portal, saved, said, answer, tonight) for said, answer in answers]
        if any(kept):
            sys.stdout.write(
                f"compare them with {_shown(saved.folder / 'expected.json')}, then run "
                f"`python -m scrapy probe --reviewed {portal.name}`\n"
            )
        return ExitCode.GOOD if len(kept) == len(wanted) and all(kept) else ExitCode.FINDINGS


def _refuse_tests(pages: Path, *, rehearsed: bool) -> None:
    """Raises UsageError where nobody looks: an expectation that a test run wrote would accept whatever is read."""
    if os.environ.get("PYTEST_CURRENT_TEST") and pages.resolve() == PAGES:
        raise UsageError("saved pages are for a person to review: no test run writes them")
    if os.environ.get("CI") and not rehearsed:
        raise UsageError("a sample asks live portals, and CI is set: run it by hand, or rehearse with REPLICA=1")


def _portal(args: list[str], known: dict[str, type[PortalSpider]]) -> type[PortalSpider]:
    if unknown := [arg for arg in args if arg.startswith("-")]:
        raise UsageError(f"unknown option {unknown[0]}; see `python -m scrapy sample --help`")
    if not args:
        raise UsageError("say which portal and which pages: `python -m scrapy sample PORTAL URL…`")
    return portal_named(args[0], known)


def _keep(portal: type[PortalSpider], saved: SavedPages, kind: str, answer: FetchResult, tonight: RunOptions) -> bool:
    """Save what an address brought and say so; False where it was no such page."""
    response = answer.response
    if response is None or answer.outcome not in (Outcome.LISTING, Outcome.ARTICLE):
        detail = f" ({answer.detail})" if answer.detail else ""
        sys.stdout.write(f"not saved: {answer.ask.url}: {answer.outcome.value}{detail}\n")
        return False
    page = real_page(
        VisitedPage(answer.ask.url, response.url, response.status, response.body, (), charset_of(response))
    )
    name = saved.save(portal, Sample(page, kind, tonight.clock.now()), tonight.kind)
    sys.stdout.write(f"saved: {_shown(saved.folder / name)}, {_read(saved.expected[name])}\n")
    return True


def _read(told: dict[str, object]) -> str:
    """In a few words what was read, so that nonsense is seen at once."""
    entries, article = told.get("entries"), told.get("article")
    if isinstance(entries, list):
        return f"{len(entries)} entries" + ("" if told.get("next") else ", no next page")
    if not isinstance(article, dict):
        return "nothing was read"
    return f"{article['published'] or 'no time'}, {len(article['blocks'])} blocks, layout {article['layout']}: {article['title']}"


def _again(portal: type[PortalSpider], saved: SavedPages) -> ExitCode:
    if not saved.expected:
        raise UsageError(f"no page of {portal.name} is saved; run `python -m scrapy sample {portal.name} URL…`")
    changed = saved.reread(portal)
    for name, fields in changed.items():
        sys.stdout.write(f"read differently: {name}: {', '.join(fields)}\n")
    told = (
        f"look at the difference, then run `python -m scrapy probe --reviewed {portal.name}`"
        if changed
        else "as expected"
    )
    sys.stdout.write(f"{len(saved.expected)} pages of {portal.name}: {told}\n")
    return ExitCode.FINDINGS if changed else ExitCode.GOOD


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_absolute() and path.is_relative_to(ROOT) else path
