"""Part a first night's time by the wall into what happens one after the other: start, lists, articles, end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from archive.model.records import PageRecord, Run
from archive.storage.jsonl import decode_page
from archive.storage.run_record import read_lines


@dataclass(frozen=True, slots=True)
class NightPhases:
    """Seconds by the wall. The sum is the time of the command.

    `start`: until the first request, and from the run's record to the end of the process. `lists`: from there to the first article's answer.
    `articles`: to the last answer. `end`: what is read, committed, looked into and judged after it.
    """

    start: float
    lists: float
    articles: float
    end: float


def phases_of(wall: float, run: Run, pages: Sequence[PageRecord]) -> NightPhases:
    """Return the phases of a night that took `wall` seconds, by the moments in its record and lines."""
    asked = [page.asked_at or page.fetched_at for page in pages]
    first = min(page.fetched_at for page in pages if page.key)
    last = max(page.fetched_at for page in pages)
    lists = (first - min(asked)).total_seconds()
    articles = (last - first).total_seconds()
    end = (run.finished_at - last).total_seconds()
    return NightPhases(wall - lists - articles - end, lists, articles, end)


def lines_of(folder: Path) -> list[PageRecord]:
    """Return the lines of a closed run's requests."""
    return [decode_page(line) for line in read_lines(folder / "pages.jsonl")]


def medians(phases: Sequence[NightPhases]) -> NightPhases:
    """Return the median of each phase."""
    return NightPhases(
        *(median(getattr(one, name) for one in phases) for name in ("start", "lists", "articles", "end"))
    )
