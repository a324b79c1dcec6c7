"""Which texts are near-duplicates: one press release re-posted, cut, re-ordered or signed by somebody else.

Pure. A MinHash signature over word shingles finds candidates by equal bands; `near` confirms a candidate by its text.
Two texts of one formula with other figures (this week's prices and last week's) are two articles, however alike.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from hashlib import blake2b

from rensa import RMinHash  # type: ignore[import-untyped]  # ships no types

from vietnam.letters import fold

__all__ = ["LEAST_BANDS", "PARAMETERS", "bands", "near", "pack", "signature", "unpack"]

_SHINGLE = 4  # words
_BANDS = 64
_ROWS = 2
_SEED = 20250303
_THRESHOLD = 0.7
_SHARE = 0.3  # the shorter text has at least this share of the longer one's shingles

PARAMETERS = f"rensa-r{RMinHash.ALGORITHM_VERSION} shingle={_SHINGLE} seed={_SEED} bands={_BANDS}x{_ROWS}"
"""What a signature was made by; one that was stored with other words has to be computed again."""

LEAST_BANDS = 2
"""How many equal bands make a candidate: one alone is shared by too many texts of one office for an index to be one."""

_SENTENCE = re.compile(r"(?<=[.!?;:…])\s+")
_WORD = re.compile(r"\w+(?:[.,/\-]\w+)*")


def signature(text: str) -> tuple[int, ...]:
    """The MinHash of a text (`Document.content`): unsigned 32-bit integers, empty for a text without words."""
    shingles = _shingles(text)
    if not shingles:
        return ()
    made = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    made.update(sorted(shingles))
    return tuple(made.digest())


def bands(signature: Sequence[int]) -> tuple[int, ...]:
    """One integer from 0 to 2**63 - 1 per band, none for an empty signature; equal ones of two texts are of one band."""
    return tuple(
        int.from_bytes(blake2b(struct.pack(f">B{_ROWS}I", number, *rows), digest_size=8).digest()) >> 1
        for number, rows in enumerate(_in_rows(signature))
    )


def _in_rows(signature: Sequence[int]) -> list[Sequence[int]]:
    return [signature[start : start + _ROWS] for start in range(0, len(signature), _ROWS)]


def near(a: str, b: str) -> float | None:
    """How alike two near-duplicates are, 0 to 1 in four decimals; None when the texts are two articles."""
    one, other = _shingles(a), _shingles(b)
    if not one or not other:
        return None
    if one == other:
        return 1.0
    common = len(one & other)
    less, more = sorted((len(one), len(other)))
    if common < _THRESHOLD * less or less < _SHARE * more:
        return None
    return round(common / (less + more - common), 4)


def pack(signature: Sequence[int]) -> bytes:
    """A signature as bytes, four each, big-endian."""
    return struct.pack(f">{len(signature)}I", *signature)


def unpack(packed: bytes) -> tuple[int, ...]:
    """The signature that `pack` made these bytes of."""
    return struct.unpack(f">{len(packed) // 4}I", packed)


def _shingles(text: str) -> frozenset[str]:
    """Every run of words within a sentence, and a shorter sentence whole: an order of sentences changes nothing."""
    found: set[str] = set()
    for sentence in _SENTENCE.split(fold(text)):
        words = _WORD.findall(sentence)
        if words:
            found.update(" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))
    return frozenset(found)
