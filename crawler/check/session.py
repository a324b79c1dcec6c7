"""Visits that store nothing: a check, a sample and a probe make requests as a crawl does, without an archive."""

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


class VisitRecorder:
    """A recorder of a visit that stores nothing: it ignores the events of the middlewares."""

    stopping = False

    def __init__(self, hosts: PortalHosts, clock: Clock) -> None:
        self.hosts, self.clock = hosts, clock

    def now(self) -> datetime:
        """Return the present moment by the visit's clock."""
        return self.clock.now()

    def record_refusal(self, request: Request, reason: str) -> None:
        """Ignore a request that the guard refused."""

    def record_robots(self, response: Response, decision: RobotsDecision) -> None:
        """Ignore the reading of a robots.txt."""

    def record_retry(self, request: Request, response: Response) -> None:
        """Ignore a response after which the request is made again."""

    def record_long_wait(self, status: int, seconds: float) -> None:
        """Ignore that the portal asks for a longer pause than a visit makes."""


class CheckSpider(scrapy.Spider):
    """A spider that makes one request after the other in `tour` and waits for each response."""

    def __init__(self, recorder: VisitRecorder) -> None:
        super().__init__()
        self.recorder = recorder

    @abstractmethod
    async def tour(self) -> None:
        """Make all requests. Raise nothing: an error is stored and reported after the crawl."""

    async def start(self) -> AsyncIterator[Request]:
        """Make the tour; nothing is left to Scrapy's scheduler."""
        await self.tour()
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def download(self, request: Request) -> Response:
        """Make one request through every middleware. Raises what the download raised."""
        assert self.crawler.engine is not None  # noqa: S101  Scrapy has started it
        return await self.crawler.engine.download_async(request)


def store_nothing(settings: BaseSettings) -> None:
    """Switch off in the settings what stores a crawl: captures, stages, extensions; allow one retry."""
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    settings.set("EXTENSIONS", {}, priority="cmdline")
    middlewares = {**settings["DOWNLOADER_MIDDLEWARES"], "pipelines.capture.CaptureMiddleware": None}
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    settings.set("RETRY_TIMES", 1, priority="cmdline")
