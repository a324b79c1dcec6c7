"""Measure completeness by numbered documents: the series of each office, the numbers named and the numbers missing.

An office counts its documents of one type from 1 every year (Decree 30/2020/NĐ-CP, article 8 and appendix I), so that a
number that no text names, between two that texts name, was issued and is missing: never published by the portal, or
missed by us. A series is an issuer's numbers of one type in one year. Local bodies' numbers belong to the province of
the portal that names them, unless the text names another issuer; national ones to the state, whichever portal names
them. A province that absorbed others on a day in the year began again at 1 that day.

A number counts for a series where its day fits: the days that texts give beside numbers must rise with the numbers.
Other numbers belong to another office or another year and are left out; so is a whole series that is too thin to have
gaps (under `LEAST` numbers, or under `DENSE` of its range): citations alone make no series. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from statistics import median

from archive.index.rows import Mention
from vietnam.provinces import PROVINCES, find_province, is_province_name, predecessors

NATIONAL = "national"
LEAST = 10
"""Numbers that a series has at least."""
DENSE = 0.5
"""The part of its range that a series has at least: below it, most of its documents are not published at all."""

_NEAR = timedelta(days=10)  # signing and numbering are days apart
_BACK = timedelta(days=60)  # an undated number in an article: a document of the weeks before it
# Last year's numbers, cited late in the year, lie far above all others; a real register would leave more than a few
# such points at its end.
_JUMP = 20
# Which office a number belongs to is seldom written: a province's portals' numbers are the province's unless the text
# names another issuer.
_LOCAL = re.compile(r"UBND|HĐND|TTHĐND|TU|ĐĐBQH|VP(?:UBND|HĐND)?|BTG?TU|MTTQ|BCH|BCSĐ|S[A-ZĐ&]+")
_LOWER = re.compile(r"\b(?:xã|phường|thị trấn|huyện|quận|thị xã|đặc khu|thôn)\b", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:tỉnh|thành phố|TP\.?) +(?P<name>[A-ZĐÀ-Ỹ][^,]*)")


@dataclass(frozen=True, slots=True)
class NumberGap:
    """Missing numbers, `first` to `last`: issued between `after` and `before`, the days of their neighbours."""

    first: int
    last: int
    after: date | None
    before: date | None

    @property
    def size(self) -> int:
        """Count of missing numbers."""
        return self.last - self.first + 1

    @property
    def numbers(self) -> str:
        """The numbers as text: `1204`, or `1210–1213`."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class Series:
    """Documents that one issuer numbered in one year, or in the part of it before or after a merger.

    `issuer` is a province's slug, a portal for one of no province, or `NATIONAL`. `seen` maps each number to its
    mentions.
    """

    issuer: str
    type: str
    organ: str
    with_year: bool
    since: date
    until: date
    first: int
    last: int
    seen: Mapping[int, Sequence[Mention]]
    gaps: tuple[NumberGap, ...] = ()

    @property
    def name(self) -> str:
        """`QĐ-UBND`; `NQ-HĐND with the year` for numbers that are written with it and counted by themselves."""
        signs = "-".join(part for part in (self.type, self.organ) if part)
        return f"{signs} with the year" if self.with_year else signs

    @property
    def period(self) -> str:
        """The year, and from or to which day where a merger cut it."""
        if self.from_merger:
            return f"{self.since.year} from {self.since:%d/%m}"
        return f"{self.since.year} to {self.until:%d/%m}" if self.to_merger else str(self.since.year)

    @property
    def from_merger(self) -> bool:
        """True when the period begins with a merger, not with the year."""
        return (self.since.month, self.since.day) != (1, 1)

    @property
    def to_merger(self) -> bool:
        """True when the period ends with a merger, not with the year."""
        return (self.until.month, self.until.day) != (12, 31)

    @property
    def size(self) -> int:
        """Count of numbers from the first to the last one named."""
        return self.last - self.first + 1

    @property
    def missing(self) -> int:
        """Count of those that no text names."""
        return self.size - len(self.seen)

    @property
    def completeness(self) -> float:
        """Share of the issued numbers that texts name.

        The count of numbers after the last one named is estimated from the gaps between those named: of k numbers with
        range m, m + m / k - 1 were issued (Goodman 1952, serial numbers).
        """
        return len(self.seen) / (self.size + self.size / len(self.seen) - 1)

    @property
    def percent(self) -> int:
        """Completeness in whole per cent, rounded down: 100 only where nothing is missing."""
        return int(self.completeness * 100)


@dataclass(frozen=True, slots=True)
class NumberSeriesSet:
    """All series that count, with the others: `thin` series by reason, `misfits` mentions whose day fits no series."""

    series: tuple[Series, ...]
    thin: Mapping[str, int]
    misfits: int


@dataclass(slots=True)
class _Group:
    since: date
    until: date
    mentions: list[Mention] = field(default_factory=list)


