"""Find an article's title on a page without a layout: the heading that the page's own head confirms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.html.tree import INVISIBLE, HtmlPage, brief_text, is_hidden, line, match, tag_of, text_of
from vietnam.letters import fold, strip_diacritics

_SEPARATOR = re.compile(r"\s+(?:[-–—|·•»«]|::)\s+|\s*\|\s*")
_SITE_WORDS = re.compile(
    r"(?:cong|trang) (?:thong tin dien tu|ttdt|tttdt)|^(?:trang chu|tin tuc|home|chi tiet (?:tin|bai)(?: viet)?)$"
    r"|^\S+\.(?:vn|com|net|org)$"
)
_PAPER = re.compile(r"^báo (?:điện tử )?\S+(?: \S+){0,4}$")  # with its tone: `Bão số 3` is news
_SHORTEST = 8  # characters
_LIKE = 0.6  # share of words two titles have in common


def without_site(text: str, page: HtmlPage) -> str:
    """Return a `<title>` or attribute title without the site's name before or after it."""
    parts = [part for part in _SEPARATOR.split(line(text)) if part]
    site = {fold(name) for name in _site_names(page)}
    start, end = 0, len(parts)
    while end - start > 1 and _is_site(parts[end - 1], site):
        end -= 1
    while end - start > 1 and _is_site(parts[start], site):
        start += 1
    if (start, end) == (0, len(parts)):
        return line(text)
    first, last = line(text).find(parts[start]), line(text).rfind(parts[end - 1])
    return line(text)[first : last + len(parts[end - 1])]


def _is_site(part: str, site: set[str]) -> bool:
    return fold(part) in site or bool(_SITE_WORDS.search(strip_diacritics(part)) or _PAPER.match(fold(part)))


def _site_names(page: HtmlPage) -> Iterator[str]:
    for element in match(page.root, "meta[property='og:site_name'], meta[name=application-name]"):
        yield line(element.get("content") or "")
    host = urlsplit(page.url).hostname or ""
    yield host.removeprefix("www.")


def declared_titles(page: HtmlPage) -> list[str]:
    """Return the titles in the page's head, without the site's name."""
    values = [
        element.get("content") or ""
        for element in match(page.root, "meta[property='og:title'], meta[name='twitter:title']")
    ]
    titles = [text_of(element) for element in match(page.root, "title")[:1]]
    cleaned = (without_site(value, page) for value in [*values, *titles])
    return list(dict.fromkeys(title for title in cleaned if title))


def find_title(page: HtmlPage) -> tuple[str, HtmlElement | None]:
    """Return the title and the element that shows it; no element where none does."""
    declared = declared_titles(page)
    headings = [(element, text_of(element)) for element in match(page.root, "h1") if _is_shown(element)]
    headings = [(element, text) for element, text in headings if len(text) >= _SHORTEST]
    if best := max(headings, key=lambda item: _likeness(item[1], declared), default=None):
        element, text = best
        if _likeness(text, declared) >= _LIKE:
            return text, element
    if (shown := _element_with_title(page, declared)) is not None:
        return text_of(shown), shown
    outside = [item for item in headings if not _in_furniture(item[0])]
    if outside and not declared:
        return outside[0][1], outside[0][0]
    if outside and len(outside) == 1:
        return outside[0][1], outside[0][0]
    return (declared[0], None) if declared else ("", None)


def _likeness(text: str, declared: list[str]) -> float:
    words = set(fold(text).split())
    best = 0.0
    for title in declared:
        others = set(fold(title).split())
        if words and others:
            best = max(best, len(words & others) / max(len(words), len(others)))
    return best


def _element_with_title(page: HtmlPage, declared: list[str]) -> HtmlElement | None:
    """Find the element whose whole text is a declared title: some portals set it in a `div` or a `p`."""
    wanted = {fold(title) for title in declared if len(title) >= _SHORTEST}
    # A cut `<title>` ends in dots; then the element goes on.
    cut = [fold(title).rstrip(". …") for title in declared if title.endswith(("...", "…"))]
    for element in page.root.iter("h1", "h2", "h3", "h4", "p", "div", "span", "td", "strong", "b", "font"):
        if len(element) > 8 or not _is_shown(element) or _in_furniture(element):
            continue
        text = fold(brief_text(element, 400))
        if text and (text in wanted or any(text.startswith(start) for start in cut if len(start) > 30)):
            return element
    return None


def _is_shown(element: HtmlElement) -> bool:
    return not any(is_hidden(each) or tag_of(each) in INVISIBLE for each in [element, *element.iterancestors()])


def _in_furniture(element: HtmlElement) -> bool:
    """Return whether an element stands in a menu, a footer, a link list or a breadcrumb."""
    for each in element.iterancestors():
        if tag_of(each) in ("nav", "footer", "aside", "li", "a") or each.get("role") in ("navigation", "contentinfo"):
            return True
        if re.search(r"breadcrumb|menu", f"{each.get('class', '')} {each.get('id', '')}", re.IGNORECASE):
            return True
    return False
