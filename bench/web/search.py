"""`python -m bench.web.search [--texts 100000] [--backend sqlite|postgresql] [--archive DIR] [--json]`: how long searches take.

An archive of composed texts (replicas/prose/syllables.py) is written and filled in as a scheduler would, then the whole of
`archive.search.results.search` is timed, hits with their snippets included, a page of 20 at a time. Exit codes: 0 every kind of question is
answered within a second in 95 of 100 cases; 1 one is not; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from archive.errors import ExitCode, UsageError
from archive.search.engine import Order, SearchIndex
from archive.search.query import parse
from archive.search.results import search
from archive.store import Archive
from bench.runner import own_database, print_table, report_error, time_each
from bench.web.archive import FIRST, composed_archive
from replicas.prose.syllables import SyllableComposer

LIMIT = 1.0
"""Seconds in which 95 of 100 questions of each kind are to be answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of question: how one is drawn, and how it is asked."""

    name: str
    draw: Callable[[random.Random, SyllableComposer], str]
    exact: bool = False
    all_versions: bool = False
    order: Order = Order.BEST
    offset: int = 0
    one_per_cluster: bool = False


@dataclass(frozen=True, slots=True)
class SearchTiming:
    """Milliseconds of one kind of question, and how many texts it finds (the median)."""

    kind: str
    found: int | None
    p50: float
    p95: float
    longest: float


KINDS = (
    Question("a word that stands in most texts", lambda rng, c: rng.choice(c.syllables[:5])),
    Question("a word", lambda rng, c: rng.choice(c.syllables[100:1000])),
    Question("two words", lambda rng, c: " ".join(rng.sample(c.syllables[50:1500], 2))),
    Question("four common words", lambda rng, c: " ".join(rng.sample(c.syllables[:20], 4))),
    Question("a phrase", lambda rng, c: f'"{rng.choice(c.phrases[:5000])}"'),
    Question("a phrase of the commonest words", lambda rng, c: f'"{" ".join(rng.sample(c.syllables[:8], 2))}"'),
    Question("a phrase, diacritics and all", lambda rng, c: f'"{rng.choice(c.phrases[:5000])}"', exact=True),
    Question("a document's number", lambda rng, c: f"{rng.randrange(1, 3000)}/QĐ-UBND"),
    Question("the beginning of a word", lambda rng, c: rng.choice([s for s in c.syllables if len(s) > 3])[:3] + "*"),
    Question("words of a title", lambda rng, c: f'title:"{rng.choice(c.phrases[:500])}"'),
    Question("a word without another", lambda rng, c: "{} -{}".format(*rng.sample(c.syllables[:200], 2))),
    Question(
        "a word, province and month",
        lambda rng, c: (
            f"{rng.choice(c.syllables[:300])} province:angiang published:{FIRST + timedelta(days=rng.randrange(300)):%Y-%m}"
        ),
    ),
    Question("a province alone", lambda rng, c: "province:angiang"),
    Question("page 40 of a common word", lambda rng, c: rng.choice(c.syllables[:50]), offset=780),
    Question("by day alone", lambda rng, c: rng.choice(c.syllables[:300]), order=Order.OLDEST, all_versions=True),
    Question("one of each cluster", lambda rng, c: rng.choice(c.syllables[:300]), one_per_cluster=True),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compose, fill and measure; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.web.search", description="Measure finding texts by their words."
    )
    parser.add_argument("--texts", type=int, default=100_000, metavar="N")
    parser.add_argument("--questions", type=int, default=40, metavar="N", help="of each kind")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="made there if it is not, and kept (SQLite alone)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    return report_error("search", lambda: _measured(options))


def _measured(options: argparse.Namespace) -> int:
    if options.archive and options.backend == "postgresql":
        raise UsageError("its database is gone at the end, so --archive cannot be kept with --backend postgresql")
    composer = SyllableComposer()
    with own_database(options.backend), composed_archive(options.archive, options.texts, composer) as made:
        size = _size(made.archive, made.words)
        timed = [_timed(made.archive, made.words, composer, kind, options.questions) for kind in KINDS]
    slow = [one for one in timed if one.p95 > 1000 * LIMIT]
    if options.json:
        figures = {"texts": made.texts, "filled": made.filled, "mib": size, "timed": [asdict(one) for one in timed]}
        print(json.dumps(figures))
    else:
        filled = f" filled in {made.filled:.0f} s, {1000 * made.filled / made.texts:.2f} ms each" if made.filled else ""
        columns = ("question", "texts found", "p50 ms", "p95 ms", "longest ms")
        print_table(columns, map(_row, timed), f"{made.texts:,} texts{filled}; {size:.0f} MiB")
    return ExitCode.FINDINGS if slow else ExitCode.GOOD


def _size(archive: Archive, words: SearchIndex) -> float:
    """MiB on disk, the words' own tables and files alone."""
    if archive.paths.search.exists():
        return archive.paths.search.stat().st_size / 2**20
    with words.reading() as connection:
        query = (
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND n.nspname LIKE 'archive%%search'"
        )
        return float(connection.exec_driver_sql(query).scalar_one()) / 2**20


def _timed(
    archive: Archive, words: SearchIndex, composer: SyllableComposer, kind: Question, questions: int
) -> SearchTiming:
    rng = random.Random(kind.name)
    drawn = (kind.draw(rng, composer) for _ in range(questions + 2))
    queries = (parse(text, exact=kind.exact, all_versions=kind.all_versions) for text in drawn)
    asked = partial(search, archive, words, order=kind.order, offset=kind.offset, one_per_cluster=kind.one_per_cluster)
    waits, answers = time_each(queries, asked)
    found = sorted(answer.total for answer in answers if answer.total is not None)
    return SearchTiming(kind.name, found[len(found) // 2] if found else None, *waits)


def _row(one: SearchTiming) -> list[str]:
    found = "–" if one.found is None else f"{one.found:,}"
    return [one.kind, found, *(f"{figure:.0f}" for figure in (one.p50, one.p95, one.longest))]


if __name__ == "__main__":
    sys.exit(main())
