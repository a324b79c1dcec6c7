"""Take a portal's sections from its spider, so that names and paths are declared once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, overload

from replicas.records import ReplicaSection

if TYPE_CHECKING:
    from crawler.listings.listing import Section
    from crawler.portal import PortalSpider

_SHARE = 4


def declared_portal(portal: str) -> type[PortalSpider]:
    """Return the spider `crawler.spiders.<portal>`. Imports Scrapy."""
    camel = "".join(part.capitalize() for part in portal.split("_"))
    spider: type[PortalSpider] = getattr(import_module(f"crawler.spiders.{portal}"), camel)
    return spider


class DeclaredSections(Sequence[ReplicaSection]):
    """The sections of the spider `crawler.spiders.<portal>`; `codes` is the CMS's number of the first, counted up by three.

    The first two hold the portal's articles, the others show some of them too. The spider, and Scrapy with it, is imported when
    they are first asked for, so that a replica server starts at once.
    """

    def __init__(self, portal: str, codes: int = 0) -> None:
        self._portal, self._codes = portal, codes

    @cached_property
    def _read(self) -> tuple[ReplicaSection, ...]:
        return tuple(self.sections(declared_portal(self._portal).sections))

    def sections(self, declared: Sequence[Section]) -> Iterator[ReplicaSection]:
        """Return the sections that the site has for those of the spider."""
        for number, section in enumerate(declared):
            code = str(self._codes + 3 * number) if self._codes else ""
            yield ReplicaSection(section.name, section.path, section.title, code, 0 if number < 2 else _SHARE)

    @overload
    def __getitem__(self, at: int) -> ReplicaSection: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[ReplicaSection, ...]: ...
    def __getitem__(self, at: int | slice) -> ReplicaSection | tuple[ReplicaSection, ...]:
        return self._read[at]

    def __len__(self) -> int:
        return len(self._read)
