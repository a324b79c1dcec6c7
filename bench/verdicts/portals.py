"""Simulate the years of invented portals night by night: what a newsroom publishes, a crawl sees, and what goes wrong.

All rates are assumptions, wide on purpose (docs/verdicts.md lists them): no measured years of 34 portals exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil, exp, log
from random import Random
from statistics import median

from archive.model.enums import Outcome, WalkEnd
from archive.model.records import SectionWalk
from archive.model.run_metrics import Measures
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.history import covered_day
from pipelines.sandbox.crosscheck_stats import Misfit
from vietnam.date_forms import TZ
from vietnam.holidays import DayType, day_type

LOOKS = (1, 7, 30)  # days after which a kept article is asked for again


@dataclass(slots=True)
class SimulatedNight:
    """Hold what the crawl of one night would have counted; a fault changes it before it is judged.

    `fresh` are the entries that each section showed for the first time, `read` the new articles among them that were
    fetched and read, `lag` the days since they were published.
    """

    night: date
    walks: dict[str, SectionWalk]
    asked: dict[Outcome, int]
    lengths: list[float]
    lag: int
    undated: int = 0
    misses: int = 0
    identical: int = 0
    repeated: int = 0
    near: int = 0
    set_aside: int = 0
    sampled: int = 0
    misfits: tuple[Misfit, ...] = ()
    failed: dict[str, Outcome] = field(default_factory=dict)
    complete: bool = True
    unanswered: bool = False

    @property
    def read(self) -> int:
        """Articles read."""
        return self.asked.get(Outcome.ARTICLE, 0)

    @property
    def started_at(self) -> datetime:
        """Return the moment at which the crawl began."""
        return datetime.combine(self.night, time(1, 5), TZ)

    @property
    def extraction(self) -> dict[str, int]:
        """The counts of the record that say how pages were read."""
        return {
            "layout none": self.misses,
            "layout own": self.read - self.misses,
            "crosscheck pages": self.sampled,
            "crosscheck disagree": sum(misfit.lacking for misfit in self.misfits),
        }

    @property
    def measures(self) -> Measures:
        """Return the measures of the run record for later nights."""
        texts = len(self.lengths)
        dated = texts - min(self.undated, texts)
        return Measures(
            asked={outcome.value: count for outcome, count in self.asked.items() if count},
            texts=texts,
            text_bytes=round(median(self.lengths)) if texts else None,
            dated=dated,
            lag_days=self.lag if dated else None,
            identical=self.identical,
            repeated=self.repeated,
            near=self.near,
            set_aside=self.set_aside,
        )

    def counts(self) -> NightCounts:
        """Return the counts that the verdict is judged from."""
        lists = sum(walk.pages for walk in self.walks.values()) - len(self.failed)
        outcomes = {**self.asked, Outcome.LISTING: lists, Outcome.ROBOTS: 1}
        for outcome in self.failed.values():
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if self.unanswered:
            outcomes = {Outcome.UNREACHABLE: len(self.walks)}
        return NightCounts(
            day=covered_day(self.started_at),
            outcomes={outcome: count for outcome, count in outcomes.items() if count},
            of_articles={outcome: count for outcome, count in self.asked.items() if count},
            sections=self.walks,
            listed=sum(walk.listed for walk in self.walks.values()),
            new=len(self.lengths) + self.repeated,
            quarantined=self.set_aside,
            misses=self.misses,
            laid=self.read,
            misfits=self.misfits,
            failed=self.failed,
            measures=self.measures,
        )


Fault = Callable[["SimulatedPortal", SimulatedNight], None]
"""Changes what a night of the portal counted."""


@dataclass(slots=True)
class Section:
    """One section: its share of the portal's news, entries on a list page, nights for which it is silent by itself."""

    name: str
    share: float
    page: int
    feed: bool
    silent_until: date = date.min
    pending: int = 0


