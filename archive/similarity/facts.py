"""Decide whether two texts of much the same words state other facts: two issues of one formula, not one text twice.

A price list, a weather report or the notice of a reception day has each week the words of the week before with other
figures. So the figures between the same words in both texts are compared; in a notice also the names. An editor's
correction changes one figure of many; a new issue changes most of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from vietnam.letters import clean_letters, fold

# Likeness cannot separate a weekly report from last week's: the two are more alike than most copies. What they state
# between the same words does (docs/adr/0018-near-duplicates-by-containment-and-facts.md).
_WINDOW = 4  # words: a fact and the three beside it
_NOTICE = 80  # words of a title and a paragraph: one date or one name is what such a text says
_CAPTION = 30  # words: one figure is
_OTHERS = 0.15  # of the figures: measured copies stay below, new issues with half their figures new lie above
_MOST = 0.5

_APART = " ¶ "
_SENTENCE = re.compile(r"(?<=[.!?;:…])\s+")
_WORD = re.compile(r"\w+(?:[.,/\-–]\w+)*")
_DATE = re.compile(r"(\d{1,2})[/.\-–](\d{1,2})(?:[/.\-–]((?:19|20)\d\d))?")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+")
_ROMAN = re.compile(r"[ivxlc]+")
_SERIAL = frozenset("ngày tháng năm quý tuần kỳ số đợt khóa lần phiên thứ".split())


class WordKind(StrEnum):
    """Kind of a word: a figure (number, date, số ký hiệu), a name (capitals inside a sentence), or any other word."""

    FIGURE = "#"
    NAME = "@"
    WORD = ""


@dataclass(frozen=True, slots=True)
class FactWord:
    """A word, or a whole name, folded. `serial`: a date, a số ký hiệu, or a number that counts issues (`tuần 3`)."""

    value: str
    kind: WordKind = WordKind.WORD
    serial: bool = False


Sentence = tuple[FactWord, ...]


@dataclass(frozen=True, slots=True)
class FactCount:
    """Count of facts of one kind between the same words in both texts, and the differing ones.

    `values` are the differing ones, each once; `others` counts their places; `serial` is set when one of them is
    serial.
    """

    compared: int = 0
    others: int = 0
    values: frozenset[str] = frozenset()
    serial: bool = False

    @property
    def share(self) -> float:
        """Share of the compared facts that differ, 0 where nothing can be compared."""
        return self.others / self.compared if self.compared else 0.0


def other_facts(one: str, other: str) -> bool:
    """Return whether the facts of two texts differ as those of two issues do; the same for both orders."""
    sides = sentences(one), sentences(other)
    figures = compare_facts(*sides, WordKind.FIGURE)
    if len(figures.values) >= 2 and figures.share >= _OTHERS:
        return True
    if figures.serial and figures.share >= _MOST:
        return True
    size = min(sum(len(word.value.split()) for sentence in side for word in sentence) for side in sides)
    if size >= _NOTICE:
        return False
    if figures.serial or (figures.values and (size < _CAPTION or figures.share >= _MOST)):
        return True
    return bool(compare_facts(*sides, WordKind.NAME).values)


def compare_facts(one: Sequence[Sentence], other: Sequence[Sentence], kind: WordKind) -> FactCount:
    """Count the facts of a kind, for the text with fewer differences: facts of the longer text alone do not differ."""
    both = _compare_facts(one, other, kind), _compare_facts(other, one, kind)
    return min(both, key=lambda each: (len(each.values), each.others, each.compared, each.serial, sorted(each.values)))


def _compare_facts(one: Sequence[Sentence], other: Sequence[Sentence], kind: WordKind) -> FactCount:
    shapes, stated = set[str](), set[tuple[str, str]]()
    for _, shape, value in _windows(other, kind):
        shapes.add(shape)
        stated.add((shape, value))
    words = [word for sentence in one for word in sentence]
    compared, agreed = set[int](), set[int]()
    for place, shape, value in _windows(one, kind):
        if shape in shapes:
            compared.add(place)
        if (shape, value) in stated:
            agreed.add(place)
    others = [words[place] for place in compared - agreed]
    return FactCount(
        compared=len(compared),
        others=len(others),
        values=frozenset(word.value for word in others),
        serial=any(word.serial for word in others),
    )


def _windows(text: Sequence[Sentence], kind: WordKind) -> Iterator[tuple[int, str, str]]:
    """Yield place, words without the facts, and value for every four words of a sentence with a fact among them.

    Three other words have to fix its place; two, where figures stand side by side as a date and its year do.
    """
    start = 0
    for sentence in text:
        size = min(_WINDOW, len(sentence))
        at = [place for place, word in enumerate(sentence) if word.kind is kind] if size > 1 else []
        firsts = {
            first for place in at for first in range(max(0, place - size + 1), min(place, len(sentence) - size) + 1)
        }
        for first in sorted(firsts):
            window = sentence[first : first + size]
            places = at[bisect_left(at, first) : bisect_left(at, first + size)]
            beside = any(after - before == 1 for before, after in pairwise(places))
            if size - len(places) >= (2 if beside else min(3, size - 1)):
                shape = " ".join(kind if word.kind is kind else word.value for word in window)
                yield from ((start + place, f"{place - first} {shape}", sentence[place].value) for place in places)
        start += len(sentence)


@lru_cache(maxsize=2)  # one text is held against many
def sentences(text: str) -> tuple[Sentence, ...]:
    """Split a text into words by sentence and line; a sentence in capitals or headline case has no names."""
    written = [each for line in clean_letters(text).splitlines() for each in _SENTENCE.split(line.strip()) if each]
    folded = fold(_APART.join(written)).split(_APART)
    if len(folded) != len(written):  # the text has the sign itself
        folded = [fold(each) for each in written]
    return tuple(found for pair in zip(written, folded, strict=True) if (found := tuple(_words(*pair))))


def _words(sentence: str, folded_sentence: str) -> Iterator[FactWord]:
    written, folded = _WORD.findall(sentence), _WORD.findall(folded_sentence)
    if len(written) != len(folded):  # a letter that folding makes two words of: without its capitals
        written = folded
    named = sum(word[0].isupper() for word in written) <= 0.6 * len(written)
    before, name = "", list[str]()
    for place, (word, original) in enumerate(zip(folded, written, strict=True)):
        if named and place and original[0].isupper():
            name.append(word)
            continue
        if name:
            yield FactWord(" ".join(name), WordKind.NAME)
            name = []
        if word[0].isdigit():
            yield from _figures(word, before in _SERIAL)
        elif before in _SERIAL and _ROMAN.fullmatch(word):
            yield FactWord(word, WordKind.FIGURE, True)
        else:
            yield FactWord(word)
        before = word
    if name:
        yield FactWord(" ".join(name), WordKind.NAME)


def _figures(word: str, serial: bool) -> Iterator[FactWord]:
    """Yield a figure in one spelling (`1.240` and `1240`, `03/3` and `3-3`), a date's year as a figure of its own."""
    date = _DATE.fullmatch(word)
    if date and 1 <= int(date[1]) <= 31 and 1 <= int(date[2]) <= 12 and ("." not in word or date[3]):
        yield FactWord(f"{int(date[1])}/{int(date[2])}", WordKind.FIGURE, True)
        if date[3]:
            yield FactWord(date[3], WordKind.FIGURE, True)
        return
    document = "/" in word and any(c.isalpha() for c in word)
    if _THOUSANDS.fullmatch(word):
        word = word.replace(".", "") if "." in word else word.replace(",", "")
    word = re.sub(r"(?<![\d.,])0+(?=\d)", "", re.sub("[/–]", "-", word))
    yield FactWord(word, WordKind.FIGURE, serial or document)
