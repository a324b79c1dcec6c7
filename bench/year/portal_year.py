"""Playing a composed year into an archive: what a crawl of each night would have kept, through the archive's own door.

Pages are rendered by the portal's replica, so captures have the family's markup; their text is what a good reading of
them gives (`expected_of`), and no extraction is run. Verdicts are the program's own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from jinja2 import TemplateNotFound

from archive.index.queries.attachments import attachment_key
from archive.ingest.run_writer import RunWriter
from archive.ingest.summary import RunSummary
from archive.messages.reason import Reason
from archive.model.decommission import GONE_NIGHTS, NO_NAME
from archive.model.enums import ArchiveKind, Event, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import Capture, ListEntry, PageRecord, Run
from archive.storage.jsonl import ArticleLine
from archive.store import Archive
from bench.year.documents import article_document, file_document
from bench.year.newsroom import Newsroom
from bench.year.states import State
from crawler.run.portal_run import night_counts
from crawler.verdicts.decommissioned import DecommissionAssessment, DecommissionRule, assess, dissolution
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night
from pipelines.dedup import judge
from replicas.files import ReplicaFile, file_bytes, replica_file
from replicas.records import TZ, ReplicaArticle
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, suffixed

GONE_AFTER = 14
_PAGE = 10
_BEFORE = 12  # days of news that stand on the lists when a portal is crawled for the first time
_SECONDS = 3  # between two requests
_ANSWER = timedelta(milliseconds=400)
_SOFTWARE = {"bench.year": "1"}
_REFUSED = b"<html><body><script>document.cookie='D1N=1';location.reload()</script></body></html>"


@dataclass(slots=True)
class PortalYear:
    """One portal's year: what stands on its lists, what is to be looked at again, and its verdicts' history."""

    archive: Archive
    room: Newsroom
    lists: dict[str, list[ReplicaArticle]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    walked: dict[str, bool] = field(default_factory=dict)
    rechecks: dict[date, list[ReplicaArticle]] = field(default_factory=lambda: defaultdict(list))
    history: History = field(default_factory=History)
    pending: list[ReplicaArticle] = field(default_factory=list)
    vanished: dict[str, date] = field(default_factory=dict)
    files: dict[str, ReplicaFile] = field(default_factory=dict)
    _moment: datetime = datetime(2025, 1, 1, tzinfo=TZ)

    @property
    def portal(self) -> str:
        """The portal's name."""
        return self.room.site.portal

    def publish(self, day: date) -> int:
        """One more day of the newsroom."""
        made = self.room.publish(day)
        for article in made:
            self.lists[article.section].insert(0, article)
        for entries in self.lists.values():
            del entries[120:]
        return len(made)

    def run(self, night: date, state: State) -> Run:
        """Play one night and close it."""
        self._moment = datetime.combine(night, time(23, 59, 59), TZ)
        writer = self.archive.start(self.portal, night, self._moment, judge)
        try:
            if state in (State.GOOD, State.INTERRUPTED):
                self._walk(writer, night, state)
            else:
                self._fail(writer, state)
            return self._close(writer, state)
        except BaseException:
            writer.abandon()
            raise

    # what a night asks for

    def _walk(self, writer: RunWriter, night: date, state: State) -> None:
        found: list[ReplicaArticle] = []
        sections = self.room.sections
        for section in sections[:1] if state is State.INTERRUPTED else sections:
            found += self._section(writer, section, night)
        wanted = [*self.pending, *found]
        self.pending = []
        if state is State.INTERRUPTED:
            half = len(wanted) // 2
            wanted, self.pending = wanted[:half], wanted[half:]
        due = [day for day in self.rechecks if day <= night]
        for article in [*wanted, *(one for day in sorted(due) for one in self.rechecks.pop(day))]:
            self._article(writer, article, night)
        writer.commit()
        for line in list(writer.articles):
            if line.attachments and line.event not in (Event.GONE, Event.RETURNED):
                self._attachments(writer, line)

    def _section(self, writer: RunWriter, section: str, night: date) -> list[ReplicaArticle]:
        """Its pages down to one that is wholly known; the first walk ends at the days that stood there before."""
        entries = [one for one in self.lists[section] if one.removal(night) is None]
        known, fresh = self.shown[section], []
        pages = [entries[start : start + _PAGE] for start in range(0, len(entries), _PAGE)] or [[]]
        for number, rows in enumerate(pages, 1):
            new = [one for one in rows if one.key not in known]
            fresh += new
            end = WalkEnd.KNOWN if not new and self.walked.get(section) else None
            if end is None and number == len(pages):
                end = WalkEnd.LAST_PAGE if self.walked.get(section) else WalkEnd.SINCE
            self._list(writer, section, number, rows, end)
            if end is not None:
                break
        known |= {one.key for one in fresh}
        self.walked[section] = True
        return fresh

    def _list(
        self, writer: RunWriter, section: str, number: int, rows: Sequence[ReplicaArticle], end: WalkEnd | None
    ) -> None:
        site = self.room.site(rows)
        url = self._address(site.list_path(site.section(section), number))
        body = _list_body(site, section, SiteRequest(site.host, "/", "", writer.night, number))
        listed = tuple(ListEntry(one.key, self._address(site.article_path(one)), one.title, one.day) for one in rows)
        page = self._page(writer, url, Outcome.LISTING, 200, body)
        writer.write(replace(page, section=section, listed=listed, page_number=number, walk_end=end))

    def _article(self, writer: RunWriter, article: ReplicaArticle, night: date) -> None:
        shown = article.as_of(night)
        site = self.room.site((shown,))
        url = self._address(site.article_path(article))
        if (removal := article.removal(night)) is not None:
            page = self._page(writer, url, Outcome.GONE, removal.status, b"<html><body>404</body></html>")
            writer.write(replace(page, key=article.key, section=article.section), gone_after=GONE_AFTER)
            self._plan_recheck_of_vanished(article, night)
            return
        body = site.render_article(shown, SiteRequest(site.host, "/", "", night, 1)).encode()
        page = self._page(writer, url, Outcome.ARTICLE, 200, body)
        page = replace(page, key=article.key, section=article.section)
        document = article_document(site, shown, page)
        for attached, (name, _) in zip(document.attachments, shown.links(), strict=False):
            self.files[attached.url] = replica_file(name, shown)
        if self.room.rng.random() < 0.003 and not article.revisions and not document.documents:
            writer.write(page, document, (Reason.sentence("the text is much shorter than the portal's usual"),))
        else:
            writer.write(page, document)
        self._plan_recheck(article, night)

    def _plan_recheck(self, article: ReplicaArticle, night: date) -> None:
        later = [revision.since for revision in article.revisions if revision.since > night]
        later += [removal.since for removal in article.removals if removal.since > night]
        if later:
            self.rechecks[min(later) + timedelta(days=1)].append(article)

    def _plan_recheck_of_vanished(self, article: ReplicaArticle, night: date) -> None:
        first = self.vanished.setdefault(article.key, night)
        if (night - first).days < GONE_AFTER:
            self.rechecks[first + timedelta(days=GONE_AFTER)].append(article)
        elif (until := article.removals[0].until) is not None:
            self.rechecks[max(until, night) + timedelta(days=1)].append(article)

    def _attachments(self, writer: RunWriter, line: ArticleLine) -> None:
        for file in line.attachments:
            file_facts = self.files.pop(file.url, None)
            if file_facts is None:
                continue
            key = attachment_key(line.key, file.url)
            page = self._page(writer, file.url, Outcome.ATTACHMENT, 200, file_bytes(file_facts), "application/pdf")
            page = replace(page, key=key, section=line.section, attachment_of=line.id)
            writer.write(page, file_document(self.portal, line, file, file_facts, page))

    # a night that fails

    def _fail(self, writer: RunWriter, state: State) -> None:
        for section in self.room.sections:
            site = self.room.site(())
            url = self._address(site.list_path(site.section(section), 1))
            if state is State.FAILED:  # the list's markup was changed: nothing is found on it
                self._list(writer, section, 1, (), WalkEnd.EMPTY)
                continue
            if state in (State.UNREACHABLE, State.GONE):
                detail = NO_NAME if state is State.GONE else "timeout"
                asked = self._moment - _ANSWER
                page = PageRecord(
                    url, Outcome.UNREACHABLE, self._moment, None, asked_at=asked, unanswered=3, detail=detail
                )
            elif state is State.MOVED:
                page = replace(self._page(writer, url, Outcome.MOVED, 301, b""), detail=self.room.successor)
            else:
                page = self._page(writer, url, Outcome.CHALLENGE, 200, _REFUSED)
            writer.write(replace(page, section=section, page_number=1, walk_end=WalkEnd.FAILED))

    # how it ends

    def _close(self, writer: RunWriter, state: State) -> Run:
        stopped = Reason.sentence("told to stop") if state is State.INTERRUPTED else None
        writer.commit()
        read = sum(page.outcome is Outcome.ARTICLE for page in writer.pages)
        extraction = {f"layout {self.room.site.family}": read} if read else {}

        end = self._end(writer) if state in (State.GONE, State.MOVED) else None

        def verdict(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
            return judge_night(replace(night_counts(writer, tally, extraction), stopped=stopped), self.history, end)

        run = writer.close(
            self._moment,
            complete=stopped is None,
            finish_reason=FinishReason.FINISHED if stopped is None else FinishReason.SHUTDOWN,
            judge_night=verdict,
            extraction=extraction,
            software=_SOFTWARE,
            province=self.room.slug,
            away=end.sign if end else None,
        )
        self.history.add(run)
        return run

    def _end(self, writer: RunWriter) -> DecommissionAssessment:
        before = self.archive.history(self.portal, writer.night, 2 * GONE_NIGHTS)
        return assess(self.archive, writer, before, DecommissionRule(dissolution(self.room.slug, None, writer.night)))

    def _address(self, path: str) -> str:
        return f"https://{suffixed(self.room.site.host)}{path}"

    def _page(
        self, writer: RunWriter, url: str, outcome: Outcome, status: int, body: bytes, kind: str | None = None
    ) -> PageRecord:
        """Capture a response and return what a run records of it."""
        self._moment += timedelta(seconds=_SECONDS)
        kind = kind or f"{'application/json' if body.startswith(b'{') else 'text/html'}; charset=utf-8"
        headers = (("Content-Type", kind), ("Server", "replica"), ("ETag", f'"{sha256(body).hexdigest()[:16]}"'))
        ref = writer.capture(Capture(url, status, headers, body, self._moment, ArchiveKind.REPLICA))
        return PageRecord(url, outcome, self._moment, status, warc=ref, asked_at=self._moment - _ANSWER, size=len(body))


def _list_body(site: ComposedSite, section: str, request: SiteRequest) -> bytes:
    """Return a list page as the family shows it; where lists are interfaces of JSON, their entries."""
    site.page_size = _PAGE
    try:
        return site.render_list(site.section(section), 1, request).encode()
    except TemplateNotFound:
        items = [{"title": one.title, "url": site.article_path(one)} for one in site.articles]
        return json.dumps({"items": items}, ensure_ascii=False).encode()


def before_first(years: Iterable[PortalYear], first: date) -> None:
    """Return the articles on the lists before the first night."""
    for day in (first - timedelta(days=ago) for ago in range(_BEFORE, 0, -1)):
        for year in years:
            year.publish(day)
