"""Where an article's parts stand on pages nobody has described, as selectors that name the same part on every page. Pure.

The parts are found page by page as `pipelines.generic` reads them: the heading that the head confirms, the date below it,
the densest text. A selector is proposed only where it finds that very element on all pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from crawler.families import CENTRED_CAPTIONS
from crawler.probe.seen import Visited, place, stable_names
from pipelines.article import Article, Layout
from pipelines.extract import extract
from pipelines.markup import Page, brief_text, line, match, tag_of, text_of
from pipelines.published import visible
from pipelines.region import find_region
from pipelines.titles import find_title
from vietnam.letters import fold

__all__ = ["Parts", "find_parts", "propose_layout"]

_LINE = 160
_CONTENT = re.compile(r"caption|chu-?thich|author|tac-?gia|file|attach|dinh-?kem|quote", re.IGNORECASE)
_FEWEST = 2  # pages: a selector that was seen on one page is a guess


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
    read = extract(visited.body, visited.url, (), now, visited.charset)
    _, title = find_title(page)
    if title is None and named:
        title = _saying(page, named)
    region = find_region(page, title)
    body = region.container if region else None
    lead = tuple(piece.element for piece in region.lead if piece.text) if region else ()
    pieces = tuple(piece.element for piece in region.body if piece.text) if region else ()
    return Parts(visited, page, read, title, _dated(page, read, title, now), body, lead, pieces)


def _saying(page: Page, named: str) -> HtmlElement | None:
    """The element, no link, that says what the list called the article."""
    wanted = fold(named)
    for element in page.root.iter("h1", "h2", "h3", "h4", "h5", "div", "p", "span", "td", "strong", "b"):
        linked = any(tag_of(each) == "a" for each in (*element.iterancestors(), *element.iterdescendants()))
        if not linked and fold(brief_text(element, 400)) == wanted:
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


def propose_layout(pages: Sequence[Parts], name: str) -> tuple[Layout | None, list[str]]:
    """A layout whose selectors find the parts on all pages, and what it could not name. None without title and body."""
    missing = []
    titled = [(parts.page, parts.title) for parts in pages if parts.title is not None]
    bodied = [parts for parts in pages if parts.body is not None and parts.pieces]
    dated = [(parts.page, parts.published) for parts in pages if parts.published is not None]
    if len(bodied) < _FEWEST or len(titled) < _FEWEST:
        return None, [f"title and text were found on {min(len(bodied), len(titled))} of {len(pages)} article pages"]
    titles, days, body = _selectors(titled), _selectors(dated), _body(bodied)
    if not titles or body is None:
        part = "title" if not titles else "text"
        return None, [f"no selector names the {part} on all of {len(pages)} article pages"]
    if len(dated) < len(pages) or not days:
        missing.append(f"a date below the title: found on {len(dated)} of {len(pages)} article pages")
    layout = Layout(
        name=name,
        fits=body,
        title=titles[:1],
        published=days[:1],
        body=(body,),
        lead=_lead(bodied, body),
        captions=("figcaption", ".caption", *CENTRED_CAPTIONS),
        drop=_drop(bodied, body),
        attachments=(f'{body} a[href$=".pdf"]',),
    )
    return layout, missing


def _body(pages: Sequence[Parts]) -> str | None:
    """The selector whose element holds all of the text with the least around it; it may miss one page of four."""
    names: dict[str, None] = {}
    for parts in pages:
        around = [parts.body, *list(parts.body.iterancestors())[:4]] if parts.body is not None else []
        for element in around:
            if tag_of(element) not in ("body", "html"):
                names.update(dict.fromkeys(_names(element)))
    best: tuple[float, int, int, str] | None = None
    for selector in names:
        cost = _cost(pages, selector)
        if cost is None or (best is not None and cost > best[0]):
            continue
        element = next(each for parts in pages if (each := _first(parts.page, selector)) is not None)
        # Of boxes with the same text the innermost one; what stands above it must have a name of its own.
        rank = (cost, -len(place(element)), len(selector), selector)
        if (best is None or rank < best) and (not _heads(pages, selector) or _lead(pages, selector)):
            best = rank
    return best[3] if best else None


def _cost(pages: Sequence[Parts], selector: str) -> float | None:
    """Characters around the text and lost of it; None where it does not name the text on enough pages."""
    cost, missed = 0.0, 0
    for parts in pages:
        element = _first(parts.page, selector)
        inside = set(element.iter()) if element is not None else set()
        lost = [piece for piece in parts.pieces if piece not in inside]
        head = parts.pieces[:1] if lost and lost[0] is parts.pieces[0] and len(parts.pieces) > 1 else ()
        whole = sum(len(text_of(piece)) for piece in parts.pieces[len(head) :])
        held = sum(len(text_of(piece)) for piece in parts.pieces if piece in inside)
        if element is None or held < 0.9 * whole:
            missed += 1
            continue
        cost += (whole - held) * 3 + max(0, len(text_of(element)) - held) + (100 if parts.title in inside else 0)
    return cost if missed * 4 <= len(pages) and len(pages) - missed >= _FEWEST else None


def _heads(pages: Sequence[Parts], selector: str) -> bool:
    """Whether on any page a piece of the text, or its lead, stands above the element."""
    for parts in pages:
        element = _first(parts.page, selector)
        inside = set(element.iter()) if element is not None else set()
        if element is not None and any(piece not in inside for piece in (*parts.lead, *parts.pieces)):
            return True
    return False


def _lead(pages: Sequence[Parts], body: str) -> tuple[str, ...]:
    """The selector of the lead where it stands outside of the body's element."""
    wanted = []
    for parts in pages:
        element = _first(parts.page, body)
        inside = set(element.iter()) if element is not None else set()
        outside = [piece for piece in (*parts.lead, *parts.pieces) if piece not in inside]
        if element is not None and outside:
            wanted.append((parts.page, outside[0]))
    return _selectors(wanted)[:1]


