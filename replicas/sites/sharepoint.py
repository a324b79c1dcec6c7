"""The composed portals on SharePoint and ASP.NET: Ninh Thuận (Tân Dân), Quảng Ninh (SP.QNP), vjst.vn (ministry type).

Of Tân Dân the class names are seen in a pasted article, those of the ministry's system in its readers; the markup of Quảng Ninh is
inferred.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite, DaysOnly
from replicas.sites.site import SiteRequest, SiteResponse

_LETTERS = "0123456789abcdefghijkmnpqrstuvwxyz"


def _tail(slug: str) -> str:
    """Return the seven random letters and digits that Tân Dân glues to a slug; the same for the same slug."""
    number, letters = zlib.crc32(slug.encode()) + (1 << 32), ""
    while len(letters) < 7:
        number, digit = divmod(number, len(_LETTERS))
        letters += _LETTERS[digit]
    return letters


def _plain_figure(src: str, caption: str) -> str:
    return f'<p><img src="{src}" alt="" width="640"></p>' + (f"\n<p>{caption}</p>" if caption else "")


def _broken_figure(src: str, caption: str) -> str:
    below = f"<br><i>{caption}</i>" if caption else ""
    return f'<div align="center"><center><img src="{src}" border="0">{below}</center></div>'


def _font_figure(src: str, caption: str) -> str:
    picture = f'<p align="center"><img src="{src}" width="500" /></p>'
    return picture + (f'\n<p align="center"><em><font size="2">{caption}</font></em></p>' if caption else "")


class NinhThuan(ComposedSite):
    """ninhthuan.gov.vn: the path below `/portal/pages/` is the key, in any letter case; paging by `PageIndex`."""

    portal = "ninh_thuan"
    host = "ninhthuan.gov.vn"
    family = "tan_dan"
    files_path = "/portal/Attachments/2025/"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin_tuc_su_kien", "/portal/Pages/Tin-tuc-su-kien.aspx", "Tin tức - Sự kiện"),
        ReplicaSection("thong_tin_trong_tinh", "/portal/Pages/Thong-tin-trong-tinh.aspx", "Thông tin trong tỉnh"),
    )
    style = BodyStyle(
        image=lambda name: f"/portal/Photos/2025-03-03/{zlib.crc32(name.encode()):08x}{name.replace(' ', '%20')}",
        figure=_plain_figure,
        link='<a href="/portal/Attachments/2025/{}" target="_blank">{}</a>'.format,
        signoff='<p align="right"><b>{}</b></p>'.format,
    )
    page_parameter = "PageIndex"
    any_case = True
    key_pattern = r"/portal/pages/(\d{4}-\d{1,2}-\d{1,2}/[^/]+\.aspx)"
    date_form = "Đăng ngày {at:%d-%m-%Y}[ {at:%H:%M}]"
    list_date_form = "({at:%d/%m/%Y})"
    disallow = ("/_layouts/", "/_vti_bin/", "/portal/pages/print.aspx")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        day = f"{published.year}-{published.month}-{published.day}"
        return f"{day}/{slug}{_tail(slug)}.aspx".lower()

    def article_path(self, article: ReplicaArticle) -> str:
        day, _, file = article.key.partition("/")
        return f"/portal/Pages/{day}/{file[0].upper()}{file[1:]}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return self.article_path(article).lower()


class QuangNinh(ComposedSite):
    """www.quangninh.gov.vn: the query is the key, in any letter case of the path.

    One article stays on top of page 1.
    """

    portal = "quang_ninh"
    host = "www.quangninh.gov.vn"
    family = "sp_qnp"
    numbered = True
    files_path = "/Lists/TinTuc/Attachments/4417/"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin_tuc_su_kien", "/Trang/tin-tuc-su-kien.aspx", "Tin tức sự kiện"),
    )
    style = BodyStyle(
        image="/Style%20Library/SP.QNP/app/img/{}".format,
        figure=_broken_figure,
        link='<a href="/Lists/TinTuc/Attachments/4417/{}" target="_blank">{}</a>'.format,
        signoff='<div align="right"><b>{}</b></div>'.format,
        filler="<div>&nbsp;</div>",
    )
    page_parameter = "PageIndex"
    any_case = True
    article_form = "/Trang/ChiTietTinTuc.aspx?nid={article.key}"
    alternate_form = "/trang/chitiettintuc.aspx?nid={article.key}&cm=tin-noi-bat"
    list_date_form = ComposedSite.date_form
    disallow = ("/_layouts/", "/_vti_bin/", "/_catalogs/")

    def key_at(self, path: str, query: str) -> str | None:
        if path.lower() != "/trang/chitiettintuc.aspx":
            return None
        return parse_qs(query).get("nid", [""])[-1] or None


class Vjst(ComposedSite):
    """vjst.vn as of 2025: one number in both forms of an address is the key, the slug proves nothing; the date stands above the title."""

    portal = "vjst"
    host = "vjst.vn"
    family = "ministry"
    name = "Cổng thông tin khoa học và công nghệ"
    webpart = "ctl00_SPWebPartManager1_g_0623dffd_eff8_4f9c_bf6d_2cdf2561adec_ctl00"
    numbered = True
    key_pattern = r"/vn/tin-tuc/(\d+)/[^/]+\.aspx"
    files_path = "/Images/FileVanBan/"
    beyond = "last"
    style = BodyStyle(
        image=lambda name: f"/Images/Tintuc/m{zlib.crc32(name.encode()):08x}-1f3c-4b6e-8d21-{len(name):012x}.jpg",
        figure=_font_figure,
        link='<a href="/Images/FileVanBan/{}" target="_blank">{}</a>'.format,
        signoff='<div class="Author_Write_TG"><p>{}</p></div>'.format,
        filler="<p>&nbsp;</p>\n<p>&nbsp;</p>",
    )
    article_form = "/vn/tin-tuc/{article.key}/{article.slug:.100}.aspx"
    alternate_form = "/vn/Pages/chitiettin.aspx?ChuyenmucID=46&IDNews={article.key}&tieude={article.slug:.31}-.aspx"
    date_form = "{weekday}, {at:%d/%m/%Y}[ {at:%H:%M}]"
    list_date_form = "{weekday}, {at:%d/%m/%Y} {at:%H:%M}"
    disallow = ("/admin/", "/Desktopmodules/")

    def key_at(self, path: str, query: str) -> str | None:
        if path.lower() == "/vn/pages/chitiettin.aspx":
            return parse_qs(query).get("IDNews", [""])[-1] or None
        return super().key_at(path, query)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the feed of a section that is one."""
        section = self.section_at(request.path)
        if section is None or not section.path.endswith(".rss"):
            return None
        items = [(row.article, self.home + row.address) for row in self.rows(section, request.night)]
        body = self.render("feed.xml", request, section=section, items=items).encode()
        return SiteResponse(body, content_type="application/rss+xml; charset=utf-8")


