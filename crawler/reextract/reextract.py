"""Read a portal's archived captures again with today's rules, and store the new readings.

The capture of each article's latest version is read. A new reading is stored as a `reread` event in a run that fetched
nothing: its `finish_reason` is `reextract`, and neither the verdict's history nor the scheduler takes it for a crawl.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from archive.errors import UsageError
from archive.ingest.summary import RunSummary
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, FinishReason, Verdict
from archive.model.records import Run
from archive.processes.progress import Progress, unseen
from archive.processes.workers import jobs_of, workers
from archive.storage.paths import run_order
from archive.storage.run_record import read_lines
from archive.store import Archive
from crawler.catalog.portals import province_of
from crawler.config.run_options import software
from crawler.reextract.reading import NewReading, Rereading
from pipelines.article import Layout
from pipelines.dedup import judge_reread
from pipelines.reread import Reader, reread_document
from pipelines.sandbox.extraction_worker import ExtractionWorker

_MANY = 100  # captures from which on a further extraction process is worth its start
_CAPTURES = 5  # for one worker at a time


@dataclass(slots=True)
class ReextractResult:
    """The result for one portal, read with `layouts`.

    `unreadable` are versions with the error in words; `run` has the stored readings, if any.
    """

    portal: str
    layouts: tuple[Layout, ...]
    read: int = 0
    unchanged: int = 0
    changed: list[NewReading] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    run: Run | None = None

    @property
    def stored(self) -> int:
        """The number of new readings that were stored."""
        return sum(self.run.events.values()) if self.run else 0


def read_again(
    archive: Archive,
    portal: str,
    layouts: tuple[Layout, ...],
    read: Reader | None,
    limit_bytes: int,
    *,
    since: date | None = None,
    limit: int | None = None,
    jobs: int | None = 1,
    progress: Progress = unseen,
) -> ReextractResult:
    """Read the captures of a portal's latest versions again, those of the night `since` and later, the newest `limit`.

    `read` extracts, `limit_bytes` bounds a decoded body. Without `read`, `jobs` processes do, each with an extraction
    process of its own; None for every core, or one where there are few captures. Unreadable captures are listed in the
    result.
    """
    with archive.index.reading() as queries:
        latest = queries.events.latest_of_portal(portal, since, limit)
    rereading, result = Rereading(layouts, limit_bytes, archive.identity.kind), ReextractResult(portal, layouts)
    progress(0, len(latest))
    with ExitStack() as stack:
        number = 1 if read is not None else jobs_of(jobs, len(latest), _MANY)
        pool = stack.enter_context(workers(number))
        work = partial(rereading.read_in_worker, archive.paths.root)
        if number == 1:
            read = read or stack.enter_context(ExtractionWorker()).read
            work = partial(rereading.read, archive.captures, read)
        for found, reading in pool.map(work, latest, _CAPTURES):
            if isinstance(reading, str):
                result.unreadable.append((found.id, reading))
            elif reading is None:
                result.unchanged += 1
            else:
                result.changed.append(reading)
            result.read = result.unchanged + len(result.changed)
            progress(result.read + len(result.unreadable), len(latest))
    return result


def target_night(archive: Archive, portal: str, wanted: date | None, tonight: date) -> date:
    """Return the night whose run stores the new readings: today's, or in a rehearsal's archive the last one.

    Raises:
        UsageError: The night lies ahead or before a version of the portal (the new reading must be the later one), or a
            crawl of the portal is still open, whose articles belong before the new readings.
    """
    rehearsed = archive.identity.kind is ArchiveKind.REPLICA
    nights = [*archive.paths.nights(), *(night for night, _ in archive.paths.open_runs())]
    night = wanted or (max(nights, default=tonight) if rehearsed else tonight)
    if not rehearsed and night > tonight:
        raise UsageError(f"--night {night} is still to come: leave it out for tonight, {tonight}")
    with archive.index.reading() as queries:
        versions = queries.events.latest_of_portal(portal, limit=1)
    if versions and night.isoformat() < versions[-1].night:
        raise UsageError(
            f"--night {night} lies before {portal}'s last version of {versions[-1].night}: give that or later"
        )
    for when, folder in archive.paths.open_runs():
        own = when == night and not read_lines(folder / "pages.jsonl")  # an interrupted run of this command goes on
        if run_order(folder.name)[0] == portal and not own:
            raise UsageError(
                f"the run of {portal} on {when} is still open: end it first with "
                f"`python scheduler.py --once --night {when} --portal {portal}`"
            )
    return night


def accept(archive: Archive, result: ReextractResult, night: date, now: datetime) -> None:
    """Store the new readings as `reread` events in a run of this night; without any, make no run.

    Raises:
        RunBusy: The portal is being crawled.
        UsageError: A live night before the last sealed one.
    """
    readings = [reading for reading in result.changed if reading.worth_storing]
    if not readings:
        return
    run = archive.start(result.portal, night, now, judge_reread)
    try:
        for reading in readings:
            run.write(None, reread_document(reading.line, reading.place, reading.article, run))
        result.run = run.close(
            now,
            complete=True,
            finish_reason=FinishReason.REEXTRACT,
            judge_night=_verdict,
            extraction={"read": result.read, "unchanged": result.unchanged, "unreadable": len(result.unreadable)},
            software=software(result.layouts),
            province=province_of(result.portal),
        )
    except BaseException:
        run.abandon()  # what was committed stays; the next start of the run repairs the rest
        raise


def _verdict(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
    return Verdict.GOOD, (Reason.of("read_again", captures=sum(tally.events.values())),)
