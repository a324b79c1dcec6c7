"""The forms in which sites print the moment of publication, each with what can be known from it: a minute or a day."""

from __future__ import annotations

from calendar import day_abbr, day_name, month_abbr, month_name
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

_WEEKDAYS = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")


@dataclass(frozen=True, slots=True)
class DateForm:
    """A form: `shown` prints a moment; `minute` says that hour and minute are in it."""

    shown: Callable[[datetime, Random], str]
    minute: bool = True


def weekday(moment: datetime, rng: Random) -> str:
    """Return the weekday as Vietnamese sites spell it."""
    number = moment.weekday()
    if number == 6:
        return rng.choice(("Chủ Nhật", "Chủ nhật", "CN", "CHỦ NHẬT"))
    name = _WEEKDAYS[number]
    return rng.choice((f"Thứ {name}", f"Thứ {name.lower()}", f"Thứ {number + 2}", f"THỨ {name.upper()}"))


def _half_day(moment: datetime, marks: tuple[str, str]) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {marks[moment.hour >= 12]}"


def _day(moment: datetime) -> str:
    return f"{moment.day}/{moment.month}/{moment.year}"


def _english_day(moment: datetime) -> str:
    return f"{month_name[moment.month]} {moment.day}, {moment.year}"


def _before(moment: datetime, rng: Random) -> datetime:
    return moment - timedelta(days=rng.randint(2, 40))


def _after(moment: datetime, rng: Random) -> datetime:
    return moment + timedelta(minutes=rng.randint(3, 600))


