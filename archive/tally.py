"""What a portal's night came to, counted from its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.lines import ArticleLine
from archive.records import Page, SectionWalk, Verdict, WalkEnd

__all__ = ["JudgeNight", "Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a portal's night came to: counts by outcome and by event, distinct keys listed, and each section's walk."""

    outcomes: dict[str, int]
    events: dict[str, int]
    listed: int
    requests: int
    sections: dict[str, SectionWalk]


JudgeNight = Callable[[Tally], tuple[Verdict, tuple[str, ...]]]
"""What a portal's night is called, and why, in words."""


def tally(pages: Sequence[Page], articles: Sequence[ArticleLine], first_shown: Callable[[str], int]) -> Tally:
    """Count the lines of a run. `first_shown` tells how many keys a section showed for the first time in it."""
    outcomes = Counter(page.outcome.value for page in pages)
    events = Counter(line.event.value for line in articles)
    return Tally(
        outcomes=dict(sorted(outcomes.items())),
        events=dict(sorted(events.items())),
        listed=len({entry.key for page in pages for entry in page.listed}),
        requests=len(pages),
        sections={name: _walk(pages, name, first_shown(name)) for name in _walked(pages)},
    )


def _walked(pages: Sequence[Page]) -> list[str]:
    return sorted({page.section for page in pages if page.section and page.page_number})


def _walk(pages: Sequence[Page], section: str, fresh: int) -> SectionWalk:
    walked = [page for page in pages if page.section == section and page.page_number]
    keys = {entry.key for page in walked for entry in page.listed}
    ends: list[WalkEnd] = [page.walk_end for page in walked if page.walk_end]
    return SectionWalk(len(walked), len(keys), fresh, ends[-1] if ends else None)
