"""Date a proof: timestamps and receipts of the heads that it leads through, each compared with its head.

A timestamp is *checked* only where an auditor names authorities, a receipt only where an auditor names its block. All
others are there, and date nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.x509 import Certificate

from archive.errors import ArchiveError
from archive.model.run_metrics import Count
from archive.sealing.head import Head
from archive.sealing.opentimestamps import BlockHeader
from archive.sealing.receipts import check_receipt
from archive.sealing.timestamps import stamped_at


class ProofError(ArchiveError):
    """The file proves nothing; the message names the failing step."""


@dataclass(frozen=True, slots=True)
class HeadDate:
    """A timestamp (DER) and a receipt as their files hold them, of the head at `place`: 0 for the proved seal's, then the later ones.

    One of them at least is not None.
    """

    place: Count
    timestamp: bytes | None
    receipt: bytes | None

    def plain(self) -> dict[str, object]:
        """Return the values as a proof has them."""
        return {"place": self.place, "receipt": packed(self.receipt), "timestamp": packed(self.timestamp)}


@dataclass(frozen=True, slots=True)
class Dating:
    """An auditor's own knowledge of time: certificates of authorities, and headers of blocks of Bitcoin by height."""

    authorities: Sequence[Certificate] = ()
    blocks: Mapping[int, BlockHeader] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckedDate:
    """Result of a timestamp or a receipt of a head: `words` say it; `at` (UTC) is None where nothing was checked."""

    head: Head
    at: datetime | None
    words: str


def in_order(found: tuple[HeadDate, ...]) -> tuple[HeadDate, ...]:
    """Return the dates of a proof. Raises ValueError when they are not as a proof has them."""
    places = [each.place for each in found]
    if places != sorted(set(places)):
        raise ValueError("its dates are not in the order of their heads")
    if not found or any(each.timestamp is None and each.receipt is None for each in found):
        raise ValueError("a date of it holds nothing")
    return found


def check_dates(dates: Sequence[HeadDate], heads: Sequence[Head], dating: Dating) -> tuple[CheckedDate, ...]:
    """Compare each date with its head, and with what the auditor knows.

    Raises ProofError for one of another head, and where the auditor named something that no date could be checked by.
    """
    stamped, received = list[CheckedDate](), list[CheckedDate]()
    for each in dates:
        if not 0 <= each.place < len(heads):
            raise ProofError("a date of it is of no head that it has")
        head = heads[each.place]
        # A head of format 1 binds neither its root nor the seal before: whoever has the key leads any night to it.
        if any(later.format == 1 for later in heads[1 : each.place + 1]):
            raise ProofError(f"nothing but a signature leads to the seal of {head.night} that a date is of")
        try:
            if each.timestamp is not None:
                stamped.append(_stamped(each.timestamp, head, dating.authorities))
            if each.receipt is not None:
                received.append(_received(each.receipt, head, dating.blocks))
        except ValueError as error:
            raise ProofError(f"the date of the seal of {head.night}, number {head.number}: {error}") from None
    if dating.authorities and not stamped:
        raise ProofError("it has no timestamp that an authority could vouch for")
    if dating.blocks and all(each.at is None for each in received):
        raise ProofError("it has no receipt that leads to a block that was named")
    return (*stamped, *received)


def packed(data: bytes | None) -> str | None:
    """Return bytes in base64."""
    return None if data is None else base64.b64encode(data).decode()


def _stamped(answer: bytes, head: Head, authorities: Sequence[Certificate]) -> CheckedDate:
    at = stamped_at(answer, head.head, authorities)
    if authorities:
        return CheckedDate(head, at, f"a timestamp of {at.isoformat()}, for which a named authority vouches")
    unchecked = "present, not checked: name the authority's certificate with --authority"
    return CheckedDate(head, None, f"a timestamp that says {at.isoformat()}; {unchecked}")


def _received(data: bytes, head: Head, blocks: Mapping[int, BlockHeader]) -> CheckedDate:
    check = check_receipt(data, head.head, blocks)
    if check.block is not None:
        height, block = check.block
        return CheckedDate(
            head,
            block.at,
            f"a receipt in block {height} of {block.at.isoformat()}, if the block's hash is {block.name}",
        )
    if check.unnamed:
        unchecked = "present, not checked: it needs the block's header (--blocks)"
        return CheckedDate(head, None, f"a receipt that leads to block {check.unnamed[0]} of Bitcoin; {unchecked}")
    return CheckedDate(head, None, "a receipt that leads to no block of Bitcoin yet, and dates nothing")
