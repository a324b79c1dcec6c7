"""Keeping: the response before anyone tries to understand it, and the article when every stage has passed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.headers import Headers

from archive.errors import ArchiveError
from archive.ingest.run_writer import RunWriter
from archive.model.records import Capture, CaptureRef, Document, PageRecord
from pipelines.article import Article
from vietnam.documents import cited_documents, document_numbers

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["CaptureMiddleware", "RunRecorder", "StoredResponse", "capture_of", "document_of"]

# What would identify us or let others in; RFC 9110 names the last two.
_SECRET = frozenset({"cookie", "authorization", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """Where a response was kept, with what its page line needs. `url` is the address that answered.

    `asked_at`, `size` and `unanswered` are those of `archive.model.records.PageRecord`.
    """

    url: str
    status: int
    fetched_at: datetime
    ref: CaptureRef
    etag: str | None
    last_modified: str | None
    asked_at: datetime | None = None
    size: int | None = None
    unanswered: int | None = None


class RunRecorder(Protocol):
    """The running crawl as the keeping classes see it."""

    night: RunWriter

    def now(self) -> datetime:
        """The crawl's clock, aware."""

    def answered(self, request: Request, response: Response, captured: StoredResponse) -> None:
        """A response was captured."""

    def write(self, page: PageRecord | None, document: Document | None = None, reasons: tuple[str, ...] = ()) -> None:
        """Queue a line with the document read from it; `reasons` put the document into quarantine."""

    def failed(self, error: ArchiveError) -> None:
        """Nothing can be kept any more: stop."""


def capture_of(request: Request, response: Response, now: datetime, night: RunWriter) -> Capture:
    """The exchange as the WARC keeps it: the body before decompression, the request without its secrets.

    Header names and values are as Scrapy hands them over (Twisted changes the case). Set-Cookie stays: it is part of
    what was served, and the session it opened was nobody's.
    """
    sent = tuple((name, value) for name, value in _plain(request.headers) if name.lower() not in _SECRET)
    return Capture(
        url=request.url,
        status=response.status,
        headers=_plain(response.headers),
        body=response.body,
        fetched_at=now,
        via=night.via,
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
    """Writes every response into the WARC as it comes off the wire: number 950, nearest to the downloader."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Capture, leave the reference in the request's meta, tell the crawl."""
        keeper: RunRecorder = self._crawler.spider  # type: ignore[assignment]  # every spider here is a Walk
        now = keeper.now()
        try:
            ref = keeper.night.capture(capture_of(request, response, now, keeper.night))
            captured = StoredResponse(
                request.url,
                response.status,
                now,
                ref,
                _header(response, "ETag"),
                _header(response, "Last-Modified"),
                now - request.meta["took"] if "took" in request.meta else None,
                len(response.body),
                request.meta.pop("unanswered", None),
            )
            request.meta["captured"] = captured
            keeper.answered(request, response, captured)
        except ArchiveError as error:
            keeper.failed(error)
            raise IgnoreRequest("the archive cannot be written") from error
        return response


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def document_of(article: Article, page: PageRecord, portal: str, night: RunWriter) -> Document:
    """The article as the archive keeps it. `page` is the line of the response it was read from.

    Raises ValueError when the page has no capture, key or section: such a page is no article's.
    """
    if page.warc is None or page.key is None or page.section is None:
        raise ValueError(f"{page.url} was not captured as an article")
    text = article.text()
    return Document(
        portal=portal,
        section=page.section,
        url=page.url,
        key=page.key,
        title=article.title,
        text=text,
        content=article.content(),
        fetched_at=page.fetched_at,
        via=night.via,
        warc=page.warc,
        published=article.published.isoformat() if article.published else None,
        published_raw=article.published_raw,
        published_from=article.published_from.value if article.published else None,
        author=article.author,
        layout=article.layout,
        extractor=article.extractor,
        documents=document_numbers(text),
        cited=cited_documents(text),
        attachments=article.attachments,
        images=article.images,
        flags=article.flags,
    )
