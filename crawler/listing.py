"""What a list page, a feed or a sitemap says: sections, entries and the way to the next page. Pure parsing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["Entry", "Listing", "Section", "SectionKind"]


class SectionKind(StrEnum):
    """How a section tells its articles."""

    PAGES = "pages"
    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a portal: a short name that is final once a night was archived, its path, its Vietnamese title."""

    name: str
    path: str
    title: str
    kind: SectionKind = SectionKind.PAGES


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a listing names it. `day` is the day shown beside it, None where the list shows none."""

    url: str
    key: str
    title: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of one list page in the page's order, and the absolute address of the next page if it names one."""

    entries: tuple[Entry, ...]
    next: str | None = None
