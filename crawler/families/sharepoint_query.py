"""SharePoint with a JSON list (Vĩnh Phúc), whose answers hold the texts of the articles they list.

Recognise: `/APIVP/api/DSTinTuc/QUERYDATA` in scripts, `/ct/cms/…/Lists/<List>/View_Detail.aspx?ItemID=`, pictures
`/ct/…/PublishingImages/…`.

Portals: vinhphuc.gov.vn.

[seen] in a public scraper and in addresses, no saved page:
- POST `/APIVP/api/DSTinTuc/QUERYDATA` with `do=QUERYDATA`, `fieldOrder=CreatedDate`, `ascending=desc`, `UrlList` (the
  section), `start` and `length` (50); JSON `data[]` with `ID`, `Title`, `DescriptionNews`, `ContentNews`, `CreatedDate`;
  fewer records than asked for are the end
- articles `<UrlList>/View_Detail.aspx?ItemID=<ID>`; long reads at `/Pages/tintuc_emagazine.aspx`
- `ContentNews` is escaped once more; titles contain `##`; list names lack letters (`im thm quan`)
- `CreatedDate` is local, `2025-06-30T19:02:21`, and the creation of the record

[inferred]: that ids are counted per list, as SharePoint does: the key is list and id; that `DescriptionNews` is escaped like
the text. An article that a list no longer shows is looked for among the fifty newest of its list, since only the list is
known to hold texts; an edit is seen as long as the article stands on a page that the walk reads.

Widgets: none, the interface sends the text alone.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.forms import form_field, post_form, with_field
from crawler.listings.json_api import entry_of, json_of
from crawler.listings.listing import Entry, Following, Listing, ListingError, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from pipelines.article import JsonShape, Layout
from pipelines.html.json_values import records_in, text_value

_QUERY = "/APIVP/api/DSTinTuc/QUERYDATA"
_LENGTH = 50
_ARTICLE = re.compile(r"(?P<list>/.+/Lists/[^/]+)/View_Detail\.aspx", re.IGNORECASE)
_SHAPE = JsonShape(
    id="ID",
    address=r"[?&]ItemID=(?P<id>\d+)",
    title="Title",
    html=("ContentNews", "DescriptionNews"),
    records=("data",),
    signs=("##",),
)


class SharePointQuerySpider(PortalSpider, family="SharePoint JSON list"):
    """A portal whose sections are lists of SharePoint: their paths are parameters of the interface."""

    texts_in_lists = True
    marks = (
        FamilyMark(MarkKind.SCRIPT, r"/APIVP/api/|DSTinTuc/QUERYDATA", 4),
        FamilyMark(MarkKind.ADDRESS, r"/Lists/[^/]+/View_Detail\.aspx\?ItemID=", 4),
        FamilyMark(MarkKind.ADDRESS, r"/ct/[^?]*/PublishingImages/", 2),
    )
    layouts = (
        Layout(
            name="querydata",
            fits="[data-field=ContentNews], [data-field=DescriptionNews]",
            title=("[data-field=Title]",),
            published=("[data-field=CreatedDate]::attr(data-value)",),
            lead=("[data-field=DescriptionNews]",),
            body=("[data-field=ContentNews]",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            attachments=('[data-field=ContentNews] a[href*="/Documents/"]', '[data-field=ContentNews] a[href$=".pdf"]'),
            json=_SHAPE,
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the list's path and the number in `ItemID`."""
        address = own_address(cls, url)
        match = _ARTICLE.fullmatch(address.path) if address else None
        number = address.query.get("itemid", "") if address else ""
        if address is None or match is None or not number.isdecimal():
            return None
        return f"{address.site}{match['list'].removeprefix('/')}/{number}"

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """Return the request of the fifty newest records of the section's list."""
        return cls._query(section.path)

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """Return the request of the fifty newest records of its list, which hold their texts."""
        return cls._query("/" + key.rpartition("/")[0])

    @classmethod
    def _query(cls, path: str) -> ListRequest:
        asked = (("do", "QUERYDATA"), ("fieldOrder", "CreatedDate"), ("ascending", "desc"))
        counted = (("start", "0"), ("length", str(_LENGTH)))
        return post_form(cls.home + _QUERY, (*asked, ("UrlList", unquote(path)), *counted), json=True)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return the way to the list of a section's own page, which a script fills."""
        return Listing((), cls.first_page(section), door=True)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read the records of an answer; the next fifty unless there were fewer."""
        records = records_in(json_of(text), "data")
        if records is None:
            raise ListingError("JSON rejected: no `data`")
        start = form_field(asked, "start")
        base = cls._base(url) + quote(unquote(section.path), safe="/")
        entries: dict[str, Entry] = {}
        for record in records:
            address = f"{base}/View_Detail.aspx?ItemID={text_value(record, 'ID')}"
            entry = entry_of(cls, address, record, "Title", "CreatedDate", _SHAPE)
            if entry is not None:
                entries.setdefault(entry.key, entry)
        following = str((int(start) if start.isdecimal() else 0) + _LENGTH)
        return Listing(
            tuple(entries.values()), with_field(asked, "start", following) if len(records) >= _LENGTH else None
        )

    @staticmethod
    def _base(url: str) -> str:
        return url.partition(_QUERY)[0].rstrip("/")
