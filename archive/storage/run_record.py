"""`run.json`: the record of a portal's night, written once when the night is closed.

Success is what this record says: `complete` is true only when the crawl ended by itself and every batch was committed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

from archive.model.decommission import away_from, away_plain
from archive.model.enums import Verdict, Via, WalkEnd
from archive.model.records import Run, SectionWalk
from archive.model.run_metrics import measures_from, measures_plain
from archive.storage.jsonl import canonical, decode_article, decode_page
from archive.storage.lookback_stats import lookback_from, lookback_plain
from archive.storage.request_stats import visit_from, visit_plain

__all__ = ["RUN_FILE", "ReadLines", "count_events", "read_lines", "read_run", "run_bytes", "run_from", "run_plain"]

RUN_FILE = "run.json"


def run_plain(run: Run) -> dict[str, object]:
    """A run as JSON values; a record that was written without measures, a look-back or a province stays without them."""
    optional: dict[str, object] = {}
    if run.measures is not None:
        optional["measures"] = measures_plain(run.measures)
    if run.lookback is not None:
        optional["lookback"] = lookback_plain(run.lookback)
    if run.hosts:
        optional["hosts"] = {host: visit_plain(visit) for host, visit in run.hosts.items()}
    if run.province is not None:
        optional["province"] = run.province
    if run.away is not None:
        optional["away"] = away_plain(run.away)
    if run.declared:
        optional["declared"] = run.declared
    return optional | {
        "portal": run.portal,
        "night": run.night.isoformat(),
        "run": run.run,
        "via": run.via.value,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat(),
        "complete": run.complete,
        "finish_reason": run.finish_reason,
        "verdict": run.verdict.value,
        "reasons": list(run.reasons),
        "listed": run.listed,
        "requests": run.requests,
        "bytes": run.bytes,
        "outcomes": run.outcomes,
        "events": run.events,
        "sections": {
            name: {"pages": walk.pages, "listed": walk.listed, "fresh": walk.fresh, "end": walk.end}
            | ({"first": True} if walk.first else {})
            for name, walk in run.sections.items()
        },
        "extraction": run.extraction,
        "software": run.software,
        "attempts": run.attempts,
    }


def run_bytes(run: Run) -> bytes:
    """The bytes of `run.json`: indented for people, keys sorted."""
    return (json.dumps(run_plain(run), ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def run_from(raw: bytes | str) -> Run:
    """Read a `run.json`. Raises ValueError when it is not one."""
    try:
        value = cast(dict[str, object], json.loads(raw))
        walks = cast(dict[str, dict[str, object]], value["sections"])
        return Run(
            portal=cast(str, value["portal"]),
            night=date.fromisoformat(cast(str, value["night"])),
            run=cast(str, value["run"]),
            via=Via(cast(str, value["via"])),
            started_at=datetime.fromisoformat(cast(str, value["started_at"])),
            finished_at=datetime.fromisoformat(cast(str, value["finished_at"])),
            complete=bool(value["complete"]),
            finish_reason=cast(str, value["finish_reason"]),
            verdict=Verdict(cast(str, value["verdict"])),
            reasons=tuple(cast(list[str], value["reasons"])),
            listed=cast(int, value["listed"]),
            requests=cast(int, value["requests"]),
            bytes=cast(int, value["bytes"]),
            outcomes=cast(dict[str, int], value["outcomes"]),
            events=cast(dict[str, int], value["events"]),
            sections={name: _walk(walk) for name, walk in walks.items()},
            extraction=cast(dict[str, int], value["extraction"]),
            software=cast(dict[str, str], value["software"]),
            attempts=cast(int, value["attempts"]),
            lookback=lookback_from(value.get("lookback")),
            measures=measures_from(cast(dict[str, object], measured)) if (measured := value.get("measures")) else None,
            hosts={
                host: visit_from(raw)
                for host, raw in cast("dict[str, dict[str, object]]", value.get("hosts", {})).items()
            },
            province=cast("str | None", value.get("province")),
            away=away_from(value.get("away")),
            declared=cast("dict[str, str]", value.get("declared", {})),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a run record: {error}") from error


def _walk(raw: dict[str, object]) -> SectionWalk:
    end = WalkEnd(cast(str, raw["end"])) if raw["end"] else None
    pages, listed, fresh = (cast(int, raw[name]) for name in ("pages", "listed", "fresh"))
    return SectionWalk(pages, listed, fresh, end, bool(raw.get("first")))


def read_run(folder: Path) -> Run:
    """The record of a closed run. Raises FileNotFoundError or ValueError."""
    return run_from((folder / RUN_FILE).read_bytes())


class ReadLines:
    """The lines of one run's two files, with the raw bytes that are their Merkle leaves."""

    def __init__(self, folder: Path) -> None:
        self.raw_articles = read_lines(folder / "articles.jsonl")
        self.articles = [decode_article(line) for line in self.raw_articles]
        self.pages = [decode_page(line) for line in read_lines(folder / "pages.jsonl")]


def read_lines(path: Path) -> list[bytes]:
    """The complete lines of a file, without their newlines; a torn last line is not one. Empty when there is no file."""
    if not path.exists():
        return []
    data = path.read_bytes()
    return data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]


def count_events(run: Run, raw_articles: list[bytes]) -> Run:
    """The same record with its events counted from the lines."""
    counts: dict[str, int] = {}
    for line in raw_articles:
        name = decode_article(line).event.value
        counts[name] = counts.get(name, 0) + 1
    return replace(run, events=dict(sorted(counts.items())))


def same_record(one: Run, other: Run) -> bool:
    """Whether two records say the same."""
    return canonical(run_plain(one)) == canonical(run_plain(other))
