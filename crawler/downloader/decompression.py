"""Decode response bodies for Scrapy (`pipelines.html.decoding`), with flags for damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from pipelines.html.decoding import UNKNOWN_ENCODING, decode_body

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# Scrapy's gunzip accepts a body that was cut in half as a page; this one checks the trailer and bounds the inflated
# size.
class DecodeMiddleware:
    """Give everything above it the decoded body; damage stands in `response.flags`. Number 590."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it with the crawl's limit of bytes."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Decode, set the flags, drop the header that no longer holds."""
        encoding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not encoding or request.method == "HEAD":
            return response
        body = decode_body(response.body, encoding, self._limit)
        response.flags.extend(body.flags)
        headers = response.headers.copy()
        if UNKNOWN_ENCODING not in body.flags:
            del headers["Content-Encoding"]
        made = responsetypes.from_args(headers=headers, url=response.url, body=body.data)
        return response.replace(cls=made, body=body.data, headers=headers, flags=response.flags)
