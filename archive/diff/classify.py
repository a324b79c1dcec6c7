"""Classify the changes between two versions of a text, and measure how much of it stayed.

Pure: the result is the same on every machine. Paragraphs are matched first (`archive.diff.alignment`), then the words
of those that differ. A fact that stands elsewhere in the text is no changed fact, and the facts of a whole added or
removed paragraph count with the paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from archive.diff.alignment import ParagraphPair, likeness, pairs
from archive.diff.matching import BoundedMatcher, StepBudget, TooCostly
from vietnam.facts import Fact, FactKind, facts, is_number_word
from vietnam.letters import clean_letters, fold, fold_spaces
from vietnam.signoff import read_signoff

_MOVED = 0.7  # a paragraph that stands elsewhere with this share of its words is that paragraph
_MOST_MOVED = 2_500  # pairs of paragraphs that are looked at for that
_COSTLIEST = 150_000  # equal words, old by new: difflib looks at each of them again and again


class Change(StrEnum):
    """Class of a change; the values stand in `changes` of `articles.jsonl` and are final.

    NUMBER: a figure, in digits or in words. DATE: a day, month, year, quarter, weekday or time of day in the text.
    DOCUMENT_NUMBER: a số ký hiệu. NAME: a person. WORDING: any other word, its case, its spelling (`hoà`, `hòa` too),
    punctuation, or an order. SPACING: nothing but white space and the letters' composition, so it never stands beside
    another class of the text. TITLE: words of the title; its facts count in their own classes as well. PUBLISHED: the
    published line or the moment read from it, which is no part of the text's identity.
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


# A changed word gets the class of the fact it is part of. Finding facts on both sides and comparing those took a word
# that changed beside a name for a name, and invented changes (docs/adr/0015-changes-by-facts.md).
_OF_FACT = {
    FactKind.DATE: Change.DATE,
    FactKind.DOCUMENT_NUMBER: Change.DOCUMENT_NUMBER,
    FactKind.NAME: Change.NAME,
    FactKind.NUMBER: Change.NUMBER,
}


@dataclass(frozen=True, slots=True)
class TextComparison:
    """Result of comparing two texts.

    `similarity` is twice the words that stayed by all words of both texts, 0 to 1, four decimals. `classes` are sorted
    by name.
    """

    similarity: float
    classes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a sign as written, the fact it is part of, and the number of its paragraph in the pair."""

    raw: str
    fact: Fact | None
    paragraph: int


@dataclass(slots=True)
class _DiffCounts:
    """Counts so far: removed and added facts, whether other words differ, words that stayed, all words."""

    removed: Counter[tuple[Change, str]]
    added: Counter[tuple[Change, str]]
    wording: bool = False
    stayed: int = 0
    total: int = 0
    budget: StepBudget = field(default_factory=StepBudget)


def changes(old: str, new: str) -> TextComparison:
    """Compare two texts without their published line (`archive.storage.texts.text_content`).

    The first line is the title.
    """
    before, after = _paragraphs(old), _paragraphs(new)
    tally = _DiffCounts(Counter(), Counter())
    found: set[Change] = set()
    if fold_spaces(before[0]) != fold_spaces(after[0]):
        found.add(Change.TITLE)
    _compare(ParagraphPair((before[0],), (after[0],)), (), tally)
    tally.wording = False  # the title's words have their own class
    removed, added = Counter[str](), Counter[str]()
    # At a text's end alone: the same words elsewhere are a heading.
    signed = [line for text in (before, after) for line in text[1:][-2:] if read_signoff([line])]
    for pair in _pair_moved(pairs(before[1:], after[1:]), signed):
        _compare(pair, signed, tally)
        if not (pair.old and pair.new):
            removed.update(map(fold, pair.old))
            added.update(map(fold, pair.new))
    moved = removed & added
    tally.wording |= bool(moved)
    found |= {Change.PARAGRAPH_REMOVED} if removed - moved else set()
    found |= {Change.PARAGRAPH_ADDED} if added - moved else set()
    found |= _word_classes(tally)
    if _unspaced(before) == _unspaced(after):
        found = {Change.SPACING} if old != new else set()
    elif not found:
        found = {Change.WORDING}
    return TextComparison(round(2 * tally.stayed / tally.total, 4) if tally.total else 1.0, tuple(sorted(found)))


def _word_classes(tally: _DiffCounts) -> set[Change]:
    """Return the classes of the words. Facts that are the same on both sides were only written otherwise, or moved."""
    differ = {change for change, _ in (tally.removed - tally.added) + (tally.added - tally.removed)}
    same = {change for change, _ in tally.removed & tally.added} - differ
    return differ | ({Change.WORDING} if tally.wording or same else set())


def _paragraphs(text: str) -> list[str]:
    """Return the lines with text, one at least; the first is the title."""
    return [line.strip() for line in clean_letters(text).split("\n") if line.strip()] or [""]


def _unspaced(paragraphs: Sequence[str]) -> str:
    return "".join("".join(paragraph.split()) for paragraph in paragraphs)


def _compare(pair: ParagraphPair, signed: Sequence[str], tally: _DiffCounts) -> None:
    """Count a pair's words; the facts of a paragraph that was added or removed as a whole do not count."""
    old, new = _words(pair.old), _words(pair.new)
    tally.total += len(old) + len(new)
    if old == new:
        tally.stayed += len(old)
        return
    if not pair.old or not pair.new:
        return
    tally.stayed += _in_common(old, new, tally.budget)
    if _compare_signoffs(pair, signed, tally):
        return
    before, after = _tokens(pair.old), _tokens(pair.new)
    keys = [token.raw for token in before], [token.raw for token in after]
    try:
        operations = [] if _costly(*keys) else BoundedMatcher(*keys, tally.budget).get_opcodes()
    except TooCostly:
        operations = []
    if not operations:
        _count_replaced_at_large(before, after, tally)
    for tag, i, i_end, j, j_end in operations:
        if tag != "equal":
            _count_replaced(before[i:i_end], after[j:j_end], tally)


