"""Compose the archive that the commands are measured on: articles of Đà Nẵng, captured, read, committed and sealed.

The pages are those of `bench.speed`; each is read by the portal's own layouts, so `scrapy reextract` finds nothing
changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import RULES, Capture, ListEntry, PageRecord
from archive.processes.workers import Workers, cores, workers
from archive.store import Archive
from bench.speed.pages import PORTAL, article_paths, speed_pages
from crawler.boilerplate.rules import layouts_with_rules
from crawler.spider.crawl import PortalCrawler
from crawler.spiders.da_nang import DaNang
from pipelines.article import Article
from pipelines.capture import document_of
from pipelines.clean import clean
from pipelines.dedup import judge
from pipelines.extract import extract
from pipelines.rules_version import rules_version
from vietnam.date_forms import TZ

_SPIDER: type[PortalCrawler] = DaNang
FIRST = date(2025, 3, 3)
_NIGHTLY = 50
_HOST = "https://danang.gov.vn.replica.test"


@dataclass(frozen=True, slots=True)
class _Page:
    key: str
    url: str
    body: bytes
    fetched_at: datetime


def compose(root: Path, articles: int, report: Callable[[int], None] = lambda done: None) -> None:
    """Make an archive with so many articles at `root`, fifty a night; `report` is called with those done."""
    pages = speed_pages(articles)
    paths = list(reversed(article_paths(articles)))
    with (
        workers(cores()) as pool,
        Archive.create(root, ArchiveKind.REPLICA, uuid4(), datetime.combine(FIRST, time(), TZ)) as archive,
    ):
        for number, start in enumerate(range(0, articles, _NIGHTLY)):
            night = FIRST + timedelta(days=number)
            moment = datetime.combine(night, time(23, 59), TZ)
            some = [
                _Page(path.rpartition("/")[2], f"{_HOST}{path}", pages[path][1], moment)
                for path in paths[start : start + _NIGHTLY]
            ]
            _keep_night(archive, night, moment, some, pool)
            report(min(start + _NIGHTLY, articles))


def _keep_night(archive: Archive, night: date, moment: datetime, pages: list[_Page], pool: Workers) -> None:
    run = archive.start(PORTAL, night, moment, judge)
    listed = tuple(ListEntry(page.key, page.url, page.key) for page in pages)
    url = f"{_HOST}/tin-tuc-su-kien"
    ref = run.capture(Capture(url, 200, (), f"list {night}".encode(), moment, ArchiveKind.REPLICA))
    walk = PageRecord(
        url, Outcome.LISTING, moment, 200, section="tin-tuc-su-kien", warc=ref, listed=listed, page_number=1
    )
    run.write(replace(walk, walk_end=WalkEnd.LAST_PAGE))
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    for page, article in pool.map(_read, pages, size=5):
        captured = run.capture(Capture(page.url, 200, headers, page.body, moment, ArchiveKind.REPLICA))
        line = PageRecord(
            page.url, Outcome.ARTICLE, moment, 200, key=page.key, section="tin-tuc-su-kien", warc=captured
        )
        run.write(line, document_of(article, line, PORTAL, ArchiveKind.REPLICA))
    run.close(
        moment,
        complete=True,
        finish_reason=FinishReason.FINISHED,
        judge_night=lambda tally: (Verdict.GOOD, (Reason.sentence("composed"),)),
        extraction={},
        software={"Luu Tru": "0", RULES: rules_version(layouts_with_rules(_SPIDER)).hex()},
        province="danang",
    )
    archive.seal(night, {})


def _read(page: _Page) -> Article:
    return clean(extract(page.body, page.url, layouts_with_rules(_SPIDER), page.fetched_at, "utf-8"))
