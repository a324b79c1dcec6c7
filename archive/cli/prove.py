"""Run `python -m archive prove ID` and `check-proof FILE`: prove one text without the archive, and check that."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from archive.cli.arguments import Commands, add_identifier
from archive.cli.articles import find_one
from archive.errors import ExitCode, UsageError
from archive.export.proofs import prove
from archive.messages.printable import printable
from archive.model.enums import REMOVALS
from archive.sealing.head import read_head
from archive.sealing.proof import check_proof
from archive.sealing.proof_dates import Dating, ProofError
from archive.sealing.receipts import read_blocks
from archive.sealing.timestamps import load_authorities
from archive.storage.fsync import disk_errors, write_durably
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare both commands."""
    command = commands.add("prove", _prove, "write a proof of one text that needs no archive")
    add_identifier(command)
    command.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="where to write it (default: standard output)"
    )
    command.add_argument(
        "--until-now", action="store_true", help="with every later seal, so that today's published head proves it too"
    )
    command.add_argument(
        "--with-capture", action="store_true", help="with the WARC record that it was read from: the page as served"
    )
    check = commands.add("check-proof", _check, "check a proof that `prove` wrote; needs no archive", of_archive=False)
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--key", metavar="KEY", help="the public key (base64) it must be signed with")
    check.add_argument("--head", type=Path, metavar="HEAD", help="a published head it must lead to")
    check.add_argument(
        "--authority", type=Path, metavar="FILE", help="certificates (PEM), one of which has to vouch for its timestamp"
    )
    check.add_argument(
        "--blocks",
        type=Path,
        metavar="FILE",
        help="headers of blocks of Bitcoin, height and hex a line, for its receipt",
    )


def _prove(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        found = [item for item in find_one(archive, options) if item.event not in REMOVALS]
        version = ([item for item in found if item.id == options.article] or found)[-1]
        data = prove(archive, version, until_now=options.until_now, with_capture=options.with_capture).to_bytes()
    if options.output is None:
        sys.stdout.write(data.decode())
        return ExitCode.GOOD
    with disk_errors(f"cannot write {options.output}"):
        write_durably(options.output, data)
    print(f"wrote the proof of {version.id} to {options.output}, {len(data)} bytes")
    if version.file is None and version.duplicate_of:
        print(f"its text is stored as {version.duplicate_of}: prove that one for the words")
    return ExitCode.GOOD


def _check(options: argparse.Namespace) -> ExitCode:
    try:
        data = options.file.read_bytes()
        published = read_head(options.head.read_text(encoding="utf-8")) if options.head else None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"a file cannot be read: {error}") from None
    authorities = load_authorities(options.authority) if options.authority else ()
    dating = Dating(authorities, read_blocks(options.blocks) if options.blocks else {})
    proven = check_proof(data, key=options.key, published=published, dating=dating)
    line, head = proven.line, proven.head
    print(f"{line.event.value}  {printable(line.id)}\n{printable(line.url)}\n{printable(line.title)}")
    print(f"sealed in the night of {head.night}, archive {head.archive}, seal {head.number}, head {head.head}")
    print(f"after the seal of {_place(proven.before)}" if proven.before else "the first seal of its chain")
    if proven.before and proven.before[0] > head.night:
        print(f"late: it was sealed after the night of {proven.before[0]}, not in its own")
    print(f"before the seal of {_place(proven.after)}" if proven.after else "the proof has no later seal")
    if proven.last != head:
        print(f"leads to the head of {proven.last.night}, seal {proven.last.number}: {proven.last.head}")
    if proven.body is not None:
        print(f"with the page as served, {len(proven.body)} bytes; docs/check_proof.py --page FILE writes it")
    print(f"signed by {head.key}" if head.key else "unsigned")
    if head.key and not options.key and published is None:
        print(
            "not proved: whose key that is; compare it with one that came another way (--key), or with a head (--head)"
        )
    for found in proven.dates:
        print(f"the seal of {_place((found.head.night, found.head.number))} has {found.words}")
    dated = min((found.at for found in proven.dates if found.at is not None), default=None)
    print(
        f"dated: the text was sealed by {dated.isoformat()}"
        if dated is not None
        else "not proved: the days themselves are the sealer's word; only a head published by then, or a timestamp, dates it"
    )
    if proven.missing is not None:
        raise ProofError(f"nothing is proved yet: {proven.missing}")
    return ExitCode.GOOD


def _place(seal: tuple[date, int]) -> str:
    return f"{seal[0]}, number {seal[1]}"
