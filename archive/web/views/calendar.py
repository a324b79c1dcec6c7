"""Show the overview, a month, a night and a portal: the days and the results of their nights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import HTMLResponse

from archive.coverage.calendar import Day, DayState, PortalCoverage, count_states
from archive.messages.reason import Reason
from archive.model.enums import REMOVALS, Event, Verdict, first_texts
from archive.model.records import Run
from archive.storage.paths import RUN_NAME
from archive.web.charts import Band, Curve, curve, day_cell, months_of, strip, summed_cell
from archive.web.context import ROWS, BadRequest, PageContext, PageNotFound, PageRequest, check_request
from archive.web.day_cache import YearDays

PORTAL = re.compile(r"[a-z][a-z0-9_]{0,80}")
_LAST_NIGHTS = 21
WORST_FIRST = (
    Verdict.BROKEN, Verdict.INTERRUPTED, Verdict.UNREACHABLE, Verdict.BLOCKED, Verdict.SUSPICIOUS, Verdict.THIN,
    Verdict.MOVED, Verdict.GONE, Verdict.QUIET, Verdict.GOOD,
)  # fmt: skip
KINDS: dict[str, tuple[Event, ...]] = {
    "new": (Event.NEW, Event.NEAR_DUPLICATE),
    "changed": (Event.REVISION, Event.REDATED, Event.REREAD),
    "gone": REMOVALS,
    "elsewhere": (Event.DUPLICATE, Event.NEAR_DUPLICATE),
    "files": (Event.ATTACHMENT,),
    "set-aside": (Event.QUARANTINED,),
}
"""Filters of a night's list."""


@dataclass(frozen=True, slots=True)
class PortalRow:
    """A portal on the overview: its last night, its year, its gaps and those not caught up on."""

    portal: str
    last: Run | None
    tonight: Day | None
    bands: Sequence[Band]
    stored: int
    gaps: int
    lost: int


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """Result of a portal's night: its run's record, or the reason why it was missed."""

    portal: str
    run: Run | None
    missed: tuple[Reason, ...] = ()

    @property
    def rank(self) -> tuple[int, str]:
        """Sort key, worst first."""
        return (-1 if self.run is None else WORST_FIRST.index(self.run.verdict)), self.portal


