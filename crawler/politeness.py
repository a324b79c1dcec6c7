"""Patience with a portal: growing pauses before a retry, its own Retry-After, and a robots.txt that cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler.body import CUT, DATALOSS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["PatientRetry", "RobotsDenied", "RobotsPause", "retry_pause"]

_SLICE = 0.5  # seconds: a stop is noticed within this time


def retry_pause(retry_after: str | None, times: int, base: float, limit: float, now: datetime) -> float | None:
    """Seconds to wait before the next try, or None when the portal asks for more than `limit`.

    `times` is the number of tries so far; without `Retry-After` (RFC 9110, seconds or a date) the pause doubles.
    """
    asked = _asked(retry_after, now)
    if asked is not None and asked > limit:
        return None
    return max(asked or 0.0, base * 2.0 ** (times - 1))


def _asked(retry_after: str | None, now: datetime) -> float | None:
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


class _Keeping(Protocol):
    """What these classes need of the running spider."""

    now: Callable[[], datetime]

    def passed(self, request: Request, response: Response) -> None: ...

    def robots_status(self, host: str) -> int | None: ...


class PatientRetry(RetryMiddleware):
    """Scrapy's retry with a pause, for bodies that were cut as well. Every answer that is tried again is recorded."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # Scrapy awaits either
        """The response, or the request again after its pause."""
        cut = DATALOSS in response.flags or CUT in response.flags
        if request.meta.get("dont_retry") or not (cut or response.status in self.retry_http_codes):
            return response
        header = response.headers.get("Retry-After")
        pause = self._pause(request, header.decode("latin-1") if header else None)
        if pause is None:
            return response
        again = self._retry(request, "cut body" if cut else f"status {response.status}")
        if again is None:
            return response
        self._spider.passed(request, response)
        await self._wait(pause)
        return again

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]  # as above
        """The request again after its pause, when the failure is one that passes."""
        if not isinstance(exception, self.exceptions_to_retry) or request.meta.get("dont_retry"):
            return None
        again = self._retry(request, exception)
        if again is not None:
            await self._wait(self._pause(request, None) or 0.0)
        return again

    @property
    def _spider(self) -> _Keeping:
        return self.crawler.spider  # type: ignore[return-value]  # every spider here is a Walk

    def _pause(self, request: Request, header: str | None) -> float | None:
        settings = self.crawler.settings
        base, limit = settings.getfloat("RETRY_BACKOFF"), settings.getfloat("RETRY_AFTER_LIMIT")
        return retry_pause(header, request.meta.get("retry_times", 0) + 1, base, limit, self._spider.now())

    async def _wait(self, seconds: float) -> None:
        """Nothing else is asked meanwhile: a crawl has one request at a time. A stop ends the wait."""
        while seconds > 0 and self.crawler.crawling:
            await asyncio.sleep(min(seconds, _SLICE))
            seconds -= _SLICE


class RobotsDenied(IgnoreRequest):
    """robots.txt could not be had, which is no permission."""


class RobotsPause:
    """Refuses a host whose robots.txt answered 5xx after the retries (RFC 9309, 2.3.1.4: assume complete disallow)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass or raise RobotsDenied."""
        spider: _Keeping = self._crawler.spider  # type: ignore[assignment]  # every spider here is a Walk
        status = spider.robots_status(urlsplit(request.url).netloc)
        if status is not None and status >= 500 and not request.meta.get("dont_obey_robotstxt"):
            raise RobotsDenied(f"robots.txt answered {status}: RFC 9309 takes that for a no")
