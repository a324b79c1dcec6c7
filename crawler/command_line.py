"""The base of the commands, their portal argument, and the one line with which each of them ends on an error."""

from __future__ import annotations

import argparse
from abc import abstractmethod
from collections.abc import Sequence
from difflib import get_close_matches

from scrapy.commands import ScrapyCommand
from scrapy.spiderloader import SpiderLoaderProtocol

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.storage.fsync import close_to_others
from crawler.log.setup import LogStyle, refuse
from crawler.spider.crawl import PortalCrawler


def refuse_options(args: Sequence[str], command: str) -> None:
    """Raise UsageError for an unknown option, which Scrapy's parser leaves among the arguments."""
    if unknown := [arg for arg in args if arg.startswith("-")]:
        raise UsageError(f"unknown option {unknown[0]}; see `python -m scrapy {command} --help`")


def portal_argument(loader: SpiderLoaderProtocol, args: Sequence[str]) -> type[PortalCrawler]:
    """Return the portal that the only argument names.

    Raises:
        UsageError: There is not one argument, or it names no portal; the message names close ones.
    """
    names = sorted(loader.list())
    if len(args) != 1 or args[0].startswith("-"):
        raise UsageError(f"say which portal: {', '.join(names)}")
    if args[0] not in names:
        close = get_close_matches(args[0], names, n=3, cutoff=0.5) or names
        raise UsageError(f"unknown portal {args[0]!r}; did you mean {', '.join(close)}?")
    portal = loader.load(args[0])
    if not issubclass(portal, PortalCrawler):
        raise UsageError(f"{args[0]} is no portal: derive its class from a family in crawler.families")
    return portal


def end_with(error: ArchiveError, style: LogStyle = LogStyle.TEXT) -> int:
    """Write an error as one line on stderr and return its exit code."""
    refuse(str(error), style)
    return int(error.exit_code)


class PortalCommand(ScrapyCommand):
    """A command of this project. Its class declares the texts of the help and does its work in `execute`."""

    requires_project = True
    arguments = "[options] PORTAL"
    summary = ""
    description = ""
    style = LogStyle.TEXT

    def syntax(self) -> str:
        """Return the arguments in the usage line."""
        return self.arguments

    def short_desc(self) -> str:
        """Return the line in the list of commands."""
        return self.summary

    def long_desc(self) -> str:
        """Return the description in `--help`."""
        return self.description or self.summary

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the options; from here on the command writes files."""
        close_to_others()
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do the work; report an error of usage or of the archive in one line."""
        try:
            self.exitcode = int(self.execute(args, opts))
        except ArchiveError as error:
            self.exitcode = end_with(error, self.style)

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        """Do the work and return the exit code."""
