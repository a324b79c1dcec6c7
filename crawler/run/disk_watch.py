"""Watch the disk from within the crawl: under the threshold it commits what it has and stops, before a write fails.

`MIN_FREE` in bytes is set by the scheduler (`min_free` of nights.toml); without it, or with 0, the disk is not watched.
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

_SECONDS = 5.0


class LowDisk:
    """Check the free space every five seconds, as an extension of Scrapy."""

    def __init__(self, wanted: int, statvfs: StatVfs = os.statvfs) -> None:
        self._wanted, self._statvfs = wanted, statvfs
        self._timer: AsyncioLoopingCall | LoopingCall | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LowDisk:
        """Make it from the settings. Raises NotConfigured when there is no threshold."""
        wanted = crawler.settings.getint("MIN_FREE")
        if wanted <= 0:
            raise NotConfigured
        watch = cls(wanted)
        crawler.signals.connect(watch.opened, signal=signals.spider_opened)
        crawler.signals.connect(watch.closed, signal=signals.spider_closed)
        return watch

    def opened(self, spider: PortalCrawler) -> None:
        """Check at once, and then every five seconds."""
        self._timer = create_looping_call(self.check, spider.recorder)
        self._timer.start(_SECONDS, now=True)

    def closed(self, spider: PortalCrawler) -> None:
        """Stop checking."""
        if self._timer is not None and self._timer.running:
            self._timer.stop()

    def check(self, recorder: RunRecorder) -> None:
        """Stop the crawl when there is too little space; what was fetched is committed as it ends."""
        try:
            short = shortage(free_space(recorder.options.archive, self._statvfs), self._wanted)
        except OSError:
            return  # the next commit reports it with its path
        if short is not None and recorder.low_disk is None:
            recorder.low_disk = short
            recorder.stop(FinishReason.LOW_DISK)
