"""The portal argument of the commands, and the one line with which each of them ends on an error."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from scrapy.spiderloader import SpiderLoaderProtocol

from archive.errors import ArchiveError, UsageError
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
