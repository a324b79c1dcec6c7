"""The bound on a probe's requests, nearest to the wire: redirects, second tries and robots.txt are requests too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["MOST", "Bound"]

MOST = 30
"""Requests that a probe sends, at most and by default; robots.txt and what is asked again are among them."""


class Bound:
    """Counts what is sent in the spider's `sent` and lets nothing pass beyond its `most`. Number 990."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """One more request, or none. Raises IgnoreRequest at the bound."""
        spider = self._crawler.spider
        most = getattr(spider, "most", 0)
        if getattr(spider, "sent", 0) >= most:
            raise IgnoreRequest(f"the bound of {most} requests was reached")
        spider.sent += 1  # type: ignore[union-attr]  # what has `most` counts what it sent
