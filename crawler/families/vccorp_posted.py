"""VCCorp type whose lists are posted for (Hà Nội): VCCorp's articles, a list interface of its own.

Recognise: as VCCorp, with `/api/NewsZone/NewsZone` in scripts; pictures at `/image/image_gallery?img_id=` in old articles.

Portals: hanoi.gov.vn.

[seen] in two public scrapers, no saved page:
- POST `/api/NewsZone/NewsZone` with `PageIndex` (from 0), `PageSize`, `Catname`, `LanguageId`, `Site` and `DataIds[]` of what
  is already shown; all but the index and the keys are opaque. One sends `X-Requested-With: XMLHttpRequest` and a Referer of the
  section, one neither; the answer is HTML, and one without a link is the end; links end `<digits>.htm`
- an entry of the answer is `.news-item` with `.news-title`, a link, `.news-time` (`HH:MM, dd/mm/yyyy`) and `.news-sapo`
- articles `/<section>/<slug>-<16 digits>.htm`; title in `h1`, date in `.news-info .time` or `.detail-time`, text in
  `.detail-content.afcbc-body`, lead in `og:description`, keywords after `Từ khóa:`

[inferred]: that the section page prints the opaque values, in a script or in hidden fields of these names (the scrapers carry
them as constants). Where it does not, the page's own boxes are read and nothing leads on; a portal names the values that are
known in the `asks` of a section, which is then asked for without its page.

Widgets: those of VCCorp.
"""

from __future__ import annotations

import re

from archive.model.records import ListRequest
from crawler.families.vccorp import VCCorpSpider
from crawler.listings.forms import SCRIPTED, form_field, post_form, with_field, with_values
from crawler.listings.html_list import ListShape, read_whole
from crawler.listings.listing import Following, Listing, Section
from crawler.portal import FamilyMark, MarkKind
from pipelines.article import Layout
from pipelines.html.addresses import join_address

_ZONE = "/api/NewsZone/NewsZone"
_NAMES = ("Catname", "LanguageId", "Site")
_SIZE = "20"  # where neither the portal nor the page names one
_SHOWN = "DataIds[]"
_PIECE = ListShape(
    module="",
    pager="",
    links=(".news-item a", "a"),
    entry=".news-item, li, article, .item, .box-category-item, .box-stream-item",
    day=".news-time, .time, .time-ago, .date",
)


class VCCorpPostedSpider(VCCorpSpider, family="VCCorp, posted lists"):
    """A portal of VCCorp's type whose section pages only begin a list."""

    marks = (
        FamilyMark(MarkKind.SCRIPT, r"/api/NewsZone/NewsZone", 4),
        FamilyMark(MarkKind.SELECTOR, ".detail-content.afcbc-body", 2),
        FamilyMark(MarkKind.SELECTOR, ".news-info .time", 1),
        FamilyMark(MarkKind.ADDRESS, r"/image/image_gallery\?img_id=", 1),
    )
    layouts = (
        Layout(
            name="news-info",
            fits=".detail-content.afcbc-body",
            title=("h1.detail-title", "h1"),
            published=(".news-info .time", ".detail-time"),
            lead=("h2.detail-sapo", "meta[property='og:description']::attr(content)"),
            body=(".detail-content.afcbc-body",),
            author=(".detail-author",),
            captions=("figcaption", ".PhotoCMS_Caption"),
            drop=VCCorpSpider.layouts[0].drop,
            attachments=(".detail-attach a", '.detail-content a[href$=".pdf"]'),
        ),
        *VCCorpSpider.layouts,
    )

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """Return the list's request where the portal names its values, else the section's page, which may print them."""
        return cls._posted(section, cls.section_url(section)) or cls.section_url(section)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return the list's request, which a section page gives; where it does not, only the page's own boxes."""
        posted = cls._posted(section, url, html)
        if posted is None:
            return Listing(super().read_listing(url, html, section, number).entries)
        return Listing((), posted, door=True)

    @classmethod
    def _posted(cls, section: Section, url: str, html: str = "") -> ListRequest | None:
        """Return the request of a list's first piece; None where a value is neither declared nor on the section's page."""
        asks = dict(section.asks)
        found = {name: asks.get(name) or _value(html, name) for name in (*_NAMES, "PageSize")}
        if not all(found[name] for name in _NAMES):
            return None
        fields = (
            ("PageIndex", "0"),
            ("PageSize", found["PageSize"] or _SIZE),
            *((name, found[name]) for name in _NAMES),
        )
        return post_form(join_address(url, _ZONE), fields, (SCRIPTED, ("Referer", url)))

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read a piece of the list; the next one is requested with all shown keys, until one brings no link."""
        entries = read_whole(url, text, _PIECE, cls.entry_key).entries
        if not entries:
            return Listing(())
        index = form_field(asked, "PageIndex")
        following = with_field(asked, "PageIndex", str(int(index) + 1 if index.isdecimal() else number))
        return Listing(entries, with_values(following, _SHOWN, [entry.key for entry in entries]))


def _value(html: str, name: str) -> str:
    """Return the value that a script or a hidden field of this name carries."""
    script = re.search(rf"""["']?\b{name}["']?\s*[:=]\s*["'](?P<value>[^"'<>\s]{{1,200}})["']""", html)
    if script:
        return script["value"]
    field = re.search(rf"""<input\b[^>]{{0,300}}\b(?:id|name)=["']{name}["'][^>]{{0,300}}>""", html, re.IGNORECASE)
    value = re.search(r"""\bvalue=["'](?P<value>[^"'<>\s]{1,200})["']""", field[0]) if field else None
    return value["value"] if value else ""
