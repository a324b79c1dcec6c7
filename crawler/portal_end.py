"""What a portal's night says of its end, asked of the archive when the night is closed, and what the nights before recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from archive.away import Away
from archive.portal_night import PortalNight
from archive.records import Outcome, Run
from archive.store import Archive
from crawler.ends import Ends
from crawler.verdicts.away import away_of, ended_before

__all__ = ["PortalEnd", "end_of", "last_word"]


@dataclass(frozen=True, slots=True)
class PortalEnd:
    """`away`: what the night says; `back`: what had been recorded and tonight's answers deny; `ends`: when it is gone."""

    away: Away | None
    back: Away | None
    ends: Ends


def end_of(archive: Archive, night: PortalNight, before: Sequence[Run], ends: Ends) -> PortalEnd:
    """What the committed lines of a night say, with the portal's crawls before it, newest first."""
    nights = {night.night, *(run.night for run in before if run.away is not None)}
    with archive.index.reading() as questions:
        deaf = questions.deaf_nights(night.portal, nights)
    away = away_of(night.pages, night.night, before, ends, deaf)
    answered = any(page.outcome not in (Outcome.UNREACHABLE, Outcome.ROBOTS) for page in night.pages)
    return PortalEnd(away, ended_before(before) if away is None and answered else None, ends)


def last_word(archive: Archive, portal: str, night: date) -> Away | None:
    """What holds of a portal's end before a night, as its records have it: None while it is asked every night."""
    with archive.index.reading() as questions:
        run = questions.last_telling(portal, night)
    return run.away if run is not None and run.away is not None and run.away.recorded is not None else None