def overview(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show a year's calendar over all portals, the last night's verdicts, each portal's year."""
    span = context.days.span()
    if span is None:
        return context.show(request, "overview.html", year=None)
    year = _year(request.query.get("year", str(span[1].year)), span)
    covered = _covered(context, year)
    with context.reading() as queries:
        last = {run.portal: run for run in queries.runs.latest()}
        tonight = queries.runs.of_night(span[1])
    cells = [summed_cell([portal.days[place] for portal in covered.portals]) for place, _ in covered.by_day]
    rows = [_row(portal, last.get(portal.portal), span[1]) for portal in covered.portals]
    return context.show(
        request,
        "overview.html",
        year=year,
        years=range(span[0].year, span[1].year + 1),
        months=months_of(year, cells),
        rows=rows,
        last_night=span[1],
        first_night=span[0],
        tonight=_summary(tonight),
        states=_states(covered.portals),
        damaged=covered.damaged,
        days_in_year=covered.length,
    )


def _year(text: str, span: tuple[date, date]) -> int:
    check_request(re.fullmatch(r"[0-9]{4}", text), Reason.of("form_year"))
    year = int(text)
    if not span[0].year <= year <= span[1].year:
        raise PageNotFound(Reason.of("no_night_of", what=year))
    return year


def _covered(context: PageContext, year: int) -> YearDays:
    covered = context.days.year(year)
    if covered is None:
        raise PageNotFound(Reason.of("nothing_crawled"))
    return covered


def _row(covered: PortalCoverage, last: Run | None, tonight: date) -> PortalRow:
    day = next((day for day in covered.days if day.day == tonight), None)
    stored, lost = sum(day.stored for day in covered.days), sum(gap.caught_up is None for gap in covered.gaps)
    return PortalRow(covered.portal, last, day, strip(covered), stored, len(covered.gaps), lost)


def _summary(runs: Sequence[Run]) -> dict[str, object]:
    verdicts = Counter(run.verdict for run in runs if run.crawled)
    events: Counter[str] = Counter()
    for run in runs:
        events.update(run.events)
    return {
        "portals": len({run.portal for run in runs if run.crawled}),
        "verdicts": [(verdict, verdicts[verdict]) for verdict in WORST_FIRST if verdicts[verdict]],
        "new": first_texts(events),
        "changed": events[Event.REVISION.value],
        "gone": events[Event.GONE.value],
        "set_aside": events[Event.QUARANTINED.value],
    }


def _states(portals: Sequence[PortalCoverage]) -> list[tuple[DayState, int]]:
    counted = count_states(portals)
    return [(state, counted[state]) for state in DayState if counted[state] and state is not DayState.BEFORE_FIRST]


def month(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show a month, portal by portal, day by day."""
    text = request.values["month"]
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadRequest(Reason.of("form_month")) from None
    span = context.days.span()
    if span is None or not span[0].replace(day=1) <= first <= span[1]:
        raise PageNotFound(Reason.of("no_night_of", what=text))
    covered = _covered(context, first.year)
    places = [place for place, day in covered.by_day if day.month == first.month]
    rows = [(portal.portal, [portal.days[place] for place in places]) for portal in covered.portals]
    earlier, later = ((first + timedelta(days=days)).replace(day=1) for days in (-1, 31))
    return context.show(
        request,
        "month.html",
        month=first,
        span=span,
        days=[covered.portals[0].days[place].day for place in places] if covered.portals else [],
        rows=[(name, days, [day_cell(day) for day in days]) for name, days in rows],
        gaps=[(name, day) for name, days in rows for day in days if day.state.is_gap],
        earlier=earlier if earlier >= span[0].replace(day=1) else None,
        later=later if later <= span[1] else None,
    )


def night(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show one night: each portal's verdict with its reasons, the seals, and the stored events."""
    day, kind = request.day("night"), request.query.get("kind", "")
    check_request(not kind or kind in KINDS, Reason.of("form_event"))
    after = _after(request.query.get("after", ""))
    with context.reading() as queries:
        runs = queries.runs.of_night(day)
        events = queries.web.events_of_night(day, ROWS + 1, after, KINDS.get(kind, ()))
        seals, late = queries.seals.of_night(day), queries.seals.late_of(day)
        earlier, later = (queries.coverage.adjacent_night(day, later=way) for way in (False, True))
    covered = context.days.year(day.year)
    missed = [
        NightOutcome(portal.portal, None, missing.reasons)
        for portal in (covered.portals if covered else ())
        for missing in portal.days
        if missing.day == day and missing.state is DayState.MISSED
    ]
    if not runs and not seals and not missed and not (covered and covered.first <= day <= covered.last):
        raise PageNotFound(Reason.of("nothing_of_night", night=day))
    following = events[ROWS - 1] if len(events) > ROWS else None
    return context.show(
        request,
        "night.html",
        night=day,
        outcomes=sorted([*(NightOutcome(run.portal, run) for run in runs), *missed], key=lambda one: one.rank),
        summary=_summary(runs),
        seals=seals,
        late=late,
        events=events[:ROWS],
        following=f"{following.run}/{following.seq}" if following else None,
        kind=kind,
        kinds=list(KINDS),
        earlier=earlier,
        later=later,
    )


def _after(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    run, _, seq = text.partition("/")
    check_request(RUN_NAME.fullmatch(run) and re.fullmatch(r"[0-9]{1,9}", seq), Reason.of("form_after"))
    return run, int(seq)


def portal(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show one portal: its year, volume, length and lag of its texts, its declared facts, its last events."""
    name, before = request.values["portal"], request.before()
    check_request(PORTAL.fullmatch(name), Reason.of("form_portal"))
    with context.reading() as queries:
        first = queries.coverage.first_night(name)
        recent = queries.runs.history(name, date.max, 1)
    span = context.days.span()
    if span is None:
        raise PageNotFound(Reason.of("nothing_crawled"))
    year = _year(request.query.get("year", str(span[1].year)), span)
    covered = _covered(context, year).of(name)
    if first is None and covered is None:  # one that was only ever missed has a page
        raise PageNotFound(Reason.of("no_night_of", what=name))
    until = min(date(year, 12, 31), span[1])
    with context.reading() as queries:
        runs = [run for run in queries.runs.between(name, date(year, 1, 1), until) if run.crawled]
        found = queries.web.events_of_portal(name, ROWS + 1, before or None)
    nightly = list({run.night: run for run in runs}.values())
    return context.show(
        request,
        "portal.html",
        portal=name,
        first=first,
        last=recent[0] if recent else None,
        year=year,
        years=range((first or span[0]).year, span[1].year + 1),
        months=months_of(year, [day_cell(day) for day in covered.days]) if covered else (),
        states=_states([covered]) if covered else [],
        gaps=covered.gaps if covered else (),
        measured=_measured(nightly),
        nights=nightly[-_LAST_NIGHTS:][::-1],
        events=[item for _, item in found[:ROWS]],
        following=found[ROWS - 1][0] if len(found) > ROWS else None,
        before=before,
    )


def _measured(runs: Sequence[Run]) -> dict[str, Curve | None]:
    """Return three curves over the nights in which the portal was read."""
    values: dict[str, list[float | None]] = {
        "volume": [first_texts(run.events) for run in runs],
        "length": [run.measures.text_bytes if run.measures else None for run in runs],
        "lag": [run.measures.lag_days if run.measures else None for run in runs],
    }
    return {name: curve(measured) for name, measured in values.items()}
