"""SharePoint "SP.QNP" (Quảng Ninh and its departments).

Recognise: `/Style%20Library/SP.QNP/app/…`, `ChiTietTinTuc.aspx?nid=`, `ChiTietBVGioiThieu.aspx?bvid=`.

Portals: www.quangninh.gov.vn, `/So/<so>/…` below it; doanhnghiep.quangninh.gov.vn. web01.haiduong.gov.vn has the same page
name; that it is the same product is [inferred].

[seen] in addresses and two texts: list `/Trang/tin-tuc-su-kien.aspx`, article `/Trang/ChiTietTinTuc.aspx?nid=113139`,
`/So/soxaydung/Trang/ChiTietTinTuc.aspx?nid=5479`; numbers of different sub-sites overlap, `So` and `so`, `Trang` and
`trang` are the same; order of the text: title, `19/10/2020 10:08`, lead, body, author line, right column.

[inferred], the markup was never seen: every class name below, the list, `?PageIndex=N`.

Widgets: everything from `Tìm kiếm theo chuyên mục - nội dung - ngày tháng` on: `Tin Nóng`, `Tin tiêu điểm`, `Lịch công tác
trống`, `Website liên kết`, `Thống kê truy cập` with its counters.
"""

from __future__ import annotations

import re

from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import has_postback, next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter
from pipelines.article import Layout

_ARTICLE = re.compile(r"(?P<site>(?:/[^/]+)*)/trang/chitiettintuc\.aspx")
_LIST = ListShape(
    module="div.ds-tin, .ms-webpart-zone",
    pager="div.phan-trang",
    links=("div.item-tin a.tieude-tin", 'a[href*="nid="]'),
    entry="div.item-tin",
    day="span.ngay-tin",
)


class SPQNPSpider(PortalSpider, family="SharePoint SP.QNP"):
    """A portal whose articles are `ChiTietTinTuc.aspx?nid=N` of a sub-site."""

    marks = (
        FamilyMark(MarkKind.ADDRESS, r"/SP\.QNP/", 4),
        FamilyMark(MarkKind.ADDRESS, r"ChiTietTinTuc\.aspx\?(?:.*&)?nid=", 4),
        FamilyMark(MarkKind.ADDRESS, r"ChiTietBVGioiThieu\.aspx\?(?:.*&)?bvid=", 2),
    )

    layouts = (
        Layout(
            name="chi-tiet-tin",
            fits="div.chi-tiet-tin",
            title=("div.chi-tiet-tin h1.tieu-de", "div.chi-tiet-tin .tieu-de"),
            published=("div.chi-tiet-tin .ngay-dang",),
            lead=("div.chi-tiet-tin .tom-tat",),
            body=("div.chi-tiet-tin .noi-dung",),
            author=("div.chi-tiet-tin .tac-gia",),
            captions=CENTRED_CAPTIONS,
            drop=(".tin-lien-quan", ".tin-nong", ".tin-tieu-diem", ".thong-ke"),
            attachments=(".tep-dinh-kem a", 'div.chi-tiet-tin a[href*="/Attachments/"]'),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the sub-site in lower case and the number: `113139` at the root, `so/soxaydung/5479` below."""
        address = own_address(cls, url)
        match = _ARTICLE.fullmatch(address.path.lower()) if address else None
        nid = address.query.get("nid", "") if address else ""
        if address is None or match is None or not re.fullmatch(r"[0-9]+", nid):
            return None
        return address.site + f"{match['site']}/{nid}".lstrip("/")

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the list around the page links; the next page by `?PageIndex=N`, also tried for a postback."""
        found = read_list(url, html, _LIST, cls.entry_key)
        following = next_by_parameter(found.pager, found.base, number, lambda name: name.lower() == "pageindex")
        if following is None and has_postback(found.pager, number):
            following = with_parameter(url, "PageIndex", str(number + 1))
        return Listing(found.entries, following)
