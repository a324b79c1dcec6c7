r"""Drupal (An Giang, Phú Thọ, district portals of An Giang, the science department of Lạng Sơn).

Recognise: `/sites/default/files/` [seen]; `<meta name="Generator" content="Drupal 10 …">`, `data-history-node-id` [inferred].

Portals: angiang.gov.vn, phutho.gov.vn. Traces: district portals of An Giang (Drupal 10), sokhcn.langson.gov.vn.

[seen] in the exported configuration and the theme of one portal, no rendered page:
- the alias is made of the title alone, at most 100 characters, at the root, without a number; English stop words vanish
  from it (Vietnamese `an`, `to`, `in`, `by`, `at`, `up`); when a title is edited the alias is replaced and the old one deleted
- also `/node/<nid>`; sections `/taxonomy/term/<tid>`, their feeds `…/feed`, `/rss.xml`; langson `/index.php/<slug>`
- list `div.node--type-article … h3.post-title a`, `span.post-created`; pager `ul.pager__items li.pager__item--next a[rel=next]`
- article `article.node.node-detail`: `h1.post-title`, `span.post-created` (day only), `.field--name-body`, fields for files
  and author, tags, related posts and comments after it; `lang="en"` says nothing about the text

[seen] in addresses of angiang.gov.vn and a scraper of one list of phutho.gov.vn (about 2022):
- a prefix of the language, `/vi/<slug>`, `/en/<slug>`; slashes of a title vanish from its alias
- a section has no mark either (`/vi/dau-tu-cong`): a declared section is no article, nor is what a menu links
- list `/vi/<site>/<section>?page=0`, then `?page=1`; `div.post-item` (class `has-left-menu`, which is no menu) with
  `div.pt-post__title a`, its href relative, and `div.pt-post__summary`; neither a day nor page links were named

[inferred]: the alias as key where the page's node id is not in the address; `?page=1` as the second page; `Description:
C:\…` of pictures pasted from Word is never text (it stands in `alt`); of Drupal 7 and Backdrop `.node .field-name-body`,
title `#page-title`, `.submitted` (`Submitted by NAME on Wed, 03/05/2025 - 14:00`: month first, the weekday shows it), files
in `span.file a`; the layouts at angiang and phutho; that phutho's aliases have the site before them.

Widgets: `.related-posts`, `#node-single-comment`, `.post-tags`.
"""

from __future__ import annotations

import re
from typing import ClassVar

from parsel import Selector

from crawler.article_keys import is_section_path, own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_any, read_whole, without_menus
from crawler.listings.listing import Listing, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, host_of, with_parameter
from pipelines.article import Layout

_NODE = re.compile(r"/node/(?P<id>\d+)/?")
_ALIAS = re.compile(r"(?:/index\.php)?/(?P<alias>(?P<language>en/)?[^/.]+(?:/[^/.]+)*)/?")
_NO_ALIAS = frozenset(
    "node taxonomy user search archive van-ban admin sites core themes modules bm index.php vi en".split()
)
_LIST = ListShape(
    module="",
    pager="",
    links=("h3.post-title a, h2.post-title a", "div.post-item div.pt-post__title a"),
    entry=".node--type-article, .views-row, div.post-item",
    day=".post-created",
)


class DrupalSpider(PortalSpider, family="Drupal"):
    """A portal on Drupal with articles of the type `article`."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/sites/default/files/", 4),
        FamilyMark(MarkKind.SELECTOR, ".node--type-article", 2),
        FamilyMark(MarkKind.SELECTOR, ".field--name-body", 2),
        FamilyMark(MarkKind.ADDRESS, r"/taxonomy/term/\d+", 2),
        FamilyMark(MarkKind.GENERATOR, r"Drupal", 1),
        FamilyMark(MarkKind.SELECTOR, "[data-history-node-id]", 1),
        FamilyMark(MarkKind.HEADER, r"(?i)x-(?:drupal-cache|generator): .*", 1),
    )
    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="node-detail",
            fits="article.node-detail .field--name-body, article.node--view-mode-full .field--name-body",
            title=("article h1.post-title", "h1.post-title", "h1.page-title"),
            published=("article .post-top .post-created", "article.node-detail .post-created"),
            body=("article .node__content .field--name-body", "article .field--name-body"),
            author=('article [class*="field--name-field-tac-"] .field__item',),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=(".field__label", ".post-tags", ".related-posts", "#node-single-comment"),
            attachments=(
                'article [class*="field--name-field-tai-lieu"] a',
                'article .field--name-body a[href*="/sites/default/files/"]',
            ),
        ),
        # Drupal 7 and Backdrop: `field-name-body`, the date with the writer's login in `.submitted`.
        Layout(
            name="field-name-body",
            fits=".node .field-name-body",
            title=(
                "#page-title",
                "h1.page-title",
                "h1.page__title",
                "h1.page-header",
                "h1.title",
                ".node > header h1",
                "h1",
            ),
            published=(
                ".node .submitted [property='dc:date']::attr(content)",
                ".node .submitted time::attr(datetime)",
                ".node .submitted",
                ".submitted",
                ".node [class*='field-name-field-ngay'] .field-item",
                ".node .date-display-single",
            ),
            body=(".node-full .field-name-body", ".node .field-name-body"),
            author=(".node [class*='field-name-field-tac-'] .field-item",),
            captions=("figcaption", ".image-field-caption", *CENTRED_CAPTIONS),
            drop=(".field-label", ".links", ".field-type-taxonomy-term-reference", "#comments"),
            attachments=(".node .file a", ".node [class*='field-name-field-tep'] a", ".node .field-type-file a"),
        ),
    )

    list_unknown: ClassVar[bool] = False
    """True where nobody described the portal's lists: every link that no menu has is an entry, where it may be an article's."""
    numbered: ClassVar[bool] = False
    """True where pages are counted up while they bring entries, whether or not they are linked."""
    alias_parts: ClassVar[int] = 1
    """The most parts that an article's alias has, its language aside."""

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the alias without `/vi`, or `node/<nid>`; None for sections and Drupal's own pages."""
        address = own_address(cls, url)
        if address is None:
            return None
        node = _NODE.fullmatch(address.path)
        if node:
            return f"{address.site}node/{node['id']}"
        alias = _ALIAS.fullmatch(address.path)
        if alias is None or is_section_path(cls, address.path):
            return None
        parts = alias["alias"].removeprefix(alias["language"] or "").split("/")
        if parts[0].lower() in _NO_ALIAS or len(parts) > cls.alias_parts:
            return None
        return address.site + alias["alias"]

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the articles' teasers but what a menu links too; the next page by the pager's own link.

        `?page=1` is the second page.
        """
        key_of = cls.entry_key
        found = read_any(url, html, key_of) if cls.list_unknown else read_whole(url, html, _LIST, key_of)
        found = without_menus(found, key_of)
        following = _following(found.page, found.base, url, number)
        if following is None and cls.numbered and found.entries:
            following = with_parameter(url, "page", str(number))
        return Listing(found.entries, following)


def _following(page: Selector, base: str, url: str, number: int) -> str | None:
    """Return the link `rel=next`; its number is not believed past the next one, since a pager may skip a window."""
    href = page.css(
        "li.pager__item--next a::attr(href), ul.pager__items a[rel=next]::attr(href), a[rel=next]::attr(href)"
    ).get("")
    linked = absolute(base, href)
    if linked is None or host_of(linked) != host_of(base):
        return None
    return with_parameter(url, "page", str(number))