class Moc(Vjst):
    """moc.gov.vn: a feed is the list; an article's path is answered with 500, its address by query with the article."""

    portal = "moc"
    host = "moc.gov.vn"
    name = "Bộ Xây dựng"
    page_parameter = ""
    key_pattern = r"/vn/tin-tuc/\d+/(\d+)/[^/]+\.aspx"
    article_form = "/vn/tin-tuc/1196/{article.key}/{article.slug:.100}.aspx"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        if re.fullmatch(self.key_pattern, request.path):
            return SiteResponse(b"<html><body><h1>Runtime Error</h1></body></html>", 500)
        return super().other(request)


class DienBien(NinhThuan):
    """www.dienbien.gov.vn: Tân Dân's newer class names."""

    portal = "dien_bien"
    host = "www.dienbien.gov.vn"
    family = "tan_dan_view"


class ThanhHoa(DaysOnly, NinhThuan):
    """thanhhoa.gov.vn: Tân Dân's skin without its class names; the home page is the list, the folder of an address the day."""

    portal = "thanh_hoa"
    host = "thanhhoa.gov.vn"
    family = "tan_dan_new"
    page_parameter = date_form = ""
    page_size = 40

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        # No file beside a text of this skin was met.
        super().__init__([replace(article, files=()) for article in articles], sections)

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return f"{published:%Y-%m-%d}/{slug}-{number}.aspx"


class Most(Vjst):
    """www.most.gov.vn: the zone behind the time of day."""

    portal = "most"
    host = "www.most.gov.vn"
    name = "Bộ Khoa học và Công nghệ"
    date_form = "{weekday}, {at:%d/%m/%Y}[ {at:%H:%M} GMT+7]"
