"""Where an article's parts stand on pages nobody has described, as selectors that name the same part on every page. Pure.

The parts are found page by page as `pipelines.generic` reads them: the heading that the head confirms, the date below it,
the densest text. A selector is proposed only where it finds that very element on all pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from crawler.probe.seen import Visited, stable_names
from pipelines.article import Article, Layout
from pipelines.extract import extract
from pipelines.markup import Page, brief_text, line, match, tag_of
from pipelines.published import visible
from pipelines.region import find_region
from pipelines.titles import find_title

__all__ = ["Parts", "find_parts", "propose_layout"]

_LINE = 160
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


def find_parts(visited: Visited, now: datetime) -> Parts:
    """The parts of one page, by its structure alone."""
    page = visited.page()
    read = extract(visited.body, visited.url, (), now, visited.charset)
    _, title = find_title(page)
    region = find_region(page, title)
    body = region.container if region else None
    return Parts(visited, page, read, title, _dated(page, read, title, now), body)


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
    bodied = [(parts.page, parts.body) for parts in pages if parts.body is not None]
    dated = [(parts.page, parts.published) for parts in pages if parts.published is not None]
    if len(bodied) < _FEWEST or len(titled) < _FEWEST:
        return None, [f"title and text were found on {min(len(bodied), len(titled))} of {len(pages)} article pages"]
    titles = _selectors(titled, lambda page, selector, wanted: _first(page, selector) is wanted)
    bodies = _selectors(bodied, lambda page, selector, wanted: _first(page, selector) is wanted)
    days = _selectors(dated, lambda page, selector, wanted: _first(page, selector) is wanted)
    if not titles or not bodies:
        part = "title" if not titles else "text"
        return None, [f"no selector names the {part} on all of {len(pages)} article pages"]
    if len(dated) < len(pages) or not days:
        missing.append(f"a date below the title: found on {len(dated)} of {len(pages)} article pages")
    layout = Layout(
        name=name,
        fits=bodies[0],
        title=titles[:1],
        published=days[:1],
        body=bodies[:1],
        captions=("figcaption", ".caption"),
        attachments=(f'{bodies[0]} a[href$=".pdf"]',),
    )
    return layout, missing


def _first(page: Page, selector: str) -> HtmlElement | None:
    found = match(page.root, selector)
    return found[0] if found else None


def _selectors(
    wanted: Sequence[tuple[Page, HtmlElement]], finds: Callable[[Page, str, HtmlElement], bool]
) -> tuple[str, ...]:
    """The selectors of the first page's element that find the right one on every page, the shortest first."""
    if len(wanted) < _FEWEST:
        return ()
    good = []
    for selector in _names(wanted[0][1]):
        if all(finds(page, selector, element) for page, element in wanted):
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
    same = [each for each in (element.getparent() or ()) if tag_of(each) == tag_of(element)]
    return f"{tag_of(element)}:nth-of-type({same.index(element) + 1})"


def _plain(value: str | None) -> Iterable[str]:
    return [word for word in (value or "").split() if word.isalnum()]
