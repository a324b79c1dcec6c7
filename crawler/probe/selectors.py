"""Find selectors that name an element, and those that name the same part on every page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from crawler.probe.page import own_names
from pipelines.html.tree import HtmlPage, tag_of

FEWEST = 2  # pages: a selector that was seen on one page is a guess
# A selector finds the part or nothing: one that finds something else on some page is worse than none.
_ENOUGH = 0.75  # share of pages on which a part's selectors must find it
_LEVELS = 6  # ancestors whose names may stand before an element's own
_DEEPEST = 14
_ATTRIBUTES = ("itemprop", "size", "color", "align", "width", "bgcolor", "face")


def first(page: HtmlPage, selector: str) -> HtmlElement | None:
    """Return the first element that a selector finds."""
    found = page.match(selector)
    return found[0] if found else None


def common_selectors(wanted: Sequence[tuple[HtmlPage, HtmlElement]]) -> tuple[str, ...]:
    """Return up to three selectors that each find the wanted element or nothing, and together most of them.

    One that finds all of them goes before several; of equals the shortest name. Empty where the pages do not agree.
    """
    left, good = list(wanted), list[str]()
    tried: set[str] = set()
    while left and len(good) < 3 and len(wanted) >= FEWEST:
        best: tuple[int, str] | None = None
        for _, element in left[:2]:
            for selector in names_of(element):
                if selector in tried:
                    continue
                tried.add(selector)
                hits = _hits(wanted, left, selector)
                if hits and (best is None or hits > best[0]):
                    best = (hits, selector)
                if hits == len(left):
                    break
            if best and best[0] == len(left):
                break
        if best is None:
            break
        good.append(best[1])
        left = [(page, element) for page, element in left if first(page, best[1]) is not element]
        tried.clear()
        if len(left) * 4 < len(wanted):
            break
    return tuple(good) if len(wanted) - len(left) >= max(FEWEST, _ENOUGH * len(wanted)) else ()


def _hits(
    wanted: Sequence[tuple[HtmlPage, HtmlElement]], left: Sequence[tuple[HtmlPage, HtmlElement]], selector: str
) -> int:
    """Count the pages left on which it finds the part; 0 where it finds another element, or for one page only."""
    for page, element in wanted:
        if (found := first(page, selector)) is not None and found is not element:
            return 0
    count = sum(1 for page, element in left if first(page, selector) is element)
    return count if count >= FEWEST else 0


def names_of(element: HtmlElement) -> Iterator[str]:
    """Yield selectors that may name an element.

    Its own names come first, then its tag or names below a named ancestor, its attributes, and its place from the body
    down.
    """
    tag = tag_of(element)
    own = own_names(element)
    yield from own
    if tag in ("h1", "article", "time"):
        yield tag
    for level, around in enumerate(element.iterancestors()):
        if level > _LEVELS or tag_of(around) in ("body", "html"):
            break
        for named in own_names(around):
            for end in (*own, tag):
                yield f"{named} > {end}" if level == 0 else f"{named} {end}"
            if level == 0:
                yield f"{named} > {_nth(element)}"
    yield from _by_attributes(element, tag)
    if tag in ("h1", "h2"):
        yield tag
    if place := _place(element):
        yield place


def _by_attributes(element: HtmlElement, tag: str) -> Iterable[str]:
    values = [(name, element.get(name) or "") for name in _ATTRIBUTES]
    by_value = [f'{tag}[{name}="{value}"]' for name, value in values if value and value.replace("%", "").isalnum()]
    above = element.getparent()
    around = tag_of(above) if above is not None else ""
    return (
        [*by_value, *(f"{each} > {tag}" for each in _by_attributes(above, around))]
        if tag == "b" and around
        else by_value
    )


def _place(element: HtmlElement) -> str:
    """Return the way from the body to the element by tags and numbers; empty for one that stands too deep."""
    steps: list[str] = []
    for each in (element, *element.iterancestors()):
        if tag_of(each) == "body":
            return " > ".join(["body", *reversed(steps)]) if len(steps) <= _DEEPEST else ""
        steps.append(_nth(each))
    return ""


def _nth(element: HtmlElement) -> str:
    above = element.getparent()
    siblings = list(above) if above is not None else [element]
    same = [each for each in siblings if tag_of(each) == tag_of(element)]
    return tag_of(element) if len(same) == 1 else f"{tag_of(element)}:nth-of-type({same.index(element) + 1})"
