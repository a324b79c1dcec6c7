"""Audit what dates the seals: timestamps and receipts of OpenTimestamps beside them, each of its seal's head.

A timestamp dates every seal before it; a receipt dates them where an auditor names the header of its block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from archive.audit.findings import Audit, Code
from archive.audit.seals import ChainLink, Expectations, relative
from archive.messages.reason import Reason
from archive.sealing.opentimestamps import LARGEST
from archive.sealing.receipts import ReceiptCheck, check_receipt
from archive.storage.paths import Paths
from archive.storage.stored_file import read_stored

_Read = TypeVar("_Read")


def check_timestamps(paths: Paths, chain: Sequence[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Check every timestamp, with its signature where the auditor names authorities; note how far they reach.

    `chain` is in the order in which the seals were made.
    """

    def stamped(path: Path, head: str) -> datetime:
        from archive.sealing.timestamps import LARGEST, stamped_at  # libraries that few archives need

        return stamped_at(read_stored(path, LARGEST), head, expected.authorities)

    moments = _read_beside(paths, chain, ".tsr", Code.TIMESTAMP, stamped, audit)
    dated = [link for link in chain if link.name in moments]
    if not dated:
        if expected.authorities and chain:
            audit.notes.append(Reason.of("timestamps_none"))
        return
    last = dated[-1]
    n, seals, at = len(dated), len(chain), moments[last.name].isoformat()
    if expected.authorities:
        checked = Reason.of("timestamps_checked", n=n, seals=seals, night=last.night, number=last.number, at=at)
    else:
        checked = Reason.of("timestamps_unchecked", n=n, seals=seals, night=last.night, number=last.number, at=at)
    audit.notes.append(checked)


def check_receipts(paths: Paths, chain: Sequence[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Check every receipt; note how far those reach whose block an auditor named, and which blocks are still to be named.

    `chain` is in the order in which the seals were made.
    """

    def attested(path: Path, head: str) -> ReceiptCheck:
        return check_receipt(read_stored(path, LARGEST), head, expected.blocks)

    _note(chain, _read_beside(paths, chain, ".ots", Code.RECEIPT, attested, audit), expected, audit)


def _read_beside(
    paths: Paths, chain: Sequence[ChainLink], suffix: str, code: Code, read: Callable[[Path, str], _Read], audit: Audit
) -> dict[str, _Read]:
    """Return what is read of each seal's file of this suffix and its head (hex), by the manifest's name."""
    heads = {link.name: link.head for link in chain}
    found: dict[str, _Read] = {}
    for night in paths.nights():
        for path in sorted(paths.night(night).glob(f"manifest-*{suffix}")):
            name = relative(paths, path)
            manifest = name.removesuffix(suffix) + ".json"
            if manifest not in heads:
                audit.found(code, name, Reason.of("timestamp_unsealed"))
                continue
            try:
                found[manifest] = read(path, heads[manifest])
            except OSError as error:
                audit.found(code, name, Reason.of("it_cannot_be_read", error=str(error.strerror)))
            except ValueError as error:
                audit.found(code, name, Reason.of_error(error))
    return found


def _note(chain: Sequence[ChainLink], checks: dict[str, ReceiptCheck], expected: Expectations, audit: Audit) -> None:
    seals = len(chain)
    kept = [(link, checks[link.name]) for link in chain if link.name in checks]
    dated = [(link, check.block) for link, check in kept if check.block is not None]
    if dated:
        link, (height, block) = dated[-1]
        n, night, number, at = len(dated), link.night, link.number, block.at.isoformat()
        place = Reason.of("block", height=height, hash=block.name)
        audit.notes.append(
            Reason.of("receipts_in_block", n=n, seals=seals, night=night, number=number, at=at, block=place)
        )
    unnamed = [(link, check.unnamed[0]) for link, check in kept if check.block is None and check.unnamed]
    if unnamed:
        link, height = unnamed[-1]
        n, night, number = len(unnamed), link.night, link.number
        unchecked = Reason.of("receipts_unchecked", n=n, seals=seals, night=night, number=number, height=height)
        audit.notes.append(unchecked)
    pending = [check for _, check in kept if check.pending]
    if pending:
        audit.notes.append(Reason.of("receipts_pending", n=len(pending), seals=seals))
    if not kept and expected.blocks and chain:
        audit.notes.append(Reason.of("receipts_none"))
