"""Run `python -m archive verify`: read everything again and report each damaged thing."""

from __future__ import annotations

import argparse
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256

from archive import VERSION
from archive.audit.sampling import WHOLE, Subset
from archive.audit.seals import Expectations
from archive.audit.verify import VerifyOptions, verify
from archive.cli.arguments import Commands, add_jobs, clock
from archive.cli.output import print_audit
from archive.errors import ExitCode, UsageError
from archive.processes.progress import ProgressLine
from archive.sealing.head import Head, read_head
from archive.sealing.receipts import read_blocks
from archive.sealing.timestamps import load_authorities
from archive.storage.paths import Paths, read_identity


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("verify", _run, "read everything again and name each damaged thing")
    command.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="a head as `archive head` printed it: is it still part of the archive?",
    )
    command.add_argument(
        "--key",
        action="append",
        metavar="KEY",
        help="a public key (base64) that may have sealed; again for another one",
    )
    command.add_argument(
        "--authority", type=Path, metavar="FILE", help="certificates (PEM) that have to vouch for every timestamp"
    )
    command.add_argument(
        "--blocks",
        type=Path,
        metavar="FILE",
        help="headers of blocks of Bitcoin for the receipts: height and hex a line",
    )
    command.add_argument(
        "--files", action="store_true", help="only the sealed files against the manifests, the roots and the chain"
    )
    command.add_argument(
        "--subset", metavar="N/PARTS", help="only the bytes of one part of the files: 7/30 on the seventh day of thirty"
    )
    command.add_argument("--reread", action="store_true", help="also read the capture of every text again, and compare")
    add_jobs(command)
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(captures=commands.captures)


def _run(options: argparse.Namespace) -> ExitCode:
    if options.files and options.reread:
        raise UsageError("--files reads no captures: leave it out, or --reread")
    subset = Subset.parse(options.subset) if options.subset else WHOLE
    identity, paths = read_identity(options.archive), Paths(options.archive)
    authorities = load_authorities(options.authority) if options.authority else ()
    blocks = read_blocks(options.blocks) if options.blocks else {}
    keys = frozenset(options.key or ())
    expected = Expectations(_published(options.against), keys, clock().date(), authorities, blocks)
    reader = options.captures() if options.reread else None
    how = VerifyOptions(subset, options.files, options.jobs, reader)
    with ProgressLine("verify", "files") as line:
        audit = verify(identity, paths, line.show, expected, how)
    print_audit(audit, _origin(options, expected), as_json=options.json)
    return ExitCode.FINDINGS if audit.findings else ExitCode.GOOD


def _origin(options: argparse.Namespace, expected: Expectations) -> dict[str, object]:
    """Return what made a report, for who reads it later: the time, the version of the program, the options."""
    given = {
        "against": expected.head.head if expected.head else None,
        "authorities": sorted(each.fingerprint(SHA256()).hex() for each in expected.authorities),
        "blocks": {str(height): block.name for height, block in sorted(expected.blocks.items())},
        "files": options.files,
        "keys": sorted(expected.keys),
        "reread": options.reread,
        "subset": options.subset,
    }
    return {"verified_at": clock(), "version": VERSION, "options": given}


def _published(file: Path | None) -> Head | None:
    if file is None:
        return None
    try:
        return read_head(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({error}); save what `python -m archive head` printed") from None
