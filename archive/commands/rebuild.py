"""`python -m archive rebuild`: make the index again from the files alone."""

from __future__ import annotations

import argparse

from archive.commands.arguments import Subcommands
from archive.engines import database_of
from archive.errors import ExitCode
from archive.identity import Paths, read_identity
from archive.rebuild import rebuild

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("rebuild", parents=[shared], help="make the index again from the files")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    problems = rebuild(paths)
    for problem in problems:
        print(f"cannot read {problem}")
    print(f"made {database_of(paths, identity.id).name} again from the files")
    return ExitCode.FINDINGS if problems else ExitCode.GOOD
