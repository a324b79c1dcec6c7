"""Read the clock, here and nowhere else: everything else is given `now`."""

from __future__ import annotations

import time as ticking
from datetime import date, datetime, time, timedelta

from vietnam.date_forms import TZ

_REHEARSAL_STARTS = time(
    23, 59, 59
)  # a replica answers as of the end of the day, so nothing is published "after the fetch"


class Clock:
    """Clock of a crawl, always aware, in Asia/Ho_Chi_Minh.

    A live clock is the machine's. A rehearsal's clock starts at 23:59:59 of its night and runs on with the machine's
    monotonic time, so that a month of nights can be rehearsed in minutes with every date in order.
    """

    def __init__(self, rehearsed: date | None = None) -> None:
        self._start = None if rehearsed is None else datetime.combine(rehearsed, _REHEARSAL_STARTS, TZ)
        self._ticks = ticking.monotonic()

    def now(self) -> datetime:
        """Return the present moment, aware (+07:00)."""
        if self._start is None:
            return datetime.now(TZ)
        return self._start + timedelta(seconds=ticking.monotonic() - self._ticks)

    def tonight(self) -> date:
        """Return the calendar day in Viet Nam: the default night of a live run."""
        return self.now().date()
