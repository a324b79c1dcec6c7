"""Read the entries of a list page from the one module that is the list.

The side columns of these portals repeat the list's classes for other sections, and menus match any pattern of article
addresses. Only the list has a pager, so the module around the pager is the list. Inside it the tier of links counts
that covers the section's own articles and brings the fewest of others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import islice

from cssselect import HTMLTranslator
from lxml.etree import XPath
from lxml.html import HtmlElement
from parsel import Selector
from w3lib.html import get_base_url

from crawler.listings.listing import Entry, KeyOf, ListingError
from crawler.urls import absolute
from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.selectors import SelectorIndex
from pipelines.html.tree import shared_tree
from vietnam.date_forms import TZ
from vietnam.dates import Moment, read_machine, read_published
from vietnam.letters import fold_spaces, nfc

IsOwn = Callable[[Selector, str], bool]
"""Return whether a link, with its address, surely leads to an article of the section whose list is read."""

# A list may announce tomorrow; whether a date lies after the fetch is judged when the article itself is read.
_ANY_TIME = datetime(2100, 1, 1, tzinfo=TZ)
_CLIMB = 5  # levels from a pager up to its list
_MOST_LINKS = 2000  # no list shows more; a page of a hundred thousand links must not hold up the crawl
_MOST_BOXES = 20
_SIDES = XPath(
    HTMLTranslator().css_to_xpath(
        "aside, nav, header, footer, [class*=right], [class*=sidebar], [id*=right], [id*=sidebar]",
        prefix="ancestor-or-self::",
    )
)
_OWN = 4  # entries of others that one more of the section's own may bring along
_MORE = frozenset({"xem thêm", "xem tiếp", "chi tiết", "xem chi tiết", "đọc tiếp", "đọc thêm", "read more", "»"})
_MENUS = ", ".join(
    f"{box} a[href]"
    for box in ("nav", "footer", '[role="navigation"]', '[class^="menu"]', '[class*=" menu"]', '[class*="breadcrumb"]')
)
_WORDS, _LINES = (XPath(each, smart_strings=False) for each in ("string()", "descendant::text()"))
_BARE_LINES = 40  # lines of an entry in which its day is searched
_LONGEST_KEPT = 200  # characters of a line whose day is kept
_BARE_DAY = re.compile(
    r"\W*(?:\d{1,2}:\d{2}(?::\d{2})?\W+)?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?:\W+\d{1,2}:\d{2}(?::\d{2})?)?\W*", re.ASCII
)
_DAY_BEHIND = re.compile(r"\s*\(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?:,? [\d:]+)?\)$")


@dataclass(frozen=True, slots=True)
class ListShape:
    """Place of the entries in a family's list page. All values are CSS selectors.

    `module` is a box that holds one list and nothing else, `pager` the box of its page links, `links` the entries'
    links in tiers, `entry` the box of one entry and `day` its date in that box; `record` is the attribute of that box with
    the id of the CMS's record. Of the tiers the first one that finds
    articles counts; where a family can tell the section's own articles, the one that covers most of them with fewest
    others. `title` is the title inside a link that wraps a whole card. With `bare_day` a line of the box that is nothing
    but a date is the day too.
    """

    module: str
    pager: str
    links: tuple[str, ...]
    entry: str
    day: str = ""
    record: str = ""
    title: str = ""
    bare_day: bool = False


_ANY_LINK = ListShape(
    module="",
    pager="",
    links=("a[href]",),
    entry='li, article, tr, [class*="item"]',
    day='time, [class*="date"], [class*="time"]',
    title='h1, h2, h3, h4, [class*="title"]',
    bare_day=True,
)


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list page as read: its entries, the box of its page links if there is one, the base of relative links."""

    page: Selector
    base: str
    entries: tuple[Entry, ...] = ()
    pager: Selector | None = None


