"""`nights.toml`: the operator's settings, read strictly, and the hours of a night that follow from them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from archive.errors import UsageError, did_you_mean
from archive.model.decommission import GONE_NIGHTS
from crawler.config.alerts import AlertSettings
from crawler.config.run_options import LookbackPlan
from crawler.config.setting_types import (
    TABLE,
    ByteSize,
    ClockTime,
    Count,
    Folder,
    LookbackDays,
    LookbackPages,
    LookbackRequests,
    OptionalFile,
    RisingDays,
    Seconds,
    ShouldBe,
    YesOrNo,
    minutes,
    optional_file,
)
from crawler.log.setup import LogStyle
from vietnam.date_forms import TZ

_LOOKBACK = LookbackPlan()
_WEB = r"https?://[^\s<>()]+\.[^\s<>()]+"
_CONTACT = rf"^((mailto:)?[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|{_WEB})?$"
_KEYS = {
    "deadline": "deadline_minutes",
    "memory": "memory_mb",
    "retry_unreachable": "retry_unreachable_minutes",
}
"""Field → key of the file, where the key names a unit."""


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """The operator's exceptions for one portal. Delay in seconds, looks in days.

    None leaves the spider's own delay and looks, and the bounds on look-backs that hold for all portals.
    """

    __pydantic_config__: ClassVar[ConfigDict] = TABLE

    enabled: YesOrNo = True
    delay: Seconds | None = None
    looks: RisingDays | None = None
    lookback_days: LookbackDays | None = None
    lookback_pages: LookbackPages | None = None
    lookback_requests: LookbackRequests | None = None


@dataclass(frozen=True, slots=True)
class NightSettings:
    """The whole file. Times of day are those of Asia/Ho_Chi_Minh; memory (address space) and min_free in bytes."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(**TABLE, alias_generator=lambda name: _KEYS.get(name, name))

    contact: Annotated[str, Field(pattern=_CONTACT), ShouldBe("an e-mail address or a web address")] = ""
    policy: Annotated[str, Field(pattern=f"^({_WEB})?$"), ShouldBe("a web address")] = ""
    start: Annotated[ClockTime, ShouldBe('a time of day like "01:00"')] = time(1)
    cut_off: Annotated[ClockTime, ShouldBe('a time of day like "07:00"')] = time(7)
    jobs: Annotated[Count, Field(ge=1, le=64), ShouldBe("a whole number from 1 to 64")] = 4
    deadline: Annotated[timedelta, minutes(1440), ShouldBe("a whole number of minutes from 1 to 1440")] = timedelta(
        hours=1
    )
    memory: Annotated[
        Count,
        Field(ge=512, le=65536),
        AfterValidator(lambda mebibytes: mebibytes << 20),
        ShouldBe("a whole number of MiB from 512 to 65536"),
    ] = 3072 << 20
    max_tries: Annotated[Count, Field(ge=1, le=20), ShouldBe("a whole number from 1 to 20")] = 3
    retry_unreachable: Annotated[timedelta, minutes(720), ShouldBe("a whole number of minutes from 1 to 720")] = (
        timedelta(minutes=30)
    )
    unreachable_tries: Annotated[Count, Field(ge=1, le=100), ShouldBe("a whole number from 1 to 100")] = 6
    gone_nights: Annotated[Count, Field(ge=2, le=365), ShouldBe("a whole number of nights from 2 to 365")] = GONE_NIGHTS
    gone_ask_days: Annotated[Count, Field(ge=1, le=365), ShouldBe("a whole number of days from 1 to 365")] = 30
    archive: Folder = Path("var/archive")
    logs: Folder = Path("var/log")
    log: Annotated[LogStyle, ShouldBe("text or json")] = LogStyle.TEXT
    keep_logs: Annotated[Count, Field(ge=1, le=3650), ShouldBe("a whole number of nights from 1 to 3650")] = 30
    reports: Folder = Path("var/reports")
    checks: Folder = Path("var/checks")
    min_free: ByteSize = 10**9
    metrics_file: Annotated[
        OptionalFile,
        optional_file(".prom"),  # node-exporter passes over every other name
        ShouldBe("the path of a file that ends in .prom, or empty"),
    ] = None
    metrics_port: Annotated[
        Annotated[Count, Field(ge=1024, le=65535)] | None,
        BeforeValidator(lambda port: None if port == 0 and not isinstance(port, bool) else port),
        ShouldBe("a port from 1024 to 65535, or 0"),
    ] = None
    signing_key: Annotated[OptionalFile, ShouldBe("the path of a key file, or empty")] = None
    timestamp_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$"), ShouldBe("a web address, or empty")] = ""
    calendars: Annotated[
        tuple[Annotated[str, Field(pattern=r"^https?://\S+$")], ...], ShouldBe("a list of web addresses")
    ] = ()
    lookback_days: LookbackDays = _LOOKBACK.days
    lookback_pages: LookbackPages = _LOOKBACK.pages
    lookback_requests: LookbackRequests = _LOOKBACK.requests
    alerts: AlertSettings = field(default_factory=AlertSettings)
    portals: dict[str, PortalSettings] = field(default_factory=dict)

    def portal(self, name: str) -> PortalSettings:
        """Return the settings of one portal."""
        return self.portals.get(name, PortalSettings())

    def lookback_of(self, name: str) -> LookbackPlan:
        """Return the bounds of one portal's look-backs."""
        own = self.portal(name)
        return LookbackPlan(
            days=self.lookback_days if own.lookback_days is None else own.lookback_days,
            pages=own.lookback_pages or self.lookback_pages,
            requests=own.lookback_requests or self.lookback_requests,
        )

    def opens(self, night: date) -> datetime:
        """Return the moment at which a night starts."""
        return datetime.combine(night, self.start, TZ)

    def closes(self, night: date) -> datetime:
        """Return the cut-off of a night: on the same day, or on the next one when it lies before the start."""
        day = night if self.cut_off > self.start else night + timedelta(days=1)
        return datetime.combine(day, self.cut_off, TZ)

    def latest(self, now: datetime) -> date:
        """Return the last night that has started."""
        today = now.astimezone(TZ).date()
        return today if self.opens(today) <= now else today - timedelta(days=1)

    def next_start(self, now: datetime) -> datetime:
        """Return the moment at which the next night starts."""
        return self.opens(self.latest(now) + timedelta(days=1))


