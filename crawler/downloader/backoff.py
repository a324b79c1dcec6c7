"""When an address may be asked again: its pause, a back-off that doubles and is forgiven, a wait it asked for. Pure.

Times are seconds of one monotonic clock, given by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

__all__ = ["Pace", "asked_pause", "retry_pause"]

_STEPS = 16  # doublings that are remembered: the limit is met long before


@dataclass(slots=True)
class Pace:
    """The pace at one address. `pause` lies between the end of an answer and the next request, `base` is the first
    back-off, `limit` the longest; all in seconds."""

    pause: float
    base: float
    limit: float
    level: int = 0
    due: float = 0.0

    @property
    def gap(self) -> float:
        """The seconds that lie between an answer and the next request now."""
        if not self.level:
            return self.pause
        return max(self.pause, min(self.base * 2.0 ** (self.level - 1), self.limit))

    def wait(self, now: float) -> float:
        """Seconds until the next request may be sent."""
        return max(self.due - now, 0.0)

    def rest(self, now: float) -> None:
        """A request was sent or ended: the pause begins."""
        self.due = max(self.due, now + self.gap)

    def too_much(self, now: float) -> None:
        """The portal says that we ask too much (429, 503): the back-off doubles."""
        self.level = min(self.level + 1, _STEPS)
        self.due = max(self.due, now + self.gap)

    def good(self) -> None:
        """A good answer: one step of the back-off is forgiven."""
        self.level = max(self.level - 1, 0)

    def hold(self, seconds: float, now: float) -> None:
        """Nothing is asked for so long."""
        self.due = max(self.due, now + seconds)


def asked_pause(retry_after: str | None, now: datetime) -> float | None:
    """The seconds that a `Retry-After` asks for (RFC 9110, 10.2.3: seconds, or a date), None when it says nothing usable.

    `now` is the server's own time where its `Date` tells it, so that a wrong clock there asks for no wrong pause.
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
    """Seconds before the next try of one request, or None when the portal asks for more than `limit`.

    `times` is the number of tries so far; the pause doubles with each and never passes the limit.
    """
    if asked is not None and asked > limit:
        return None
    return max(asked or 0.0, min(base * 2.0 ** (times - 1), limit))
