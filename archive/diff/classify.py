"""What changed between two versions of a text, in classes that a person can act on, and how much of it stayed.

Pure: two texts in, a comparison out, the same on every machine. Paragraphs are matched first (archive/diff/alignment.py),
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

from archive.diff.alignment import ParagraphPair, likeness, pairs
from vietnam.facts import Fact, FactKind, facts, is_number_word
from vietnam.letters import clean_letters, fold, fold_spaces
from vietnam.signoff import read_signoff

__all__ = ["Change", "TextComparison", "changes"]

_MOVED = 0.7  # a paragraph that stands elsewhere with this share of its words is that paragraph
_MOST_MOVED = 2_500  # pairs of paragraphs that are looked at for that
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
class TextComparison:
    """`similarity`: twice the words that stayed by all words of both texts, 0 to 1, four decimals; classes by name."""

    similarity: float
    classes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a sign as it is written, the fact it is part of, and the number of its paragraph in the pair."""

    raw: str
    fact: Fact | None
    paragraph: int


@dataclass(slots=True)
class _Tally:
    """What was seen so far: facts that went and came, whether other words differ, words that stayed and all words."""

    gone: Counter[tuple[Change, str]]
    come: Counter[tuple[Change, str]]
    wording: bool = False
    stayed: int = 0
    total: int = 0


def changes(old: str, new: str) -> TextComparison:
    """Compare two texts without their published line (`archive.storage.texts.text_content`); the first line is the title."""
    before, after = _paragraphs(old), _paragraphs(new)
    tally = _Tally(Counter(), Counter())
    found: set[Change] = set()
    if fold_spaces(before[0]) != fold_spaces(after[0]):
        found.add(Change.TITLE)
    _compare(ParagraphPair((before[0],), (after[0],)), (), tally)
    tally.wording = False  # the title's words are told by its own class
    gone, come = Counter[str](), Counter[str]()
    signed = _signoffs(before, after)
    for pair in _beside(pairs(before[1:], after[1:]), signed):
        _compare(pair, signed, tally)
        if not (pair.old and pair.new):
            gone.update(map(fold, pair.old))
            come.update(map(fold, pair.new))
    moved = gone & come
    tally.wording |= bool(moved)
    found |= {Change.PARAGRAPH_REMOVED} if gone - moved else set()
    found |= {Change.PARAGRAPH_ADDED} if come - moved else set()
    found |= _told(tally)
    if _unspaced(before) == _unspaced(after):
        found = {Change.SPACING} if old != new else set()
    elif not found:
        found = {Change.WORDING}
    return TextComparison(round(2 * tally.stayed / tally.total, 4) if tally.total else 1.0, tuple(sorted(found)))


def _told(tally: _Tally) -> set[Change]:
    """The classes of the words: a kind of fact whose facts are the same on both sides was only written otherwise, or moved."""
    differ = {change for change, _ in (tally.gone - tally.come) + (tally.come - tally.gone)}
    same = {change for change, _ in tally.gone & tally.come} - differ
    return differ | ({Change.WORDING} if tally.wording or same else set())


def _paragraphs(text: str) -> list[str]:
    """The lines that say something, one at least; the first is the title."""
    return [line.strip() for line in clean_letters(text).split("\n") if line.strip()] or [""]


def _unspaced(paragraphs: Sequence[str]) -> str:
    return "".join("".join(paragraph.split()) for paragraph in paragraphs)


def _compare(pair: ParagraphPair, signed: Sequence[str], tally: _Tally) -> None:
    """Add what became of a pair's words; the facts of a paragraph that came or went alone are not looked at."""
    old, new = _words(pair.old), _words(pair.new)
    tally.total += len(old) + len(new)
    if old == new:
        tally.stayed += len(old)
        return
    if not pair.old or not pair.new:
        return
    tally.stayed += _in_common(old, new)
    if _resigned(pair, signed, tally):
        return
    before, after = _tokens(pair.old), _tokens(pair.new)
    keys = [token.raw for token in before], [token.raw for token in after]
    if _costly(*keys):
        _differ_at_large(before, after, tally)
        return
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag != "equal":
            _differ(before[i:i_end], after[j:j_end], tally)


