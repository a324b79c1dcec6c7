"""Count the requests to each host in a run: the part of `run.json` that shows politeness.

`hosts {host: {requests, unanswered, bytes, spacing_p50, spacing_p99, too_many, unavailable, robots, crawl_delay}}` as in
`HostVisit`. Everything follows from the run's lines, those of interrupted attempts and of look-backs included: a request
that reached the portal has a line, or is counted in the `unanswered` of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from archive.model.enums import Outcome
from archive.model.records import HostVisit, PageRecord


def visits(pages: Sequence[PageRecord]) -> dict[str, HostVisit]:
    """Map each host to its counts; hosts without a request are left out."""
    asked: dict[str, list[PageRecord]] = {}
    for page in pages:
        if page.status is not None or page.unanswered:
            asked.setdefault(urlsplit(page.url).hostname or "", []).append(page)
    return {host: _visit(asked[host]) for host in sorted(asked)}


def _visit(pages: Sequence[PageRecord]) -> HostVisit:
    unanswered = sum(page.unanswered or 0 for page in pages)
    moments = sorted(page.asked_at for page in pages if page.asked_at is not None)
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(moments))
    robots = [page for page in pages if page.outcome is Outcome.ROBOTS]
    return HostVisit(
        requests=sum(page.status is not None for page in pages) + unanswered,
        unanswered=unanswered,
        bytes=sum(page.size or 0 for page in pages),
        spacing_p50=percentile(gaps, 0.5),
        spacing_p99=percentile(gaps, 0.99),
        too_many=sum(page.status == 429 for page in pages),
        unavailable=sum(page.status == 503 for page in pages),
        robots=robots[-1].detail if robots else None,
        crawl_delay=robots[-1].crawl_delay if robots else None,
    )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the nearest-rank percentile of values in rising order, to three decimals; None of no values."""
    if not ordered:
        return None
    return round(ordered[max(math.ceil(share * len(ordered)) - 1, 0)], 3)
