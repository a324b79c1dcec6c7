"""Classify days by the Vietnamese year: workdays, weekends, public holidays and Tết, as far as newsrooms follow it.

Public holidays are those of the Labour Code (art. 112 of 45/2019/QH14: New Year, five days of Tết, Hùng Kings on 10/3
by the lunar calendar, 30/4, 1/5, 2/9 and the day beside it) and, from 2026, the Day of Vietnamese Culture on 24/11. A
day off in place of a weekend and a Saturday worked in its place are known where the government has announced them. They
and the lunar calendar come from the library `holidays`, up to the year 2100; later years know weekends only.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

import holidays
from holidays.holiday_base import HolidayBase

# The days off around Tết are announced anew each year; offices empty before them and fill slowly after them.
BEFORE_TET, SINCE_TET = 4, 8  # days before, and days from the first day on, that count as Tết

_FIRST_DAY = "Tết Nguyên Đán"


class DayType(StrEnum):
    """Kind of a day for an office that publishes news."""

    WORKDAY = "workday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    TET = "tet"


@cache
def _country() -> type[HolidayBase]:
    """Load the library's module of Viet Nam alone: its package of countries imports those of all the others."""
    spec = PathFinder.find_spec("vietnam", [str(Path(holidays.__file__).with_name("countries"))])
    if spec is None or spec.loader is None:
        raise ImportError("the library holidays has no module of Viet Nam")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    country: type[HolidayBase] = module.Vietnam
    return country


@cache
def _year(year: int) -> HolidayBase:
    return _country()(years=year, language="vi", expand=False)


@cache
def tet(year: int) -> date | None:
    """Return the first day of Tết in a year, by the Vietnamese lunar calendar; None where that is not known."""
    return next((day for day, name in _year(year).items() if name == _FIRST_DAY), None)


def holiday_name(day: date) -> str | None:
    """Return the Vietnamese name of a public holiday or of the day off in its place; None on any other day."""
    return _year(day.year).get(day)


@cache
def day_type(day: date) -> DayType:
    """Return the kind of a day. The neighbourhood of Tết counts as Tết, whatever its weekday."""
    first = tet(day.year)
    if first is not None and first - timedelta(days=BEFORE_TET) <= day < first + timedelta(days=SINCE_TET):
        return DayType.TET
    calendar = _year(day.year)
    if day in calendar:
        return DayType.HOLIDAY
    if day.weekday() < 5 or calendar.is_working_day(day):
        return DayType.WORKDAY
    return DayType.SATURDAY if day.weekday() == 5 else DayType.SUNDAY
