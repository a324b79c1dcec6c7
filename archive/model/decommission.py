"""What a night says of a portal's end: it redirects to its successor, or nobody is there any more.

A sign is what one night shows. Only after many nights, and only of a portal whose province was merged or that is declared
dissolved, does it become a verdict; a portal that merely does not answer shows no sign at all. The record of a night keeps
both, so that what follows from it (off the schedule, asked once a month) can be made out from the files alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archive.messages.reason import Reason

__all__ = ["BAD_CERTIFICATE", "NO_NAME", "EndSign", "Sign"]

NO_NAME = "name not found"
"""The detail of a request without an answer whose host has no address: the name service knows that there is none."""

BAD_CERTIFICATE = "certificate not valid"
"""The detail of a request without an answer whose host showed a certificate that has expired or is not its own."""


class Sign(StrEnum):
    """What one night shows of a portal's end."""

    MOVED = "moved"  # its lists or its front page redirect to a host that is known as somebody else's
    NO_NAME = "no_name"  # the name of its host leads nowhere
    CERTIFICATE = "certificate"  # its certificate is not valid
    NOT_FOUND = "not_found"  # every address, that of the front page too, answers with 404 or 410


@dataclass(frozen=True, slots=True)
class EndSign:
    """A sign of the portal's end as one night's record has it.

    `since` is the first night of those that showed one, `nights` their number, this one included; nights that said nothing
    (a time-out, a crawl that was stopped) are not counted and end nothing. `dissolved`: its province had been merged by
    then, or the portal is declared dissolved. `to` is the host it redirects to. `recorded` is the night in which the portal
    was first recorded as moved or gone; None while it is a sign and no more.
    """

    sign: Sign
    since: date
    nights: int = 1
    dissolved: bool = False
    to: str | None = None
    recorded: date | None = None

    @property
    def reason(self) -> Reason:
        """The host it redirects to, or since when nobody is there and the sign that showed it."""
        if self.sign is Sign.MOVED:
            return Reason.of("moved_to", host=str(self.to))
        return Reason.of("gone_since", day=self.since, sign=self.sign.value)
