"""The end of a crawl that only went further back: always closed, because the lists say where the next one goes on."""

from __future__ import annotations

from datetime import date

from archive.errors import ExitCode
from archive.ingest.run_writer import RunWriter
from archive.ingest.summary import RunSummary
from archive.model.enums import BACKFILL, Verdict, WalkEnd
from archive.model.records import LookBack
from archive.storage.lookback_stats import count_lookback
from crawler.config.run_options import RunOptions, software
from crawler.spider.crawl import PortalCrawler
from crawler.spider.recorder import BLOCKED, UNREACHABLE

__all__ = ["end_backfill", "judge_backfill"]

_STOPPED = {BLOCKED: Verdict.BLOCKED, UNREACHABLE: Verdict.UNREACHABLE, "finished": None}


def end_backfill(night: RunWriter, tonight: RunOptions, spider: PortalCrawler) -> ExitCode:
    """Close the run as a backfill, which no night's verdict counts, and say how it went."""
    night.commit()
    reason = spider.recorder.finish_reason or "shutdown"
    done = count_lookback(night.pages, night.articles, spider.lookback.end)
    failed = [page for page in night.pages if page.lookback and page.lookback.end is WalkEnd.FAILED]
    words = _words(tonight.backfill, done, reason, len(failed))
    verdict = judge_backfill(done, reason, failed=bool(failed))

    def told(tally: RunSummary) -> tuple[Verdict, tuple[str, ...]]:
        return verdict, (words,)

    night.close(
        tonight.clock.now(),
        complete=reason in _STOPPED,
        finish_reason=BACKFILL,
        judge_night=told,
        extraction=dict(sorted(spider.recorder.extraction.items())),
        software=software(),
        lookback=spider.lookback.end,
        province=spider.province,
    )
    if verdict is Verdict.INTERRUPTED:
        return ExitCode.INTERRUPTED
    return ExitCode.GOOD if verdict in (Verdict.GOOD, Verdict.QUIET) else ExitCode.FINDINGS


def judge_backfill(done: LookBack | None, reason: str, *, failed: bool) -> Verdict:
    """How a backfill went, by its own counts alone: it has no history to be held against."""
    if reason not in _STOPPED:
        return Verdict.INTERRUPTED
    stopped = _STOPPED[reason]
    if stopped is not None:
        return stopped
    if failed:
        return Verdict.SUSPICIOUS if done and done.pages else Verdict.BROKEN
    return Verdict.GOOD if done and done.kept else Verdict.QUIET


def _words(since: date | None, done: LookBack | None, reason: str, failed: int) -> str:
    if done is None:
        return f"backfill to {since}: it was finished before"
    counts = f"{done.pages} list pages, {done.found} articles found, {done.kept} kept, {done.requests} requests"
    if done.complete:
        return f"backfill to {since}: {counts}; complete"
    why = {
        "finished": "cut at its bound on requests",
        BLOCKED: "stopped by the portal",
        UNREACHABLE: "no answer any more",
    }
    cut = f"{failed} list pages could not be read" if failed else why.get(reason, "stopped")
    return f"backfill to {since}: {counts}; {cut}: the same command goes on from here"
