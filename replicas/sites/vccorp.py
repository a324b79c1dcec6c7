"""The composed portal of the VCCorp type: the Government's newspaper, list and article as in its recorded pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
from replicas.sites.declared_sections import DeclaredSections
from replicas.sites.site import SiteRequest, SiteResponse

_FURTHER = (
    ("/chinh-sach-va-cuoc-song/tham-van-chinh-sach.htm", "Tham vấn chính sách", 4),
    ("/chinh-sach-va-cuoc-song.htm", "Chính sách và cuộc sống", 4),
    ("/chi-dao-quyet-dinh-cua-chinh-phu-thu-tuong-chinh-phu.htm", "Chỉ đạo, quyết định của Chính phủ", 4),
    ("/chinh-tri/to-chuc-nhan-su.htm", "Tổ chức nhân sự", 4),
    ("/chinh-tri/doi-ngoai.htm", "Đối ngoại", 4),
    ("/chinh-tri/hoi-nhap.htm", "Hội nhập", 4),
    ("/kinh-te.htm", "Kinh tế", 4),
    ("/kinh-te/ngan-hang.htm", "Ngân hàng", 4),
    ("/kinh-te/chung-khoan.htm", "Chứng khoán", 4),
    ("/kinh-te/thi-truong.htm", "Thị trường", 4),
    ("/kinh-te/doanh-nghiep.htm", "Doanh nghiệp", 4),
    ("/kinh-te/khoi-nghiep.htm", "Khởi nghiệp", 4),
    ("/van-hoa.htm", "Văn hóa", 4),
    ("/van-hoa/the-thao.htm", "Thể thao", 4),
    ("/van-hoa/du-lich.htm", "Du lịch", 4),
    ("/xa-hoi.htm", "Xã hội", 4),
    ("/xa-hoi/y-te.htm", "Y tế", 4),
    ("/xa-hoi/doi-song.htm", "Đời sống", 4),
    ("/xa-hoi/phap-luat.htm", "Pháp luật", 4),
    ("/xa-hoi/nong-thon-moi.htm", "Nông thôn mới", 4),
    ("/xa-hoi/an-sinh-xa-hoi.htm", "An sinh xã hội", 4),
    ("/khoa-giao.htm", "Khoa giáo", 4),
    ("/khoa-giao/giao-duc.htm", "Giáo dục", 4),
    ("/khoa-giao/khoa-hoc-cong-nghe.htm", "Khoa học - Công nghệ", 4),
    ("/khoa-giao/bien-viet-nam.htm", "Biển Việt Nam", 4),
    ("/quoc-te.htm", "Quốc tế", 4),
    ("/quoc-te/viet-nam-asean.htm", "Việt Nam - ASEAN", 4),
    ("/tin-moi.htm", "Tin mới", 1),
)
"""Path, title and share of the sections that show what other sections published; zone ids follow from their order."""

_CDN = "https://bcp.cdn.example.replica.test/"


def _figure(src: str, caption: str) -> str:
    shown = f'<figcaption class="PhotoCMS_Caption"><p>{caption}</p></figcaption>' if caption else ""
    empty = "" if caption else '<figcaption class="PhotoCMS_Caption"><p class="NLPlaceholderShow"></p></figcaption>'
    return (
        '<figure class="VCSortableInPreviewMode" type="Photo" style=""><div><img'
        f' src="{_CDN}thumb_w/777/{src}" data-original="{_CDN}{src}" loading="lazy"></div>{shown}{empty}</figure>'
    )


class BaoChinhPhu(ComposedSite):
    """baochinhphu.vn: the digits before `.htm` are the key; page 2 and on are fragments; `?page=` brings page 1 again."""

    portal = "bao_chinh_phu"
    host = "baochinhphu.vn"
    family = "vccorp"
    name = "Báo Điện tử Chính phủ"
    key_pattern = r"/[a-z0-9-]+-(\d{18})\.htm"
    files_path = "/Uploads/attach/"
    beyond = "last"  # as a sister site was seen to do: pages after the last still answer with links
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("chinh_sach_moi", "/chinh-sach-va-cuoc-song/chinh-sach-moi.htm", "Chính sách mới", "1021119"),
        ReplicaSection("chinh_tri", "/chinh-tri.htm", "Chính trị", "1021095"),
        *(
            ReplicaSection(path.strip("/").removesuffix(".htm"), path, title, str(1021130 + number * 3), share)
            for number, (path, title, share) in enumerate(_FURTHER)
        ),
    )
    style = BodyStyle(
        image=lambda name: f"334894974524682240/2025/3/3/{name}",
        figure=_figure,
        link=lambda name, text: f'<a href="/Uploads/attach/{name}" target="_blank" class="VCCSharedPlugin">{text}</a>',
        signoff='<p style="text-align: right;"><b>{}</b></p>'.format,
        heading="h2",
        filler="",
    )
    disallow = ("/ajax/", "/search/", "/print/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        drawn = int(sha256(slug.encode()).hexdigest(), 16)
        return f"102{published:%y%m%d%H%M}{drawn % 60:02d}{drawn // 60 % 1000:03d}"

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/{article.slug}-{article.key}.htm"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/{'-'.join(article.slug.split('-')[:5])}-{article.key}.htm"

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"/timelinelist/{section.code}/{number}.htm"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        for section in self.sections:
            if path == section.path:
                return section, 1
            if found := re.fullmatch(rf"/timelinelist/{section.code}/(\d+)\.htm", path):
                return section, max(1, int(found[1]))
        return None

    def render_list(self, section: ReplicaSection, number: int, request: SiteRequest) -> str:
        rows, last = self.page(section, number, request.night)
        fragment = request.path.startswith("/timelinelist/")
        template = "timeline.html" if fragment else "list.html"
        return self.render(template, request, section=section, rows=rows, number=number, last=last)

    def date_line(self, article: ReplicaArticle) -> str:
        return f"{article.published:%d/%m/%Y %H:%M}" if article.clock else f"{article.published:%d/%m/%Y}"

    def list_day(self, article: ReplicaArticle) -> str:
        return self.date_line(article)

    def us_time(self, moment: datetime) -> str:
        """A time as the list's `title` attributes write it: month first, twelve hours."""
        clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"
        return f"{moment.month}/{moment.day}/{moment.year} {clock}"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """The feed beside each section, which answers conditional requests."""
        section = next((s for s in self.sections if request.path == s.path.removesuffix(".htm") + ".rss"), None)
        if section is None:
            return None
        rows = self.rows(section, request.night)[:10]
        items = [(row.article, self.url(row.article), format_datetime(row.article.published)) for row in rows]
        body = self.render("feed.xml", request, section=section, items=items).encode()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        newest = rows[0].article.published if rows else None
        return SiteResponse(body, content_type="application/rss+xml; charset=utf-8", etag=etag, last_modified=newest)


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