@dataclass(slots=True)
class SimulatedPortal:
    """A portal and its newsroom. `volume` is articles of a workday; the state is that of the last simulated night."""

    rng: Random
    volume: float
    sections: list[Section]
    factors: dict[DayType, float]
    spread: float
    growth: float
    length: float
    length_spread: float
    rates: dict[str, float]
    level: float = 1.0
    drift: float = 0.0
    campaign: tuple[date, float] = (date.min, 1.0)
    away_until: date = date.min
    backlog: float = 0.0
    kept: list[int] = field(default_factory=list)
    published: int = 0

    def publish(self, day: date, nights: int, scale: Callable[[str], float] = lambda _: 1.0) -> None:
        """One day of the newsroom; `scale` is what a fault makes of a section's news."""
        rng = self.rng
        self.drift = 0.97 * self.drift + rng.gauss(0, 0.035)
        if rng.random() < 4 / 365:
            self.campaign = day + timedelta(days=rng.randint(3, 20)), rng.uniform(1.5, 5)
        if rng.random() < 0.3 / 365:
            self.away_until = day + timedelta(days=rng.choice((1, 1, 2, 3)))
        mean = self.volume * self.factors[day_type(day)] * exp(self.drift + self.growth * nights / 365)
        mean *= rng.gammavariate(1 / self.spread, self.spread)
        if day < self.campaign[0]:
            mean *= self.campaign[1]
        if day < self.away_until:
            self.backlog, mean = self.backlog + mean / 2, 0
        elif self.backlog:
            self.backlog, mean = 0.0, mean + self.backlog
        for section in self.sections:
            if section.share * self.volume < 1 and rng.random() < 0.4 / 365:  # one editor, on leave
                section.silent_until = day + timedelta(days=rng.randint(5, 14))
            silent = day < section.silent_until
            section.pending += 0 if silent else poisson(rng, mean * section.share * scale(section.name))

    def crawl(self, night: date, first: bool = False) -> SimulatedNight:
        """Count as the crawl of this night: everything published since the last one."""
        rng, rates = self.rng, self.rates
        walks = {section.name: self._walk(section, first) for section in self.sections}
        for section in self.sections:
            section.pending -= walks[section.name].fresh
        fresh = sum(walk.fresh for walk in walks.values())
        asked = self._asked(fresh)
        read = asked[Outcome.ARTICLE]
        new = min(read, fresh)
        lengths = [self.length * exp(rng.gauss(0, self.length_spread)) for _ in range(new)]
        lag = rng.choice((1, 1, 1, 2))
        if new and rng.random() < 0.7 / 365:
            lag = rng.randint(60, 2000)  # somebody uploads old documents
        self.kept.append(new)
        sampled = binomial(rng, read, 0.1)
        wrong = binomial(rng, sampled, rates["odd_pages"])
        lengths[:wrong] = [length * 0.6 for length in lengths[:wrong]]  # of an odd page the text itself is shorter
        return SimulatedNight(
            night,
            walks,
            asked,
            lengths,
            lag,
            undated=binomial(rng, new, rates["undated"]),
            misses=binomial(rng, read, rates["misses"]),
            identical=2 * binomial(rng, new // 2, rates["identical"]),
            repeated=binomial(rng, new, rates["repeated"]),
            near=binomial(rng, new, rates["near"]),
            set_aside=binomial(rng, new, rates["set_aside"]),
            sampled=sampled,
            misfits=(Misfit("own", sampled, wrong, 40),) if wrong and 3 * wrong >= sampled else (),
            failed={name: Outcome.SERVER_ERROR for name, walk in walks.items() if walk.end is WalkEnd.FAILED},
        )

    def _walk(self, section: Section, first: bool) -> SectionWalk:
        fresh = section.pending
        pages = 1 if section.feed else (ceil(fresh / section.page) + 1 if fresh else 1)
        listed = section.page * (2 if section.feed else pages)
        if any(self.rng.random() < self.rates["list_fails"] for _ in range(pages)):
            return SectionWalk(1, 0, 0, WalkEnd.FAILED, first)
        if first:
            return SectionWalk(pages, listed, fresh, WalkEnd.SINCE, True)
        fresh = min(fresh, listed)
        return SectionWalk(pages, listed, fresh, WalkEnd.LAST_PAGE if section.feed else WalkEnd.KNOWN)

    def _asked(self, fresh: int) -> dict[Outcome, int]:
        rng, rates = self.rng, self.rates
        looks = sum(self.kept[-days] for days in LOOKS if days <= len(self.kept))
        bad = rates["fails"] * (rng.uniform(20, 80) if rng.random() < 2 / 365 else 1)
        asked = dict.fromkeys((Outcome.ARTICLE, Outcome.NOT_MODIFIED), 0)
        for number in range(fresh + looks):
            roll = rng.random()
            if roll < bad:
                outcome = rng.choice((Outcome.SERVER_ERROR, Outcome.UNREACHABLE, Outcome.TRUNCATED))
            elif roll < bad + rates["gone"]:
                outcome = rng.choice((Outcome.GONE, Outcome.SOFT_404))
            else:
                outcome = (
                    Outcome.ARTICLE if number < fresh or rng.random() < rates["full_looks"] else Outcome.NOT_MODIFIED
                )
            asked[outcome] = asked.get(outcome, 0) + 1
        return asked


def draw_portal(rng: Random) -> SimulatedPortal:
    """One portal of the many there may be."""
    volume = exp(rng.uniform(log(0.2), log(60)))
    count = 1 + min(rng.randint(0, 11), int(volume * 2))
    shares = [rng.lognormvariate(0, 1) for _ in range(count)]
    saturday = rng.uniform(0.05, 0.9)
    return SimulatedPortal(
        rng=rng,
        volume=volume,
        sections=[
            Section(f"muc-{number}", share / sum(shares), rng.choice((5, 10, 15, 20, 30)), rng.random() < 0.15)
            for number, share in enumerate(shares, 1)
        ],
        factors={
            DayType.WORKDAY: 1.0,
            DayType.SATURDAY: saturday,
            DayType.SUNDAY: saturday * rng.uniform(0.3, 1),
            DayType.HOLIDAY: rng.uniform(0.05, 0.5),
            DayType.TET: rng.uniform(0, 0.4),
        },
        spread=rng.uniform(0.05, 0.4),
        growth=rng.uniform(-0.5, 0.7),
        length=rng.uniform(1500, 6000),
        length_spread=rng.uniform(0.4, 0.9),
        rates={
            "list_fails": 0.0002,
            "fails": rng.uniform(0.0005, 0.004),
            "gone": rng.uniform(0, 0.006),
            "full_looks": rng.choice((0.0, 0.1, 1.0)),
            "misses": _often(rng, 0.3, 0.001, 0.02),
            "set_aside": _often(rng, 0.5, 0.001, 0.02),
            "undated": _often(rng, 0.2, 0.005, 0.1),
            "identical": _often(rng, 0.3, 0.001, 0.02),
            "repeated": _often(rng, 0.5, 0.002, 0.03),
            "near": rng.uniform(0, 0.08),
            "odd_pages": 0.003,
        },
    )


def _often(rng: Random, share: float, low: float, high: float) -> float:
    """Return a rate that only a share of the portals has."""
    return rng.uniform(low, high) if rng.random() < share else 0.0


def poisson(rng: Random, mean: float) -> int:
    """Return a number of events of which so many are usual."""
    if mean > 50:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    count, product, limit = 0, rng.random(), exp(-mean)
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def binomial(rng: Random, of: int, share: float) -> int:
    """Draw how many of so many fall into a share."""
    return sum(rng.random() < share for _ in range(of)) if share else 0
