"""Compute the Merkle tree of RFC 9162 §2.1 (the same hashes as RFC 6962): one root for a night, a short proof for one leaf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice


def leaf_hash(data: bytes) -> bytes:
    """Return the SHA-256 of 0x00 and the leaf; the prefix keeps a leaf from posing as a node."""
    return sha256(b"\x00" + data).digest()


_NODE = b"\x01"


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Return the next level of the tree; a node without a sibling rises as it is."""
    paired = [sha256(_NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*paired, *level[len(paired) * 2 :]]


_WHOLE = 1 << 12  # leaves of a subtree that is taken up at once: a power of two, so that it is one of the whole tree's


def root(hashes: Iterable[bytes]) -> bytes:
    """Return the tree head over leaf hashes in order; SHA-256 of nothing for an empty tree (RFC 9162 §2.1.1).

    Of many leaves no more are held than a subtree has, and the head of each.
    """
    rest = iter(hashes)
    heads = []
    while level := list(islice(rest, _WHOLE)):
        heads.append(_top(level))
    return _top(heads) if heads else sha256(b"").digest()


def _top(level: list[bytes]) -> bytes:
    while len(level) > 1:
        level = _above(level)
    return level[0]


def audit_path(index: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the sibling hashes from leaf `index` up to the root (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"leaf {index} of a tree of {len(hashes)}")
    path: list[bytes] = []
    level = list(hashes)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _above(level)
        index //= 2
    return tuple(path)


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to, None when index or path do not fit the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return None
    digest, last, rest = leaf, size - 1, list(path)
    while last > 0:
        if index % 2 or index != last:
            if not rest:
                return None
            sibling = rest.pop(0)
            digest = _node_hash(sibling, digest) if index % 2 else _node_hash(digest, sibling)
        index //= 2
        last //= 2
    return None if rest else digest
