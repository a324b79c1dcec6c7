"""Say when a portal's lists are walked past the known pages. Pure.

A hash of the portals' names spreads them over the nights of the month. A look-back begins on its portal's night, or on the
next one in which the portal is crawled, and takes as many nights as its bound on requests requires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

__all__ = ["FIRST_AFTER", "NO_LOOKBACK", "LookBackPlan", "next_lookback"]

FIRST_AFTER = 7
"""Days from a portal's first complete walk to its first look-back: earlier, hardly any article can be late."""


@dataclass(frozen=True, slots=True)
class LookBackPlan:
    """The operator's bounds: days from one look-back to the next (0: none), pages of each list, requests of one night.

    Requests count list pages, the articles found there and the files that these name.
    """

    days: int = 30
    pages: int = 30
    requests: int = 300


NO_LOOKBACK = LookBackPlan(days=0)


def next_lookback(portal: str, days: int, first_walk: date, last: date | None) -> date:
    """Return the night from which on the next look-back is due: the portal's night of the month after the last one began."""
    # A hash of the name spreads the portals over the month, and nothing has to be remembered for it.
    share = int.from_bytes(sha256(portal.encode()).digest()[:8]) % days
    earliest = last + timedelta(days=1) if last else first_walk + timedelta(days=FIRST_AFTER)
    return earliest + timedelta(days=(share - earliest.toordinal()) % days)
