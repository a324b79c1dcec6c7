"""Compute when an address may be asked again: its pause, a doubling back-off, a wait that it asked for. Pure.

Times are seconds of one monotonic clock, given by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_STEPS = 16  # doublings that are remembered: the limit is met long before


@dataclass(slots=True)
class Pace:
    """Pace at one address.

    `pause` lies between the end of an answer and the next request, `base` is the first back-off, `limit` the longest;
    all in seconds.
    """

    pause: float
    base: float
    limit: float
    level: int = 0
    due: float = 0.0

    @property
    def gap(self) -> float:
        """Seconds between an answer and the next request now."""
        if not self.level:
            return self.pause
        return max(self.pause, min(self.base * 2.0 ** (self.level - 1), self.limit))

    def wait(self, now: float) -> float:
        """Return the seconds until the next request may be sent."""
        return max(self.due - now, 0.0)

    def rest(self, now: float) -> None:
        """Begin the pause after a request was sent or ended."""
        self.due = max(self.due, now + self.gap)

    def slow_down(self, now: float) -> None:
        """Double the back-off: the portal answered that we ask too much (429, 503)."""
        self.level = min(self.level + 1, _STEPS)
        self.due = max(self.due, now + self.gap)

    def recover(self) -> None:
        """Take back one step of the back-off after a good answer."""
        self.level = max(self.level - 1, 0)

    def hold(self, seconds: float, now: float) -> None:
        """Send nothing for some seconds."""
        self.due = max(self.due, now + seconds)


def retry_after_seconds(retry_after: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` asks for (RFC 9110, 10.2.3: seconds, or a date), None when unusable.

    `now` is the server's own time where its `Date` gives it, so that a wrong clock there asks for no wrong pause.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])  # twelve digits are thirty thousand years
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def retry_pause(asked: float | None, times: int, base: float, limit: float) -> float | None:
    """Return the seconds before the next try of one request, or None when the portal asks for more than `limit`.

    `times` is the number of tries so far; the pause doubles with each and never passes the limit.
    """
    if asked is not None and asked > limit:
        return None
    return max(asked or 0.0, min(base * 2.0 ** (times - 1), limit))
