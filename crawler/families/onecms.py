"""OneCMS (newspapers; very likely the journal of the Ministry of Science and Technology since it absorbed ICTVietnam).

Recognise: pictures and files on `*.1cdn.vn`, `ul.onecms__loading`, `h1.c-detail-head__title`.

Portals: vjst.vn since 2026 [inferred]; ictvietnam.vn, baonghean.vn and other newspapers run on it.

[seen] in eight independent readers of portals on it:
- articles `/<slug>-<id>.html` at the root, at newspapers with eight digits, at vjst.vn with five
- list `ul.onecms__loading li.article__loading a`; more comes by a click on `div.onecms__loadmore a`
- article: `h1.c-detail-head__title`, `span.c-detail-head__time` (`dd/mm/yyyy - HH:MM`), `span.c-detail-head__author`, lead `p.desc`,
  body `div.b-maincontent` in `div.c-news-detail`, or `article.entry`
- longform: the same parts in `.sc-longform-header` as `.block-sc-title`, `.block-sc-publish-time`, `.block-sc-sapo`,
  `.block-sc-author`
- `/sitemap-news.xml` at diendandoanhnghiep.vn

[inferred]: that the number alone identifies an article; that files beside a text stand in `div.c-news-detail` too; the way to the
next page: the button's own address where it has one, else `?page=N` is tried. A portal that ignores it shows page 1 again, and
the walk is incomplete.

Widgets: `div.c-widget-tags.onecms__tags`, `div.sc-hightlight-box`, `div.c-box`, `div.sc-empty-layer`.
"""

from __future__ import annotations

import re
from typing import ClassVar

from parsel import Selector

from crawler.article_keys import key_in_path
from crawler.downloader.state_links import changes_state
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_whole
from crawler.listings.listing import Following, Listing, Section
from crawler.listings.load_more import next_piece
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, host_of, with_parameter
from pipelines.article import Layout

_ARTICLE = re.compile(r"/[^/]+-(?P<id>\d{5,})\.html", re.IGNORECASE)
_BUTTON = "div.onecms__loadmore a"
_LIST = ListShape(
    module="",
    pager="",
    links=("ul.onecms__loading li.article__loading a", "li.article__loading a"),
    entry="li.article__loading",
)
_DROP = (
    "div.c-widget-tags",
    ".onecms__tags",
    "div.sc-longform-header",
    "div.sc-hightlight-box",
    "div.c-box",
    "div.sc-empty-layer",
)
_BODY = ("div.c-news-detail div.b-maincontent", "div.b-maincontent", "article.entry")


class OneCMSSpider(PortalSpider, family="OneCMS"):
    """A portal whose articles are `/<slug>-<id>.html`."""

    marks: ClassVar[tuple[FamilyMark, ...]] = (
        FamilyMark(MarkKind.ADDRESS, r"//(?:[a-z0-9-]+\.)*1cdn\.vn/", 4),
        FamilyMark(MarkKind.SELECTOR, "ul.onecms__loading", 4),
        FamilyMark(MarkKind.SELECTOR, ".c-detail-head__title", 2),
        FamilyMark(MarkKind.SELECTOR, ".onecms__tags", 2),
    )
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="sc-longform",
            fits="h1.sc-longform-header-title",
            title=("h1.sc-longform-header-title",),
            published=("span.sc-longform-header-date",),
            lead=("p.sc-longform-header-sapo",),
            body=("article.entry", "div.b-maincontent"),
            author=("span.block-sc-author",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=_DROP,
            attachments=("div.c-news-detail",),
        ),
        Layout(
            name="c-news-detail",
            fits="h1.c-detail-head__title",
            title=("h1.c-detail-head__title",),
            published=("span.c-detail-head__time",),
            lead=("div.c-news-detail p.desc", "p.desc"),
            body=_BODY,
            author=("span.c-detail-head__author",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=_DROP,
            attachments=("div.c-news-detail",),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return `html/<id>`: a portal that moved here may have older articles under plain numbers of its former system."""
        number = key_in_path(cls, url, _ARTICLE)
        return f"html/{number}" if number else super().article_key(url)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the list's entries, on a page or in a piece of one; the next page by the button."""
        found = read_whole(url, html, _LIST, cls.entry_key)
        if not found.entries:
            return super().read_listing(url, html, section, number)
        return Listing(found.entries, _more(found.page, found.base, url, number))


def _more(page: Selector, base: str, url: str, number: int) -> Following | None:
    """Return the button's own address or request; `?page=N` where it has neither, None without a button."""
    if not page.css(_BUTTON):
        return None
    for href in page.css(f"{_BUTTON}::attr(href)").getall():
        there = absolute(base, href)
        if there and there != url and host_of(there) == host_of(base) and "#" not in href and not changes_state(there):
            return there
    return next_piece(page, _BUTTON, base) or with_parameter(url, "page", str(number + 1))
