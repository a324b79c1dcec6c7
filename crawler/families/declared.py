"""Portals of no known family: the spider file itself declares where lists, page links, key and article parts stand.

Recognise: nothing; `scrapy probe` falls back to it when no family reads the portal, and proposes what it found by structure.

Portals: those that a system of their own serves.

[seen] nothing is assumed of the product: a portal says `structure` and `layouts` for itself.

[inferred]: that the next page is the link a reader would follow: `rel=next`, the number after this one, or the words
`Trang sau`, `Tiếp`; where a portal counts its pages in a parameter without linking them, `structure.counts` names it, and where
a list grows by a button or a form, `structure.more` selects it.

Widgets: those of the portal, dropped by its own layouts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from parsel import Selector

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.downloader.state_links import changes_state
from crawler.listings.html_list import ListShape, read_whole
from crawler.listings.listing import Following, Listing, Section
from crawler.listings.load_more import count_up, is_more, next_piece, read_piece
from crawler.listings.pagination import attribute
from crawler.portal import PortalSpider
from crawler.urls import absolute, host_of, parameters, real_host, with_parameter
from pipelines.article import Layout
from pipelines.html.addresses import split_address
from vietnam.letters import fold

_NEXT = frozenset(
    (
        "tiếp",
        "tiếp theo",
        "sau",
        "trang sau",
        "trang tiếp",
        "trang tiếp theo",
        "trang kế",
        "kế tiếp",
        "next",
        "xem tiếp",
    )
)
_ONLY_ARROWS = frozenset({"›", ">", "→"})  # `»` often leads to the last page
_MORE = 4  # the rank of `Xem thêm`
_AROUND = " \u00a0»›>→.«‹<[]()"


@dataclass(frozen=True, slots=True)
class Structure:
    """Place of a list's parts in a portal's own system.

    `article` is a regular expression that matches an article's whole path; its group `key` is the article's key. With
    `query`, the name of a parameter in lower case, it matches the path with `?name=value` behind it. `links` are CSS
    selectors of the entries' links, already bound to the section's own list; `entry` is the box of one entry and `day`
    its date in that box. `pager` holds the page links (empty: anywhere on the page). `counts` is a query parameter that
    pages by number without being linked, `first` its value on the first page. `more` selects the button or form of a
    list that grows in place; then `counts` counts its pieces, and `json` is set when they come as JSON.
    """

    article: str
    links: tuple[str, ...]
    query: str = ""
    entry: str = ""
    day: str = ""
    pager: str = ""
    counts: str = ""
    first: int = 1
    more: str = ""
    json: bool = False

    def __post_init__(self) -> None:
        if "key" not in re.compile(self.article).groupindex:
            raise ValueError(f"`article` needs a group named key, found {self.article!r}")


class DeclaredSpider(PortalSpider, family="declared by the portal"):
    """A portal whose file declares everything itself: `structure` and `layouts`."""

    layouts = (Layout(name="declared", fits="article h1", title=("article h1",), published=(), body=("article",)),)
    structure: ClassVar[Structure] = Structure(article=r"/(?P<key>[^/]+)\.html", links=("article a",))

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the group `key` of the declared pattern; the query counts where the pattern names one."""
        address = own_address(cls, url)
        if address is None:
            return None
        structure = cls.structure
        path = (
            f"{address.path}?{structure.query}={address.query.get(structure.query, '')}"
            if structure.query
            else address.path
        )
        match = re.fullmatch(structure.article, path)
        return address.site + match["key"] if match and match["key"] else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the declared entries; the next page by its links, else by its button, else by its count."""
        structure = cls.structure
        found = read_whole(url, html, cls._shape(structure.links), cls.entry_key)
        following: Following | None = next_page(found.page, structure.pager, url, found.base, number)
        if following is None and structure.more:
            following = next_piece(found.page, structure.more, found.base, json=structure.json)
        elif following is None and structure.counts and found.entries:
            following = with_parameter(url, structure.counts, str(structure.first + number))
        return Listing(found.entries, following)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read a piece of a list that grows: a page of it, rows of HTML, or JSON; counts on until nothing comes."""
        structure = cls.structure
        piece = read_piece(text, url, cls.entry_key)
        entries, html = piece if piece is not None else ((), text)
        button = None
        for links in ((structure.links, ("a",)) if piece is None else (("a",),)) if html else ():
            found = read_whole(url, html, cls._shape(links), cls.entry_key)
            button = next_piece(found.page, structure.more, found.base, json=structure.json) if structure.more else None
            entries = entries or found.entries
            if entries:
                break
        if not entries or (piece is None and button is None and "</html" in text[-2000:].lower()):
            return Listing(entries)  # a whole page without the button is the last one
        return Listing(entries, button or count_up(asked, structure.counts, number))

    @classmethod
    def _shape(cls, links: tuple[str, ...]) -> ListShape:
        return ListShape(module="", pager="", links=links, entry=cls.structure.entry or "li", day=cls.structure.day)


def next_page(page: Selector, pager: str, url: str, base: str, number: int) -> str | None:
    """Return the address of the page after page `number`, as a reader finds it; None where nothing leads on.

    The number itself goes before `rel=next` and words: a window's "next" may skip the pages that it does not show.
    """
    best: tuple[int, str] | None = None
    for box in page.css(pager) if pager else [page]:
        for link in box.css("a[href]"):
            rank = _rank(link, number)
            there = absolute(base, attribute(link, "href")) if rank is not None else None
            if rank == _MORE and there is not None and not _counts(url, there, number + 1):
                continue
            if rank is None or there is None or not _same(there, base) or there == url or changes_state(there):
                continue
            if split_address(there).path == "/" and not split_address(there).query:
                continue
            if best is None or rank < best[0]:
                best = (rank, there)
    if best is None:
        href = page.css("link[rel=next]::attr(href)").get()
        there = absolute(base, href) if href else None
        return there if there and there != url and _same(there, base) else None
    return best[1]


def _same(one: str, other: str) -> bool:
    return real_host(host_of(one)).removeprefix("www.") == real_host(host_of(other)).removeprefix("www.")


def _rank(link: Selector, number: int) -> int | None:
    """Rank how surely a link leads to the next page: 0 its number, 1 `rel=next`, 2 words, 3 an arrow, 4 `Xem thêm`."""
    raw = " ".join("".join(link.xpath(".//text()").getall()).split())
    if raw.strip(_AROUND) == str(number + 1) or fold(raw) == f"trang {number + 1}":
        return 0
    if "next" in attribute(link, "rel").lower().split():
        return 1
    word = fold(raw).strip(_AROUND)
    named = fold(f"{attribute(link, 'title')} {attribute(link, 'aria-label')}").strip(_AROUND)
    if word in _NEXT or named in _NEXT:
        return 2
    if raw.strip() in _ONLY_ARROWS:
        return 3
    return _MORE if is_more(raw) else None


def _counts(url: str, there: str, number: int) -> bool:
    """Return whether an address is a list's own with the page's number: `Xem thêm` stands below every entry too."""
    own, other = split_address(url), split_address(there)
    if other.path.rstrip("/") == own.path.rstrip("/"):
        return any(value == str(number) for _, value in parameters(other.query))
    behind = other.path.removeprefix(own.path.rstrip("/"))
    return behind != other.path and bool(re.fullmatch(rf"[/-](?:page|trang|p)?[/-]?{number}(?:/|\.\w+)?", behind))
