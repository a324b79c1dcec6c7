"""`python -m archive rebuild`: make the index again from the files alone."""

from __future__ import annotations

import argparse

from archive.commands.arguments import Subcommands
from archive.errors import ExitCode
from archive.identity import Paths, read_identity
from archive.rebuild import rebuild

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("rebuild", parents=[shared], help="make index.db again from the files")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    read_identity(options.archive)
    problems = rebuild(Paths(options.archive))
    for problem in problems:
        print(f"cannot read {problem}")
    print(f"made {options.archive / 'index.db'} again from the files")
    return ExitCode.FINDINGS if problems else ExitCode.GOOD
