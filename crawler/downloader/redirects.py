"""End a request whose answer redirects to the portal's successor, before the redirect is followed."""

from __future__ import annotations

from urllib.parse import urljoin

from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawler.downloader.recorder import CrawlerMiddleware, recorder_of
from crawler.downloader.successor import SuccessorRedirect, refresh_target
from crawler.requests import Expect, exchange_of


class RedirectGate(CrawlerMiddleware):
    """End a request whose answer redirects to a successor: number 620, before redirects are followed."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the answer pass or raise SuccessorRedirect."""
        target = self.target(request, response)
        if target is not None and request.callback is not NO_CALLBACK:
            host = recorder_of(self._crawler).hosts.successor(target)
            if host is not None:
                raise SuccessorRedirect(host)
        return response

    def target(self, request: Request, response: Response) -> str | None:
        """Return the address that the answer redirects to."""
        return redirect_target(request.url, response)


class RefreshGate(RedirectGate):
    """End a request whose page sends a browser on to a successor, once its body is decoded: number 580."""

    def target(self, request: Request, response: Response) -> str | None:
        """Return the address that the page sends on to; a file that an article names is no page."""
        if response.status != 200 or exchange_of(request).info.expect in (Expect.ATTACHMENT, Expect.ROBOTS):
            return None
        return refresh_target(response.body, response.url)


_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def redirect_target(url: str, response: Response) -> str | None:
    """Return the address that a response redirects to (RFC 9110, 15.4), None when it does not."""
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location.decode("utf-8", "replace"))
    except ValueError:
        return None
