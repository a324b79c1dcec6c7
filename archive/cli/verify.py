"""Run `python -m archive verify`: read everything again and report each damaged thing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from archive import VERSION
from archive.audit.findings import Audit
from archive.audit.sampling import WHOLE, Subset
from archive.audit.seals import Expectations
from archive.audit.verify import VerifyOptions, verify
from archive.cli.arguments import Commands, add_jobs, clock
from archive.errors import ExitCode, UsageError
from archive.messages.printable import printable
from archive.processes.progress import ProgressLine
from archive.sealing.head import Head, read_head
from archive.sealing.signatures import UNSIGNED_SIGNER
from archive.storage.jsonl import iso
from archive.storage.paths import Paths, read_identity

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from archive.sealing.opentimestamps import BlockHeader


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
    authorities: tuple[Certificate, ...] = ()
    if options.authority:
        from archive.sealing.timestamps import load_authorities  # libraries that nothing else here needs

        authorities = load_authorities(options.authority)
    blocks: dict[int, BlockHeader] = {}
    if options.blocks:
        from archive.sealing.receipts import read_blocks

        blocks = read_blocks(options.blocks)
    keys = frozenset(options.key or ())
    expected = Expectations(_published(options.against), keys, clock().date(), authorities, blocks)
    reader = options.captures() if options.reread else None
    how = VerifyOptions(subset, options.files, options.jobs, reader)
    with ProgressLine("verify", "files") as line:
        audit = verify(identity, paths, line.show, expected, how)
    _print_audit(audit, _origin(options, expected), as_json=options.json)
    return ExitCode.FINDINGS if audit.findings else ExitCode.GOOD


def _fingerprint(certificate: Certificate) -> str:
    from cryptography.hazmat.primitives.hashes import SHA256

    return certificate.fingerprint(SHA256()).hex()


def _origin(options: argparse.Namespace, expected: Expectations) -> dict[str, object]:
    """Return what made a report, for who reads it later: the time, the version of the program, the options."""
    given = {
        "against": expected.head.head if expected.head else None,
        "authorities": sorted(map(_fingerprint, expected.authorities)),
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


def _print_audit(audit: Audit, origin: Mapping[str, object], *, as_json: bool) -> None:
    """Print the findings first, then the signers and the amount read; as JSON with the origin of the report beside them."""
    if as_json:
        findings = [
            {"code": one.code.value, "path": one.path, "detail": one.detail.reported()} for one in audit.findings
        ]
        plain = asdict(audit) | {"findings": findings, "notes": [note.reported() for note in audit.notes]}
        del plain["counted"]  # the findings have it
        print(json.dumps({**plain, **origin}, ensure_ascii=False, sort_keys=True, indent=1, default=iso))
        return
    for finding in audit.findings:
        print(f"{finding.code}  {printable(finding.path)}: {printable(str(finding.detail))}")
    for notice in audit.withheld:
        named = ", ".join(printable(article) for article in notice.articles)
        print(
            f"WITHHELD  {named}: {printable(notice.reason)}, for {printable(notice.who)}, {notice.when[:10]} ({notice.path})"
        )
    for note in audit.notes:
        print(f"note  {printable(str(note))}")
    if audit.signers:
        print(signed_by(audit.signers))
    size = f"{audit.bytes / 1e6:.1f} MB"
    print(
        f"read {audit.nights} nights, {audit.runs} portal-nights, {audit.texts} texts, {audit.captures} captures, "
        f"{audit.files} files, {size}"
    )
    count = len(audit.findings)
    print("intact" if not count else f"{count} finding{'s' if count > 1 else ''}")


def signed_by(signers: Mapping[str, int]) -> str:
    """Return how many seals which key signed: `60 seals: 58 signed by 3f2a…, 2 unsigned`, the most first."""
    order = sorted(signers.items(), key=lambda each: (each[0] == UNSIGNED_SIGNER, -each[1], each[0]))
    parts = [f"{n} {'' if key == UNSIGNED_SIGNER else 'signed by '}{key}" for key, n in order]
    n = sum(signers.values())
    return f"{n} seal{'s' if n > 1 else ''}: {', '.join(parts)}"
