"""Find near-duplicates: one press release re-posted, cut, re-ordered or signed by another author.

Pure. A MinHash signature over word shingles finds candidates by equal bands; `near` confirms a candidate by its text.
Two texts of one formula with other figures (this week's prices and last week's) are two articles, however alike.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from rensa import RMinHash  # type: ignore[import-untyped]  # ships no types

from archive.similarity.facts import other_facts
from vietnam.letters import fold
from vietnam.signoff import read_signoff

_SHINGLE = 4  # words
_BANDS = 64
_ROWS = 2
_SEED = 20250303
THRESHOLD = 0.6
"""The part of the shorter text's shingles that a near-duplicate has in the longer one, at least."""
_THRESHOLD_NOTICE = 0.95  # of two texts of a paragraph: another place or day may be all that tells them apart
_NOTICE = 80  # words
_LEAST = 0.3  # Jaccard's index: what the bands still find, and what a teaser or a round-up stays below

_FORM = 1  # counts up with every change of what a word, a sentence or a folded letter is

# The library counts its algorithm up when its digests change; a program of another method refuses to compare and names
# `rebuild`.
PARAMETERS = f"rensa-r{RMinHash.ALGORITHM_VERSION} form={_FORM} shingle={_SHINGLE} seed={_SEED} bands={_BANDS}x{_ROWS}"
"""Method of a signature; one stored under another method has to be computed again."""

LEAST_BANDS = 2
"""Equal bands that make a candidate: too many texts of one office share a single band."""

_SENTENCE = re.compile(r"(?<=[.!?;:…])\s+")
_WORD = re.compile(r"\w+(?:[.,/\-]\w+)*")


def signature(text: str) -> tuple[int, ...]:
    """Return the MinHash of a text (`Document.content`): unsigned 32-bit integers, empty for a text without words."""
    shingles = _shingles(text)
    if not shingles:
        return ()
    made = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    made.update(sorted(shingles))
    return tuple(made.digest())


def bands(signature: Sequence[int]) -> tuple[int, ...]:
    """Return one integer from 0 to 2**63 - 1 per band, none for an empty signature.

    Two texts share a band where the integers are equal.
    """
    packed = (
        struct.pack(f">B{_ROWS}I", start // _ROWS, *signature[start : start + _ROWS])
        for start in range(0, len(signature), _ROWS)
    )
    return tuple(int.from_bytes(blake2b(band, digest_size=8).digest()) >> 1 for band in packed)


def near(a: str, b: str, threshold: float = THRESHOLD) -> float | None:
    """Return the likeness of two near-duplicates, 0 to 1 in four decimals; None for two articles.

    The figure is Jaccard's index of their shingles; `threshold` applies to the result of `containment`. They are two
    articles when too little of the shorter one stands in the longer one, when the longer one is another matter with a
    piece of the shorter one in it, or when they state other facts in the same words.
    """
    if fold(a) == fold(b):
        return 1.0 if _WORD.search(a) else None
    one, other = _shingles(a), _shingles(b)
    if not one or not other or _likeness(one, other) < _LEAST:
        return None
    unsigned = _unsigned(a), _unsigned(b)
    notices = max(len(text.split()) for text in unsigned) < _NOTICE
    if containment(a, b) < (_THRESHOLD_NOTICE if notices else threshold) or other_facts(*unsigned):
        return None
    return round(_likeness(one, other), 4)


def containment(a: str, b: str) -> float:
    """Return the share of the shorter text's shingles in the longer one, 0 to 1, neither with its sign-off."""
    one, other = _shingles(_unsigned(a)), _shingles(_unsigned(b))
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _unsigned(text: str) -> str:
    """Return the text without a sign-off at its end: a re-post has another one."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[:-1]) if len(lines) > 1 and read_signoff(lines[-1:]) else text


def pack(signature: Sequence[int]) -> bytes:
    """Pack a signature into bytes, four each, big-endian."""
    return struct.pack(f">{len(signature)}I", *signature)


def unpack(packed: bytes) -> tuple[int, ...]:
    """Unpack the signature that `pack` packed."""
    return struct.unpack(f">{len(packed) // 4}I", packed)


@lru_cache(maxsize=4)  # one text is held against many: it and the other, each with and without its sign-off
def _shingles(text: str) -> frozenset[str]:
    """Return every run of words within a sentence, and a shorter sentence whole: the order of sentences is free."""
    found: set[str] = set()
    for sentence in _SENTENCE.split(fold(text)):
        words = _WORD.findall(sentence)
        if words:
            found.update(" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))
    return frozenset(found)
