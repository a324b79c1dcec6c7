"""Run `python -m archive head`: the head to publish, so that a rollback or a new seal is noticed."""

from __future__ import annotations

import argparse
import json

from archive.cli.arguments import Commands, NotFound, night
from archive.errors import ExitCode
from archive.sealing.head import head_of
from archive.sealing.signatures import signature_of
from archive.storage.manifest import seals_on_disk
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("head", _run, "print the head to publish: mail it, print it, keep it")
    command.add_argument("--night", type=night, metavar="DATE", help="the last seal of this night (default: of all)")
    command.add_argument("--json", action="store_true", help="print it as JSON")


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        if options.night:
            seals = seals_on_disk(archive.paths, options.night)
            seal = seals[-1] if seals else None
        else:
            seal = archive.last_seal()
        if seal is None:
            raise NotFound(
                f"{options.night or 'no night'} is sealed; `scheduler.py status` shows the last sealed night"
            )
        signed = signature_of(archive.paths, seal)
    head = head_of(seal, signed.key if signed else None, signed.head if signed else None)
    print(json.dumps(head.plain(), sort_keys=True) if options.json else "\n".join(head.lines()))
    return ExitCode.GOOD
