"""What a portal's night says of its end, asked of the archive when the night is closed, and what the nights before recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.decommission import EndSign, Sign
from archive.model.enums import Outcome
from archive.model.records import Run
from archive.store import Archive
from crawler.config.decommission import DecommissionRule
from crawler.verdicts.decommissioned import away_of, ended_before

__all__ = ["PortalEnd", "away_portals", "end_of", "why_away"]


@dataclass(frozen=True, slots=True)
class PortalEnd:
    """`away`: what the night says; `back`: what had been recorded and tonight's answers deny; `ends`: when it is gone."""

    away: EndSign | None
    back: EndSign | None
    ends: DecommissionRule


def end_of(archive: Archive, night: RunWriter, before: Sequence[Run], ends: DecommissionRule) -> PortalEnd:
    """What the committed lines of a night say, with the portal's crawls before it, newest first."""
    nights = {night.night, *(run.night for run in before if run.away is not None)}
    with archive.index.reading() as queries:
        deaf = queries.runs.offline_nights(night.portal, nights)
    away = away_of(night.pages, night.night, before, ends, deaf)
    answered = any(page.outcome not in (Outcome.UNREACHABLE, Outcome.ROBOTS) for page in night.pages)
    return PortalEnd(away, ended_before(before) if away is None and answered else None, ends)


def why_away(archive: Archive, portal: str, night: date, ask_days: int) -> Reason | None:
    """Why a portal that was recorded as moved or gone is not asked this night, in words; None where it is asked.

    One that is gone is asked again so many days after it was last asked. One that moved waits for a person, who asks for
    it by name: what is recorded then decides.
    """
    told = _last(archive, portal, night)
    if told is None:
        return None
    asked, away = told
    if away.sign is Sign.MOVED:
        return Reason.of("off_moved", was=away.reason, day=str(away.recorded))
    again = asked + timedelta(days=ask_days)
    return None if night >= again else Reason.of("off_gone", was=away.reason, day=again)


def away_portals(archive: Archive, portals: Iterable[str], night: date, ask_days: int) -> dict[str, Reason]:
    """The portals that are recorded as moved or gone by the end of a night, with the reason in words."""
    later = night + timedelta(days=1)
    said = {portal: why_away(archive, portal, later, ask_days) or _due(archive, portal, later) for portal in portals}
    return {portal: words for portal, words in said.items() if words is not None}


def _due(archive: Archive, portal: str, night: date) -> Reason | None:
    told = _last(archive, portal, night)
    return None if told is None else Reason.of("off_gone_due", was=told[1].reason)


def _last(archive: Archive, portal: str, night: date) -> tuple[date, EndSign] | None:
    """What was last recorded of a portal's end before a night and still holds, and the night in which it was asked then."""
    with archive.index.reading() as queries:
        run = queries.runs.last_conclusive(portal, night)
    return (run.night, run.away) if run is not None and run.away is not None and run.away.recorded is not None else None
