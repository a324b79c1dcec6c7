"""The rule by which a portal is decommissioned, without anything of the crawl."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.messages.reason import Reason
from archive.model.records import PageRecord

__all__ = ["GONE_NIGHTS", "DecommissionRule", "is_front"]

GONE_NIGHTS = 14
"""Nights without an answer after which a dissolved portal is gone: the default of the setting `gone_nights`."""


@dataclass(frozen=True, slots=True)
class DecommissionRule:
    """The number of nights without an answer after which a portal is gone.

    `dissolved` is the reason for which it may be gone, in words; None when it may not.
    """

    dissolved: Reason | None = None
    nights: int = GONE_NIGHTS


def is_front(page: PageRecord) -> bool:
    """Return whether a response is that of a portal's homepage."""
    return urlsplit(page.url).path in ("", "/")
