"""Keep each cookie of a night to the host that set it, and drop those that switch theme or language."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookiejar import Cookie

from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Request
from scrapy.http.cookies import CookieJar
from scrapy.utils.httpobj import urlparse_cached

from crawler.downloader.state_links import changes_state


class HostCookies(CookiesMiddleware):
    """Scrapy's cookies without its look at the public suffix list, which it would download past the guard."""

    def _process_cookies(self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request) -> None:
        if changes_state(request.url):
            return  # one such request, and every later page would come in another theme
        host = urlparse_cached(request).hostname
        for cookie in cookies:
            if host is not None:
                cookie.domain = host.lower()  # narrower than any Domain attribute: it never leaves its host
                jar.set_cookie_if_ok(cookie, request)
