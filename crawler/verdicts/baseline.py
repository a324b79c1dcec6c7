"""State in numbers what is usual for a portal: counts by kind of day, their spread, and how improbable a count is.

Counts of news vary more than chance alone would have it (campaigns, sessions of the council, somebody's leave), so they
are held against a negative binomial distribution. Its mean is a mean with its upper end cut off at the median and two
and a half deviations (MAD), so that a burst does not become what is usual; kinds of days that were seen rarely lean on what is
common among portals. The constants are those with which the simulated years of `bench/verdicts/years.py` went well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from statistics import fmean, median

from archive.messages.reason import Reason
from crawler.verdicts.history import VolumeHistory
from vietnam.holidays import DayType

_PRIOR = {DayType.WORKDAY: 1.0, DayType.SATURDAY: 0.4, DayType.SUNDAY: 0.3, DayType.HOLIDAY: 0.3, DayType.TET: 0.0}
_PRIOR_ARTICLES = 6  # so many articles' worth of what is common among portals
_SPREAD, _SPREAD_NIGHTS = 0.3, 20  # squared coefficient of variation before anything is known, and its worth in nights
_DRIFT = 0.25  # a portal's level moves by about so much over the weeks, and no window is long enough to average it out
_SIGMAS, _MAD = 2.5, 1.4826
_SURE = 50  # articles of history from which a share says what is usual
IMPROBABLE = 2e-4  # a share of articles, by what was usual: a year has 365 nights and several shares
_TOGETHER = (0, 1, 2, 6)  # nights before tonight that are counted with it


@dataclass(frozen=True, slots=True)
class Baseline:
    """Usual volume of a portal or section: `level` entries on a workday, each kind of day's factor, the spread of one night."""

    level: float
    factors: Mapping[DayType, float]
    spread: float

    def expected(self, observed: Sequence[VolumeHistory]) -> float:
        """Return the number of entries usual over all these days."""
        return self.level * sum(self.factors[day] for one in observed for day in one.days)

    @property
    def week(self) -> float:
        """Entries of an ordinary week."""
        return self.level * (5 + self.factors[DayType.SATURDAY] + self.factors[DayType.SUNDAY])

    def at_most(self, count: int, expected: float, nights: int) -> float:
        """Return the probability that so few entries or fewer come in so many nights, where `expected` are usual."""
        if expected <= 0:
            return 1.0
        size = 1 / (self.spread / max(nights, 1) + _DRIFT**2)
        share = expected / (size + expected)
        term = total = (1 - share) ** size
        for number in range(count):
            term *= (number + size) / (number + 1) * share
            total += term
        return float(min(total, 1.0))


def usual(observed: Sequence[VolumeHistory], factors: Mapping[DayType, float] | None = None) -> Baseline:
    """Return the baseline of these observations. `factors` of the whole portal serve a section that has too few entries."""
    workdays = [one.fresh for one in observed if one.days == (DayType.WORKDAY,)]
    middle = median(workdays) if workdays else 0.0
    cap = middle + _SIGMAS * _MAD * (median(abs(count - middle) for count in workdays) if workdays else 0) + 3
    capped = [min(count, cap) for count in workdays]
    level = fmean(capped) if capped else 0.0
    factors = factors or _factors(observed, level, cap)
    weights = [(one.fresh, sum(factors[day] for day in one.days)) for one in observed]
    total = sum(weight for _, weight in weights)
    if total:
        level = sum(min(count, cap * max(weight, 1)) for count, weight in weights) / total
    return Baseline(level, factors, _spread(capped))


def _factors(observed: Sequence[VolumeHistory], level: float, cap: float) -> dict[DayType, float]:
    factors = dict(_PRIOR)
    for kind in (DayType.SATURDAY, DayType.SUNDAY, DayType.HOLIDAY):
        counts = [min(one.fresh, cap) for one in observed if one.days == (kind,)]
        worth = len(counts) * level + _PRIOR_ARTICLES
        factors[kind] = (sum(counts) + _PRIOR_ARTICLES * _PRIOR[kind]) / worth
    return factors


def _spread(counts: Sequence[float]) -> float:
    mean = fmean(counts) if counts else 0.0
    own = 0.0
    if mean > 0:
        own = max(0.0, fmean((count - mean) ** 2 for count in counts) - mean) / mean**2
    worth = len(counts) if mean > 0 else 0
    return (worth * own + _SPREAD_NIGHTS * _SPREAD) / (worth + _SPREAD_NIGHTS)


def more(
    count: int,
    of: int,
    before: Iterable[tuple[int, int]],
    floor: float,
    improbable: float = IMPROBABLE,
    least: int = 1,
) -> bool:
    """Return whether the last share is more than history explains, by itself or with the nights right before it.

    `before` are the same two numbers of earlier nights, oldest first. A portal of two articles a week needs several
    nights to be sure; where a single article may be odd, at `least` so many have to be.
    """
    if not of or count <= floor * of:  # most nights end here, without a look at history
        return False
    counts = list(before)
    for nights in _TOGETHER:
        late, early = counts[len(counts) - nights :], counts[: len(counts) - nights]
        bad, whole = count + sum(one for one, _ in late), of + sum(each for _, each in late)
        if bad >= least and excess(
            bad, whole, sum(one for one, _ in early), sum(each for _, each in early), floor, improbable
        ):
            return True
    return False


def binomial_tail(count: int, of: int, share: float) -> float:
    """Return the probability of so many or more among `of`, where a `share` of them is usual."""
    both = log(share), log1p(-share)
    logs = (
        lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * both[0] + (of - k) * both[1]
        for k in range(count, of + 1)
    )
    return min(sum(exp(value) for value in logs), 1.0)


def excess(count: int, of: int, before: int, of_before: int, floor: float, improbable: float = IMPROBABLE) -> bool:
    """Return whether `count` of `of` is more than a floor and improbable by its share before.

    What never happened before needs no more than happening to all, or to two.
    """
    if count <= floor * of:
        return False
    if of_before < _SURE:
        return True
    if before == 0:
        return count > 1 or count == of
    return binomial_tail(count, of, (before + 0.5) / (of_before + 1)) < improbable


def rate(week: float) -> Reason:
    """Return the entries of a week as a person counts them: by the day, the week or the month."""
    if week >= 14:
        return Reason.of("per_day", count=round(week / 7))
    if week >= 1.5:
        return Reason.of("per_week", count=round(week))
    return Reason.of("per_month", count=round(week * 30 / 7))