def _beside(matched: Sequence[ParagraphPair], signed: Sequence[str]) -> list[ParagraphPair]:
    """The same with what went and what came as one pair where both are much alike, or both are the sign-off."""
    gone = [pair for pair in matched if not pair.new]
    come = [pair for pair in matched if not pair.old]
    if len(gone) * len(come) > _MOST_MOVED:
        return list(matched)
    found = [pair for pair in matched if pair.old and pair.new]
    for one in gone:
        both = one.old[0] in signed
        other = next((it for it in come if (both and it.new[0] in signed) or _alike(one.old[0], it.new[0])), None)
        found.append(ParagraphPair(one.old, other.new if other else ()))
        come = [pair for pair in come if pair is not other]
    return found + come


def _alike(old: str, new: str) -> bool:
    return old != new and likeness([old], [new]) >= _MOVED


def _signoffs(*texts: Sequence[str]) -> list[str]:
    """The lines at the texts' ends that name who wrote them; the same words elsewhere are a heading."""
    return [line for text in texts for line in text[1:][-2:] if read_signoff([line])]


def _resigned(pair: ParagraphPair, signed: Sequence[str], tally: _Tally) -> bool:
    """Whether both are sign-offs: then whom they name is what is compared."""
    if len(pair.old) != 1 or len(pair.new) != 1 or pair.old[0] not in signed or pair.new[0] not in signed:
        return False
    one, other = read_signoff(pair.old), read_signoff(pair.new)
    if one is None or other is None:
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


def _differ(old: Sequence[_Token], new: Sequence[_Token], tally: _Tally) -> None:
    """Words that stand instead of others: the facts that they are part of, and whether any is part of none.

    What was a date or a số ký hiệu and is now only figures, or the
    other way round, is told as that: the words around it may be what made it one.
    """
    if old and new and all(_is_figure(token) for token in (*old, *new)):
        tally.gone[Change.NUMBER, " ".join(token.raw for token in old)] += 1
        tally.come[Change.NUMBER, " ".join(token.raw for token in new)] += 1
        return
    kinds = [{token.fact.kind if token.fact else None for token in side} for side in (old, new)]
    particular = (kinds[0] | kinds[1]) - {FactKind.NUMBER}
    one = particular.pop() if len(particular) == 1 and {FactKind.NUMBER} in kinds else None
    for tokens, side in ((old, tally.gone), (new, tally.come)):
        for _, fact in dict.fromkeys((token.paragraph, token.fact) for token in tokens if token.fact):
            side[_OF_FACT[one or fact.kind], fact.value] += 1
    rest = [[token.raw for token in tokens if token.fact is None] for tokens in (old, new)]
    tally.wording |= rest[0] != rest[1]


def _differ_at_large(old: Sequence[_Token], new: Sequence[_Token], tally: _Tally) -> None:
    """The same for paragraphs that cannot be compared word by word: by what each has and the other has not."""
    facts_of = [
        Counter((_OF_FACT[fact.kind], fact.value) for fact in dict.fromkeys(token.fact for token in side) if fact)
        for side in (old, new)
    ]
    tally.gone += facts_of[0] - facts_of[1]
    tally.come += facts_of[1] - facts_of[0]
    rest = [[token.raw for token in side if token.fact is None] for side in (old, new)]
    tally.wording |= rest[0] != rest[1]


def _is_figure(token: _Token) -> bool:
    """Whether a word is a number or part of one, in digits or in words: `ba` may have become `bốn`, `12` `mười lăm`."""
    return is_number_word(token.raw) if token.fact is None else token.fact.kind is FactKind.NUMBER


_WORD = re.compile(r"\w+|[^\w\s]")


def _tokens(paragraphs: Sequence[str]) -> list[_Token]:
    found: list[_Token] = []
    for number, paragraph in enumerate(paragraphs):
        covering = iter(facts(paragraph))
        fact = next(covering, None)
        for word in _WORD.finditer(paragraph):
            while fact is not None and fact.end <= word.start():
                fact = next(covering, None)
            found.append(_Token(word[0], fact if fact is not None and fact.start < word.end() else None, number))
    return found
