"""`nights.toml`: the operator's settings, read strictly; and the hours of a night that follow from them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from archive.errors import UsageError
from crawler.config.alerts import AlertSettings, read_alerts
from crawler.config.decommission import GONE_NIGHTS
from crawler.config.lookback import LookBackPlan
from crawler.config.parsing import (
    Keys,
    clock_time,
    close_match,
    days_rising,
    file_size,
    one_of,
    path,
    read_table,
    seconds,
    whole,
    yes_or_no,
)
from crawler.log.setup import LogStyle
from vietnam.dates import TZ

__all__ = ["NightSettings", "PortalSettings", "close_match", "read_settings", "settings_at"]

_CONTACT = re.compile(r"(mailto:)?[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+\.[^\s<>()]+")


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """What the operator changed for one portal; None leaves the spider's own. Delay in seconds, looks in days.

    The bounds of look-backs are those of all portals where they are None.
    """

    enabled: bool = True
    delay: float | None = None
    looks: tuple[int, ...] | None = None
    lookback_days: int | None = None
    lookback_pages: int | None = None
    lookback_requests: int | None = None


_LOOKBACK = LookBackPlan()


@dataclass(frozen=True, slots=True)
class NightSettings:
    """The whole file. Times of day are those of Asia/Ho_Chi_Minh; memory (address space) and min_free in bytes."""

    contact: str = ""
    policy: str = ""
    start: time = time(1)
    cut_off: time = time(7)
    jobs: int = 4
    deadline: timedelta = timedelta(hours=1)
    memory: int = 3072 << 20
    max_tries: int = 3
    retry_unreachable: timedelta = timedelta(minutes=30)
    unreachable_tries: int = 6
    gone_nights: int = GONE_NIGHTS
    gone_ask_days: int = 30
    archive: Path = Path("var/archive")
    logs: Path = Path("var/log")
    log: LogStyle = LogStyle.TEXT
    keep_logs: int = 30
    reports: Path = Path("var/reports")
    checks: Path = Path("var/checks")
    min_free: int = 10**9
    metrics_file: Path | None = None
    metrics_port: int | None = None
    signing_key: Path | None = None
    lookback: LookBackPlan = _LOOKBACK
    alerts: AlertSettings = field(default_factory=AlertSettings)
    portals: Mapping[str, PortalSettings] = field(default_factory=dict)

    def portal(self, name: str) -> PortalSettings:
        """The settings of one portal."""
        return self.portals.get(name, PortalSettings())

    def lookback_of(self, name: str) -> LookBackPlan:
        """The bounds of one portal's look-backs."""
        own, common = self.portal(name), self.lookback
        return LookBackPlan(
            days=common.days if own.lookback_days is None else own.lookback_days,
            pages=own.lookback_pages or common.pages,
            requests=own.lookback_requests or common.requests,
        )

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


def read_settings(file: Path) -> NightSettings:
    """Read a settings file. Raises UsageError with one line that names the key and what it should be."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}): name the file with --settings") from None
    except ValueError as error:
        raise UsageError(f"{file} is no TOML: {error}") from None
    tables, alerts, base = raw.pop("portals", {}), raw.pop("alerts", {}), file.resolve().parent
    values = read_table(raw, _KEYS, str(file), "", tables=("alerts", "portals"))
    deeper = {name.removeprefix("lookback_"): values.pop(name) for name in [*values] if name in _LOOKBACK_KEYS}
    if not isinstance(tables, dict):
        raise UsageError(f"{file}: `portals` should be tables like [portals.quang_tri]")
    portals = {name: _read_portal(name, table, file) for name, table in tables.items()}
    settings = NightSettings(
        **values, portals=portals, alerts=read_alerts(alerts, str(file), base), lookback=LookBackPlan(**deeper)
    )
    if settings.start == settings.cut_off:
        raise UsageError(f"{file}: `cut_off` should differ from `start`, both are {settings.start:%H:%M}")
    key, metrics = settings.signing_key, settings.metrics_file
    return replace(
        settings,
        archive=base / settings.archive,
        logs=base / settings.logs,
        reports=base / settings.reports,
        checks=base / settings.checks,
        signing_key=None if key is None else base / key,
        metrics_file=None if metrics is None else base / metrics,
    )


def settings_at(file: Path | None, root: Path) -> NightSettings:
    """The named file, else the checkout's `nights.toml`, else the defaults. Raises UsageError as `read_settings` does."""
    own = root / "nights.toml"
    if file is not None or own.exists():
        return read_settings(file or own)
    bare = NightSettings()
    placed = {name: root / getattr(bare, name) for name in ("archive", "logs", "reports", "checks")}
    return replace(bare, **placed)


