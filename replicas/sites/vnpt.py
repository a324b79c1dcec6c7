"""The composed portals of VNPT: class names as described, their order inferred; page 2 on comes by POST.

Answered are the fields that a scraper sends: category, site, page and page size; a request without them gets 404. An address
with another parameter shows page 1 again. The menu names a section with a number, cut slugs end in a hyphen, the newer portals
keep files on a host of their own, with the upload's .NET ticks in their names, and give every picture the same alt text.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, SiteResponse

_LOAD = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"


_UPLOADS = datetime(2025, 1, 6, 8)


def _ticks(name: str) -> int:
    """Return the .NET ticks of a file's upload, before the first article: the same for the same name."""
    at = _UPLOADS + timedelta(seconds=zlib.crc32(name.encode()) % 2_000_000)
    return (at - datetime(1, 1, 1)) // timedelta(microseconds=1) * 10 + 4668


def _stamped(name: str, before: str = "") -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}{before}{_ticks(name)}.{ending}"


def _editor_figure(src: str, caption: str) -> str:
    """Picture and caption as CKEditor 5 writes them; every picture has the same alt text."""
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="image"><img src="{src}" alt="Anh-tin-bai">{below}</figure>'


def _editor_style(folder: str, mark: Callable[[str], str]) -> BodyStyle:
    return BodyStyle(
        image=lambda name: folder + mark(name),
        link=lambda name, text: f'<a class="link-download" href="{folder}{mark(name)}">{text}</a>',
        figure=_editor_figure,
    )


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
    carried = False
    """True where list links carry the number of their list page along."""
    longest_slug = 0
    """The length at which slugs are cut, behind a hyphen; 0 where they stay whole."""
    further_menu: tuple[tuple[str, str], ...] = ()
    """Paths and titles in the menu besides the spider's sections."""
    default_caption = False
    """True where a picture without a caption shows the editor's default one."""
    leftover = ""
    """Path of a picture that moved articles kept from the system before; empty where there was none."""
    style = BodyStyle("/files/{}".format, '<a class="link-download" href="/files/{}">{}</a>'.format)
    article_form = "{section.path}/{article.slug}-{article.key}"
    alternate_form = "/tin-noi-bat/{article.slug}-{article.key}?fbclid=IwAR0x"
    date_form = "Ngày đăng: {at:%d/%m/%Y}[ {at:%H:%M}]"
    disallow = ("/admin/", "/login", "/search")

    def article_path(self, article: ReplicaArticle) -> str:
        return self._cut(super().article_path(article))

    def twin_path(self, article: ReplicaArticle) -> str:
        return self._cut(super().twin_path(article))

    def _cut(self, path: str) -> str:
        """Return an article's address with its slug cut at its last hyphen within the length."""
        folder, _, last = path.rpartition("/")
        slug, _, number = last.rpartition("-")
        at = slug.rfind("-", 0, self.longest_slug) if self.longest_slug < len(slug) else -1
        return f"{folder}/{slug[: at + 1]}-{number}" if at > 0 else path

    def entry_path(self, address: str, number: int) -> str:
        """Return an article's address as page `number` of a list links it."""
        return f"{address}?pageindex={number - 1}" if self.carried else address

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


class NgheAn(VNPTSite):
    """nghean.gov.vn: a section with a number, `?pageindex=` counted from 0 in list links and, so inferred, in page links."""

    portal = "nghe_an"
    host = "nghean.gov.vn"
    file_host = "datafiles.nghean.gov.vn"
    files_path = "/nan-ubnd/1/quantritintuc20253/"
    first_code = 73053
    page_size = 4
    by_link = True
    carried = True
    default_caption = True
    style = _editor_style(f"https://{file_host}{files_path}", lambda name: _stamped(name, "[1]"))

    def file_path(self, name: str) -> str:
        return self.files_path + _stamped(name, "[1]")

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}?pageindex={number - 1}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        section, index = self.section_at(path), re.fullmatch(r"pageindex=(\d{1,4})", query)
        return (section, int(index[1]) + 1 if index else 1) if section else None


class HaiPhong(VNPTSite):
    """haiphong.gov.vn: slugs are cut; procedures and documents stand in the menu, links to the system before in the texts."""

    portal = "hai_phong"
    host = "haiphong.gov.vn"
    file_host = "cdn.haiphong.gov.vn"
    files_path = "/gov-hpg/1/tintuc/2025/3/"
    first_code = 76758
    longest_slug = 40
    default_caption = True
    further_menu = (
        ("/thu-tuc-hanh-chinh-76761", "Thủ tục hành chính"),
        ("/Van-ban-quy-pham-phap-luat/", "Văn bản quy phạm pháp luật"),
    )
    style = _editor_style(f"https://{file_host}{files_path}", _stamped)

    def file_path(self, name: str) -> str:
        return self.files_path + _stamped(name)


class TayNinh(VNPTSite):
    """tayninh.gov.vn, as its departments are: slugs are cut."""

    portal = "tay_ninh"
    host = "tayninh.gov.vn"
    first_code = 81020
    longest_slug = 40


class CaMau(VNPTSite):
    """camau.gov.vn: files by the product's name, a picture that moved articles kept from IBM WebSphere."""

    portal = "ca_mau"
    host = "camau.gov.vn"
    file_host = "files-vnportal.camau.gov.vn"
    files_path = "/gov-cmu/1/FileQuanTriTinTuc/"
    first_code = 28200
    default_caption = True
    leftover = (
        "/Datafiles/camau-gov-vn/wps/wcm/connect/6f1c2a30-7d51-4b0e-9b1e-3f0a55d0c0de/"
        "anh-jpg-3fmod-3dajperes-26amp-3bcvid-3d.png"
    )
    style = _editor_style(f"https://{file_host}{files_path}", lambda name: _stamped(name, "-1-"))

    def file_path(self, name: str) -> str:
        return self.files_path + _stamped(name, "-1-")


class LaoCai(VNPTSite):
    """www.laocai.gov.vn: the front in the older query form, articles in the present one, as its departments have them."""

    portal = "lao_cai"
    host = "www.laocai.gov.vn"
    first_code = 95227
    article_form = "/tin-trong-tinh/{article.slug}-{article.key}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return super().list_at(f"{path}?{query}" if query else path, "")
