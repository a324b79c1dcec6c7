"""`python -m archive sign [NIGHT] --key FILE`: sign seals that say `unsigned`, here or on the host that has the key."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.commands.arguments import Subcommands, night
from archive.errors import ExitCode
from archive.identity import Paths, read_identity
from archive.resigning import sign_seals
from archive.signing import load_key

__all__ = ["add"]


def add(commands: Subcommands, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command = commands.add_parser(
        "sign", parents=[shared], help="sign seals that are unsigned; their .sig files can be carried back"
    )
    command.add_argument("night", nargs="?", type=night, metavar="NIGHT", help="one night (default: every seal)")
    command.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key (PEM)")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    written = sign_seals(identity, paths, options.night, load_key(options.key))
    for path in written:
        print(path)
    print(f"{len(written)} signed" if written else "signed already")
    return ExitCode.GOOD
