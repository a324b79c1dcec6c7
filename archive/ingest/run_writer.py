"""Write a portal's run: captures first, then judged articles, committed in batches.

A batch is 25 documents or 5 seconds. WARC members and texts are flushed first. Then, inside one write transaction of the
index, each document is judged, its text takes its final name, the lines of `articles.jsonl` and `pages.jsonl` are appended
and flushed (they are the commit), and the rows repeat them. When a step fails the portal stops: what was committed stays,
the rest is quarantined at the next start, and a failed flush is never tried again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from time import monotonic

from archive.errors import ArchiveError
from archive.index.column_types import place
from archive.index.index import Index
from archive.index.reader import ArchiveReader
from archive.ingest.commit import BatchCommit
from archive.ingest.late_articles import LateArticles
from archive.ingest.lookups import RunLookups
from archive.ingest.near_duplicates import read_fingerprints
from archive.ingest.placement import LockHolder, hold, place_run
from archive.ingest.queue import QueuedLine, prepare
from archive.ingest.recovery import recover
from archive.ingest.run_lines import RunLines
from archive.ingest.summary import JudgeNight, RunSummary, SummaryContext, tally
from archive.leases.fencing import Fence
from archive.messages.reason import Reason
from archive.model.decommission import Decommission
from archive.model.enums import FinishReason, Outcome, Via
from archive.model.judgement import Judge
from archive.model.records import Capture, CaptureRef, Document, PageRecord, Reading, Run
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.storage.jsonl import ArticleLine, decode_article, decode_page, encode_article, encode_page
from archive.storage.lookback_stats import LookbackEnd, apart, count_lookback
from archive.storage.paths import Paths
from archive.storage.request_stats import visits
from archive.storage.run_record import RUN_FILE, run_bytes
from archive.storage.warc import EarlierCapture, WarcFile

BATCH_DOCUMENTS = 25
BATCH_SECONDS = 5


class RunWriter:
    """Hold one portal's run open for writing by this process alone.

    `pages` and `articles` are the committed lines, which stand on the disk alone; `recovery_notes` say what an earlier attempt left damaged.
    """

    def __init__(
        self, paths: Paths, index: Index, fence: Fence, run: str, via: Via, now: datetime, judge: Judge
    ) -> None:
        self.portal, self.night, self.run, self.via = fence.portal, fence.night, run, via
        self._paths, self._index, self._judge, self._fence = paths, index, judge, fence
        self._lock = hold(paths, LockHolder.here(fence.portal, fence.night, fence.number))
        self.folder = paths.open_night(fence.night) / run
        self.started_at = now
        self._queue: list[QueuedLine] = []
        self._queued_since: float | None = None
        self.lookups = RunLookups(index, self.portal, self.night, self._is_queued)
        self.captures = ArchiveReader(paths, index)
        self._late = LateArticles(self.portal)
        self._unjudged: dict[CaptureRef, tuple[Capture, str]] = {}
        self._broken = False
        try:
            fence.check()
            with disk_errors(f"cannot open the night of {self.portal}"):
                make_folder(self.folder)
                self._resume()
                self._warc = self._open_warc(now)
        except BaseException:
            self._lock.close()
            raise

    def _resume(self) -> None:
        found = recover(self._paths, self.night, self.folder)
        self.recovery_notes = found.notes
        self.pages = RunLines(
            self.folder / "pages.jsonl", (encode_page, decode_page), lambda page: page.outcome.value, found.pages
        )
        self.articles = RunLines(
            self.folder / "articles.jsonl",
            (encode_article, decode_article),
            lambda line: line.event.value,
            found.articles,
        )
        self._next_seq = max((line.seq for line in found.articles), default=-1) + 1
        texts = read_fingerprints(self.folder, found.articles)
        with self._index.writing() as transaction:
            transaction.similar.check_method()
            transaction.similar.replace(self.night, self.run, texts)
            transaction.drop_events(self.night, self.run)
            transaction.drop_pages(self.night, self.run)
            transaction.add_events(self.night, self.run, found.articles)
            transaction.add_pages(self.night, self.run, dict(enumerate(found.pages)))

    def _open_warc(self, now: datetime) -> WarcFile:
        numbers = [int(path.name[6:11]) for path in self.folder.glob("pages-*.warc.gz")]
        self.attempts = max(numbers, default=0) + 1
        info = {
            "software": "Luu Tru",
            "format": "WARC File Format 1.1",
            "isPartOf": f"{self.portal} {self.night}",
            "description": f"via {self.via.value}",
        }
        return WarcFile(self.folder / f"pages-{self.attempts:05d}.warc.gz", info, now)

    def capture(self, capture: Capture, of: datetime | None = None) -> CaptureRef:
        """Append a response to the WARC before it is read; its line has to follow with `write`.

        With `of` the capture is what a browser made of the response of that moment.
        """
        self._fence.check()
        earlier = self._served(capture.url) if of is None else None
        with disk_errors(f"cannot keep {capture.url}"):
            ref = self._warc.append(capture, earlier) if of is None else self._warc.append_conversion(capture, of)
        digest = sha256(capture.body).hexdigest() if capture.body else ""
        self._unjudged[ref] = (capture, digest)
        return ref

    def _served(self, url: str) -> EarlierCapture | None:
        found = self.lookups.last_body(url)
        return EarlierCapture(found[0], datetime.fromisoformat(found[1])) if found else None

    def write(
        self,
        page: PageRecord | None,
        document: Document | None = None,
        reasons: tuple[Reason, ...] = (),
        *,
        gone_after: int | None = None,
        new_key: str | None = None,
        again: Reading | None = None,
    ) -> None:
        """Queue the line of one request, with the article or attachment read from its response; commit a due batch.

        Args:
            page: None for a document whose response has its line already, or was fetched by an earlier run.
            document: Becomes a text of the archive, or with `reasons` goes into quarantine.
            reasons: Why the document is doubtful.
            gone_after: Given when the response says that the article is no more. It becomes an event `gone`, once, when
                no article has stood there for that many days and a text of it was stored.
            new_key: The key that the page's address has, where the document belongs to an article with another key.
            again: The reading of an article whose page says what it said when it was last read.

        Raises what `commit` raises.
        """
        if page is not None and page.warc is not None and page.warc in self._unjudged:
            _, digest = self._unjudged[page.warc]
            page = replace(page, body_sha256=page.body_sha256 or digest or None)
        line = QueuedLine(page, document, reasons, gone_after=gone_after, new_key=new_key, again=again)
        prepare(line)  # now, while the next page is read, and not when everything waits for the commit
        if page is not None and page.warc is not None:
            self._unjudged.pop(page.warc, None)
        self._queue.append(line)
        now = monotonic()
        if self._queued_since is None:
            self._queued_since = now
        documents = sum(1 for queued in self._queue if queued.document)
        if documents >= BATCH_DOCUMENTS or now - self._queued_since >= BATCH_SECONDS:
            self.commit()

    def _is_queued(self, key: str) -> bool:
        return any(queued.document is not None and queued.document.key == key for queued in self._queue)

    def commit(self) -> None:
        """Commit what is queued. Raises DiskFull, ArchiveError or StaleClaim; after that every commit is refused."""
        if self._broken:
            raise ArchiveError(f"{self.portal}: a batch failed before; run the night again, what was kept is kept")
        if not self._queue:
            return
        self._broken = True
        self._fence.check_archive()
        with disk_errors(f"cannot commit the night of {self.portal}"):
            self._warc.sync()
            batch = BatchCommit(
                self._paths,
                self.portal,
                self.night,
                self.run,
                self.via,
                self.folder,
                self._judge,
                self.captures,
                self._late,
                self._queue,
                self._line,
                self._next_seq,
            )
            batch.write_texts()
            with self._index.writing() as transaction:
                self._fence.check()  # cannot rise from here to the end of the transaction
                batch.note_last_bodies(transaction)
                pages = [queued.page for queued in self._queue if queued.page]
                transaction.add_pages(self.night, self.run, dict(enumerate(pages, start=len(self.pages))))
                lines = batch.judged(transaction)
                batch.note_readings(transaction)
                self.articles.append(lines)
                self.pages.append(pages)  # last: an event counts only when the answer it was read from has its line
        self._next_seq += len(lines)
        self.lookups.forget(lines, (page.url for page in pages))
        self._queue, self._queued_since, self._broken = [], None, False

    def _line(self, seq: int) -> ArticleLine:
        """Return the committed line with this number; lines that were damaged are missing before it."""
        at = min(seq, len(self.articles) - 1)
        while (line := self.articles[at]).seq != seq:
            at -= 1
        return line

    def tally(self) -> RunSummary:
        """Count what this run committed, earlier attempts included, without the lines of a look-back.

        A night is judged by what the other nights have too.
        """
        with self._index.reading() as queries:
            start = place(self.night, self.run, 0)
            context = SummaryContext(self.portal, self.night, start, queries.listings, self.vanished_before)
            return tally(*apart(self.pages, self.articles), context)

    def vanished_before(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of these keys of articles that had vanished before tonight."""
        return frozenset(key for key, since in self.lookups.vanished_since(keys).items() if since < self.night)

    @property
    def began_at(self) -> datetime:
        """Return when the first attempt at this night asked for its first page."""
        return min([self.started_at, *(page.fetched_at for page in islice(self.pages, 1))])

    def suspend(self) -> None:
        """Commit and release the lock: the run stays in `open/` and a later start goes on where it stopped."""
        self._record_unjudged("interrupted before it was understood")
        self.commit()
        self._release()

    def abandon(self) -> None:
        """Release the lock after a failure without writing anything more: the next start recovers the run."""
        self._warc.abandon()
        self._lock.close()

    def close(
        self,
        now: datetime,
        *,
        complete: bool,
        finish_reason: FinishReason,
        judge_night: JudgeNight,
        extraction: dict[str, int],
        software: dict[str, str],
        lookback: LookbackEnd | None = None,
        province: str | None = None,
        away: Decommission | None = None,
        declared: dict[str, str] | None = None,
    ) -> Run:
        """Commit, write `run.json`, move the run to its dated place and release the lock."""
        self._record_unjudged("never understood")
        self.commit()
        tally = self.tally()
        verdict, reasons = judge_night(tally)
        with disk_errors(f"cannot close the night of {self.portal}"):
            self._warc.close()
        run = Run(
            portal=self.portal,
            night=self.night,
            run=self.run,
            via=self.via,
            started_at=self.began_at,
            finished_at=now,
            complete=complete,
            finish_reason=finish_reason,
            verdict=verdict,
            reasons=reasons,
            listed=tally.listed,
            requests=len(self.pages),
            bytes=sum(path.stat().st_size for path in self.folder.glob("pages-*.warc.gz")),
            outcomes=dict(sorted(self.pages.counts.items())),
            events=dict(sorted(self.articles.counts.items())),
            sections=tally.sections,
            extraction=extraction,
            software=software,
            attempts=self.attempts,
            lookback=count_lookback(self.pages, self.articles, lookback),
            measures=tally.measures,
            hosts=visits(self.pages),
            province=province,
            away=away,
            declared=declared or {},
        )
        self._fence.check_archive()
        with disk_errors(f"cannot close the night of {self.portal}"):
            write_durably(self.folder / RUN_FILE, run_bytes(run))
            place_run(self._paths, self._index, self.folder, run, self._fence)
        self._release()
        return run

    def _record_unjudged(self, detail: str) -> None:
        for ref, (capture, _) in list(self._unjudged.items()):
            self.write(
                PageRecord(capture.url, Outcome.ERROR, capture.fetched_at, capture.status, warc=ref, detail=detail)
            )

    def _release(self) -> None:
        with disk_errors(f"cannot let go of the night of {self.portal}"):
            self._warc.close()
        self._lock.close()
