"""Hà Tĩnh's own system.

Recognise: `/vi/chuyen-muc/<slug>`, `/vi/bai-viet/<slug>`, pictures `/uploads/topics/<14 digits>.jpg`.

Portals: hatinh.gov.vn; the province's communes use Tân Dân.

[seen] in a public scraper and in addresses of 2025 and 2026, no saved page:
- list `/vi/chuyen-muc/<slug>?page=N`, its articles the links with `/bai-viet/`; older `/tin-tuc-su-kien/28`
- the scraper ends at a page without such a link or after fifty known ones in a row: the last page may repeat
- `.detail-title`; `.time` with `Đăng tải:`; `.detail-content-lead`; `.detail-content`, which holds at its end
  `Tệp đính kèm:` with the files, `Lượt xem: N` and `Tác giả: NAME`

[inferred]: the slug as key; that side boxes link to articles too, so that the module around the page links is the list;
the list's markup; a class of the box with the files; `?page=N` counted up where no page link is shown.

Widgets: the label `Tệp đính kèm:` and the counter `Lượt xem: N` inside the body.
"""

from __future__ import annotations

import re

from crawler.article_keys import key_in_path
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list, read_whole
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter
from pipelines.article import Layout

_ARTICLE = re.compile(r"/bai-viet/(?P<id>[^/]+)/?")
_LIST = ListShape(
    module="main, #main, .main-content, [class*=list-news], [class*=news-list]",
    pager='[class*="pagination"], [class*="paging"], [class*="pager"], :has(> a[href*="page="])',
    links=('a[href*="/bai-viet/"]',),
    entry='li, article, tr, [class*="item"]',
    day='.time, [class*="date"], [class*="time"]',
)


class HaTinhSpider(PortalSpider, family="Hà Tĩnh"):
    """The portal of Hà Tĩnh."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/vi/bai-viet/[^/?#]+", 2),
        FamilyMark(MarkKind.ADDRESS, r"/vi/chuyen-muc/[^/?#]+", 2),
        FamilyMark(MarkKind.ADDRESS, r"/uploads/topics/\d{14}\.", 4),
        FamilyMark(MarkKind.SELECTOR, ".detail-content-lead", 2),
    )
    layouts = (
        Layout(
            name="detail-content",
            fits=".detail-content, .detail-content-lead",
            title=("h1.detail-title", ".detail-title"),
            published=(".detail-title ~ .time", ".detail-title ~ * .time", ".time"),
            lead=(".detail-content-lead",),
            body=(".detail-content",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=(".detail-content-lead", '.detail-content [class*="attach"]'),
            attachments=tuple(
                f'.detail-content a[href$="{ending}"]' for ending in (".pdf", ".doc", ".docx", ".xls", ".xlsx")
            ),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the slug after `/bai-viet/`, with or without `/vi` before it."""
        return key_in_path(cls, url, _ARTICLE)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the page links, else all article links; the next page by `?page=N`, linked or not."""
        found = read_list(url, html, _LIST, cls.entry_key)
        if found.pager is not None:
            return Listing(
                found.entries, next_by_parameter(found.pager, found.base, number, lambda name: name == "page")
            )
        entries = found.entries or read_whole(url, html, _LIST, cls.entry_key).entries
        return Listing(entries, with_parameter(url, "page", str(number + 1)) if entries else None)
