"""`python -m archive check-proof FILE`: whether a proof holds; needs no archive."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.commands.arguments import Subcommands
from archive.errors import ExitCode, UsageError
from archive.head import read_head
from archive.proof import check_proof
from archive.report import printable

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("check-proof", help="check a proof that `prove` wrote; needs no archive")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--key", metavar="KEY", help="the public key (base64) it must be signed with")
    command.add_argument("--head", type=Path, metavar="HEAD", help="a published head it must lead to")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    try:
        data = options.file.read_bytes()
        published = read_head(options.head.read_text(encoding="utf-8")) if options.head else None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"a file cannot be read: {error}") from None
    proven = check_proof(data, key=options.key, published=published)
    line, head = proven.line, proven.head
    print(f"{line.event.value}  {printable(line.id)}\n{printable(line.url)}\n{printable(line.title)}")
    print(f"sealed in the night of {head.night}, archive {head.archive}, seal {head.number}, head {head.head}")
    if proven.last != head:
        print(f"leads to the head of {proven.last.night}, seal {proven.last.number}: {proven.last.head}")
    print(f"signed by {head.key}" if head.key else "unsigned: compare the head with one that was published elsewhere")
    return ExitCode.GOOD
