"""Find an article's parts on pages without a layout, page by page. Pure.

The parts are found as `pipelines.readers.generic` reads them: the heading that the head confirms, the date below it,
the densest text. A selector is proposed only where it finds that very element on all pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lxml.html import HtmlElement

from crawler.probe.page import VisitedPage, is_furniture
from pipelines.article import Article
from pipelines.extract import article_of
from pipelines.html.attachment_links import is_file_link
from pipelines.html.published import read_visible
from pipelines.html.title import find_title
from pipelines.html.tree import HtmlPage, brief_text, line, tag_of, text_of
from pipelines.readers.generic import read_generic
from pipelines.readers.main_content import find_region
from vietnam.letters import fold

_LINE = 160
_PROSE = 60  # characters of a block that is more than a label
_LEVELS = 5  # ancestors of the title that may hold the published line too
_CUT = 30  # characters from which the beginning of a title is enough


@dataclass(frozen=True, slots=True)
class ArticleParts:
    """An article page and the elements of its parts; None where none stands out."""

    visited: VisitedPage
    page: HtmlPage
    read: Article
    title: HtmlElement | None
    published: HtmlElement | None
    body: HtmlElement | None
    lead: tuple[HtmlElement, ...] = ()
    pieces: tuple[HtmlElement, ...] = ()


def find_parts(visited: VisitedPage, now: datetime, named: str = "", day: date | None = None) -> ArticleParts:
    """Find the parts of one page by its structure; `named` is the list's title of it and `day` the list's day."""
    page = visited.page()
    # The list's title is the best evidence: a page's own head may name the portal in any words.
    title = _titled(page, named) if named else None
    read = article_of(read_generic(page, now, title), page)
    if title is None:
        _, title = find_title(page)
    region = find_region(page, title)
    body = region.container if region else None
    lead = tuple(piece.element for piece in region.lead if piece.text) if region else ()
    pieces = tuple(piece.element for piece in region.body if piece.text) if region else ()
    if title is not None and not any(len(text_of(piece)) >= _PROSE for piece in pieces):
        body, pieces = _files(page, title) or (body, pieces)
    dated = _dated(page, read, title, now)
    if dated is None or (day is not None and read.published is not None and read.published.day != day):
        other = _elsewhere(page, title, day, now)
        dated = other if other is not None else dated
    return ArticleParts(visited, page, read, title, dated, body, lead, pieces)


def _elsewhere(page: HtmlPage, title: HtmlElement | None, day: date | None, now: datetime) -> HtmlElement | None:
    """Find a published line that does not stand by the title: below the text, or in another box.

    It has the list's day, or, where lists have none, is a line of its own behind the title and below the smallest box
    that holds both.
    """
    best: tuple[int, int, HtmlElement] | None = None
    around = list(title.iterancestors())[:_LEVELS] if title is not None else []
    behind = title is None
    for element in page.root.iter():
        behind = behind or element is title
        text = brief_text(element, _LINE) if tag_of(element) not in ("", "a", "li", "script", "style") else ""
        shown = read_visible(text, now) if text and any(char.isdigit() for char in text) else None
        if (
            shown is None
            or element is title
            or is_furniture(element)
            or any(tag_of(each) in ("a", "li") for each in element.iterancestors())
        ):
            continue
        near = next((level for level, each in enumerate(around) if each in set(element.iterancestors())), _LEVELS)
        if (
            shown[0].day != day
            if day is not None
            else not (behind and near < _LEVELS and tag_of(around[near]) != "body")
        ):
            continue
        rank = (0 if shown[0].clock else 1, near, element)
        # The innermost element of a line: a later one of the same rank that stands in it.
        if best is None or rank[:2] < best[:2] or (rank[:2] == best[:2] and best[2] in set(element.iterancestors())):
            best = rank
    return best[2] if best else None


def _files(page: HtmlPage, title: HtmlElement) -> tuple[HtmlElement, tuple[HtmlElement, ...]] | None:
    """Find the smallest box around the title that links files, and the holders of the links: a page without prose."""
    files = [link for link in page.root.iter("a") if is_file_link(link) and not is_furniture(link)]
    for around in title.iterancestors() if files else ():
        if tag_of(around) in ("body", "html"):
            break
        held = [link.getparent() for link in files if around in set(link.iterancestors())]
        if held:
            return around, tuple(dict.fromkeys(each for each in held if each is not None))
    return None


def _titled(page: HtmlPage, named: str) -> HtmlElement | None:
    """Find the element, no link, with the list's title of the article."""
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


def _dated(page: HtmlPage, read: Article, title: HtmlElement | None, now: datetime) -> HtmlElement | None:
    """Find the smallest element that shows the published line, the nearest to the title."""
    if read.published is None or read.published_raw is None:
        return None
    order = {element: number for number, element in enumerate(page.root.iter())}
    at = order.get(title, 0) if title is not None else 0
    best: tuple[int, int, HtmlElement] | None = None
    for element in page.root.iter():
        text = brief_text(element, _LINE) if tag_of(element) and element is not title else ""
        if not text or not (shown := read_visible(text, now)) or shown[0] != read.published:
            continue
        if line(read.published_raw) not in shown[1] and shown[1] not in line(read.published_raw):
            continue
        rank = (abs(order[element] - at), len(text), element)
        # Of two elements one in the other the inner one, unless only the outer one has the time of day.
        if best is None or rank[0] < best[0] or best[2] in set(element.iterancestors()):
            best = rank
    return best[2] if best else None
