"""`python -m archive key new FILE · key show FILE`: the key that signs the seals."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.commands.arguments import Subcommands
from archive.errors import ExitCode
from archive.signing import load_key, new_key, public_key

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser("key", help="make a signing key, or show its public half")
    command.add_argument("action", choices=("new", "show"))
    command.add_argument("file", type=Path, metavar="FILE", help="the private key (PEM), outside of every archive")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    if options.action == "show":
        print(public_key(load_key(options.file)))
        return ExitCode.GOOD
    print(public_key(new_key(options.file)))
    print(f"{options.file}: keep a copy where the archive is not; `signing_key` of nights.toml names it")
    return ExitCode.GOOD
