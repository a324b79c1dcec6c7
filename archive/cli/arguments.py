"""Parse the arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from archive.audit.rereading import CaptureReader
from archive.errors import ExitCode
from vietnam.date_forms import TZ

DEFAULT = Path("var/archive")

Run = Callable[[argparse.Namespace], ExitCode]


class Commands:
    """The commands of a parser. `captures` makes the reader of captures, which stands above this package."""

    def __init__(self, parser: argparse.ArgumentParser, captures: Callable[[], CaptureReader]) -> None:
        self.captures = captures
        self._parsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(self, name: str, run: Run, help: str, *, of_archive: bool = True) -> argparse.ArgumentParser:
        """Add a command and return its parser, with the option `--archive` if it works on an archive."""
        command = self._parsers.add_parser(name, help=help)
        command.set_defaults(run=run)
        if of_archive:
            command.add_argument(
                "--archive", type=Path, default=DEFAULT, metavar="DIR", help=f"the archive (default {DEFAULT})"
            )
        return command


def night(text: str) -> date:
    """Parse a date, with errors as argparse wants them."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-11-22") from None


def province_slugs(text: str) -> frozenset[str]:
    """Parse a province into its own slug and those merged into it, with errors as argparse wants them."""
    from vietnam.provinces import UnknownProvince, find_province, with_predecessors  # tables that few commands ask

    try:
        return with_predecessors(find_province(text).slug)
    except UnknownProvince as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_province(command: argparse.ArgumentParser, help: str) -> None:
    """Add the filter by a province, which selects those merged into it as well."""
    command.add_argument("--province", type=province_slugs, metavar="NAME", help=help)


def add_filters(command: argparse.ArgumentParser) -> None:
    """Add the filters of articles: portal, province, night, words of the title, address or hash."""
    command.add_argument("--portal", metavar="NAME")
    add_province(command, "a province of today with those merged into it, or one of these")
    command.add_argument("--night", type=night, metavar="DATE")
    command.add_argument("--title", metavar="WORDS", help="words of the title, with or without diacritics")
    command.add_argument("--url", metavar="URL")
    command.add_argument("--hash", metavar="HEX", help="the beginning of a text's or a content's SHA-256")


def add_jobs(command: argparse.ArgumentParser) -> None:
    """Add the number of processes that work side by side."""
    command.add_argument(
        "--jobs", type=int, metavar="N", help="processes that read (default: one for each core; one for little work)"
    )


def add_identifier(command: argparse.ArgumentParser) -> None:
    """Add the arguments that name one article: its id, a hash, an address, or the filters."""
    command.add_argument(
        "article", nargs="?", metavar="ID", help="portal/key, portal/key@version, a hash or an address"
    )
    add_filters(command)


def add_as_of(command: argparse.ArgumentParser) -> None:
    """Add the option of a past day: the archive's knowledge of that night included."""
    # A bound on nights and no stored state: removals, copies and clusters are rows of lines. Withheld texts and damaged
    # files are so as of any day.
    command.add_argument(
        "--as-of", type=night, metavar="DATE", help="what was known that night; nothing that came later"
    )


def clock() -> datetime:
    """Return the moment now, aware, in Asia/Ho_Chi_Minh."""
    return datetime.now(TZ)
