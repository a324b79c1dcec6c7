"""First form: publication dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

__all__ = ["TZ", "Moment", "find_published", "read_machine", "read_published", "read_url_day"]

TZ = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of Viet Nam, or a time of that day (no zone inside: it is Asia/Ho_Chi_Minh, UTC+7 all year)."""

    day: date
    clock: time | None = None

    def isoformat(self) -> str:
        """`2023-11-30`, or `2023-11-30T07:51:00+07:00` when the time of day is known."""
        return self.day.isoformat() if self.clock is None else self.at().isoformat()

    def at(self) -> datetime:
        """The moment as an aware time; midnight when only the day is known."""
        return datetime.combine(self.day, self.clock or time(0), TZ)

    def known_by(self, now: datetime) -> bool:
        """Whether the moment is not later than `now` (aware)."""
        if self.clock is None:
            return self.day <= now.astimezone(TZ).date()
        return self.at() <= now


_FIRST = re.compile(r"(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?![\d/-])(?:[\s|,-]+(\d{1,2}):(\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?.*)?")


def find_published(text: str, now: datetime) -> tuple[Moment, str] | None:
    """The publication moment and the raw date part."""
    m = _FIRST.search(text)
    if not m:
        return None
    try:
        day = date(int(m[3]), int(m[2]), int(m[1]))
        moment = Moment(day, time(int(m[4]), int(m[5])) if m[4] else None)
    except ValueError:
        return None
    return (moment, " ".join(m[0].split())) if moment.known_by(now) else None


def read_published(text: str, now: datetime) -> Moment | None:
    """A visible date line."""
    found = find_published(text, now)
    return found[0] if found else None


def read_machine(text: str, now: datetime) -> Moment | None:
    """An attribute value."""
    m = _ISO.fullmatch(text.strip())
    if not m:
        return None
    try:
        moment = Moment(
            date(int(m[1]), int(m[2]), int(m[3])), time(int(m[4]), int(m[5]), int(m[6] or 0)) if m[4] else None
        )
    except ValueError:
        return None
    return moment if moment.known_by(now) else None


def read_url_day(url: str) -> date | None:
    """The day of an address' path segment."""
    m = re.search(r"/(\d{4})-(\d{1,2})-(\d{1,2})(?=/|$)", url)
    try:
        return date(int(m[1]), int(m[2]), int(m[3])) if m else None
    except ValueError:
        return None
