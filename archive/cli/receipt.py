"""Run `python -m archive receipt`: let calendars of OpenTimestamps date the last seal, at once or by files that are carried."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from archive.cli.arguments import Commands, night
from archive.cli.seals import find_seal, seal_name
from archive.errors import ArchiveError, ExitCode, UsageError
from archive.sealing.head import statement_of
from archive.sealing.opentimestamps import Receipt, read_receipt
from archive.sealing.receipts import ask_calendars, complete, keep_receipt, kept_receipt, receipt_path
from archive.storage.fsync import disk_errors, write_durably
from archive.storage.manifest import Seal, seals_on_disk
from archive.storage.paths import Paths
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("receipt", _run, "let calendars of OpenTimestamps date the last seal by a block of Bitcoin")
    command.add_argument("--night", type=night, metavar="DATE", help="the last seal of this night (default: of all)")
    command.add_argument(
        "--calendar", action="append", default=[], metavar="URL", help="a calendar's address; may be repeated"
    )
    how = command.add_mutually_exclusive_group()
    how.add_argument(
        "--complete", action="store_true", help="ask for the blocks of all receipts that calendars have only promised"
    )
    how.add_argument("--request", type=Path, metavar="FILE", help="write the bytes to stamp, for `ots stamp FILE`")
    how.add_argument("--answer", type=Path, metavar="FILE", help="keep the receipt (.ots) of those bytes")


def _run(options: argparse.Namespace) -> ExitCode:
    if not options.calendar and not options.request and not options.answer:
        raise UsageError("name a calendar with --calendar URL, or carry files with --request and --answer")
    with Archive.open(options.archive, read_only=True) as archive:
        paths = archive.paths
        if options.complete:
            nights = [options.night] if options.night else list(paths.nights())
            return _complete(paths, [seal for day in nights for seal in seals_on_disk(paths, day)], options.calendar)
        seal = find_seal(archive, options.night)
    if options.request:
        with disk_errors(f"cannot write {options.request}"):
            write_durably(options.request, seal.to_bytes() if seal.format == 1 else statement_of(seal))
        print(f"{options.request}: stamp it, and keep its .ots with --answer")
        return ExitCode.GOOD
    receipt = _read(options.answer) if options.answer else _asked(options.calendar, seal)
    print(f"{seal_name(seal)}: {_told(keep_receipt(paths, seal, receipt))}: {receipt_path(paths, seal)}")
    return ExitCode.GOOD


def _asked(calendars: list[str], seal: Seal) -> Receipt:
    receipt, troubles = ask_calendars(calendars, seal.head)
    if receipt is None:
        raise ArchiveError("; ".join(troubles))
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return receipt


def _complete(paths: Paths, seals: list[Seal], calendars: list[str]) -> ExitCode:
    silent: dict[str, str] = {}
    for seal in seals:
        try:
            receipt = kept_receipt(receipt_path(paths, seal))
        except UsageError as error:
            silent[seal_name(seal)] = str(error)
            continue
        if receipt is None or receipt.blocks:
            continue
        found = keep_receipt(paths, seal, complete(receipt, calendars, silent))
        print(f"{seal_name(seal)}: {_told(found)}")
    for trouble in silent.values():
        print(trouble, file=sys.stderr)
    return ExitCode.FINDINGS if silent else ExitCode.GOOD


def _told(receipt: Receipt) -> str:
    if receipt.blocks:
        return f"a receipt that leads to block {receipt.blocks[0]} of Bitcoin; `verify --blocks` checks it"
    return "a receipt of calendars that have only promised a block; `receipt --complete` asks for it later"


def _read(path: Path) -> Receipt:
    try:
        return read_receipt(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no receipt: {error}") from None
