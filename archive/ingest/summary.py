"""Count what a portal's run came to, from its lines."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from archive.index.queries.listings import ListingQueries
from archive.index.queries.removals import VANISHED
from archive.messages.reason import Reason
from archive.model.enums import Event, Outcome, Verdict, WalkEnd
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
    """Name the run to count: its place in the index, and the index's lists.

    `vanished_before` returns those of some articles' keys that had vanished before the night.
    """

    portal: str
    night: date
    start: str
    before: ListingQueries
    vanished_before: Callable[[Collection[str]], Collection[str]]


def tally(pages: Iterable[PageRecord], articles: Iterable[ArticleLine], context: SummaryContext) -> RunSummary:
    """Count the lines of a run, taking each once: a night may have many thousands."""
    asked, read = _PageCounts(), _ArticleCounts(context.night)
    for page in pages:
        asked.add(page)
    for line in articles:
        read.add(line)
    return RunSummary(
        outcomes=dict(sorted(asked.outcomes.items())),
        events=dict(sorted(read.events.items())),
        listed=len(asked.listed),
        requests=asked.outcomes.total(),
        sections={name: _walk(name, asked.walks[name], context) for name in sorted(asked.walks)},
        measures=_measures(read, _asked(asked.last, context)),
    )


@dataclass(slots=True)
class _WalkCounts:
    pages: int = 0
    keys: set[str] = field(default_factory=set)
    end: WalkEnd | None = None
    total: int | None = None

    def add(self, page: PageRecord) -> None:
        self.pages += 1
        self.keys.update(entry.key for entry in page.listed)
        self.end = page.walk_end or self.end
        self.total = page.total if page.total is not None else self.total


@dataclass(slots=True)
class _PageCounts:
    outcomes: Counter[str] = field(default_factory=Counter)
    listed: set[str] = field(default_factory=set)
    walks: dict[str, _WalkCounts] = field(default_factory=dict)
    last: dict[str, Outcome] = field(default_factory=dict)

    def add(self, page: PageRecord) -> None:
        self.outcomes[page.outcome.value] += 1
        self.listed.update(entry.key for entry in page.listed)
        if page.section and page.page_number:
            self.walks.setdefault(page.section, _WalkCounts()).add(page)
        if page.key and not page.attachment_of:
            self.last[page.key] = page.outcome


@dataclass(slots=True)
class _ArticleCounts:
    """Counts of a run's events, and apart from those of attachments what its articles are measured by.

    `first` has the article that came first with a content, `same` all of them where there are several; `copies` are the
    exact copies with their contents.
    """

    night: date
    events: Counter[str] = field(default_factory=Counter)
    of_articles: Counter[Event] = field(default_factory=Counter)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    lags: array[int] = field(default_factory=lambda: array("q"))
    first: dict[str, str] = field(default_factory=dict)
    same: dict[str, set[str]] = field(default_factory=dict)
    copies: set[tuple[str, str]] = field(default_factory=set)

    def add(self, line: ArticleLine) -> None:
        self.events[line.event.value] += 1
        if line.attachment_of is not None:
            return
        self.of_articles[line.event] += 1
        if line.event in _NEW:
            if line.bytes is not None:
                self.sizes.append(line.bytes)
            if line.published:
                self.lags.append((self.night - date.fromisoformat(line.published[:10])).days)
        if line.event in _READ:
            first = self.first.setdefault(line.content_sha256, line.key)
            if first != line.key:
                self.same.setdefault(line.content_sha256, {first}).add(line.key)
        if line.event is Event.DUPLICATE:
            self.copies.add((line.key, line.content_sha256))


def _walk(section: str, walked: _WalkCounts, context: SummaryContext) -> SectionWalk:
    first = context.before.count_first_listed
    return SectionWalk(
        pages=walked.pages,
        listed=len(walked.keys),
        fresh=first(context.portal, section, context.start),
        end=walked.end,
        first=not context.before.walked_before(context.portal, section, context.start),
        total=walked.total,
        ever_listed=None if walked.total is None else first(context.portal, section, ""),
    )


def _measures(read: _ArticleCounts, asked: dict[str, int]) -> Measures:
    return Measures(
        asked=asked,
        texts=sum(read.of_articles[event] for event in _NEW),
        text_bytes=round(median(read.sizes)) if read.sizes else None,
        dated=len(read.lags),
        lag_days=round(median(read.lags)) if read.lags else None,
        identical=sum(map(len, read.same.values())),
        repeated=len({key for key, content in read.copies if content not in read.same}),
        near=read.of_articles[Event.NEAR_DUPLICATE],
        set_aside=read.of_articles[Event.QUARANTINED],
    )


def _asked(last: dict[str, Outcome], context: SummaryContext) -> dict[str, int]:
    vanished = context.vanished_before([key for key, outcome in last.items() if outcome in VANISHED])
    found = Counter(outcome.value for key, outcome in last.items() if key not in vanished or outcome not in VANISHED)
    return dict(sorted(found.items()))
