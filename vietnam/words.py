"""Split a text into words for searching: syllables and numbers, each with and without its diacritics.

A word is a run of letters and digits; every other sign parts two words, so `36-NQ/TW` is three and is found by its
parts and, standing side by side, as a whole. Case and the two tone styles (`hoà`, `hòa`) are one, and a number is its
value (`03` is `3`), so that `3/3/2025` finds `03/03/2025`. Words are for finding only, never for storing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from vietnam.letters import fold, strip_diacritics

LONGEST = 64
"""Letters of a word that count; no Vietnamese word has as many."""

_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")


@dataclass(frozen=True, slots=True)
class Word:
    """Place of a word in the text (from `start` to before `end`), its folded form, and that without diacritics."""

    start: int
    end: int
    exact: str
    plain: str


@lru_cache(maxsize=65536)
def _forms(written: str) -> tuple[str, str]:
    exact = _value(fold(written))
    return exact, _value(strip_diacritics(exact)) or exact


def _value(word: str) -> str:
    word = "".join(char for char in word if char.isalnum() or unicodedata.combining(char))[:LONGEST]
    return str(int(word)) if word.isdecimal() else word


def words(text: str) -> Iterator[Word]:
    """Yield every word in the text's order."""
    for found in _WORD.finditer(text):
        exact, plain = _forms(found[0])
        if exact:
            yield Word(found.start(), found.end(), exact, plain)


def folded_words(text: str) -> list[tuple[str, str]]:
    """Return the folded form of every word in the text's order, with its diacritics and without."""
    return [forms for written in _WORD.findall(text) if (forms := _forms(written))[0]]
