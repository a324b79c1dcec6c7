"""Close the run of a backfill: always, because the lists' lines say where the next one goes on."""

from __future__ import annotations

from collections import Counter
from datetime import date

from archive.errors import ExitCode
from archive.ingest.run_writer import RunWriter
from archive.ingest.summary import RunSummary
from archive.messages.reason import Reason
from archive.model.enums import FinishReason, Verdict, WalkEnd
from archive.model.records import LookbackCounts
from archive.storage.lookback_stats import count_lookback
from crawler.config.run_options import RunOptions, software
from crawler.spider.crawl import PortalCrawler

_STOPPED = {
    FinishReason.BLOCKED: Verdict.BLOCKED,
    FinishReason.UNREACHABLE: Verdict.UNREACHABLE,
    FinishReason.FINISHED: None,
}

_CUT = {
    FinishReason.FINISHED: Reason.of("backfill_bound"),
    FinishReason.BLOCKED: Reason.of("backfill_blocked"),
    FinishReason.UNREACHABLE: Reason.of("backfill_unanswered"),
}


def end_backfill(writer: RunWriter, options: RunOptions, spider: PortalCrawler) -> ExitCode:
    """Close the run as a backfill, which no night's verdict counts, and return the exit code."""
    writer.commit()
    reason = spider.recorder.finish_reason or FinishReason.SHUTDOWN
    done = count_lookback(writer.pages, writer.articles, spider.lookback.end)
    ends = Counter(page.lookback.end for page in writer.pages if page.lookback)
    why = _reason(options.backfill, done, reason, ends)
    verdict = judge_backfill(done, reason, failed=bool(ends[WalkEnd.FAILED] or ends[WalkEnd.FIRST_AGAIN]))

    def judged(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
        return verdict, (why,)

    writer.close(
        options.clock.now(),
        complete=reason in _STOPPED,
        finish_reason=FinishReason.BACKFILL,
        judge_night=judged,
        extraction=dict(sorted(spider.recorder.extraction.items())),
        software=software(spider.read_with()),
        lookback=spider.lookback.end,
        province=spider.province,
    )
    if verdict is Verdict.INTERRUPTED:
        return ExitCode.INTERRUPTED
    return ExitCode.GOOD if verdict in (Verdict.GOOD, Verdict.QUIET) else ExitCode.FINDINGS


def judge_backfill(done: LookbackCounts | None, reason: FinishReason, *, failed: bool) -> Verdict:
    """Return a backfill's verdict from its own counts alone: there is no history to compare it with."""
    if reason not in _STOPPED:
        return Verdict.INTERRUPTED
    stopped = _STOPPED[reason]
    if stopped is not None:
        return stopped
    if failed:
        return Verdict.SUSPICIOUS if done and done.pages else Verdict.BROKEN
    return Verdict.GOOD if done and done.kept else Verdict.QUIET


def _reason(
    since: date | None, done: LookbackCounts | None, finish: FinishReason, ends: Counter[WalkEnd | None]
) -> Reason:
    day = str(since)
    if done is None:
        return Reason.of("backfill_done_before", day=day)
    counts = {"pages": done.pages, "found": done.found, "stored": done.kept, "requests": done.requests}
    if done.complete:
        return Reason.of("backfill_complete", day=day, **counts)
    cut = _CUT.get(finish, Reason.of("backfill_stopped"))
    if failed := ends[WalkEnd.FAILED]:
        cut = Reason.of("backfill_unread", pages=failed)
    elif again := ends[WalkEnd.FIRST_AGAIN]:
        cut = Reason.of("backfill_first_again", sections=again)
    return Reason.of("backfill_cut", day=day, cut=cut, **counts)
