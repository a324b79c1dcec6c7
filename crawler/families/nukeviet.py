"""NukeViet (Bình Phước, many departments, communes and fronts).

Recognise: `<meta name="generator" content="NukeViet v4.5">`; `/themes/<name>/`, `/uploads/<module>/YYYY_MM/`; `nv_` names in
scripts; `<link rel="alternate" type="application/rss+xml" href="…/rss/…">`; feeds with `<generator>NukeViet v4.0`.

Portals: none with a spider of its own. Traces: binhphuoc.gov.vn, tayson.binhdinh.gov.vn, ubmttqvn.quangtri.gov.vn, the
science department of Cao Bằng.

[seen] in the product's source (4.5, default theme) and one saved page; sites have themes of their own:
- article `/[vi/]<module>/<category>/<alias>-<id>.html`, the module left out where news is the home module; without rewriting
  `/index.php/<category>/…` or `index.php?language=vi&nv=news&op=…`; a wrong alias redirects to the right one
- list `/<module>/<category>/`, then `…/page-2/`, with `link rel=next` in the head and `ul.pagination`
- list items in `div.news_column`, the first one `div.featured` with `h2`, the others `h3`; `ul.related.list-items` below
- feeds `/<module>/rss/<category>/`, sitemaps by module; a feed's `pubDate` has the month in the place of the minutes
- copies `/print/…`, `/savefile/…`, `/sendmail/…`, whose canonical link is their own; files `<article>?download=1&id=0`
- the hidden `datePublished` is the best machine date, text of a `span`; `article:published_time` is broken; `dateModified`
  repeats the publication; the site's clock `span.current-time` has nearly the article's own form
- an expired article answers 404; an article may be a redirect to another site

[inferred]: that the number alone identifies an article, since a portal has one news module; a further module is
kept apart by naming its section's path.

Widgets: all panels after the first one (tags, rating, comments, `.other-news`), `.news-detail-player`, `#imgpreview`, `.modal`.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from crawler.article_keys import key_in_path
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_whole
from crawler.listings.listing import Listing, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, host_of
from pipelines.article import Layout

_ARTICLE = re.compile(r"(?:/index\.php)?(?:/[^/.]+)+?-(?P<id>\d+)\.html", re.IGNORECASE)
_PAGE = re.compile(r"/page-(?P<number>\d{1,6})/?$")
_LIST = ListShape(
    module="",
    pager="",
    links=(
        ".news_column h2 a, .news_column h3 a, ul.related.list-items a, ul.list-items a",
        ".news_column a.show.h4, div.list-group a.show.h4, .list-group-item a",
        ".news_column a",
    ),
    entry=".news_column > .panel, .news_column .panel, .panel-body, li, .list-group-item",
    day=".text-muted li:first-child, em",
)


class NukeVietSpider(PortalSpider, family="NukeViet"):
    """A portal on NukeViet with the default theme's class names."""

    marks = (
        FamilyMark(MarkKind.GENERATOR, r"NukeViet", 4),
        FamilyMark(MarkKind.SELECTOR, "#news-bodyhtml", 4),
        FamilyMark(MarkKind.SELECTOR, ".news_column", 2),
        FamilyMark(MarkKind.SCRIPT, r"\bnv_[a-z_]+", 2),
        FamilyMark(MarkKind.ADDRESS, r"/uploads/[a-z-]+/\d{4}_\d{2}/", 2),
        FamilyMark(MarkKind.ADDRESS, r"/themes/[a-z0-9_-]+/", 1),
        FamilyMark(MarkKind.ADDRESS, r"/(?:[a-z-]+/)?rss/", 1),
    )
    layouts = (
        Layout(
            name="news-bodyhtml",
            fits="#news-bodyhtml",
            title=("h1.title[itemprop=headline]", "h1[itemprop=headline]", "h1.title"),
            published=(".news_column h1 ~ .row span.h5", "h1 ~ * span.h5", "span[itemprop=datePublished]"),
            lead=(".hometext", "[itemprop=description].hometext"),
            body=("#news-bodyhtml",),
            author=("#news-bodyhtml ~ p.h5.text-right",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=(".news-detail-player", "#imgpreview", ".modal", ".hidden", "ul.counter"),
            attachments=(
                ".news-download-file a[download]",
                '.news-download-file a[href*="download=1"]',
                '#news-bodyhtml a[href$=".pdf"]',
            ),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number before `.html`, whatever module, category and alias."""
        return key_in_path(cls, url, _ARTICLE)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the category's own columns; the next page by `link rel=next`, else by the page links' `page-N`."""
        found = read_whole(url, html, _LIST, cls.entry_key)
        return Listing(found.entries, _following(found.page, found.base, number))


def _following(page: Selector, base: str, number: int) -> str | None:
    """Return the next page of the list: named in the head, or counted up where a page link leads past this one."""
    named = absolute(base, page.css("head link[rel=next]::attr(href)").get(""))
    if named and host_of(named) == host_of(base):
        return named
    shown = (absolute(base, href) for href in page.css("ul.pagination a::attr(href)").getall())
    numbers = [int(found["number"]) for url in shown if url and (found := _PAGE.search(urlsplit(url).path))]
    if not numbers or max(numbers) <= number:
        return None
    path = _PAGE.sub("", urlsplit(base).path).rstrip("/")
    return urljoin(base, f"{path}/page-{number + 1}/")
