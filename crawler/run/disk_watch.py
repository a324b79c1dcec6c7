"""The crawl's own look at the disk: under the threshold it commits what it has and stops, before a write fails.

`MIN_FREE` in bytes is set by the scheduler (`min_free` of nights.toml); without it, or with 0, nothing is looked at.
"""

from __future__ import annotations

import os

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from twisted.internet.task import LoopingCall

from archive.model.enums import FinishReason
from crawler.disk_space import StatVfs, free_space, shortage
from crawler.spider.crawl import PortalCrawler
from crawler.spider.recorder import RunRecorder

__all__ = ["LowDisk"]

_SECONDS = 5.0


class LowDisk:
    """A Scrapy extension: looks every five seconds."""

    def __init__(self, wanted: int, statvfs: StatVfs = os.statvfs) -> None:
        self._wanted, self._statvfs = wanted, statvfs
        self._looking: AsyncioLoopingCall | LoopingCall | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LowDisk:
        """From the settings. Raises NotConfigured when there is no threshold."""
        wanted = crawler.settings.getint("MIN_FREE")
        if wanted <= 0:
            raise NotConfigured
        looking = cls(wanted)
        crawler.signals.connect(looking.opened, signal=signals.spider_opened)
        crawler.signals.connect(looking.closed, signal=signals.spider_closed)
        return looking

    def opened(self, spider: PortalCrawler) -> None:
        """Look at once, and then now and again."""
        self._looking = create_looping_call(self.look, spider.recorder)
        self._looking.start(_SECONDS, now=True)

    def closed(self, spider: PortalCrawler) -> None:
        """No more looking."""
        if self._looking is not None and self._looking.running:
            self._looking.stop()

    def look(self, recorder: RunRecorder) -> None:
        """Stop the crawl when there is too little room; what was fetched is committed as it ends."""
        try:
            short = shortage(free_space(recorder.options.archive, self._statvfs), self._wanted)
        except OSError:
            return  # the archive itself will say it better
        if short is not None and recorder.low_disk is None:
            recorder.low_disk = short
            recorder.stop(FinishReason.LOW_DISK)
