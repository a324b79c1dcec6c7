"""Whether coverage tells of a composed year what was planted into it, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from archive.coverage import DayState, PortalCoverage
from archive.covered import read_coverage
from archive.records import Kind
from archive.store import Archive
from bench.year.compose import Planted
from bench.year.states import State

__all__ = ["Judged", "judged"]

_TOLD = {
    State.UNREACHABLE: DayState.UNREACHABLE,
    State.BLOCKED: DayState.BLOCKED,
    State.FAILED: DayState.FAILED,
    State.INTERRUPTED: DayState.FAILED,
    State.MISSED: DayState.MISSED,
    State.GONE: DayState.MISSED,
    State.NOT_SCHEDULED: DayState.NOT_SCHEDULED,
    State.BEFORE_FIRST: DayState.BEFORE_FIRST,
}


@dataclass(slots=True)
class Judged:
    """What was planted and found, by word, and what is wrong in lines for people."""

    nights: int
    portals: int
    events: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, object]:
        """The figures as JSON values."""
        return {
            "nights": self.nights,
            "portals": self.portals,
            "events": dict(sorted(self.events.items())),
            "states": dict(sorted(self.states.items())),
            "planted": dict(sorted(self.planted.items())),
            "found": dict(sorted(self.found.items())),
            "wrong": len(self.wrong),
        }


def judged(folder: Path, planted: Planted) -> Judged:
    """Read the year's coverage and hold it against what was planted."""
    said = Judged(len(planted.nights), len(planted.portals))
    with Archive.open(folder, Kind.REPLICA, read_only=True) as archive:
        covered = read_coverage(archive, planted.nights[0], planted.nights[-1])
        with archive.index.reading() as questions:
            for portal in planted.portals:
                for run in questions.runs_between(portal, planted.nights[0], planted.nights[-1]):
                    said.events.update(run.events)
    for of_portal in covered:
        _judge(said, of_portal, planted)
    return said


def _judge(said: Judged, portal: PortalCoverage, planted: Planted) -> None:
    for day in portal.days:
        state = planted.calendar.of(portal.portal, day.day)
        said.states[day.state.value] += 1
        wanted = _TOLD.get(state)
        if wanted is not None:
            said.planted[wanted.value] += 1
        if day.state is wanted:
            said.found[wanted.value] += 1
        elif wanted is not None or day.state.is_gap:
            said.wrong.append(f"{portal.portal} {day.day}: planted {state.value}, told {day.explained}")
