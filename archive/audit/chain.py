"""Audit the chain of seals: its order, its signers, and an auditor's own expectations.

Each seal names the one that was made before it. That order, and no date, says what was sealed when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from archive.audit.files import walk
from archive.audit.findings import Audit, Code
from archive.audit.seals import ChainLink, Expectations, relative
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.sealing.key_changes import KeyChange, key_change_paths, key_changes
from archive.sealing.signatures import UNSIGNED_SIGNER
from archive.storage.paths import Identity, Paths


def chain_order(links: Sequence[ChainLink]) -> list[ChainLink]:
    """Return the seals in the order in which they were made, as far as each names the one before it.

    Seals of a broken chain come last, by night and number.
    """
    following: dict[str | None, ChainLink] = {}
    for link in links:
        following.setdefault(link.before.head if link.before else None, link)
    chain: list[ChainLink] = []
    last: str | None = None
    while last in following:
        chain.append(following.pop(last))
        last = chain[-1].head
    walked = {link.name for link in chain}
    return chain + [link for link in links if link.name not in walked]


def check_chain(chain: Sequence[ChainLink], audit: Audit) -> None:
    """Check that every seal names the one before it, no two name the same, and none is of an older format than those before."""
    heads = {link.head: link for link in chain}
    followers = Counter(link.before.head if link.before else None for link in chain)
    newest = 1
    for link in chain:
        if link.format < newest:
            audit.found(Code.DOWNGRADED, link.name, Reason.of("format_before", format=link.format, newest=newest))
        newest = max(newest, link.format)
        before = link.before
        if followers[before.head if before else None] > 1:
            detail = Reason.of("fork" if before else "two_first_seals")
            audit.found(Code.FORK, link.name, detail)
        if before is None:
            continue
        found = heads.get(before.head)
        if found is None:
            audit.found(Code.CHAIN, link.name, Reason.of("before_missing", night=before.night, number=before.number))
        elif (found.night, found.number) != (before.night, before.number):
            audit.found(Code.CHAIN, link.name, Reason.of("before_other_head", night=before.night, number=before.number))


def check_nights(identity: Identity, chain: Sequence[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Report seals that follow one of a later night, and those of nights to come.

    A live night is never sealed late: a further run of it, or a backfill, is sealed with the last night. A rehearsal may
    run its nights in any order, but none behind a head that was published.
    """
    live = identity.kind is ArchiveKind.LIVE
    last: date | None = None
    published = False
    for link in chain:
        if last is not None and link.night < last:
            if live:
                audit.found(Code.BACKDATED, link.name, Reason.of("sealed_after", night=last))
            elif published:
                audit.found(Code.BACKDATED, link.name, Reason.of("sealed_after_published", night=last))
            else:
                audit.notes.append(Reason.of("rehearsed_late", night=link.night, number=link.number, last=last))
        if live and expected.today is not None and link.night > expected.today:
            audit.found(Code.WRONG_NIGHT, link.name, Reason.of("night_to_come", today=expected.today))
        last = max(last or link.night, link.night)
        published = published or (expected.head is not None and link.head == expected.head.head)


def check_signers(
    chain: Sequence[ChainLink], changes: Sequence[KeyChange], expected: Expectations, audit: Audit
) -> None:
    """Count the seals by signer, and report where a signed chain goes on unsigned, or under another key without a record.

    With keys from outside every other signer is a finding of its own seal already.
    """
    recorded = {(change.previous, change.key) for change in changes}
    signed = [link for link in chain if link.signer is not None]
    audit.signers = dict(Counter(str(link.signer) for link in signed))
    if expected.keys:
        return
    key: str | None = None
    for signer, links in groupby(signed, key=lambda link: link.signer):
        some = list(links)
        if signer == UNSIGNED_SIGNER:
            if key is not None:
                audit.found(Code.SIGNER, some[0].name, Reason.of("signed_no_more", n=len(some), key=key))
            continue
        if key is not None and signer != key and (key, signer) not in recorded:
            audit.found(Code.SIGNER, some[0].name, Reason.of("key_changed", n=len(some), key=str(signer), before=key))
        key = signer


def check_key_changes(identity: Identity, paths: Paths, audit: Audit) -> list[KeyChange]:
    """Return the records of changed keys; report those that cannot be read or bear no signature of the key before."""
    found, damaged = key_changes(identity, paths)
    for path, why in damaged:
        audit.found(Code.SIGNATURE, relative(paths, path), why)
    known = set(key_change_paths(paths))
    for file in walk(paths.root / "keys"):
        if file.is_symlink() or Path(file.path) not in known:
            code = Code.SYMLINK if file.is_symlink() else Code.EXTRA
            audit.found(code, relative(paths, Path(file.path)), Reason.of("no_key_change"))
    return found


def check_expected(identity: Identity, seals: Sequence[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Check whether the archive still contains a published head, or was rolled back or sealed again."""
    head = expected.head
    if head is None:
        return
    if head.archive != identity.id:
        audit.found(Code.WRONG_ARCHIVE, "archive.json", Reason.of("head_of_archive", archive=head.archive))
        return
    found = next((seal for seal in seals if (seal.night, seal.number) == (head.night, head.number)), None)
    named: dict[str, date | int] = {"night": head.night, "number": head.number}
    if found is None:
        lost = Reason.of("head_unsealed", **named)
        if seals:
            lost = Reason.of("head_rolled_back", **named, last=seals[-1].night, last_number=seals[-1].number)
        audit.found(Code.ROLLED_BACK, f"{head.night:%Y/%m/%d}", lost)
    elif found.head != head.head:
        heads = {"published": f"{head.head[:16]}…", "found": f"{found.head[:16]}…"}
        audit.found(Code.RESEALED, found.name, Reason.of("head_resealed", **named, **heads))
    else:
        if head.key is not None and found.signer not in (head.key, None):
            detail = Reason.of("signed_otherwise", key=head.key, signer=found.signer)
            audit.found(Code.SIGNER, found.name, detail)
        later = len(seals) - 1 - seals.index(found)
        stands = Reason.of("head_stands", **named, n=later) if later else Reason.of("head_stands_last", **named)
        audit.notes.append(stands)
