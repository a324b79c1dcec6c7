"""Say what the downloader's middlewares share: their base, and what they ask of the running spider."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self, cast

from scrapy.http import Request, Response

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.downloader.guard import PortalHosts
    from crawler.downloader.robots import RobotsDecision


class DownloadRecorder(Protocol):
    """Take note of what a request meets on its way. Every spider of ours holds one as `recorder`."""

    hosts: PortalHosts

    @property
    def stopping(self) -> bool:
        """True while the crawl is being ended."""

    def now(self) -> datetime:
        """Return the crawl's time, aware."""

    def record_refusal(self, request: Request, reason: str) -> None:
        """Record a request that the guard refused."""

    def record_robots(self, response: Response, decision: RobotsDecision) -> None:
        """Record what was made of a robots.txt."""

    def record_retry(self, request: Request, response: Response) -> None:
        """Record a response after which the same is asked again."""

    def record_long_wait(self, status: int, seconds: float) -> None:
        """Note that the portal asks to be left alone for longer than a crawl waits."""


class _RecordedSpider(Protocol):
    recorder: DownloadRecorder


def recorder_of(crawler: Crawler) -> DownloadRecorder:
    """Return the recorder of the crawl's spider."""
    return cast("_RecordedSpider", crawler.spider).recorder


class CrawlerMiddleware:
    """Base of the middlewares that need nothing but their crawler."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it for a crawl."""
        return cls(crawler)
