r"""Liferay with a portlet whose lists come as JSON (Bắc Ninh).

Recognise: `newsbycategory_WAR_bacninhportlet`, `p_p_resource_id=loadPage`, a script variable `loadPageURL` on every section page.

Portals: bacninh.gov.vn.

[seen] in a public scraper and in addresses of 2026, no saved page:
- the section page names the list in `loadPageURL`; GET it with `pageNum` (from 1), `recordPerPage` (50 worked) and an empty
  `keyword`; JSON `items[]` with `id`, `title`, `summary`, `content`, `createdDate`, `urlDetail`, and `totalPageNum`
- another client got a page with the JSON in a line `data = '{…}';`, with escapes like `\u003d`, and sent
  `X-Requested-With` and a Referer of the section: both forms are read
- articles `/-/details/37632/<slug>-<id>`, English ones below `/en/news`, older ones by
  `_newsbycategory_WAR_bacninhportlet_articleId=<id>`; summary and content of the JSON are cut, so the page is read
- `h1#contentDetailTitleId`, `#sapoDetailId`, `#contentDetail`; published is the list's `createdDate`; the first `h1` may be
  `Thực đơn`; the certificate needs OpenSSL's level 1

[inferred]: that the number at the end of the address is the `id`; the form of `createdDate` (ISO 8601, day before month and
milliseconds are read).

Widgets: none known.
"""

from __future__ import annotations

import re
from html import unescape

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.forms import SCRIPTED
from crawler.listings.json_api import entry_of, json_of
from crawler.listings.listing import Entry, Listing, ListingError, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, parameters, with_parameter, without_parameter
from pipelines.article import Layout
from pipelines.html.addresses import split_address
from pipelines.html.json_values import number_in, records_in, text_value, unescaped

_LOAD = re.compile(r"""\bloadPageURL\s*[=:]\s*(?P<sign>["'])(?P<url>[^"'\s<>]{1,2000})(?P=sign)""")
_ARTICLE = re.compile(r"(?:/[^/]+)*/-/details/\d+/[^/]*?-?(?P<id>\d+)/?")
_OLDER = "_newsbycategory_war_bacninhportlet_articleid"
_PER_PAGE = "50"


class LiferayJsonPortletSpider(PortalSpider, family="Liferay JSON portlet"):
    """A portal whose section pages name the requests of their lists."""

    day_from_list = True
    marks = (
        FamilyMark(MarkKind.ADDRESS, r"newsbycategory_WAR_bacninhportlet", 4),
        FamilyMark(MarkKind.SCRIPT, r"\bloadPageURL\b", 4),
        FamilyMark(MarkKind.SCRIPT, r"newsbycategory_WAR_|p_p_resource_id=loadPage", 4),
        FamilyMark(MarkKind.SELECTOR, "#contentDetailTitleId, #contentDetail", 4),
        FamilyMark(MarkKind.COOKIE, r"COOKIE_SUPPORT|GUEST_LANGUAGE_ID", 1),
    )
    layouts = (
        Layout(
            name="content-detail",
            fits="#contentDetail, #contentDetailTitleId",
            title=("h1#contentDetailTitleId", "#contentDetailTitleId"),
            published=(),
            lead=("#sapoDetailId",),
            body=("#contentDetail",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            attachments=('#contentDetail a[href*="/documents/"]',),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number at the end of the slug, in every language; the older addresses' `articleId`."""
        address = own_address(cls, url)
        if address is None:
            return None
        older = address.query.get(_OLDER, "")
        if older.isdecimal():
            return address.site + older
        match = _ARTICLE.fullmatch(address.path)
        return address.site + match["id"] if match else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return the way to the list: a section page shows none and only names its request."""
        found = _LOAD.search(html)
        there = absolute(url, unescape(unescaped(found["url"]))) if found else None
        if there is None:
            return Listing((), door=True)
        counted = with_parameter(with_parameter(there, "pageNum", "1"), "recordPerPage", _PER_PAGE)
        asked = with_parameter(without_parameter(counted, "p_auth"), "keyword", "")
        return Listing((), _list_request(asked, url), door=True)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read the items of an answer; the next page while the answer names one."""
        value = json_of(text)
        records = records_in(value, "items")
        if records is None:
            raise ListingError("JSON rejected: no `items`")
        entries: dict[str, Entry] = {}
        for record in records:
            address = absolute(url, text_value(record, "urlDetail"))
            entry = entry_of(cls, address, record, "title", "createdDate")
            if entry is not None:
                entries.setdefault(entry.key, entry)
        shown = dict(parameters(split_address(asked.url).query)).get("pageNum", "")
        at = int(shown) if shown.isdecimal() else number
        last = number_in(value, "totalPageNum")
        if not entries or (last is not None and at >= last):
            return Listing(tuple(entries.values()))
        referer = dict(asked.headers).get("Referer", "")
        return Listing(
            tuple(entries.values()), _list_request(with_parameter(asked.url, "pageNum", str(at + 1)), referer)
        )


def _list_request(url: str, referer: str) -> ListRequest:
    """Return the request of a portlet's instance, whose address only the visit knows."""
    return ListRequest(url, headers=(SCRIPTED, ("Referer", referer)), json=True, of_visit=True)
