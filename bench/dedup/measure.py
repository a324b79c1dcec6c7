"""Labelled pairs as the archive would judge them: a candidate by its bands first, then confirmed by its text."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from archive.index.queries.similar import BAND_ROWS, is_candidate
from archive.similarity.minhash import THRESHOLD, containment, near, signature
from bench.dedup.labelled import Pair

CURVE = tuple(step / 100 for step in range(30, 101, 5))
"""The thresholds of the curve."""


@dataclass(frozen=True, slots=True)
class PairResult:
    """A pair, how many bands are equal, how much of the shorter text is in the longer one (where asked), and the rest.

    `candidate` says that the index brings the two together.
    `alike` says that neither the share of all shingles nor a fact speaks against it: what is left is the threshold.
    """

    pair: Pair
    equal_bands: int
    containment: float
    alike: bool
    candidate: bool

    def found(self, threshold: float = THRESHOLD) -> bool:
        """Return whether the archive links them at this threshold."""
        return self.candidate and self.alike and self.containment >= threshold


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of pairs: near-duplicates linked and missed, other articles linked by mistake and left apart."""

    linked: int = 0
    missed: int = 0
    mistaken: int = 0
    apart: int = 0

    @property
    def recall(self) -> float:
        """The part of the near-duplicates that are linked; 1 where there are none."""
        return self.linked / (self.linked + self.missed) if self.linked + self.missed else 1.0

    @property
    def precision(self) -> float:
        """The part of the linked pairs that are near-duplicates; 1 where none is linked."""
        return self.linked / (self.linked + self.mistaken) if self.linked + self.mistaken else 1.0


def judge(pairs: Iterable[Pair], archive: Iterable[str] = ()) -> list[PairResult]:
    """Judge every pair in an archive of these texts, of which a band may have many."""
    holders = Counter(band for text in archive for band in set(signature(text).bands))
    signed: dict[str, frozenset[int]] = {}

    def bands_of(text: str) -> frozenset[int]:
        if text not in signed:
            signed[text] = frozenset(signature(text).bands)
        return signed[text]

    found = []
    for pair in pairs:
        equal, alike = bands_of(pair.a) & bands_of(pair.b), near(pair.a, pair.b, 0.0) is not None
        together = is_candidate(len(equal), sum(BAND_ROWS // max(1, holders[band]) for band in equal))
        contained = containment(pair.a, pair.b) if alike else 0.0
        found.append(PairResult(pair, len(equal), contained, alike, together))
    return found


def score(judged: Iterable[PairResult], threshold: float = THRESHOLD) -> Score:
    """Return the counts at a threshold."""
    counted = Counter((each.pair.same, each.found(threshold)) for each in judged)
    return Score(counted[True, True], counted[True, False], counted[False, True], counted[False, False])


def candidates(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Return the texts of an archive that the index brings together, as pairs of places."""
    shared, weights = _shared_bands(texts)
    return {pair for pair, count in shared.items() if is_candidate(count, weights[pair])}


def band_sharers(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Return the texts that have a band in common, as pairs of places."""
    return set(_shared_bands(texts)[0])


def _shared_bands(texts: Sequence[str]) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    holders: dict[int, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for band in set(signature(text).bands):
            holders[band].append(place)
    shared, weights = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for places in holders.values():
        for pair in combinations(places, 2):
            shared[pair] += 1
            weights[pair] += BAND_ROWS // (len(places) - 1)
    return shared, weights


def speed(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Milliseconds of the processor for a signature, and for one `near`: medians over the pairs."""
    signing, comparing = [], []
    for pair in pairs:
        began = time.process_time()
        signature(pair.a)
        signed = time.process_time()
        near(pair.a, pair.b)
        signing.append(signed - began)
        comparing.append(time.process_time() - signed)
    return 1000 * median(signing), 1000 * median(comparing)
