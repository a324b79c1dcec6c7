"""Run one portal's night: open the archive, crawl, judge, close the run; or suspend it for a later start.

The crawl's finish reason decides: `finished`, `blocked` and `unreachable` close the run with its record; `shutdown` and
`closespider_timeout` leave it open for a later start, and so does `unreachable` while the scheduler will ask again later in
the night. After an error of the archive, what was committed stays.
"""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

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
from crawler.boilerplate.learn import LOOKED_AT, candidates_note, learn, learning_input, newest_articles
from crawler.config.run_options import RunOptions, software
from crawler.disk_space import low_disk_error
from crawler.downloader.replica import replica_served
from crawler.run.backfill_run import end_backfill
from crawler.sandbox.block_places import located_by
from crawler.sandbox.portal_worker import crawl_worker
from crawler.sandbox.reader_deaths import NOT_READ_AGAIN
from crawler.spider.crawl import PortalCrawler
from crawler.spider.recorder import TRIED_AGAIN
from crawler.spider.walk import EMPTIED
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.decommissioned import DecommissionRule, assess, dissolution
from crawler.verdicts.history import NIGHTS, History, covered_day, layouts_of
from crawler.verdicts.judge import judge_night
from pipelines.dedup import judge
from pipelines.sandbox.crosscheck_stats import misfits

_log = logging.getLogger(__name__)

_SUSPECTS = "residue suspects"
_LOOKED_INTO = "residue"
_ENDED = (FinishReason.FINISHED, FinishReason.BLOCKED, FinishReason.UNREACHABLE)
_GOOD = (Verdict.GOOD, Verdict.QUIET)
_READ = (*FIRST_TEXTS, Event.REVISION, Event.DUPLICATE)


def crawl_portal(process: AsyncCrawlerProcess, settings: BaseSettings, portal: type[PortalCrawler]) -> ExitCode:
    """Crawl one portal's night into its archive and return the exit code.

    Raises UsageError, ArchiveUnusable or RunBusy before anything is fetched, DiskFull when the archive cannot be
    written any more.
    """
    options = RunOptions.read(settings)
    portal.read_with()  # a wrong file of rules is refused before the first request
    settings.set("NIGHT", options.night.isoformat(), priority="cmdline")
    with Archive.open(options.archive, options.kind) as archive, replica_served(settings, options.replica_folder):
        writer = archive.start(portal.name, options.night, options.clock.now(), judge, options.fence)
        try:
            spider = _crawl(process, portal, options, writer)
            return _end(archive, writer, options, spider)
        except BaseException:
            writer.abandon()
            raise