def _pair_moved(matched: Sequence[ParagraphPair], signed: Sequence[str]) -> list[ParagraphPair]:
    """Pair a removed with an added paragraph where both are much alike, or both are the sign-off."""
    removed = [pair for pair in matched if not pair.new]
    added = [pair for pair in matched if not pair.old]
    if len(removed) * len(added) > _MOST_MOVED:
        return list(matched)
    found = [pair for pair in matched if pair.old and pair.new]
    for one in removed:
        both = one.old[0] in signed
        other = next((it for it in added if (both and it.new[0] in signed) or _alike(one.old[0], it.new[0])), None)
        found.append(ParagraphPair(one.old, other.new if other else ()))
        added = [pair for pair in added if pair is not other]
    return found + added


def _alike(old: str, new: str) -> bool:
    return old != new and likeness([old], [new]) >= _MOVED


def _compare_signoffs(pair: ParagraphPair, signed: Sequence[str], tally: _DiffCounts) -> bool:
    """Return whether both are sign-offs; then their authors are compared."""
    if len(pair.old) != 1 or len(pair.new) != 1 or pair.old[0] not in signed or pair.new[0] not in signed:
        return False
    one, other = read_signoff(pair.old), read_signoff(pair.new)
    if one is None or other is None:
        return False
    tally.removed[Change.NAME, fold_spaces(one.author)] += 1
    tally.added[Change.NAME, fold_spaces(other.author)] += 1
    tally.wording |= one.line.replace(one.author, "", 1).split() != other.line.replace(other.author, "", 1).split()
    return True


def _words(paragraphs: Sequence[str]) -> list[str]:
    return [word for paragraph in paragraphs for word in paragraph.split()]


def _costly(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether a word-by-word comparison is too slow for a commit: very long paragraphs, few words repeated."""
    before, after = Counter(old), Counter(new)
    return sum(count * after[word] for word, count in before.items()) > _COSTLIEST


def _in_common(old: Sequence[str], new: Sequence[str], budget: StepBudget) -> int:
    """Count the words that stayed: in order; of very long texts in any order."""
    if _costly(old, new):
        return (Counter(old) & Counter(new)).total()
    try:
        return sum(block.size for block in BoundedMatcher(old, new, budget).get_matching_blocks())
    except TooCostly:
        return (Counter(old) & Counter(new)).total()


def _count_replaced(old: Sequence[_Token], new: Sequence[_Token], tally: _DiffCounts) -> None:
    """Count words that replaced others: the facts they are part of, and whether any is part of none.

    A date or số ký hiệu that became plain figures, or the other way round, counts as the date or số ký hiệu: the words
    around it may have made it one.
    """
    if old and new and all(_is_figure(token) for token in (*old, *new)):
        tally.removed[Change.NUMBER, " ".join(token.raw for token in old)] += 1
        tally.added[Change.NUMBER, " ".join(token.raw for token in new)] += 1
        return
    kinds = [{token.fact.kind if token.fact else None for token in side} for side in (old, new)]
    particular = (kinds[0] | kinds[1]) - {FactKind.NUMBER}
    one = particular.pop() if len(particular) == 1 and {FactKind.NUMBER} in kinds else None
    for tokens, side in ((old, tally.removed), (new, tally.added)):
        for _, fact in dict.fromkeys((token.paragraph, token.fact) for token in tokens if token.fact):
            side[_OF_FACT[one or fact.kind], fact.value] += 1
    rest = [[token.raw for token in tokens if token.fact is None] for tokens in (old, new)]
    tally.wording |= rest[0] != rest[1]


def _count_replaced_at_large(old: Sequence[_Token], new: Sequence[_Token], tally: _DiffCounts) -> None:
    """Count paragraphs that cannot be compared word by word, by what each has and the other has not."""
    facts_of = [
        Counter((_OF_FACT[fact.kind], fact.value) for fact in dict.fromkeys(token.fact for token in side) if fact)
        for side in (old, new)
    ]
    tally.removed += facts_of[0] - facts_of[1]
    tally.added += facts_of[1] - facts_of[0]
    rest = [[token.raw for token in side if token.fact is None] for side in (old, new)]
    tally.wording |= rest[0] != rest[1]


def _is_figure(token: _Token) -> bool:
    """Return whether a word is a number or part of one, in digits or in words: `ba` to `bốn`, `12` to `mười lăm`."""
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
