"""Numbered documents of a composed province: issued day by day, counted from 1 at New Year and after a merger.

What is withheld from publication is planted: a number that was issued and that no page ever shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from bench.verdicts.portals import poisson
from replicas.prose.composer import read_stock
from vietnam.holidays import DayType, day_type

_STOCK = read_stock("numbered_documents")
_SUBJECTS: list[str] = _STOCK["subjects"]
CITED: list[str] = _STOCK["cited"]
"""Documents of the state and the Party that every office cites; they belong to no province's series."""


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """One document: its number in the series, how it is written, its day and what it is about."""

    number: int
    written: str
    kind: str
    day: date
    subject: str

    @property
    def named(self) -> str:
        """As a text names it."""
        return f"{_STOCK['kinds'][self.kind]} số {self.written} ngày {self.day:%d/%m/%Y} về việc {self.subject}"


@dataclass(slots=True)
class Series:
    """One series of one organ: type, organ, documents a workday, the share that is never published."""

    kind: str
    organ: str
    rate: float
    withheld: float
    restarts: tuple[date, ...]
    with_year: bool = False
    sessions: tuple[int, ...] = ()
    ends: date | None = None
    last: int = 0

    def issue(self, rng: Random, day: date) -> list[IssuedDocument]:
        """Return the documents of a day, those that are withheld left out."""
        if (day.month, day.day) == (1, 1) or day in self.restarts:
            self.last = 0
        if day_type(day) is not DayType.WORKDAY or (self.ends and day >= self.ends):
            return []
        rate = self.rate
        if self.sessions:  # councils decide in their sessions
            rate = self.rate if day.month in self.sessions and 8 <= day.day <= 11 else 0.0
        made = []
        for _ in range(poisson(rng, rate)):
            self.last += 1
            if rng.random() < self.withheld and self.last > 3:
                continue
            made.append(IssuedDocument(self.last, self.written(self.last, day), self.kind, day, rng.choice(_SUBJECTS)))
        return made

    def written(self, number: int, day: date) -> str:
        """Return a number as texts have it."""
        return f"{number}/{f'{day.year}/' if self.with_year else ''}{self.kind}-{self.organ}"

    def since(self, day: date) -> date:
        """Return the day from which the series counts that a document of this day stands in."""
        return max(start for start in (date(day.year, 1, 1), *self.restarts) if start <= day)


def series_of(rng: Random, restarts: tuple[date, ...], ends: date | None) -> list[Series]:
    """Return the series that the offices of one province number."""
    size = rng.uniform(0.6, 1.8)
    return [
        Series("QĐ", "UBND", 1.4 * size, 0.03, restarts, ends=ends),
        Series("KH", "UBND", 0.4 * size, 0.04, restarts, ends=ends),
        Series("TB", "UBND", 0.3 * size, 0.05, restarts, ends=ends),
        Series("NQ", "HĐND", 5 * size, 0.04, restarts, sessions=(4, 7, 12), ends=ends),
        Series("NQ", "HĐND", 2 * size, 0.02, restarts, with_year=True, sessions=(7, 12), ends=ends),
    ]


def gazetted_series() -> Series:
    """Return the decisions with the force of law that a province's gazette prints."""
    return Series("QĐ", "UBND", 0.8, 0.03, (), with_year=True)
