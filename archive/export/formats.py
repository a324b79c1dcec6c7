"""Write articles to files: JSONL that loses nothing, and CSV that a spreadsheet opens without running it.

A record is one line of `articles.jsonl` as it stands, with `night`, `run`, `text` and `cluster` added. A file is
written under a temporary name beside its place, flushed, and renamed: a file with the right name is whole.
"""

from __future__ import annotations

import csv
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import IO

from archive.storage.fsync import TEMPORARY, disk_errors, sync_folder
from archive.storage.jsonl import ArticleLine, canonical

Record = dict[str, object]
"""The values of one line as JSON has them, and `night`, `run`, `text` (None where it cannot be had) and `cluster`, the
canonical article's `portal/key`."""


class ExportFormat(StrEnum):
    """File format of records."""

    JSONL = "jsonl"
    CSV = "csv"


COLUMNS = ("night", "run", *(field.name for field in fields(ArticleLine)), "cluster", "text")
"""The columns of a CSV: one for each field of a line, and what is added to it."""

# A spreadsheet runs a cell that begins so; portals are strangers.
_FORMULA = frozenset("=+-@")


def write_records(target: Path, form: ExportFormat, records: Iterable[Record]) -> int:
    """Write a file whole or not at all; returns the number of records. Raises DiskFull or ArchiveError."""
    count = 0
    with disk_errors(f"cannot write {target}"), _whole(target, form) as stream:
        if form is ExportFormat.JSONL:
            for record in records:
                stream.write(canonical(record).decode() + "\n")
                count += 1
        else:
            rows = csv.writer(stream)
            rows.writerow(COLUMNS)
            for record in records:
                rows.writerow([spreadsheet_cell(record.get(name)) for name in COLUMNS])
                count += 1
    return count


def spreadsheet_cell(value: object) -> str:
    """Return a value as a spreadsheet shows it and never runs it: lists and objects as JSON, None as an empty cell.

    A cell that begins like a formula (`=`, `+`, `-`, `@`, full-width ones too, with or without blanks before them) or
    with a tab or a line end gets an apostrophe in front.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return (
            json.dumps(value, ensure_ascii=False, sort_keys=True) if not isinstance(value, int | float) else str(value)
        )
    first = unicodedata.normalize("NFKC", value.lstrip()[:1])
    return f"'{value}" if first in _FORMULA or value[:1] in ("\t", "\r", "\n") else value


@contextmanager
def _whole(target: Path, form: ExportFormat) -> Iterator[IO[str]]:
    temporary = target.with_name(f"{TEMPORARY}{target.name}")
    # A spreadsheet takes UTF-8 for something else unless the file says so; programs want JSONL, and no mark in it.
    encoding = "utf-8-sig" if form is ExportFormat.CSV else "utf-8"
    try:
        with temporary.open("w", encoding=encoding, newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
        sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)
