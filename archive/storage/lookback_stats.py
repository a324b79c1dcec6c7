"""The part of `run.json` that tells of a look-back, and how it is counted from the run's lines.

`lookback {began, since, pages, requests, listed, found, kept, late, complete}` as in `LookBack`; runs without one have none.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.model.enums import LATE, Event, Outcome
from archive.model.records import LookBack, LookBackMark, PageRecord
from archive.storage.jsonl import ArticleLine

__all__ = ["LookBackEnd", "apart", "count_lookback"]

LookBackEnd = tuple[LookBackMark, bool]
"""What the crawl says of tonight's look-back: which one it is, and whether it came to its end."""

_KEPT = (Event.NEW, Event.DUPLICATE, Event.NEAR_DUPLICATE)


def apart(pages: Sequence[PageRecord], lines: Sequence[ArticleLine]) -> tuple[list[PageRecord], list[ArticleLine]]:
    """The lines that belong to the night and not to a look-back: those by which a night is compared with others."""
    found = {page.key for page in pages if page.lookback and page.key}
    return [page for page in pages if not page.lookback], [line for line in lines if line.key not in found]


def count_lookback(
    pages: Sequence[PageRecord], lines: Sequence[ArticleLine], told: LookBackEnd | None = None
) -> LookBack | None:
    """What the run did of a look-back; None without one. A run that was cut is told nothing: the last line names it."""
    marked = [page for page in pages if page.lookback]
    last = next((page.lookback for page in reversed(marked)), None)
    mark, complete = told or (last, False)
    if mark is None:
        return None
    own = [
        page
        for page in marked
        if page.lookback and (page.lookback.began, page.lookback.since) == (mark.began, mark.since)
    ]
    lists = [page for page in own if page.page_number and page.outcome is Outcome.LISTING]
    found = {page.key for page in own if page.key and not page.attachment_of}
    kept = {line.key: line for line in lines if line.key in found and line.event in _KEPT}
    return LookBack(
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
