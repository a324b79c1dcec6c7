"""VHV (Bình Định, Gia Lai, Hưng Yên, Quảng Ngãi, Lai Châu, Lạng Sơn, the ministry of industry and trade, Thanh Hóa's police).

Recognise: `div.ModuleWrapper[id^=module]`, `VHV.using(` and `VHV.App` in scripts, `/publish/thumbnail/<site>/…`,
`/upload/<site>/…`. Site ids: 2005340 binhdinh, 2005517 moit, 2000066 laichau, 2006516 quangngai.

Portals: binhdinh.gov.vn, gialai.gov.vn, hungyen.gov.vn, laichau.gov.vn, quangngai.gov.vn, langson.gov.vn, moit.gov.vn,
conganthanhhoa.gov.vn.

[seen] in a saved list and article of moit.gov.vn, an older skin and scrapers:
- articles `/tin-tuc/<slug>.html` and `/tin-tuc/<section>/<slug>.html` side by side, the same slug with and without the
  section; hungyen `/<slug>-c<ID>.html`, its lists `/chuyen-muc-<slug>-c<ID>-<page>.html`; fixed pages without `.html`;
  slugs are cut at about 120 characters
- the right column repeats the list's classes: only the module with the pager is the list
- `?page=N` and `?pageNo=N` answer 200 with page 1 again (moit, kcb.vn). The pager is drawn by script; beside it stand a call
  with `itemsPerPage: "12", pageNo: 1, totalItems: 761` and, in base64, the JSON of the module's own request
- that request as JSON: POST `/api/Content/Article/selectAll`, 100 entries a page; `rewriteURL`, `publishTime` in epoch seconds,
  `totalItems` (moit, kcb.vn)
- as HTML: POST `/?module=Content.Listing&moduleId=…&cmd=redraw…`; without the form's content type it answers page 1
- `data-id` on an entry (laichau) is the record's id, 24 hexadecimal digits; `.post-item .post-title h4 a` is its skin
- `.article-content` is the wrapper in the older skin and the body in the newer: `.common-content` first; where no body
  container exists `.brief` is the article; visible time and metadata differ by minutes; `DC.Date` is broken

[inferred]: the slug as key, the record's id as alternate key (`crawler.spider.record_keys`). That other portals than moit and
kcb.vn answer these requests.

Widgets: share bars, `A- A A+`, contrast buttons, `div[id^=audio]`, `.rating`, `Tin nổi bật`, `Tin liên quan`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlencode

from parsel import Selector

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.forms import SCRIPTED, form_field, post_form, with_field
from crawler.listings.html_list import ListPage, ListShape, read_list, read_whole
from crawler.listings.json_api import entry_of, json_of
from crawler.listings.listing import Entry, Following, Listing, ListingError, Section
from crawler.listings.pagination import attribute, next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, host_of, with_parameter
from pipelines.article import Layout
from pipelines.html.addresses import join_address, split_address
from pipelines.html.json_values import number_in, text_value, value_of

_NUMBERED = re.compile(r"(?:/[^/]+)*/[^/]*-c(?P<id>\d{4,})\.html", re.IGNORECASE)
_PLAIN = re.compile(r"(?:/[^/]+)*/(?P<slug>[^/]+)\.html")
_LIST_PAGE = re.compile(r"(?P<before>.*-c\d+-)(?P<number>\d+)\.html")
_FORBIDDEN = frozenset({"data", "lib", "packages", "portals", "pages", "1"})  # moit's robots.txt
_COUNTS = re.compile(r"itemsPerPage\W+(?P<per>\d{1,18})\W+pageNo\W+\d+\W+totalItems\W+(?P<total>\d{1,18})")
_MODULE = re.compile(r"eyJ[\w+/]{20,8000}={0,2}")  # base64 of `{"`
_SITE = re.compile(r"/(?:publish/thumbnail|upload|css/[\d.]+)/(\d{4,8})/")
_SELECT = "/api/Content/Article/selectAll"
_PER_PAGE = "100"  # as readers of moit and kcb.vn asked
_NEWS = "Article.News"
_LIST = ListShape(
    module="div.ModuleWrapper, section.section-list, section[class*=Article-Detail]",
    pager=".wrapper-pagination, .default-pagination, [id^=pagination], ul.pagination, div.col-center:has(> a.next)",
    links=(
        ".post-title a, article[data-id] h2 a, a.article-title, h2.entry-title a, h3.entry-title a, h4.entry-title a, .news-title a, "
        ".title-news-listType10 a, a.common-title",
        "div.item a",
    ),
    entry="article, .post-item, .item-new, .news-item, [class^=news-listType], div.item",
    day=".article-date, time.post-date, .time-news, .time",
    record="data-id",
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

    list_interface = f"POST {_SELECT}"

    marks = (
        FamilyMark(MarkKind.SELECTOR, "div.ModuleWrapper[id^=module]", 4),
        FamilyMark(MarkKind.SCRIPT, r"VHV\.(?:using\(|App)", 4),
        FamilyMark(MarkKind.ADDRESS, r"/publish/thumbnail/\d+/", 2),
        FamilyMark(MarkKind.ADDRESS, r"/upload/\d{7}/", 2),
        FamilyMark(MarkKind.ADDRESS, r"no-image-news\.png", 1),
    )

    layouts = _LAYOUTS
    redraws: ClassVar[bool] = False
    """True where a list goes on by the HTML of its module (`cmd=redraw`) instead of JSON."""

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
        """Read the module around the pager; the next page by the address's number, else by the module's own request.

        Where a page names no request, its links and counts lead on by `?page=N`: a portal that answers them with page 1
        again is noticed by the walk.
        """
        found = read_list(url, html, _LIST, cls.entry_key)
        per_page, total = _counts(found) or (0, None)
        ended = total is not None and number * per_page >= total
        following: Following | None = _next_numbered(url, found)
        if following is None and found.pager is not None and not ended:
            following = _first_request(url, html, found.pager, section, redraws=cls.redraws)
        following = (
            following
            or _linked(found)
            or next_by_parameter(found.pager, found.base, number, lambda name: name == "page")
        )
        if following is None and found.entries and not ended and _is_drawn(found.pager):
            following = with_parameter(url, "page", str(number + 1))
        return Listing(found.entries, following, total=total)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read a page of the module's request: records of JSON up to their count, or HTML until a page is empty."""
        if not asked.json:
            shown = read_whole(url, text, _LIST, cls.entry_key).entries
            return Listing(shown, _next_records(asked, len(shown), None))
        value = json_of(text)
        items = value.get("items") if isinstance(value, dict) else None
        if not isinstance(items, (dict, list)):
            raise ListingError("JSON rejected: no `items`")
        records = [each for each in (items.values() if isinstance(items, dict) else items) if isinstance(each, dict)]
        entries: dict[str, Entry] = {}
        for record in records:
            path = text_value(record, "rewriteURL")
            address = absolute(url, path if "://" in path else f"/{path.lstrip('/')}")
            entry = entry_of(cls, address, record, "title", "publishTime")
            if entry is not None:
                entries.setdefault(entry.key, entry)
        total = number_in(value, "totalItems")
        return Listing(tuple(entries.values()), _next_records(asked, len(records), total), total=total)


