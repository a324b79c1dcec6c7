"""Describe a list page, a feed or a sitemap: sections, entries and the way to the next page. Pure.

Feeds and sitemaps are read in `feeds`, list pages in the families.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archive.model.records import ListRequest
from vietnam.dates import Moment

_HYPHENS = re.compile(r"[-_]+")

MOST_ENTRIES = 50_000
"""The entries of one list, feed or sitemap: the bound of sitemaps.org for one file."""

KeyOf = Callable[[str], str | None]

Following = str | ListRequest
"""The way to a list page: its absolute address, or a request where the address alone is not enough."""


class ListingError(ValueError):
    """A feed or sitemap that cannot be trusted or read; it never counts as an empty list."""


class SectionKind(StrEnum):
    """Source of a section's articles."""

    PAGES = "pages"
    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a portal: a short name that is final once a night was archived, its path, its Vietnamese title.

    `asks` are names and values by which an interface or portlet knows the section, where the path does not name it.
    """

    name: str
    path: str
    title: str
    kind: SectionKind = SectionKind.PAGES
    asks: tuple[tuple[str, str], ...] = ()

    @classmethod
    def at(cls, path: str, title: str) -> Section:
        """Return the section at `path` whose name is the path's last part in small letters, without its extension.

        Write a name out with `Section(name, path, title)` where it has to differ, or where a path changed after a night
        was archived.
        """
        last, _, _ = path.rpartition("/")[2].partition(".")
        return cls(_HYPHENS.sub("-", last.lower()).strip("-"), path, title)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a listing names it. `day` is the day shown beside it, None where the list shows none.

    `record` is the id that the CMS gives its record, where the list shows it. `modified` is when it was last changed, as a
    feed or sitemap states it.
    """

    url: str
    key: str
    title: str = ""
    day: date | None = None
    record: str | None = None
    modified: Moment | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries of one list page in the page's order, and the way to the next page if it names one.

    `more` are the further sitemaps a sitemap index names; they are read beside each other, not one after the other.
    `door`: the page shows no list and only gives the request of the list's first page, `next`. `total` is the number of
    articles that the page says its section holds, None where it says none.
    """

    entries: tuple[Entry, ...]
    next: Following | None = None
    more: tuple[str, ...] = ()
    door: bool = False
    total: int | None = None


def address_of(following: Following) -> str:
    """Return the address that a request goes to."""
    return following if isinstance(following, str) else following.url
