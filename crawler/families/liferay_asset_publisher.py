"""Liferay with the asset publisher (TP. Hồ Chí Minh, Đà Nẵng, Đắk Lắk, Đồng Tháp, Thái Nguyên, Bắc Giang).

Recognise: `p_p_id=`, `_101_INSTANCE_<12 characters>_` or, from Liferay 7, `_AssetPublisherPortlet_INSTANCE_<12 characters>_`
in parameters, `/-/asset_publisher/`, `/web/<site>/-/`, `/web/<site>/w/`, `.portlet-asset-publisher`,
`.journal-content-article`, skip link `Truy cập nội dung luôn`.

Portals: hochiminhcity.gov.vn, danang.gov.vn, daklak.gov.vn, dongthap.gov.vn, thainguyen.gov.vn, bacgiang.gov.vn.

[seen] in public scrapers and 661 rows of one portal, no saved page:
- articles `/web/dng/-/<slug>`, the same with `/vi` before it and the same text; `/<page>/-/asset_publisher/<instance>/
  content/<slug>` with or without `?inheritRedirect=true`; slugs that differ only in `-1`, `-3`, `-i` are different articles
- `/w/<slug>` (Liferay 7.4) beside `/-/<slug>`; `đ` is dropped from slugs, so that one can begin with a hyphen
- articles that a query names: `/tin-tuc/chi-tiet?id=N`, below a department `/web/<site>/tin-tuc/chi-tiet?id=N` (dongthap);
  danang had `/chi-tiet?id=N&_c=3` in 2023
- lists in `.portlet-asset-publisher`; paging by a link whose query has a key `cur` or ending `_cur`
- the parameter of Liferay 7 alone pages, `p_p_id` and the like are not needed (hochiminhcity, whose page links are not
  shown: `asks` of a section names the publisher's instance, and pages are counted up)
- each entry of a list twice, as a card for the desktop and one for the phone, the link around the whole card: the title
  is `.asset-publisher-title`, whole in its attribute `title` (hochiminhcity; list recorded)
- the page's title ends with the portal's name, with or without ` - Liferay` behind it (hochiminhcity)
- older lists as a table, `table.taglib-search-iterator` (districts of daklak); a challenge by cookie there in 2022
- RSS of a page's publisher at `/<page>/-/asset_publisher/<instance>/rss` (daklak, read about 2022)
- body `.journal-content-article`; title `.title-detail` (danang), `.title-news h1` (bacgiang); the page's first `h1` is
  the menu's (`Thực đơn`); lead in `meta[name=description]`; captions by class (bacgiang)
- title `.title-divvv`, lead `.text-summary`, published `.sp-dislaydate` as `15:55 | 10/07/2026` (hochiminhcity)
- published in an element whose class says date, time, publish or ngay-dang; bacgiang's text runs on `| Lượt xem: N`
- Liferay 7 (one article, three lists of a ministry, recorded in 2021): `.asset-full-content .asset-title`, the date in a `span`
  inside `.journal-content-article`, words for screen readers beside the title (`.hide-accessible`), lists whose day is a `small`

[inferred]: Liferay 6.2's `.asset_publisher_view_full_content`, from public descriptions;
copies by `p_p_state`, `/print`; an address ending `/maximized` is the article on a whole page, not a copy; the body of
hochiminhcity; that a page after the last one repeats it; that ids of `?id=` and of `content/id/` are one count.

Widgets: rating (`Đánh giá bài viết`), comments (`Ý kiến của bạn`), `Liên kết website`; at danang the section's label
follows the last sentence (`labels` of the spider).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_any, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter
from pipelines.article import Layout

_CONTENT = re.compile(r"(?:/[^/]+)*/-/asset_publisher/[^/]+/content/(?P<slug>[^/]+(?:/\d+)?)(?:/maximized)?/?")
_SHORT = re.compile(r"(?:/[A-Za-z]{2}(?:_[A-Za-z]{2})?)?(?:/(?:web|group)/[^/]+)?(?:/[^/]+)?/(?:-|w)/(?P<slug>[^/]+)/?")
# The page that shows the article its query names; `/van-ban/…` shows documents, which are counted apart.
_QUERIED = re.compile(r"(?:/(?!van-ban)[^/]+)*/chi-tiet(?:-(?:tin|tin-tuc|bai-viet))?/?")
_COUNTER = "_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_{}_cur"
_LIST = ListShape(
    module=".portlet-asset-publisher, div.ul-abstract-ctn, div.news-items, table.taglib-search-iterator",
    pager=".taglib-page-iterator, .lfr-pagination, .lfr-pagination-buttons, .pagination, .pager",
    links=("div.news-line div.news-title a", 'a[href*="/-/"], a[href*="/w/"], a[href*="/chi-tiet"]'),
    entry=".asset-abstract, .news-line, .news-item, .item, li, article, tr, div:has(> small)",
    day='[class*="date"], [class*="time"], [class*="ngay-dang"], small.text-muted',
    title=".asset-publisher-title",
)

_NO_CLOCK = "".join(
    f':not([class*="{word}"])' for word in ("date-today", "current-date", "clock", "update", "related", "publisher")
)
_DATED = tuple(f'[class*="{word}"]{_NO_CLOCK}' for word in ("ngay-dang", "publish", "date", "time"))


def _dated_below(title: str) -> tuple[str, ...]:
    """Return date selectors beside or below the title first: lists and clocks elsewhere have the same classes."""
    near = tuple(f"{title} {way}{dated}" for dated in _DATED for way in ("~ ", "~ * ", ""))
    return (*near, *(f"#main-content {dated}" for dated in _DATED), *_DATED)


_IN_BODY = tuple(
    f'[class*="{word}"]'
    for word in ("portlet", "metadata", "tag-lib", "taglib", "social", "rating", "comment", "related")
)


_LAYOUT = Layout(
    name="title-detail",
    fits=".title-detail",
    title=("h1.title-detail", ".title-detail h1", ".title-detail"),
    published=_dated_below(".title-detail"),
    lead=("meta[name=description]::attr(content)",),
    body=(".journal-content-article", ".content-detail", ".detail-content"),
    captions=(".caption", ".image-caption", ".img-caption", ".note", "figcaption", *CENTRED_CAPTIONS),
    drop=_IN_BODY,
    attachments=('.journal-content-article a[href*="/documents/"]', ".asset-attachments a"),
)


# The asset publisher's own page of one article. Liferay 7: title `.asset-title`, the date inside the body by the template's
# own class, its weekday in English below /en/. Liferay 6.2: title in the portlet's header, date in `.metadata-publish-date`.
_FULL_CONTENT = replace(
    _LAYOUT,
    name="asset-full-content",
    fits=".asset-full-content .asset-content, .asset-full-content .journal-content-article, .asset_publisher_view_full_content",
    title=(
        ".asset-full-content .asset-title",
        ".asset_publisher_view_full_content .asset-title",
        ".taglib-header .header-title",
        ".header-title",
        "meta[property='og:title']::attr(content)",
    ),
    published=tuple(
        f"{place} {dated}"
        for place in (".asset-full-content", ".asset_publisher_view_full_content")
        for dated in (".metadata-publish-date", f'[class*="ngay"]{_NO_CLOCK}', *_DATED)
    ),
    body=(
        ".asset-full-content .journal-content-article",
        ".asset_publisher_view_full_content .journal-content-article",
        ".asset-full-content .asset-content",
        ".asset_publisher_view_full_content .asset-content",
    ),
    drop=(*_IN_BODY, ".asset-user-actions", ".asset-ratings", ".asset-discussion", ".asset-related-assets"),
)


# The skin of hochiminhcity.gov.vn. Its body was named by nobody: the family's is expected.
_CARDS = replace(
    _LAYOUT,
    name="title-divvv",
    fits=".title-divvv",
    title=(".title-divvv",),
    published=(".sp-dislaydate",),
    lead=(".text-summary",),
    body=(".journal-content-article", ".asset-content"),
)


class LiferayAssetPublisherSpider(PortalSpider, family="Liferay asset publisher"):
    """A portal whose articles are journal articles shown by the asset publisher."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/-/asset_publisher/", 4),
        FamilyMark(MarkKind.ADDRESS, r"_101_INSTANCE_\w{12}_", 4),
        FamilyMark(MarkKind.ADDRESS, r"_AssetPublisherPortlet_INSTANCE_\w+_", 4),
        FamilyMark(MarkKind.ADDRESS, r"/web/[^/]+/(?:-|w)/", 2),
        FamilyMark(MarkKind.SELECTOR, ".portlet-asset-publisher", 2),
        FamilyMark(MarkKind.SELECTOR, ".journal-content-article", 2),
        FamilyMark(MarkKind.ADDRESS, r"[?&]p_p_id=", 1),
    )

    layouts: ClassVar[tuple[Layout, ...]] = (
        _LAYOUT,
        replace(
            _LAYOUT,
            name="title-news",
            fits=".title-news",
            title=(".title-news h1", ".title-news"),
            published=_dated_below(".title-news"),
        ),
        _FULL_CONTENT,
        _CARDS,
    )
    list_unknown: ClassVar[bool] = False
    """True where nobody described the portal's lists: every link to an article on the page is an entry."""

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the slug after `/-/`, `/w/` or `/content/`, in its own case, without language, site, page and instance.

        `id/<number>` where the query of a page `chi-tiet` names the article, whatever the site before it.
        """
        address = own_address(cls, url)
        if address is None:
            return None
        if _QUERIED.fullmatch(address.path):
            number = address.query.get("id", "")
            return f"{address.site}id/{number}" if number.isascii() and number.isdecimal() else None
        match = _CONTENT.fullmatch(address.path) or _SHORT.fullmatch(address.path)
        return address.site + match["slug"] if match and match["slug"] != "asset_publisher" else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the publisher that has page links; the next page by the counter of its own portlet.

        Where `asks` of the section names the publisher's instance, pages without links are counted up while they bring entries.
        """
        if cls.list_unknown:
            found = read_any(url, html, cls.entry_key)
            return Listing(found.entries, next_by_parameter(found.page, found.base, number, _counts))
        found = read_list(url, html, _LIST, cls.entry_key)
        following = next_by_parameter(found.pager, found.base, number, _counts)
        publisher = dict(section.asks).get("publisher")
        if publisher and found.pager is None and found.entries:
            following = with_parameter(url, _COUNTER.format(publisher), str(number + 1))
        return Listing(found.entries, following)


def _counts(name: str) -> bool:
    return name == "cur" or name.endswith("_cur")
