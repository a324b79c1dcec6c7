"""The invented province Ba Sông: one list, plain articles, whose pages are testing/ba_song_pages.py."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from parsel import Selector

from crawler.listings.listing import Entry, Listing, Section
from crawler.portal import PortalSpider, Sure
from crawler.urls import absolute
from pipelines.article import Layout
from vietnam.date_forms import TZ
from vietnam.dates import read_published

_KEY = re.compile(r"(?:/[a-z-]+)?/tin/([a-z0-9-]+)\.html")
_LATE = datetime(2030, 1, 1, tzinfo=TZ)


class PlainSpider(PortalSpider, family="Plain"):
    """The plainest family."""

    layouts = (Layout("plain", "article", ("article h1",), ("article .ngay",), ("article .noi-dung",)),)

    @classmethod
    def article_key(cls, url: str) -> str | None:
        parts = urlsplit(url)
        found = _KEY.fullmatch(parts.path)
        return found[1] if found and (parts.hostname or "").startswith("www.ba-song.vn") else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        page = Selector(html)
        entries = []
        for item in page.css("li.tin"):
            address = absolute(url, item.css("a::attr(href)").get(""))
            key = cls.article_key(address) if address else None
            moment = read_published(item.css("span::text").get(""), _LATE)
            if address and key:
                entries.append(Entry(address, key, item.css("a::text").get(""), moment.day if moment else None))
        following = page.css("a.tiep::attr(href)").get()
        return Listing(tuple(entries), absolute(url, following) if following else None)


class BaSong(PlainSpider):
    """Ba Sông."""

    name = "ba_song"
    title = "Cổng thông tin điện tử tỉnh Ba Sông"
    province = None
    home = "https://www.ba-song.vn"
    sections = (Section("tin-tuc", "/tin-tuc", "Tin tức"),)
    sure = Sure.INFERRED
