"""The composed portals of VNPT: class names as described, their order inferred; page 2 on comes by POST.

Answered are the fields that a scraper sends: category, site, page and page size; a request without them gets 404.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite, page_number
from replicas.sites.declared_sections import DeclaredSections
from replicas.sites.liferay import centred_figure
from replicas.sites.site import SiteRequest, SiteResponse

_LOAD = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"


class VNPTSite(ComposedSite):
    """A portal of VNPT: the number after the last `-` is the key."""

    family = "vnpt"
    numbered = True
    key_pattern = r"/[a-z0-9-]+/[a-z0-9-]+-(\d+)"
    files_path = "/files/"
    site_id = 9041
    page_size = 15
    header_titles = False
    by_link = False
    style = BodyStyle(
        image=lambda name: f"/files/{name}",
        figure=centred_figure,
        link=lambda name, text: f'<a class="link-download" href="/files/{name}">{text}</a>',
    )
    disallow = ("/admin/", "/login", "/search")

    def article_path(self, article: ReplicaArticle) -> str:
        return f"{self.section(article.section).path}/{article.slug}-{article.key}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/tin-noi-bat/{article.slug}-{article.key}?fbclid=IwAR0x"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        number = page_number(query, "page") if self.by_link else 1
        return next(((s, number) for s in self.sections if path == s.path), None)

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        return f"Ngày đăng: {at:%d/%m/%Y %H:%M}" if article.clock else f"Ngày đăng: {at:%d/%m/%Y}"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """The piece of a list that the page's script asks for."""
        if request.path != _LOAD or request.method != "POST":
            return None
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        section = next((s for s in self.sections if s.code == form.get("article_category_id")), None)
        page = form.get("page", "")
        own = form.get("site_id") == str(self.site_id) and form.get("page_size") == str(self.page_size)
        if section is None or not own or not page.isdecimal():
            return SiteResponse(b"", 404)
        rows, last = self.page(section, max(1, int(page)), request.night)
        piece = self.render("part.html", request, section=section, rows=rows, number=int(page), last=last)
        return SiteResponse(piece.encode())


class NinhBinh(VNPTSite):
    """ninhbinh.gov.vn."""

    portal = "ninh_binh"
    host = "ninhbinh.gov.vn"
    name = "Cổng thông tin điện tử tỉnh Ninh Bình"
    page_size = 4
    sections: Sequence[ReplicaSection] = DeclaredSections("ninh_binh", 56011)


class SoKhcnNinhBinh(VNPTSite):
    """sokhcn.ninhbinh.gov.vn, a department on a host of its own."""

    portal = "so_khcn_ninh_binh"
    host = "sokhcn.ninhbinh.gov.vn"
    name = "Sở Khoa học và Công nghệ tỉnh Ninh Bình"
    site_id = 9077
    sections: Sequence[ReplicaSection] = DeclaredSections("so_khcn_ninh_binh", 57200)


class SonLa(VNPTSite):
    """sonla.gov.vn."""

    portal = "son_la"
    host = "sonla.gov.vn"
    name = "Cổng thông tin điện tử tỉnh Sơn La"
    sections: Sequence[ReplicaSection] = DeclaredSections("son_la", 61708)


class CaoBang(VNPTSite):
    """caobang.gov.vn."""

    portal = "cao_bang"
    host = "caobang.gov.vn"
    name = "Cổng thông tin điện tử tỉnh Cao Bằng"
    sections: Sequence[ReplicaSection] = DeclaredSections("cao_bang", 43100)


class CanTho(VNPTSite):
    """www.cantho.gov.vn: titles in `.ArticleHeader`, page links with `?page=N`, as a scraper took them to be."""

    portal = "can_tho"
    host = "www.cantho.gov.vn"
    name = "Cổng thông tin điện tử thành phố Cần Thơ"
    page_size = 4
    header_titles = True
    by_link = True
    sections: Sequence[ReplicaSection] = DeclaredSections("can_tho", 38400)
