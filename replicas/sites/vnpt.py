"""The composed portals of VNPT: class names as described, their order inferred; page 2 on comes by POST.

Answered are the fields that a scraper sends: category, site, page and page size; a request without them gets 404.
"""

from __future__ import annotations

from replicas.records import ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
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
    style = BodyStyle("/files/{}".format, '<a class="link-download" href="/files/{}">{}</a>'.format)
    article_form = "{section.path}/{article.slug}-{article.key}"
    alternate_form = "/tin-noi-bat/{article.slug}-{article.key}?fbclid=IwAR0x"
    date_form = "Ngày đăng: {at:%d/%m/%Y}[ {at:%H:%M}]"
    disallow = ("/admin/", "/login", "/search")

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return super().list_at(path, query if self.by_link else "")

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the piece of a list that the page's script asks for."""
        if request.path != _LOAD or request.method != "POST":
            return None
        form = request.form
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
    page_size = 4
    first_code = 56011


class SoKhcnNinhBinh(VNPTSite):
    """sokhcn.ninhbinh.gov.vn, a department on a host of its own."""

    portal = "so_khcn_ninh_binh"
    host = "sokhcn.ninhbinh.gov.vn"
    site_id = 9077
    first_code = 57200


class SonLa(VNPTSite):
    """sonla.gov.vn."""

    portal = "son_la"
    host = "sonla.gov.vn"
    first_code = 61708


class CaoBang(VNPTSite):
    """caobang.gov.vn."""

    portal = "cao_bang"
    host = "caobang.gov.vn"
    first_code = 43100


class CanTho(VNPTSite):
    """www.cantho.gov.vn: titles in `.ArticleHeader`, page links with `?page=N`, as a scraper took them to be."""

    portal = "can_tho"
    host = "www.cantho.gov.vn"
    page_size = 4
    header_titles = True
    by_link = True
    first_code = 38400