def _linked(found: ListPage) -> str | None:
    for link in found.pager.css("a.next-pages[href], a.next[href]") if found.pager else ():
        url = absolute(found.base, attribute(link, "href"))
        if url and host_of(url) == host_of(found.base) and url != found.base:
            return url
    return None


def _next_numbered(url: str, found: ListPage) -> str | None:
    """Return the next page (hungyen): `…-c21073-1.html` leads to `…-c21073-2.html`, unless all links lead back."""
    own = _LIST_PAGE.fullmatch(url)
    if own is None:
        return None
    hrefs = found.pager.css("a::attr(href)").getall() if found.pager else []
    links = [there for href in hrefs if (there := absolute(found.base, href)) is not None]
    shown = [int(match["number"]) for there in links if (match := _LIST_PAGE.fullmatch(split_address(there).path))]
    number = int(own["number"])
    return None if shown and max(shown) <= number else f"{own['before']}{number + 1}.html"


def _is_drawn(pager: Selector | None) -> bool:
    """Return whether the page links are left to a script."""
    return pager is not None and bool(_module_id(pager)) and not pager.css("a")


def _module_id(pager: Selector | None) -> str:
    return re.sub(r"\D", "", attribute(pager, "id")) if pager is not None else ""


def _counts(found: ListPage) -> tuple[int, int] | None:
    """Return entries a page and entries of the list, as a script of its module gives them; None where none does."""
    if found.pager is None:
        return None
    own_id = _module_id(found.pager)
    calls: list[tuple[int, re.Match[str]]] = []
    for script in found.page.css("script::text").getall():
        named = [match.start() for match in re.finditer(rf"(?<!\d){own_id}(?!\d)", script)] if own_id else []
        counts = _COUNTS.finditer(script)
        calls += [(min((abs(call.start() - at) for at in named), default=10**9), call) for call in counts]
    if not calls:
        return None
    # A page has several modules: the call that stands nearest to this module's id is its own.
    nearest = min(calls, key=lambda each: each[0])[1]
    return int(nearest["per"]), int(nearest["total"])


