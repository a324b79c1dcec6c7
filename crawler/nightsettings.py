"""`nights.toml`: the operator's settings, read strictly; and the hours of a night that follow from them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from vietnam.dates import TZ

__all__ = ["NightSettings", "PortalSettings", "close_match", "read_settings"]

_CONTACT = re.compile(r"(mailto:)?[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+\.[^\s<>()]+")


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """What the operator changed for one portal; None leaves the spider's own. Delay in seconds, looks in days."""

    enabled: bool = True
    delay: float | None = None
    looks: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class NightSettings:
    """The whole file. Times of day are those of Asia/Ho_Chi_Minh; memory in bytes of address space."""

    contact: str = ""
    start: time = time(1)
    cut_off: time = time(7)
    jobs: int = 4
    deadline: timedelta = timedelta(hours=1)
    memory: int = 3072 << 20
    max_tries: int = 3
    archive: Path = Path("var/archive")
    logs: Path = Path("var/log")
    signing_key: Path | None = None
    portals: Mapping[str, PortalSettings] = field(default_factory=dict)

    def portal(self, name: str) -> PortalSettings:
        """The settings of one portal."""
        return self.portals.get(name, PortalSettings())

    def opens(self, night: date) -> datetime:
        """When a night starts."""
        return datetime.combine(night, self.start, TZ)

    def closes(self, night: date) -> datetime:
        """The cut-off of a night: on the same day, or the next when it lies before the start."""
        day = night if self.cut_off > self.start else night + timedelta(days=1)
        return datetime.combine(day, self.cut_off, TZ)

    def latest(self, now: datetime) -> date:
        """The last night that has started."""
        today = now.astimezone(TZ).date()
        return today if self.opens(today) <= now else today - timedelta(days=1)

    def next_start(self, now: datetime) -> datetime:
        """When the next night starts."""
        return self.opens(self.latest(now) + timedelta(days=1))


def close_match(word: str, known: Mapping[str, object] | list[str]) -> str:
    """The end of an error line: the known word that is meant, or all of them."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(sorted(known))}"


def read_settings(path: Path) -> NightSettings:
    """Read a settings file. Raises UsageError with one line that names the key and what it should be."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): name the file with --settings") from None
    except ValueError as error:
        raise UsageError(f"{path} is no TOML: {error}") from None
    tables = raw.pop("portals", {})
    values = _read_table(raw, _KEYS, str(path), "")
    if not isinstance(tables, dict):
        raise UsageError(f"{path}: `portals` should be tables like [portals.quang_tri]")
    portals = {name: _read_portal(name, table, path) for name, table in tables.items()}
    settings = NightSettings(**values, portals=portals)
    if settings.start == settings.cut_off:
        raise UsageError(f"{path}: `cut_off` should differ from `start`, both are {settings.start:%H:%M}")
    base, key = path.resolve().parent, settings.signing_key
    key = None if key is None else base / key
    return replace(settings, archive=base / settings.archive, logs=base / settings.logs, signing_key=key)


def _read_portal(name: str, table: object, path: Path) -> PortalSettings:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: `portals.{name}` should be a table [portals.{name}]")
    return PortalSettings(**_read_table(table, _PORTAL_KEYS, str(path), f"portals.{name}."))


def _read_table(raw: Mapping[str, object], keys: _Keys, where: str, prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in keys:
            raise UsageError(f"{where}: unknown key `{prefix}{key}`; {close_match(key, keys)}")
        into, expected, read = keys[key]
        try:
            values[into] = read(value)
        except ValueError:
            raise UsageError(f"{where}: `{prefix}{key}` should be {expected}, found {value!r}") from None
    return values


def _contact(value: object) -> str:
    if value == "" or (isinstance(value, str) and _CONTACT.fullmatch(value)):
        return str(value)
    raise ValueError


def _clock(value: object) -> time:
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return time.fromisoformat(value)
    raise ValueError


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise ValueError

    return read


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600:
        return float(value)
    raise ValueError


def _looks(value: object) -> tuple[int, ...]:
    if isinstance(value, list) and value == sorted({_whole(1, 3650)(day) for day in value}):
        return tuple(value)
    raise ValueError


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError


def _path(value: object) -> Path:
    if isinstance(value, str) and value and "\0" not in value:
        return Path(value).expanduser()
    raise ValueError


_Keys = Mapping[str, tuple[str, str, Callable[[Any], object]]]
_KEYS: _Keys = {
    "contact": ("contact", "an e-mail address or a web address", _contact),
    "start": ("start", 'a time of day like "01:00"', _clock),
    "cut_off": ("cut_off", 'a time of day like "07:00"', _clock),
    "jobs": ("jobs", "a whole number from 1 to 64", _whole(1, 64)),
    "deadline_minutes": (
        "deadline",
        "a whole number of minutes from 1 to 1440",
        lambda value: timedelta(minutes=_whole(1, 1440)(value)),
    ),
    "memory_mb": (
        "memory",
        "a whole number of MiB from 512 to 65536",
        lambda value: _whole(512, 65536)(value) << 20,
    ),
    "max_tries": ("max_tries", "a whole number from 1 to 20", _whole(1, 20)),
    "archive": ("archive", "the path of a folder", _path),
    "logs": ("logs", "the path of a folder", _path),
    "signing_key": (
        "signing_key",
        "the path of a key file, or empty",
        lambda value: None if value == "" else _path(value),
    ),
}
_PORTAL_KEYS: _Keys = {
    "enabled": ("enabled", "true or false", _yes_or_no),
    "delay": ("delay", "seconds from 0 to 3600", _seconds),
    "looks": ("looks", "a list of days in rising order, like [1, 7, 30]", _looks),
}
