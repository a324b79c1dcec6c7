r"""SharePoint's modern pages, drawn by script, whose lists a JSON proxy hands out (Lâm Đồng).

Recognise: `data-sp-webpartdata`, `"webServerRelativeUrl"` in scripts, `/SitePages/<name>.aspx`, `api.<portal>/RestApi/Readjson`.

Portals: lamdong.gov.vn.

[seen] in readers made for the portal in 2026, no saved page:
- POST `https://api.<portal>/RestApi/Readjson`, `Accept: application/json;odata=verbose`, with `{"SourceUrl": "<address>"}`; the
  address is SharePoint's REST interface on `w3.<portal>`: `<site>/_api/web/lists/getByTitle('Site Pages')/items` with `$filter`,
  `$orderby`, `$select` and `$top`, which is 100 at the most
- the answer holds `d.results[]` with `ID`, `Title`, `Description`, `CanvasContent1`, `FileRef`, `Modified`, `Created`, and the next
  page in `d.__next`, whose host is `<portal>` and has to be `w3.<portal>`
- `Modified` and `Created` are UTC (`Z`); `FileRef` is the page's path; `CanvasContent1` its HTML, with JSON in attributes and
  entities nested up to three deep (`&amp;#58;`)
- file names percent-encoded in windows-1252 (`B%E1o%20c%E1o.pdf`); a login page with status 200 in a file's place
- articles `/HOME/news/<section>/SitePages/<name>.aspx`; pictures `…/SiteAssets/SitePages/<n>-<epoch ms>.jpg`

[inferred]: that the sections of the news are asked for as the inspections are, which were seen read; that `Created` is the
publication. An article that a list no longer shows is looked for among the hundred last changed of its site.

The proxy fetches any address that it is given. `_ask` makes its only request, and for the lists of the declared sections alone.

Widgets: none, the interface sends the text alone.
"""

from __future__ import annotations

import json
import re
from urllib.parse import unquote, urlsplit

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.json_api import entry_of, json_of
from crawler.listings.listing import Entry, Following, Listing, ListingError, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import host_of, real_host, replica_url
from pipelines.article import JsonShape, Layout
from pipelines.html.addresses import split_address
from pipelines.html.json_values import records_in, text_value, value_at

_READ = "/RestApi/Readjson"
_HEADERS = (("Content-Type", "application/json"), ("Accept", "application/json;odata=verbose"))
_ITEMS = "/_api/web/lists/getByTitle('Site Pages')/items"
_FIRST = (
    "$filter=Title ne 'Home'&$orderby=Modified desc"
    "&$select=ID,Title,Description,CanvasContent1,FileRef,Modified,Created&$top=100"
)
_PAGE = re.compile(r"(?P<site>(?:/[\w-]+)+)/SitePages/(?P<name>[\w-]+)\.aspx", re.IGNORECASE | re.ASCII)
_SHAPE = JsonShape(
    id="FileRef",
    address=r"^https?://[^/]+(?P<id>/[^?#]+)",
    title="Title",
    html=("CanvasContent1", "Description"),
    records=("d.results",),
)
_FILES = ('*="Documents/"', '*="//media."', '$=".pdf"')


class SharePointProxySpider(PortalSpider, family="SharePoint, JSON proxy"):
    """A portal whose sections are sites of SharePoint: the paths are those of their home pages."""

    texts_in_lists = True
    marks = (
        FamilyMark(MarkKind.SELECTOR, "[data-sp-webpartdata]", 4),
        FamilyMark(MarkKind.SCRIPT, r"/RestApi/Readjson", 4),
        FamilyMark(MarkKind.SCRIPT, r'"webServerRelativeUrl"', 2),
        FamilyMark(MarkKind.ADDRESS, r"/SitePages/[\w-]+\.aspx", 2),
        FamilyMark(MarkKind.ADDRESS, r"/SiteAssets/SitePages/", 2),
    )
    layouts = (
        Layout(
            name="canvas",
            fits="[data-field=CanvasContent1]",
            title=("[data-field=Title]",),
            published=("[data-field=Created]::attr(data-value)",),
            lead=("[data-field=Description]",),
            body=("[data-field=CanvasContent1]",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            attachments=tuple(f"[data-field=CanvasContent1] a[href{where}]" for where in _FILES),
            json=_SHAPE,
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the site's path and the page's name in small letters; None for a site's home page."""
        address = own_address(cls, url)
        match = _PAGE.fullmatch(address.path) if address else None
        if address is None or match is None or match["name"].lower() == "home":
            return None
        return f"{address.site}{match['site'].strip('/')}/{match['name']}".lower()

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """Return the request of the hundred pages of the section's site that were changed last."""
        return cls._ask(f"{cls._rest()}{_site_of(section.path)}{_ITEMS}?{_FIRST}")

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """Return the request of the hundred last changed of its site, with their texts; a script draws the page itself."""
        site = _site_of(split_address(url).path)
        section = next((one for one in cls.sections if _site_of(one.path).lower() == site.lower()), None)
        return cls.first_page(section) if section is not None else url

    @classmethod
    def _rest(cls) -> str:
        return f"https://w3.{host_of(cls.home).removeprefix('www.')}"

    @classmethod
    def _ask(cls, source: str) -> ListRequest:
        """Return the interface's request for a list of a declared section. Raises ListingError for any other address."""
        host = host_of(cls.home).removeprefix("www.")
        try:
            parts = urlsplit(source)
        except ValueError:
            raise ListingError("no address of a list") from None
        path = unquote(parts.path)
        lists = {(_site_of(section.path) + _ITEMS).lower() for section in cls.sections}
        if real_host(host_of(source)) not in (host, f"w3.{host}") or path.lower() not in lists:
            raise ListingError(f"the interface is asked for the portal's own lists alone, found {source[:80]}")
        asked = json.dumps({"SourceUrl": f"{cls._rest()}{path}?{parts.query}"})
        return ListRequest(f"https://api.{host}{_READ}", "POST", _HEADERS, asked, json=True)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return the way to the list of a section's own page, which a script fills."""
        return Listing((), cls.first_page(section), door=True)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read the records of an answer; the next page is asked for where the answer names it and it is the same list's."""
        answer = value_at(json_of(text), "d")
        records = records_in(answer, "results")
        if records is None or not isinstance(answer, dict):
            raise ListingError("JSON rejected: no `d.results`")
        home = cls.home if real_host(host_of(url)) == host_of(url) else replica_url(cls.home)
        entries: dict[str, Entry] = {}
        for record in records:
            address = home + text_value(record, "FileRef")
            entry = entry_of(cls, address, record, "Title", "Created", _SHAPE)
            if entry is not None:
                entries.setdefault(entry.key, entry)
        following = text_value(answer, "__next")
        return Listing(tuple(entries.values()), cls._ask(following) if following and entries else None)


def _site_of(path: str) -> str:
    """Return the path of the site that a page belongs to."""
    return re.split("/SitePages/", path, maxsplit=1, flags=re.IGNORECASE)[0]