def _crawl(
    process: AsyncCrawlerProcess, portal: type[PortalCrawler], options: RunOptions, writer: RunWriter
) -> PortalCrawler | None:
    """Run Scrapy to its end and return the spider; None when it could not start (the log says why)."""
    # Their lines repeat what the run's record says, with tracebacks.
    for name in ("scrapy.downloadermiddlewares.robotstxt", "scrapy.core.downloader.handlers.http11"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    crawler = process.create_crawler(portal)
    task = process.crawl(crawler, options=options, writer=writer)
    gc.freeze()  # modules, classes and settings stay to the end, and need not be looked through again and again
    process.start()
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is not None:
        _log.error("the crawl of %s could not run", portal.name, exc_info=error)
    spider = crawler.spider
    return spider if isinstance(spider, PortalCrawler) else None


def _end(archive: Archive, writer: RunWriter, options: RunOptions, spider: PortalCrawler | None) -> ExitCode:
    if spider is None:
        writer.suspend()
        return ExitCode.BUG
    recorder = spider.recorder
    if recorder.fatal is not None:
        raise recorder.fatal
    if options.backfill is not None:
        return end_backfill(writer, options, spider)
    reason = recorder.finish_reason
    # Closing each attempt would make P, P.2 and P.3 of one writer, each judged by itself. The run stays open, and one
    # record is judged from all attempts.
    if reason is FinishReason.UNREACHABLE and options.stay_open:
        writer.suspend()
        raise Interrupted(recorder.silence)
    if reason not in _ENDED:
        writer.suspend()
        if reason is FinishReason.LOW_DISK and recorder.low_disk is not None:
            raise low_disk_error(recorder.low_disk)
        if reason is None:
            raise Interrupted(Reason.of("stopped_twice"))
        if reason is FinishReason.SHUTDOWN:
            return ExitCode.INTERRUPTED
        return ExitCode.TIME_LIMIT if reason is FinishReason.TIME_LIMIT else ExitCode.BUG
    run = _close(archive, writer, options, spider, reason)
    return ExitCode.GOOD if run.verdict in _GOOD else ExitCode.FINDINGS


def _close(
    archive: Archive, writer: RunWriter, options: RunOptions, spider: PortalCrawler, reason: FinishReason
) -> Run:
    runs = [*_earlier_runs(archive, writer), *archive.history(writer.portal, writer.night, NIGHTS)]
    suspects, looked_into = _residue(archive, writer, spider, runs)
    residue = candidates_note(suspects, writer.portal)
    before = History.of(runs)
    why = dissolution(spider.province, spider.dissolved, writer.night)
    end = assess(archive, writer, runs, DecommissionRule(why, options.gone_nights))

    def verdict(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
        recorder = spider.recorder
        counts = night_counts(writer, tally, recorder.extraction)
        counts = replace(counts, new_texts=recorder.new_texts.facts(), witnesses=tuple(recorder.witnesses.values()))
        judged, reasons = judge_night(counts, before, end)
        notes = (*spider.deaths.reasons(), *([residue] if residue is not None else []))
        return judged, (*reasons, *notes)  # the notes are for people, and no reason for another verdict

    return writer.close(
        options.clock.now(),
        complete=True,
        finish_reason=reason,
        judge_night=verdict,
        extraction=dict(sorted((spider.recorder.extraction + Counter({_SUSPECTS: suspects})).items())),
        software=software(spider.read_with()) | ({_LOOKED_INTO: looked_into} if looked_into else {}),
        lookback=spider.lookback.end,
        province=spider.province,
        away=end.sign,
        declared=spider.declared(),
    )


def _earlier_runs(archive: Archive, writer: RunWriter) -> list[Run]:
    """Return the records of this night's earlier runs, newest first: what they showed is no longer new."""
    runs = [run for run in archive.runs(writer.night) if run.portal == writer.portal and run.crawled]
    return sorted(runs, key=lambda run: run.started_at, reverse=True)


def _residue(archive: Archive, writer: RunWriter, spider: PortalCrawler, runs: Sequence[Run]) -> tuple[int, str]:
    """Return the number of lines that the portal seems to repeat, tonight's articles included, and what they were found in.

    A night that would look into the same articles by the same rules as an earlier one of these takes its count over. What
    they were found in is empty when that failed.
    """
    writer.commit()
    try:
        layouts = spider.read_with()
        looked_into = learning_input(newest_articles(archive, writer.portal), layouts)
        same = next((run for run in runs if run.software.get(_LOOKED_INTO) == looked_into), None)
        if same is not None:
            return same.extraction.get(_SUSPECTS, 0), looked_into
        with crawl_worker() as worker:
            learned = learn(archive, writer.portal, layouts, LOOKED_AT, located_by(worker))
        return len(learned.candidates), looked_into
    except Exception:  # a failure here must not cost the run its record
        _log.exception("the repeated lines of %s could not be looked for", writer.portal)
        return 0, ""


def night_counts(writer: RunWriter, tally: RunSummary, extraction: dict[str, int]) -> NightCounts:
    """Return what the verdict is judged from: the lines of all attempts, and how the last one read its pages."""
    last: dict[str, Outcome] = {}
    failed: dict[str, Outcome] = {}
    emptied: set[str] = set()
    obeyed = refused = 0
    for page in writer.pages:
        if page.key and not page.attachment_of:
            last[page.key] = page.outcome
        if page.section and page.walk_end is WalkEnd.FAILED:
            failed[page.section] = page.outcome
        if page.section and page.detail == EMPTIED:
            emptied.add(page.section)
        obeyed += page.outcome is Outcome.RATE_LIMITED and page.detail == TRIED_AGAIN
        refused += bool(page.key) and (page.detail or "").startswith(NOT_READ_AGAIN)
    vanished = {key for key, outcome in last.items() if outcome in VANISHED}
    vanished -= writer.vanished_before(vanished)
    misses, laid = layouts_of(extraction)
    asked = {Outcome(name): count for name, count in tally.measures.asked.items()}
    if refused:  # the night of the second death told it
        asked[Outcome.EXTRACT_TIMEOUT] = max(asked.get(Outcome.EXTRACT_TIMEOUT, 0) - refused, 0)
    outcomes = {Outcome(name): count for name, count in tally.outcomes.items()}
    outcomes[Outcome.RATE_LIMITED] = max(outcomes.get(Outcome.RATE_LIMITED, 0) - obeyed, 0)  # waited for, then let in
    return NightCounts(
        day=covered_day(writer.began_at),
        outcomes=outcomes,
        of_articles=asked,
        sections=tally.sections,
        listed=tally.listed,
        new=sum(tally.events.get(event.value, 0) for event in _READ),
        quarantined=tally.measures.set_aside,
        misses=misses,
        laid=laid,
        withdrawn=sum(1 for key in vanished if writer.lookups.is_stored(key)),
        misfits=misfits(extraction),
        failed=failed,
        measures=tally.measures,
        emptied=frozenset(emptied),
    )
