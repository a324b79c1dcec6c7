"""The gates that end a request whose answer sends on to the portal's successor, before anything follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urljoin

from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawler.downloader.successor import SuccessorRedirect, refresh_target, successor_of
from crawler.requests import Expect

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["RedirectGate", "RefreshGate", "redirect_target"]


class _Portal(Protocol):
    """What the gates need of the running spider."""

    own: frozenset[str]
    moved_to: tuple[str, ...]


class RedirectGate:
    """Ends a request whose answer redirects to a successor with `SuccessorRedirect`: number 620, before redirects are followed."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the answer pass or raise Moved."""
        target = self.target(request, response)
        if target is not None and request.callback is not NO_CALLBACK:
            portal: _Portal = self._crawler.spider  # type: ignore[assignment]  # every spider here is a Walk
            host = successor_of(target, portal.own, portal.moved_to)
            if host is not None:
                raise SuccessorRedirect(host)
        return response

    def target(self, request: Request, response: Response) -> str | None:
        """Where the answer sends on to."""
        return redirect_target(request.url, response)


class RefreshGate(RedirectGate):
    """The same for a page that sends a browser on, once its body is decoded: number 580."""

    def target(self, request: Request, response: Response) -> str | None:
        """Where the page sends on to; a file that an article names is no page."""
        ask = request.meta.get("ask")
        if response.status != 200 or ask is None or ask.expect is Expect.ATTACHMENT:
            return None
        return refresh_target(response.body, response.url)


_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def redirect_target(url: str, response: Response) -> str | None:
    """Where a response sends us on (RFC 9110, 15.4), None when it does not."""
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location.decode("utf-8", "replace"))
    except ValueError:
        return None
