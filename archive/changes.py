"""What changed between two versions of a text, in classes that a person can act on, and how much of it stayed.

Pure: two texts in, a comparison out, the same on every machine. Paragraphs are matched first (archive/paragraphs.py),
then the words of those that differ. A fact that stands elsewhere in the text is no changed fact, and the facts of a
whole paragraph that came or went are told by the paragraph.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.paragraphs import Pair, pairs
from vietnam.facts import FactKind, facts, is_number_word
from vietnam.letters import clean_letters, fold, fold_spaces
from vietnam.signoff import read_signoff

__all__ = ["Change", "Comparison", "changes"]

_COSTLIEST = 150_000  # equal words, old by new: difflib looks at each of them again and again


class Change(StrEnum):
    """A class of change; the words stand in `changes` of `articles.jsonl` and are final.

    NUMBER: a figure, in digits or in words. DATE: a day, month, year, quarter, weekday or time of day in the text.
    DOCUMENT_NUMBER: a số ký hiệu. NAME: a person. WORDING: any other word, its case, its spelling (`hoà`, `hòa` too),
    punctuation, or an order. SPACING: nothing but white space and the letters' composition, so it never stands beside
    another class of the text. TITLE: words of the title; its facts are told as well. PUBLISHED: the published line or
    the moment read from it, which is no part of the text's identity.
    """

    DATE = "date"
    DOCUMENT_NUMBER = "document_number"
    NAME = "name"
    NUMBER = "number"
    PARAGRAPH_ADDED = "paragraph_added"
    PARAGRAPH_REMOVED = "paragraph_removed"
    PUBLISHED = "published"
    SPACING = "spacing"
    TITLE = "title"
    WORDING = "wording"


_OF_FACT = {
    FactKind.DATE: Change.DATE,
    FactKind.DOCUMENT_NUMBER: Change.DOCUMENT_NUMBER,
    FactKind.NAME: Change.NAME,
    FactKind.NUMBER: Change.NUMBER,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`similarity`: twice the words that stayed by all words of both texts, 0 to 1, four decimals; classes by name."""

    similarity: float
    classes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A fact, a word or a sign. Units with one `value` are the same; `raw` is how it is written."""

    kind: FactKind | None
    value: str
    raw: str


@dataclass(slots=True)
class _Tally:
    """What was seen so far: facts that went and came, whether other words differ, words that stayed and all words."""

    gone: Counter[tuple[Change, str]]
    come: Counter[tuple[Change, str]]
    wording: bool = False
    stayed: int = 0
    total: int = 0


def changes(old: str, new: str) -> Comparison:
    """Compare two texts without their published line (`archive.texts.text_content`); the first line is the title."""
    before, after = _paragraphs(old), _paragraphs(new)
    tally = _Tally(Counter(), Counter())
    found: set[Change] = set()
    if fold_spaces(before[0]) != fold_spaces(after[0]):
        found.add(Change.TITLE)
    _compare(Pair((before[0],), (after[0],)), tally)
    tally.wording = False  # the title's words are told by its own class
    gone, come = Counter[str](), Counter[str]()
    for pair in _signed(pairs(before[1:], after[1:])):
        _compare(pair, tally)
        if not (pair.old and pair.new):
            gone.update(map(fold, pair.old))
            come.update(map(fold, pair.new))
    moved = gone & come
    if moved:
        tally.wording = True
    found |= {Change.PARAGRAPH_REMOVED} if gone - moved else set()
    found |= {Change.PARAGRAPH_ADDED} if come - moved else set()
    found |= {change for change, _ in (tally.gone - tally.come) + (tally.come - tally.gone)}
    found |= {Change.WORDING} if tally.wording else set()
    if _unspaced(before) == _unspaced(after):
        found = {Change.SPACING} if before != after or old != new else set()
    elif not found:
        found = {Change.WORDING}
    return Comparison(round(2 * tally.stayed / tally.total, 4) if tally.total else 1.0, tuple(sorted(found)))


def _paragraphs(text: str) -> list[str]:
    """The lines that say something, one at least; the first is the title."""
    return [line.strip() for line in clean_letters(text).split("\n") if line.strip()] or [""]


def _unspaced(paragraphs: Sequence[str]) -> str:
    return "".join("".join(paragraph.split()) for paragraph in paragraphs)


def _compare(pair: Pair, tally: _Tally) -> None:
    """Add what became of a pair's words; the facts of a paragraph that came or went alone are not looked at."""
    old, new = _words(pair.old), _words(pair.new)
    tally.total += len(old) + len(new)
    if old == new:
        tally.stayed += len(old)
        return
    if not pair.old or not pair.new:
        return
    tally.stayed += _in_common(old, new)
    if _resigned(pair, tally):
        return
    before, after = _units(pair.old), _units(pair.new)
    keys = [unit.value for unit in before], [unit.value for unit in after]
    if _costly(*keys):
        _differ(before, after, tally)
        return
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            same = zip(before[i:i_end], after[j:j_end], strict=True)
            tally.wording |= any(one.raw != other.raw for one, other in same)
        else:
            _differ(before[i:i_end], after[j:j_end], tally)


