"""Run `python -m archive init DIR --kind live|replica`: make an archive."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import uuid4

from archive.cli.arguments import DEFAULT, Commands, clock
from archive.errors import ExitCode
from archive.model.enums import ArchiveKind
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("init", _run, "make an archive in a new or empty folder", of_archive=False)
    command.add_argument("folder", type=Path, nargs="?", metavar="DIR", help=f"default {DEFAULT}")
    command.add_argument(
        "--kind", required=True, choices=[kind.value for kind in ArchiveKind], help="real captures or a rehearsal's"
    )


def _run(options: argparse.Namespace) -> ExitCode:
    folder = options.folder or DEFAULT
    Archive.create(folder, ArchiveKind(options.kind), uuid4(), clock()).close()
    print(f"made a {options.kind} archive in {folder}")
    return ExitCode.GOOD