def _read_portal(name: str, table: object, file: Path) -> PortalSettings:
    if not isinstance(table, dict):
        raise UsageError(f"{file}: `portals.{name}` should be a table [portals.{name}]")
    return PortalSettings(**read_table(table, _PORTAL_KEYS, str(file), f"portals.{name}."))


def _contact(value: object) -> str:
    if value == "" or (isinstance(value, str) and _CONTACT.fullmatch(value)):
        return str(value)
    raise ValueError


def _policy(value: object) -> str:
    if value == "" or (isinstance(value, str) and _contact(value).startswith("http")):
        return str(value)
    raise ValueError


def _prom(value: object) -> Path:
    if path(value).suffix == ".prom":  # node-exporter passes over every other name
        return path(value)
    raise ValueError


def _port(value: object) -> int | None:
    return None if value == 0 and not isinstance(value, bool) else whole(1024, 65535)(value)


_LOOKBACK_KEYS: Keys = {
    "lookback_days": ("lookback_days", "a whole number of days from 0 (none) to 3650", whole(0, 3650)),
    "lookback_pages": ("lookback_pages", "a whole number of pages from 1 to 10000", whole(1, 10_000)),
    "lookback_requests": ("lookback_requests", "a whole number of requests from 1 to 100000", whole(1, 100_000)),
}
_KEYS: Keys = {
    "contact": ("contact", "an e-mail address or a web address", _contact),
    "policy": ("policy", "a web address", _policy),
    "start": ("start", 'a time of day like "01:00"', clock_time),
    "cut_off": ("cut_off", 'a time of day like "07:00"', clock_time),
    "jobs": ("jobs", "a whole number from 1 to 64", whole(1, 64)),
    "deadline_minutes": (
        "deadline",
        "a whole number of minutes from 1 to 1440",
        lambda value: timedelta(minutes=whole(1, 1440)(value)),
    ),
    "memory_mb": (
        "memory",
        "a whole number of MiB from 512 to 65536",
        lambda value: whole(512, 65536)(value) << 20,
    ),
    "max_tries": ("max_tries", "a whole number from 1 to 20", whole(1, 20)),
    "retry_unreachable_minutes": (
        "retry_unreachable",
        "a whole number of minutes from 1 to 720",
        lambda value: timedelta(minutes=whole(1, 720)(value)),
    ),
    "unreachable_tries": ("unreachable_tries", "a whole number from 1 to 100", whole(1, 100)),
    "gone_nights": ("gone_nights", "a whole number of nights from 2 to 365", whole(2, 365)),
    "gone_ask_days": ("gone_ask_days", "a whole number of days from 1 to 365", whole(1, 365)),
    "archive": ("archive", "the path of a folder", path),
    "logs": ("logs", "the path of a folder", path),
    "log": ("log", "text or json", lambda value: LogStyle(one_of("text", "json")(value))),
    "keep_logs": ("keep_logs", "a whole number of nights from 1 to 3650", whole(1, 3650)),
    "reports": ("reports", "the path of a folder", path),
    "checks": ("checks", "the path of a folder", path),
    "min_free": ("min_free", 'a size like "2 GB", or 0', file_size),
    "metrics_file": (
        "metrics_file",
        "the path of a file that ends in .prom, or empty",
        lambda value: None if value == "" else _prom(value),
    ),
    "metrics_port": ("metrics_port", "a port from 1024 to 65535, or 0", _port),
    "signing_key": (
        "signing_key",
        "the path of a key file, or empty",
        lambda value: None if value == "" else path(value),
    ),
    **_LOOKBACK_KEYS,
}
_PORTAL_KEYS: Keys = {
    "enabled": ("enabled", "true or false", yes_or_no),
    "delay": ("delay", "seconds from 0 to 3600", seconds),
    "looks": ("looks", "a list of days in rising order, like [1, 7, 30]", days_rising),
    **_LOOKBACK_KEYS,
}
