"""Draw what goes wrong in a composed year: nights that fail, are refused, missed, or belong to portals that are not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from random import Random


class State(StrEnum):
    """The state in which a portal's night is composed; the words are those of coverage where it has one."""

    GOOD = "good"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    MISSED = "missed"
    NOT_SCHEDULED = "not scheduled"
    BEFORE_FIRST = "before its first night"
    MOVED = "moved"
    GONE = "gone"


@dataclass(slots=True)
class Calendar:
    """The planted state of each portal's nights.

    GOOD where nothing is planted. `reasons` are those of missed nights.
    """

    states: dict[tuple[str, date], State] = field(default_factory=dict)
    reasons: dict[tuple[str, date], str] = field(default_factory=dict)

    def of(self, portal: str, night: date) -> State:
        """Return the state of a portal's night."""
        return self.states.get((portal, night), State.GOOD)

    def _plant(self, portal: str, nights: Sequence[date], state: State, reason: str = "") -> None:
        for night in nights:
            if (portal, night) not in self.states:
                self.states[portal, night] = state
                if reason:
                    self.reasons[portal, night] = reason


def calendar_of(
    rng: Random, portals: Sequence[str], nights: Sequence[date], ended: Mapping[str, tuple[date, State]]
) -> Calendar:
    """Return the faults of a year; a shorter one has as many for each portal-night.

    `ended`: portals → the day they went offline, and how. A portal's first eight nights are good, so that each has a
    history; so is the last night of all.
    """
    made = Calendar()
    size = len(nights)
    for number, portal in enumerate(portals):
        first = 0
        if size >= 60 and number % 9 == 4:
            first = rng.randint(20, size // 2)
            made._plant(portal, nights[:first], State.BEFORE_FIRST)
        if portal in ended:
            day, state = ended[portal]
            made._plant(portal, [night for night in nights if night >= day], state)
        usable = range(first + 8, size - 8)
        for state, lengths, often in _FAULTS:
            for _ in range(_count(rng, often * size / 365)):
                if len(usable) > 0:
                    start = rng.choice(usable)
                    length = rng.choice(lengths)
                    made._plant(portal, nights[start : start + length], state, _REASONS.get(state, ""))
    for _ in range(_count(rng, 3 * size / 365)):  # the machine was off
        if size > 20:
            night = nights[rng.randrange(9, size - 8)]
            for portal in portals:
                made._plant(portal, [night], State.MISSED, "no scheduler ran that night")
    if len(portals) > 3 and size >= 28:  # one is not crawled on Sundays
        sundays = [night for night in nights[8:-1] if night.weekday() == 6]
        made._plant(portals[3], sundays, State.NOT_SCHEDULED)
    return made


_FAULTS = (
    (State.UNREACHABLE, (1, 1, 1, 2, 3, 5), 3.0),
    (State.BLOCKED, (1, 2, 4, 6), 0.8),
    (State.FAILED, (1, 2, 3, 7), 0.7),
    (State.INTERRUPTED, (1,), 1.0),
    (State.MISSED, (1, 1, 2), 1.0),
)
_REASONS = {State.MISSED: "not finished by the cut-off of 06:00"}


def _count(rng: Random, mean: float) -> int:
    """Return a whole number that is so on average."""
    return int(mean) + (rng.random() < mean % 1)
