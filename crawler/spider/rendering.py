"""Read with a browser what is an empty shell without one, where the portal says `render = True` and RENDER=1 is set.

The shell's response keeps its line (`app_shell`). Each script and each response of data that the page asked for has one
(`resource`). What the scripts made of the page is stored as a `conversion` record that refers to the shell's response; the
page's own line names that record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from archive.model.enums import Outcome
from archive.model.records import Capture
from crawler.downloader.browser import BrowserRequest, BrowserResponse, Chromium, NotRendered, missing
from crawler.requests import Exchange, Expect, RequestInfo, StoredResponse, exchange_of
from crawler.responses.failures import judge_failure
from crawler.sandbox.response_reader import ResponseReader
from crawler.spider.recorder import RunRecorder

_SENT = frozenset({"accept", "content-type", "x-requested-with"})
_OF_STATUS = {
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
}
_KIND = "text/html; charset=utf-8"


@dataclass(eq=False)
class Renderer:
    """Read app shells with Chromium, where `wanted`. `download` sends a request through the crawl's own downloader."""

    wanted: bool
    settings: BaseSettings
    responses: ResponseReader
    recorder: RunRecorder
    download: Callable[[Request], Awaitable[Response]]
    _chromium: Chromium | None = field(default=None, init=False)

    async def close(self) -> None:
        """End the browser if one was started."""
        if self._chromium is not None:
            await self._chromium.close()

    async def read(self, exchange: Exchange, response: Response) -> Response:
        """Return what its scripts make of a shell, any other response as it came.

        A shell that cannot be rendered stays one; the exchange's `not_rendered` says why.
        """
        if not self.wanted or not await self.responses.is_shell(exchange, response):
            return response
        try:
            if not self.settings.getbool("RENDER"):
                raise NotRendered("this portal is read with a browser: set RENDER=1")
            if (lacking := missing()) is not None:
                raise NotRendered(lacking)
            return await self._rendered(exchange, response)
        except NotRendered as error:
            exchange.not_rendered = str(error)
            return response

    async def _rendered(self, exchange: Exchange, response: Response) -> Response:
        recorder, stored = self.recorder, exchange.stored
        assert stored is not None  # noqa: S101  a response was captured
        if self._chromium is None:
            agent = str(self.settings["USER_AGENT"])
            self._chromium = Chromium(agent, self.settings.getfloat("RENDER_TIMEOUT"))
        shell = BrowserResponse(response.status, _headers(response), response.body)

        async def fetch(wanted: BrowserRequest) -> BrowserResponse | None:
            return await self._fetch(exchange.info, wanted)

        read = await self._chromium.read(response.url, shell, fetch)
        words = f"read with {self._chromium.version}: {read.requests} requests, {read.refused} refused"
        recorder.write(exchange.page(Outcome.APP_SHELL, words, key=None, page_number=None))
        recorder.count("rendered")
        body, now = read.html.encode("utf-8", "replace"), recorder.now()
        made = Capture(stored.url, response.status, (("Content-Type", _KIND),), body, now, recorder.writer.via)
        ref = recorder.writer.capture(made, of=stored.fetched_at)
        exchange.stored = StoredResponse(stored.url, now, response.status, ref)
        rendered = response.replace(body=body, headers={"Content-Type": _KIND}, flags=["rendered"])
        if exchange.info.expect is Expect.LISTING:
            await self.responses.read(exchange, rendered)
        return rendered

    async def _fetch(self, page: RequestInfo, wanted: BrowserRequest) -> BrowserResponse | None:
        """Fetch what a page's script asked for; None for another host, and for what cannot be had."""
        recorder = self.recorder
        if recorder.hosts.refusal(wanted.url) is not None or recorder.stopping or wanted.method == "HEAD":
            recorder.count("render refused")
            return None
        headers = {name: value for name, value in wanted.headers.items() if name.lower() in _SENT}
        request = Request(wanted.url, method=wanted.method, headers=headers, body=wanted.body)
        exchange = exchange_of(request)
        exchange.info = RequestInfo(Expect.RESOURCE, wanted.url, page.section, lookback=page.lookback)
        try:
            response = await self.download(request)
        except Exception as error:  # whatever it is, the page does without
            outcome, detail = judge_failure(error)
            exchange.fail(wanted.url, recorder.now())
            recorder.write(exchange.page(outcome, detail))
            return None
        outcome = _OF_STATUS.get(response.status, Outcome.SERVER_ERROR if response.status >= 500 else Outcome.RESOURCE)
        recorder.write(exchange_of(response).page(outcome, f"for {page.url}"[:200]))
        recorder.react(outcome)
        return BrowserResponse(response.status, _headers(response), response.body)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name in response.headers
        for value in response.headers.getlist(name)
        if name.lower() != b"set-cookie"
    )
