"""Read and write `run.json`, the record of a portal's night, written once when the run is closed.

This record alone defines success: `complete` is true only when the crawl ended by itself and every batch was committed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

from archive.model.records import Run
from archive.storage.jsonl import canonical, decode, decode_article, decoder, iso, json_values
from archive.storage.stored_file import damaged_file, read_stored

RUN_FILE = "run.json"


_RUN = decoder(Run)
# Records that were written before these parts stay without them.
_OPTIONAL = ("measures", "lookback", "hosts", "province", "away", "declared")
_OPTIONAL_OF_SECTION = ("first", "total", "ever_listed")


def run_plain(run: Run) -> dict[str, object]:
    """Return a run as JSON values; an optional part without a value is left out, and so is a section's false `first`."""
    values = json_values(run)
    sections = cast("dict[str, dict[str, object]]", values["sections"])
    values["sections"] = {
        name: {key: value for key, value in walk.items() if key not in _OPTIONAL_OF_SECTION or _is_set(value)}
        for name, walk in sections.items()
    }
    return {name: value for name, value in values.items() if name not in _OPTIONAL or value not in (None, {})}


def _is_set(value: object) -> bool:
    return value is not None and value is not False


def run_bytes(run: Run) -> bytes:
    """Return the bytes of `run.json`: indented for people, keys sorted."""
    return (json.dumps(run_plain(run), ensure_ascii=False, sort_keys=True, indent=1, default=iso) + "\n").encode()


def run_from(raw: bytes | str) -> Run:
    """Read a `run.json`. Raises ValueError when it is not one."""
    return decode(_RUN, raw, "a run record")


def read_run(folder: Path) -> Run:
    """Read the record of a closed run. Raises FileNotFoundError or another OSError, DamagedFile when it is no record."""
    path = folder / RUN_FILE
    data = read_stored(path)
    try:
        return run_from(data)
    except ValueError as error:
        raise damaged_file(path, error) from None


def read_lines(path: Path) -> list[bytes]:
    """Return the complete lines of a file without newlines, not a torn last one. Empty when there is no file.

    Raises DamagedFile when it cannot be read.
    """
    try:
        data = read_stored(path)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise damaged_file(path, error) from None
    return data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]


def count_events(run: Run, raw_articles: list[bytes]) -> Run:
    """Return the record with its events counted from the lines."""
    counts: dict[str, int] = {}
    for line in raw_articles:
        name = decode_article(line).event.value
        counts[name] = counts.get(name, 0) + 1
    return replace(run, events=dict(sorted(counts.items())))


def same_record(one: Run, other: Run) -> bool:
    """Return True if two records have the same JSON form."""
    return canonical(run_plain(one)) == canonical(run_plain(other))
