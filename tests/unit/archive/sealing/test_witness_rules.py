"""The rules of a witness, over heads made by hand."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.sealing.head import Head
from archive.sealing.signatures import public_key
from archive.sealing.witness import HistoryCode, follow

FIRST = date(2025, 3, 3)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def signed(head: Head, key: Ed25519PrivateKey | None) -> Head:
    if key is None:
        return replace(head, key=None, signature=None)
    return replace(head, key=public_key(key), signature=base64.b64encode(key.sign(head.statement)).decode())


def after(before: Head | None, night: int, number: int = 1, key: Ed25519PrivateKey | None = KEY, root: int = 0) -> Head:
    follows = (before.night, before.number) if before else None
    own = (f"{night:064x}", f"{root:064x}", 3, before.head if before else None, follows)
    return signed(Head("a", FIRST + timedelta(days=night), number, *own), key)


def history(length: int, key: Ed25519PrivateKey | None = KEY) -> list[Head]:
    found: list[Head] = []
    for night in range(length):
        found.append(after(found[-1] if found else None, night, key=key))
    return found


def codes(kept: Sequence[Head], published: Sequence[Head], keys: Sequence[str] = ()) -> list[HistoryCode]:
    return [one.code for one in follow(kept, published, keys).contradictions]


@pytest.mark.parametrize("key", [KEY, None], ids=["signed", "unsigned"])
def test_history_may_grow(key: Ed25519PrivateKey | None) -> None:
    heads = history(5, key)
    for kept in range(6):
        for start in range(kept + 1):
            found = follow(heads[:kept], heads[start:])
            assert (found.added, found.contradictions) == (tuple(heads[kept:]), ())
    assert follow(heads, []).contradictions == ()
    further = after(heads[-1], 4, 2, key)
    assert follow(heads, [further]).added == (further,)


def test_the_newest_that_is_published_is_the_newest_that_was_kept() -> None:
    heads = history(3)
    assert codes(heads, heads[:2]) == [HistoryCode.ROLLED_BACK]
    assert follow(heads, heads[:2]).contradictions[0].head == heads[1]
    assert codes(heads, [heads[2], heads[0]]) == [HistoryCode.ROLLED_BACK]
    assert codes(heads[:2], [heads[2], heads[0]]) == [HistoryCode.ROLLED_BACK]


def test_a_head_of_a_night_and_number_that_was_kept_is_rewritten() -> None:
    heads = history(3)
    for place in range(3):
        other = after(heads[place - 1] if place else None, place, root=9)
        assert codes(heads, [other]) == [HistoryCode.REWRITTEN]
        assert follow(heads, [other]).added == ()
    assert codes([], [heads[0], after(None, 0, root=9)]) == [HistoryCode.REWRITTEN]
    assert codes(heads, [after(None, 7)]) == [HistoryCode.REWRITTEN]  # it follows nothing


def test_two_that_follow_one_seal_are_a_fork_and_one_that_follows_an_unknown_one_leaves_a_gap() -> None:
    heads = history(4)
    assert codes(heads, [after(heads[1], 2, 2)]) == [HistoryCode.FORK]
    assert codes(heads, [after(heads[0], 8)]) == [HistoryCode.FORK]
    assert codes(heads[:2], [heads[3]]) == [HistoryCode.GAP]
    assert codes(heads[:2], [heads[3], heads[2]]) == [HistoryCode.GAP]
    assert follow(heads[:2], [heads[3], heads[2]]).added == (heads[2],)


def test_another_archive_is_told_before_anything_else_of_the_chain() -> None:
    heads = history(2)
    foreign = signed(replace(heads[1], archive="b"), KEY)
    assert codes(heads, [foreign]) == [HistoryCode.ARCHIVE]
    assert follow([], [foreign]).added == (foreign,)


def test_a_signature_fits() -> None:
    heads = history(2)
    for wrong in (
        replace(heads[1], signature=heads[0].signature),
        replace(heads[1], signature=None),
        replace(heads[1], key=public_key(OTHER)),
    ):
        for kept in (heads[:1], []):
            assert codes(kept, [wrong]) == [HistoryCode.SIGNATURE]
            assert follow(kept, [wrong]).added == ()
        assert codes(heads[:1], [wrong], [public_key(KEY), public_key(OTHER)]) == [HistoryCode.SIGNATURE]


def test_the_signer_stays_or_is_one_that_was_named() -> None:
    (first,) = history(1)
    by_other, unsigned = after(first, 1, key=OTHER), after(first, 1, key=None)
    assert codes([first], [by_other]) == [HistoryCode.SIGNER]
    assert codes([first], [unsigned]) == [HistoryCode.SIGNER]
    assert codes([first], [by_other], [public_key(KEY)]) == [HistoryCode.SIGNER]
    assert codes([first], [unsigned], [public_key(KEY)]) == [HistoryCode.SIGNER]
    assert codes([], [first], [public_key(OTHER)]) == [HistoryCode.SIGNER]
    assert follow([first], [by_other], [public_key(OTHER)]).added == (by_other,)
    late = after(signed(first, None), 1)
    assert codes([signed(first, None)], [late]) == [HistoryCode.SIGNER]
    assert follow([signed(first, None)], [late], [public_key(KEY)]).added == (late,)


def test_a_contradiction_names_the_head_and_what_it_contradicts() -> None:
    heads = history(3)
    first, second, third = heads
    a, b = public_key(KEY), public_key(OTHER)
    none = signed(first, None)
    rewritten, fork, unfollowed = after(first, 1, root=9), after(first, 8), after(None, 7)
    older = replace(after(second, 9), follows=None, format=1)
    older = signed(replace(older, previous="5" * 64), KEY)
    gap = after(third, 9)
    told: list[tuple[Sequence[Head], Head, list[str], str, str]] = [
        (heads, first, [], "ROLLED_BACK", "is the newest that is published, and 2025-03-05 number 1 was kept: an older copy, or an older file"),
        ([], replace(first, signature=second.signature), [], "SIGNATURE", "its signature does not fit"),
        ([], first, [b], "SIGNER", f"signed by {a}, not by a key that was named"),
        ([], none, [b], "SIGNER", "signed by nobody, not by a key that was named"),
        ([first], signed(replace(second, archive="b"), KEY), [], "ARCHIVE", "of archive b, the log is of a"),
        (heads, rewritten, [], "REWRITTEN", f"was kept as {second.head}, with root {second.root}"),
        (heads, fork, [], "FORK", "follows the same seal as 2025-03-04 number 1, which was kept"),
        (heads, unfollowed, [], "REWRITTEN", "follows nothing, and the last one kept is 2025-03-05 number 1"),
        ([first], gap, [], "GAP", "follows 2025-03-05 number 1, and the last one kept is 2025-03-03 number 1"),
        ([first], older, [], "GAP", f"follows {'5' * 64}, and the last one kept is 2025-03-03 number 1"),
        ([first], after(first, 1, key=OTHER), [], "SIGNER", f"signed by {b}, the one before by {a}"),
        ([first], after(first, 1, key=None), [], "SIGNER", f"signed by nobody, the one before by {a}"),
        ([none], after(none, 1), [], "SIGNER", f"signed by {a}, the one before by nobody"),
    ]  # fmt: skip
    for kept, published, keys, code, detail in told:
        (found,) = follow(kept, [published], keys).contradictions
        assert (found.code.value, found.head, found.detail) == (code, published, detail)
