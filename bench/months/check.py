"""Hold an archive against the articles that were published: each once, in its night, with its text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from pathlib import Path

from archive.model.enums import Event
from archive.model.records import Run
from archive.storage.jsonl import ArticleLine
from archive.storage.paths import Paths
from archive.storage.run_record import read_run
from bench.months.recorded_articles import MonthArticle, folded
from bench.runner import runs_of
from testing.run_lines import ReadLines
from vietnam.letters import clean_letters

_VERSIONS = (Event.NEW, Event.REVISION, Event.REDATED, Event.REREAD, Event.DUPLICATE, Event.NEAR_DUPLICATE)
_AROUND = 60  # characters shown from where two texts part


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A text that differs from the CSV's: both from where they part."""

    key: str
    archived: str
    expected: str


@dataclass(frozen=True, slots=True)
class UndatedArticle:
    """An article whose row gives a day and no time, with the night that archived it.

    None: its day is not in the range.
    """

    key: str
    day: str
    archived: str | None


@dataclass(slots=True)
class MonthResult:
    """Count what the nights stored. Keys are slugs; `late` are articles of another night than that of their publication.

    `missed` are articles of the range that were not archived exactly once; `strangers` are archived keys that the CSV does
    not have; `invisible` are texts that equal the CSV's but for zero-width characters, which the archive never stores.
    """

    nights: int = 0
    requests: int = 0
    entries: int = 0
    listed: int = 0
    archived: int = 0
    duplicates: int = 0
    revisions: int = 0
    before_range: int = 0
    in_range: int = 0
    missed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    text_mismatches: list[Mismatch] = field(default_factory=list)
    invisible: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    without_clock: list[UndatedArticle] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Return whether the archive holds what was published, and nothing else."""
        return not (self.missed or self.late or self.text_mismatches or self.strangers)


def judge_month(
    paths: Paths,
    portal: str,
    articles: Sequence[MonthArticle],
    first: date,
    last: date,
    *,
    planted: Collection[str] = (),
    shown: Callable[[date], date | None] = lambda day: day,
) -> MonthResult:
    """Read every line and text of the portal's nights again and compare.

    `planted` are keys that say other things than the CSV: they are held against their plan instead. `shown` gives the first
    night in which the portal answered from a day on.
    """
    judged = MonthResult()
    articles = [article for article in articles if article.slug not in planted]
    stored: dict[str, list[tuple[date, ArticleLine]]] = {}
    files: dict[str, Path] = {}
    listed: set[str] = set()
    for night, folder in runs_of(paths, portal):
        _count(judged, read_run(folder))
        lines = ReadLines(folder)
        listed |= {entry.key for page in lines.pages for entry in page.listed}
        for line in lines.articles:
            if line.event is Event.QUARANTINED:
                judged.quarantined.append(line.key)
            elif line.event in _VERSIONS:
                stored.setdefault(line.key, []).append((night, line))
            if line.file is not None and line.event is not Event.QUARANTINED:
                files[line.id] = folder / line.file
    judged.listed, judged.archived = len(listed), len(stored)
    judged.strangers = sorted(set(stored) - {article.slug for article in articles} - set(planted))
    _judge(judged, articles, stored, files, (first, last), shown)
    return judged


def _count(judged: MonthResult, run: Run) -> None:
    judged.nights += 1
    judged.requests += run.requests
    judged.entries += run.listed
    judged.duplicates += run.events.get(Event.DUPLICATE.value, 0)
    judged.revisions += run.events.get(Event.REVISION.value, 0)
    judged.verdicts[run.verdict.value] = judged.verdicts.get(run.verdict.value, 0) + 1
    for name, count in run.outcomes.items():
        judged.outcomes[name] = judged.outcomes.get(name, 0) + count


def _judge(
    judged: MonthResult,
    articles: Iterable[MonthArticle],
    stored: dict[str, list[tuple[date, ArticleLine]]],
    files: dict[str, Path],
    span: tuple[date, date],
    shown: Callable[[date], date | None],
) -> None:
    for article in sorted(articles, key=lambda article: article.published):
        versions = stored.get(article.slug, [])
        if not article.clock:
            night = versions[0][0].isoformat() if versions else None
            judged.without_clock.append(UndatedArticle(article.slug, article.day.isoformat(), night))
        within = span[0] <= article.day <= span[1]
        if within:
            judged.in_range += 1
            if len(versions) != 1:
                judged.missed.append(article.slug)
            if article.clock and versions and versions[0][0] != shown(article.day):
                judged.late.append(article.slug)
        elif versions:
            judged.before_range += 1
        for _, line in versions:
            _compare(judged, article, line, files)


def _compare(judged: MonthResult, article: MonthArticle, line: ArticleLine, files: dict[str, Path]) -> None:
    path = files.get(line.id if line.file else line.duplicate_of or "")
    found = "" if path is None else _text_without_date(path.read_text(encoding="utf-8"), line.published_raw)
    expected = article.text
    if found == expected:
        return
    if found == folded(clean_letters(expected)):
        judged.invisible.append(article.slug)
        return
    same = takewhile(lambda pair: pair[0] == pair[1], zip(found, expected, strict=False))
    start = max(0, sum(1 for _ in same) - _AROUND // 3)
    judged.text_mismatches.append(
        Mismatch(article.slug, found[start : start + _AROUND], expected[start : start + _AROUND])
    )


def _text_without_date(text: str, published: str | None) -> str:
    """Return the whole text but for its published line, which stands below the title."""
    blocks = text.split("\n\n")
    if published and len(blocks) > 1 and folded(blocks[1]) == folded(published):
        del blocks[1]
    return folded(" ".join(blocks))
