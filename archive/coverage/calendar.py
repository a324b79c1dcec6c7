"""State for each portal's day how its night went, and whether a failed night was caught up on.

A day is the night of that date: the crawl that started on it. Two independent values describe it, since an article
published on a day may be found in a later night: `state`, the result of its night, and `published`, the number of
articles known today with that date. A failed night loses nothing as long as a later crawl reached back over it:
`caught_up` is the first later night that walked all sections to an end. Days are those of Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from archive.messages.reason import Reason, joined
from archive.model.enums import STORED, Verdict
from archive.model.records import Run
from vietnam.holidays import DayType, day_type, holiday_name


class DayState(StrEnum):
    """State of a portal's night, as an auditor asks.

    `letter` is its sign where a day has one column, readable without colour. `is_gap` is True when the portal was not read
    that night although it was there to be read.
    """

    _value_: str
    letter: str
    is_gap: bool

    PUBLISHED = "published", "█"
    QUIET = "quiet", "·"
    THIN = "thin", "▂"
    SUSPICIOUS = "suspicious", "?"
    FAILED = "failed", "F", True
    BLOCKED = "blocked", "B", True
    UNREACHABLE = "unreachable", "U", True
    MOVED = "moved", "→"
    GONE = "gone", "×"
    MISSED = "missed", "M", True
    NOT_SCHEDULED = "not scheduled", "-", True
    BEFORE_FIRST = "before its first night", " "
    NOT_SEALED = "not sealed yet", "…"

    def __new__(cls, value: str, letter: str, is_gap: bool = False) -> Self:
        """Make a member from its value, its sign and whether it is a gap."""
        state = str.__new__(cls, value)
        state._value_, state.letter, state.is_gap = value, letter, is_gap
        return state


# The better verdict first: a repeated run mends the first one's failure.
_OF_VERDICT = {
    Verdict.GOOD: DayState.PUBLISHED,
    Verdict.QUIET: DayState.QUIET,
    Verdict.THIN: DayState.THIN,
    Verdict.SUSPICIOUS: DayState.SUSPICIOUS,
    Verdict.BLOCKED: DayState.BLOCKED,
    Verdict.UNREACHABLE: DayState.UNREACHABLE,
    Verdict.MOVED: DayState.MOVED,
    Verdict.GONE: DayState.GONE,
    Verdict.BROKEN: DayState.FAILED,
    Verdict.INTERRUPTED: DayState.FAILED,
}
_USUAL = {
    DayType.SATURDAY: Reason.of("quiet_saturday"),
    DayType.SUNDAY: Reason.of("quiet_sunday"),
    DayType.TET: Reason.of("quiet_tet"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One portal's day: state of its night, reasons in words, articles stored that night and articles with its date."""

    day: date
    state: DayState
    reasons: tuple[Reason, ...] = ()
    stored: int = 0
    published: int = 0
    caught_up: date | None = None

    @property
    def explanation(self) -> str:
        """The gap or the quiet in one line."""
        words = joined(self.reasons)
        if self.state.is_gap:
            after = f"caught up on {self.caught_up}" if self.caught_up else "not caught up on since"
            return f"{self.state}: {words} ({after})" if words else f"{self.state} ({after})"
        return f"{self.state}: {words}" if words else self.state.value


@dataclass(frozen=True, slots=True)
class PortalCoverage:
    """A portal's days in order."""

    portal: str
    days: tuple[Day, ...]

    @property
    def gaps(self) -> tuple[Day, ...]:
        """The days on which it was not read."""
        return tuple(day for day in self.days if day.state.is_gap)

    def count(self, state: DayState) -> int:
        """Count the days in a state."""
        return sum(1 for day in self.days if day.state is state)


@dataclass(frozen=True, slots=True)
class DecommissionPeriod:
    """Period in which a portal was moved or gone.

    It lasts from the first night that showed it to the one before the portal answered again (None: to this day).
    `reason` names the state and its evidence.
    """

    state: DayState
    since: date
    until: date | None
    reason: Reason

    def covers(self, night: date) -> bool:
        """Return whether the night lies in it."""
        return self.since <= night and (self.until is None or night < self.until)


@dataclass(frozen=True, slots=True)
class PortalKnowledge:
    """Facts of the archive about a portal.

    First night, records of its crawls, missed nights with reasons, articles by date, and the periods of its
    decommission.
    """

    first: date | None
    runs: Sequence[Run]
    missed: Mapping[date, Reason] = field(default_factory=dict)
    published: Mapping[date, int] = field(default_factory=dict)
    absent: Sequence[DecommissionPeriod] = ()


def cover(
    portal: str, known: PortalKnowledge, nights: Iterable[date], unsealed: frozenset[date] = frozenset()
) -> PortalCoverage:
    """State a portal's days.

    `unsealed` are nights that may still bring a run: they have no state before they are sealed.
    """
    by_night: dict[date, list[Run]] = {}
    for run in known.runs:
        if run.crawled:
            by_night.setdefault(run.night, []).append(run)
    first = min((night for night in (known.first, *known.missed) if night is not None), default=None)
    complete = sorted(night for night, runs in by_night.items() if any(_walked(run) for run in runs))
    days = []
    for night in nights:
        state, reasons = _state(night, by_night.get(night, []), known.missed.get(night), first, unsealed)
        absence = next((one for one in known.absent if one.covers(night)), None)
        if absence is not None and night not in unsealed:
            state, reasons = absence.state, (absence.reason,)
        stored = sum(run.events.get(event, 0) for run in by_night.get(night, []) for event in STORED)
        later = next((other for other in complete if other > night), None) if state.is_gap else None
        days.append(Day(night, state, reasons, stored, known.published.get(night, 0), later))
    return PortalCoverage(portal, tuple(days))


def _walked(run: Run) -> bool:
    """Return whether every section was walked to its end: entries of earlier nights were shown as well."""
    good = run.verdict in (Verdict.GOOD, Verdict.QUIET, Verdict.THIN)
    return run.complete and good and all(walk.end is not None and walk.end.complete for walk in run.sections.values())


def _state(
    night: date, runs: Sequence[Run], missed: Reason | None, first: date | None, unsealed: frozenset[date]
) -> tuple[DayState, tuple[Reason, ...]]:
    if runs:
        run = min(runs, key=lambda one: list(_OF_VERDICT).index(one.verdict))
        state = _OF_VERDICT[run.verdict]
        if state is DayState.PUBLISHED and not sum(run.events.get(event, 0) for event in STORED):
            state = DayState.QUIET
        if state is DayState.PUBLISHED:
            return state, ()
        return state, (state is DayState.QUIET and _usual(night)) or run.reasons
    if missed is not None:
        return DayState.MISSED, (missed,)
    if first is None or night < first:
        return DayState.BEFORE_FIRST, ()
    if night in unsealed:
        return DayState.NOT_SEALED, ()
    return DayState.NOT_SCHEDULED, (Reason.of("not_owed"),)


def _usual(night: date) -> tuple[Reason, ...]:
    """Return the reason that nothing new is usual on such a day; nothing for a workday."""
    holiday = holiday_name(night)
    usual = Reason.of("quiet_holiday", holiday=holiday) if holiday else _USUAL.get(day_type(night))
    return (usual,) if usual else ()


def nights_between(since: date, until: date) -> list[date]:
    """Return every day from one to the other, both included."""
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]


def count_states(portals: Iterable[PortalCoverage]) -> Counter[DayState]:
    """Count the portal-days of each state."""
    return Counter(day.state for portal in portals for day in portal.days)