class HaNoi(BaoChinhPhu):
    """hanoi.gov.vn: section pages begin a list, POST brings it piece by piece."""

    portal = "ha_noi"
    host = "hanoi.gov.vn"
    family = "vccorp_posted"
    name = "Cổng thông tin điện tử thành phố Hà Nội"
    key_pattern = r"/[a-z0-9-]+/[a-z0-9-]+-(\d{16})\.htm"
    page_size = 3
    beyond = "empty"
    sections: Sequence[ReplicaSection] = DeclaredSections("ha_noi", 1021)
    catname, site_value = "VGluTm9pQmF0fGhhbm9p", "aGFub2kuZ292LnZu"

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return BaoChinhPhu.key_of(slug, published, number)[2:]

    def article_path(self, article: ReplicaArticle) -> str:
        return f"{self.section(article.section).path}/{article.slug}-{article.key}.htm"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/tin-so-nganh/{article.slug}-{article.key}.htm"

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return next(((s, 1) for s in self.sections if path == s.path), None)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """The list's pieces: what the form says is shown already is left out."""
        if request.path != "/api/NewsZone/NewsZone":
            return None
        form = parse_qs(request.body.decode("utf-8", "replace"))
        code = next(iter(form.get("Catname", [""]))).removeprefix(self.catname)
        section = next((each for each in self.sections if each.code == code), None)
        own = form.get("Site") == [self.site_value] and form.get("LanguageId") == ["dmk="]
        if request.method != "POST" or section is None or not own:
            return SiteResponse(b"", 400)
        told = set(form.get("DataIds[]", []))
        rows = {row.article.key: row for row in self.rows(section, request.night) if row.article.key not in told}
        shown = list(rows.values())[: self.page_size]
        return SiteResponse(self.render("piece.html", request, rows=shown).encode())
