"""Recognise a portal's family by the marks that the families declare, in a few pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crawler.catalog.overview import families
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.probe.page import VisitedPage
from pipelines.html.tree import HtmlPage

ENOUGH = 4
"""The weight from which marks are evidence: one that is hardly met elsewhere, or two usual ones."""

_ADDRESSES = ("href", "src", "action", "data-src", "data-original")


@dataclass(frozen=True, slots=True)
class FamilyMatch:
    """A family and its marks that were found; `score` is the sum of their weights."""

    family: type[PortalSpider]
    found: tuple[FamilyMark, ...]

    @property
    def score(self) -> int:
        """Sum of the marks' weights."""
        return sum(mark.weight for mark in self.found)


def recognise(pages: Sequence[VisitedPage], known: Iterable[type[PortalSpider]] | None = None) -> list[FamilyMatch]:
    """Return the families with any mark on these pages, the best first; a mark counts once however often it is met."""
    read = [(visited, visited.page()) for visited in pages if visited.is_page]
    addresses = {value for _, page in read for value in _named(page)}
    found = []
    for family in families().values() if known is None else known:
        marks = tuple(mark for mark in family.marks if _has(mark, read, addresses))
        if marks:
            found.append(FamilyMatch(family, marks))
    return sorted(found, key=lambda each: -each.score)


def _named(page: HtmlPage) -> Iterator[str]:
    for element in page.root.iter("a", "link", "script", "img", "form", "iframe", "area"):
        for name in _ADDRESSES:
            if value := element.get(name):
                yield value


def _has(mark: FamilyMark, read: list[tuple[VisitedPage, HtmlPage]], addresses: set[str]) -> bool:
    if mark.kind is MarkKind.SELECTOR:
        return any(page.match(mark.pattern) for _, page in read)
    pattern = re.compile(mark.pattern, re.IGNORECASE)
    if mark.kind is MarkKind.ADDRESS:
        return any(pattern.search(address) for address in addresses)
    return any(pattern.search(text) for visited, page in read for text in _texts(mark.kind, visited, page))


def _texts(kind: MarkKind, visited: VisitedPage, page: HtmlPage) -> Iterator[str]:
    if kind is MarkKind.GENERATOR:
        for element in page.root.iter("meta"):
            if (element.get("name") or "").lower() == "generator":
                yield element.get("content") or ""
    elif kind is MarkKind.SCRIPT:
        yield from (script.text or "" for script in page.root.iter("script"))
    elif kind is MarkKind.TITLE:
        yield from (title.text or "" for title in page.root.iter("title"))
    elif kind is MarkKind.HEADER:
        yield from (f"{name}: {value}" for name, value in visited.headers)
    elif kind is MarkKind.COOKIE:
        yield from (value.partition("=")[0].strip() for name, value in visited.headers if name == "set-cookie")