def read_list(url: str, html: str, shape: ListShape, key_of: KeyOf, is_own: IsOwn | None = None) -> ListPage:
    """Read the section's own list: the articles of the nearest box around a pager that holds any.

    Without any pager the first box of the family's shape outside the side columns counts. A pager around which no
    article stands is an empty list, whatever the other columns show. Raises ListingError for a page that exceeds a bound.
    """
    page, base = _opened(url, html)
    key_of = cache(key_of)  # picture, title and "read more" lead to one address
    index = SelectorIndex(page.root)
    edges: list[HtmlElement] = index.match(shape.module)[:_MOST_BOXES]
    boxes, pagers = (
        [Selector(root=found, type="html") for found in each]
        for each in (edges, index.match(shape.pager)[:_MOST_BOXES])
    )
    pagers = [pager for pager in pagers if not _has_article(pager, base, key_of)]
    for pager in pagers:
        for around in _climb(pager, edges):
            if _has_article(around, base, key_of):
                return ListPage(page, base, _entries(around, shape, base, key_of, is_own), pager)
    if pagers:
        return ListPage(page, base)
    for box in boxes:
        if not _SIDES(box.root) and _has_article(box, base, key_of):
            return ListPage(page, base, _entries(box, shape, base, key_of, is_own))
    return ListPage(page, base)


def read_whole(url: str, html: str, shape: ListShape, key_of: KeyOf) -> ListPage:
    """Read a page or a piece of one in which only links to articles are entries."""
    page, base = _opened(url, html)
    return ListPage(page, base, _entries(page, shape, base, cache(key_of)))


def read_any(url: str, html: str, key_of: KeyOf, links: tuple[str, ...] = ()) -> ListPage:
    """Read a page whose list nobody described: every article that a link with words leads to is an entry.

    `links` are tiers of links that go before, as one skin of the family has them.
    """
    found = read_whole(url, html, replace(_ANY_LINK, links=(*links, *_ANY_LINK.links)), key_of)
    return replace(found, entries=tuple(entry for entry in found.entries if entry.title))


def without_menus(found: ListPage, key_of: KeyOf) -> ListPage:
    """Return a list page without entries that its menus link too: where no address tells them apart, those are sections."""
    addresses = (absolute(found.base, href) for href in found.page.css(_MENUS).xpath("@href")[:_MOST_LINKS].getall())
    menus = frozenset(key_of(url) for url in addresses if url is not None)
    return replace(found, entries=tuple(entry for entry in found.entries if entry.key not in menus))


def _opened(url: str, html: str) -> tuple[Selector, str]:
    try:
        # The tree from which the page was judged.
        page = Selector(root=shared_tree(html), type="html")
    except ExcessiveMarkup as error:
        raise ListingError(f"list rejected: {error}") from None
    try:
        return page, get_base_url(html, url)
    except ValueError:  # `http://[`: a browser passes over it as well
        return page, url


def _entries(
    box: Selector, shape: ListShape, base: str, key_of: KeyOf, is_own: IsOwn | None = None
) -> tuple[Entry, ...]:
    """Return the articles a box links to, each key once: picture, title and "read more" links are one entry."""
    around = frozenset(_matched(box.root, shape.entry))
    days: dict[HtmlElement | None, date | None] = {}
    best: tuple[int, tuple[Entry, ...]] | None = None
    for links in shape.links:
        entries: dict[tuple[str, str | None], Entry] = {}
        own: set[str] = set()
        for link in _matched(box.root, links)[:_MOST_LINKS]:
            url = absolute(base, link.get("href", ""))
            key = key_of(url) if url else None
            if url is None or key is None:
                continue
            entry = _box(link, around)
            record = entry.get(shape.record) if entry is not None and shape.record else None
            if entry not in days:
                days[entry] = _day(entry, shape)
            found = Entry(url, key, _title(link, shape.title), days[entry], record or None)
            before = entries.setdefault((key, found.record), found)
            if before is not found:
                title = _whole(before.title, found.title)
                entries[key, found.record] = replace(before, title=title, day=before.day or found.day)
            if is_own is not None and is_own(Selector(root=link, type="html"), url):
                own.add(key)
        worth = _OWN * len(own) - len(entries)
        if entries and (best is None or worth > best[0]):
            best = worth, tuple(entries.values())
        if entries and is_own is None:
            break
    return best[1] if best else ()


