"""`python -m bench.web.pages [--texts 100000] [--archive DIR] [--json]`: how long the audit page takes.

An archive of composed texts (replicas/prose/syllables.py) is written and its words are filled in; then `python -m archive serve`
shows it and every kind of page is asked for over loopback, each time another one, as one person would and as four at once.
What one person waits for is p50, p95 and the longest; four at once give the pages a second. Exit codes: 0 every kind of page
is there within half a second in 95 of 100 cases; 1 one is not; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import httpx

from archive.errors import ExitCode
from archive.index.rows import EventRow
from archive.store import Archive
from archive.web.urls import Links
from bench.runner import print_table, report_error, served, time_each
from bench.web.archive import FIRST, composed_archive
from replicas.prose.syllables import SyllableComposer

LIMIT = 0.5
"""Seconds in which 95 of 100 pages of each kind are to be there."""

_AT_ONCE = 4
_HIGHEST = 1000  # articles of one portal that are asked for by name


@dataclass(frozen=True, slots=True)
class KnownPages:
    """Hold what addresses are drawn from: the nights, the portals, events of every portal, and the words of the texts."""

    nights: Sequence[date]
    portals: Sequence[str]
    events: Sequence[EventRow]
    composer: SyllableComposer


Draw = Callable[[random.Random, KnownPages], str]
_TO = Links("vi")

PAGES: dict[str, Draw] = {
    "overview": lambda rng, known: _TO.home(rng.choice(known.nights).year),
    "month": lambda rng, known: _TO.month(rng.choice(known.nights)),
    "night": lambda rng, known: _TO.night(rng.choice(known.nights)),
    "night, kinds": lambda rng, known: _TO.night(
        rng.choice(known.nights), kind=rng.choice(["new", "changed", "elsewhere"])
    ),
    "portal": lambda rng, known: _TO.portal(rng.choice(known.portals)),
    "portal, further down": lambda rng, known: _TO.portal(
        rng.choice(known.portals), before=f"{rng.choice(known.nights)}/001/0000000"
    ),
    "article": lambda rng, known: _TO.version(rng.choice(known.events)),
    "text": lambda rng, known: _TO.text(rng.choice([item for item in islice(known.events, 200) if item.file])),
    "proof": lambda rng, known: _TO.proof(rng.choice(known.events)),
    "search, a word": lambda rng, known: _TO.search(q=rng.choice(known.composer.syllables[100:1000])),
    "search, a phrase": lambda rng, known: _TO.search(q=f'"{rng.choice(known.composer.phrases[:5000])}"'),
    "search, page 20": lambda rng, known: _TO.search(q=rng.choice(known.composer.syllables[:50]), page=20),
    "numbered documents": lambda rng, known: _TO.documents(issuer=rng.choice(known.portals)),
    "set aside": lambda rng, known: _TO.doubtful(),
    "integrity": lambda rng, known: _TO.integrity(before=f"{rng.choice(known.nights)}/1"),
}


@dataclass(frozen=True, slots=True)
class PageTiming:
    """Milliseconds of one kind of page, its median size in bytes, and pages a second with four readers at once."""

    kind: str
    p50: float
    p95: float
    longest: float
    size: int
    a_second: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Compose, serve and measure; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.web.pages", description="Measure the audit page.")
    parser.add_argument("--texts", type=int, default=100_000, metavar="N")
    parser.add_argument("--pages", type=int, default=60, metavar="N", help="of each kind")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="made there if it is not, and kept")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    return report_error("web", lambda: _measured(options))


def _measured(options: argparse.Namespace) -> int:
    with composed_archive(options.archive, options.texts, SyllableComposer()) as made:
        known, texts, root = _known(made.archive), made.texts, made.archive.paths.root
        with served(root) as address, httpx.Client(base_url=address, timeout=60) as client:
            first = time.perf_counter()
            client.get(_TO.home())
            client.get(_TO.documents())
            first = time.perf_counter() - first
            timed = [_timed(client, known, kind, draw, options.pages) for kind, draw in PAGES.items()]
    if options.json:
        print(json.dumps({"texts": texts, "first": first, "timed": [asdict(one) for one in timed]}))
    else:
        columns = ("page", "p50 ms", "p95 ms", "longest ms", "kB", f"pages/s, {_AT_ONCE} readers")
        note = f"{texts:,} texts; the first overview and series after the start: {first:.1f} s"
        print_table(columns, map(_row, timed), note)
    return ExitCode.FINDINGS if any(one.p95 > 1000 * LIMIT for one in timed) else ExitCode.GOOD


def _row(one: PageTiming) -> list[str]:
    return [one.kind, *(f"{figure:.0f}" for figure in (one.p50, one.p95, one.longest, one.size / 1000, one.a_second))]


def _known(archive: Archive) -> KnownPages:
    with archive.index.reading() as queries:
        last = queries.coverage.last_night() or FIRST
        portals = [name for name in queries.coverage.portals() if "-" not in name]  # no portal of a crawl has one
        events = [item for name in portals for _, item in queries.web.events_of_portal(name, _HIGHEST)]
    random.Random("events").shuffle(events)
    nights = [FIRST + timedelta(days=number) for number in range((last - FIRST).days + 1)]
    return KnownPages(nights, portals, events, SyllableComposer())


def _timed(client: httpx.Client, known: KnownPages, kind: str, draw: Draw, pages: int) -> PageTiming:
    rng = random.Random(kind)
    waits, answers = time_each(
        (draw(rng, known) for _ in range(pages + 2)), lambda address: client.get(address).raise_for_status()
    )
    sizes = sorted(len(answer.content) for answer in answers)
    addresses = [draw(rng, known) for _ in range(pages)]
    began = time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        statuses = list(readers.map(lambda address: client.get(address).status_code, addresses))
    a_second = sum(1 for status in statuses if status == 200) / (time.perf_counter() - began)
    return PageTiming(kind, *waits, sizes[len(sizes) // 2], a_second)


if __name__ == "__main__":
    sys.exit(main())
