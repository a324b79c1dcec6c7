"""Run `python -m archive head`: the head to publish, so that a rollback or a new seal is noticed."""

from __future__ import annotations

import argparse
import json
from itertools import chain
from pathlib import Path

from archive.cli.arguments import Commands, night
from archive.cli.articles import NotFound
from archive.errors import ExitCode, UsageError
from archive.export.head_code import code_on_terminal, write_code
from archive.export.head_feed import atom_feed
from archive.export.proofs import heads_after
from archive.sealing.head import Head, head_of
from archive.sealing.signatures import signature_of
from archive.storage.manifest import seals_on_disk
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("head", _run, "print the head to publish: mail it, print it, keep it")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--night", type=night, metavar="DATE", help="the last seal of this night (default: of all)")
    which.add_argument("--since", type=night, metavar="DATE", help="the first seal of this night, and all after it")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON object for each head")
    form.add_argument("--atom", action="store_true", help="print an Atom feed, the newest head first")
    form.add_argument(
        "--qr", metavar="FILE", help="write a QR code (.svg, .png) of one head; - prints it with the head"
    )


def _run(options: argparse.Namespace) -> ExitCode:
    if options.qr and options.since:
        raise UsageError("a QR code is of one head: name its night with --night")
    with Archive.open(options.archive, read_only=True) as archive:
        if options.night or options.since:
            seals = seals_on_disk(archive.paths, options.night or options.since)
            seal = seals[0 if options.since else -1] if seals else None
        else:
            seal = archive.last_seal()
        if seal is None:
            raise NotFound(
                f"{options.night or options.since or 'no night'} is sealed; "
                "`scheduler.py status` shows the last sealed night"
            )
        signed = signature_of(archive.paths, seal)
        first = head_of(seal, signed.key if signed else None, signed.head if signed else None)
        heads = list(chain([first], heads_after(archive, first) if options.since else ()))
    if options.qr and options.qr != "-":
        write_code(heads[0], Path(options.qr))
        print(
            f"{options.qr}: the head of {heads[0].night} number {heads[0].number}; what a reader of QR codes shows is a head"
        )
        return ExitCode.GOOD
    print(_printed(heads, options))
    return ExitCode.GOOD


def _printed(heads: list[Head], options: argparse.Namespace) -> str:
    if options.atom:
        return atom_feed(heads)
    if options.json:
        return "\n".join(json.dumps(head.plain(), sort_keys=True) for head in heads)
    code = [code_on_terminal(heads[0]).rstrip("\n")] if options.qr else []
    return "\n\n".join([*code, *("\n".join(head.lines()) for head in heads)])