FORMS: dict[str, DateForm] = {
    "05/03/2025 14:00": DateForm(lambda m, r: f"{m:%d/%m/%Y %H:%M}"),
    "Thứ Tư, 05/03/2025 14:00": DateForm(lambda m, r: f"{weekday(m, r)}, {m:%d/%m/%Y %H:%M}"),
    "Thứ Tư - 05/03/2025 14:00": DateForm(lambda m, r: f"{weekday(m, r)} - {m:%d/%m/%Y %H:%M}"),
    "Thứ Tư, ngày 5 tháng 3 năm 2025": DateForm(
        lambda m, r: f"{weekday(m, r)}, ngày {m.day} tháng {m.month} năm {m.year}", minute=False
    ),
    "14:00 | 05/03/2025": DateForm(lambda m, r: f"{m:%H:%M | %d/%m/%Y}"),
    "14:00, 05/03/2025": DateForm(lambda m, r: f"{m:%H:%M, %d/%m/%Y}"),
    "14:00 05/03/2025": DateForm(lambda m, r: f"{m:%H:%M %d/%m/%Y}"),
    "05-03-2025 14:00": DateForm(lambda m, r: f"{m:%d-%m-%Y %H:%M}"),
    "05.03.2025": DateForm(lambda m, r: f"{m:%d.%m.%Y}", minute=False),
    "5 Tháng 3, 2025": DateForm(lambda m, r: f"{m.day} Tháng {m.month}, {m.year}", minute=False),
    "14h00, ngày 05/03/2025": DateForm(lambda m, r: f"{m:%Hh%M}, ngày {m:%d/%m/%Y}"),
    "Đăng lúc: 14:00 ngày 05/03/2025": DateForm(lambda m, r: f"Đăng lúc: {m:%H:%M} ngày {m:%d/%m/%Y}"),
    "Ngày đăng: 05/03/2025": DateForm(lambda m, r: f"Ngày đăng: {m:%d/%m/%Y}", minute=False),
    "Ngày đăng : 5/3/2025 14:00:07": DateForm(lambda m, r: f"Ngày đăng : {_day(m)} {m:%H:%M}:07"),
    "Cập nhật: Thứ Tư, ngày 05/03/2025": DateForm(
        lambda m, r: f"Cập nhật: {weekday(m, r)}, ngày {m:%d/%m/%Y}", minute=False
    ),
    "Cập nhật lúc 14:00 05/03/2025": DateForm(lambda m, r: f"Cập nhật lúc {m:%H:%M %d/%m/%Y}"),
    "Thứ 4, 05/03/2025 - 14:00": DateForm(lambda m, r: f"{weekday(m, r)}, {m:%d/%m/%Y - %H:%M}"),
    "05/03/2025 - 14:00 GMT+7": DateForm(lambda m, r: f"{m:%d/%m/%Y - %H:%M} GMT+7"),
    "5/3/2025, 14:00 (GMT+7)": DateForm(lambda m, r: f"{_day(m)}, {m:%H:%M} (GMT+7)"),
    "2025-03-05 14:00:07": DateForm(lambda m, r: f"{m:%Y-%m-%d %H:%M}:07"),
    "05/03/2025 | Lượt xem: 120": DateForm(lambda m, r: f"{m:%d/%m/%Y} | Lượt xem: {r.randint(3, 9000)}", minute=False),
    "Lượt xem: 120 - Ngày đăng: 05/03/2025 14:00": DateForm(
        lambda m, r: f"Lượt xem: {r.randint(3, 9000)} - Ngày đăng: {m:%d/%m/%Y %H:%M}"
    ),
    "Ngày ký: 01/03/2025 | Ngày đăng: 05/03/2025": DateForm(
        lambda m, r: f"Ngày ký: {_before(m, r):%d/%m/%Y} | Ngày đăng: {m:%d/%m/%Y}", minute=False
    ),
    "Ngày đăng: 05/03/2025 14:00 | Cập nhật: 05/03/2025 18:20": DateForm(
        lambda m, r: f"Ngày đăng: {m:%d/%m/%Y %H:%M} | Cập nhật: {_after(m, r):%d/%m/%Y %H:%M}"
    ),
    "Xuất bản: 14:00, Thứ Tư, 05/03/2025": DateForm(lambda m, r: f"Xuất bản: {m:%H:%M}, {weekday(m, r)}, {m:%d/%m/%Y}"),
    "Ngày tạo: 05/03/2025 14:00": DateForm(lambda m, r: f"Ngày tạo: {m:%d/%m/%Y %H:%M}"),
    "(05/03/2025)": DateForm(lambda m, r: f"({m:%d/%m/%Y})", minute=False),
    "05 tháng 03 năm 2025, 14:00": DateForm(lambda m, r: f"{m:%d} tháng {m:%m} năm {m.year}, {m:%H:%M}"),
    "14 giờ 00 phút, ngày 05/03/2025": DateForm(lambda m, r: f"{m:%H} giờ {m:%M} phút, ngày {m:%d/%m/%Y}"),
    "05/03/2025 02:00 CH": DateForm(lambda m, r: f"{weekday(m, r)}, {m:%d/%m/%Y} {_half_day(m, ('SA', 'CH'))}"),
    "Thứ Tư, 05/03/2025 2:00 PM": DateForm(lambda m, r: f"{weekday(m, r)}, {m:%d/%m/%Y} {_half_day(m, ('AM', 'PM'))}"),
    "Wednesday, 05/03/2025, 14:00": DateForm(lambda m, r: f"{day_name[m.weekday()]}, {m:%d/%m/%Y}, {m:%H:%M}"),
    "Wednesday, March 5, 2025 2:00 PM": DateForm(
        lambda m, r: f"{day_name[m.weekday()]}, {_english_day(m)} {_half_day(m, ('AM', 'PM'))}"
    ),
    "March 5, 2025": DateForm(lambda m, r: _english_day(m), minute=False),
    "Posted on 5 March 2025": DateForm(lambda m, r: f"Posted on {m.day} {month_name[m.month]} {m.year}", minute=False),
    "Published: 05 Mar 2025 | 14:00": DateForm(
        lambda m, r: f"Published: {m:%d} {month_abbr[m.month]} {m.year} | {m:%H:%M}"
    ),
    "Wed, 05 Mar 2025 14:00": DateForm(
        lambda m, r: f"{day_abbr[m.weekday()]}, {m:%d} {month_abbr[m.month]} {m.year} {m:%H:%M}"
    ),
}
