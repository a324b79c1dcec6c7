"""Run the item pipeline's stages: each takes one record and hands on the next.

ArticleResponse ─extract─▶ CheckedArticle ─reread─▶ CheckedArticle ─store─▶ the archive, which judges what is new

An article that a stage cannot handle leaves a page line with its outcome: nothing is dropped without a count.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, Self, cast

from scrapy.exceptions import DropItem

from archive.errors import ArchiveError
from archive.index.reader import Unreadable
from archive.messages.reason import Reason
from archive.model.enums import Outcome
from archive.model.records import PageRecord, Reading, Reread
from pipelines.article import Article, Layout
from pipelines.capture import CrawlRecorder, crawl_recorder, document_of, storing_spider
from pipelines.reread import extraction_arguments, listed_day, reread_record
from pipelines.sandbox.crosscheck_stats import Crosscheck, crosscheck_counts, without_frame
from pipelines.sandbox.extraction_worker import ExtractFailed, ExtractTimeout, outcome_of
from pipelines.sandbox.page_question import ArticleReading, PageQuestion
from pipelines.sandbox.page_reader import PageAnswer, PageReader

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_log = logging.getLogger(__name__)


class ReadingSpider(Protocol):
    """The part of a crawl's spider that has the process which reads its pages."""

    pages: PageReader


@dataclass(frozen=True, slots=True)
class ArticleResponse:
    """Hold an article's captured response: the line it will get, what the extraction process answers, the layouts used.

    `reading` has the digests of the response. `of_list`: a list's response held the text and has its line already; the
    article gets none of its own.
    """

    page: PageRecord
    answer: PageAnswer
    layouts: tuple[Layout, ...]
    reading: Reading | None = None
    of_list: bool = False


@dataclass(frozen=True, slots=True)
class CheckedArticle:
    """Hold an article with the reasons against storing it; empty is good. `reread` is given where it changed."""

    page: PageRecord
    article: Article
    reasons: tuple[Reason, ...]
    layouts: tuple[Layout, ...] = ()
    reread: Reread | None = None
    of_list: bool = False
    reading: Reading | None = None


class PipelineStage:
    """Share the crawl's recorder, and the line of an article that goes no further."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make it for a crawl."""
        return cls(crawler)

    @property
    def recorder(self) -> CrawlRecorder:
        """The running crawl's recorder."""
        return crawl_recorder(self._crawler)

    def drop(self, page: PageRecord, outcome: Outcome, detail: str) -> DropItem:
        """Record why the article ends here; the capture stays, so a later reading can try again."""
        self.recorder.write(replace(page, outcome=outcome, detail=detail[:200]))
        return DropItem(detail)

    def drop_for_bug(self, page: PageRecord, error: Exception) -> DropItem:
        """Do the same for an error of ours, with its traceback in the log."""
        _log.error("%s failed on %s", type(self).__name__, ascii(page.url), exc_info=error)
        return self.drop(page, Outcome.ERROR, f"{type(self).__name__}: {type(error).__name__}")


