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

from holidays import country_holidays
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
def _year(year: int) -> HolidayBase:
    return country_holidays("VN", years=year, language="vi", expand=False)


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
