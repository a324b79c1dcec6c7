"""ASP.NET WebForms (Khánh Hòa): further list pages are the same form posted back with its hidden fields.

Recognise: `__VIEWSTATE`, `__VIEWSTATEGENERATOR`, `__EVENTVALIDATION`, page links `javascript:__doPostBack('TARGET','ARG')`,
addresses `/vi/<slug>`.

Portals: khanhhoa.gov.vn.

[seen] in a public scraper, no saved page:
- sections `/vi/<slug>`; `link[rel=canonical]` on articles
- the next page: POST the section's address with `__EVENTTARGET` and `__EVENTARGUMENT` of the link whose text is the next
  number and the three hidden fields of the page before, with the same cookies
- `.title-article`, `#datearticle`, `.chitietbaiviet`, `meta#ogdescription`; some titles stand in script text only; the
  portal's name before the title: `Cổng Thông tin điện tử tỉnh Khánh Hòa - `

[inferred]: that articles are `/vi/<section>/<slug>`; the path below `/vi/` as key; that `...` behind the shown numbers leads to
the next of them; the list's boxes, so every link below the section's own path counts, wherever it stands but in a side
column; image buttons with coordinates, met on other portals of the technique, are not pressed.

The view state is never part of what is compared: a list is its entries, an article its cleaned text. It is not written to
`pages.jsonl` either, only into the WARC; another night begins with the section's first page.

Widgets: none known.
"""

from __future__ import annotations

import re

from parsel import Selector

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.forms import post_form
from crawler.listings.html_list import ListPage, ListShape, read_whole
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import attribute
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute
from pipelines.article import Layout
from pipelines.html.addresses import split_address

_ARTICLE = re.compile(r"/(?P<key>[^/]+/[^/.]+)/?")
_POSTBACK = re.compile(
    r"""__doPostBack\(\s*(?P<sign>['"])(?P<target>[^'"]{1,300})(?P=sign)\s*,\s*['"](?P<argument>[^'"]{0,200})['"]"""
)
_HIDDEN = ("__VIEWSTATE", "__VIEWSTATEGENERATOR", "__EVENTVALIDATION")
_LONGEST_STATE = 2 * 1024 * 1024  # characters; a larger one is no list's
_LIST = ListShape(
    module="",
    pager="",
    links=("h2 a, h3 a, h4 a, .title a, a.title", "a"),
    entry="li, tr, article, .item, .news-item",
    day=".date, .time, .ngay",
)
_MOST_LINKS = 2000
_SIDES = "aside, nav, header, footer, [class*=right], [class*=sidebar], [id*=right], [id*=sidebar]"


class WebFormsSpider(PortalSpider, family="ASP.NET WebForms"):
    """A portal of ASP.NET WebForms."""

    marks = (
        FamilyMark(MarkKind.SELECTOR, "input[name=__VIEWSTATE]", 2),
        FamilyMark(MarkKind.SELECTOR, "input[name=__EVENTVALIDATION]", 2),
        FamilyMark(MarkKind.SELECTOR, "a[href*=__doPostBack]", 2),
        FamilyMark(MarkKind.SELECTOR, ".chitietbaiviet, #datearticle, .title-article", 4),
    )
    layouts = (
        Layout(
            name="chitietbaiviet",
            fits=".chitietbaiviet",
            title=(".title-article",),
            published=("#datearticle",),
            lead=("meta#ogdescription::attr(content)",),
            body=(".chitietbaiviet",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            attachments=('.chitietbaiviet a[href$=".pdf"]', '.chitietbaiviet a[href$=".docx"]'),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the path below `/vi/`: section and slug."""
        address = own_address(cls, url)
        own = address is not None and split_address(url).path.lower().startswith(
            "/vi/"
        )  # of other paths nothing is known
        match = _ARTICLE.fullmatch(address.path) if address and own else None
        if address is None or match is None:
            return None
        return address.site + match["key"]

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the links below the section's path outside the side columns; the next page by the form's postback."""
        found = read_whole(url, html, _LIST, cls.entry_key)
        begins = section.path.removeprefix("/vi/").strip("/") + "/"
        main = {cls.entry_key(there) for there in _main_links(found)}
        own = tuple(entry for entry in found.entries if entry.key.startswith(begins) and entry.key in main)
        return Listing(own, _postback(found.page, url, number) if own else None)


def _main_links(found: ListPage) -> list[str]:
    sides = {side.root for side in found.page.css(_SIDES)}
    links = [link for link in found.page.css("a[href]")[:_MOST_LINKS] if sides.isdisjoint(link.root.iterancestors())]
    return [url for link in links if (url := absolute(found.base, attribute(link, "href"))) is not None]


def _postback(page: Selector, url: str, number: int) -> ListRequest | None:
    """Return the form as a click on the next number posts it; behind the last number, `...` leads to the next ones."""
    links = [
        (" ".join("".join(link.xpath(".//text()").getall()).split()), found)
        for link in page.css("a[href*=__doPostBack]")
        if (found := _POSTBACK.search(attribute(link, "href")))
    ]
    wanted = next((found for text, found in links if text == str(number + 1)), None)
    if wanted is None:  # the dots before the numbers lead back
        at = max((place for place, (text, _) in enumerate(links) if text.isdecimal()), default=-1)
        wanted = next((found for text, found in links[at + 1 :] if text in ("...", "…", ">", "»")), None)
    state = [(name, page.css(f"input[name={name}]::attr(value)").get()) for name in _HIDDEN]
    fields = [(name, value) for name, value in state if value is not None]
    if wanted is None or not fields or sum(len(value) for _, value in fields) > _LONGEST_STATE:
        return None
    event = (("__EVENTTARGET", wanted["target"]), ("__EVENTARGUMENT", wanted["argument"]))
    return post_form(url, (*event, *fields), of_visit=True)
