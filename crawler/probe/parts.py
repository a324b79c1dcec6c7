"""Where an article's parts stand on pages nobody has described, found page by page. Pure.

The parts are found page by page as `pipelines.generic` reads them: the heading that the head confirms, the date below it,
the densest text. A selector is proposed only where it finds that very element on all pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from crawler.probe.seen import Visited
from pipelines.article import Article
from pipelines.extract import article_of
from pipelines.generic import read_generic
from pipelines.markup import Page, brief_text, line, tag_of
from pipelines.published import visible
from pipelines.region import find_region
from pipelines.titles import find_title
from vietnam.letters import fold

__all__ = ["Parts", "find_parts"]

_LINE = 160
_CUT = 30  # characters from which the beginning of a title tells it


@dataclass(frozen=True, slots=True)
class Parts:
    """An article page and the elements of its parts; None where none stands out."""

    visited: Visited
    page: Page
    read: Article
    title: HtmlElement | None
    published: HtmlElement | None
    body: HtmlElement | None
    lead: tuple[HtmlElement, ...] = ()
    pieces: tuple[HtmlElement, ...] = ()


def find_parts(visited: Visited, now: datetime, named: str = "") -> Parts:
    """The parts of one page, by its structure alone; `named` is the title that a list gave it."""
    page = visited.page()
    # What the list called it is the best evidence: a page's own head may name the portal in any words.
    title = _saying(page, named) if named else None
    read = article_of(read_generic(page, now, title), page)
    if title is None:
        _, title = find_title(page)
    region = find_region(page, title)
    body = region.container if region else None
    lead = tuple(piece.element for piece in region.lead if piece.text) if region else ()
    pieces = tuple(piece.element for piece in region.body if piece.text) if region else ()
    return Parts(visited, page, read, title, _dated(page, read, title, now), body, lead, pieces)


def _saying(page: Page, named: str) -> HtmlElement | None:
    """The element, no link, that says what the list called the article."""
    wanted = fold(named)
    cut = wanted.rstrip(". …") if wanted.endswith(("...", "…")) and len(wanted) > _CUT else ""
    for element in page.root.iter("h1", "h2", "h3", "h4", "h5", "div", "p", "span", "td", "font", "strong", "b"):
        text = fold(brief_text(element, 400))
        if text != wanted and not (cut and text.startswith(cut)):
            continue
        around = (*element.iterancestors(), *element.iterdescendants())
        if not any(tag_of(each) in ("a", "li") for each in around):
            return element
    return None


def _dated(page: Page, read: Article, title: HtmlElement | None, now: datetime) -> HtmlElement | None:
    """The smallest element that shows the published line, the nearest to the title."""
    if read.published is None or read.published_raw is None:
        return None
    order = {element: number for number, element in enumerate(page.root.iter())}
    at = order.get(title, 0) if title is not None else 0
    best: tuple[int, int, HtmlElement] | None = None
    for element in page.root.iter():
        text = brief_text(element, _LINE) if tag_of(element) and element is not title else ""
        if not text or not (seen := visible(text, now)) or seen[0] != read.published:
            continue
        if line(read.published_raw) not in seen[1] and seen[1] not in line(read.published_raw):
            continue
        rank = (abs(order[element] - at), len(text), element)
        # Of two elements one in the other the inner one, unless only the outer one has the time of day.
        if best is None or rank[0] < best[0] or best[2] in set(element.iterancestors()):
            best = rank
    return best[2] if best else None
