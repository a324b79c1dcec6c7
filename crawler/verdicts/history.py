"""A portal's earlier nights as a judge sees them: per night the days it covers, what each section showed, the measures.

A night shows what was published since the last one, so after missed nights it covers several days. What an unfinished
night had shown already counts for the next good one; a section's first walk and a night in which no list was walked to
its end are no history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from archive.messages.reason import Reason
from archive.model.records import Run, SectionWalk
from archive.model.run_metrics import Measures
from vietnam.date_forms import TZ
from vietnam.holidays import DayType, day_type

NIGHTS = 160  # of the past: enough for four weeks of tonight's kind beside three months before them


@dataclass(frozen=True, slots=True)
class VolumeHistory:
    """Entries shown for the first time over some days.

    `day` is the last of these days, `days` are their kinds (none where the first is not known), `fresh` is the count.
    For a section `walk` tells how its lists were walked; for the whole portal it is empty.
    """

    day: date
    days: tuple[DayType, ...]
    fresh: int
    walk: SectionWalk = field(default_factory=SectionWalk)

    @property
    def tet(self) -> bool:
        """Return whether one of the days belongs to Tết. Its count is then no measure of what is usual."""
        return DayType.TET in self.days


@dataclass(frozen=True, slots=True)
class NightVolume:
    """One good night. `portal` and a section are None or missing where nothing can be compared (a first walk).

    Of `checked` sampled pages, the layout lost too much of `disagreeing`. `reasons` are those of its verdict.
    """

    day: date
    portal: VolumeHistory | None
    sections: Mapping[str, VolumeHistory]
    measures: Measures
    misses: int
    laid: int
    look_back: bool
    checked: int = 0
    disagreeing: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class _LastComplete:
    """Hold the last day on which something was seen whole, and what unfinished nights have shown of it since."""

    day: date
    carried: int = 0


@dataclass(slots=True)
class History:
    """The good nights of a portal, oldest first."""

    seen: list[NightVolume] = field(default_factory=list)
    _portal: _LastComplete | None = None
    _sections: dict[str, _LastComplete] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Iterable[Run]) -> History:
        """From the records of a portal's crawls, newest first as the archive hands them over."""
        history = cls()
        for run in reversed(list(runs)):
            history.add(run)
        return history

    def add(self, run: Run) -> None:
        """Take note of the next night."""
        walks = run.sections if run.complete else {name: replace(w, end=None) for name, w in run.sections.items()}
        noted = self.note(covered_day(run.started_at), walks, run.measures or Measures(), *layouts_of(run.extraction))
        if noted:
            checked, wrong = (run.extraction.get(f"crosscheck {name}", 0) for name in ("pages", "disagree"))
            reasons = (*self.seen[-1].reasons, *run.reasons)
            self.seen[-1] = replace(self.seen[-1], checked=checked, disagreeing=wrong, reasons=reasons)
        del self.seen[:-NIGHTS]

    def note(self, day: date, walks: Mapping[str, SectionWalk], measures: Measures, misses: int, laid: int) -> bool:
        """Add a night; False when none of its lists was walked to its end, so that it only counts for the next one."""
        fresh = sum(walk.fresh for walk in walks.values() if not walk.first)
        sections = {}
        for name, walk in walks.items():
            observed = self._observe(day, self._sections.get(name), walk.fresh, walk)
            if walk.end is not None and walk.end.complete:
                self._sections[name] = _LastComplete(day)
                if not walk.first:
                    sections[name] = observed
            elif name in self._sections:
                self._sections[name].carried += walk.fresh
        if not any(walk.end is not None and walk.end.complete for walk in walks.values()):
            if self._portal is not None:
                self._portal.carried += fresh
            return False
        portal = self._observe(day, self._portal, fresh)
        self._portal = _LastComplete(day)
        look_back = any(walk.first for walk in walks.values())
        self._append(NightVolume(day, None if look_back else portal, sections, measures, misses, laid, look_back))
        return True

    def copy(self) -> History:
        """One that can be added to without changing this one."""
        since = None if self._portal is None else replace(self._portal)
        return History(list(self.seen), since, {name: replace(state) for name, state in self._sections.items()})

    @property
    def nights(self) -> int:
        """The number of good nights."""
        return len(self.seen)

    def _observe(
        self, day: date, since: _LastComplete | None, fresh: int, walk: SectionWalk | None = None
    ) -> VolumeHistory:
        if since is None:
            return VolumeHistory(day, (), fresh, walk or SectionWalk())
        days = tuple(day_type(since.day + timedelta(days=n)) for n in range(1, (day - since.day).days + 1))
        return VolumeHistory(day, days, fresh + since.carried, walk or SectionWalk())

    def _append(self, seen: NightVolume) -> None:
        """Merge the runs of a night that was run again: both belong to one night."""
        if self.seen and self.seen[-1].day >= seen.day:
            before = self.seen.pop()
            sections = {
                name: _together(before.sections.get(name), seen.sections.get(name))
                for name in before.sections.keys() | seen.sections.keys()
            }
            known = {name: observed for name, observed in sections.items() if observed is not None}
            portal = _together(before.portal, seen.portal)
            seen = replace(seen, day=before.day, portal=portal, sections=known, reasons=before.reasons)
        self.seen.append(seen)


def _together(first: VolumeHistory | None, second: VolumeHistory | None) -> VolumeHistory | None:
    if first is None or second is None:
        return first or second
    return replace(first, fresh=first.fresh + second.fresh, walk=second.walk)


def layouts_of(extraction: Mapping[str, int]) -> tuple[int, int]:
    """Of the pages that a night read: how many fit no layout, and how many there were."""
    read = sum(count for name, count in extraction.items() if name.startswith("layout "))
    return extraction.get("layout none", 0), read


def covered_day(started_at: datetime) -> date:
    """Return the last day whose news a night shows: before noon in Viet Nam it is the day before."""
    return (started_at.astimezone(TZ) - timedelta(hours=12)).date()
