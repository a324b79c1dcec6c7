"""Follow the heads that an archive publishes, on a machine that has no copy of it: history may grow and never change.

A head names the one before it, so the heads published since prove without the archive that the newest one goes on from
those that were kept. The log of a witness is the output of `archive head --json`, a head a line, oldest first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from archive.sealing.head import Head
from archive.sealing.signatures import signature_holds


class HistoryCode(StrEnum):
    """Contradictions of published heads."""

    REWRITTEN = "REWRITTEN"
    ROLLED_BACK = "ROLLED_BACK"
    FORK = "FORK"
    GAP = "GAP"
    ARCHIVE = "ARCHIVE"
    SIGNATURE = "SIGNATURE"
    SIGNER = "SIGNER"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A published head that contradicts the heads before it."""

    code: HistoryCode
    head: Head
    detail: str


@dataclass(frozen=True, slots=True)
class WitnessedHistory:
    """Heads to keep, oldest first, and contradictions, with any of which nothing is to be kept."""

    added: tuple[Head, ...]
    contradictions: tuple[Contradiction, ...]


def follow(kept: Sequence[Head], published: Iterable[Head], keys: Collection[str] = ()) -> WitnessedHistory:
    """Compare published heads, oldest first, with those that were kept; `keys` (base64) may sign from now on.

    Without `keys` a head has to be signed as the last one was. The first head of an empty log is taken as it is.
    """
    chain, added, wrong = list(kept), list[Head](), list[Contradiction]()
    statements = {head.head: head.statement for head in chain}
    newest = None
    for head in published:
        newest = head
        if statements.get(head.head) == head.statement:
            continue
        found = _contradiction(chain, head, keys)
        if found is not None:
            wrong.append(found)
            continue
        chain.append(head)
        statements[head.head] = head.statement
        added.append(head)
    if newest is not None and not wrong and newest.head != chain[-1].head:
        detail = f"is the newest that is published, and {_named(chain[-1])} was kept: an older copy, or an older file"
        wrong.append(Contradiction(HistoryCode.ROLLED_BACK, newest, detail))
    return WitnessedHistory(tuple(added), tuple(wrong))


def _contradiction(chain: Sequence[Head], head: Head, keys: Collection[str]) -> Contradiction | None:
    """Return how a head that is new contradicts the chain, which it has to go on from."""
    if head.key is not None and not signature_holds(head.key, head.signature or "", head.statement):
        return Contradiction(HistoryCode.SIGNATURE, head, "its signature does not fit")
    if keys and head.key not in keys:
        return Contradiction(HistoryCode.SIGNER, head, f"signed by {head.key or 'nobody'}, not by a key that was named")
    if not chain:
        return None
    last = chain[-1]
    if head.archive != last.archive:
        return Contradiction(HistoryCode.ARCHIVE, head, f"of archive {head.archive}, the log is of {last.archive}")
    same = next((one for one in chain if (one.night, one.number) == (head.night, head.number)), None)
    if same is not None:
        return Contradiction(HistoryCode.REWRITTEN, head, f"was kept as {same.head}, with root {same.root}")
    if head.previous != last.head:
        follower = next((two for one, two in pairwise(chain) if one.head == head.previous), None)
        if follower is not None:
            return Contradiction(HistoryCode.FORK, head, f"follows the same seal as {_named(follower)}, which was kept")
        before = f"{head.follows[0]} number {head.follows[1]}" if head.follows else head.previous
        gap = f"follows {before or 'nothing'}, and the last one kept is {_named(last)}"
        return Contradiction(HistoryCode.GAP if head.previous else HistoryCode.REWRITTEN, head, gap)
    if not keys and head.key != last.key:
        detail = f"signed by {head.key or 'nobody'}, the one before by {last.key or 'nobody'}"
        return Contradiction(HistoryCode.SIGNER, head, detail)
    return None


def _named(head: Head) -> str:
    return f"{head.night} number {head.number}"
