"""What a crawl that ended badly left in `open/`: a finished run is moved to its place, a partial one closed as partial."""

from __future__ import annotations

from datetime import date, datetime

from archive.errors import RunBusy
from archive.judgement import Judgement, Version
from archive.ledger import State
from archive.records import BACKFILL, Document, Kind, Outcome, Run, Verdict
from archive.store import Archive
from archive.tally import Tally
from crawler.clock import Clock

__all__ = ["close_leftover", "last_run", "place_finished"]


def last_run(archive: Archive, portal: str, night: date) -> Run | None:
    """The newest closed crawl of a portal's night; a run that only read captures again is none."""
    runs = [run for run in archive.runs(night) if run.portal == portal and run.crawled]
    return max(runs, key=lambda run: int(run.run.partition(".")[2] or 1), default=None)


def place_finished(archive: Archive) -> None:
    """Move the runs that have their record but whose process died before it could move them."""
    try:
        archive.finish_closing()
    except RunBusy:
        return  # its own process is just moving it


def close_leftover(archive: Archive, portal: str, night: date, state: State, reason: str, now: datetime) -> Run | None:
    """Close a run that nobody will resume: what was committed is kept, and the record says why it is not complete.

    None when the portal left nothing in `open/`. Raises RunBusy when its process still lives.
    """
    if portal not in archive.open_runs(night):
        return None
    if archive.identity.kind is Kind.REPLICA:
        now = Clock(night).now()
    verdict = Verdict.BROKEN if state is State.FAILED else Verdict.INTERRUPTED

    def judge_night(tally: Tally) -> tuple[Verdict, tuple[str, ...]]:
        return verdict, (reason,)

    left = archive.start(portal, night, now, _nothing_new)
    deeper = [page for page in left.pages if page.lookback is not None and page.lookback.since is not None]
    only = deeper and all(page in deeper or page.outcome is Outcome.ROBOTS for page in left.pages)
    return left.close(
        now,
        complete=False,
        finish_reason=BACKFILL if only else state.value,
        judge_night=judge_night,
        extraction={},
        software={},
    )


def _nothing_new(document: Document, content: str, latest: Version | None, same: Version | None) -> Judgement:
    """Closing brings no document, so there is nothing to judge."""
    return Judgement(None)
