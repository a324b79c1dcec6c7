"""Count the requests to each host in a run: the part of `run.json` that shows politeness.

`hosts {host: {requests, unanswered, bytes, spacing_p50, spacing_p99, too_many, unavailable, robots, crawl_delay}}` as in
`HostVisit`. Everything follows from the run's lines, those of interrupted attempts and of look-backs included: a request
that reached the portal has a line, or is counted in the `unanswered` of one.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from archive.model.enums import Outcome
from archive.model.records import HostVisit, PageRecord

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def visits(pages: Iterable[PageRecord]) -> dict[str, HostVisit]:
    """Map each host to its counts; hosts without a request are left out."""
    asked: dict[str, _HostCounts] = {}
    for page in pages:
        if page.status is not None or page.unanswered:
            asked.setdefault(urlsplit(page.url).hostname or "", _HostCounts()).add(page)
    return {host: asked[host].visit() for host in sorted(asked)}


@dataclass(slots=True)
class _HostCounts:
    """Counts of the requests to one host; `moments` are microseconds since 1970 in the order of the lines."""

    answered: int = 0
    unanswered: int = 0
    bytes: int = 0
    moments: array[int] = field(default_factory=lambda: array("q"))
    statuses: Counter[int | None] = field(default_factory=Counter)
    robots: PageRecord | None = None

    def add(self, page: PageRecord) -> None:
        self.answered += page.status is not None
        self.unanswered += page.unanswered or 0
        self.bytes += page.size or 0
        self.statuses[page.status] += 1
        if page.asked_at is not None:
            self.moments.append((page.asked_at - _EPOCH) // _MICROSECOND)
        if page.outcome is Outcome.ROBOTS:
            self.robots = page

    def visit(self) -> HostVisit:
        gaps = array("q", sorted(later - earlier for earlier, later in pairwise(sorted(self.moments))))
        return HostVisit(
            requests=self.answered + self.unanswered,
            unanswered=self.unanswered,
            bytes=self.bytes,
            spacing_p50=percentile(gaps, 0.5),
            spacing_p99=percentile(gaps, 0.99),
            too_many=self.statuses[429],
            unavailable=self.statuses[503],
            robots=self.robots.detail if self.robots else None,
            crawl_delay=self.robots.crawl_delay if self.robots else None,
        )


def percentile(ordered: Sequence[int], share: float) -> float | None:
    """Return the nearest-rank percentile of microseconds in rising order, in seconds to three decimals; None of no values."""
    if not ordered:
        return None
    return round(ordered[max(math.ceil(share * len(ordered)) - 1, 0)] / 1_000_000, 3)
