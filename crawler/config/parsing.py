"""The values of a settings file, each read strictly: a reader takes what TOML gives or raises ValueError."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from crawler.disk_space import read_size

__all__ = [
    "Keys",
    "clock_time",
    "close_match",
    "days_rising",
    "file_size",
    "one_of",
    "path",
    "read_table",
    "seconds",
    "web_address",
    "whole",
    "words_of",
    "yes_or_no",
]

Keys = Mapping[str, tuple[str, str, Callable[[Any], object]]]
"""Key in the file → field of ours, what it should be in words, reader."""


def close_match(word: str, known: Mapping[str, object] | list[str]) -> str:
    """The end of an error line: the known word that is meant, or all of them."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(sorted(known))}"


def read_table(
    raw: Mapping[str, object], keys: Keys, where: str, prefix: str, tables: Sequence[str] = ()
) -> dict[str, Any]:
    """The fields of one table. Raises UsageError with one line; an address is not repeated in it, it may be a secret."""
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in keys:
            raise UsageError(f"{where}: unknown key `{prefix}{key}`; {close_match(key, [*keys, *tables])}")
        into, expected, read = keys[key]
        try:
            values[into] = read(value)
        except ValueError:
            found = "" if "url" in key else f", found {value!r}"
            raise UsageError(f"{where}: `{prefix}{key}` should be {expected}{found}") from None
    return values


def clock_time(value: object) -> time:
    """A time of day, `HH:MM`."""
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return time.fromisoformat(value)
    raise ValueError


def whole(least: int, most: int) -> Callable[[object], int]:
    """A reader of whole numbers within bounds."""

    def read(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise ValueError

    return read


def seconds(value: object) -> float:
    """Seconds up to an hour."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600:
        return float(value)
    raise ValueError


def days_rising(value: object) -> tuple[int, ...]:
    """Days in rising order."""
    if isinstance(value, list) and value == sorted({whole(1, 3650)(day) for day in value}):
        return tuple(value)
    raise ValueError


def yes_or_no(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise ValueError


def path(value: object) -> Path:
    """A path; `~` is the home folder."""
    if isinstance(value, str) and value and "\0" not in value:
        return Path(value).expanduser()
    raise ValueError


def file_size(value: object) -> int:
    """Bytes, or a size in words."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str):
        return read_size(value)
    raise ValueError


def one_of(*known: str) -> Callable[[object], str]:
    """A reader of one of these words."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in known:
            return value
        raise ValueError

    return read


def words_of(known: Mapping[str, object]) -> Callable[[object], tuple[str, ...]]:
    """A reader of lists of these words."""

    def read(value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(word, str) and word in known for word in value):
            return tuple(dict.fromkeys(value))
        raise ValueError

    return read


def web_address(value: object) -> str:
    """An http or https address, or empty."""
    if value == "" or (isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\S*", value)):
        return str(value)
    raise ValueError
