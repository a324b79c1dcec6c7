"""Lotus Domino gazette (the gazette of Sơn La): issues of a year, documents of an issue, a file for each.

Recognise: `/congbao.nsf/`, `?OpenView`, `?OpenForm`, `?OpenDocument`, `/icons/ecblank.gif`, `_domino_target`, `_doClick`.

Portals: congbao.sonla.gov.vn.

[seen] in five saved pages of August 2026 and in their scripts, all below `/congbao.nsf/`:
- the browsable list is filled by script and its saved HTML holds no row; the views answer plain requests with rows
- issues of a year: `GazettesByYearMonth?OpenView&Count=-1&RestrictToCategory=<year>`; an issue's row carries `doccate`
  (`2026%2FNo.%7B47%7D`) and a name `Số 47 Ngày 25/7/2026`; links with `Collapse=` fold a month; some issues are double
- documents of an issue: `DocumentsByGazette?openView&Count=-1&RestrictToCategory=<doccate>`: rows without a table around
  them, stray words between, `13/7/2026` as day of issue, `NoiDung?openForm&ParentUNID=<32 hex>` around category, number and
  subject, `<32 hex>/$file/<name>` with blanks in the name
- the clock: `input#serverNow` in US order

A document is its row: title, day and file. The 32 hex digits, in capitals, are its key; both cases are met.

[inferred]: that the view of a year without issues is answered like one with them. The text of a document stands in its file
and at `NoiDung`, whose markup no saved page shows: it is asked for a document that an interrupted night had listed and that
no list shows again, and read without a layout. A look-back reads one issue more than the
night's walk had read, since an issue names no next one.

Widgets: none in the views; a third party's script is injected into the pages around them.
"""

from __future__ import annotations

import re

from parsel import Selector

from crawler.article_keys import own_address
from crawler.listings.json_api import day_of
from crawler.listings.listing import Entry, Listing, Section
from crawler.listings.pagination import attribute
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import absolute
from pipelines.article import Layout, RowShape
from pipelines.html.addresses import join_address, split_address
from vietnam.letters import fold_spaces, nfc

_ID = re.compile(r"[0-9A-Fa-f]{32}")
_CATEGORY = re.compile(r"[0-9A-Za-z%._~+-]{1,200}")
_CLOCK = re.compile(r"\d{2}/\d{2}/(?P<year>20\d{2})\b")
_YEARS = "GazettesByYearMonth?OpenView&Count=-1&RestrictToCategory="
_ISSUE = "DocumentsByGazette?openView&Count=-1&RestrictToCategory="
_MOST_ISSUES = 60  # a year has about fifty


class LotusDominoSpider(PortalSpider, family="Lotus Domino gazette"):
    """A gazette on Domino; its section's page only gives the year."""

    texts_in_lists = True
    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/congbao\.nsf/", 4),
        FamilyMark(MarkKind.SCRIPT, r"_domino_target|_doClick\(", 4),
        FamilyMark(MarkKind.ADDRESS, r"/icons/ecblank\.gif|\?Open(?:View|Form|Document)\b", 2),
        FamilyMark(MarkKind.SELECTOR, "span[doccate], input#serverNow", 2),
    )
    layouts = (
        Layout(
            name="gazette-row",
            fits="td a[href*=ParentUNID]",
            title=("td a[href*=ParentUNID]",),
            published=("td:first-child",),
            body=("td a[href*=ParentUNID]",),
            attachments=(".download-links",),
            rows=RowShape(row="tr", address=r"[?&]ParentUNID=(?P<id>[0-9A-Fa-f]{32})"),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the document's 32 hex digits, in capitals."""
        address = own_address(cls, url)
        if address is None or not address.path.lower().endswith(".nsf/noidung"):
            return None
        number = address.query.get("parentunid", "")
        return address.site + number.upper() if _ID.fullmatch(number) else None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Follow the section's page to the year's issues, these to their documents, the newest issue first."""
        view = split_address(url).path.rpartition("/")[2].lower()
        if view == "documentsbygazette":
            return cls._documents(url, html)
        page = Selector(text=html, type="html")
        if view == "gazettesbyyearmonth":
            categories = dict.fromkeys(page.css("span::attr(doccate)").getall())
            issues = [join_address(url, _ISSUE + each) for each in categories if _CATEGORY.fullmatch(each)][
                :_MOST_ISSUES
            ]
            year = split_address(url).query.rpartition("=")[2]
            before = join_address(url, _YEARS + str(int(year) - 1)) if year.isdecimal() else None
            return Listing((), issues[0] if issues else before, tuple(issues[1:]), door=True)
        clock = _CLOCK.match(page.css("#serverNow::attr(value)").get("").strip())
        return Listing((), join_address(url, _YEARS + clock["year"]) if clock else None, door=True)

    @classmethod
    def _documents(cls, url: str, html: str) -> Listing:
        entries: dict[str, Entry] = {}
        for row in Selector(text=f"<table>{html}</table>", type="html").css("tr"):
            link = row.css("a[href*=ParentUNID]")
            there = absolute(url, attribute(link[0], "href")) if link else None
            key = cls.entry_key(there) if there else None
            if there is not None and key is not None:
                title = fold_spaces(nfc("".join(link.xpath(".//text()").getall()))).strip()
                entries.setdefault(key, Entry(there, key, title, day_of(row.css("td").xpath("string()").get(""))))
        return Listing(tuple(entries.values()))
