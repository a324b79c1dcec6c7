"""Render pages that only their scripts fill with the system's Chromium. Needs the extra `render`; off unless RENDER=1.

The browser never reaches the network: every request of a page is answered from here, the page itself with the answer
that the crawl already has, scripts and data by the crawl's own downloader, so guard, robots.txt, turns and captures
hold for them as for any request. Pictures, styles, frames, sockets and everything of other hosts are refused. Behind
that stand a proxy that leads nowhere, a resolver that knows no name, and no service workers.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, Request, Route

NAMES = ("chromium", "chromium-browser", "google-chrome")
NOWHERE = "http://127.0.0.1:9"  # the discard port: no service listens there

_FETCHED = frozenset({"script", "xhr", "fetch"})
_MOST_REQUESTS = 40  # of one page
_LONGEST = 16 * 1024 * 1024  # characters of a page when it is read
_QUIET = 0.5  # seconds without a request after which a page is taken for filled
_POLL_SECONDS = 0.05
_HOP_BY_HOP = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"})
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-gpu",
)


class NotRendered(Exception):
    """A page could not be read with the browser; the message is the reason, for its line."""


@dataclass(frozen=True, slots=True)
class BrowserRequest:
    """A request of a page's script."""

    url: str
    method: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class BrowserResponse:
    """An answer, its body decoded."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page as its scripts left it: its HTML, the count of their requests and of refused ones."""

    html: str
    requests: int
    refused: int


FetchResource = Callable[[BrowserRequest], Awaitable[BrowserResponse | None]]
"""Fetches a resource of a page; None refuses it."""


def browser_path() -> str | None:
    """Return this machine's Chromium: the one in the environment's CHROMIUM, else the first of the usual names."""
    named = os.environ.get("CHROMIUM", "")
    return shutil.which(named) if named else next((found for name in NAMES if (found := shutil.which(name))), None)


def missing() -> str | None:
    """Return the missing part of rendering and its remedy; None when everything is there."""
    if find_spec("playwright") is None:
        return "the extra `render` is not installed: pip install playwright"
    if browser_path() is None:
        return f"no Chromium is found ({', '.join(NAMES)}): install it, or name it in CHROMIUM"
    return None


class Chromium:
    """Browser of one crawl, started with the first page that needs it."""

    def __init__(self, user_agent: str, seconds: float) -> None:
        self._agent, self._seconds = user_agent, seconds
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    @property
    def version(self) -> str:
        """Its name and version, once it runs."""
        return f"Chromium {self._browser.version}" if self._browser else "Chromium"

    async def read(self, url: str, page: BrowserResponse, fetch: FetchResource) -> RenderedPage:
        """Render the page at `url`; `page` is the answer that came. Raises NotRendered."""
        from playwright.async_api import Error

        try:
            browser = await self._started()
            context = await browser.new_context(
                user_agent=self._agent,
                locale="vi-VN",
                timezone_id="Asia/Ho_Chi_Minh",
                # Every way out of the page but the crawl's own is closed: a browser that fetches by itself goes past
                # guard, robots.txt, turns and WARC.
                service_workers="block",
                accept_downloads=False,
            )
            try:
                return await _PageVisit(url, page, fetch, self._seconds).render(context)
            finally:
                with suppress(Error, asyncio.TimeoutError):
                    await asyncio.wait_for(context.close(), 10)
        except TimeoutError:
            raise NotRendered(f"its scripts did not end within {self._seconds:g} s") from None
        except Error as error:
            raise NotRendered(f"the browser gave up: {error.message.splitlines()[0][:120]}") from None

    async def close(self) -> None:
        """End the browser."""
        with suppress(Exception):  # it may be gone already
            if self._browser is not None:
                await asyncio.wait_for(self._browser.close(), 10)
        with suppress(Exception):
            if self._playwright is not None:
                await asyncio.wait_for(self._playwright.stop(), 10)
        self._browser = self._playwright = None

    async def _started(self) -> Browser:
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        if (lacking := missing()) is not None:
            raise NotRendered(lacking)
        from playwright.async_api import async_playwright

        await self.close()
        with _address_space():
            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=browser_path(),
                args=list(_ARGUMENTS),
                proxy={"server": NOWHERE, "bypass": "<-loopback>"},
                chromium_sandbox=os.geteuid() != 0,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        return self._browser


@contextmanager
def _address_space() -> Iterator[None]:
    """Start Chromium under the hard limit: it reserves more addresses than a crawl may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class _PageVisit:
    """One page: its requests are answered until it sends no more."""

    def __init__(self, url: str, page: BrowserResponse, fetch: FetchResource, seconds: float) -> None:
        self._url, self._page, self._fetch, self._seconds = url, page, fetch, seconds
        self._begun = False
        self._waiting = self._requests = self._refused = 0

    async def render(self, context: BrowserContext) -> RenderedPage:
        """Render the page in a context."""
        page = await context.new_page()
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        context.on("page", lambda opened: asyncio.ensure_future(opened.close()))
        async with asyncio.timeout(self._seconds):
            # A page that leaves at once never reports that it was loaded: its own state is read instead.
            await page.goto(self._url, wait_until="commit", timeout=0)
            await self._quiet()
            while await page.evaluate("document.readyState") == "loading":
                await self._quiet()
            html = await page.content()
        if len(html) > _LONGEST:
            raise NotRendered(f"more than {_LONGEST >> 20} MiB of page")
        return RenderedPage(html, self._requests, self._refused)

    async def _quiet(self) -> None:
        still = 0.0
        while still < _QUIET:
            still = 0.0 if self._waiting else still + _POLL_SECONDS
            await asyncio.sleep(_POLL_SECONDS)

    async def _answer(self, route: Route) -> None:
        from playwright.async_api import Error

        with suppress(Error):  # the page may be gone while an answer is on its way
            resource = await self._resource(route.request)
            if resource is None:
                self._refused += 1
                if route.request.is_navigation_request():
                    await route.fulfill(status=204)  # RFC 9110, 15.3.5: the page that is shown stays
                else:
                    await route.abort("blockedbyclient")
                return
            headers = {name: value for name, value in resource.headers if name.lower() not in _HOP_BY_HOP}
            await route.fulfill(status=resource.status, headers=headers, body=resource.body)

    async def _resource(self, request: Request) -> BrowserResponse | None:
        if request.is_navigation_request() and not self._begun:
            self._begun = True
            return self._page
        if request.resource_type not in _FETCHED or self._requests >= _MOST_REQUESTS:
            return None
        self._requests += 1
        self._waiting += 1
        try:
            headers = await request.all_headers()
            return await self._fetch(
                BrowserRequest(request.url, request.method, headers, request.post_data_buffer or b"")
            )
        finally:
            self._waiting -= 1
