"""One installed CMS as the gate sees it: its host, what was composed for it, and how an editor changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.real_cms.content import CmsArticle, Edits, Story


@dataclass(frozen=True, slots=True)
class Addresses:
    """Hold the addresses that the CMS itself gives: of each public article by number, of each category by slug.

    A category's first address is the one that the menu has.
    """

    articles: dict[int, str]
    categories: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CmsSite:
    """An installed CMS. `load` and `edit` carry out an editor's work and return the CMS's own addresses after it.

    `family` names the spider class of the family, below `crawler.families`. `author` returns the name that a page shows,
    `shows_caption` is True where the featured picture's caption is printed.
    """

    software: str
    theme: str
    view: str
    host: str
    family: str
    story: Story
    load: Callable[[Sequence[CmsArticle]], Addresses]
    edit: Callable[[Edits], Addresses]
    author: Callable[[CmsArticle], str | None]
    shows_caption: bool = True

    @property
    def name(self) -> str:
        """Return a name of its own for folders and spiders."""
        return "_".join((self.software, self.theme.removeprefix("twenty"), self.view))
