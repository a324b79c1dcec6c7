"""Count a look-back from the lines of its run: the part `lookback` of `run.json`.

`lookback {began, since, pages, requests, listed, found, kept, late, complete}` as in `LookbackCounts`; runs without one have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archive.model.enums import LATE, Event, Outcome
from archive.model.records import LookbackCounts, LookbackMark, PageRecord
from archive.storage.jsonl import ArticleLine

LookbackEnd = tuple[LookbackMark, bool]
"""The mark of a run's look-back, and True if it reached its end."""

_STORED = (Event.NEW, Event.DUPLICATE, Event.NEAR_DUPLICATE)


def apart(
    pages: Iterable[PageRecord], lines: Iterable[ArticleLine]
) -> tuple[Iterator[PageRecord], Iterator[ArticleLine]]:
    """Yield the pages and the lines without those of a look-back: by these a night is compared with others."""
    found = {page.key for page in pages if page.lookback and page.key}
    return (page for page in pages if not page.lookback), (line for line in lines if line.key not in found)


def count_lookback(
    pages: Iterable[PageRecord], lines: Iterable[ArticleLine], ended: LookbackEnd | None = None
) -> LookbackCounts | None:
    """Count a run's part of a look-back; None without one. In a run that was cut the last marked line names it."""
    mark, complete = ended or (None, False)
    if mark is None:
        for page in pages:
            mark = page.lookback or mark
    if mark is None:
        return None
    requests, lists = 0, 0
    listed: set[str] = set()
    found: set[str] = set()
    for page in pages:
        if page.lookback is None or (page.lookback.began, page.lookback.since) != (mark.began, mark.since):
            continue
        requests += 1
        if page.page_number and page.outcome is Outcome.LISTING:
            lists += 1
            listed.update(entry.key for entry in page.listed)
        if page.key and not page.attachment_of:
            found.add(page.key)
    kept = {line.key: LATE in line.flags for line in lines if line.key in found and line.event in _STORED}
    return LookbackCounts(
        began=mark.began,
        since=mark.since,
        pages=lists,
        requests=requests,
        listed=len(listed),
        found=len(found),
        kept=len(kept),
        late=sum(kept.values()),
        complete=complete,
    )
