"""Find near-duplicates: one press release re-posted, cut, re-ordered or signed by another author.

Pure. Runs of eight words that two texts share make them candidates; `near` confirms a candidate by its text.
Two texts of one formula with other figures (this week's prices and last week's) are two articles, however alike.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import lru_cache

from rensa import RMinHash  # type: ignore[import-untyped]  # ships no types

from archive.similarity.facts import other_facts
from vietnam.letters import fold
from vietnam.signoff import read_signoff

_SHINGLE = 4  # words
_RUN = 8  # words: few texts of an office share one by chance, so a band needs one run, not two shingles
_BANDS = 32
_ROWS = 96
_SEED = 20250303
THRESHOLD = 0.6
"""The part of the shorter text's shingles that a near-duplicate has in the longer one, at least."""
_THRESHOLD_NOTICE = 0.95  # of two texts of a paragraph: another place or day may be all that tells them apart
_NOTICE = 80  # words
_LEAST = 0.3  # Jaccard's index: what the bands still find, and what a teaser or a round-up stays below

_FORM = 2  # counts up with every change of what a word, a sentence, a folded letter or a packed number is

# The library counts its algorithm up when its digests change; a program of another method refuses to compare and names
# `rebuild`.
PARAMETERS = f"rensa-r{RMinHash.ALGORITHM_VERSION} form={_FORM} shingle={_SHINGLE} rows={_ROWS} seed={_SEED} run={_RUN} bands={_BANDS}"
"""Method of a signature; one stored under another method has to be computed again."""

LEAST_BANDS = 2
"""Equal bands that make a candidate: by one, a text would meet everything that its office writes."""
RARE = 2
"""Texts that have a band so rare that it makes a candidate alone."""

_SENTENCE = re.compile(r"(?<=[.!?;:…])\s+")
_WORD = re.compile(r"\w+(?:[.,/\-]\w+)*")


@dataclass(frozen=True, slots=True)
class Signature:
    """MinHash of a text: one over its runs of eight words, one over its shingles of four.

    `bands` are 32 integers from 0 to 2**31 - 1. Two texts share a band where the integers are equal. `rows` are 96 bytes,
    the last of each number. Both are empty for a text without words.
    """

    bands: tuple[int, ...] = ()
    rows: bytes = b""

    def likeness(self, other: Signature) -> float:
        """Estimate Jaccard's index of the shingles of two texts, 0 to 1; 0 where one has none."""
        if not self.rows or len(self.rows) != len(other.rows):
            return 0.0
        equal = sum(map(int.__eq__, self.rows, other.rows)) / len(self.rows)
        return max(0.0, (256 * equal - 1) / 255)  # one in 256 bytes is equal by chance

    def pack(self) -> bytes:
        """Return the bytes to store: the bands, four bytes each, big-endian, then the rows."""
        return struct.pack(f">{len(self.bands)}I", *self.bands) + self.rows


def unpack(packed: bytes) -> Signature:
    """Return the signature of these bytes (`Signature.pack`)."""
    if not packed:
        return Signature()
    return Signature(struct.unpack_from(f">{_BANDS}I", packed), packed[4 * _BANDS :])


def signature(text: str) -> Signature:
    """Return the signature of a text (`Document.content`)."""
    sentences = _sentences(text)
    if not sentences:
        return Signature()
    bands, rows = RMinHash(num_perm=_BANDS, seed=_SEED), RMinHash(num_perm=_ROWS, seed=_SEED)
    bands.update(list(_runs(sentences, _RUN)))
    rows.update(list(_runs(sentences, _SHINGLE)))
    return Signature(tuple(each >> 1 for each in bands.digest()), bytes(each & 0xFF for each in rows.digest()))


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


@lru_cache(maxsize=4)  # one text is held against many: it and the other, each with and without its sign-off
def _shingles(text: str) -> frozenset[str]:
    """Return every run of four words within a sentence, and a shorter sentence whole: the order of sentences is free."""
    return frozenset(_runs(_sentences(text), _SHINGLE))


def _runs(sentences: list[list[str]], length: int) -> set[str]:
    runs: set[str] = set()
    for words in sentences:
        if len(words) > length:
            runs.update(map(" ".join, zip(*(words[start:] for start in range(length)), strict=False)))
        else:
            runs.add(" ".join(words))
    return runs


def _sentences(text: str) -> list[list[str]]:
    """Return the folded words of each sentence that has any."""
    return [words for sentence in _SENTENCE.split(fold(text)) if (words := _WORD.findall(sentence))]
