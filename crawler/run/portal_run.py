"""One portal's night from beginning to end: open the archive, crawl, judge, close; or let go so that it can go on.

How it ends, by the crawl's finish reason: `finished`, `blocked` and `unreachable` close the night with its record;
`shutdown` and `closespider_timeout` leave it open for a later start, and so does `unreachable` while the scheduler will ask
again later tonight; an error of the archive leaves what was committed.
"""

from __future__ import annotations

import logging
from collections import Counter

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import BaseSettings

from archive.errors import ExitCode, Interrupted
from archive.index.queries.removals import VANISHED
from archive.ingest.run_writer import RunWriter
from archive.ingest.summary import RunSummary
from archive.messages.reason import Reason
from archive.model.enums import FIRST_TEXTS, Event, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import Run
from archive.store import Archive
from crawler.boilerplate.learn import candidates_note
from crawler.config.run_options import RunOptions, software
from crawler.disk_space import low_disk_error
from crawler.downloader.replica import replica_served
from crawler.run.backfill_run import end_backfill
from crawler.spider.crawl import PortalCrawler
from crawler.spider.recorder import TRIED_AGAIN
from crawler.verdicts.decommissioned import DecommissionRule, assess, dissolution
from crawler.verdicts.history import NIGHTS, History, covered_day, layouts_of
from crawler.verdicts.judge import NightCounts, judge_night
from pipelines.dedup import judge
from pipelines.sandbox.crosscheck_stats import misfits

__all__ = ["crawl_portal", "night_counts"]

_log = logging.getLogger(__name__)

_ENDED = (FinishReason.FINISHED, FinishReason.BLOCKED, FinishReason.UNREACHABLE)
_GOOD = (Verdict.GOOD, Verdict.QUIET)
_READ = (*FIRST_TEXTS, Event.REVISION, Event.DUPLICATE)


def crawl_portal(process: AsyncCrawlerProcess, settings: BaseSettings, portal: type[PortalCrawler]) -> ExitCode:
    """Crawl one portal's night into its archive and say how it went.

    Raises UsageError, ArchiveUnusable or RunBusy before anything is fetched, DiskFull when the archive cannot be
    written any more.
    """
    tonight = RunOptions.read(settings)
    portal.read_with()  # a wrong file of rules is told before anything is asked
    settings.set("NIGHT", tonight.night.isoformat(), priority="cmdline")
    with Archive.open(tonight.archive, tonight.kind) as archive, replica_served(settings, tonight.replica_folder):
        night = archive.start(portal.name, tonight.night, tonight.clock.now(), judge, tonight.fence)
        try:
            spider = _crawl(process, portal, tonight, night)
            return _end(archive, night, tonight, spider)
        except BaseException:
            night.abandon()
            raise


