"""What unchanged articles cost: `python -m bench.months.unchanged --nights 30`.

The composed portals are crawled for one night and so many further ones through `scheduler.py`, with every look that falls
due; no article ever changes, and most pages have other bytes at every request. Counted are the looks, the answers 304, the
WARC records of type revisit, the bytes that both saved, and every event that claims a change: there must be none. The last
line is JSON. Exit codes: 0 no false event and the archive verifies; 1 findings; 2 wrong usage; 11 interrupted.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.model.enums import ArchiveKind, Event
from archive.model.records import PageRecord
from archive.storage.paths import Paths
from archive.storage.run_record import ReadLines
from archive.storage.warc import read_record
from bench.months.unchanged_sites import quiet_site, way_of
from bench.runner import interrupt, new_archive, run_night, runs_of, verify
from replicas import FIRST_NIGHT
from replicas.articles import PORTALS
from replicas.records import ReplicaArticle
from replicas.serve import ReplicaServer

__all__ = ["Cost", "count", "main"]

_CHANGES = (Event.REVISION, Event.REDATED, Event.REREAD, Event.GONE, Event.RETURNED, Event.MOVED)
_FIRST = (Event.NEW, Event.DUPLICATE, Event.NEAR_DUPLICATE)


@dataclass(slots=True)
class Cost:
    """One portal over all nights. Bytes are those of compressed WARC members, headers included.

    `looks` are requests for articles kept before; `revisits` are WARC records without a body, those of 304 answers among
    them; `saved` is what they are smaller than the response they stand for. `false_*` are events that claim what did not
    happen.
    """

    portal: str
    pages: str = ""
    requests: int = 0
    lists: int = 0
    articles: int = 0
    looks: int = 0
    not_modified: int = 0
    revisits: int = 0
    kept_bytes: int = 0
    saved_bytes: int = 0
    lookback_requests: int = 0
    false_revisions: int = 0
    false_redated: int = 0
    false_others: int = 0
    false_duplicates: int = 0
    false_near: int = 0
    quarantined: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def false(self) -> int:
        """All that was claimed and did not happen."""
        changes = self.false_revisions + self.false_redated + self.false_others
        return changes + self.false_duplicates + self.false_near + self.quarantined


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            return _measure(asked.nights, asked.portal or PORTALS, asked.jobs, Path(scratch), asked.archive)
    except ArchiveError as error:
        print(f"unchanged: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("unchanged: interrupted; run it again", file=sys.stderr)
        return ExitCode.INTERRUPTED


def _measure(nights: int, portals: Sequence[str], jobs: int, scratch: Path, kept: Path | None) -> int:
    if nights < 1:
        raise UsageError(f"--nights should be at least 1, found {nights}")
    folder = kept or scratch / "archive"
    new_archive(folder)
    settings = scratch / "nights.toml"
    settings.touch()  # the defaults: a measurement does not depend on what an operator changed
    began = time.monotonic()
    with ReplicaServer([quiet_site(portal) for portal in portals]) as server:
        for number in range(nights + 1):
            started = time.monotonic()
            night = FIRST_NIGHT + timedelta(days=number)
            run_night(night, folder, settings, server.port, portals, jobs)
            print(f"{night}  {len(server.log)} requests so far ({time.monotonic() - started:.1f} s)", file=sys.stderr)
    took = time.monotonic() - began
    costs = [count(Paths(folder), portal, {one.key: one for one in quiet_site(portal).articles}) for portal in portals]
    clean, said = verify(folder)
    _show(costs)
    figures = {"nights": nights, "seconds": round(took, 1), "verify": "clean" if clean else said}
    print(json.dumps(figures | {"portals": [asdict(cost) for cost in costs]} | _total(costs), ensure_ascii=False))
    return ExitCode.GOOD if clean and not any(cost.false for cost in costs) else ExitCode.FINDINGS


def count(paths: Paths, portal: str, articles: Mapping[str, ReplicaArticle]) -> Cost:
    """What a portal's nights cost, read from the files alone."""
    cost = Cost(portal, way_of(portal))
    known: set[str] = set()
    full: dict[str, int] = {}
    for _, folder in runs_of(paths, portal):
        lines = ReadLines(folder)
        for page in lines.pages:
            _page(cost, page, folder, known, full)
        for line in lines.articles:
            if line.attachment_of is not None:
                _claimed(cost, line.event, line.id) if line.event is not Event.ATTACHMENT or line.revision_of else None
                continue
            one = articles.get(line.key)
            if line.event in _FIRST and line.key not in known:
                cost.articles += 1
                # What two portals print is one text on purpose, and what a third prints cut is alike.
                release = one is not None and bool(one.shared or one.reprint)
                cost.false_duplicates += line.event is Event.DUPLICATE and not release
                cost.false_near += bool(line.near) and not release
            else:
                _claimed(cost, line.event, line.id)
            known.add(line.key)
    return cost


def _claimed(cost: Cost, event: Event, what: str) -> None:
    """An event of an article that was kept before: nothing of the kind ever happened."""
    cost.false_revisions += event is Event.REVISION
    cost.false_redated += event is Event.REDATED
    cost.quarantined += event is Event.QUARANTINED
    cost.false_others += event not in (Event.REVISION, Event.REDATED, Event.QUARANTINED)
    cost.said.append(f"{event.value} {what}")


def _page(cost: Cost, page: PageRecord, folder: Path, known: set[str], full: dict[str, int]) -> None:
    cost.requests += 1
    cost.lists += page.page_number is not None
    cost.looks += page.key in known
    cost.lookback_requests += page.lookback is not None
    if page.warc is None:
        return
    cost.kept_bytes += page.warc.length
    record = read_record(folder / page.warc.file, page.warc, ArchiveKind.REPLICA)
    is_revisit = record is not None and record.revisit_of is not None
    if page.status == 304 or is_revisit:
        cost.not_modified += page.status == 304
        cost.revisits += is_revisit
        cost.saved_bytes += max(0, full.get(page.url, 0) - page.warc.length)
    elif page.status == 200:
        full[page.url] = page.warc.length


def _total(costs: Sequence[Cost]) -> dict[str, int]:
    names = (
        "requests",
        "looks",
        "not_modified",
        "revisits",
        "kept_bytes",
        "saved_bytes",
        "false_revisions",
        "false_redated",
    )
    total = {name: sum(getattr(cost, name) for cost in costs) for name in names}
    return total | {"false": sum(cost.false for cost in costs)}


def _show(costs: Sequence[Cost]) -> None:
    """The table of docs/measurements/unchanged.md."""
    print("| portal | article pages | articles | looks | 304 | revisit | WARC kept | saved | false |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for one in costs:
        numbers = [one.articles, one.looks, one.not_modified, one.revisits]
        sizes = f"{one.kept_bytes / 1000:.0f} kB | {one.saved_bytes / 1000:.0f} kB"
        print(f"| {one.portal} | {one.pages} | {' | '.join(map(str, numbers))} | {sizes} | {one.false} |")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.months.unchanged", description="Measure what nights cost in which no article changes."
    )
    parser.add_argument("--nights", type=int, default=30, metavar="N", help="nights after the first one (default 30)")
    parser.add_argument("--portal", nargs="+", choices=PORTALS, metavar="P", help="only these portals")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="portals side by side (default 2)")
    parser.add_argument(
        "--archive", type=Path, metavar="DIR", help="a new folder that is kept (default: a temporary one)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
