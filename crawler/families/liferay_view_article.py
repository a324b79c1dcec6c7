"""Liferay with 3CMS: articles by slug on the present front of Quảng Trị, `view-article` addresses before (and at its departments).

Recognise: pictures `/o/3cmsnew-portlet/ViewImage?imagename=…`, `/tin-tuc/<slug>` without number or extension; before:
`/chi-tiet-tin/-/view-article/` in links, a page title that begins `Chi tiết tin - `.

Portals: www.quangtri.gov.vn; sokhcn., snnmt., trieuco.quangtri.gov.vn; quangbinh.gov.vn until 2025.

[seen] in addresses and in the text of two pages:
- the present front: list `/tin-tuc`, articles `/tin-tuc/<slug>`, where a repeated title gets `-2`; information pages
  `/thong-tin/<slug>` are no articles; a monitor of May 2026 reads it with a browser and waits 4 s, without saying that it must
- articles `/chi-tiet-tin/-/view-article/1/<channel>/<article>`, newer sites with `/vi/` before; both ids are times in
  epoch milliseconds of the record, which is not the publication (1663239191717 is 15/09/2022, its page says 05-05-2021)
- order on the portal: title, `7:51, Thứ Năm, 30-11-2023`, lead, paragraphs and captions, author, `Các tin khác`
- order on a department's site: section line, `Ngày đăng: 05-05-2021`, title, body
- `Chi tiết bài viết tạm thời không có.` is the empty related list under a good article, never a missing one

[inferred], no markup of either was ever seen: that every link of the list's portlet to an article's address is an entry, Liferay's
own page links with `cur=N`, else the link that a reader would follow; every class name of the layouts, which are those of the
older pages.

Widgets: the block `Các tin khác` to its end.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from crawler.article_keys import is_section_path, own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.families.declared import next_page
from crawler.listings.html_list import ListShape, read_list, read_whole
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from pipelines.article import Layout

_ARTICLE = re.compile(
    r"/tin-tuc/(?P<id>(?=[^/]*[a-z])[a-z0-9-]+)/?|(?:/[^/]+)*/-/view-article(?:/\d+)*/(?P<stamp>\d+)/?", re.IGNORECASE
)
_LIST = ListShape(
    module=".portlet-body, .portlet-content, .portlet",
    pager="div.taglib-page-iterator",
    links=("a",),
    entry="li",
)

_LAYOUT = Layout(
    name="view-article",
    fits=".view-article",
    title=(".view-article h2.article-title", ".view-article .article-title"),
    published=(".view-article .article-date",),
    lead=(".view-article .article-summary",),
    body=(".view-article .article-content",),
    author=(".view-article .article-author",),
    captions=(".article-content .caption", *CENTRED_CAPTIONS),
    drop=(".other-news",),
    attachments=(".view-article .article-files a",),
)


class LiferayViewArticleSpider(PortalSpider, family="Liferay view-article"):
    """A portal whose articles are `/tin-tuc/<slug>` or stand under `/-/view-article/`."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/o/3cmsnew-portlet/", 4),
        FamilyMark(MarkKind.ADDRESS, r"/-/view-article/", 4),
        FamilyMark(MarkKind.TITLE, r"^\s*Chi tiết tin - ", 2),
        FamilyMark(MarkKind.ADDRESS, r"[?&]p_p_id=", 1),
    )

    layouts: ClassVar[tuple[Layout, ...]] = (
        replace(
            _LAYOUT,
            name="view-article-department",
            fits=".view-article > .article-date:first-child, .article-date + .article-title, .date-above",
            title=(".view-article .article-title", ".view-article h2"),
        ),
        _LAYOUT,
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the slug; of an older address the last number of its path: with or without `/vi`, whatever the channel."""
        address = own_address(cls, url)
        found = _ARTICLE.fullmatch(address.path) if address and not is_section_path(cls, address.path) else None
        return address.site + (found["id"] or found["stamp"]).lower() if address and found else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the articles around the page links; the next page by the counter `cur` of its links, else as a reader finds it."""
        found = read_list(url, html, _LIST, cls.entry_key)
        if found.page.css(_LIST.pager):
            return Listing(found.entries, next_by_parameter(found.pager, found.base, number, _counts))
        if not found.entries:
            found = read_whole(url, html, _LIST, cls.entry_key)
        return Listing(found.entries, next_page(found.page, "", url, found.base, number))


def _counts(name: str) -> bool:
    return name == "cur" or name.endswith("_cur")
