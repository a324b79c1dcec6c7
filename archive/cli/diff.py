"""Run `python -m archive diff ID [ID2]`: the changes word by word."""

from __future__ import annotations

import argparse
from datetime import date

from rich.console import Console

from archive.cli.arguments import Commands, night
from archive.cli.articles import known_until
from archive.cli.diff_view import print_difference
from archive.errors import ExitCode, UsageError
from archive.export.version_diff import difference, difference_of_nights
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("diff", _run, "show word by word what changed in an article")
    command.add_argument(
        "article", metavar="ID", help="portal/key: its last two versions; portal/key@version: that one"
    )
    command.add_argument("other", nargs="?", metavar="ID2", help="compare the first version with this one")
    command.add_argument(
        "--as-of",
        type=night,
        action="append",
        default=[],
        metavar="DATE",
        help="what was known that night; given twice: what it said on the one and on the other",
    )
    command.add_argument("--json", action="store_true", help="print the result as JSON")


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        nights: list[date] = sorted(options.as_of)
        if len(nights) > 2 or (len(nights) == 2 and options.other):
            raise UsageError("compare two versions or two nights: give --as-of twice, or ID and ID2")
        for known in nights:
            known_until(archive, known)
        if len(nights) == 2:
            found = difference_of_nights(archive, options.article, nights[0], nights[1])
        else:
            found = difference(archive, options.article, options.other, until=nights[0] if nights else None)
        print_difference(found, Console(), as_json=options.json)
    return ExitCode.GOOD
