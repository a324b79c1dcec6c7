"""`python -m archive verify`: read everything again and name each damaged thing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.progress import Progress

from archive.audit import verify
from archive.audit_seals import Expected
from archive.commands.arguments import Subcommands
from archive.errors import ExitCode, UsageError
from archive.head import Head, read_head
from archive.identity import Paths, read_identity
from archive.report import print_audit

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("verify", parents=[shared], help="read everything again and name each damaged thing")
    command.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="a head as `archive head` printed it: is it still part of the archive?",
    )
    command.add_argument(
        "--key",
        action="append",
        metavar="KEY",
        help="a public key (base64) that may have sealed; again for another one",
    )
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    expected = Expected(_published(options.against), frozenset(options.key or ()))
    if sys.stdout.isatty() and not options.json:
        with Progress(transient=True) as bar:
            task = bar.add_task("verify", total=len(paths.nights()))
            audit = verify(
                identity, paths, lambda night: bar.update(task, advance=1, description=f"verify {night}"), expected
            )
    else:
        audit = verify(identity, paths, expected=expected)
    print_audit(audit, as_json=options.json)
    return ExitCode.FINDINGS if audit.findings else ExitCode.GOOD


def _published(file: Path | None) -> Head | None:
    if file is None:
        return None
    try:
        return read_head(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({error}); save what `python -m archive head` printed") from None
