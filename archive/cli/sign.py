"""Run `python -m archive key new FILE · key show FILE`, `change-key` and `sign [NIGHT] --key FILE`: keys and signed seals."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.cli.arguments import Commands, night
from archive.errors import ExitCode
from archive.sealing.countersign import sign_seals
from archive.sealing.key_changes import change_key
from archive.sealing.signatures import load_key, new_key, public_key
from archive.storage.paths import Paths, read_identity


def add(commands: Commands) -> None:
    """Declare the commands."""
    key = commands.add("key", _key, "make a signing key, or show its public half", of_archive=False)
    key.add_argument("action", choices=("new", "show"))
    key.add_argument("file", type=Path, metavar="FILE", help="the private key (PEM), outside of every archive")
    command = commands.add("sign", _sign, "sign seals that are unsigned; their .sig files can be carried back")
    command.add_argument("night", nargs="?", type=night, metavar="NIGHT", help="one night (default: every seal)")
    command.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key (PEM)")
    change = commands.add("change-key", _change, "record that another key signs from now on, signed by the one before")
    change.add_argument(
        "--from", dest="before", type=Path, required=True, metavar="FILE", help="the private key before"
    )
    change.add_argument(
        "--to", dest="after", type=Path, required=True, metavar="FILE", help="the private key from now on"
    )


def _change(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    path = change_key(identity, paths, load_key(options.before), load_key(options.after))
    print(
        f"{path}: name {options.after} as `signing_key` in nights.toml, and publish {public_key(load_key(options.after))}"
    )
    return ExitCode.GOOD


def _sign(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    written = sign_seals(identity, paths, options.night, load_key(options.key))
    for path in written:
        print(path)
    print(f"{len(written)} signed" if written else "signed already")
    return ExitCode.GOOD


def _key(options: argparse.Namespace) -> ExitCode:
    if options.action == "show":
        print(public_key(load_key(options.file)))
        return ExitCode.GOOD
    print(public_key(new_key(options.file)))
    print(f"{options.file}: keep a copy where the archive is not; `signing_key` of nights.toml names it")
    return ExitCode.GOOD
