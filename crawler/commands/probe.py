"""`python -m scrapy probe URL`: visit an unknown portal, write its spider and saved pages and a report.

With `--provinces` the hosts of all provinces, or of the named ones: first contact.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import ExitCode, UsageError
from crawler.command_line import PortalCommand, refuse_options

_OF_ONE = dict.fromkeys(
    ("dry_run", "interactive", "name", "title", "force", "reviewed", "saved"),
    "is for the probe of one portal: leave it out with --provinces",
)
_OF_PROVINCES = dict.fromkeys(("into", "again", "settings", "json"), "belongs to --provinces")
ROOT = Path(__file__).resolve().parents[2]


class Command(PortalCommand):
    """Probe a portal."""

    arguments = "[options] URL | --provinces [NAME…]"
    summary = "Visit an unknown portal and write its spider, its saved pages and what could not be decided"
    description = (
        "Visits a portal with at most 30 requests under its robots.txt, and writes crawler/spiders/NAME.py and "
        "replicas/pages/NAME/ with what the spider reads from them, for a person to review. Exit code 1 when something "
        "could not be decided or could not be checked."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare our options before Scrapy's."""
        # Here and below: Scrapy imports every command before each crawl, and probing and the settings' model take long.
        from crawler.probe.spider import MOST

        parser.add_argument("--dry-run", action="store_true", help="show the report and the spider, write nothing")
        parser.add_argument("--interactive", action="store_true", help="ask a person at each open question")
        parser.add_argument("--max-requests", type=int, default=MOST, metavar="N", help="default and most: 30")
        parser.add_argument("--name", metavar="NAME", help="the portal's name (default: from its province or host)")
        parser.add_argument("--title", metavar="WORDS", help="the portal's title (default: what its front page says)")
        parser.add_argument("--force", action="store_true", help="overwrite the spider and pages of that name")
        parser.add_argument(
            "--reviewed", metavar="NAME", help="visit nothing: a person has reviewed this portal's pages"
        )
        parser.add_argument(
            "--saved", type=Path, metavar="DIR", help="fetch nothing: probe a folder of saved pages of the portal"
        )
        parser.add_argument("--night", metavar="DAY", help="in a rehearsal: the night, YYYY-MM-DD")
        parser.add_argument(
            "--loopback",
            metavar="HOST",
            help="for URL http://127.0.0.1:PORT/: rehearse it as the portal of this host; with --provinces a file of lines "
            "HOST http://127.0.0.1:PORT",
        )
        _contact_options(parser)
        parser.add_argument(
            "--spiders", type=Path, default=ROOT / "crawler/spiders", metavar="DIR", help="where to write"
        )
        parser.add_argument("--pages", type=Path, default=ROOT / "replicas/pages", metavar="DIR", help="where to save")
        super().add_options(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Let options override the environment; take an address on loopback for a rehearsal on its port."""
        from crawler.probe.spider import for_probe

        super().process_options(args, opts)
        settings = self.settings
        if settings is None:
            return
        if opts.night:
            settings.set("NIGHT", opts.night, priority="cmdline")
        if opts.loopback and len(args) == 1 and opts.provinces is None:
            settings.set("REPLICA", "1", priority="cmdline")
            settings.set("REPLICA_PORT", str(urlsplit(args[0]).port or 80), priority="cmdline")
        settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        for_probe(settings, rehearsed=bool(settings.get("REPLICA")))

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        """Probe, or make first contact with the provinces."""
        refuse_options(args, "probe")
        _refuse_options_of(opts, _OF_ONE if opts.provinces is not None else _OF_PROVINCES)
        if opts.provinces is not None:
            from crawler.first_contact.run import first_contact

            return first_contact(self.crawler_process, self.settings, args, opts)
        from crawler.probe.run import probe

        return probe(self.crawler_process, self.settings, args, opts)


def _refuse_options_of(opts: argparse.Namespace, others: dict[str, str]) -> None:
    """Raise UsageError for an option of the other way in which the command is used."""
    for name, why in others.items():
        if getattr(opts, name):
            raise UsageError(f"--{name.replace('_', '-')} {why}")


def _contact_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--provinces", nargs="*", metavar="NAME", help="first contact with the home pages of these provinces, or of all"
    )
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="with --provinces: results (default: var/first-contact)"
    )
    parser.add_argument("--again", action="store_true", help="with --provinces: ask hosts that have a result anew")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="with --provinces: hosts side by side (4)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="with --provinces: settings (nights.toml)")
    parser.add_argument("--json", action="store_true", help="with --provinces: print JSON instead of the table")
