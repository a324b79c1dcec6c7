"""Keep each cookie of a night to the host that set it."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookiejar import Cookie

from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Request
from scrapy.http.cookies import CookieJar
from scrapy.utils.httpobj import urlparse_cached


class HostCookies(CookiesMiddleware):
    """Scrapy's cookies without its look at the public suffix list, which it would download past the guard."""

    def _process_cookies(self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request) -> None:
        host = urlparse_cached(request).hostname
        for cookie in cookies:
            if host is not None:
                cookie.domain = host.lower()  # narrower than any Domain attribute: it never leaves its host
                jar.set_cookie_if_ok(cookie, request)
