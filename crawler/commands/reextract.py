"""`python -m scrapy reextract PORTAL`: read archived captures again with today's rules and show what they change."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console
from scrapy.spiderloader import get_spider_loader

from archive.errors import ExitCode, UsageError
from archive.model.enums import ArchiveKind
from archive.processes.progress import ProgressLine
from archive.store import Archive
from crawler.boilerplate.rules import layouts_with_rules
from crawler.clock import Clock
from crawler.command_line import PortalCommand, portal_argument, refuse_options
from crawler.config.run_options import day_of
from crawler.reextract.reextract import accept, read_again, target_night
from crawler.reextract.report import as_json, print_report


class Command(PortalCommand):
    """Read a portal's archived captures again."""

    summary = "Read archived captures again with today's rules and show what changes"
    description = (
        "Reads the capture of each article's latest version with today's rules and shows, per field and word by word, "
        "what they change. With --accept the new readings are kept tonight as `reread` events; nothing that was kept "
        "before is touched. Exit code 1 when captures could not be read."
    )
    requires_crawler_process = False  # nothing is fetched

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare our options before Scrapy's."""
        parser.add_argument("--archive", metavar="DIR", help="the archive (default: $ARCHIVE or var/archive)")
        parser.add_argument("--since", metavar="DAY", help="only versions archived on this night and later")
        parser.add_argument("--limit", metavar="N", help="only the N newest")
        parser.add_argument("--jobs", type=int, metavar="N", help="processes that read (default: one for each core)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--accept", action="store_true", help="keep the new readings tonight as `reread`")
        parser.add_argument("--night", metavar="DAY", help="with --accept, the night that keeps them; else tonight")
        super().add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read again; report an error of usage or of the archive in one line."""
        try:
            super().run(args, opts)
        except KeyboardInterrupt:
            sys.stderr.write("interrupted: run it again, what was kept is kept\n")
            self.exitcode = ExitCode.INTERRUPTED
        except BrokenPipeError:
            # The reader has seen enough (`… | head`); Python must not complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception:  # Scrapy would end with code 1, which says findings
            traceback.print_exc()
            self.exitcode = ExitCode.BUG

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        """Read again, store when it was asked for, and report."""
        settings = self.settings
        assert settings is not None  # noqa: S101  Scrapy sets it before it calls
        refuse_options(args, "reextract")
        portal = portal_argument(get_spider_loader(settings), args)
        since = day_of("--since", opts.since) if opts.since else None
        limit = _count(opts.limit) if opts.limit is not None else None
        night = day_of("--night", opts.night) if opts.night else None
        if night is not None and not opts.accept:
            raise UsageError("--night says where new readings are kept: give it with --accept, or leave it out")
        with Archive.open(Path(opts.archive or settings["ARCHIVE"]), read_only=not opts.accept) as archive:
            if opts.accept:
                night = target_night(archive, portal.name, night, Clock().tonight())
            with ProgressLine(f"reading {portal.name} again", "captures") as line:
                result = read_again(
                    archive,
                    portal.name,
                    layouts_with_rules(portal),
                    None,
                    settings.getint("DOWNLOAD_MAXSIZE"),
                    since=since,
                    limit=limit,
                    jobs=opts.jobs,
                    progress=line.show,
                )
            if opts.accept and night is not None:
                clock = Clock(night if archive.identity.kind is ArchiveKind.REPLICA else None)
                accept(archive, result, night, clock.now())
        if opts.json:
            sys.stdout.write(as_json(result) + "\n")
        else:
            console = Console() if sys.stdout.isatty() else Console(no_color=True, soft_wrap=True)
            print_report(result, console, accepted=opts.accept)
        return ExitCode.FINDINGS if result.unreadable else ExitCode.GOOD


def _count(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise UsageError(f"--limit {text!r} is no number of articles: give a whole number from 1")
