"""NukeViet (Đồng Nai with its departments and communes, before it Bình Phước; many departments, communes and fronts).

Recognise: `<meta name="generator" content="NukeViet v4.5">`; `/themes/<name>/`, `/uploads/<module>/YYYY_MM/`; `nv_` names in
scripts; `<link rel="alternate" type="application/rss+xml" href="…/rss/…">`; feeds with `<generator>NukeViet v4.0`.

Portals: dongnai.gov.vn. Traces: binhphuoc.gov.vn, tayson.binhdinh.gov.vn, ubmttqvn.quangtri.gov.vn, the science department of
Cao Bằng.

[seen] in the product itself, installed and filled (4.5, default and mobile theme), and in one saved page; sites have themes of
their own:
- article `/[vi/]<module>/<category>/<alias>-<id>.html`, the module left out where news is the home module; without rewriting
  `/index.php?language=vi&nv=<module>&op=<category>/<alias>-<id>.html`; a wrong alias redirects to the right one
- list `/<module>/<category>/`, then `…/page-2/`, with page links in `ul.pagination`; without rewriting `op=<category>/page-2`
- a category is shown by one of ten views: columns `.news_column` (page, grid, main), `.list-group` (list), `ul.related` below
- feeds `/[vi/]<module>/rss/<category>/` (read at xuanloc.dongnai.gov.vn in 2026), sitemaps by module; a feed's `pubDate` has the
  month in the place of the minutes
- copies `/print/…`, `/savefile/…`, `/sendmail/…`, whose canonical link is their own; files `<article>?download=1&id=0`
- the hidden `datePublished` is the best machine date, text of a `span`; `article:published_time` is broken; `dateModified`
  repeats the publication; the site's clock `span.current-time` has nearly the article's own form
- an expired article answers 404; an article may be a redirect to another site
- dongnai, in addresses of 2025 and 2026: `/vi/news/<category>/<alias>-<id>.html`, English `/en/news/<Category>/…` with ids of its
  own; pictures `/uploads/<site>/news/YYYY/MM/…` and `cdn.<host>/uploads/<site>/news/YYYY_MM/…`, the front's own site `binhphuoc`
- `?nvvithemever=m&nv_redirect=…` stores the mobile theme in a cookie; phones get that theme by their name

[inferred]: that the number alone identifies an article of the news module. A module is known by a section's path or by its
name `news`; the number behind any other first part of a path counts together with that part.

Widgets: all panels after the first one (tags, rating, comments, `.other-news`), `.news-detail-player`, `#imgpreview`, `.modal`.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import unquote

from parsel import Selector

from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Listing, Section, SectionKind
from crawler.listings.pagination import next_by_number
from crawler.listings.witness import Witness
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, as_key, host_of, parameters
from pipelines.article import Layout
from pipelines.html.addresses import split_address

_ARTICLE = re.compile(r"(?P<above>(?:[^/.]+/)+)[^/]*?-(?P<id>\d+)\.html", re.IGNORECASE)
_PAGE = re.compile(r"(?:/|=)page-(?P<number>\d{1,6})(?=/?$|&)")
_NEWS = "news"
# Modules of the product that hold no news, and functions of the news module that show no article of their own.
_MODULES = frozenset(
    "about admin banners comment contact feeds freecontent menu page seek siteterms statistics two-step-verification users "
    "voting".split()
)
_FUNCTIONS = frozenset("author content groups instant-rss print rating rss savefile search sendmail tag topic".split())
_LIST = ListShape(
    module=":has(> .news_column), :has(> .list-group > a.show)",
    pager="ul.pagination",
    links=(
        ".news_column h2 a, .news_column h3 a, .news_column a:has(> h4), .list-group > a, ul.related a",
        ".news_column a, .list-group a, ul.related a, ul.list-items:not([class*=tophits]) a",
        "a",
    ),
    entry=".panel-body:not(:has(.panel-body)), .list-group > a, li",
    day=".text-muted li:first-child, em",
)


def _layout(
    name: str, body: str, published: tuple[str, ...], lead: tuple[str, ...], featured: tuple[str, ...]
) -> Layout:
    return Layout(
        name=name,
        fits=body,
        title=("h1.title[itemprop=headline]", "h1[itemprop=headline]", "h1.title"),
        published=(*published, "span[itemprop=datePublished]"),
        lead=lead,
        body=(body,),
        author=(
            f"{body} ~ p.h5.text-right",
            f"{body} ~ * > p.h5.text-right",
            f"{body} ~ p.text-right:has(> strong:first-child)",
        ),
        captions=("figcaption", *CENTRED_CAPTIONS),
        featured=featured,
        drop=(".news-detail-player", "#imgpreview", ".modal", ".hidden", "ul.counter"),
        attachments=(
            ".news-download-file a[download]",
            '.news-download-file a[href*="download=1"]',
            f'{body} a[href$=".pdf"]',
        ),
    )


class NukeVietSpider(PortalSpider, family="NukeViet"):
    """A portal on NukeViet with the class names of its default themes."""

    marks = (
        FamilyMark(MarkKind.GENERATOR, r"NukeViet", 4),
        FamilyMark(MarkKind.SELECTOR, "#news-bodyhtml", 4),
        FamilyMark(MarkKind.SELECTOR, ".news_column", 2),
        FamilyMark(MarkKind.SCRIPT, r"\bnv_[a-z_]+", 2),
        FamilyMark(MarkKind.ADDRESS, r"/uploads/(?:[a-z0-9-]+/)?[a-z-]+/\d{4}_\d{2}/", 2),
        FamilyMark(MarkKind.ADDRESS, r"/themes/[a-z0-9_-]+/", 1),
        FamilyMark(MarkKind.ADDRESS, r"/(?:[a-z-]+/)?rss/", 1),
    )
    layouts = (
        _layout(
            "news-bodyhtml",
            "#news-bodyhtml",
            published=(".news_column h1 ~ .row span.h5", "h1 ~ * span.h5"),
            lead=(".hometext", "[itemprop=description].hometext"),
            featured=("figure.article",),
        ),
        _layout(
            "mobile",
            "h1[itemprop=headline] ~ .bodytext",
            published=("h1 ~ em.time", "h1 ~ * em.time"),
            lead=("#hometext [itemprop=description]", ".hometext"),
            featured=("#hometext .imghome", "figure.article"),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number before `.html`; behind an undeclared part of the path, that part and the number.

        None for other modules, for copies and for lists.
        """
        address = own_address(cls, url)
        if address is None:
            return None
        found = _ARTICLE.fullmatch("/".join(_route(address.path, address.query)))
        if found is None:
            return None
        parts, number = found["above"].strip("/").lower().split("/"), found["id"]
        if parts[0] in _MODULES or not _FUNCTIONS.isdisjoint(parts):
            return None
        modules, categories = _declared(cls)
        if parts[0] in modules or parts[-1] in categories or not (modules or categories):
            return address.site + number
        return f"{address.site}{parts[0]}/{number}"

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the category's own column; the next page by `link rel=next`, else by the page links' `page-N`."""
        category = _route(*_split(section.path))[-1:]

        def is_own(_link: Selector, there: str) -> bool:
            return _route(*_split(there))[-2:-1] == category

        found = read_list(url, html, _LIST, cls.entry_key, is_own if category else None)
        named = absolute(found.base, found.page.css("head link[rel=next]::attr(href)").get(""))
        if named and host_of(named) == host_of(found.base):
            return Listing(found.entries, named)
        return Listing(found.entries, next_by_number(found.pager, found.base, number, _PAGE))

    @classmethod
    def witnesses(cls, day: date) -> tuple[Witness, ...]:
        """Return the declared feed, else that of one section's category: each section's in turn, another one every night."""
        if cls.feed:
            return super().witnesses(day)
        feeds = [_feed_path(section.path) for section in cls.sections if section.kind is SectionKind.PAGES]
        known = [path for path in feeds if path]
        return (Witness(cls.home + known[day.toordinal() % len(known)]),) if known else ()


def _feed_path(path: str) -> str:
    """Return the path of a category's feed; empty where its address names no module or is not rewritten."""
    above, _, category = path.rstrip("/").rpartition("/")
    return f"{above}/rss/{category}/" if above.strip("/") not in ("", "vi", "en") and "?" not in path else ""


def _split(url: str) -> tuple[str, dict[str, str]]:
    parts = split_address(url)
    return parts.path, dict(parameters(parts.query))


def _route(path: str, query: dict[str, str]) -> tuple[str, ...]:
    """Return module, category and article, as far as an address names them, with rewriting and without."""
    if "nv" in query:
        path = f"/{query['nv']}/{unquote(query.get('op', ''))}"
    parts = [part for part in path.split("/") if part and part.lower() not in ("index.php", "vi")]
    if parts and re.fullmatch(r"page-\d+", parts[-1]):
        parts.pop()
    return tuple(map(as_key, parts))


def _declared(portal: type[PortalSpider]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the modules and the categories that the paths of a portal's sections name."""
    routes = [_route(*_split(section.path)) for section in portal.sections]
    named = [tuple(part for part in route if part != "rss") for route in routes]
    named = [route for route in named if route and not route[-1].endswith(".xml")]
    modules = {route[0] for route in named if len(route) > 1}
    return frozenset(modules | ({_NEWS} if named else set())), frozenset(route[-1].lower() for route in named)
