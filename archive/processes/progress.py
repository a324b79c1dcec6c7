"""Show on stderr how far a long command is, at which rate it goes on, and how much time is left.

On a terminal one line is written again and again and removed at the end; elsewhere, in a log, a line is added twice a
minute. Stdout stays with the command's result. Nothing is drawn in a thread.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TextIO

TERMINAL_SECONDS = 0.2
LOG_SECONDS = 30.0

Progress = Callable[[int, int], None]
"""Called with the number of things that are done, and how many there are in all."""


def unseen(done: int, total: int) -> None:
    """Show nothing."""


class ProgressLine(AbstractContextManager["ProgressLine"]):
    """The progress of one command through things of a `unit`; `clock` gives seconds that only grow."""

    def __init__(
        self, what: str, unit: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what, self._unit = what, unit
        self._stream, self._clock = stream or sys.stderr, clock
        self._terminal = self._stream.isatty()
        self._began = self._shown = clock()

    def show(self, done: int, total: int) -> None:
        """Show how far the command is, unless a line was shown just before."""
        now = self._clock()
        if now - self._shown < (TERMINAL_SECONDS if self._terminal else LOG_SECONDS):
            return
        self._shown = now
        text = f"{self._what}: {progress_text(done, total, self._unit, now - self._began)}"
        self._stream.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        self._stream.flush()

    def __exit__(self, *exc: object) -> None:
        if self._terminal and self._shown > self._began:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def progress_text(done: int, total: int, unit: str, seconds: float) -> str:
    """Return how much is done after so many seconds, the rate, and the time left at this rate."""
    total = max(done, total)  # which may be an estimate
    rate = done / seconds if seconds > 0 else 0.0
    left = str(timedelta(seconds=round((total - done) / rate))) if rate else "unknown time"
    speed = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
    return f"{done:,} of {total:,} {unit}, {speed}/s, {left} left"
