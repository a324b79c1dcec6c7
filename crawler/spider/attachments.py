"""Fetching what articles name: after the last article of a night, politely, in the same queue.

Which files are owed is asked of the archive, not remembered: what an interrupted night leaves is owed by the next start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.errors import ArchiveError
from archive.index.queries.attachments import PendingAttachment
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import LookBackMark
from crawler.config.run_options import RunOptions
from crawler.requests import Expect, RequestInfo
from crawler.responses.facts import see
from crawler.responses.outcome import ResponseFacts, classify
from crawler.responses.records import answer_page
from crawler.spider.recorder import RunRecorderBase
from pipelines.files.file_type import kind_of
from pipelines.files.stage import FetchedAttachment

__all__ = ["AttachmentWalk", "judge_attachment"]

_LAST = -10  # behind articles, should one still be asked
_PAGES = (Outcome.LOGIN, Outcome.MAINTENANCE, Outcome.APP_SHELL)


def judge_attachment(seen: ResponseFacts, type_: str) -> tuple[Outcome, str | None]:
    """The outcome of an answer to a request for a file, and a detail for its line. Pure.

    `type_` is the extension that link or address name, empty where they name none. A page or a few words in place of a
    document are no file, whatever status they came with: one portal answers the 9 bytes `Wrong URL` with 200.
    """
    outcome, detail = classify(seen)
    if outcome is not Outcome.ATTACHMENT or kind_of(seen.body) is not None:
        return outcome, detail
    named = seen.headers.get("content-type", "").partition(";")[0].strip().lower()
    if seen.text is None or not (type_ or named in ("text/html", "application/xhtml+xml")):
        return Outcome.UNSUPPORTED_TYPE, (named or "no document")[:80]
    if "<html" not in seen.text[:2000].lower():
        return Outcome.SOFT_404, f"{len(seen.body)} bytes of text instead of the file"
    outcome, detail = classify(replace(seen, expect=Expect.ARTICLE))
    return (outcome, detail) if outcome in _PAGES else (Outcome.SOFT_404, "a page instead of the file")


class AttachmentWalk(RunRecorderBase):
    """The part of a spider's run that begins when everything else was asked and answered."""

    home: str

    def __init__(self, tonight: RunOptions, night: RunWriter, own: frozenset[str]) -> None:
        super().__init__(tonight, night, own)
        self._files_asked: set[str] = set()
        self._older_asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Made by Scrapy; told when nothing is left to do."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    def idle(self) -> None:
        """Commit what was read and ask for what is still to be had. Raises DontCloseSpider while there is something."""
        if self.stopping:
            return
        try:
            asked = self.more_requests()
        except ArchiveError as error:
            self.failed(error)
            return
        for request in asked:
            self.crawler.engine.crawl(request)
        if asked:
            raise DontCloseSpider

    def more_requests(self) -> list[Request]:
        """What is asked for when nothing else is left: the files that are owed."""
        self.night.commit()
        owed = self.owed_files()
        self._files_asked |= {file.key for file in owed}
        return [self._file_request(file) for file in owed]

    def owed_files(self) -> list[PendingAttachment]:
        """Files not asked for tonight: at first those of earlier nights too, later only what tonight's articles name."""
        days = 0 if self._older_asked else self.settings.getint("ATTACHMENT_NIGHTS")
        self._older_asked = True
        since = self.night.night - timedelta(days=days)
        owed = self.night.lookups.pending_attachments(since, self.settings.getint("ATTACHMENTS_PER_ARTICLE"))
        return [file for file in owed if file.key not in self._files_asked]

    def mark_of(self, key: str) -> LookBackMark | None:
        """The mark on the line of a file's request, where its article was found by a look-back."""
        return None

    def _file_request(self, file: PendingAttachment) -> Request:
        mark = self.mark_of(file.key)
        url, version = self.here(file.url), file.version
        ask = RequestInfo(Expect.ATTACHMENT, url, file.section, key=file.key, attachment_of=version, lookback=mark)
        conditions = {"If-None-Match": file.etag, "If-Modified-Since": file.last_modified}
        return Request(
            ask.url,
            self.on_attachment,
            headers={"Accept": "*/*"} | {name: value for name, value in conditions.items() if value},
            errback=self.on_failure,
            priority=_LAST,
            meta={"ask": ask, "file": file, "download_maxsize": self.settings.getint("ATTACHMENT_MAXSIZE")},
        )

    async def on_attachment(self, response: Response) -> AsyncIterator[FetchedAttachment]:
        """Judge what a file's address brought and hand a file on to be read."""
        ask: RequestInfo = response.meta["ask"]
        file: PendingAttachment = response.meta["file"]
        outcome, detail = judge_attachment(see(response, ask, self.home, self.own_here(), ()), file.type)
        page = answer_page(ask, response.meta["captured"], outcome, detail)
        if outcome is Outcome.ATTACHMENT:
            yield FetchedAttachment(page, response.body, file)
        else:
            try:
                self.write(page)
            except ArchiveError as error:
                self.failed(error)
        self.heed(outcome)

    def on_failure(self, failure: Failure) -> None:
        """Record a request that brought no response to the spider."""
        raise NotImplementedError