def _drop(pages: Sequence[Parts], body: str) -> tuple[str, ...]:
    """Classes inside the body's element that never hold a piece of the text: share bars, related boxes, ratings."""
    empty: dict[str, int] = {}
    holding: set[str] = set()
    for parts in pages:
        element = _first(parts.page, body)
        if element is None:
            continue
        kept = {parts.title, parts.published, *parts.pieces, *parts.lead} - {None}
        needed = {
            each for piece in kept if piece is not None for each in (piece, *piece.iterancestors(), *piece.iter())
        }
        for each in element.iterdescendants():
            named = [f"{tag_of(each)}{name}" for name in stable_names(each) if name.startswith(".")]
            if each in needed:
                holding.update(named)
            elif named and tag_of(each) in ("div", "ul", "section", "aside", "p", "span", "table") and text_of(each):
                for name in named[:1]:
                    empty[name] = empty.get(name, 0) + 1
    return tuple(name for name in empty if name not in holding and not _CONTENT.search(name))[:12]


def _first(page: Page, selector: str) -> HtmlElement | None:
    found = match(page.root, selector)
    return found[0] if found else None


def _selectors(wanted: Sequence[tuple[Page, HtmlElement]]) -> tuple[str, ...]:
    """The selectors of the parts' elements that find the right one on every page, the shortest first."""
    if len(wanted) < _FEWEST:
        return ()
    good = []
    for selector in _names(wanted[0][1]):
        if all(_first(page, selector) is element for page, element in wanted):
            good.append(selector)
            if len(good) == 2:
                break
    return tuple(good)


def _names(element: HtmlElement) -> Iterator[str]:
    """Selectors that may name an element: its own names, then its tag or names below a named ancestor."""
    tag = tag_of(element)
    own = [tag + name if name.startswith(".") else name for name in stable_names(element)]
    own += [f'{tag}[itemprop="{value}"]' for value in _plain(element.get("itemprop"))]
    yield from own
    if tag in ("h1", "article", "time"):
        yield tag
    for level, around in enumerate(element.iterancestors()):
        if level > 6 or tag_of(around) in ("body", "html"):
            break
        for name in stable_names(around):
            named = tag_of(around) + name if name.startswith(".") else name
            for end in (*own, tag):
                yield f"{named} > {end}" if level == 0 else f"{named} {end}"
            if level == 0:
                yield f"{named} > {_nth(element)}"
    if tag in ("h1", "h2"):
        yield tag


def _nth(element: HtmlElement) -> str:
    same = [each for each in _siblings(element) if tag_of(each) == tag_of(element)]
    return f"{tag_of(element)}:nth-of-type({same.index(element) + 1})"


def _siblings(element: HtmlElement) -> list[HtmlElement]:
    above = element.getparent()
    return list(above) if above is not None else [element]


def _plain(value: str | None) -> Iterable[str]:
    return [word for word in (value or "").split() if word.isalnum()]
