"""Tân Dân on SharePoint (Ninh Thuận, Điện Biên, Thanh Hóa, Nam Định, the planning ministry; sub-sites of Hà Tĩnh).

Recognise: `/portal/Pages/…aspx` beside `/portal/Photos/YYYY-MM-DD/…`; classes beginning `tandan-`, `td-`, `TD-`;
SharePoint's `ctl00_PlaceHolderMain_ctl…`, `ms-rtestate-field`.

Portals: ninhthuan.gov.vn with sub-sites, dienbien.gov.vn, thanhhoa.gov.vn, namdinh.gov.vn, mpi.gov.vn.

[seen] in public scrapers, one article's pasted markup and about twenty addresses:
- articles `/portal/Pages/<Y-M-D>/<Slug><tail>.aspx`, the folder padded or not, or only a year; the tail is glued to a
  slug that is cut in the middle of a word, so it is no key; `Portal/Pages` in any case, with and without `www`, `:443`
- lists at `/portal/Pages/<Name>.aspx` and `/portal/KenhTin/<Name>.aspx` (the assembly of Thanh Hóa)
- links of a list in `.channel-news-title` or `.tandan-p-article-news-title`; at mpi.gov.vn entries are
  `li.TD-channel-main-td.channel-news-folder` with `label.pub-time`, `27/12/2023 | 09:15`
- a newer skin has no `tandan-` names: `h1` and `div.article-content`, no line of its date: the folder is the day
- `p.tandan-p-article-main` holds a block element: lxml closes it at once, the body is its sibling `.ms-rtestate-field`
- print copies `/portal/pages/print.aspx?p=N`

[inferred]: the key; any article link with a date folder as an entry; `?PageIndex=N` (a scraper tried it and went over to
clicking a postback), therefore a page that brings nothing new ends the walk.

Widgets: `.tandan-div-article-other`, `.social-share`, `.td-tags`; the words `Đăng ngày` before the date.
"""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list, read_whole
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import has_postback, next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter
from pipelines.article import Layout
from vietnam.dates import read_url_day

_ARTICLE = re.compile(r"/portal/pages/(?P<path>\d{4}(?:-\d{1,2}-\d{1,2})?/[^/]+\.aspx)")
_LIST = ListShape(
    module=(
        ".ms-webpart-zone, .ms-webpartzone-cell, .s4-wpcell, [class*=td-channel], [class*=channel-news-list], "
        "ul:has(> li.channel-news-folder)"
    ),
    pager=(
        '[class*="pagination"], [class*="paging"], [class*="pager"], [class*="phan-trang"], '
        ':has(> a[href*="PageIndex="]), :has(> a[href*="__doPostBack"])'
    ),
    links=(".channel-news-title a", ".channel-news-folder a", ".tandan-p-article-news-title a", 'a[href*="ortal/"]'),
    entry="[class*=channel-news-item], [class*=article-news-item], li, tr",
    day=".pub-time",
)
_BODY = (".tandan-content-view", ".ms-rtestate-field", ".tandan-p-article-main")
_DROP = (".tandan-div-article-other", "#ctl00_PlaceHolderMain_ctl08_label", ".social-share", ".td-tags")


class TanDanSpider(PortalSpider, family="Tân Dân on SharePoint"):
    """A portal of Tân Dân: articles under `/portal/Pages/<date>/`."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/portal/Pages/\d{4}(?:-\d{1,2}-\d{1,2})?/", 4),
        FamilyMark(MarkKind.SELECTOR, "[class*=tandan-]", 4),
        FamilyMark(MarkKind.ADDRESS, r"/portal/KenhTin/[\w-]+\.aspx", 4),
        FamilyMark(MarkKind.SELECTOR, "li.TD-channel-main-td, .channel-news-folder", 4),
        FamilyMark(MarkKind.ADDRESS, r"/portal/Photos/\d{4}", 2),
        FamilyMark(MarkKind.SELECTOR, ".ms-rtestate-field", 1),
    )

    layouts = (
        Layout(
            name="tandan-view",
            fits=".tandan-content-view, .tandan-title-view",
            title=(".tandan-title-view", ".tandan-p-article-news-title"),
            published=(".tandan-date-view", ".tandan-span-date-publish"),
            lead=(".tandan-p-article-news-summary",),
            body=_BODY,
            captions=CENTRED_CAPTIONS,
            drop=_DROP,
            attachments=(".td-attachments a", '.tandan-content-view a[href$=".pdf"]'),
        ),
        Layout(
            name="tandan-article",
            fits=".tandan-span-date-publish, .tandan-p-article-news-summary, .tandan-p-article-main",
            title=(".tandan-p-article-news-title", ".tandan-title-view"),
            published=(".tandan-span-date-publish", ".tandan-date-view"),
            lead=(".tandan-p-article-news-summary",),
            body=_BODY[1:],
            captions=CENTRED_CAPTIONS,
            drop=_DROP,
            attachments=(".td-attachments a", '.ms-rtestate-field a[href$=".pdf"]'),
        ),
        Layout(
            name="article-content",
            fits="div.article-content",
            title=("h1",),
            published=(),
            body=("div.article-content",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=("div.article-content h1", *_DROP),
            attachments=('div.article-content a[href$=".pdf"]',),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the path below `/portal/pages/` in lower case: SharePoint's addresses ignore case."""
        address = own_address(cls, url)
        match = _ARTICLE.fullmatch(address.path.lower()) if address else None
        return address.site + match["path"] if address and match else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the page links; days from the addresses' folders, `?PageIndex=N` for a postback.

        A page without any such module, a home page of the newer skin, is read whole.
        """
        found = read_list(url, html, _LIST, cls.entry_key)
        if not found.entries and found.pager is None and not found.page.css(_LIST.module):
            found = read_whole(url, html, _LIST, cls.entry_key)
        entries = tuple(replace(entry, day=read_url_day(entry.url) or entry.day) for entry in found.entries)
        following = next_by_parameter(found.pager, found.base, number, lambda name: name.lower() == "pageindex")
        if following is None and has_postback(found.pager, number):
            following = with_parameter(url, "PageIndex", str(number + 1))
        return Listing(entries, following)
