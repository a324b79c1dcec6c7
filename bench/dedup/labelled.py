"""The labelled set: pairs of texts of which is known whether one is a near-duplicate of the other, and of what class.

A pair of two articles as they are is labelled by rules that know nothing of shingles: see `related`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path

from bench.dedup.copies import COPIED_NOTICES, COPIES, Transformation
from bench.dedup.formulas import NOTICES, REPORTS, accounts, issues
from bench.dedup.sources import Source, held_back, words
from bench.dedup.unrelated import OTHER_NOTICES, OTHERS
from bench.months.recorded_articles import MonthArticle, read_rows
from vietnam.letters import fold

_LONG = {True: COPIES, False: OTHERS}
_NOTICES = {True: COPIED_NOTICES, False: OTHER_NOTICES}
_SHORT = 80  # words; title and lead of an article are rarely more
_RUN = 30  # words in the same order: more than a quotation of a sentence


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, the name of what was done (or of what they are), whether they are near-duplicates, and the half."""

    kind: str
    a: str
    b: str
    same: bool
    held_back: bool


def made_pairs(sources: Sequence[Source], seed: int) -> Iterator[Pair]:
    """Every source with every class of copy and of other article that can be made of it; the seed decides how."""
    for number, source in enumerate(sources):
        near = _neighbours(sources, number)
        if words(source.lines) >= _SHORT:
            yield from _made(source, near, seed, _LONG)
        notice = replace(source, body=(), signoff="")
        if words(notice.lines) < _SHORT:
            yield from _made(notice, near, seed, _NOTICES)


def _made(
    source: Source, near: Sequence[Source], seed: int, classes: Mapping[bool, Mapping[str, Transformation]]
) -> Iterator[Pair]:
    for same, makers in classes.items():
        for kind, make in makers.items():
            text = make(random.Random(f"{seed} {kind} {source.key}"), source, near)
            if text is not None and text != source.text:
                yield Pair(kind, source.text, text, same, source.held_back)


def _neighbours(sources: Sequence[Source], number: int) -> list[Source]:
    """Return the articles nearest by day that are about something else, so that what is shared is what was put in."""
    one = sources[number]
    others = [
        each for each in sources if each.key != one.key and len(_long_words(each.title) & _long_words(one.title)) < 3
    ]
    return sorted(others, key=lambda each: (abs((each.day - one.day).days), each.key))[:8]


_MASKED = re.compile(r"(?:từ |ngày |tháng |năm |số |kỳ )*\d[\d/.,-]*")


def related(one: Source, other: Source) -> str | None:
    """Return how two articles are related, None where nothing binds them.

    `re-post`: half of the shorter text stands in the longer one in runs of thirty words and more, and it is no teaser
    (three tenths of the longer one); `series`: their titles are the same but for figures; `same event`: published
    within three days of each other, and half of each title's words stand in the other's title or lead. Only a re-post
    is a near-duplicate.
    """
    mine, theirs = _long_words(one.title), _long_words(other.title)
    if len(mine & theirs) < 2:
        return None
    if _MASKED.sub("#", fold(one.title)) == _MASKED.sub("#", fold(other.title)):
        return "series"
    if _verbatim(one, other):
        return "re-post"
    close = abs((one.day - other.day).days) <= 3
    if close and min(len(mine & _opening(other)) / len(mine), len(theirs & _opening(one)) / len(theirs)) >= 0.5:
        return "same event"
    return None


@cache  # every article is held against every other
def _long_words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w{3,}", fold(text)))


def _opening(source: Source) -> frozenset[str]:
    return _long_words(f"{source.title} {source.lead}")


def _verbatim(one: Source, other: Source) -> bool:
    less, more = sorted((fold(each.text).split() for each in (one, other)), key=len)
    if len(less) < 0.3 * len(more) or len(less) < _RUN:
        return False
    runs = {tuple(more[start : start + _RUN]) for start in range(len(more) - _RUN + 1)}
    found: set[int] = set()
    for start in range(len(less) - _RUN + 1):
        if tuple(less[start : start + _RUN]) in runs:
            found.update(range(start, start + _RUN))
    return len(found) >= 0.5 * len(less)


def real_pairs(sources: Sequence[Source], candidates: Set[tuple[int, int]]) -> Iterator[Pair]:
    """Every two articles that something binds, as they stand, and every two that the index brings together besides.

    A pair of both halves is held back.
    """
    for one, other in combinations(range(len(sources)), 2):
        a, b = sources[one], sources[other]
        kind = related(a, b)
        if kind is None and (one, other) in candidates:
            kind = "re-post" if _verbatim(a, b) else "nothing but a candidate"
        if kind is not None:
            yield Pair(f"real: {kind}", a.text, b.text, kind == "re-post", a.held_back or b.held_back)


def doubled_pairs(path: Path) -> Iterator[Pair]:
    """Yield the rows of the CSV that tell of one article under two addresses, as each of them has it."""
    first: dict[str, MonthArticle] = {}
    for row in read_rows(path):
        known = first.setdefault(row.slug, row)
        if known is not row:
            yield Pair("real: two addresses", known.content, row.content, True, held_back(row.slug))


def composed_pairs(seed: int) -> Iterator[Pair]:
    """Compose pairs that no single article gives: issues of one report or notice, one event by two authors, and copies of them."""
    rng = random.Random(f"{seed} composed")
    reports, notices = list(issues(rng, REPORTS, 6)), list(issues(rng, NOTICES, 6))
    for kind, every in (("issues of a report", reports), ("short: issues of a notice", notices)):
        for one, other in combinations(every, 2):
            if one.series == other.series and one.text != other.text:
                yield Pair(kind, one.text, other.text, False, one.held_back or other.held_back)
    for one, other in accounts(rng, 6):
        yield Pair("one event, two authors", one.text, other.text, False, one.held_back)
    yield from made_pairs(reports, seed)
    for issue in notices:
        yield from _made(issue, (), seed, _NOTICES)
