"""`python -m scrapy probe URL`: visit a portal, write down what was understood, its spider and its saved pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess

from archive.errors import ArchiveError, ExitCode, UsageError
from crawler.documentation import COMMAND
from crawler.guard import REPLICA_SUFFIX
from crawler.night_run import tell
from crawler.portal import host_of, real_host
from crawler.probe.asking import Asker, ask, ask_first
from crawler.probe.fetch import ProbeSpider, for_probe, visit
from crawler.probe.naming import name_for, title_for
from crawler.probe.portal import Understood
from crawler.probe.report import report
from crawler.probe.understand import Told, understand
from crawler.probe.write import mark_reviewed, spider_source, write
from crawler.replica import replica_served
from crawler.tonight import Tonight

__all__ = ["Command"]

ROOT = Path(__file__).resolve().parents[2]
MOST = 30
_LEAST = 8


class Command(ScrapyCommand):
    """Probe a portal."""

    requires_project = True

    def syntax(self) -> str:
        """The arguments."""
        return "[options] URL"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Visit an unknown portal and write its spider, its saved pages and what could not be decided"

    def long_desc(self) -> str:
        """What `--help` opens with."""
        return (
            "Visits a portal with at most 30 requests under its robots.txt, and writes crawler/spiders/NAME.py and "
            "replicas/pages/NAME/ with what the spider reads from them, for a person to review. Exit code 1 when something "
            "could not be decided."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Ours before Scrapy's."""
        parser.add_argument("--dry-run", action="store_true", help="show the report and the spider, write nothing")
        parser.add_argument("--interactive", action="store_true", help="ask a person at each open question")
        parser.add_argument("--max-requests", type=int, default=MOST, metavar="N", help="default and most: 30")
        parser.add_argument("--name", metavar="NAME", help="the portal's name (default: from its province or host)")
        parser.add_argument("--title", metavar="WORDS", help="the portal's title (default: what its front page says)")
        parser.add_argument("--force", action="store_true", help="overwrite the spider and pages of that name")
        parser.add_argument(
            "--reviewed", metavar="NAME", help="visit nothing: a person has reviewed this portal's pages"
        )
        parser.add_argument("--night", metavar="DAY", help="in a rehearsal: the night, YYYY-MM-DD")
        parser.add_argument(
            "--loopback", metavar="HOST", help="for URL http://127.0.0.1:PORT/: rehearse it as the portal of this host"
        )
        parser.add_argument(
            "--spiders", type=Path, default=ROOT / "crawler/spiders", metavar="DIR", help="where to write"
        )
        parser.add_argument("--pages", type=Path, default=ROOT / "replicas/pages", metavar="DIR", help="where to save")
        super().add_options(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Options go before the environment; an address on loopback is a rehearsal on its port."""
        super().process_options(args, opts)
        settings = self.settings
        if settings is None:
            return
        if opts.night:
            settings.set("NIGHT", opts.night, priority="cmdline")
        if opts.loopback and len(args) == 1:
            settings.set("REPLICA", "1", priority="cmdline")
            settings.set("REPLICA_PORT", str(urlsplit(args[0]).port or 80), priority="cmdline")
        settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        for_probe(settings, rehearsed=bool(settings.get("REPLICA")))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Probe; an error of usage is one line."""
        try:
            self.exitcode = int(self._probe(args, opts))
        except ArchiveError as error:
            self.exitcode = tell(error)

    def _probe(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        process, settings = self.crawler_process, self.settings
        if settings is None or not isinstance(process, AsyncCrawlerProcess):
            raise UsageError("the probe needs Scrapy's asyncio reactor: leave TWISTED_REACTOR as it is")
        if opts.reviewed:
            return _reviewed(opts.pages / opts.reviewed)
        if len(args) != 1 or args[0].startswith("-"):
            raise UsageError("say which portal: `python -m scrapy probe https://HOST/`")
        if not _LEAST <= opts.max_requests <= MOST:
            raise UsageError(f"--max-requests {opts.max_requests}: give a number from {_LEAST} to {MOST}")
        tonight = Tonight.read(settings)
        settings.set("NIGHT", tonight.night.isoformat(), priority="cmdline")
        url = _address(args[0], opts.loopback, rehearsed=bool(settings.get("REPLICA")))
        brought: list[ProbeSpider] = []
        with replica_served(settings, tonight.replica_folder):
            visit(
                process,
                url,
                opts.max_requests,
                tonight.clock,
                replica=bool(settings.get("REPLICA")),
                done=brought.append,
            )
        return _tell(brought[0], tonight, opts)


def _tell(spider: ProbeSpider, tonight: Tonight, opts: argparse.Namespace) -> ExitCode:
    brought = spider.brought
    if brought is None:
        raise UsageError("the portal was not visited: nothing was brought")
    front = brought.front
    host = real_host(host_of(front.url if front else spider.start_url))
    name = opts.name or name_for(host)
    title = opts.title or (title_for(front) if front and front.is_page else "") or host
    now, asker = tonight.clock.now(), Asker()
    found = understand(brought, name, title, now)
    sys.stdout.write(report(found, brought, spider.robots_said, spider.refused))
    if opts.interactive and found.portal is None and (told := ask_first(found, brought, asker)) != Told():
        found = understand(brought, name, title, now, told)
    if found.portal is None:
        return ExitCode.FINDINGS
    if opts.interactive:
        found.portal = ask(found, brought, now, asker)
    source = spider_source(found.portal, _inferred(found))
    if opts.dry_run:
        sys.stdout.write(f"\n{source}")
        return ExitCode.FINDINGS if found.undecided else ExitCode.GOOD
    there = opts.spiders / f"{name}.py"
    if there.exists() and not opts.force:
        raise UsageError(f"{there} is there already: name another portal with --name, or overwrite it with --force")
    written = write(found, source, brought, opts.spiders, opts.pages, now)
    sys.stdout.write("\nwritten:\n" + "".join(f"  {_shown(path)}\n" for path in written))
    sys.stdout.write(
        f"\nnext:\n  compare the pages with {_shown(written[-1])}, then `python -m scrapy probe --reviewed {name}`\n"
    )
    sys.stdout.write(f"  `{COMMAND}` takes the portal into docs/portals.md\n")
    return ExitCode.FINDINGS if found.undecided else ExitCode.GOOD


def _reviewed(folder: Path) -> ExitCode:
    try:
        count = mark_reviewed(folder)
    except (OSError, ValueError) as error:
        raise UsageError(f"no saved pages to review in {folder}: {error}; see the folders there") from None
    sys.stdout.write(f"{count} pages of {folder.name} are reviewed\n")
    return ExitCode.GOOD


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_absolute() and path.is_relative_to(ROOT) else path


def _inferred(found: Understood) -> list[str]:
    """The statements that a spider's file calls inferred: those that something undecided is about."""
    words = {"section": "sections", "list": "list", "paging": "paging", "key": "key", "layout": "layout"}
    told = " ".join(line.partition(":")[0] for line in found.undecided)
    return [name for word, name in words.items() if word in told]


def _address(url: str, loopback: str | None, *, rehearsed: bool) -> str:
    if loopback is not None:
        parts = urlsplit(url)
        if parts.hostname not in ("127.0.0.1", "localhost"):
            raise UsageError(f"--loopback is for http://127.0.0.1:PORT/, not for {parts.hostname}")
        query = f"?{parts.query}" if parts.query else ""
        return f"https://{loopback}{REPLICA_SUFFIX}{parts.path or '/'}{query}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no address of a portal: write it as https://HOST/")
    if not rehearsed or parts.hostname.endswith(REPLICA_SUFFIX):
        return url if parts.path else url + "/"
    return url.replace(parts.hostname, parts.hostname + REPLICA_SUFFIX, 1) + ("" if parts.path else "/")
