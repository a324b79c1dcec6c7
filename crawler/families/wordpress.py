"""WordPress (the police of Quảng Trị, communes, schools of Ninh Bình since 2026).

Recognise: `/wp-content/`, `/wp-json/`, `<meta name="generator" content="WordPress …">` [inferred]; tagDiv's classes `.td-…` at
congan.quangtri.gov.vn [seen].

Portals: none with a spider of its own. Traces: congan.quangtri.gov.vn, communes with `/category/<slug>/`, schools of Ninh Bình.

[seen] mentions only: `content.rendered` of the posts interface can be empty, and the JSON can be followed by an injected
`<div class="stealth">`; dates of one site `29 Tháng 7, 2025`.

[inferred]: addresses `/<slug>/`, `/YYYY/MM/DD/<slug>/` and `?p=<id>`; the slug as key, since the post's number is not in
its address; lists `/category/<slug>/` and `/category/<slug>/page/N/`; feed `/feed/`; every class name below (WordPress's own
`post_class` and block classes, tagDiv's `.td-post-content`, `.entry-title`).

Widgets: `.sharedaddy`, `.td-post-sharing`, `.jp-relatedposts`, `.td_block_related_posts`.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from crawler.article_keys import is_section_path, own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListPage, ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, host_of
from pipelines.article import Layout

_POST = re.compile(r"(?:/index\.php)?(?:/\d{4}/\d{2}(?:/\d{2})?)?/(?P<slug>[^/.]+?)(?:\.html)?/?")
_NO_POSTS = frozenset(
    "category tag author page feed wp-content wp-json wp-admin wp-login.php wp-includes search index.php".split()
)
_PAGE = re.compile(r"/page/(?P<number>\d{1,6})/?$")
_LIST = ListShape(
    module="main, #main, .td-main-content, .site-main, #content",
    pager=".nav-links, .page-nav, .pagination, .wp-pagenavi, .navigation",
    links=(".entry-title a, .td-module-title a, h2 a, h3 a",),
    entry="article, .td_module_wrap, .post, .td-block-span6",
    day="time.entry-date, .td-post-date time, .entry-date, .posted-on",
)
_DROP = (
    ".sharedaddy",
    ".td-post-sharing",
    ".jp-relatedposts",
    ".td_block_related_posts",
    ".td-a-rec",
    ".stealth",
    ".wp-block-file",
    "#comments",
)


def _layout(name: str, body: str) -> Layout:
    return Layout(
        name=name,
        fits=body,
        title=("h1.entry-title", ".td-post-title h1", "article h1"),
        published=(
            ".td-post-title time.entry-date",
            "article time.entry-date",
            "article .posted-on",
            "time.entry-date",
        ),
        body=(body,),
        author=(".author-name",),
        captions=("figcaption", ".wp-caption-text", *CENTRED_CAPTIONS),
        drop=_DROP,
        attachments=(f'{body} a[href*="/wp-content/uploads/"][href$=".pdf"]', f"{body} .wp-block-file a"),
    )


class WordPressSpider(PortalSpider, family="WordPress"):
    """A portal on WordPress whose posts have names as addresses."""

    marks = (
        FamilyMark(MarkKind.SELECTOR, '[class^="td-"], [class*=" td-"]', 2),
        FamilyMark(MarkKind.ADDRESS, r"/wp-content/", 1),
        FamilyMark(MarkKind.ADDRESS, r"/wp-json/", 1),
        FamilyMark(MarkKind.GENERATOR, r"WordPress", 1),
        FamilyMark(MarkKind.ADDRESS, r"/category/[^/]+/", 2),
    )
    layouts = (_layout("td-post-content", ".td-post-content"), _layout("entry-content", ".entry-content"))

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the slug, with or without the day before it; `?p=<id>` as `p/<id>`; None for sections and pages."""
        address = own_address(cls, url)
        if address is None:
            return None
        if address.path in ("/", "") and address.query.get("p", "").isdecimal():
            return f"{address.site}p/{address.query['p']}"
        post = _POST.fullmatch(address.path)
        if (
            post is None
            or not _NO_POSTS.isdisjoint(address.path.lower().split("/"))
            or is_section_path(cls, address.path)
        ):
            return None
        return address.site + post["slug"]

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the page links; the next page by `/page/N/` where a link leads past this one."""
        found = read_list(url, html, _LIST, cls.entry_key)
        return Listing(found.entries, _following(found, number))


def _following(found: ListPage, number: int) -> str | None:
    links = found.pager.css("a::attr(href)").getall() if found.pager else []
    shown = [url for href in links if (url := absolute(found.base, href)) and host_of(url) == host_of(found.base)]
    numbers = [int(page["number"]) for url in shown if (page := _PAGE.search(urlsplit(url).path))]
    if not numbers or max(numbers) <= number:
        return None
    path = _PAGE.sub("", urlsplit(found.base).path).rstrip("/")
    return urljoin(found.base, f"{path}/page/{number + 1}/")
