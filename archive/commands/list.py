"""`python -m archive list`: the events that fit, a line each."""

from __future__ import annotations

import argparse

from archive.commands.arguments import Subcommands, add_filters, find
from archive.errors import ExitCode
from archive.report import print_articles
from archive.store import Archive

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("list", parents=[shared], help="list articles")
    add_filters(command)
    command.add_argument("--limit", type=int, default=None, metavar="N")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        print_articles(find(archive, options, None, options.limit), as_json=options.json)
    return ExitCode.GOOD
