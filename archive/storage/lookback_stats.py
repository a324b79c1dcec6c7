"""Count a look-back from the lines of its run: the part `lookback` of `run.json`.

`lookback {began, since, pages, requests, listed, found, kept, late, complete}` as in `LookbackCounts`; runs without one have none.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.model.enums import LATE, Event, Outcome
from archive.model.records import LookbackCounts, LookbackMark, PageRecord
from archive.storage.jsonl import ArticleLine

LookbackEnd = tuple[LookbackMark, bool]
"""The mark of a run's look-back, and True if it reached its end."""

_STORED = (Event.NEW, Event.DUPLICATE, Event.NEAR_DUPLICATE)


def apart(pages: Sequence[PageRecord], lines: Sequence[ArticleLine]) -> tuple[list[PageRecord], list[ArticleLine]]:
    """Return the pages and lines without those of a look-back: by these a night is compared with others."""
    found = {page.key for page in pages if page.lookback and page.key}
    return [page for page in pages if not page.lookback], [line for line in lines if line.key not in found]


def count_lookback(
    pages: Sequence[PageRecord], lines: Sequence[ArticleLine], ended: LookbackEnd | None = None
) -> LookbackCounts | None:
    """Count a run's part of a look-back; None without one. In a run that was cut the last marked line names it."""
    marked = [page for page in pages if page.lookback]
    last = next((page.lookback for page in reversed(marked)), None)
    mark, complete = ended or (last, False)
    if mark is None:
        return None
    own = [
        page
        for page in marked
        if page.lookback and (page.lookback.began, page.lookback.since) == (mark.began, mark.since)
    ]
    lists = [page for page in own if page.page_number and page.outcome is Outcome.LISTING]
    found = {page.key for page in own if page.key and not page.attachment_of}
    kept = {line.key: line for line in lines if line.key in found and line.event in _STORED}
    return LookbackCounts(
        began=mark.began,
        since=mark.since,
        pages=len(lists),
        requests=len(own),
        listed=len({entry.key for page in lists for entry in page.listed}),
        found=len(found),
        kept=len(kept),
        late=sum(LATE in line.flags for line in kept.values()),
        complete=complete,
    )
