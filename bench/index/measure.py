"""Measuring filled indexes side by side: what a crawl does with each, by the program's own code.

A look-up is a read transaction of its own, as a crawl makes it, of a document chosen at random; it is asked of one archive
after the other before the next one, so that whatever else the machine does slows all of them alike. Every question is
asked of all documents once before it is timed: pages come from the operating system's cache, which some machines empty
whenever it rests. What is measured is the program and its index, not a cold disk.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles

from archive.index.index import Index
from archive.index.transaction import Queries
from archive.store import Archive
from bench.index.documents import LOOKS, NIGHTLY, Document, Synthetic
from bench.index.fill import OWED
from bench.index.inserts import inserts

INSERT = "insert: 25 documents, captured and committed"
NEAR = "near content (candidates by bands)"
_SLOW = 3  # repetitions of what reads every row

Ask = Callable[[Queries, Document], object]
Filled = tuple[Archive, Synthetic]
"""An archive, and what it was filled with."""


@dataclass(frozen=True, slots=True)
class QueryTiming:
    """Milliseconds: the median, and what 95 of 100 stayed below."""

    median: float
    p95: float
    count: int

    @classmethod
    def of(cls, seconds: list[float]) -> QueryTiming:
        """From single times in seconds."""
        p95 = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
        return cls(round(median(seconds) * 1000, 3), round(p95 * 1000, 3), len(seconds))


LOOK_UPS: dict[str, Ask] = {
    "by address (last response)": lambda q, item: _found(q.responses.last_with_body(item.portal, [item.url])),
    "by address (every event)": lambda q, item: _found(q.events.find(url=item.url)),
    "by key": lambda q, item: _found(q.events.latest_version(item.portal, item.key)),
    "by id": lambda q, item: _found(q.events.find(article=f"{item.portal}/{item.key}")),
    "by hash (8 digits)": lambda q, item: _found(q.events.find(digest=item.content[:8])),
    "exact content": lambda q, item: _found(
        q.events.stored_texts([item.content], item.night + timedelta(days=1), item.portal)
    ),
    "removal": lambda q, item: (
        q.removals.vanished_nights(item.portal, [item.key]) or q.removals.latest(item.portal, item.key)
    ),
    "known before the last walk": lambda q, item: _found(
        q.listings.shown_by(
            item.portal, item.section, [item.key, "x"], _found(q.listings.last_walk(item.portal, item.section))
        )
    ),
    "cluster": lambda q, item: _found(q.clusters.of_article(item.portal, item.key)),
}
"""The queries about one document."""

SLOW: dict[str, Ask] = {"words of the title (reads every row)": lambda q, item: _found(q.events.find(words=item.title))}
"""The queries that only people make, and those whose answer grows with the archive."""


def _found(answer: object) -> str:
    """Return the answer, which must be one: what finds nothing is quick for no reason."""
    if not answer:
        raise ValueError("a look-up of a document that is there found nothing")
    return str(answer) if isinstance(answer, str) else ""


def measure(
    filled: Sequence[Filled], portals: int = 8, groups: int = 5, look_ups: int = 300
) -> list[dict[str, QueryTiming]]:
    """Write two nights of some portals, each in so many groups, into each archive.

    Then look things up; archive by archive.
    """
    writers = [
        inserts(archive, documents, portals, groups, random.Random(documents.seed), first=3)
        for archive, documents in filled
    ]
    written = list(zip(*writers, strict=True))
    timed = [{INSERT: QueryTiming.of([group[number] for group in written])} for number in range(len(filled))]
    questions = [list(questions_of(documents, look_ups)) for _, documents in filled]
    for asked in zip(*questions, strict=True):
        seconds: list[list[float]] = [[] for _ in filled]
        for number, (name, ask, items) in enumerate(asked):
            for item in items if name not in SLOW else ():
                _time(filled[number][0].index, ask, item)
        for each in zip(*(items for _, _, items in asked), strict=True):
            for number, item in enumerate(each):
                seconds[number].append(_time(filled[number][0].index, asked[number][1], item))
        for number, (name, _, _) in enumerate(asked):
            timed[number][name] = QueryTiming.of(seconds[number])
    return timed


def peak(archive: Archive, documents: Synthetic, portals: int = 8, groups: int = 5, look_ups: int = 100) -> float:
    """Return the most memory, in MiB, that this process held when it had written two nights and looked things up."""
    for _ in inserts(archive, documents, portals, groups, random.Random(documents.seed + 2)):
        pass
    for _, ask, items in questions_of(documents, look_ups):
        for item in items:
            _time(archive.index, ask, item)
    # getrusage would tell what the process that started this one held.
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return round(int(told[1]) / 1024, 1) if told else 0.0


def questions_of(documents: Synthetic, look_ups: int) -> Iterator[tuple[str, Ask, list[Document]]]:
    """Every question by name, and the documents, chosen at random, that it is asked of."""
    rng = random.Random(documents.seed + 1)
    picked = [documents.document(rng.randrange(documents.size)) for _ in range(look_ups)]
    tonight = documents.last_night + timedelta(days=1)
    signatures = {item.number: documents.signature(item.number) for item in picked}
    near: dict[str, Ask] = {NEAR: lambda q, item: q.similar.candidates([signatures[item.number]], tonight)}
    for name, ask in (LOOK_UPS | near | _nightly(documents, tonight)).items():
        yield name, ask, picked
    for name, ask in SLOW.items():
        yield name, ask, picked[:_SLOW]


def _nightly(documents: Synthetic, tonight: date) -> dict[str, Ask]:
    """Yield the queries of each portal's run, once or for each section."""
    due = NIGHTLY * sum(documents.nights >= day for day in LOOKS)

    def owed(queries: Queries, item: Document) -> None:
        if len(queries.listings.pending(item.portal)) != OWED:
            raise ValueError(f"{item.portal} does not owe what it should")

    def looks(queries: Queries, item: Document) -> None:
        if len(queries.responses.due_rechecks(item.portal, tonight)) != due:
            raise ValueError(f"{item.portal} has not the looks due that it should")

    return {
        "pending": owed,
        "due rechecks": looks,
        "history (28 nights)": lambda q, item: _found(q.runs.history(item.portal, tonight, 28)),
        "first walk, last look-back": lambda q, item: [
            _found(str(q.lookbacks.first_walk(item.portal))),
            q.lookbacks.latest(item.portal),
        ],
        "the newest 20 versions": lambda q, item: _found(q.events.latest_of_portal(item.portal, limit=20)),
        "last seal": lambda q, _: _found(q.seals.tip()),
    }


def _time(index: Index, ask: Ask, item: Document) -> float:
    start = time.perf_counter()
    with index.reading() as queries:
        ask(queries, item)
    return time.perf_counter() - start
