"""Vietnamese holidays: known days of known years."""

from __future__ import annotations

import runpy
import sys
from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from vietnam.holidays import DayType, day_type, holiday_name, tet

ROOT = Path(__file__).resolve().parents[3]

TET = {
    1985: date(1985, 1, 21),  # a month before China's
    2007: date(2007, 2, 17),  # a day before China's
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2030: date(2030, 2, 2),  # a day before China's
}

DAYS = {
    "New Year 2024": (date(2024, 1, 1), DayType.HOLIDAY),
    "Hùng Kings 2024": (date(2024, 4, 18), DayType.HOLIDAY),
    "Hùng Kings 2025": (date(2025, 4, 7), DayType.HOLIDAY),
    "Hùng Kings 2026, a Sunday": (date(2026, 4, 26), DayType.HOLIDAY),
    "the Monday in its place": (date(2026, 4, 27), DayType.HOLIDAY),
    "between weekend and holiday, off": (date(2024, 4, 29), DayType.HOLIDAY),
    "Saturday worked in its place": (date(2024, 5, 4), DayType.WORKDAY),
    "30 April": (date(2025, 4, 30), DayType.HOLIDAY),
    "1 May": (date(2025, 5, 1), DayType.HOLIDAY),
    "2 May 2025, off": (date(2025, 5, 2), DayType.HOLIDAY),
    "Saturday worked for it": (date(2025, 4, 26), DayType.WORKDAY),
    "National Day 2024": (date(2024, 9, 2), DayType.HOLIDAY),
    "the day after it in 2024": (date(2024, 9, 3), DayType.HOLIDAY),
    "the day before it in 2025": (date(2025, 9, 1), DayType.HOLIDAY),
    "the day after it in 2025": (date(2025, 9, 3), DayType.WORKDAY),
    "Monday off in 2026": (date(2026, 8, 31), DayType.HOLIDAY),
    "Saturday worked in 2026": (date(2026, 8, 22), DayType.WORKDAY),
    "Day of Culture 2026": (date(2026, 11, 24), DayType.HOLIDAY),
    "24 November 2025": (date(2025, 11, 24), DayType.WORKDAY),
    "any Wednesday": (date(2025, 3, 5), DayType.WORKDAY),
    "any Saturday": (date(2025, 3, 8), DayType.SATURDAY),
    "any Sunday": (date(2025, 3, 9), DayType.SUNDAY),
    "five days before Tết": (date(2026, 2, 12), DayType.WORKDAY),
    "four days before Tết": (date(2026, 2, 13), DayType.TET),
    "the eighth day of Tết": (date(2026, 2, 24), DayType.TET),
    "the ninth day of Tết": (date(2026, 2, 25), DayType.WORKDAY),
    "a year without lunar calendar": (date(2150, 9, 2), DayType.WORKDAY),
}


@pytest.mark.parametrize(("year", "first"), TET.items(), ids=map(str, TET))
def test_tet_is_that_of_the_vietnamese_calendar(year: int, first: date) -> None:
    assert tet(year) == first


def test_where_no_lunar_calendar_reaches_tet_is_not_known() -> None:
    assert tet(2150) is None


@pytest.mark.parametrize(("day", "expected"), DAYS.values(), ids=DAYS.keys())
def test_a_day_has_its_rhythm(day: date, expected: DayType) -> None:
    assert day_type(day) is expected


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_public_day_of_tet_counts_as_tet(year: int) -> None:
    """Seven days without work or more: the five of the law, those in place of weekends, and the weekend beside them."""
    first = tet(year)
    assert first is not None
    near = [first + timedelta(days=number) for number in range(-10, 12)]
    off = [day for day in near if "Tết" in (holiday_name(day) or "") and day.month < 3 and day.day != 1]
    assert len(off) >= 5
    assert {day_type(day) for day in off} == {DayType.TET}
    assert sum(day_type(day) is DayType.TET for day in near) == 12


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_year_has_its_eleven_public_days(year: int) -> None:
    named = {holiday_name(date(year, 1, 1) + timedelta(days=number)) for number in range(365)}
    assert {"Tết Dương lịch", "Tết Nguyên Đán", "Ngày Giỗ Tổ Hùng Vương", "Quốc khánh"} <= named
    assert {"Ngày Chiến thắng", "Ngày Quốc tế Lao động"} <= named


@pytest.mark.parametrize("year", [2024, 2026])
def test_the_calendar_is_that_of_the_library(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    calendar = holidays.country_holidays("VN", years=year, language="vi", expand=False)
    assert [holiday_name(day) for day in days] == [calendar.get(day) for day in days]


def test_no_other_country_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's package of countries has 250 modules, and every crawl asks for the kind of a day."""
    for name in [name for name in sys.modules if name.startswith("holidays.countries")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("holidays.VN.entity", None)  # the library keeps what it has loaded
    afresh = runpy.run_path(str(ROOT / "vietnam" / "holidays.py"))

    assert afresh["day_type"](date(2025, 1, 1)) == "holiday"
    assert not [name for name in sys.modules if name.startswith("holidays.countries")]
