"""DNN with the module `cmsview`, whose lists and texts come from an interface of JSON (the police of Hà Nội).

Recognise: addresses below `/DesktopModules/cmsview/api/NewsContent/`; DNN's own `/Portals/0/`, `dnn.js`, `ModuleId` in scripts.

Portals: congan.hanoi.gov.vn.

[seen] in a public scraper, no saved page:
- list: GET `/DesktopModules/cmsview/api/NewsContent/listnew?PortalId=0&ModuleId=N&GetType=3&PageIndex=N`; the answer holds
  `ListData` and `ListMoreData`, each record `Id`, `Url`, `Name`, `Description`, `PublishTime`; a section is its ModuleId
- text: `/DesktopModules/cmsview/api/NewsContent/getbyid?id=`, with `FullContent`; articles stand at `/tin-tuc/<slug>-<Id>`
- `PublishTime` is local without offset: `2026-01-19T08:50:00`

[inferred]: that the first page has the number 1; that the record of `getbyid` repeats `Name`, `Description` and
`PublishTime`, as lists have them; that it stands alone or below `Data`; the addresses of DNN itself.

Widgets: none, the interface sends the text alone.
"""

from __future__ import annotations

import re

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.json_api import entry_of, json_of
from crawler.listings.listing import Entry, Following, Listing, ListingError, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute, parameters, with_parameter
from pipelines.article import JsonShape, Layout
from pipelines.html.addresses import split_address
from pipelines.html.json_values import records_in, text_value

_API = "/DesktopModules/cmsview/api/NewsContent/"
_ARTICLE = re.compile(r"/tin-tuc/[^/]*-(?P<id>\d+)/?")
_FIRST = 1
_SHAPE = JsonShape(
    id="Id",
    address=r"(?:[?&]id=|-)(?P<id>\d+)/?(?:[?#].*)?$",
    title="Name",
    html=("FullContent", "Description"),
    records=("Data", "data"),
)


class DNNCmsviewSpider(PortalSpider, family="DNN cmsview"):
    """A portal on DNN; `asks` of each section holds the number of its module."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/DesktopModules/cmsview/", 4),
        FamilyMark(MarkKind.SCRIPT, r"DesktopModules/cmsview/api/", 4),
        FamilyMark(MarkKind.ADDRESS, r"/Portals/0/|/dnn(?:\.\w+)?\.js", 1),
    )
    layouts = (
        Layout(
            name="getbyid",
            fits="[data-field=FullContent]",
            title=("[data-field=Name]",),
            published=("[data-field=PublishTime]::attr(data-value)",),
            lead=("[data-field=Description]",),
            body=("[data-field=FullContent]",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            attachments=('[data-field=FullContent] a[href*="/Portals/"]',),
            json=_SHAPE,
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number at the end of the address; the `id` where the interface is asked."""
        address = own_address(cls, url)
        if address is None:
            return None
        if address.path.lower() == (_API + "getbyid").lower():
            number = address.query.get("id", "")
            return address.site + number if number.isdecimal() else None
        match = _ARTICLE.fullmatch(address.path)
        return address.site + match["id"] if match else None

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """Return the request of the section's module."""
        module = dict(section.asks).get("ModuleId", "")
        query = f"PortalId=0&ModuleId={module}&GetType=3&PageIndex={_FIRST}"
        return ListRequest(f"{cls.home}{_API}listnew?{query}", json=True)

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """Return the interface's request, which holds the text: a script fills the page at the article's address."""
        return ListRequest(f"{cls.home}{_API}getbyid?id={key}", json=True)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return the way to the list of a section's own page, which a script fills."""
        return Listing((), cls.first_page(section), door=True)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read the records of both lists of an answer; the next page until one brings none."""
        value = json_of(text)
        parts = [part for name in ("ListData", "ListMoreData") if (part := records_in(value, name)) is not None]
        if not isinstance(value, dict) or not parts:
            raise ListingError("JSON rejected: neither ListData nor ListMoreData")
        entries: dict[str, Entry] = {}
        for record in (record for part in parts for record in part):
            address = absolute(url, text_value(record, "Url"))
            entry = entry_of(cls, address, record, "Name", "PublishTime", _SHAPE)
            if entry is not None:
                entries.setdefault(entry.key, entry)
        return Listing(tuple(entries.values()), cls._next_page(asked) if entries else None)

    @classmethod
    def _next_page(cls, asked: ListRequest) -> ListRequest:
        number = dict(parameters(split_address(asked.url).query)).get("PageIndex", "")
        following = str(int(number) + 1 if number.isdecimal() else _FIRST + 1)
        return ListRequest(with_parameter(asked.url, "PageIndex", following), json=True)
