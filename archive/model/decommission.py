"""Define the signs that a portal was decommissioned: it redirects to its successor, or it is gone.

A sign is observed in one night. It becomes a verdict only after many nights, and only of a portal whose province was merged or
that is declared dissolved; a portal that merely does not answer shows no sign. The record of a night has both, so that the
consequences (off the schedule, crawled once a month) follow from the files alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archive.messages.reason import Reason
from archive.model.run_metrics import Count

GONE_NIGHTS = 14
"""Nights without an answer after which a dissolved portal is gone: the default of the setting `gone_nights`."""

NO_NAME = "name not found"
"""The detail of a request without a response whose host has no address according to the name service."""

BAD_CERTIFICATE = "certificate not valid"
"""The detail of a request without a response whose host has an expired certificate or that of another host."""


class DecommissionSign(StrEnum):
    """The sign of a portal's end in one night."""

    MOVED = "moved"  # its lists or its homepage redirect to a host that is known as another portal's
    NO_NAME = "no_name"  # its host name does not resolve
    CERTIFICATE = "certificate"  # its certificate is not valid
    NOT_FOUND = "not_found"  # every address, the homepage's too, answers with 404 or 410


@dataclass(frozen=True, slots=True)
class Decommission:
    """A sign of the portal's end in one night's record.

    `since` is the first night that showed one, `nights` the number of such nights, this one included; inconclusive nights (a
    time-out, a stopped crawl) do not count and end nothing. `dissolved` is True if its province had been merged by then, or
    the portal is declared dissolved. `to` is the host it redirects to. `recorded` is the night in which the portal was first
    recorded as moved or gone; None while it is only a sign.
    """

    sign: DecommissionSign
    since: date
    nights: Count = 1
    dissolved: bool = False
    to: str | None = None
    recorded: date | None = None

    @property
    def reason(self) -> Reason:
        """The host it redirects to, or since when nobody is there and the sign that showed it."""
        if self.sign is DecommissionSign.MOVED:
            return Reason.of("moved_to", host=str(self.to))
        return Reason.of("gone_since", day=self.since, sign=self.sign.value)
