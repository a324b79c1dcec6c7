"""Capture each response before it is read, and make the archive's document of an article that passed every stage."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self, cast

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.headers import Headers

from archive.errors import ArchiveError
from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import Via
from archive.model.records import Capture, Document, PageRecord
from pipelines.article import Article
from vietnam.documents import read_citations

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# What would identify us or let others in; RFC 9110 names the last two.
_SECRET = frozenset({"cookie", "authorization", "proxy-authorization"})


class CrawlRecorder(Protocol):
    """Take note of what is captured and read. A crawl's spider holds one as `recorder`."""

    writer: RunWriter

    def capture(self, request: Request, response: Response) -> None:
        """Store a response as it came off the wire. Raises ArchiveError."""

    def write(
        self, page: PageRecord | None, document: Document | None = None, reasons: tuple[Reason, ...] = ()
    ) -> None:
        """Queue a line with the document read from it; `reasons` put the document into quarantine."""

    def compare(self, key: str | None, article: Article) -> None:
        """Take an article that is good to store into the night's comparison of its new texts."""

    def count(self, name: str, number: int = 1) -> None:
        """Add to the extraction counts of the run's record."""

    def fail(self, error: ArchiveError) -> None:
        """Stop the crawl: nothing can be stored any more."""


class StoringSpider(Protocol):
    """The part of a crawl's spider that the stages hand their results to."""

    recorder: CrawlRecorder

    def store(self, page: PageRecord | None, document: Document, reasons: tuple[Reason, ...]) -> None:
        """Write an article under its key; `page` is None where its response has its line already."""


def storing_spider(crawler: Crawler) -> StoringSpider:
    """Return the crawl's spider."""
    return cast("StoringSpider", crawler.spider)


def crawl_recorder(crawler: Crawler) -> CrawlRecorder:
    """Return the recorder of the crawl's spider."""
    return storing_spider(crawler).recorder


def capture_of(request: Request, response: Response, now: datetime, via: Via) -> Capture:
    """Return the exchange as the WARC stores it: the body before decompression, the request without its secrets.

    Header names and values are as Scrapy hands them over (Twisted changes the case). Set-Cookie stays: it is part of
    what was served, and the session it opened is closed.
    """
    sent = tuple((name, value) for name, value in _plain(request.headers) if name.lower() not in _SECRET)
    return Capture(
        url=request.url,
        status=response.status,
        headers=_plain(response.headers),
        body=response.body,
        fetched_at=now,
        via=via,
        method=request.method,
        request_headers=sent,
        request_body=request.body,
    )


def _plain(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name in headers
        for value in headers.getlist(name)
        if value is not None
    )


class CaptureMiddleware:
    """Write every response into the WARC as it comes off the wire: number 950, nearest to the downloader."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make it for a crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Capture the response and pass it on. Raises IgnoreRequest when the archive cannot be written."""
        recorder = crawl_recorder(self._crawler)
        try:
            recorder.capture(request, response)
        except ArchiveError as error:
            recorder.fail(error)
            raise IgnoreRequest("the archive cannot be written") from error
        return response


def document_of(article: Article, page: PageRecord, portal: str, via: Via) -> Document:
    """Return the article as the archive stores it. `page` is the line of the response it was read from.

    Raises ValueError when the page has no capture, key or section: such a page is no article's.
    """
    if page.warc is None or page.key is None or page.section is None:
        raise ValueError(f"{page.url} was not captured as an article")
    text = article.text()
    documents, cited = read_citations(text)
    return Document(
        portal=portal,
        section=page.section,
        url=page.url,
        key=page.key,
        title=article.title,
        text=text,
        content=article.content(),
        fetched_at=page.fetched_at,
        via=via,
        warc=page.warc,
        published=article.published.isoformat() if article.published else None,
        published_raw=article.published_raw,
        published_from=article.published_from.value if article.published else None,
        author=article.author,
        layout=article.layout,
        extractor=article.extractor,
        documents=documents,
        cited=cited,
        attachments=article.attachments,
        images=article.images,
        flags=article.flags,
    )
