"""Read the entries of a list page from the one module that is the list.

The side columns of these portals repeat the list's classes for other sections, and menus match any pattern of article
addresses. Only the list has a pager, so the module around the pager is the list. Inside it the tier of links counts
that covers the section's own articles and brings the fewest of others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from parsel import Selector
from w3lib.html import get_base_url

from crawler.listings.listing import Entry, KeyOf
from crawler.urls import absolute
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
_SIDES = "aside, nav, header, footer, [class*=right], [class*=sidebar], [id*=right], [id*=sidebar]"
_OWN = 4  # entries of others that one more of the section's own may bring along
_MORE = frozenset({"xem thêm", "xem tiếp", "chi tiết", "xem chi tiết", "đọc tiếp", "đọc thêm", "read more", "»"})
_MENUS = ", ".join(
    f"{box} a[href]"
    for box in ("nav", "footer", '[role="navigation"]', '[class^="menu"]', '[class*=" menu"]', '[class*="breadcrumb"]')
)
_BARE_LINES = 40  # lines of an entry in which its day is searched
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
    article stands is an empty list, whatever the other columns show.
    """
    page, base = _opened(url, html)
    boxes = page.css(shape.module)[:_MOST_BOXES]
    edges = [box.root for box in boxes]
    pagers = [pager for pager in page.css(shape.pager)[:_MOST_BOXES] if not _has_article(pager, base, key_of)]
    for pager in pagers:
        for around in _climb(pager, edges):
            if _has_article(around, base, key_of):
                return ListPage(page, base, _entries(around, shape, base, key_of, is_own), pager)
    if pagers:
        return ListPage(page, base)
    sides = [side.root for side in page.css(_SIDES)]
    for box in boxes:
        aside = any(above.root in sides for above in box.xpath("ancestor-or-self::*"))
        if not aside and _has_article(box, base, key_of):
            return ListPage(page, base, _entries(box, shape, base, key_of, is_own))
    return ListPage(page, base)


def read_whole(url: str, html: str, shape: ListShape, key_of: KeyOf) -> ListPage:
    """Read a page or a piece of one in which only links to articles are entries."""
    page, base = _opened(url, html)
    return ListPage(page, base, _entries(page, shape, base, key_of))


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
    # The tree from which the page was judged.
    return Selector(root=shared_tree(html), type="html"), get_base_url(html, url)


def _entries(
    box: Selector, shape: ListShape, base: str, key_of: KeyOf, is_own: IsOwn | None = None
) -> tuple[Entry, ...]:
    """Return the articles a box links to, each key once: picture, title and "read more" links are one entry."""
    around = {entry.root: entry for entry in box.css(shape.entry)}
    best: tuple[int, tuple[Entry, ...]] | None = None
    for links in shape.links:
        entries: dict[tuple[str, str | None], Entry] = {}
        own: set[str] = set()
        for link in box.css(links)[:_MOST_LINKS]:
            url = absolute(base, link.attrib.get("href", ""))
            key = key_of(url) if url else None
            if url is None or key is None:
                continue
            entry = _box(link, around)
            record = entry.attrib.get(shape.record) if entry is not None and shape.record else None
            found = Entry(url, key, _title(link, shape.title), _day(entry, shape), record or None)
            before = entries.setdefault((key, found.record), found)
            merged = replace(before, title=_whole(before.title, found.title), day=before.day or found.day)
            entries[key, found.record] = merged
            if is_own is not None and is_own(link, url):
                own.add(key)
        worth = _OWN * len(own) - len(entries)
        if entries and (best is None or worth > best[0]):
            best = worth, tuple(entries.values())
        if entries and is_own is None:
            break
    return best[1] if best else ()


def _climb(pager: Selector, edges: list[object]) -> Iterator[Selector]:
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
    addresses = (absolute(base, href) for href in box.css("a::attr(href)")[:_MOST_LINKS].getall())
    return any(url is not None and key_of(url) is not None for url in addresses)


def _title(link: Selector, inside: str) -> str:
    """Return the words of a link, or of the title inside it, without the number or day around what an attribute names.

    The attribute `title` of an element inside gives its words whole, though the page may show them cut.
    """
    titles = link.css(inside) if inside else ()
    titled = next(
        (title for title in titles if title.attrib.get("title") or title.xpath("normalize-space()").get()), link
    )
    shown, named = (
        fold_spaces(nfc(text)).strip()
        for text in (
            "".join(titled.xpath(".//text()").getall()),
            titled.attrib.get("title") or link.attrib.get("title", ""),
        )
    )
    whole = named in shown or (titled is not link and _whole(shown, named) == named)
    title = named if named and whole else _DAY_BEHIND.sub("", shown)
    return next((words for words in (title, named) if words and words.casefold() not in _MORE), "")


def _whole(title: str, other: str) -> str:
    """Return the other title where it is this one uncut, or where this one is empty."""
    begun = title.rstrip("…. ")
    return other if not title or (begun != title and other.startswith(begun)) else title


def _box(link: Selector, boxes: Mapping[object, Selector]) -> Selector | None:
    """Return the innermost entry box around a link."""
    return next((boxes[above] for above in (link.root, *link.root.iterancestors()) if above in boxes), None)


def _day(box: Selector | None, shape: ListShape) -> date | None:
    """Return the day shown in an entry box."""
    for shown in box.css(shape.day) if box and shape.day else ():
        moment = read_machine(shown.attrib.get("datetime", ""), _ANY_TIME) or _shown_day(
            "".join(shown.xpath(".//text()").getall())
        )
        if moment:
            return moment.day
    lines = box.xpath(".//text()")[:_BARE_LINES].getall() if box and shape.bare_day else ()
    days = (_shown_day(line) for line in lines if _BARE_DAY.fullmatch(line))
    return next((moment.day for moment in days if moment), None)


def _shown_day(text: str) -> Moment | None:
    return read_published(text.strip(" \r\n\t()"), _ANY_TIME)
