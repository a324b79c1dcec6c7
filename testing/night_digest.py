"""Reduce the nights of a replica archive to digests that are equal for two runs of the same program.

`python -m testing.night_digest ARCHIVE` prints them as JSON; `tests/data/recorded-nights.json` was made so, before the modules of
this repository moved into their rooms.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from archive.storage.run_record import read_lines

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | float | bool | None"

# What differs between two runs: moments, compressed captures, the noise that replica portals print into their pages, the libraries.
# `reasons` and `detail` are words for people and no promise of the format.
VOLATILE = frozenset(
    {
        *("asked_at", "fetched_at", "started_at", "finished_at", "spacing_p50", "spacing_p99"),
        *("warc", "body_sha256", "size", "bytes"),
        *("software", "extractor", "reasons", "detail"),
    }
)


def night_digests(root: Path) -> dict[str, dict[str, JsonValue]]:
    """Return the runs of every sealed night, by date and name: digests of their files and of their paths in the manifest."""
    nights: dict[str, dict[str, JsonValue]] = {}
    for folder in sorted(path.parent for path in root.glob("????/??/??/manifest-1.json")):
        manifest = json.loads((folder / "manifest-1.json").read_text(encoding="utf-8"))
        paths = sorted(file["path"] for file in manifest["files"])
        runs = sorted(path.parent for path in folder.glob("*/run.json"))
        nights["-".join(folder.parts[-3:])] = {
            run.name: _run(run) | {"manifest": _digest(path for path in paths if path.startswith(f"{run.name}/"))}
            for run in runs
        } | {"manifest": sorted(manifest)}
    return nights


def _run(folder: Path) -> dict[str, JsonValue]:
    texts: dict[str, JsonValue] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.txt"))
    }
    record: JsonValue = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    articles, pages = (_lines(folder / name) for name in ("articles.jsonl", "pages.jsonl"))
    # Pages are fetched side by side: their order is that of the answers.
    return {
        "texts": texts,
        "articles": _digest(articles),
        "pages": _digest(sorted(pages)),
        "run": _digest([_canonical(_counted(record))]),
    }


def _counted(record: JsonValue) -> JsonValue:
    """Return a run's record without the counts of what needed no reading, and of what was read twice.

    The nights were recorded when every article was read, and when other ones were drawn for the cross-check. What a
    cross-check finds stays.
    """
    if not isinstance(record, dict) or not isinstance(counts := record.get("extraction"), dict):
        return record
    read = {name: count for name, count in counts.items() if not _is_of_sample(name)}
    return record | {"extraction": read}


def _is_of_sample(name: str) -> bool:
    drawn = name.startswith("crosscheck ") and name.endswith("pages")
    return drawn or name.startswith(("rechecks ", "texts with "))


def _lines(path: Path) -> list[str]:
    return [_canonical(json.loads(line)) for line in read_lines(path)]


def _canonical(value: JsonValue) -> str:
    return json.dumps(_stable(value), ensure_ascii=False, sort_keys=True)


def _stable(value: JsonValue) -> JsonValue:
    """Keep of a volatile field its name and whether it is filled."""
    if isinstance(value, dict):
        return {name: part not in (None, [], "") if name in VOLATILE else _stable(part) for name, part in value.items()}
    return [_stable(part) for part in value] if isinstance(value, list) else value


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


if __name__ == "__main__":
    json.dump(night_digests(Path(sys.argv[1])), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")