class ExtractStage(PipelineStage):
    """Take what the extraction process read, cleaned and checked, and the cross-checks of a sample."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pending: set[asyncio.Future[None]] = set()
        self._checks: list[Crosscheck] = []

    async def process_item(self, item: ArticleResponse) -> CheckedArticle:
        """Return the article with its reasons. A page without title and text is no article and is dropped."""
        try:
            read = await item.answer.article
        except (ExtractTimeout, ExtractFailed) as error:
            raise self.drop(item.page, outcome_of(error), str(error)) from None
        except Exception as error:
            raise self.drop_for_bug(item.page, error) from error
        article = read.article
        counts = _counts(read)
        for name, number in counts.items():
            # Old pages have old layouts: what a look-back reads says nothing of how the layouts fit tonight.
            deeper = item.page.lookback is not None and name.startswith(("layout ", "generic "))
            self.recorder.count(f"look-back {name}" if deeper else name, number)
        # The article goes on meanwhile.
        pending = asyncio.ensure_future(self._crosscheck(item))
        self._pending.add(pending)
        pending.add_done_callback(self._pending.discard)
        if not article.blocks and not article.attachments and not article.title:
            raise self.drop(item.page, Outcome.EMPTY, "neither title nor text")
        checked = CheckedArticle(item.page, article, read.reasons, item.layouts, of_list=item.of_list)
        if item.reading is None:
            return checked
        reading = replace(item.reading, region=read.region, until=read.until, counts=counts, detail=item.page.detail)
        return replace(checked, reading=reading)

    async def _crosscheck(self, item: ArticleResponse) -> None:
        """Keep how the layout compares with the whole page. A failure here does not cost the article."""
        try:
            check = await item.answer.crosscheck
        except Exception as error:  # the article is stored, whatever becomes of the comparison
            self.recorder.count("crosscheck failed")
            _log.info("not cross-checked: %s", ascii(str(error)))
            return
        if check is None:
            return
        self._checks.append(check)
        if check.disagrees:
            _log.warning(
                "layout %s lacks %d of %d letters that the whole page has: %s, first %s",
                check.layout, check.missed, check.whole, ascii(item.page.url), check.first,
            )  # fmt: skip

    async def close_spider(self) -> None:
        """Wait for the cross-checks and count them, since only all of them show what is frame; end the process."""
        await asyncio.gather(*self._pending)
        for each in without_frame(self._checks):
            for name, count in crosscheck_counts(each).items():
                self.recorder.count(name, count)
        _pages(self._crawler).close()


def _counts(read: ArticleReading) -> dict[str, int]:
    """Return what a reading adds to the extraction counts of the run's record."""
    article = read.article
    missed = (flag.replace("_", " ") for flag in article.flags if flag.startswith("generic_"))
    counts = {f"layout {article.layout}": 1, "restored": article.restored, "removed": read.removed}
    return {name: number for name, number in (counts | dict.fromkeys(missed, 1)).items() if number}


def _pages(crawler: Crawler) -> PageReader:
    return cast("ReadingSpider", crawler.spider).pages


class RereadStage(PipelineStage):
    """Read the capture of an article's latest version again with today's rules, where the article differs from it.

    A difference that the rules explain is no change by the publisher. Extraction happens here, since the archive judges
    inside its transaction. Articles that differ are few, so it is always done.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    async def process_item(self, item: CheckedArticle) -> CheckedArticle:
        """Return the article with what today's rules make of the earlier capture; unchanged when nothing differs."""
        if item.reasons:
            return item
        try:
            return await self._read_before(item)
        except (Unreadable, ExtractTimeout, ExtractFailed) as error:
            # The change is then the publisher's until proved otherwise; the old capture's damage is the audit's to judge.
            _log.warning("%s is not read again: %s", ascii(item.page.url), error)
            self.recorder.count("reread failed")
            return item
        except ArchiveError as error:
            self.recorder.fail(error)
            raise DropItem(str(error)) from error
        except Exception as error:
            raise self.drop_for_bug(item.page, error) from error

    async def _read_before(self, item: CheckedArticle) -> CheckedArticle:
        writer, captures, key = self.recorder.writer, self.recorder.writer.captures, item.page.key or ""
        found = captures.latest(writer.portal, key) if writer.lookups.is_stored(key) else None
        if found is None:
            return item
        now = reread_record(found.id, item.article)
        if (found.content_sha256, found.published) == (now.content_sha256, now.published):
            return item
        line = captures.line(found)
        capture = captures.served(captures.place(found), line.portal, writer.via)
        body, url, layouts, fetched_at, declared = extraction_arguments(
            capture, line.url, item.layouts, line.fetched_at, self._limit
        )
        question = PageQuestion(url, fetched_at, declared, listed_day(line))
        before = await _pages(self._crawler).reread(question, body, layouts)
        self.recorder.count("reread")
        return replace(item, reread=reread_record(found.id, before))


class StoreStage(PipelineStage):
    """Hand the article to the archive, or to quarantine with its reasons."""

    def process_item(self, item: CheckedArticle) -> CheckedArticle:
        """Queue it with its page line; the archive judges it when the batch is committed."""
        writer = self.recorder.writer
        try:
            document = document_of(item.article, item.page, writer.portal, writer.via)
        except Exception as error:
            raise self.drop_for_bug(item.page, error) from error
        if item.reasons:
            self.recorder.count("quarantined")
        elif not item.page.lookback:  # old pages have other frames
            self.recorder.compare(item.page.key, item.article)
        page = None if item.of_list else item.page
        storing_spider(self._crawler).store(
            page, replace(document, reread=item.reread, reading=item.reading), item.reasons
        )
        return item
