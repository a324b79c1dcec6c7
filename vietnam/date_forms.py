"""Match dates as Vietnamese pages write them: day, time of day, zone, weekday, and the words around them.

`date_matches` lists every day of a text with its time and its label; `vietnam.dates` chooses the publication date among
them. Day before month always.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import IntEnum
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
_FLAGS = re.IGNORECASE | re.VERBOSE

_MONTHS = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9, "mười một": 11, "mười hai": 12, "mười": 10, "chạp": 12,
}  # fmt: skip
_MONTH = r"(?:\d{1,2}|" + "|".join(sorted(_MONTHS, key=len, reverse=True)).replace(" ", r"\s+") + ")"
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)

_DAY = re.compile(
    rf"""
      (?<![\d./\-+:_=]) (?P<d>\d{{1,2}}) \s? (?P<sep>[/.\-]) \s? (?P<m>\d{{1,2}}) \s? (?P=sep) \s? (?P<y>\d{{4}})
      (?! \d | [./\-]\d )
    | (?<![\d./\-+:_=]) (?P<y2>\d{{4}}) (?P<sep2>[/\-]) (?P<m2>\d{{1,2}}) (?P=sep2) (?P<d2>\d{{1,2}})
      (?! [\d+] | [./\-]\d | T(?!\d\d:\d\d) )
    | (?<![\d./\-+:]) (?P<d3>\d{{1,2}}) \s*,?\s* (?:tháng|th\.?) \s* (?P<m3>{_MONTH}) [\s,]+ (?:năm\s+)? (?P<y3>\d{{4}})
      (?!\d)
    | \b (?:tháng|th\.?) \s* (?P<m4>{_MONTH}) \s+ (?:ngày\s+)? (?P<d4>\d{{1,2}}) \s*,\s* (?P<y4>\d{{4}}) (?!\d)
    | (?<![\d./\-+:]) (?P<d5>\d{{1,2}}) [\s\-] (?P<m5>{_ENGLISH_MONTH}) \.?,?[\s\-] (?P<y5>\d{{4}}) (?!\d)
    | (?<!\w) (?P<m6>{_ENGLISH_MONTH}) \.? \s+ (?P<d6>\d{{1,2}}) \s*,\s* (?P<y6>\d{{4}}) (?!\d)
    """,
    _FLAGS,
)
_CLOCK = r"""(?<![\d:./\-]) (?P<H>\d{1,2}) \s? (?: : | h | g | giờ ) \s? (?P<M>\d{2})
    (?: \s?:\s? (?P<S>\d{2}) (?:\.\d+)? )?
    (?! [\d:] ) (?: \s? (?:phút|'|’) )? (?: \s* (?P<half> AM|PM|A\.M\.?|P\.M\.?|SA|CH|sáng|chiều|tối ) (?!\w) )?"""
_TIME = re.compile(_CLOCK, _FLAGS)
_GAP = r"[\s,|\-–—•·]*"
_WEEKDAY = r"""(?<!\w) (?: thứ \s* (?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7]) | t[2-7] | (?:chủ|chúa) \s* nhật | cn
    | (?:mon|tues|wednes|thurs|fri|satur|sun)day
    | (?-i: Mon | Tues? | Wed | Thu(?:rs)? | Fri | Sat | Sun | MON | TUES? | WED | THU(?:RS)? | FRI | SAT | SUN ) \.?) (?!\w)"""
# The words by which a weekday begins once `thứ` and `t` are gone, Monday first.
_WEEKDAYS = (
    ("hai", "2", "mon"), ("ba", "3", "tue"), ("tư", "4", "wed"), ("năm", "5", "thu"), ("sáu", "6", "fri"),
    ("bảy", "bẩy", "7", "sat"), ("ch", "cn", "sun"),
)  # fmt: skip
_AFTER = re.compile(
    rf"[\s,|\-–—•·(@T]* (?: (?:được\s+)? (?:cập\s+nhật|đăng) \s+ (?=lúc|hồi|vào|\d) )? (?: (?:vào\s+)? (?:lúc|hồi) | at )?"
    rf"\s* :? \s* {_CLOCK}",
    _FLAGS,
)
_BEFORE = re.compile(
    rf"(?: (?P<first>{_WEEKDAY}) {_GAP} )? {_CLOCK} {_GAP} \)? {_GAP}"
    rf"(?: (?P<weekday>{_WEEKDAY}) {_GAP} )? (?: ngày \s* )? \(? $",
    _FLAGS,
)
_WEEKDAY_BEFORE = re.compile(rf"(?P<weekday>{_WEEKDAY}) {_GAP} (?: ngày \s* )? $", _FLAGS)
_DAY_WORD = re.compile(r"(?<!\w) ngày \s* :? \s* $", _FLAGS)
_ZONE = re.compile(
    r"""[\s,]* [(\[]? \s* (?: (?P<name>GMT|UTC) (?P<plain>\s*[+\-]\s*\d{1,2}(?::?\d{2})?)? (?!\w)
    | (?P<offset>[+\-]\d{2}:?\d{2}) (?![\d:/\-]) | (?P<z>Z)\b | giờ \s (?:hà\snội|việt\snam) ) \s* [)\]]?""",
    _FLAGS,
)
# No label, weekday or time that belongs to a date stands farther before it than this.
_REACH = 80

_RANGE_BEFORE = re.compile(
    r"(?: \d \s* [\-–—] | (?<!\w) (?:từ|trước|sau|hết|đến|tới|quá|trong|và|vào|sáng|trưa|chiều|tối|đêm|rạng\s+sáng)"
    r"| \w \s+ (?:vào\s+)? (?:lúc|hồi) ) [\s,]* $",
    _FLAGS,
)
_RANGE_AFTER = re.compile(r"\s* (?: [\-–—] | đến | tới ) \s* (?: hết\s+ )? (?:ngày\s*)? \d{1,2} [/.\-] \d", _FLAGS)
_HOURS = re.compile(
    r"\d{1,2} \s? (?: : | h ) \s? (?:\d{2})? \s* (?:[\-–—]|đến) \s* \d{1,2} \s? (?: : | h ) \s? \d{2}", _FLAGS
)

_PUBLISHED = re.compile(
    r"""(?<!\w) (?: (?:(?:được|đã|bài)\s+)? (?:ngày|thời\s+gian|thời\s+điểm|giờ)? \s*
        (?: đăng\s+công\s+báo | đăng\s+(?:tải|bài|tin) | đăng | xuất\s+bản | công\s+bố | phát\s+hành
          | gửi\s+bài | gửi | viết | tạo | đưa\s+tin )
        | (?:posted?|publish(?:ed)?|created) (?:\s+date)? | date
        | (?:được\s+)?(?:đăng|viết|gửi)\s+bởi\s+[^\d\n|:]{2,40}?(?=\s(?:lúc|ngày|vào))
        | (?:(?:submitted|posted|published|written)\s+)?by\s+[^\d\n|:]{2,40}?(?=\son\s) )
        \s* (?: bài | tin | lên )? \s* (?: vào\s+lúc | vào | lúc | ngày | hồi | on | at )? \s* [:,\-|]? \s* $""",
    _FLAGS,
)
_UPDATED = re.compile(
    r"""(?<!\w) (?: (?:lần|ngày|thời\s+gian|được)? \s* (?:cập\s+nhật|chỉnh\s+sửa|sửa\s+đổi) \s* (?:lần\s+cuối|mới\s+nhất|cuối)?
        | (?:last\s+)? (?:updated?|modified) )
        \s* (?: vào\s+lúc | vào | lúc | ngày | hồi | on | at )? \s* [:,\-|]? \s* $""",
    _FLAGS,
)


class Label(IntEnum):
    """Name that the words right before a date give it; a higher one is the better publication date."""

    UPDATED = 0
    NONE = 1
    PUBLISHED = 2


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A day in a text: its time of day in Asia/Ho_Chi_Minh, its label, and its place.

    `label_start` to `end` is the whole with its label, `start` to `end` the date with weekday, time and zone.
    """

    day: date
    clock: time | None
    label: Label
    weekday: bool
    label_start: int
    start: int
    end: int


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    name = " ".join(written.lower().split())
    return _MONTHS[name] if name in _MONTHS else _ENGLISH_MONTHS.index(name[:3]) + 1


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    """Return year, month and day as a match of `_DAY` gives them, day before month."""
    year, month, day = (next(found[k + n] for n in ("", "2", "3", "4", "5", "6") if found[k + n]) for k in "ymd")
    return int(year), _month(month), int(day)


def _weekday(words: str) -> int:
    """Return the number of a weekday's name, Monday being 0."""
    word = re.sub(r"^(?:thứ\s*|t(?=\d))", "", words.lower().strip())
    return next(number for number, names in enumerate(_WEEKDAYS) if word.startswith(names))


def _clock(found: re.Match[str]) -> time:
    """Return the time of day; a 24-hour clock may carry a superfluous AM or PM. Raises ValueError for no such time."""
    hour, half = int(found["H"]), (found["half"] or "").upper().replace(".", "")
    if half in ("PM", "CH", "CHIỀU", "TỐI") and hour < 12:
        hour += 12
    elif half in ("AM", "SA", "SÁNG") and hour == 12:
        hour = 0
    return time(hour, int(found["M"]), int(found["S"] or 0))


def _day(found: re.Match[str], clock: re.Match[str] | None, weekday: str | None) -> date | None:
    """Return the day of a match; None where two orders could explain it. Raises ValueError for no such day.

    A weekday settles the order of numbers: day first unless only the other order has this weekday. Without one
    `3/5/2026 3:34:00 PM` may be month first: .NET prints its en-US culture so, its vi-VN culture prints SA and CH.
    """
    year, month, number = _numbers(found)
    shown = _weekday(weekday) if weekday else None
    swapped = _possible_day(year, number, month) if found["sep"] else None
    if shown is not None and swapped is not None and swapped.weekday() == shown:
        first = _possible_day(year, month, number)
        return first if first is not None and first.weekday() == shown else swapped
    if shown is None and clock is not None and swapped is not None and found["sep"] == "/":
        half = (clock["half"] or "").upper().replace(".", "")
        if half in ("AM", "PM") and 1 <= int(clock["H"]) <= 12 and month != number:
            return None
    return date(year, month, number)


def _month_for_minutes(found: re.Match[str], clock: re.Match[str] | None, zone: re.Match[str] | None) -> bool:
    """Return whether a feed's time has the month in the place of its minutes, as NukeViet prints it."""
    if clock is None or zone is None or zone["plain"] or (zone["name"] or "").upper() != "GMT":
        return False
    return bool(found["m5"]) and int(clock["M"]) == _month(found["m5"])


def _possible_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_vietnam(day: date, clock: time, zone: re.Match[str] | None) -> tuple[date, time]:
    """Convert to Asia/Ho_Chi_Minh; without a zone the time is local already. Raises ValueError for no such offset."""
    if zone is None or not (zone["name"] or zone["offset"] or zone["z"]):
        return day, clock
    written = re.sub(r"[\s:]", "", zone["offset"] or zone["plain"] or "+0")
    hours, minutes = (written[1:-2], written[-2:]) if len(written) > 3 else (written[1:], "0")
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    if shift > timedelta(hours=14):
        raise ValueError("no such offset")
    offset = timezone(-shift if written[0] == "-" else shift) if shift else UTC
    local = datetime.combine(day, clock, offset).astimezone(TZ)
    return local.date(), local.time()


def _label(before: str) -> tuple[Label, int]:
    """Return the label that ends a text, and its length there in characters."""
    for label, form in ((Label.UPDATED, _UPDATED), (Label.PUBLISHED, _PUBLISHED)):
        if found := form.search(before):
            return label, len(before) - found.start()
    return Label.NONE, 0


def _part_of_range(before: str, after: str) -> bool:
    """Return whether the words around a date make it a term, a range of days or hours, or a day inside a sentence."""
    line = before.rpartition("\n")[2] + after.partition("\n")[0]
    return bool(_RANGE_BEFORE.search(before) or _RANGE_AFTER.match(after) or _HOURS.search(line))


def _read(text: str, found: re.Match[str]) -> DateMatch | None:
    """Read one match of `_DAY` with its surroundings; None when it is impossible, ambiguous or part of a range."""
    end = found.end()
    before = text[max(0, found.start() - _REACH) : found.start()]
    follows = _AFTER.match(text, end)
    named = (None if follows else _BEFORE.search(before)) or _WEEKDAY_BEFORE.search(before)
    leads = named or _DAY_WORD.search(before)
    start = found.start() - (len(before) - leads.start() if leads else 0)
    clock = follows or (named if named and "H" in named.groupdict() else None)
    end = follows.end() if follows else end
    zone = _ZONE.match(text, end) if clock else None
    end = zone.end() if zone else end
    before = text[max(0, start - _REACH) : start]
    label, length = _label(before)
    if (label is Label.NONE and _part_of_range(before, "")) or _part_of_range("", text[found.end() : end + _REACH]):
        return None
    if _RANGE_AFTER.match(text, end) or _month_for_minutes(found, clock, zone):
        return None
    weekday = (named["weekday"] or named.groupdict().get("first")) if named else None
    try:
        day = _day(found, clock, weekday)
        if day is None:
            return None
        day, time_of_day = _in_vietnam(day, _clock(clock), zone) if clock else (day, None)
    except (ValueError, OverflowError):
        return None
    return DateMatch(
        day,
        time_of_day,
        label,
        weekday is not None,
        start - length,
        start,
        end,
    )


def date_matches(text: str) -> Iterator[DateMatch]:
    """Yield every day of the text that is possible, complete and no part of a range, in the text's order."""
    for found in _DAY.finditer(text):
        shown = _read(text, found)
        if shown is not None:
            yield shown


def day_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and day (`2025-3-5`) of every whole day in the text, terms and ranges included."""
    for found in _DAY.finditer(text):
        year, month, day = _numbers(found)
        yield found.start(), found.end(), f"{year}-{month}-{day}"


def clock_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every time of day with its minutes in the text."""
    for found in _TIME.finditer(text):
        yield found.span()
