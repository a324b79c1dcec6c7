"""Types of the settings file's values, for pydantic: the bounds of each, and what an error message asks for.

Paths count from the folder of the settings file, which is the validation context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import core_schema

from crawler.disk_space import read_size

TABLE = ConfigDict(extra="forbid")
"""The configuration of a table: a key that is no field is an error."""


@dataclass(frozen=True, slots=True)
class ShouldBe:
    """Metadata of a value's type: the end of the sentence `<key> should be …` for a value that does not fit."""

    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Replace every error below by one with these words."""
        return core_schema.custom_error_schema(handler(source), "should_be", custom_error_message=self.words)


def _clock_time(value: object) -> time:
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return time.fromisoformat(value)
    raise ValueError


def _path(value: object, info: ValidationInfo) -> Path:
    if value and isinstance(value, str | Path) and "\0" not in str(value):
        return Path(info.context or "") / Path(value).expanduser()
    raise ValueError


def _optional_path(value: object, info: ValidationInfo) -> Path | None:
    return None if value == "" else _path(value, info)


def _rising(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) == sorted(set(days)):
        return days
    raise ValueError


def minutes(most: int) -> BeforeValidator:
    """Return the reader of a whole number of minutes from 1 to `most` into a timedelta."""

    def read(value: object) -> timedelta:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return timedelta(minutes=value)
        raise ValueError

    return BeforeValidator(read)


def optional_file(suffix: str) -> AfterValidator:
    """Return the check that a file's name ends in `suffix`."""

    def check(path: Path | None) -> Path | None:
        if path is None or path.suffix == suffix:
            return path
        raise ValueError

    return AfterValidator(check)


def _size(value: object) -> object:
    return read_size(value) if isinstance(value, str) else value


Count = Annotated[int, Field(strict=True)]
YesOrNo = Annotated[bool, Field(strict=True), ShouldBe("true or false")]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Folder = Annotated[Path, BeforeValidator(_path), Field(validate_default=True), ShouldBe("the path of a folder")]
OptionalFile = Annotated[Path | None, BeforeValidator(_optional_path)]
ByteSize = Annotated[Count, Field(ge=0), BeforeValidator(_size), ShouldBe('a size like "2 GB", or 0')]
Seconds = Annotated[float, Field(strict=True, ge=0, le=3600, allow_inf_nan=False), ShouldBe("seconds from 0 to 3600")]
RisingDays = Annotated[
    tuple[Annotated[Count, Field(ge=1, le=3650)], ...],
    AfterValidator(_rising),
    ShouldBe("a list of days in rising order, like [1, 7, 30]"),
]
WebAddress = Annotated[str, Field(pattern=r"^(https?://[^\s/]+\S*)?$"), ShouldBe("a web address, or empty")]
LookbackDays = Annotated[Count, Field(ge=0, le=3650), ShouldBe("a whole number of days from 0 (none) to 3650")]
LookbackPages = Annotated[Count, Field(ge=1, le=10_000), ShouldBe("a whole number of pages from 1 to 10000")]
LookbackRequests = Annotated[Count, Field(ge=1, le=100_000), ShouldBe("a whole number of requests from 1 to 100000")]
