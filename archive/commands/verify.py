"""`python -m archive verify`: read everything again and name each damaged thing."""

from __future__ import annotations

import argparse
import sys

from rich.progress import Progress

from archive.audit import verify
from archive.commands.arguments import Subcommands
from archive.errors import ExitCode
from archive.identity import Paths, read_identity
from archive.report import print_audit

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("verify", parents=[shared], help="read everything again and name each damaged thing")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    if sys.stdout.isatty() and not options.json:
        with Progress(transient=True) as bar:
            task = bar.add_task("verify", total=len(paths.nights()))
            audit = verify(identity, paths, lambda night: bar.update(task, advance=1, description=f"verify {night}"))
    else:
        audit = verify(identity, paths)
    print_audit(audit, as_json=options.json)
    return ExitCode.FINDINGS if audit.findings else ExitCode.GOOD
