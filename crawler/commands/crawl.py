"""`python -m scrapy crawl PORTAL`: crawl one portal's night into the archive. Exit codes: archive/errors.py."""

from __future__ import annotations

import argparse
import contextlib
import logging

from scrapy.crawler import AsyncCrawlerProcess

from archive.errors import ExitCode, UsageError
from crawler.command_line import PortalCommand, portal_argument
from crawler.log.setup import LogStyle, install, style_of
from crawler.portal import refuse_unfinished
from crawler.run.portal_run import crawl_portal
from pipelines.prefork.server import prepare

_log = logging.getLogger(__name__)


class Command(PortalCommand):
    """Crawl one portal for one night."""

    summary = "Crawl one portal's night into the archive"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare our options before Scrapy's."""
        parser.add_argument("--archive", metavar="DIR", help="the archive (default: $ARCHIVE or var/archive)")
        parser.add_argument("--night", metavar="DAY", help="the night, YYYY-MM-DD (default: today in Viet Nam)")
        parser.add_argument("--since", metavar="DAY", help="how far a portal's first walk goes back (default: 30 days)")
        parser.add_argument(
            "--log", choices=[*LogStyle], help="log lines as text or as JSON (default: $LUU_TRU_LOG or text)"
        )
        super().add_options(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Let options override the environment."""
        super().process_options(args, opts)
        prepare()  # while there is one thread and no reactor
        for name in ("archive", "night", "since"):
            value = getattr(opts, name)
            if value is not None and self.settings is not None:
                self.settings.set(name.upper(), value, priority="cmdline")
        if opts.log is not None and self.settings is not None:
            self.settings.set("LOG_STYLE", opts.log, priority="cmdline")
        self._log_lines()

    def _log_lines(self) -> None:
        """Replace Scrapy's log handler by ours: one line an event, no secrets, and no end of the crawl by a full disk."""
        if self.settings is None or self.settings.get("LOG_FILE") or not self.settings.getbool("LOG_ENABLED"):
            return  # a person at a keyboard asked for Scrapy's own
        self.settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
        with contextlib.suppress(UsageError):  # `run` raises it again
            self.style = style_of(str(self.settings.get("LOG_STYLE")))
        install(self.style, str(self.settings.get("LOG_LEVEL")))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; report an error of usage or of the archive in one line, a bug with its traceback."""
        try:
            super().run(args, opts)
        except Exception:  # Scrapy would end with code 1, which says findings
            _log.exception("a bug of ours: what was committed is kept, the night can be run again")
            self.exitcode = int(ExitCode.BUG)

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        """Crawl."""
        process = self.crawler_process
        style_of(str(self.settings.get("LOG_STYLE")) if self.settings is not None else "")
        if self.settings is None or not isinstance(process, AsyncCrawlerProcess):
            raise UsageError("the crawl needs Scrapy's asyncio reactor: leave TWISTED_REACTOR as it is")
        portal = portal_argument(process.spider_loader, args)
        refuse_unfinished(portal)
        return crawl_portal(process, self.settings, portal)