def _crawl(
    process: AsyncCrawlerProcess, portal: type[PortalCrawler], tonight: RunOptions, night: RunWriter
) -> PortalCrawler | None:
    """Run Scrapy to its end; None when it could not even begin (the reason is in the log)."""
    # Their lines repeat what the night's record says, with tracebacks.
    for name in ("scrapy.downloadermiddlewares.robotstxt", "scrapy.core.downloader.handlers.http11"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    crawler = process.create_crawler(portal)
    task = process.crawl(crawler, options=tonight, writer=night)
    process.start()
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is not None:
        _log.error("the crawl of %s could not run", portal.name, exc_info=error)
    spider = crawler.spider
    return spider if isinstance(spider, PortalCrawler) else None


def _end(archive: Archive, night: RunWriter, tonight: RunOptions, spider: PortalCrawler | None) -> ExitCode:
    if spider is None:
        night.suspend()
        return ExitCode.BUG
    recorder = spider.recorder
    if recorder.fatal is not None:
        raise recorder.fatal
    if tonight.backfill is not None:
        return end_backfill(night, tonight, spider)
    reason = recorder.finish_reason
    # Closing each attempt would make P, P.2 and P.3 of one night, each judged by itself. The run stays open, and one
    # record is judged from all attempts.
    if reason is FinishReason.UNREACHABLE and tonight.stay_open:
        night.suspend()
        raise Interrupted(recorder.silence)
    if reason not in _ENDED:
        night.suspend()
        if reason is FinishReason.LOW_DISK and recorder.low_disk is not None:
            raise low_disk_error(recorder.low_disk)
        if reason is None:
            raise Interrupted(Reason.of("stopped_twice"))
        if reason is FinishReason.SHUTDOWN:
            return ExitCode.INTERRUPTED
        return ExitCode.TIME_LIMIT if reason is FinishReason.TIME_LIMIT else ExitCode.BUG
    run = _close(archive, night, tonight, spider, reason)
    return ExitCode.GOOD if run.verdict in _GOOD else ExitCode.FINDINGS


def _close(archive: Archive, night: RunWriter, tonight: RunOptions, spider: PortalCrawler, reason: FinishReason) -> Run:
    suspects, residue = _residue(archive, night, spider)
    runs = [*_earlier_tonight(archive, night), *archive.history(night.portal, night.night, NIGHTS)]
    before = History.of(runs)
    why = dissolution(spider.province, spider.dissolved, night.night)
    end = assess(archive, night, runs, DecommissionRule(why, tonight.gone_nights))

    def verdict(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
        judged, reasons = judge_night(night_counts(night, tally, spider.recorder.extraction), before, end)
        return judged, (*reasons, *residue)  # told, and no reason for another verdict

    return night.close(
        tonight.clock.now(),
        complete=True,
        finish_reason=reason,
        judge_night=verdict,
        extraction=dict(sorted((spider.recorder.extraction + suspects).items())),
        software=software(),
        lookback=spider.lookback.end,
        province=spider.province,
        away=end.sign,
        declared=spider.declared(),
    )


def _earlier_tonight(archive: Archive, night: RunWriter) -> list[Run]:
    """The records of this very night when it is run again, newest first: what they showed is no longer new."""
    runs = [run for run in archive.runs(night.night) if run.portal == night.portal and run.crawled]
    return sorted(runs, key=lambda run: run.started_at, reverse=True)


def _residue(archive: Archive, night: RunWriter, spider: PortalCrawler) -> tuple[Counter[str], tuple[Reason, ...]]:
    """The lines that the portal seems to repeat, tonight's articles included: their count, and the words for it."""
    night.commit()
    try:
        count, said = candidates_note(archive, night.portal, spider.read_with())
    except Exception:  # what was kept is kept: looking at it must not cost the night its record
        _log.exception("the repeated lines of %s could not be looked for", night.portal)
        return Counter(), ()
    return Counter({"residue suspects": count}), (said,) if said else ()


def night_counts(night: RunWriter, tally: RunSummary, extraction: dict[str, int]) -> NightCounts:
    """What the verdict is judged from: the committed lines of all attempts, and how the last one read its pages."""
    last = {page.key: page.outcome for page in night.pages if page.key and not page.attachment_of}
    vanished = {key for key, outcome in last.items() if outcome in VANISHED} - night.vanished_before()
    misses, laid = layouts_of(extraction)
    obeyed = sum(page.outcome is Outcome.RATE_LIMITED and page.detail == TRIED_AGAIN for page in night.pages)
    outcomes = {Outcome(name): count for name, count in tally.outcomes.items()}
    outcomes[Outcome.RATE_LIMITED] = max(outcomes.get(Outcome.RATE_LIMITED, 0) - obeyed, 0)  # waited for, then let in
    return NightCounts(
        day=covered_day(night.began_at),
        outcomes=outcomes,
        of_articles={Outcome(name): count for name, count in tally.measures.asked.items()},
        sections=tally.sections,
        listed=tally.listed,
        new=sum(tally.events.get(event.value, 0) for event in _READ),
        quarantined=tally.measures.set_aside,
        misses=misses,
        laid=laid,
        withdrawn=sum(1 for key in vanished if night.lookups.is_stored(key)),
        misfits=misfits(extraction),
        failed={page.section: page.outcome for page in night.pages if page.section and page.walk_end is WalkEnd.FAILED},
        measures=tally.measures,
    )