def _modules(text: str) -> Iterator[dict[str, str]]:
    """Yield the requests of modules that list articles, which stand in a page as JSON in base64."""
    for match in _MODULE.finditer(text):
        try:
            value = value_of(base64.b64decode(f"{match[0]}==").decode())
        except ValueError:  # no base64, no UTF-8 or no JSON
            continue
        if isinstance(value, dict) and text_value(value, "service").endswith(".selectAll"):
            yield {name: text for name in value if (text := text_value(value, name))}


def _first_request(url: str, html: str, pager: Selector, section: Section, *, redraws: bool) -> ListRequest | None:
    """Return the request of the list's module for its first hundred entries; None where the page does not give it.

    It shows the page's entries again: with another size of page, the second would not begin where this one ends.
    """
    box = pager.xpath("ancestor::*[contains(@class, 'ModuleWrapper')][1]").get() or ""
    found = list(_modules(box)) or list(_modules(html))
    alone = len({each.get("categoryId") for each in found}) == 1
    module = {**(found[0] if alone else {}), **dict(section.asks)}
    category = module.get("categoryId")
    if not category:
        return None
    fields = {
        "categoryId": category,
        "pageNo": "1",
        "itemsPerPage": _PER_PAGE,
        "orderBy": module.get("orderBy", "publishTime DESC"),
        "type": module.get("type", _NEWS),
    }
    headers = (SCRIPTED, ("Referer", url))
    if not redraws:
        return post_form(join_address(url, _SELECT), fields.items(), headers, json=True)
    own_id, page = module.get("moduleId") or _module_id(pager), module.get("page", f"{_NEWS}.list")
    sites = _SITE.findall(html)
    query = {
        "module": "Content.Listing",
        "moduleId": own_id,
        "cmd": "redraw",
        "site": module.get("site") or max(sites, key=sites.count, default=""),
        "url_mode": "rewrite",
        "submitFormId": own_id,
        "page": page,
    }
    form = {"phpModuleName": "Content.Listing", **module, "parentId": category, "page": page, **fields}
    return post_form(join_address(url, f"/?{urlencode(query)}"), form.items(), headers)


def _next_records(asked: ListRequest, shown: int, total: int | None) -> ListRequest | None:
    """Return the request after a page of `shown` records; a portal that gives fewer than asked is asked for as many."""
    page, per = int(form_field(asked, "pageNo") or 1), int(form_field(asked, "itemsPerPage") or 1)
    if not shown:
        return None
    if page == 1 and shown < per:
        per = shown
    if total is not None and page * per >= total:
        return None
    return with_field(with_field(asked, "pageNo", str(page + 1)), "itemsPerPage", str(per))
