"""DNN with lists and articles as pages (Huế, Vĩnh Long; departments of TP. Hồ Chí Minh).

Recognise: `/LinkClick.aspx?fileticket=`, `/Portals/0/`, `Default.aspx?tabid=`, pages that take parameters in their path
(`/mlid/<GUID>`, `/tb/<Slug>-<id>`); DNN's own `#dnn_ContentPane`, `dnn.js` [inferred].

Portals: hue.gov.vn, vinhlong.gov.vn; departments of both. The police of Hà Nội have lists as JSON (`DNN cmsview`).

[seen] in addresses of both portals and a reader of one department of Vĩnh Long, no saved page:
- hue: events and news `…/Chi-tiet[-su-kien]/mlid/<GUID>`, texts `…/tb/<Slug>-<id>`, documents `…/vb/<n>`
- vinhlong: `/xem-chi-tiet-tin-tuc/id/<n>`; `Default.aspx?tabid=<n>&ID=<n>`, where the query names the article
- departments of TP. Hồ Chí Minh: `/Home/moduleId/<n>/itemId/<n>/controller/BaiViet/action/ChiTiet`
- names of pages keep `đ`, percent-encoded, and lose all other marks; files `/Portals/0/…`, `/LinkClick.aspx?fileticket=…`
- list item (one department) `li:has(h3 a[href*="Default.aspx"])`: title `h3 a`, lead `p`, the day in a line of its own

[inferred]: that `/id/<n>` and `?ID=<n>` are one count, as DNN writes parameters in path or query; English (`/en-us/`) below
the same key; every link to an article as an entry where no such item stands; the next page as a reader finds it. No source
shows an article's page.

Left out: `hdnd.vinhlong.gov.vn/chi-tiet-van-ban/VB_ID=<n>`, lehoi.hue.gov.vn, whose list is not in the HTML, and
snnmt.vinhlong.gov.vn, which refuses automatic clients.

Widgets: not known.
"""

from __future__ import annotations

import re
from itertools import pairwise

from crawler.article_keys import own_address
from crawler.families import UNNAMED_SKIN
from crawler.families.declared import next_page
from crawler.listings.html_list import read_any
from crawler.listings.listing import Listing, Section
from crawler.portal import FamilyMark, MarkKind, PortalSpider

# The parameters that name an article, the surest first, with the key in what stands behind each.
_PARAMETERS = {
    "mlid": re.compile(r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"),
    "tb": re.compile(r"(?:[^/]*-)?(?P<id>\d+)"),
    "vb": re.compile(r"(?P<id>\d+)"),
    "itemid": re.compile(r"(?P<id>\d+)"),
    "id": re.compile(r"(?P<id>\d+)"),
}


class DNNSpider(PortalSpider, family="DNN"):
    """A portal on DNN whose lists and articles are pages."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/LinkClick\.aspx\?fileticket=", 4),
        FamilyMark(MarkKind.ADDRESS, r"(?i)/mlid/[0-9a-f]{8}-", 4),
        FamilyMark(MarkKind.ADDRESS, r"(?i)/Default\.aspx\?tabid=\d+", 2),
        FamilyMark(MarkKind.SELECTOR, "#dnn_ContentPane", 2),
        FamilyMark(MarkKind.ADDRESS, r"/Portals/0/|/dnn(?:\.\w+)?\.js", 1),
    )
    layouts = (UNNAMED_SKIN,)

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the parameter that names the article, with its name but for a GUID: `tb/485886`, `vb/59799`, `id/228793`.

        DNN writes parameters behind the page in its path, or in the query of `Default.aspx`.
        """
        address = own_address(cls, url)
        if address is None:
            return None
        _, *segments = address.path.lower().strip("/").split("/")
        given = dict(pairwise(segments))
        if address.path.lower().endswith("/default.aspx") and "tabid" in address.query:
            given |= address.query
        for name, named in _PARAMETERS.items():
            match = named.fullmatch(given.get(name, "").lower())
            if match:
                return address.site + (match["id"] if name == "mlid" else f"{name}/{match['id']}")
        return None

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the items of the described skin, else every link to an article; the next page as a reader finds it."""
        found = read_any(url, html, cls.entry_key, ('li h3 a[href*="Default.aspx"]',))
        return Listing(found.entries, next_page(found.page, "", url, found.base, number) if found.entries else None)
