"""The composed portals on Liferay: Quảng Trị (3CMS, view-article before), and those with the asset publisher.

No page of 3CMS or the view-article portlet was ever shown: their markup is inferred. Of the asset publisher, class names are
described by scrapers, their nesting is inferred; of TP. Hồ Chí Minh the list's entries are recorded, of Đắk Lắk and Đồng Tháp
nothing but addresses is known.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite, page_number, weekday
from replicas.sites.site import SiteRequest, SiteResponse


def _classed_figure(src: str, caption: str) -> str:
    picture = f'<div class="image-box" style="text-align: center;"><img alt="" src="{src}" /></div>'
    return picture + (f'\n<p class="image-caption">{caption}</p>' if caption else "")


def _journal_image(name: str) -> str:
    return f"/image/journal/article?img_id={zlib.crc32(name.encode())}&amp;t=1740967{len(name):03d}512#{name}"


def document_path(name: str, group: int) -> str:
    """Return an address in Liferay's document library: group, folder, file, uuid, and the time of its last change."""
    number = zlib.crc32(name.encode())
    place = f"/documents/{group}/{number % 900_000 + 100_000}/{name}/{number:08x}-5b1e-4c7d-9a60-{number * 7919:012x}"
    return f"{place}?t={1_740_000_000_000 + number}"


def _document_link(name: str, text: str, group: int) -> str:
    return f'<a href="{document_path(name, group)}">{text}</a>'


