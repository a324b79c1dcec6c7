"""Hold requests until their turn in little memory: the lists of a first night name thousands of articles at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.http.headers import Headers

from crawler.requests import EXCHANGE, Exchange


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """Hold the parts of a plain request: a GET, in whose meta stands its exchange alone."""

    url: str
    callback: Callable[..., Any] | None
    errback: Callable[..., Any] | None
    priority: int
    headers: Headers | None
    exchange: Exchange

    def request(self) -> Request:
        """Return the request."""
        return Request(
            self.url,
            self.callback,
            headers=self.headers,
            meta={EXCHANGE: self.exchange},
            priority=self.priority,
            errback=self.errback,
        )


class RequestQueue:
    """Give requests out in the order in which they came, as Scrapy's `FifoMemoryQueue`. One that is not plain is held itself."""

    def __init__(self) -> None:
        self._waiting: deque[WaitingRequest | Request] = deque()
        # A bound method is a new object each time it is named: one of each is held.
        self._callbacks: dict[Callable[..., Any] | None, Callable[..., Any] | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, key: str) -> Self:
        """Make it for a crawl; `key` would be its place on a disk."""
        return cls()

    def push(self, request: Request) -> None:
        """Add a request behind the others."""
        self._waiting.append(self._packed(request))

    def pop(self) -> Request | None:
        """Return the first request and take it out; None where there is none."""
        first = self._waiting.popleft() if self._waiting else None
        return first.request() if isinstance(first, WaitingRequest) else first

    def peek(self) -> Request | None:
        """Return the first request; None where there is none."""
        first = self._waiting[0] if self._waiting else None
        return first.request() if isinstance(first, WaitingRequest) else first

    def close(self) -> None:
        """Do nothing: no file is open."""

    def __len__(self) -> int:
        return len(self._waiting)

    def _packed(self, request: Request) -> WaitingRequest | Request:
        exchange = request.meta.get(EXCHANGE)
        if not isinstance(exchange, Exchange) or len(request.meta) > 1 or not _is_plain(request):
            return request
        callback, errback = (self._callbacks.setdefault(each, each) for each in (request.callback, request.errback))
        url = exchange.info.url if exchange.info.url == request.url else request.url  # one string for both
        return WaitingRequest(url, callback, errback, request.priority, request.headers or None, exchange)


def _is_plain(request: Request) -> bool:
    """Return whether everything else of a request is as Scrapy makes it."""
    more = request.body or request.cookies or request.flags or request.cb_kwargs or request.dont_filter
    return type(request) is Request and request.method == "GET" and request.encoding == "utf-8" and not more
