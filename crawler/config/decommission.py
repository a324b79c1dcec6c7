"""When a portal is over: what is asked about that in several places, without anything of the crawl."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.model.records import PageRecord

__all__ = ["GONE_NIGHTS", "DecommissionRule", "is_front"]

GONE_NIGHTS = 14
"""Nights without anybody there after which a dissolved portal is gone, unless the settings say otherwise."""


@dataclass(frozen=True, slots=True)
class DecommissionRule:
    """When a portal that nobody answers for is gone: why it may be (`dissolved`, in words; None: it may not), and after
    how many nights."""

    dissolved: str | None = None
    nights: int = GONE_NIGHTS


def is_front(page: PageRecord) -> bool:
    """Whether the line is that of a portal's front page."""
    return urlsplit(page.url).path in ("", "/")