def _cms_image(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"/o/3cmsnew-portlet/ViewImage?imagename={stem}_{1_740_967_200_000 + zlib.crc32(name.encode())}.{ending}"


class QuangTri(ComposedSite):
    """www.quangtri.gov.vn as of 2026: one list, the slug is the key; an address of the former front leads to the present one.

    No page of it was ever shown, so its markup is of plain elements without a class name.
    """

    portal = "quang_tri"
    host = "www.quangtri.gov.vn"
    family = "three_cms"
    sections: Sequence[ReplicaSection] = (ReplicaSection("tin_tuc", "/tin-tuc", "Tin tức"),)
    style = BodyStyle(_cms_image, partial(_document_link, group=20182))
    key_pattern = r"(?:/vi)?/tin-tuc/([a-z0-9-]+)"
    article_form = "/tin-tuc/{article.slug}"
    alternate_form = article_form + "?redirect=%2Ftin-tuc"
    disallow = ("/c/portal/login", "/group/", "/user/")

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        super().__init__([self._in_the_one_list(article) for article in articles], sections)
        self._former = {ViewArticle.key_of(article.slug, article.published, ""): article for article in self.articles}

    def _in_the_one_list(self, article: ReplicaArticle) -> ReplicaArticle:
        only = self.sections[0].name
        return replace(article, section=only, twin=only if article.twin else None)

    def date_line(self, article: ReplicaArticle) -> str:
        return _date_line(article)

    def file_path(self, name: str) -> str:
        return document_path(name, 20182)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        found = re.fullmatch(ViewArticle.key_pattern, request.path)
        article = self._former.get(found[1]) if found else None
        return SiteResponse(b"", 301, headers=(("Location", self.url(article)),)) if article else None


def _date_line(article: ReplicaArticle) -> str:
    at = article.published
    day = f"{weekday(at).title()}, {at:%d-%m-%Y}"
    return f"{at.hour}:{at:%M}, {day}" if article.clock else day


class ViewArticle(ComposedSite):
    """The former front of Quảng Trị, as its departments have it: the key is a time stamp in the path, paging by `cur`."""

    family = "view_article"
    style = BodyStyle(_journal_image, partial(_document_link, group=20182))
    page_parameter = "cur"
    key_pattern = r"(?:/vi)?/chi-tiet-tin/-/view-article/1/\d{13}/(\d{13})"
    article_form = "/chi-tiet-tin/-/view-article/1/{section.code}/{article.key}"
    alternate_form = "/vi" + article_form
    disallow = ("/c/portal/login", "/group/", "/user/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return str(int(published.timestamp() * 1000) - 200_000 - zlib.crc32(slug.encode()) % 1_500_000)

    def date_line(self, article: ReplicaArticle) -> str:
        return _date_line(article)

    def file_path(self, name: str) -> str:
        return document_path(name, 20182)


class MauViewArticle(ViewArticle):
    """A department of an invented province on that front."""

    portal = "mau_view_article"
    host = "sonongnghiep.tinh-mau.vn"
    name = "Sở Nông nghiệp và Môi trường tỉnh Mẫu"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/tin-tuc", "Tin tức", "1572913402817"),
        ReplicaSection("thong-bao", "/thong-bao", "Thông báo", "1572913455096"),
    )


class AssetPublisher(ComposedSite):
    """A Liferay portal with the asset publisher: the key is the slug, paging by a parameter ending in `_cur`."""

    instance: str
    beyond = "last"
    group = 10184
    disallow = ("/c/portal/login", "/group/", "/user/", "/*/pop_up")

    def list_path(self, section: ReplicaSection, number: int) -> str:
        if number == 1:
            return section.path
        portlet = f"101_INSTANCE_{self.instance}"
        return (
            f"{section.path}?p_p_id={portlet}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view"
            f"&_{portlet}_delta={self.page_size}&_{portlet}_cur={number}"
        )

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        path = path.removeprefix("/vi")
        return next(
            ((s, page_number(query, "_cur")) for s in self.sections if path == s.path.removeprefix("/vi")), None
        )

    def file_path(self, name: str) -> str:
        return document_path(name, self.group)


class BacGiang(AssetPublisher):
    """bacgiang.gov.vn: the older list markup with absolute links, `| Lượt xem` in the date element."""

    portal = "bac_giang"
    host = "bacgiang.gov.vn"
    family = "asset_publisher_abstracts"
    instance = "mGa9pTzLxC4e"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("chinh_tri", "/chinh-tri", "Chính trị"),
        ReplicaSection("kinh_te", "/kinh-te", "Kinh tế"),
        ReplicaSection("tin_trong_tinh", "/tin-trong-tinh", "Tin trong tỉnh"),
        ReplicaSection("van_hoa_xa_hoi", "/van-hoa-xa-hoi", "Văn hóa - Xã hội", share=3),
        ReplicaSection("quoc_phong_an_ninh", "/quoc-phong-an-ninh", "Quốc phòng - An ninh", share=5),
        ReplicaSection("so_ban_nganh", "/so-ban-nganh", "Sở ban ngành", share=3),
        ReplicaSection("hoi_doan_the", "/hoi-doan-the", "Hội đoàn thể", share=5),
        ReplicaSection("huyen_thanh_pho", "/huyen-thanh-pho", "Huyện - Thành phố", share=3),
        ReplicaSection("tin_trong_nuoc", "/tin-trong-nuoc", "Tin trong nước", share=5),
        ReplicaSection("tin_tuc_quoc_te", "/tin-tuc-quoc-te", "Tin quốc tế", share=5),
    )
    style = BodyStyle(_journal_image, partial(_document_link, group=10184), _classed_figure)
    key_pattern = r"(?:/vi)?/web/guest/-/asset_publisher/\w+/content/([^/]+)"
    article_form = "/web/guest/-/asset_publisher/{site.instance}/content/{article.slug}"
    alternate_form = article_form + "?inheritRedirect=true"


class DaNang(AssetPublisher):
    """danang.gov.vn: twins below `/vi`, the lead in `meta` only, a section's label after the last block of some."""

    portal = "da_nang"
    host = "danang.gov.vn"
    family = "asset_publisher"
    instance = "b2QwXkT7nVrd"
    group = 59281
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin_tuc_su_kien", "/tin-tuc-su-kien", "Tin tức - Sự kiện"),
        ReplicaSection("le_hoi_su_kien", "/le-hoi-su-kien", "Lễ hội & Sự kiện"),
        ReplicaSection("noi_o", "/noi-o", "Nơi ở", share=5),
        ReplicaSection("lang_nghe_truyen_thong", "/lang-nghe-truyen-thong", "Làng nghề truyền thống", share=5),
        ReplicaSection("chinh_quyen", "/vi/chinh-quyen", "Chính quyền", share=3),
        ReplicaSection("cong_dan", "/vi/cong-dan", "Công dân", share=4),
        ReplicaSection("doanh_nghiep", "/vi/doanh-nghiep", "Doanh nghiệp", share=4),
        ReplicaSection("du_khach", "/vi/du-khach", "Du khách", share=4),
    )
    style = BodyStyle(_journal_image, partial(_document_link, group=59281))
    key_pattern = r"(?:/vi)?/web/dng/-/([^/]+)"
    article_form = "/web/dng/-/{article.slug}"
    alternate_form = "/vi" + article_form