def _climb(pager: Selector, edges: list[HtmlElement]) -> Iterator[Selector]:
    """Yield the boxes around a pager from the inside out, up to the first that is a whole module.

    Where nothing but the page itself is around both, the list is the module right before the pager or its box.
    """
    around = list(reversed(pager.xpath("ancestor-or-self::*")))
    for inner, box in zip([None, *around], around[: _CLIMB + 1], strict=False):
        if box.root.tag in ("body", "html", "form"):
            before = inner.xpath("preceding-sibling::*[1]") if inner is not None else ()
            yield from (module for module in before if module.root in edges)
            return
        yield box
        if box.root in edges and box is not around[0]:
            return


def _has_article(box: Selector, base: str, key_of: KeyOf) -> bool:
    hrefs = (href for link in box.root.iter("a") if (href := link.get("href")) is not None)
    addresses = (absolute(base, href) for href in islice(hrefs, _MOST_LINKS))
    return any(url is not None and key_of(url) is not None for url in addresses)


def _title(link: HtmlElement, inside: str) -> str:
    """Return the words of a link, or of the title inside it, without the number or day around what an attribute names.

    The attribute `title` of an element inside gives its words whole, though the page may show them cut.
    """
    titles = _matched(link, inside) if inside else ()
    titled = next((title for title in titles if title.get("title") or _words(title).strip(" \t\r\n")), link)
    shown, named = (
        fold_spaces(nfc(text)).strip() for text in (_words(titled), titled.get("title") or link.get("title", ""))
    )
    whole = named in shown or (titled is not link and _whole(shown, named) == named)
    title = named if named and whole else _DAY_BEHIND.sub("", shown)
    return next((words for words in (title, named) if words and words.casefold() not in _MORE), "")


def _whole(title: str, other: str) -> str:
    """Return the other title where it is this one uncut, or where this one is empty."""
    begun = title.rstrip("…. ")
    return other if not title or (begun != title and other.startswith(begun)) else title


def _box(link: HtmlElement, boxes: Collection[HtmlElement]) -> HtmlElement | None:
    """Return the innermost entry box around a link."""
    return next((above for above in (link, *link.iterancestors()) if above in boxes), None)


def _day(box: HtmlElement | None, shape: ListShape) -> date | None:
    """Return the day shown in an entry box."""
    for shown in _matched(box, shape.day) if box is not None and shape.day else ():
        stated = shown.get("datetime")
        moment = (read_machine(stated, _ANY_TIME) if stated else None) or _shown_day(_words(shown))
        if moment:
            return moment.day
    lines = _lines(box)[:_BARE_LINES] if box is not None and shape.bare_day else ()
    days = (_shown_day(line) for line in lines if _BARE_DAY.fullmatch(line))
    return next((moment.day for moment in days if moment), None)


def _shown_day(text: str) -> Moment | None:
    text = text.strip(" \r\n\t()")
    return _day_of_line(text) if len(text) <= _LONGEST_KEPT else read_published(text, _ANY_TIME)


@lru_cache(maxsize=256)
def _day_of_line(text: str) -> Moment | None:
    return read_published(text, _ANY_TIME)


def _words(element: HtmlElement) -> str:
    return str(_WORDS(element))


def _lines(element: HtmlElement) -> list[str]:
    return _LINES(element)  # type: ignore[return-value]  # an XPath of texts


def _matched(element: HtmlElement, selector: str) -> list[HtmlElement]:
    return _query(selector)(element)  # type: ignore[return-value]  # an XPath of elements


@lru_cache(maxsize=256)  # a list asks a few of them of every entry
def _query(selector: str) -> XPath:
    return XPath(HTMLTranslator().css_to_xpath(selector))
