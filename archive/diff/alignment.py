"""Match the paragraphs of an old text to those of a new one, before words are compared.

Paragraphs that are equal but for case, spaces and tone style anchor the rest; between two anchors those with most words
in common are matched in order. Split or joined paragraphs stay together; a paragraph without a match was removed or
added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.diff.matching import BoundedMatcher, Operation, StepBudget, TooCostly
from vietnam.letters import fold, nfc

_LIKE = 0.4  # paragraphs with a smaller share of words in common are two paragraphs
_GAIN = 0.1  # by how much a neighbour has to make a match better to belong to it
_LARGEST = 10_000  # pairs of paragraphs between two anchors; beyond that they are matched by their place


@dataclass(frozen=True, slots=True)
class ParagraphPair:
    """Matching paragraphs of the old text and of the new one: `new` is empty for removed ones, `old` for added ones."""

    old: tuple[str, ...]
    new: tuple[str, ...]


def pairs(old: Sequence[str], new: Sequence[str]) -> tuple[ParagraphPair, ...]:
    """Return the two texts side by side, in the new one's order; every paragraph of both once."""
    found: list[ParagraphPair] = []
    before, after = [fold(paragraph) for paragraph in old], [fold(paragraph) for paragraph in new]
    try:
        operations = BoundedMatcher(before, after, StepBudget()).get_opcodes()
    except TooCostly:
        operations = _by_place(before, after)
    for tag, i, i_end, j, j_end in operations:
        if tag == "equal":
            found += [ParagraphPair((one,), (other,)) for one, other in zip(old[i:i_end], new[j:j_end], strict=True)]
        else:
            found += _between(old[i:i_end], new[j:j_end])
    return tuple(found)


def _by_place(old: Sequence[str], new: Sequence[str]) -> list[Operation]:
    """Return difflib's operations for texts that differ only between a common beginning and a common end."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    old_end, new_end = len(old) - tail, len(new) - tail
    operations: list[Operation] = [
        ("equal", 0, head, 0, head),
        ("replace", head, old_end, head, new_end),
        ("equal", old_end, len(old), new_end, len(new)),
    ]
    return [each for each in operations if each[1] < each[2] or each[3] < each[4]]


def _between(old: Sequence[str], new: Sequence[str]) -> list[ParagraphPair]:
    before, after = [_bag([one]) for one in old], [_bag([other]) for other in new]
    if len(old) * len(new) > _LARGEST:
        same_place = enumerate(zip(before, after, strict=False))
        matches = [(number, number) for number, both in same_place if _likeness(*both) >= _LIKE]
    else:
        matches = _matches(before, after)
    found: list[ParagraphPair] = []
    i = j = 0
    for one, other in [*matches, (len(old), len(new))]:
        found += [ParagraphPair((paragraph,), ()) for paragraph in old[i:one]]
        found += [ParagraphPair((), (paragraph,)) for paragraph in new[j:other]]
        if one < len(old):
            found.append(ParagraphPair((old[one],), (new[other],)))
        i, j = one + 1, other + 1
    return _joined(found)


def _matches(old: Sequence[Counter[str]], new: Sequence[Counter[str]]) -> list[tuple[int, int]]:
    """Return the matches in order with the highest sum of likenesses (Needleman-Wunsch alignment without gap costs)."""
    alike = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            taken = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _LIKE else 0.0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    found = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _LIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _joined(found: list[ParagraphPair]) -> list[ParagraphPair]:
    """Join every piece that was split off a paragraph, or merged into one, to the pair it belongs to."""
    result: list[ParagraphPair] = []
    for pair in found:
        if result and (whole := _whole(result[-1], pair)) is not None:
            result[-1] = whole
        else:
            result.append(pair)
    return result


def _whole(one: ParagraphPair, other: ParagraphPair) -> ParagraphPair | None:
    """Return both as one pair, when that is more alike than the matched one of them alone."""
    together = replace(one, old=one.old + other.old, new=one.new + other.new)
    matched = [pair for pair in (one, other) if pair.old and pair.new]
    if len(matched) != 1 or not together.old or not together.new:
        return None
    alone = likeness(matched[0].old, matched[0].new)
    return together if likeness(together.old, together.new) >= alone + _GAIN else None


def likeness(old: Sequence[str], new: Sequence[str]) -> float:
    """Return the share of words in common, in whatever order, 0 to 1."""
    return _likeness(_bag(old), _bag(new))


def _bag(paragraphs: Sequence[str]) -> Counter[str]:
    return Counter(word for paragraph in paragraphs for word in nfc(paragraph).split())


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return twice the words in common by all words of both."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0
