"""Keep each cookie of a night to the host that set it, and drop those that switch theme or language."""

from __future__ import annotations

from scrapy.http import Request, Response
from scrapy.http.cookies import CookieJar
from scrapy.utils.httpobj import urlparse_cached

from crawler.downloader.state_links import changes_state


class HostCookies:
    """Send the cookies that a host has set tonight back to that host.

    Scrapy's middleware is none for us: it downloads the public suffix list, past the guard.
    """

    def __init__(self) -> None:
        self._jar = CookieJar()

    def process_request(self, request: Request) -> None:
        """Set the request's cookies."""
        request.headers.pop("Cookie", None)
        self._jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the cookies that the response sets."""
        if b"Set-Cookie" not in response.headers or changes_state(request.url):
            return response  # after a change of state every later page would come in another theme
        host = urlparse_cached(request).hostname
        for cookie in self._jar.make_cookies(response, request):
            if host is not None:
                cookie.domain = host.lower()  # narrower than any Domain attribute: it never leaves its host
                self._jar.set_cookie_if_ok(cookie, request)
        return response
