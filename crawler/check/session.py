"""Visits that keep nothing: a check, a sample and a probe ask as a crawl does, without an archive behind them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from datetime import datetime

import scrapy
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from crawler.clock import Clock
from crawler.downloader.guard import PortalHosts
from crawler.downloader.robots import RobotsDecision

__all__ = ["CheckSpider", "VisitRecorder", "keep_nothing"]


class VisitRecorder:
    """Take note of what the middlewares meet on a visit that stores nothing; by default of nothing."""

    stopping = False

    def __init__(self, hosts: PortalHosts, clock: Clock) -> None:
        self.hosts, self.clock = hosts, clock

    def now(self) -> datetime:
        """Return the visit's time, aware."""
        return self.clock.now()

    def record_refusal(self, request: Request, reason: str) -> None:
        """Take note of a request that the guard refused."""

    def record_robots(self, response: Response, decision: RobotsDecision) -> None:
        """Take note of what was made of a robots.txt."""

    def record_retry(self, request: Request, response: Response) -> None:
        """Take note of a response after which the same is asked again."""

    def record_long_wait(self, status: int, seconds: float) -> None:
        """Take note that the portal asks for more patience than a visit has."""


class CheckSpider(scrapy.Spider):
    """Make a tour that asks and waits for each response, instead of a walk."""

    def __init__(self, recorder: VisitRecorder) -> None:
        super().__init__()
        self.recorder = recorder

    @abstractmethod
    async def tour(self) -> None:
        """All that is asked for. It raises nothing: what failed is kept to be told after the crawl."""

    async def start(self) -> AsyncIterator[Request]:
        """Make the tour; nothing is left to Scrapy's scheduler."""
        await self.tour()
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def download(self, request: Request) -> Response:
        """One request through every middleware. Raises what the download raised."""
        assert self.crawler.engine is not None  # noqa: S101  Scrapy has started it
        return await self.crawler.engine.download_async(request)


def keep_nothing(settings: BaseSettings) -> None:
    """The settings of a crawl without what keeps it: no captures, no stages, one retry."""
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    settings.set("EXTENSIONS", {}, priority="cmdline")
    middlewares = {**settings["DOWNLOADER_MIDDLEWARES"], "pipelines.capture.CaptureMiddleware": None}
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    settings.set("RETRY_TIMES", 1, priority="cmdline")