class ThaiNguyen(AssetPublisher):
    """thainguyen.gov.vn: articles below the page of their section, with or without `inheritRedirect`."""

    portal = "thai_nguyen"
    host = "thainguyen.gov.vn"
    family = "asset_publisher"
    instance = "CxpLMxKIhxrm"
    style = BacGiang.style
    key_pattern = r"(?:/[^/]+)*/-/asset_publisher/\w+/content/([^/]+)"

    def article_path(self, article: ReplicaArticle) -> str:
        page = self.section(article.section).path.rstrip("/")
        return f"{page}/-/asset_publisher/{self.instance}/content/{article.slug}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return self.article_path(article) + "?inheritRedirect=true"


class HoChiMinh(AssetPublisher):
    """hochiminhcity.gov.vn: each entry twice, paging by one parameter of Liferay 7, which nothing on the page links."""

    portal = "ho_chi_minh"
    host = "hochiminhcity.gov.vn"
    family = "asset_publisher_cards"
    instance = "iwwYBC4Hj8wV"
    group = 10180
    style = BodyStyle(_journal_image, partial(_document_link, group=10180))
    date_form = list_date_form = "[{at:%H:%M} | ]{at:%d/%m/%Y}"
    key_pattern = r"(?:/vi)?/web/hcm/(?:-|w)/([^/]+)"
    article_form = "/web/hcm/-/{article.key}"
    alternate_form = "/vi/web/hcm/w/{article.key}"

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return _without_d(slug)

    def list_path(self, section: ReplicaSection, number: int) -> str:
        counter = f"_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_{self.instance}_cur"
        return section.path if number == 1 else f"{section.path}?{counter}={number}"


class DakLak(AssetPublisher):
    """daklak.gov.vn: the feed of a page; the slugger drops `đ`, so that a slug can begin with a hyphen."""

    portal = "dak_lak"
    host = "daklak.gov.vn"
    family = "asset_publisher"
    instance = "Wc4AMpniWT49"
    group = 10181
    style = BodyStyle(_journal_image, partial(_document_link, group=10181))
    key_pattern = r"(?:/trang-chu)?/-/(?:asset_publisher/\w+/content/)?([^/]+)"
    article_form = "/-/{article.key}"
    alternate_form = "/trang-chu/-/asset_publisher/{site.instance}/content/{article.key}"

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return _without_d(slug)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the feed of the front page's publisher."""
        section = self.section_at(request.path)
        if section is None:
            return None
        items = [(row, format_datetime(row.article.published)) for row in self.rows(section, request.night)]
        feed = self.render("feed.xml", request, section=section, items=items)
        return SiteResponse(feed.encode(), content_type="text/xml;charset=UTF-8")


class DongThap(AssetPublisher):
    """dongthap.gov.vn: the query names the article, a department stands before the path; lists in unknown markup."""

    portal = "dong_thap"
    host = "dongthap.gov.vn"
    family = "asset_publisher_queried"
    instance = "1mOzUrGkrdAE"
    group = 34223
    numbered = True
    style = BodyStyle(_journal_image, partial(_document_link, group=34223))
    article_form = "/tin-tuc/chi-tiet?id={article.key}"
    alternate_form = "/web/sctdt" + article_form

    def key_at(self, path: str, query: str) -> str | None:
        page = path in ("/tin-tuc/chi-tiet", "/web/sctdt/tin-tuc/chi-tiet")
        return next(iter(parse_qs(query).get("id", ())), None) if page else None


def _without_d(slug: str) -> str:
    """Return a slug as Liferay makes it, which takes `đ` for no letter."""
    return re.sub(r"(?<![a-z0-9])d", "", slug)
