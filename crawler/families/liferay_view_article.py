"""Liferay with a `view-article` mapping (Quảng Trị, formerly Quảng Bình; departments and communes of both).

Recognise: `/chi-tiet-tin/-/view-article/` in links, a page title that begins `Chi tiết tin - `.

Portals: www.quangtri.gov.vn; sokhcn., snnmt., trieuco.quangtri.gov.vn; quangbinh.gov.vn until 2025.

[seen] in addresses and in the text of two pages:
- articles `/chi-tiet-tin/-/view-article/1/<channel>/<article>`, newer sites with `/vi/` before; both ids are times in
  epoch milliseconds of the record, which is not the publication (1663239191717 is 15/09/2022, its page says 05-05-2021)
- order on the portal: title, `7:51, Thứ Năm, 30-11-2023`, lead, paragraphs and captions, author, `Các tin khác`
- order on a department's site: section line, `Ngày đăng: 05-05-2021`, title, body
- `Chi tiết bài viết tạm thời không có.` is the empty related list under a good article, never a missing one

[inferred], the markup of this portlet was never seen: every class name below, the list, `cur=N`.

Widgets: the block `Các tin khác` to its end.
"""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.article_keys import key_in_path
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from pipelines.article import Layout

_ARTICLE = re.compile(r"(?:/[^/]+)*/-/view-article(?:/\d+)*/(?P<id>\d+)/?", re.IGNORECASE)
_LIST = ListShape(
    module=".portlet, .portlet-body, ul.news-list",
    pager="div.taglib-page-iterator",
    links=("li.news-item a.news-title", "li.news-item a"),
    entry="li.news-item",
    day="span.news-date",
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
    """A portal whose articles stand under `/-/view-article/`."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/-/view-article/", 4),
        FamilyMark(MarkKind.TITLE, r"^\s*Chi tiết tin - ", 2),
        FamilyMark(MarkKind.ADDRESS, r"[?&]p_p_id=", 1),
    )

    layouts = (
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
        """Return the last number of the path: with or without `/vi`, whatever the channel."""
        return key_in_path(cls, url, _ARTICLE)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the page links; the next page by the counter `cur` of its links."""
        found = read_list(url, html, _LIST, cls.entry_key)
        return Listing(found.entries, next_by_parameter(found.pager, found.base, number, _counts))


def _counts(name: str) -> bool:
    return name == "cur" or name.endswith("_cur")
