"""Count what a portal's run came to, from its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from archive.index.queries.listings import ListingQueries
from archive.index.queries.removals import VANISHED
from archive.messages.reason import Reason
from archive.model.enums import Event, Verdict, WalkEnd
from archive.model.records import PageRecord, SectionWalk
from archive.model.run_metrics import Measures
from archive.storage.jsonl import ArticleLine

_NEW = (Event.NEW, Event.NEAR_DUPLICATE)
_READ = (*_NEW, Event.REVISION, Event.DUPLICATE, Event.QUARANTINED)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Hold a run's counts by outcome and event, its distinct keys listed, each section's walk, its measures."""

    outcomes: dict[str, int]
    events: dict[str, int]
    listed: int
    requests: int
    sections: dict[str, SectionWalk]
    measures: Measures


JudgeNight = Callable[[RunSummary], tuple[Verdict, tuple[Reason, ...]]]
"""The function that gives a run its verdict and the reasons for it."""


@dataclass(frozen=True, slots=True)
class SummaryContext:
    """Name the run to count: its place in the index, the index's lists, the keys that had vanished before the night."""

    portal: str
    night: date
    start: str
    before: ListingQueries
    vanished_before: Collection[str] = ()


def tally(pages: Sequence[PageRecord], articles: Sequence[ArticleLine], context: SummaryContext) -> RunSummary:
    """Count the lines of a run."""
    outcomes = Counter(page.outcome.value for page in pages)
    events = Counter(line.event.value for line in articles)
    return RunSummary(
        outcomes=dict(sorted(outcomes.items())),
        events=dict(sorted(events.items())),
        listed=len({entry.key for page in pages for entry in page.listed}),
        requests=len(pages),
        sections={name: _walk(pages, name, context) for name in _walked(pages)},
        measures=_measures(pages, [line for line in articles if line.attachment_of is None], context),
    )


def _walked(pages: Sequence[PageRecord]) -> list[str]:
    return sorted({page.section for page in pages if page.section and page.page_number})


def _walk(pages: Sequence[PageRecord], section: str, context: SummaryContext) -> SectionWalk:
    walked = [page for page in pages if page.section == section and page.page_number]
    keys = {entry.key for page in walked for entry in page.listed}
    ends: list[WalkEnd] = [page.walk_end for page in walked if page.walk_end]
    total = next((page.total for page in reversed(walked) if page.total is not None), None)
    return SectionWalk(
        pages=len(walked),
        listed=len(keys),
        fresh=context.before.count_first_listed(context.portal, section, context.start),
        end=ends[-1] if ends else None,
        first=not context.before.walked_before(context.portal, section, context.start),
        total=total,
        ever_listed=None if total is None else context.before.count_first_listed(context.portal, section, ""),
    )


def _measures(pages: Sequence[PageRecord], lines: Sequence[ArticleLine], context: SummaryContext) -> Measures:
    new = [line for line in lines if line.event in _NEW]
    sizes = [line.bytes for line in new if line.bytes is not None]
    lags = [(context.night - date.fromisoformat(line.published[:10])).days for line in new if line.published]
    same: dict[str, set[str]] = {}
    for line in lines:
        if line.event in _READ:
            same.setdefault(line.content_sha256, set()).add(line.key)
    copies = {line.key for line in lines if line.event is Event.DUPLICATE and len(same[line.content_sha256]) == 1}
    return Measures(
        asked=dict(sorted(_asked(pages, context.vanished_before).items())),
        texts=len(new),
        text_bytes=round(median(sizes)) if sizes else None,
        dated=len(lags),
        lag_days=round(median(lags)) if lags else None,
        identical=sum(len(keys) for keys in same.values() if len(keys) > 1),
        repeated=len(copies),
        near=sum(line.event is Event.NEAR_DUPLICATE for line in lines),
        set_aside=sum(line.event is Event.QUARANTINED for line in lines),
    )


def _asked(pages: Sequence[PageRecord], vanished_before: Collection[str]) -> Counter[str]:
    last = {page.key: page.outcome for page in pages if page.key and not page.attachment_of}
    return Counter(
        outcome.value for key, outcome in last.items() if key not in vanished_before or outcome not in VANISHED
    )
