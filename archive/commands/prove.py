"""`python -m archive prove ID`: a small file that proves one text without the archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from archive.commands.arguments import Subcommands, add_identifier, find_one
from archive.durable import disk_errors, write_durably
from archive.errors import ExitCode
from archive.proving import prove
from archive.removal import REMOVALS
from archive.store import Archive

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("prove", parents=[shared], help="write a proof of one text that needs no archive")
    add_identifier(command)
    command.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="where to write it (default: standard output)"
    )
    command.add_argument(
        "--until-now", action="store_true", help="with every later seal, so that today's published head proves it too"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        found = [item for item in find_one(archive, options) if item.event not in REMOVALS]
        named = [item for item in found if item.id == options.article]
        version = (named or found)[-1]
        data = prove(archive, version, until_now=options.until_now).to_bytes()
    if options.output is None:
        sys.stdout.write(data.decode())
        return ExitCode.GOOD
    with disk_errors(f"cannot write {options.output}"):
        write_durably(options.output, data)
    print(f"wrote the proof of {version.id} to {options.output}, {len(data)} bytes")
    if version.file is None and version.duplicate_of:
        print(f"its text is stored as {version.duplicate_of}: prove that one for the words")
    return ExitCode.GOOD
