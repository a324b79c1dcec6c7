"""VHV (Bình Định, Gia Lai, Hưng Yên, Lai Châu, the ministry of industry and trade, schools and offices of Ninh Bình).

Recognise: `div.ModuleWrapper[id^=module]`, `VHV.using(` and `VHV.App` in scripts, `/publish/thumbnail/<site>/…`,
`/upload/<site>/…`. Site ids: 2005340 binhdinh, 2005517 moit, 2000066 laichau.

Portals: binhdinh.gov.vn, gialai.gov.vn, hungyen.gov.vn, laichau.gov.vn, moit.gov.vn, conganthanhhoa.gov.vn.

[seen] in a saved list and article of moit.gov.vn, an older skin and scrapers:
- articles `/tin-tuc/<slug>.html` and `/tin-tuc/<section>/<slug>.html` side by side, the same slug with and without the
  section; hungyen `/<slug>-c<ID>.html`, its lists `/chuyen-muc-<slug>-c<ID>-<page>.html`; fixed pages without `.html`
- the right column repeats the list's classes: only the module with the pager is the list
- pagers: `.wrapper-pagination a.next-pages`, `a.next`, `a.last[href*="page="]`; moit's is empty in the HTML, an inline
  call tells `itemsPerPage: "12", pageNo: 1, totalItems: 761`; `?categoryId=` on links means nothing
- `.article-content` is the wrapper in the older skin and the body in the newer: `.common-content` first; where no body
  container exists `.brief` is the article; visible time and metadata differ by minutes; `DC.Date` is broken

[inferred]: the slug as key; `?page=N` where the pager is empty.

Widgets: share bars, `A- A A+`, contrast buttons, `div[id^=audio]`, `.rating`, `Tin nổi bật`, `Tin liên quan`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListPage, ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, host_of, with_parameter
from pipelines.article import Layout

_NUMBERED = re.compile(r"(?:/[^/]+)*/[^/]*-c(?P<id>\d{4,})\.html", re.IGNORECASE)
_PLAIN = re.compile(r"(?:/[^/]+)*/(?P<slug>[^/]+)\.html")
_LIST_PAGE = re.compile(r"(?P<before>.*-c\d+-)(?P<number>\d+)\.html")
_FORBIDDEN = frozenset({"data", "lib", "packages", "portals", "pages", "1"})  # moit's robots.txt
_COUNTS = re.compile(r"itemsPerPage\W+(?P<per>\d+)\W+pageNo\W+\d+\W+totalItems\W+(?P<total>\d+)")
_LIST = ListShape(
    module="div.ModuleWrapper, section.section-list, section[class*=Article-Detail]",
    pager=".wrapper-pagination, .default-pagination, [id^=pagination], ul.pagination, div.col-center:has(> a.next)",
    links=(
        "a.article-title, h2.entry-title a, h3.entry-title a, h4.entry-title a, .news-title a, "
        ".title-news-listType10 a, a.common-title",
        "div.item a",
    ),
    entry="article, .item-new, .news-item, [class^=news-listType], div.item",
    day=".article-date, time.post-date, .time-news, .time",
)

_PUBLISHED = ("span.post-date", ".post-date", "time.post-date")
_AUTHOR = ("div.aritcle-author.author", "div.author")
_CAPTIONS = ("figcaption", *CENTRED_CAPTIONS)
_DROP = (
    "header",
    "div.block_share",
    "div.social-connect",
    "div.network-share",
    ".article-network-share",
    ".fb-share-button",
    ".zalo-share-button",
    "div.button-bookmark",
    "div[id^=audio]",
    "div.rating",
    "#star-rating",
    "div[id^=stringrating]",
    "div.comment",
    "div.show-article",
    "div.relatedArticles",
    "div.relate-news",
    "div.source",
    "span.drash",
    "div.modal",
    ".frame-involve",
    ".frame-tinlquan",
)
_ATTACHMENTS = (
    "a.link-download",
    "a.view-gallery",
    '[onclick*="downloadFile("]',
    'iframe[src*="file="]',
    "div.listfile a",
    "ul.list-download a",
    "div.inline-download a",
    "div.download-type4 a",
    "div.file-attach a",
)

_LAYOUT = Layout(
    name="common-content",
    fits=".article-content.common-content",
    title=("h1.common-title-detail", "h1.title-detail"),
    published=_PUBLISHED,
    lead=(".article-brief.common-brief", ".article-brief"),
    body=(".article-content.common-content",),
    author=_AUTHOR,
    captions=_CAPTIONS,
    drop=_DROP,
    attachments=_ATTACHMENTS,
)
_LAYOUTS = (
    _LAYOUT,
    replace(
        _LAYOUT,
        name="content-detail",
        fits=".content-detail, [itemprop=articleBody]",
        title=("h1.title-detail", "h1[itemprop=headline]"),
        published=(*_PUBLISHED, "meta[itemprop=datePublished]::attr(content)"),
        lead=("div.brief", ".article-brief"),
        body=(".content-detail", "[itemprop=articleBody]"),
    ),
    replace(
        _LAYOUT,
        name="brief-only",
        fits="h1.title-detail ~ .brief, .block-core-a3 > .brief",
        title=("h1.title-detail",),
        lead=(),
        body=("div.brief",),
    ),
    replace(
        _LAYOUT,
        name="article-content",
        fits=".article-content:has(p)",
        title=("h1.title-detail", "h1.article-title", ".article-title"),
        lead=(),
        body=(".article-content",),
        drop=(*_DROP, "h1.title-detail", ".post-date"),
    ),
)


class VHVSpider(PortalSpider, family="VHV"):
    """A portal of VHV."""

    marks = (
        FamilyMark(MarkKind.SELECTOR, "div.ModuleWrapper[id^=module]", 4),
        FamilyMark(MarkKind.SCRIPT, r"VHV\.(?:using\(|App)", 4),
        FamilyMark(MarkKind.ADDRESS, r"/publish/thumbnail/\d+/", 2),
        FamilyMark(MarkKind.ADDRESS, r"/upload/\d{7}/", 2),
        FamilyMark(MarkKind.ADDRESS, r"no-image-news\.png", 1),
    )

    layouts = _LAYOUTS

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number after the last `-c` of at least four digits, else the last segment without `.html`."""
        address = own_address(cls, url)
        if address is None or address.query.get("page") in ("search", "login", "register"):
            return None
        segments = address.path.split("/")
        if segments[1] in _FORBIDDEN or segments[-1].startswith("chuyen-muc-") or _LIST_PAGE.fullmatch(address.path):
            return None
        numbered = _NUMBERED.fullmatch(address.path)
        if numbered:
            return address.site + numbered["id"]
        plain = _PLAIN.fullmatch(address.path)
        return address.site + plain["slug"] if plain and plain["slug"] not in ("index", "default") else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the pager; the next page by its link, the address's number, or the module's counts."""
        found = read_list(url, html, _LIST, cls.entry_key)
        following = (
            _linked(found)
            or next_by_parameter(found.pager, found.base, number, lambda name: name == "page")
            or _next_numbered(url, found)
            or _next_by_total(url, found, number)
        )
        return Listing(found.entries, following)


def _linked(found: ListPage) -> str | None:
    for link in found.pager.css("a.next-pages[href], a.next[href]") if found.pager else ():
        url = absolute(found.base, link.attrib["href"])
        if url and host_of(url) == host_of(found.base) and url != found.base:
            return url
    return None


def _next_numbered(url: str, found: ListPage) -> str | None:
    """Return the next page (hungyen): `…-c21073-1.html` leads to `…-c21073-2.html`, unless all links lead back."""
    own = _LIST_PAGE.fullmatch(url)
    if own is None:
        return None
    hrefs = found.pager.css("a::attr(href)").getall() if found.pager else []
    shown = [int(match["number"]) for href in hrefs if (match := _LIST_PAGE.fullmatch(urlsplit(href).path))]
    number = int(own["number"])
    return None if shown and max(shown) <= number else f"{own['before']}{number + 1}.html"


def _next_by_total(url: str, found: ListPage, number: int) -> str | None:
    """Return the next page (moit) of an empty pager whose module has the count of articles in a script."""
    if found.pager is None or found.pager.css("a"):
        return None
    own_id = re.sub(r"\D", "", found.pager.attrib.get("id", ""))
    calls: list[tuple[int, re.Match[str]]] = []
    for script in found.page.css("script::text").getall():
        named = [match.start() for match in re.finditer(rf"(?<!\d){own_id}(?!\d)", script)] if own_id else []
        counts = _COUNTS.finditer(script)
        calls += [(min((abs(call.start() - at) for at in named), default=10**9), call) for call in counts]
    if not calls:
        return None
    # A page has several modules: the call that stands nearest to this module's id is its own.
    nearest = min(calls, key=lambda each: each[0])[1]
    if number * int(nearest["per"]) >= int(nearest["total"]):
        return None
    return with_parameter(url, "page", str(number + 1))
