"""Compare two texts word by word: paragraphs are matched first, then the words of those that differ.

Words are compared as they stand, with their diacritics: `hoà` and `hòa` are two words here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from archive.diff.alignment import ParagraphPair, pairs
from archive.diff.matching import BoundedMatcher, Operation, StepBudget, TooCostly

_LIKE = 0.4  # paragraphs with fewer words in common are shown one after the other, not woven into each other
_BREAK = "¶"


class SpanKind(StrEnum):
    """Kind of a span. GAP stands for unchanged paragraphs that are left out; its text has their number."""

    SAME = "same"
    OLD = "old"
    NEW = "new"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Span:
    """Words in a row of one kind. `¶` is the end of a paragraph that was joined to the next, or split from it."""

    mark: SpanKind
    text: str


Line = tuple[Span, ...]


def diff_paragraphs(old: Sequence[str], new: Sequence[str], context: int = 1) -> tuple[Line, ...]:
    """Return the new text as lines of spans, with removed words; unchanged paragraphs beyond `context` are one GAP."""
    found: list[Line] = []
    budget = StepBudget()
    groups = [(same, list(group)) for same, group in groupby(pairs(old, new), key=_same)]
    for number, (same, group) in enumerate(groups):
        if same:
            paragraphs = [pair.new[0] for pair in group]
            found += _unchanged(paragraphs, context, first=number == 0, last=number == len(groups) - 1)
        else:
            found += [_words(pair.old, pair.new, budget) for pair in _replaced(group)]
    return tuple(found)


def _same(pair: ParagraphPair) -> bool:
    return pair.old == pair.new


def _replaced(group: Sequence[ParagraphPair]) -> Iterator[ParagraphPair]:
    """Join an added paragraph right after a removed one to one pair."""
    waiting: ParagraphPair | None = None
    for pair in group:
        if waiting is not None and not pair.old:
            yield ParagraphPair(waiting.old, pair.new)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = None if pair.new else pair
        if pair.new:
            yield pair
    if waiting is not None:
        yield waiting


def _unchanged(paragraphs: Sequence[str], context: int, *, first: bool, last: bool) -> list[Line]:
    head = 0 if first else context
    tail = 0 if last else context
    if len(paragraphs) <= head + tail:
        return [(Span(SpanKind.SAME, paragraph),) for paragraph in paragraphs]
    ending = paragraphs[len(paragraphs) - tail :]
    gap = len(paragraphs) - head - tail
    return [
        *((Span(SpanKind.SAME, paragraph),) for paragraph in paragraphs[:head]),
        (Span(SpanKind.GAP, f"{gap} unchanged paragraph{'s' if gap > 1 else ''}"),),
        *((Span(SpanKind.SAME, paragraph),) for paragraph in ending),
    ]


def _words(old: Sequence[str], new: Sequence[str], budget: StepBudget) -> Line:
    before, after = _split(old), _split(new)
    if not before or not after or (operations := _operations(before, after, budget)) is None:
        whole = (Span(SpanKind.OLD, " ".join(before)), Span(SpanKind.NEW, " ".join(after)))
        return tuple(span for span in whole if span.text)
    spans: list[Span] = []
    for tag, i, i_end, j, j_end in operations:
        if tag == "equal":
            spans.append(Span(SpanKind.SAME, " ".join(before[i:i_end])))
            continue
        if i_end > i:
            spans.append(Span(SpanKind.OLD, " ".join(before[i:i_end])))
        if j_end > j:
            spans.append(Span(SpanKind.NEW, " ".join(after[j:j_end])))
    return tuple(spans)


def _operations(old: Sequence[str], new: Sequence[str], budget: StepBudget) -> list[Operation] | None:
    """Return difflib's operations; None for texts that are little alike, or whose comparison costs too much."""
    try:
        matcher = BoundedMatcher(old, new, budget)
        return list(matcher.get_opcodes()) if matcher.ratio() >= _LIKE else None
    except TooCostly:
        return None


def _split(paragraphs: Sequence[str]) -> list[str]:
    words: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        words += [_BREAK] if number else []
        words += paragraph.split()
    return words
