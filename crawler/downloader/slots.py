"""Allow one request at a time to an address, with its pause, whatever hosts, portals and processes share the address.

Inside a process an address has one pace (`crawler.downloader.backoff`). Between processes of one archive a turn is a
lock on a file in `open/turns/` whose modification time is the moment when the address may be asked again: it outlives
the process that set it, and the kernel releases the lock when the process dies.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy.exceptions import IgnoreRequest

from archive.storage.locks import try_lock
from crawler.downloader.backoff import Pace

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_SLICE = 0.25  # seconds: a stop is noticed within this time
_OTHER = 0.05  # seconds between two looks at a lock that another process holds
_ODD = re.compile(r"[^a-z0-9.-]")


_all: WeakKeyDictionary[Crawler, AddressSlots] = WeakKeyDictionary()


class SlotClosed(IgnoreRequest):
    """The crawl was stopped while a request waited for its turn: it was never sent, and stays pending."""


class AddressSlots:
    """Turns of one crawl.

    `folder` is shared by every crawl of the archive, or None; `going` returns whether the crawl goes on, and `judged`
    waits until that is known of every answer. `pause`, `base` and `limit` are those of `Pace`. A wait in a file of more
    than `longest` seconds is ignored: a clock jumped.
    """

    def __init__(
        self,
        folder: Path | None,
        pause: float,
        base: float,
        limit: float,
        longest: float,
        going: Callable[[], bool],
        judged: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._folder, self._going, self._judged, self._longest = folder, going, judged, longest
        self._pause, self._base, self._limit = pause, base, limit
        self.unanswered_robots: dict[str, int] = {}  # by host: how often its robots.txt was asked for without an answer
        self._paces: dict[str, Pace] = {}
        self._addresses: dict[str, str] = {}
        self._one = asyncio.Lock()

    def pace(self, host: str) -> Pace:
        """Return the pace of the address at which the host is asked; of the host itself until its address is known."""
        address = self._addresses.get(host, host)
        return self._paces.setdefault(address, Pace(self._pause, self._base, self._limit))

    def set_address(self, host: str, address: str) -> None:
        """Record the address at which the host is asked."""
        if self._addresses.get(host) == address:
            return
        known = self._paces.pop(host, None) if host not in self._addresses and host != address else None
        self._addresses[host] = address
        if known is not None:  # what its robots.txt asked for holds at the address
            pace = self.pace(host)
            pace.pause, pace.due = max(pace.pause, known.pause), max(pace.due, known.due)

    @asynccontextmanager
    async def hold(self, host: str) -> AsyncIterator[None]:
        """Wait for the turn, hold it during the request, then begin the pause. Raises SlotClosed after a stop."""
        async with self._one:
            if self._judged is not None:  # an answer decides whether the portal is asked on
                await self._judged()
            pace = self.pace(host)
            lock = await self._acquire(host, pace)
            try:
                pace.rest(time.monotonic())
                self._write_due(lock, pace)  # a process that is killed now leaves its pause behind
                yield
            finally:
                pace.rest(time.monotonic())
                self._write_due(lock, pace)
                if lock is not None:
                    fcntl.flock(lock, fcntl.LOCK_UN)  # a child forked meanwhile holds the same lock
                    os.close(lock)

    def share_pace(self, host: str) -> None:
        """Publish the pace to other processes after it was changed."""
        pace = self.pace(host)
        lock = self._open(host)
        if lock is not None:
            self._write_due(lock, pace)
            os.close(lock)

    async def _acquire(self, host: str, pace: Pace) -> int | None:
        """Take the lock on the address when it may be asked; None where locks cannot be had."""
        while True:
            await self._sleep(pace.wait(time.monotonic()))
            lock = self._open(host)
            if lock is None:
                return None
            left = self._left(lock)
            if left <= 0 and _try_lock(lock):
                left = self._left(lock)  # another process may have asked between the look and the lock
                if left <= 0:
                    return lock
            os.close(lock)
            await self._sleep(max(left, _OTHER))

    def _open(self, host: str) -> int | None:
        if self._folder is None:
            return None
        name = _ODD.sub("_", self._addresses.get(host, host).lower())[:200]
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            new = not (self._folder / name).exists()
            lock = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            if new:
                os.utime(lock, (0, 0))
            return lock
        return None

    def _left(self, lock: int) -> float:
        left = os.fstat(lock).st_mtime - time.time()
        return left if left <= self._longest else 0.0

    def _write_due(self, lock: int | None, pace: Pace) -> None:
        """Write into the file until when the address rests; never sooner than another process wrote."""
        if lock is None:
            return
        due = time.time() + max(pace.wait(time.monotonic()), self._left(lock))
        with suppress(OSError):
            # Nothing is written into the file: a full disk holds no request up.
            os.utime(lock, (due, due))

    async def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            if not self._going():
                raise SlotClosed("stopped before it was asked")
            left = until - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(min(left, _SLICE))


def _try_lock(lock: int) -> bool:
    try:
        return try_lock(lock)
    except OSError:
        return False


def slots_of(crawler: Crawler) -> AddressSlots:
    """Return the turns of a crawl: one object for its middlewares and its handlers of http and of https."""
    if crawler not in _all:
        settings = crawler.settings
        limit = settings.getfloat("RETRY_AFTER_LIMIT")
        longest = max(limit, settings.getfloat("CRAWL_DELAY_LIMIT"), settings.getfloat("DOWNLOAD_DELAY"))

        def going() -> bool:
            recorder = getattr(crawler.spider, "recorder", None)  # no spider before the start
            return bool(crawler.crawling) and not getattr(recorder, "stopping", False)

        async def judged() -> None:
            articles = getattr(crawler.spider, "articles", None)  # a check's spider judges at once
            if articles is not None:
                await articles.judged()

        _all[crawler] = AddressSlots(
            Path(settings.get("ARCHIVE") or "var/archive") / "open" / "turns",
            settings.getfloat("DOWNLOAD_DELAY"),
            settings.getfloat("RETRY_BACKOFF"),
            limit,
            longest + 1.0,
            going,
            judged,
        )
    return _all[crawler]
