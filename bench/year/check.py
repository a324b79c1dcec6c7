"""Check that coverage reports what was planted into a composed year, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from archive.coverage.calendar import DayState, PortalCoverage
from archive.coverage.number_gaps import read_number_series
from archive.coverage.number_series import DENSE, LEAST, NumberSeriesSet
from archive.coverage.reader import read_coverage
from archive.model.decommission import GONE_NIGHTS
from archive.model.enums import ArchiveKind
from archive.store import Archive
from bench.year.compose import PlantedYear
from bench.year.states import State
from replicas.sites.catalogue import EVERY
from vietnam.provinces import province_of_host

_EXPECTED = {state: DayState[state.name] for state in State if state.name in DayState.__members__}
_EXPECTED[State.INTERRUPTED] = DayState.FAILED


@dataclass(slots=True)
class YearResult:
    """Count what was planted and found, by word; `wrong` has a line for each difference."""

    nights: int
    portals: int
    events: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        counters = {
            name: dict(sorted(getattr(self, name).items())) for name in ("events", "states", "planted", "found")
        }
        return {"nights": self.nights, "portals": self.portals, **counters, "wrong": len(self.wrong)}


def check_year(folder: Path, planted: PlantedYear) -> YearResult:
    """Read the year's coverage and hold it against what was planted."""
    result = YearResult(len(planted.nights), len(planted.portals))
    with Archive.open(folder, ArchiveKind.REPLICA, read_only=True) as archive:
        covered = read_coverage(archive, planted.nights[0], planted.nights[-1])
        with archive.index.reading() as queries:
            for portal in planted.portals:
                for run in queries.runs.between(portal, planted.nights[0], planted.nights[-1]):
                    result.events.update(run.events)
        found = read_number_series(archive)
    for of_portal in covered:
        _judge(result, of_portal, planted)
    _judge_documents(result, found, planted)
    return result


def _judge(result: YearResult, portal: PortalCoverage, planted: PlantedYear) -> None:
    gone = sum(planted.calendar.of(portal.portal, day.day) is State.GONE for day in portal.days)
    for day in portal.days:
        state = planted.calendar.of(portal.portal, day.day)
        result.states[day.state.value] += 1
        wanted = _EXPECTED.get(state)
        if state is State.GONE and gone < GONE_NIGHTS:  # too short a time to tell it from a fault
            wanted = DayState.UNREACHABLE
        if wanted is not None:
            result.planted[wanted.value] += 1
        if day.state is wanted:
            result.found[wanted.value] += 1
        elif wanted is not None or day.state.is_gap:
            result.wrong.append(f"{portal.portal} {day.day}: planted {state.value}, told {day.explanation}")


_Name = tuple[str, str, str, bool, date]
"""Issuer, type, organ, whether the year is written, the first day of the count."""


def _judge_documents(result: YearResult, found: NumberSeriesSet, planted: PlantedYear) -> None:
    """Every number that was issued and never published is reported as missing, and no other."""
    published = _published(planted)
    reported: dict[_Name, set[int]] = {}
    for one in found.series:
        name = (one.issuer, one.type, one.organ, one.with_year, one.since)
        reported[name] = {number for hole in one.gaps for number in range(hole.first, hole.last + 1)}
        wanted = {number for number in range(one.first, one.last) if number not in published.get(name, ())}
        result.planted["missing numbers"] += len(wanted)
        result.found["missing numbers"] += len(wanted & reported[name])
        if wanted != reported[name]:
            result.wrong.append(f"{' '.join(map(str, name))}: planted {sorted(wanted)}, told {sorted(reported[name])}")
    whole = {name for name, numbers in published.items() if len(numbers) >= LEAST and _dense(numbers)}
    result.planted["series"] += len(whole)
    result.found["series"] += len(whole & reported.keys())
    result.wrong += [
        f"{' '.join(map(str, name))}: no such series was planted" for name in reported.keys() - published.keys()
    ]


def _published(planted: PlantedYear) -> dict[_Name, set[int]]:
    numbers: dict[_Name, set[int]] = {}
    for portal, series in planted.series.items():
        province = province_of_host(EVERY[portal].host)
        for one in series:
            for issued in planted.published[portal]:
                if issued.written == one.written(issued.number, issued.day) and province is not None:
                    name = (province.slug, one.kind, one.organ, one.with_year, one.since(issued.day))
                    numbers.setdefault(name, set()).add(issued.number)
    return numbers


def _dense(numbers: set[int]) -> bool:
    return len(numbers) >= DENSE * (max(numbers) - min(numbers) + 1)
