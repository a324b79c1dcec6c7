"""VCCorp type (the Government's newspaper and its city pages, Hà Nội, the science and technology ministry).

Recognise: `div#admwrapper`, `data-role="title|sapo|publishdate|content"`, `.detail-content.afcbc-body`,
`figure.VCSortableInPreviewMode`, `figcaption.PhotoCMS_Caption`, `input#hdZoneId`, hosts `*.mediacdn.vn`, `*.cdnchinhphu.vn`.

Portals: baochinhphu.vn, thanglong.chinhphu.vn, mst.gov.vn, hanoi.gov.vn.

[seen] in saved list and article pages:
- articles `/<slug>-<18 digits>.htm` (17 where a part of the time was not padded; hanoi 16, below its section); the digits
  hold the time the record was made, not the publication
- a section's entries are `.box-category-middle a.box-category-link-title` and `.box-stream a.box-stream-link-title`;
  `div.box-right` shows other sections' and "most read" articles
- page 2 on: `/timelinelist/<zone>/<n>.htm`, a bare piece of a list, zone in `#hdZoneId`; `?page=N` gives page 1 again;
  at thanglong and mst `<section>/trang-2.htm`, whole pages, which thanglong answers past the last one too (`numbered`)
- the text of a list's time is day before month, its `title` attribute month before day
- `h2` in the body are real headings; the bytes after `</html>` differ at every request
- the feed of a section is its address with `.rss` (linked; content not met)
- mst, in readers made for it: the archive of a day `/tin-tuc-su-kien/xem-theo-ngay-DD-MM-YYYY.htm` names all articles of that
  day; feeds `/rss/home.rss` and `/rss/tin-tuc-su-kien/<section>.rss`; baochinhphu `/rss/home.rss` in a list of feeds

[inferred]: that the fragments end with one without entries; that the archive of a day has the boxes of a section's page.
hanoi's list is a POST interface.

Widgets: `[type=RelatedNewsBox]`, `.kbwscwl-relatedbox`, `p.NLPlaceholderShow` (empty captions), `.detail-like-fb`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import ClassVar

from crawler.article_keys import own_address
from crawler.listings.html_list import ListShape, read_whole
from crawler.listings.listing import Entry, Listing, Section
from crawler.listings.witness import Witness
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from pipelines.article import Layout
from pipelines.html.addresses import join_address, split_address

_ARTICLE = re.compile(r"(?:/[^/]+)*/[^/]*-(?P<id>\d{15,20})\.html?", re.IGNORECASE)
_NO_ARTICLE = frozenset({"chu-de", "timelinelist"})
_ZONE = re.compile(r"[1-9][0-9]*")
_FRAGMENT = re.compile(r"/timelinelist/(?P<zone>[0-9]+)/(?P<number>[0-9]{1,6})\.htm")
_NUMBERED = re.compile(r"(?P<section>.+)/trang-(?P<number>[0-9]{1,6})\.htm")
_SECTION = ListShape(
    module="",
    pager="",
    links=(".box-category-middle a.box-category-link-title, .box-stream a.box-stream-link-title",),
    entry=".box-category-item, .box-category-item-sub, .box-stream-item",
    day=".box-category-time, .box-stream-time",
)
_PIECE = ListShape(
    module="",
    pager="",
    links=("a.box-stream-link-title, a.box-category-link-title",),
    entry=_SECTION.entry,
    day=_SECTION.day,
)
_DAY = replace(_SECTION, links=(*_SECTION.links, *_PIECE.links))


class VCCorpSpider(PortalSpider, family="VCCorp"):
    """A portal on the system of VCCorp: timeline fragments, or numbered pages where `numbered` is set."""

    marks: ClassVar[tuple[FamilyMark, ...]] = (
        FamilyMark(MarkKind.SELECTOR, "#admwrapper", 4),
        FamilyMark(MarkKind.SELECTOR, ".detail-content.afcbc-body", 4),
        FamilyMark(MarkKind.SELECTOR, "input#hdZoneId", 2),
        FamilyMark(MarkKind.SELECTOR, "figcaption.PhotoCMS_Caption", 2),
        FamilyMark(MarkKind.SELECTOR, "[data-role=sapo]", 2),
        FamilyMark(MarkKind.SELECTOR, "a.box-category-link-title, a.box-stream-link-title", 2),
        FamilyMark(MarkKind.ADDRESS, r"\.mediacdn\.vn/|\.cdnchinhphu\.vn/", 2),
    )

    numbered: ClassVar[bool] = False
    day_archive: ClassVar[str] = ""
    """The path below which the archives of days stand; empty where none is known."""

    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="detail-content",
            fits=".detail-content.afcbc-body, [data-role=content]",
            title=("h1.detail-title", "h1[data-role=title]", "[data-role=title]"),
            published=("[data-role=publishdate]", ".detail-time", ".news-info .time"),
            lead=("h2.detail-sapo", "[data-role=sapo]"),
            body=(".detail-content.afcbc-body", "[data-role=content]"),
            author=(".detail-author-top", ".detail-author"),
            captions=("figcaption", ".PhotoCMS_Caption"),
            drop=(
                "[type=RelatedNewsBox]",
                ".kbwscwl-relatedbox",
                ".box-responsive",
                ".relate-news",
                ".box-ads",
                ".detail-like-fb",
                "p.NLPlaceholderShow",
            ),
            attachments=(".detail-attach a", '.detail-content a[href$=".pdf"]'),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the digits before `.htm`, at the root or below a section."""
        address = own_address(cls, url)
        match = _ARTICLE.fullmatch(address.path) if address else None
        if address is None or match is None or not _NO_ARTICLE.isdisjoint(address.path.split("/")):
            return None
        return address.site + match["id"]

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the section's own boxes, then the timeline's fragments or numbered pages until one brings no entry."""
        fragment = _FRAGMENT.fullmatch(split_address(url).path)
        found = read_whole(url, html, _PIECE if fragment else _SECTION, cls.entry_key)
        if cls.numbered:
            return Listing(found.entries, _next_numbered(url) if found.entries else None)
        zone = fragment["zone"] if fragment else found.page.css("#hdZoneId::attr(value)").get("").strip()
        if not found.entries or not _ZONE.fullmatch(zone):
            return Listing(found.entries)
        following = int(fragment["number"]) + 1 if fragment else 2
        return Listing(found.entries, join_address(url, f"/timelinelist/{zone}/{following}.htm"))

    @classmethod
    def witnesses(cls, day: date) -> tuple[Witness, ...]:
        """Return the archive of the day and the portal's feed, as far as they are known."""
        archive = Witness(f"{cls.home}{cls.day_archive}/xem-theo-ngay-{day:%d-%m-%Y}.htm", day)
        return (*((archive,) if cls.day_archive else ()), *super().witnesses(day))

    @classmethod
    def read_day(cls, url: str, html: str) -> tuple[Entry, ...]:
        """Read the boxes of a section's page, else whatever has their classes."""
        return read_whole(url, html, _DAY, cls.entry_key).entries


def _next_numbered(url: str) -> str:
    """Return the next numbered page (thanglong, mst): `/kinh-te.htm` leads to `/kinh-te/trang-2.htm`."""
    path = split_address(url).path
    own = _NUMBERED.fullmatch(path)
    section, number = (own["section"], int(own["number"])) if own else (path.removesuffix(".htm"), 1)
    return join_address(url, f"{section}/trang-{number + 1}.htm")
