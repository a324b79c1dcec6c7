"""Define what the index's columns hold in fewer bytes than their text: places, moments and SHA-256 digests.

The program reads and compares the same strings on every database; each type keeps their order.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from archive.storage.paths import run_order

_FIRST_DAY = date(2000, 1, 1).toordinal()
_DAYS = date.max.toordinal() - _FIRST_DAY
_RUN_BITS, _LINE_BITS = 10, 22
_NIGHT_BITS = _RUN_BITS + _LINE_BITS
_LAST = (1 << 62) - 1
_LAST_NUMBER = (1 << 63) - 1
_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET_BITS, _MIDDLE = 12, 2048  # minutes from UTC, below a day
_LAST_MOMENT = (1 << 64 - _OFFSET_BITS) - 1  # microseconds
_HEX = re.compile("[0-9a-f]{64}")
_SHORTEST = 33  # bytes of a digest that is none: no SHA-256 has as many


def storable(value: str) -> str:
    """Return text as the index holds it."""
    return value.replace("\0", "\ufffd") if "\0" in value else value


class Utf8Text(TypeDecorator[str]):
    """Text sorted by its UTF-8 bytes (SQLite's BINARY, PostgreSQL's "C"), not by a locale.

    PostgreSQL refuses NUL in text: U+FFFD replaces it, on every database and in comparisons, so that all hold the same
    rows. The files keep what was read.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:  # Any: as SQLAlchemy declares it
        """Return the type of the database."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text to store, or to compare with."""
        return value if value is None else storable(value)


class Place(TypeDecorator[str]):
    """Place of a line, `night/run ordinal/line`, as an integer: 10 bits of the ordinal and 22 of the line below the day.

    A comparison may name less: a night alone (before all its places), one with `~` (after them), `""` and `~` (before and
    after all).
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        """Return the integer of a place. Raises ValueError for any other string."""
        return None if value is None else place_number(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        """Return the place; of a damaged row what stands there."""
        day = value >> _NIGHT_BITS if isinstance(value, int) else _DAYS
        if value is None or day not in range(1 - _FIRST_DAY, _DAYS):
            return value if value is None else f"{value}"
        night = date.fromordinal(day + _FIRST_DAY)
        ordinal, line = value >> _LINE_BITS & (1 << _RUN_BITS) - 1, value & (1 << _LINE_BITS) - 1
        return f"{night.isoformat()}/{ordinal:03d}/{line:07d}"


def place_number(place: str) -> int:
    """Return the integer of a place or of a beginning of one (`Place`). Raises ValueError for any other string."""
    if place in ("", "~"):
        return _LAST if place else -_LAST
    night, *rest = place.split("/")
    number = (date.fromisoformat(night.rstrip("~")).toordinal() - _FIRST_DAY) << _NIGHT_BITS
    if not rest:
        return number + (1 << _NIGHT_BITS) if night.endswith("~") else number
    ordinal, line = map(int, rest)
    if not (0 <= ordinal < 1 << _RUN_BITS and 0 <= line < 1 << _LINE_BITS):
        raise ValueError(f"{place}: the index has room for {1 << _RUN_BITS} runs and {1 << _LINE_BITS} lines of each")
    return number | ordinal << _LINE_BITS | line


def is_place(text: str) -> bool:
    """Return True if a text is a place or the beginning of one."""
    try:
        place_number(text)
    except ValueError:
        return False
    return True


def place(night: date | str, run: str, line: int) -> str:
    """Return the place of a line as a string that sorts by time."""
    return f"{night}/{run_order(run)[1]:03d}/{line:07d}"


def run_places(night: date | str, run: str) -> tuple[str, str]:
    """Return the first and the last place that lines of a run can have."""
    return place(night, run, 0), place(night, run, (1 << _LINE_BITS) - 1)


def line_at(portal: str, at: str) -> tuple[str, str, int]:
    """Return night, run and line of a place of a portal."""
    night, ordinal, line = at.split("/")
    return night, portal if int(ordinal) == 1 else f"{portal}.{int(ordinal)}", int(line)


class IsoMoment(TypeDecorator[str]):
    """Moment in ISO 8601 with its offset, as an integer: microseconds since 1970, and below them the offset in minutes.

    It holds the years 1970 to 2111. From 2041 on the integer is negative, as the database's 64 bits are: moments are not
    compared in it.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        """Return the integer of a moment."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value)
        offset = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
        # Outside these years there is no room, and a false date must not stop an audit.
        since = max(0, min((moment - _MOMENT) // timedelta(microseconds=1), _LAST_MOMENT))
        number = since << _OFFSET_BITS | offset + _MIDDLE
        return number if number <= _LAST_NUMBER else number - (1 << 64)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        """Return the moment as it was written; of a damaged row what stands there."""
        minutes = (value & (1 << _OFFSET_BITS) - 1) - _MIDDLE if isinstance(value, int) else _MIDDLE
        if value is None or abs(minutes) >= 24 * 60:
            return value if value is None else f"{value}"
        offset = timezone(timedelta(minutes=minutes))
        since = value % (1 << 64) >> _OFFSET_BITS
        return (_MOMENT + timedelta(microseconds=since)).astimezone(offset).isoformat()


class Sha256(TypeDecorator[str]):
    """SHA-256 in 64 hexadecimal digits, as its 32 bytes. Any other text, of a damaged line, is kept as longer bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the bytes to store, or to compare with."""
        if value is None:
            return None
        return bytes.fromhex(value) if _HEX.fullmatch(value) else storable(value).encode().ljust(_SHORTEST, b"\0")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Return the digits, or the other text; of a damaged row what stands there."""
        if not isinstance(value, bytes):
            return value if value is None else f"{value}"
        return value.hex() if len(value) < _SHORTEST else value.rstrip(b"\0").decode("utf-8", "replace")
