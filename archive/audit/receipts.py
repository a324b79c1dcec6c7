"""Audit the receipts of OpenTimestamps beside the seals: each is of its seal's head, and in the block whose header is named."""

from __future__ import annotations

from collections.abc import Sequence

from archive.audit.findings import Audit, Code
from archive.audit.seals import ChainLink, Expectations, relative
from archive.messages.reason import Reason
from archive.sealing.opentimestamps import LARGEST
from archive.sealing.receipts import ReceiptCheck, check_receipt
from archive.storage.paths import Paths
from archive.storage.stored_file import read_stored


def check_receipts(paths: Paths, chain: Sequence[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Check every receipt; note how far those reach whose block an auditor named, and which blocks are still to be named.

    `chain` is in the order in which the seals were made.
    """
    heads = {link.name: link.head for link in chain}
    checks: dict[str, ReceiptCheck] = {}
    for night in paths.nights():
        for path in sorted(paths.night(night).glob("manifest-*.ots")):
            name = relative(paths, path)
            manifest = name.removesuffix(".ots") + ".json"
            if manifest not in heads:
                audit.found(Code.RECEIPT, name, Reason.of("timestamp_unsealed"))
                continue
            try:
                checks[manifest] = check_receipt(read_stored(path, LARGEST), heads[manifest], expected.blocks)
            except OSError as error:
                audit.found(Code.RECEIPT, name, Reason.of("it_cannot_be_read", error=str(error.strerror)))
            except ValueError as error:
                audit.found(Code.RECEIPT, name, Reason.of_error(error))
    _note(chain, checks, expected, audit)


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
