"""Read a CSV of articles recorded from danang.gov.vn: `topic,title,summary,url,keywords,public_time,content`."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import UsageError
from vietnam.dates import TZ

__all__ = ["Row", "read_rows"]

_COLUMNS = ("topic", "title", "summary", "url", "keywords", "public_time", "content")
_TIME = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:\s+(\d{1,2}):(\d{2}))?")
_PATH = re.compile(r"(?:/vi)?/web/dng/-/([^/]+)/?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `slug` and `path` are the address's, `published` is aware; without `clock` the row gives a day only."""

    number: int
    topic: str
    title: str
    summary: str
    path: str
    slug: str
    keywords: tuple[str, ...]
    published: datetime
    clock: bool
    content: str


def read_rows(path: Path) -> tuple[Row, ...]:
    """All rows in the file's order. Raises UsageError with one line that names the file, the line and what is wrong."""
    csv.field_size_limit(1 << 24)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(
                    f"{path} has no column {', '.join(missing)}: its first line should name {', '.join(_COLUMNS)}"
                )
            rows = tuple(_row(path, reader.line_num, values) for values in reader)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot read {path} ({said}): name the CSV of articles with --articles") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is no CSV in UTF-8: {error}") from None
    if not rows:
        raise UsageError(f"{path} has no articles: nothing can be served")
    return rows


def _row(path: Path, number: int, values: dict[str, str]) -> Row:
    if any(values.get(name) is None for name in _COLUMNS):
        raise UsageError(f"{path}, line {number}: fewer values than columns")
    address = urlsplit(values["url"].strip())
    found = _PATH.fullmatch(address.path)
    if found is None:
        raise UsageError(f"{path}, line {number}: {values['url']!r} is no article of danang.gov.vn (/web/dng/-/SLUG)")
    published, clock = _published(path, number, values["public_time"].strip())
    return Row(
        number=number,
        topic=values["topic"].strip(),
        title=values["title"],
        summary=values["summary"],
        path=address.path,
        slug=found[1],
        keywords=tuple(word.strip() for word in values["keywords"].split(",") if word.strip()),
        published=published,
        clock=clock,
        content=values["content"],
    )


def _published(path: Path, number: int, text: str) -> tuple[datetime, bool]:
    found = _TIME.fullmatch(text)
    try:
        if found is not None:
            day, month, year, hour, minute = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, tzinfo=TZ), found[4] is not None
    except ValueError:
        pass
    raise UsageError(
        f"{path}, line {number}: {text!r} is no publication time: write it as 13/01/2026 19:15 or 13/01/2026"
    )
