"""Runs that a crawl left in `open/` when it ended: move a complete one to its place, close a cut one as partial."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from archive.errors import ArchiveError, RunBusy, StaleClaim
from archive.ingest.summary import RunSummary
from archive.leases.states import AttemptResult, Claim, LeaseState
from archive.messages.reason import Reason
from archive.model.decommission import DecommissionSign
from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict
from archive.model.judgement import Judgement
from archive.model.records import PageRecord, Run
from archive.store import Archive
from crawler.catalog.portals import dissolved_by, province_of
from crawler.clock import Clock
from crawler.reports.night_table import last_run
from crawler.verdicts.decommissioned import DecommissionRule, assess
from crawler.verdicts.history import NIGHTS


def fresh_run(archive: Archive, claim: Claim) -> Run | None:
    """Return a complete run that the ledger does not know of yet; move it to its place if its process died before it did."""
    try:
        archive.finish_closing(claim.portal)
    except RunBusy:
        return None  # its own process is just moving it
    run = last_run(archive, claim.portal, claim.night)
    return run if run is not None and run.complete and run.run != claim.recorded else None


def close_leftover(
    archive: Archive,
    portal: str,
    night: date,
    state: LeaseState,
    reason: Reason,
    now: datetime,
    fence: int | None = None,
) -> Run | None:
    """Close a run that will not be resumed. What was committed stays, and the record gives the reason for its end.

    Return None when the portal left nothing in `open/`.

    Raises:
        RunBusy: The run's process still lives.
    """
    if portal not in archive.open_runs(night):
        return None
    if archive.identity.kind is ArchiveKind.REPLICA:
        now = Clock(night).now()

    def judge_night(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
        if away is not None and away.recorded is not None and away.sign is not DecommissionSign.MOVED:
            return Verdict.GONE, (away.reason, reason)
        if set(tally.outcomes) == {Outcome.UNREACHABLE.value}:
            return Verdict.UNREACHABLE, (reason,)
        return Verdict.BROKEN if state is LeaseState.FAILED else Verdict.INTERRUPTED, (reason,)

    run = archive.start(portal, night, now, lambda *_: Judgement(None), fence)  # closing adds no document
    # A run that was cut records no end of its own; what an earlier night recorded still holds.
    rule = DecommissionRule(dissolved_by(portal, night), sys.maxsize)
    away = assess(archive, run, archive.history(portal, night, NIGHTS), rule).sign
    return run.close(
        now,
        complete=False,
        finish_reason=FinishReason.BACKFILL if _is_backfill(run.pages) else FinishReason(state.value),
        judge_night=judge_night,
        extraction={},
        software={},
        province=province_of(portal),
        away=away,
    )


def _is_backfill(pages: Iterable[PageRecord]) -> bool:
    marked = False
    for page in pages:
        if page.lookback is not None and page.lookback.since is not None:
            marked = True
        elif page.outcome is not Outcome.ROBOTS:
            return False
    return marked


def close_try(archive: Archive, claim: Claim, ending: AttemptResult, now: datetime) -> tuple[Run | None, AttemptResult]:
    """Close what the tries left in `open/` and name the run in the result; a failure to close it becomes part of the reason."""
    try:
        run = close_leftover(
            archive, claim.portal, claim.night, ending.state, ending.reason or Reason.sentence(""), now, claim.fence
        )
    except StaleClaim:
        raise
    except (ArchiveError, OSError) as error:
        return None, replace(
            ending, reason=Reason.of("still_open", reason=ending.reason or "", error=Reason.of_error(error))
        )
    return run, replace(ending, run=run.run if run else None)
