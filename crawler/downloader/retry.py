"""Retry patiently: pauses that grow, the portal's own Retry-After, and an end where it asks for too long.

This module decides when an address may be asked again; the waiting is done at the wire (`crawler.downloader.slots`), so
that nothing else is sent to the address meanwhile, by this crawl or by another.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawler.downloader.backoff import retry_after_seconds, retry_pause
from crawler.downloader.recorder import recorder_of
from crawler.downloader.slots import AddressSlots, slots_of
from crawler.requests import exchange_of
from pipelines.html.addresses import split_address
from pipelines.html.decoding import CUT, DATALOSS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

SLOW_DOWN = (429, 503)
"""Statuses by which a portal says that it is asked too much (RFC 6585, 4; RFC 9110, 15.6.4)."""


class PatientRetry(RetryMiddleware):
    """Scrapy's retry with a pause, for cut bodies as well. Every answer that is tried again is recorded."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._slots: AddressSlots = slots_of(crawler)
        self._base = crawler.settings.getfloat("RETRY_BACKOFF")
        self._limit = crawler.settings.getfloat("RETRY_AFTER_LIMIT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it for a crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # one argument less
        """Return the response, or the request again; the address rests before anything else is sent to it."""
        cut = DATALOSS in response.flags or CUT in response.flags
        seconds_asked = self._retry_after(response) if response.status in SLOW_DOWN else None
        self._adjust_pace(request, response.status, seconds_asked)
        if request.meta.get("dont_retry") or not (cut or response.status in self.retry_http_codes):
            return response
        pause = retry_pause(seconds_asked, request.meta.get("retry_times", 0) + 1, self._base, self._limit)
        # The portal asks for a longer pause than a night has room for: it is left alone instead of asked too early.
        if pause is None:
            recorder_of(self.crawler).record_long_wait(response.status, seconds_asked or 0.0)
            return response
        again = self._retry(request, "cut body" if cut else f"status {response.status}")
        if again is None:
            return response
        recorder_of(self.crawler).record_retry(request, response)
        self._hold(request, pause)
        return again

    def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]  # as above
        """Return the request again after its pause, when the failure is one that passes."""
        if not isinstance(exception, self.exceptions_to_retry) or request.meta.get("dont_retry"):
            return None
        again = self._retry(request, exception)
        if again is not None:
            times = request.meta.get("retry_times", 0) + 1
            self._hold(request, retry_pause(None, times, self._base, self._limit) or 0.0)
        elif request.callback is NO_CALLBACK:
            self._slots.unanswered_robots[split_address(request.url).hostname or ""] = exchange_of(request).unanswered
        return again

    def _retry_after(self, response: Response) -> float | None:
        header = response.headers.get("Retry-After")
        return retry_after_seconds(header.decode("latin-1"), self._server_time(response)) if header else None

    def _server_time(self, response: Response) -> datetime:
        """Return the server's time, by which its `Retry-After` is reckoned; ours where it gives none."""
        date = response.headers.get("Date")
        try:
            there = parsedate_to_datetime(date.decode("latin-1")) if date else None
        except ValueError:
            there = None
        if there is None:
            return recorder_of(self.crawler).now()
        return there if there.tzinfo is not None else there.replace(tzinfo=UTC)

    def _adjust_pace(self, request: Request, status: int, seconds_asked: float | None) -> None:
        pace, now = self._slots.pace(split_address(request.url).hostname or ""), time.monotonic()
        if status in SLOW_DOWN:
            pace.slow_down(now)
            if seconds_asked is not None and seconds_asked <= self._limit:  # for longer, nothing is asked at all
                self._hold(request, seconds_asked)
        elif status < 500:
            pace.recover()

    def _hold(self, request: Request, seconds: float) -> None:
        host = split_address(request.url).hostname or ""
        self._slots.pace(host).hold(seconds, time.monotonic())
        self._slots.share_pace(host)