def read_series(mentions: Iterable[Mention], known_since: Mapping[str, date]) -> NumberSeriesSet:
    """Build the series of these mentions. `known_since`: issuers → the day from which their portals have been read.

    Below the first number named there are gaps only where the portal was read from the beginning of the period.
    """
    groups: dict[tuple[str, str, str, bool, date], _Group] = {}
    for mention in mentions:
        issuer = issuer_of(mention)
        if issuer is None or mention.letter:
            continue
        since, until = _period(issuer, mention)
        organ = mention.organ if mention.type else mention.organ.partition("-")[0]
        name = (issuer, mention.type, organ, mention.year is not None, since)
        groups.setdefault(name, _Group(since, until)).mentions.append(mention)
    found, thin, misfits = [], Counter[str](), 0
    for (issuer, kind, organ, with_year, _), group in sorted(groups.items(), key=lambda one: one[0]):
        fitting = _fitting(group.mentions)
        misfits += len(group.mentions) - len(fitting)
        seen: dict[int, list[Mention]] = defaultdict(list)
        for mention in fitting:
            seen[mention.number].append(mention)
        if len(seen) < LEAST:
            thin[f"fewer than {LEAST} numbers"] += 1
            continue
        low = min(seen)
        whole = known_since.get(issuer, date.max) <= group.since or low <= 3
        series = Series(issuer, kind, organ, with_year, group.since, group.until, 1 if whole else low, max(seen), seen)
        if len(seen) < DENSE * series.size:
            thin[f"under {DENSE:.0%} of their range"] += 1
            continue
        found.append(_with_gaps(series))
    return NumberSeriesSet(tuple(found), dict(thin), misfits)


def issuer_of(mention: Mention) -> str | None:
    """Return the issuer: a province's slug, a portal, or `NATIONAL`; None for an office below or outside of them."""
    if not _LOCAL.fullmatch(mention.organ.partition("-")[0]):
        return NATIONAL
    if mention.issuer:
        whose = _WHOSE.search(mention.issuer)
        if whose is not None:
            return find_province(whose["name"]).slug if is_province_name(whose["name"]) else None
        if _LOWER.search(mention.issuer):
            return None
    return mention.province or mention.portal


def _period(issuer: str, mention: Mention) -> tuple[date, date]:
    """Return a number's year, cut where its province absorbed others or was absorbed. A stated year beats the day."""
    day = mention.day
    if mention.year is not None and day.year != mention.year:
        day = date(mention.year, 12, 31)
    since, until = date(day.year, 1, 1), date(day.year, 12, 31)
    cut = _merged(issuer, day.year)
    if cut is None:
        return since, until
    return (since, cut - timedelta(days=1)) if day < cut else (cut, until)


@cache
def _merged(issuer: str, year: int) -> date | None:
    """Return the day of a year on which a province absorbed others or was absorbed."""
    if issuer not in PROVINCES:
        return None
    days = [one.since for one in (PROVINCES[issuer], *predecessors(issuer)) if one.since is not None]
    return next((day for day in days if day.year == year), None)


# which numbers fit


def _fitting(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions whose day fits their number. Days beside numbers beat days of articles, if numerous."""
    exact = [mention for mention in mentions if mention.issued is not None]
    chain = _trimmed(_rising({(one.day, one.number) for one in (exact if len(exact) >= LEAST else mentions)}))
    if not chain:
        return []
    days, numbers = [day for day, _ in chain], [number for _, number in chain]
    above = numbers[-1] + _room(numbers)

    def least(day: date) -> int:
        return numbers[place - 1] if (place := bisect_right(days, day)) else 0

    def most(day: date) -> int:
        place = bisect_left(days, day)
        return numbers[place] if place < len(days) else above

    def fits(one: Mention) -> bool:
        if one.issued is not None:
            return least(one.issued - _NEAR) <= one.number <= most(one.issued + _NEAR)
        return least(one.day - _BACK) <= one.number <= most(one.day + timedelta(days=1))

    return [one for one in mentions if fits(one)]


def _room(numbers: Sequence[int]) -> int:
    """Return how far a number may lie beyond its neighbour without being another series'."""
    return _JUMP + round(10 * median([high - low for low, high in pairwise(numbers)] or [1]))


def _rising(points: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Return the longest run of points, by day, whose numbers never fall."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    ordered = sorted(points)
    for position, (_, number) in enumerate(ordered):
        place = bisect_right(ends, number)
        before.append(last[place - 1] if place else -1)
        ends[place:] = [number, *ends[place + 1 :]]
        last[place:] = [position, *last[place + 1 :]]
    chain, at = [], last[-1] if last else -1
    while at >= 0:
        chain.append(ordered[at])
        at = before[at]
    return chain[::-1]


def _trimmed(chain: list[tuple[date, int]]) -> list[tuple[date, int]]:
    """Remove a few points at the top far above all others: last year's numbers, cited late in the period."""
    numbers = [number for _, number in chain]
    room = _room(numbers)
    for place in range(len(chain) - 1, max(len(chain) - 4, 0), -1):
        if numbers[place] - numbers[place - 1] > room:
            return _trimmed(chain[:place])
    return chain


# which are missing


def _with_gaps(series: Series) -> Series:
    gaps = []
    numbers = sorted(series.seen)
    for low, high in zip([series.first - 1, *numbers], numbers, strict=False):
        if high - low > 1:
            after = _first_day(series.seen[low]) if low in series.seen else None
            gaps.append(NumberGap(low + 1, high - 1, after, _first_day(series.seen[high])))
    return replace(series, gaps=tuple(gaps))


def _first_day(mentions: Sequence[Mention]) -> date:
    return min(mention.issued or mention.day for mention in mentions)
