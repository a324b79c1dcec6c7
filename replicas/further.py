"""The composed sites of further portals on systems that `replicas` has already: other skins, other addresses, other paging."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote

from replicas.bodies import BodyStyle
from replicas.composed import WEEKDAYS, ComposedSite, page_number
from replicas.declared import DeclaredSections
from replicas.liferay import AssetPublisher, centred_figure
from replicas.liferay import BacGiang as _BacGiang
from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sharepoint import NinhThuan, Vjst
from replicas.site import SiteRequest
from replicas.vccorp import BaoChinhPhu

__all__ = [
    "CongAnThanhHoa",
    "DienBien",
    "GiaLai",
    "HungYen",
    "Moit",
    "Most",
    "Mst",
    "ThaiNguyen",
    "ThangLong",
    "VHVSite",
]


def _download(name: str, text: str) -> str:
    return f"""<a class="link-download" href="javascript:void(0)" onclick="downloadFile('','/upload/tep/{name}')">{text}</a>"""


class VHVSite(ComposedSite):
    """A portal of VHV in the newer skin: the slug is the key, with and without a section before it."""

    family = "vhv_new"
    site_id = 2005000
    skin = "news-default"
    style = BodyStyle(
        image=lambda name: f"/upload/tep/{zlib.crc32(name.encode()) % 100_000}{name}",
        figure=centred_figure,
        link=_download,
        heading="h2",
    )
    disallow = ("/data/", "/lib/", "/packages/", "/portals/", "/pages/", "/1/", "/content/download/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return slug

    def article_path(self, article: ReplicaArticle) -> str:
        return f"{self.section(article.section).path}/{article.slug}.html"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/tin-tuc/{article.slug}.html?categoryId=100254"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"(?:/[a-z0-9-]+)+/([^/]+)\.html", path)
        return found[1] if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}?page={number}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return next(((s, page_number(query, "page")) for s in self.sections if path == s.path), None)

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        weekday = "Chủ nhật" if at.weekday() == 6 else f"Thứ {WEEKDAYS[at.weekday()]}"
        return f"{weekday}, {at:%d/%m/%Y} | {at:%H:%M}" if article.clock else f"{weekday}, {at:%d/%m/%Y}"

    def file_path(self, name: str) -> str:
        return f"/upload/tep/{name}"


class GiaLai(VHVSite):
    """gialai.gov.vn: page links with `a.next-pages`."""

    portal = "gia_lai"
    host = "gialai.gov.vn"
    name = "Cổng thông tin điện tử tỉnh Gia Lai"
    sections: Sequence[ReplicaSection] = DeclaredSections("gia_lai")


class Moit(VHVSite):
    """moit.gov.vn: a pager that only a script fills, the counts beside it; weekdays as figures."""

    portal = "moit"
    host = "moit.gov.vn"
    name = "Bộ Công Thương"
    skin = "drawn-pager"
    site_id = 2005517
    sections: Sequence[ReplicaSection] = DeclaredSections("moit")

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        weekday = "Chủ nhật" if at.weekday() == 6 else f"Thứ {at.weekday() + 2}"
        return f"{weekday}, {at:%d/%m/%Y} | {at:%H:%M}" if article.clock else f"{weekday}, {at:%d/%m/%Y}"


class CongAnThanhHoa(VHVSite):
    """conganthanhhoa.gov.vn: plain items, page links by number alone."""

    portal = "cong_an_thanh_hoa"
    host = "conganthanhhoa.gov.vn"
    name = "Công an tỉnh Thanh Hóa"
    skin = "item"
    sections: Sequence[ReplicaSection] = DeclaredSections("cong_an_thanh_hoa")


class HungYen(VHVSite):
    """hungyen.gov.vn: numbers in the addresses of lists and articles, the lead inside the body, a counter in the date."""

    portal = "hung_yen"
    host = "hungyen.gov.vn"
    name = "Cổng thông tin điện tử tỉnh Hưng Yên"
    skin = "item-new"
    sections: Sequence[ReplicaSection] = DeclaredSections("hung_yen")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return number

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/{article.slug}-c{article.key}.html"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/{article.slug[:20]}-c{article.key}.html?categoryId=217"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"/[a-z0-9-]+-c(\d+)\.html", path)
        return found[1] if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path.replace("-1.html", f"-{number}.html")

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        found = re.fullmatch(r"(/chuyen-muc-.*-c\d+)-(\d{1,4})\.html", path)
        asked = f"{found[1]}-1.html" if found else ""
        return next(((s, int(found[2])) for s in self.sections if found and s.path == asked), None)


class ThaiNguyen(AssetPublisher):
    """thainguyen.gov.vn: articles below the page of their section, with or without `inheritRedirect`."""

    portal = "thai_nguyen"
    host = "thainguyen.gov.vn"
    family = "asset_publisher"
    name = "Cổng thông tin điện tử tỉnh Thái Nguyên"
    instance = "CxpLMxKIhxrm"
    sections: Sequence[ReplicaSection] = DeclaredSections("thai_nguyen")
    style = _BacGiang.style

    def article_path(self, article: ReplicaArticle) -> str:
        page = self.section(article.section).path.rstrip("/")
        return f"{page}/-/asset_publisher/{self.instance}/content/{article.slug}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return self.article_path(article) + "?inheritRedirect=true"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"(?:/[^/]+)*/-/asset_publisher/\w+/content/([^/]+)", path)
        return unquote(found[1]) if found else None


class DienBien(NinhThuan):
    """www.dienbien.gov.vn: Tân Dân's newer class names."""

    portal = "dien_bien"
    host = "www.dienbien.gov.vn"
    family = "tan_dan_view"
    name = "Cổng thông tin điện tử tỉnh Điện Biên"
    sections: Sequence[ReplicaSection] = DeclaredSections("dien_bien")


class Most(Vjst):
    """www.most.gov.vn: the zone behind the time of day."""

    portal = "most"
    host = "www.most.gov.vn"
    name = "Bộ Khoa học và Công nghệ"
    sections: Sequence[ReplicaSection] = DeclaredSections("most")

    def date_line(self, article: ReplicaArticle) -> str:
        return super().date_line(article) + (" GMT+7" if article.clock else "")


class _Numbered(BaoChinhPhu):
    """A sister of the newspaper: whole pages `trang-2.htm` below the section."""

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path.removesuffix('.htm')}/trang-{number}.htm"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        found = re.fullmatch(r"(.+)/trang-(\d{1,4})\.htm", path)
        asked, number = (f"{found[1]}.htm", int(found[2])) if found else (path, 1)
        return next(((s, number) for s in self.sections if s.path == asked), None)

    def render_list(self, section: ReplicaSection, number: int, request: SiteRequest) -> str:
        rows, last = self.page(section, number, request.night)
        return self.render("list.html", request, section=section, rows=rows, number=number, last=last)


class ThangLong(_Numbered):
    """thanglong.chinhphu.vn: pages after the last one repeat it."""

    portal = "thang_long"
    host = "thanglong.chinhphu.vn"
    name = "Trang Thủ đô của Báo Điện tử Chính phủ"
    sections: Sequence[ReplicaSection] = DeclaredSections("thang_long", 1031000)


class Mst(_Numbered):
    """mst.gov.vn: a page after the last one is empty."""

    portal = "mst"
    host = "mst.gov.vn"
    name = "Bộ Khoa học và Công nghệ"
    beyond = "empty"
    sections: Sequence[ReplicaSection] = DeclaredSections("mst", 1972000)
