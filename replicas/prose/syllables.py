"""Compose texts of an invented language with the shape of Vietnamese, for measuring searches.

Some 6,000 syllables of initials, rhymes and tones, whose frequency falls with their rank (Zipf), runs of two and three that come
back as phrases, figures, and numbers of documents. A text has 400 syllables on average, from 60 to 1,500.
"""

from __future__ import annotations

import random
import unicodedata
from itertools import accumulate, product

_INITIALS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
_RHYMES = (
    "a ai an ang anh ao at au ăm ăn ăng ân âng ây e em en eo ê êm ên ênh êu i ia iên iêt iêu im in inh o oa oan oi om on ong ô"
    " ôi ôn ông ơ ơi ơn u ua uân uê ui un ung uôc uôn ư ưa ưng ươc ương ưu y yên"
).split()
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0323")
_TYPES = ("QĐ-UBND", "NQ-HĐND", "KH-UBND", "TB-SNV")
_VOWELS = frozenset("aăâeêioôơuưy")


def _syllables() -> list[str]:
    found = []
    for initial, rhyme, tone in product(_INITIALS, _RHYMES, _TONES):
        at = next(i for i, letter in enumerate(rhyme) if letter in _VOWELS)
        found.append(unicodedata.normalize("NFC", f"{initial}{rhyme[: at + 1]}{tone}{rhyme[at + 1 :]}"))
    return sorted(set(found))


class SyllableComposer:
    """Compose texts by number; the same seed and number give the same text."""

    def __init__(self, seed: int = 7) -> None:
        rng = random.Random(seed)
        self.seed = seed
        self.syllables = rng.sample(_syllables(), 6000)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.syllables))))
        self.phrases = [" ".join(self._drawn(rng, rng.choice((2, 2, 3)))) for _ in range(20_000)]
        self._of_phrases = list(accumulate(1 / (rank + 10) for rank in range(len(self.phrases))))

    def _drawn(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.syllables, cum_weights=self._weights, k=count)

    def text(self, number: int) -> tuple[str, list[str]]:
        """Return a title and paragraphs."""
        rng = random.Random(f"{self.seed} {number}")
        length = min(max(int(rng.lognormvariate(5.85, 0.55)), 60), 1500)
        words: list[str] = []
        while len(words) < length:
            words += rng.choices(self.phrases, cum_weights=self._of_phrases, k=12)
            words += self._drawn(rng, 12)
        words.insert(rng.randrange(len(words)), f"{rng.randrange(1, 3000)}/{rng.choice(_TYPES)}")
        words.insert(rng.randrange(len(words)), f"{rng.randrange(1, 999)}.{rng.randrange(1000):03d}")
        title, rest = " ".join(words[:9]).capitalize(), words[9:]
        return title, [" ".join(rest[start : start + 55]).capitalize() + "." for start in range(0, len(rest), 55)]