def _signed(matched: Sequence[Pair]) -> list[Pair]:
    """The same with sign-offs beside each other that share no word: the article got another name under it."""
    signed = [pair for pair in matched if len(pair.old + pair.new) == 1 and read_signoff(pair.old or pair.new)]
    gone, come = [pair for pair in signed if pair.old], [pair for pair in signed if pair.new]
    both = list(zip(gone, come, strict=False))
    alone = [pair for pair in matched if not any(pair is one for two in both for one in two)]
    return alone + [Pair(one.old, other.new) for one, other in both]


def _resigned(pair: Pair, tally: _Tally) -> bool:
    """Whether both are sign-offs that name somebody: then whom they name is what is compared."""
    if len(pair.old) != 1 or len(pair.new) != 1 or (one := read_signoff(pair.old)) is None:
        return False
    if (other := read_signoff(pair.new)) is None:
        return False
    tally.gone[Change.NAME, fold_spaces(one.author)] += 1
    tally.come[Change.NAME, fold_spaces(other.author)] += 1
    tally.wording |= one.line.replace(one.author, "", 1).split() != other.line.replace(other.author, "", 1).split()
    return True


def _words(paragraphs: Sequence[str]) -> list[str]:
    return [word for paragraph in paragraphs for word in paragraph.split()]


def _costly(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether comparing word by word takes longer than a commit may: very long paragraphs, or few words over and over."""
    before, after = Counter(old), Counter(new)
    return sum(count * after[word] for word, count in before.items()) > _COSTLIEST


def _in_common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words stayed: in order; of very long texts in any order."""
    if _costly(old, new):
        return (Counter(old) & Counter(new)).total()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _differ(old: Sequence[_Unit], new: Sequence[_Unit], tally: _Tally) -> None:
    """Units that stand instead of others: their facts by kind, and whether anything else changed."""
    in_words = [unit.kind is FactKind.NUMBER or is_number_word(unit.raw) for unit in (*old, *new)]
    if old and new and all(in_words):  # `ba` that became `bốn`, or `12` that became `mười lăm`
        tally.gone[Change.NUMBER, " ".join(unit.value for unit in old)] += 1
        tally.come[Change.NUMBER, " ".join(unit.value for unit in new)] += 1
        return
    for units, side in ((old, tally.gone), (new, tally.come)):
        for unit in units:
            if unit.kind is not None:
                side[_OF_FACT[unit.kind], unit.value] += 1
    rest = [[unit.raw for unit in units if unit.kind is None] for units in (old, new)]
    tally.wording |= rest[0] != rest[1]


_WORD = re.compile(r"\w+|[^\w\s]")


def _units(paragraphs: Sequence[str]) -> list[_Unit]:
    found: list[_Unit] = []
    for paragraph in paragraphs:
        end = 0
        for fact in facts(paragraph):
            found += _plain(paragraph[end : fact.start])
            raw = fold_spaces(paragraph[fact.start : fact.end])
            found.append(_Unit(fact.kind, f"{fact.kind} {fact.value}", raw))
            end = fact.end
        found += _plain(paragraph[end:])
    return found


def _plain(text: str) -> list[_Unit]:
    return [_Unit(None, word, word) for word in _WORD.findall(text)]
