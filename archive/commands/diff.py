"""`python -m archive diff ID [ID2]`: word by word what changed."""

from __future__ import annotations

import argparse

from rich.console import Console

from archive.commands.arguments import Subcommands
from archive.difference import difference, print_difference
from archive.errors import ExitCode
from archive.store import Archive

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("diff", parents=[shared], help="show word by word what changed in an article")
    command.add_argument(
        "article", metavar="ID", help="portal/key: its last two versions; portal/key@version: that one"
    )
    command.add_argument("other", nargs="?", metavar="ID2", help="compare the first version with this one")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        print_difference(difference(archive, options.article, options.other), Console(), as_json=options.json)
    return ExitCode.GOOD
