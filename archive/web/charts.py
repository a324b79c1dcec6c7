"""Compute the page's drawings as numbers: calendars, strips of a year, small curves. Templates write HTML and SVG.

Colour alone carries no meaning: a day has its letter or count, a gap stands in a lane of its own below the others.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import median

from archive.coverage.calendar import Day, DayState, PortalCoverage

_UNUSUAL = (DayState.THIN, DayState.SUSPICIOUS)
_SILENT = (DayState.BEFORE_FIRST, DayState.NOT_SEALED)
# How high a day stands in a strip of 12; gaps stand in the lane below.
_HEIGHTS = {DayState.PUBLISHED: 12, DayState.QUIET: 3, DayState.THIN: 6, DayState.SUSPICIOUS: 9, DayState.NOT_SEALED: 1}
LANE, LANE_TOP = 5, 13


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a calendar: the class that colours it, its mark, and the count of portals by state."""

    day: date
    kind: str
    mark: str
    states: Mapping[DayState, int]
    stored: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month's weeks from Monday to Sunday; None where a week belongs to another month."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]

    @property
    def has_states(self) -> bool:
        """True when one of its days has a state."""
        return any(cell is not None and cell.kind != "none" for week in self.weeks for cell in week)


@dataclass(frozen=True, slots=True)
class Band:
    """Days in a row of one state: a rectangle, a day wide each."""

    x: int
    width: int
    y: int
    height: int
    state: DayState


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure over nights: the path of its line in a box of 300 by 40, its last point and its range."""

    path: str
    x: float
    y: float
    least: float
    most: float
    middle: float
    last: float


def day_cell(day: Day) -> Cell:
    """Return a portal's day: the count of new texts where there were any, else the letter of its state."""
    mark = str(day.stored) if day.state is DayState.PUBLISHED and day.stored else day.state.letter.strip()
    return Cell(day.day, _kind(day.state), mark, {day.state: 1}, day.stored)


def summed_cell(days: Sequence[Day]) -> Cell:
    """Return all portals' day: the count of new texts, or letter and count of gaps where half of the portals have one.

    Fewer gaps leave the count of texts and are a mark below it: among many portals one fails nearly every night.
    """
    states = Counter(day.state for day in days)
    stored = sum(day.stored for day in days)
    read = len(days) - sum(states[state] for state in _SILENT)
    gaps = Counter({state: count for state, count in states.items() if _is_failure(state)})
    odd = Counter({state: states[state] for state in _UNUSUAL if states[state]})
    if gaps:
        state = gaps.most_common(1)[0][0]
        if stored and 2 * gaps.total() < read:
            return Cell(days[0].day, "few", str(stored), states, stored)
        if gaps.total() == read:
            return Cell(days[0].day, "gap", state.letter, states, stored)
        return Cell(days[0].day, "partly", f"{state.letter}{gaps.total()}", states, stored)
    if odd:
        counted = stored and 2 * odd.total() < read
        mark = str(stored) if counted else f"{odd.most_common(1)[0][0].letter}{odd.total()}"
        return Cell(days[0].day, "odd", mark, states, stored)
    if states[DayState.NOT_SEALED] and not stored:
        return Cell(days[0].day, "open", DayState.NOT_SEALED.letter, states, stored)
    if stored:
        return Cell(days[0].day, "published", str(stored), states, stored)
    if states[DayState.NOT_SCHEDULED] == read > 0:
        return Cell(days[0].day, "unscheduled", DayState.NOT_SCHEDULED.letter, states)
    return Cell(days[0].day, "quiet" if read else "none", DayState.QUIET.letter if read else "", states, stored)


def _is_failure(state: DayState) -> bool:
    """Return whether a gap is a failure: a night that was not scheduled is shown, and not as loudly."""
    return state.is_gap and state is not DayState.NOT_SCHEDULED


def _kind(state: DayState) -> str:
    if _is_failure(state):
        return "gap"
    if state in _UNUSUAL:
        return "odd"
    named = {DayState.BEFORE_FIRST: "none", DayState.NOT_SEALED: "open", DayState.NOT_SCHEDULED: "unscheduled"}
    return named.get(state, state.value)


def months_of(year: int, cells: Iterable[Cell]) -> tuple[Month, ...]:
    """Return a year's months from the first to the last with a state; a day without a cell is empty."""
    known = {cell.day: cell for cell in cells}
    weeks = calendar.Calendar()
    months = sorted(cell.day.month for cell in known.values() if cell.kind != "none")
    return tuple(
        Month(
            date(year, month, 1),
            tuple(
                tuple(known.get(day, Cell(day, "none", "", {})) if day.month == month else None for day in week)
                for week in weeks.monthdatescalendar(year, month)
            ),
        )
        for month in (range(months[0], months[-1] + 1) if months else ())
    )


def strip(covered: PortalCoverage) -> tuple[Band, ...]:
    """Return a portal's days side by side."""
    bands, x = [], 0
    for state, days in groupby(covered.days, key=lambda day: day.state):
        width = len(list(days))
        if state.is_gap:
            bands.append(Band(x, width, LANE_TOP, LANE, state))
        elif state in _HEIGHTS:
            bands.append(Band(x, width, 12 - _HEIGHTS[state], _HEIGHTS[state], state))
        x += width
    return tuple(bands)


def curve(values: Sequence[float | None], width: float = 300, height: float = 40) -> Curve | None:
    """Draw a line through the values in order, broken where one is missing; None without any.

    The scale begins at nothing unless a value lies below it.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    least, most = min(0.0, *known), max(known)
    room, step = (most - least) or 1.0, width / max(len(values) - 1, 1)
    path, pen = [], "M"
    x = y = 0.0
    for number, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = round(number * step, 1), round(height - (value - least) / room * height, 1)
        path.append(f"{pen}{x:g} {y:g}")
        if pen == "M":
            path.append(f"L{x:g} {y:g}")  # a lone value is a dot
        pen = "L"
    return Curve("".join(path), x, y, min(known), most, median(known), known[-1])
