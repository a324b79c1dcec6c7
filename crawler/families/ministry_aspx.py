"""Ministry-type .aspx (most.gov.vn and, very likely, vjst.vn).

Recognise: `/vn/tin-tuc/<id>/<slug>.aspx`, pictures `/Images/Tintuc/m<uuid>.jpg`.

Portals: www.most.gov.vn (the ministry is now at mst.gov.vn, another family); vjst.vn [inferred].

[seen] in addresses and two texts: the slug is cut at about 100 characters and may end in `-`; order of the text: date line
first (`Thứ năm, 03/08/2023 13:16`, at most.gov.vn with ` GMT+7`), title, lead, paragraphs and captions, signature in
initials, rating.

[inferred], the markup was never seen: every class name below, the list, `?page=N`.

Widgets: the rating block (`Đánh giá`, `X`, `(Di chuột vào ngôi sao để chọn điểm)`).
"""

from __future__ import annotations

import re

from crawler.article_keys import key_in_path
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import has_postback, next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter
from pipelines.article import Layout

_ARTICLE = re.compile(r"(?:/v[ni])?/tin-tuc/(?P<id>\d+)/[^/]+\.aspx", re.IGNORECASE)
_LIST = ListShape(
    module="div.list-news",
    pager="div.paging",
    links=("div.news-item a.news-title", "div.news-item a"),
    entry="div.news-item",
    day="span.news-date",
)


class MinistryAspxSpider(PortalSpider, family="ministry .aspx"):
    """A portal whose articles are `/vn/tin-tuc/<id>/<slug>.aspx`."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/v[ni]/tin-tuc/\d+/[^/]+\.aspx", 4),
        FamilyMark(MarkKind.ADDRESS, r"/Images/Tintuc/", 2),
    )

    layouts = (
        Layout(
            name="detail-news",
            fits="div.detail-news",
            title=("div.detail-news h1.detail-title", "div.detail-news .detail-title"),
            published=("div.detail-news .detail-date",),
            lead=("div.detail-news .detail-lead",),
            body=("div.detail-news .detail-content",),
            author=("div.detail-news .detail-author",),
            captions=(".detail-content .caption", *CENTRED_CAPTIONS),
            drop=("div.rating", ".rating"),
            attachments=("div.detail-news .detail-files a", '.detail-content a[href$=".pdf"]'),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number in the path, whatever the slug."""
        return key_in_path(cls, url, _ARTICLE)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the list around the page links; the next page by `?page=N`, also tried where the pager is a postback."""
        found = read_list(url, html, _LIST, cls.entry_key)
        following = next_by_parameter(found.pager, found.base, number, lambda name: name.lower() == "page")
        if following is None and has_postback(found.pager, number):
            following = with_parameter(url, "page", str(number + 1))
        return Listing(found.entries, following)