_FILE = TypeAdapter(NightSettings)


def read_settings(file: Path) -> NightSettings:
    """Read a settings file; relative paths count from its folder.

    Raises:
        UsageError: The file cannot be read or a value does not fit; one line that names the key and what it should be.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}): name the file with --settings") from None
    except ValueError as error:
        raise UsageError(f"{file} is no TOML: {error}") from None
    try:
        settings = _FILE.validate_python(raw, context=file.resolve().parent)
    except ValidationError as error:
        raise UsageError(f"{file}: {_first_mistake(error, raw)}") from None
    if settings.start == settings.cut_off:
        raise UsageError(f"{file}: `cut_off` should differ from `start`, both are {settings.start:%H:%M}")
    return settings


def settings_at(file: Path | None, root: Path) -> NightSettings:
    """Read the named file, else the checkout's `nights.toml`; without either, return the defaults.

    Raises:
        UsageError: As `read_settings` does.
    """
    own = root / "nights.toml"
    if file is not None or own.exists():
        return read_settings(file or own)
    return _FILE.validate_python({}, context=root)


def _first_mistake(error: ValidationError, raw: Mapping[str, Any]) -> str:
    """Describe the mistake that stands first in the file. An address is not repeated: it may be a secret."""
    mistake = min(error.errors(include_url=False), key=lambda each: _position(each["loc"], raw))
    *outer, key = map(str, mistake["loc"])
    name = ".".join([*outer, key])
    match mistake["type"]:
        case "unexpected_keyword_argument":
            return f"unknown key `{name}`; {did_you_mean(key, _keys(outer))}"
        case "dict_type":
            return f"`{name}` should be tables like [{name}.quang_tri]"
        case "dataclass_type":
            return f"`{name}` should be a table [{name}]"
        case _:
            found = "" if "url" in key else f", found {mistake['input']!r}"
            return f"`{name}` should be {mistake['msg']}{found}"


def _position(location: Sequence[int | str], raw: Mapping[str, Any]) -> list[int]:
    places, table = [], raw
    for key in location:
        places.append([*table].index(str(key)))
        table = table[str(key)]
    return places


def _keys(table: Sequence[str]) -> list[str]:
    """Return the keys that a table may have."""
    of = NightSettings if not table else AlertSettings if table[0] == "alerts" else PortalSettings
    return [_KEYS.get(each.name, each.name) for each in fields(of)]
