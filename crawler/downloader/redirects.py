"""End a request whose answer redirects to the portal's successor, before the redirect is followed."""

from __future__ import annotations

from urllib.parse import urljoin

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from w3lib.url import safe_url_string

from crawler.downloader.recorder import CrawlerMiddleware, recorder_of
from crawler.downloader.successor import SuccessorRedirect, refresh_target
from crawler.requests import Expect, exchange_of
from crawler.urls import REPLICA_SUFFIX


class ExternalLink(IgnoreRequest):
    """The article's address redirects to `target`, a page of another site. Nothing is asked there."""

    def __init__(self, target: str) -> None:
        super().__init__(f"sent on to {target}")
        self.target = target


class RedirectGate(CrawlerMiddleware):
    """End a request whose answer redirects to a successor or another site: number 620, before redirects are followed."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the answer pass or raise SuccessorRedirect, of an article also ExternalLink."""
        target = self.target(request, response)
        if target is not None and request.callback is not NO_CALLBACK:
            hosts = recorder_of(self._crawler).hosts
            host = hosts.successor(target)
            if host is not None:
                raise SuccessorRedirect(host)
            # Only a redirect: a page that sends on by script is more often a gate in front of the article.
            article = exchange_of(request).info.expect is Expect.ARTICLE
            if article and response.status in _REDIRECTS and hosts.is_external(target):
                raise ExternalLink(target.replace(REPLICA_SUFFIX, "", 1))
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
        # Quoted as a browser does, and as the request that follows: blanks around it go, blanks in it become %20.
        return urljoin(url, safe_url_string(location.decode("utf-8", "replace")))
    except ValueError:
        return None
