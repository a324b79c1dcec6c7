"""Visits that keep nothing: a check, a sample and a probe ask as a crawl does, without an archive behind them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from datetime import datetime

import scrapy
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from crawler.clock import Clock

__all__ = ["CheckSpider", "keep_nothing"]


class CheckSpider(scrapy.Spider):
    """A tour that asks and waits for each answer, instead of a walk. The middlewares find here what they ask of a spider."""

    def __init__(self, clock: Clock, replica: bool) -> None:
        super().__init__()
        self.clock, self.replica = clock, replica

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

    def now(self) -> datetime:
        """The visit's clock."""
        return self.clock.now()


def keep_nothing(settings: BaseSettings) -> None:
    """The settings of a crawl without what keeps it: no captures, no stages, one retry."""
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    settings.set("EXTENSIONS", {}, priority="cmdline")
    middlewares = {**settings["DOWNLOADER_MIDDLEWARES"], "pipelines.capture.CaptureMiddleware": None}
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    settings.set("RETRY_TIMES", 1, priority="cmdline")
