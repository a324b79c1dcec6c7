"""The part of a spider's run that reads with a browser what is an empty shell without one.

Only for a portal that says `render = True`, and only with RENDER=1. The shell's answer keeps its line (`app_shell`), each
script and each answer of data that the page asked for has one (`resource`), and what the scripts made of the page is kept as
a `conversion` record that refers to the shell's response; the page's own line names that record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.http import Request, Response

from archive.model.enums import Outcome
from archive.model.records import Capture
from crawler.downloader.browser import BrowserRequest, BrowserResponse, Chromium, NotRendered, missing
from crawler.downloader.guard import url_allowed
from crawler.requests import Expect, RequestInfo
from crawler.responses.facts import see
from crawler.responses.outcome import classify
from crawler.responses.records import answer_page, failure_page, judge_failure
from crawler.spider.recorder import RunRecorderBase
from pipelines.capture import StoredResponse

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["RenderWalk"]

_SENT = frozenset({"accept", "content-type", "x-requested-with"})
_OF_STATUS = {
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
}
_KIND = "text/html; charset=utf-8"


class RenderWalk(RunRecorderBase):
    """Reads app shells with Chromium, where the portal and the settings say so."""

    render: bool

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Made by Scrapy; told when the crawl ends, so that the browser ends too."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._chromium = None
        crawler.signals.connect(spider.end_browser, signal=signals.spider_closed)
        return spider

    _chromium: Chromium | None

    async def end_browser(self) -> None:
        """End the browser if one was started."""
        if self._chromium is not None:
            await self._chromium.close()

    async def as_read(
        self, ask: RequestInfo, captured: StoredResponse, response: Response
    ) -> tuple[StoredResponse, Response]:
        """The answer as a reader has it: what its scripts make of a shell, anything else as it came.

        A shell that cannot be rendered stays one; `not_rendered` in the response's meta says why.
        """
        if not self.render or not self._is_shell(ask, response):
            return captured, response
        try:
            if not self.settings.getbool("RENDER"):
                raise NotRendered("this portal is read with a browser: set RENDER=1")
            if (lacking := missing()) is not None:
                raise NotRendered(lacking)
            return await self._rendered(ask, captured, response)
        except NotRendered as error:
            response.meta["not_rendered"] = str(error)
            return captured, response

    def _is_shell(self, ask: RequestInfo, response: Response) -> bool:
        return classify(see(response, ask, self.home, self.own_here(), ()))[0] is Outcome.APP_SHELL

    async def _rendered(
        self, ask: RequestInfo, captured: StoredResponse, response: Response
    ) -> tuple[StoredResponse, Response]:
        if self._chromium is None:
            agent = str(self.settings["USER_AGENT"])
            self._chromium = Chromium(agent, self.settings.getfloat("RENDER_TIMEOUT"))
        shell = BrowserResponse(response.status, _headers(response), response.body)

        async def bring(wanted: BrowserRequest) -> BrowserResponse | None:
            return await self._bring(ask, wanted)

        read = await self._chromium.read(response.url, shell, bring)
        words = f"read with {self._chromium.version}: {read.requests} requests, {read.refused} refused"
        self.write(answer_page(replace(ask, key=None, number=None), captured, Outcome.APP_SHELL, words))
        self.counted("rendered")
        body, now = read.html.encode("utf-8", "replace"), self.now()
        headers = (("Content-Type", _KIND),)
        made = Capture(captured.url, response.status, headers, body, now, self.night.via)
        kept = StoredResponse(
            captured.url, response.status, now, self.night.capture(made, of=captured.fetched_at), None, None
        )
        response.meta["captured"] = kept
        return kept, response.replace(body=body, headers={"Content-Type": _KIND}, flags=["rendered"])

    async def _bring(self, page: RequestInfo, wanted: BrowserRequest) -> BrowserResponse | None:
        """What a page's script asked for, fetched as everything is; None for another host or what could not be had."""
        if url_allowed(wanted.url, self.own, self.replica) is not None or self.stopping or wanted.method == "HEAD":
            self.counted("render refused")
            return None
        ask = RequestInfo(Expect.RESOURCE, wanted.url, page.section, lookback=page.lookback)
        headers = {name: value for name, value in wanted.headers.items() if name.lower() in _SENT}
        request = Request(wanted.url, method=wanted.method, headers=headers, body=wanted.body, meta={"ask": ask})
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101  a page was read
        try:
            response = await engine.download_async(request)
        except Exception as error:  # whatever it is, the page does without
            outcome, detail = judge_failure(error)
            sent = request.meta.get("unanswered")
            self.write(failure_page(ask, wanted.url, self.now(), outcome, detail, unanswered=sent))
            return None
        outcome = _OF_STATUS.get(response.status, Outcome.SERVER_ERROR if response.status >= 500 else Outcome.RESOURCE)
        self.write(answer_page(ask, response.meta["captured"], outcome, f"for {page.url}"[:200]))
        self.heed(outcome)
        return BrowserResponse(response.status, _headers(response), response.body)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name in response.headers
        for value in response.headers.getlist(name)
        if name.lower() != b"set-cookie"
    )
