"""Tuyên Quang's own system: an article is known by a number in the query.

Recognise: `/vi/post/<slug>?type=NEWS&id=N`, `/vi/tin-bai/<slug>?type=NEWS&id=N`; files on `apictt.tuyenquang.gov.vn`.

Portals: www.tuyenquang.gov.vn; its departments, communes and police.

[seen] in addresses of 2026, no saved page:
- articles `/vi/post/<slug>?type=NEWS&id=148950`, at communes and the police `/vi/tin-bai/<slug>?type=NEWS&id=233701`; the
  parameters come in either order; one source cites an article without its query
- files `https://apictt.tuyenquang.gov.vn/uploads/attachments/…`: the portal has an interface, so its pages may be drawn by script

[inferred], neither a list nor a page was seen: that the front page names the newest articles in its HTML. No selector is known, so
pages are read as a whole.
An address without `id` has no key. `/chi-tiet-tin/-/asset_publisher/…` of an older source is backed by nothing.

Widgets: not known.
"""

from __future__ import annotations

import re

from crawler.article_keys import own_address
from crawler.families import UNNAMED_SKIN
from crawler.listings.html_list import ListShape, read_whole
from crawler.listings.listing import Listing, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider

_ARTICLE = re.compile(r"/(?:post|tin-bai)/[^/]+/?", re.IGNORECASE)
_LIST = ListShape(
    module="",
    pager="",
    links=('a[href*="type=NEWS"]',),
    entry='li, article, [class*="item"]',
    day='time, [class*="date"]',
)


class TuyenQuangSpider(PortalSpider, family="Tuyên Quang"):
    """A portal on the system of Tuyên Quang."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/vi/(?:post|tin-bai)/[^/?#]+\?(?:[^#]*&)?type=NEWS", 4),
        FamilyMark(MarkKind.ADDRESS, r"//apictt\.", 4),
    )
    layouts = (UNNAMED_SKIN,)

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the `id` of the query of a post."""
        address = own_address(cls, url)
        if address is None or not _ARTICLE.fullmatch(address.path) or address.query.get("type", "").upper() != "NEWS":
            return None
        number = address.query.get("id", "")
        return address.site + number if re.fullmatch(r"[0-9]+", number) else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read every article that a page names; how lists go on is not known."""
        return Listing(read_whole(url, html, _LIST, cls.entry_key).entries)
