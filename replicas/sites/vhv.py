"""The composed sites on VHV: Bình Định's older skin, and the others in the newer one.

Lists and articles are as recorded at moit.gov.vn, requests and wrong answers as its readers describe them: `?page=N` is page 1
again, further pages come from the module's own request, and a form without its content type is page 1 too.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from urllib.parse import urlencode

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite, Row
from replicas.sites.site import SiteRequest, SiteResponse

_UPLOAD = "/upload/2005340/20250303/"
_FORM = "application/x-www-form-urlencoded"
_MODULE = "25"
_LONGEST = 120  # letters of a slug


def _download(name: str, text: str, folder: str) -> str:
    return (
        f"""<a class="link-download" href="javascript:void(0)" onclick="downloadFile('','{folder}{name}')">{text}</a>"""
    )


class VHVSite(ComposedSite):
    """A portal of VHV in the newer skin: the slug is the key, with and without a section before it."""

    family = "vhv_new"
    key_pattern = r"(?:/[a-z0-9-]+)+/([^/]+)\.html"
    files_path = "/upload/tep/"
    site_id = 2005000
    first_code = 101_788_600
    skin = "news-default"
    page_parameter = ""
    style = BodyStyle(
        image=lambda name: f"/upload/tep/{zlib.crc32(name.encode()) % 100_000}{name}",
        link=partial(_download, folder="/upload/tep/"),
        heading="h2",
    )
    article_form = "{section.path}/{article.key}.html"
    alternate_form = "/tin-tuc/{article.key}.html?categoryId=100254"
    machine_form = "{at:%Y-%m-%dT%H:%M}:26+07:00"
    date_form = "{weekday}, {at:%d/%m/%Y}[ | {at:%H:%M}]"
    disallow = ("/data/", "/lib/", "/packages/", "/portals/", "/pages/", "/1/", "/content/download/")

    @classmethod
    def key_of(cls, slug: str, published: datetime, number: str) -> str:
        return number if cls.numbered else slug[:_LONGEST]

    def record_id(self, article: ReplicaArticle) -> str:
        """Return the id of an article's record: 24 hexadecimal digits."""
        return f"{int(article.published.timestamp()) * 65537:024x}"

    def record_number(self, article: ReplicaArticle) -> str:
        """Return the number of an article's record."""
        return str(101_790_000 + zlib.crc32(article.key.encode()) % 1_000_000)

    def module(self, section: ReplicaSection) -> str:
        """Return the request of the section's list, as it stands in the page."""
        request = {
            "layout": "Content.Article.News.default",
            "itemsPerPage": str(self.page_size),
            "orderBy": "publishTime DESC",
            "service": "Content.Article.selectAll",
            "type": "Article.News",
            "categoryId": section.code,
            "widgetCode": f"{zlib.crc32(section.name.encode()):024x}",
            "hasPagination": "1",
        }
        return base64.b64encode(json.dumps(request).encode()).decode()

    def list_path(self, section: ReplicaSection, number: int) -> str:
        if number == 1:
            return section.path
        asked = {"categoryId": section.code, "pageNo": number, "itemsPerPage": self.page_size}
        return f"/?{urlencode(self._redraw() | asked)}"

    def _redraw(self) -> dict[str, object]:
        return {"module": "Content.Listing", "moduleId": _MODULE, "cmd": "redraw", "site": self.site_id}

    def respond(self, request: SiteRequest) -> SiteResponse:
        asked = request.asked
        if request.path == "/" and all(asked.get(name) == str(value) for name, value in self._redraw().items()):
            fragment = self.render("rows.html", request, rows=self._asked_rows(request, self.rows))
            return SiteResponse(fragment.encode())
        return super().respond(request)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the list as JSON: the records of a page by their numbers, and the count of all."""
        if request.path != "/api/Content/Article/selectAll":
            return None
        items = {self.record_number(row.article): self._record(row) for row in self._asked_rows(request, self.records)}
        value: dict[str, object] = {
            "totalItems": len(self.records(self._asked_section(request), request.night)),
            "items": items or [],
        }
        return SiteResponse(json.dumps(value).encode(), content_type="application/json; charset=utf-8")

    def _record(self, row: Row) -> dict[str, object]:
        address = self.article_path(row.article).lstrip("/")
        return {
            "title": row.article.title,
            "rewriteURL": address,
            "publishTime": int(row.article.published.timestamp()),
            "otherFiles": [],
        }

    def records(self, section: ReplicaSection, night: date) -> list[Row]:
        """Return the rows of a section with each article once: its second address is no record."""
        return list({row.article.key: row for row in self.rows(section, night)}.values())

    def _asked_section(self, request: SiteRequest) -> ReplicaSection:
        code = _asked(request).get("categoryId", "")
        return next((each for each in self.sections if each.code == code), self.sections[0])

    def _asked_rows(self, request: SiteRequest, rows: Callable[[ReplicaSection, date], list[Row]]) -> list[Row]:
        """Return the rows of the page that a request asks for, page 1 without a number."""
        asked = _asked(request)
        number, per = int(asked.get("pageNo", 1)), int(asked.get("itemsPerPage", self.page_size))
        return rows(self._asked_section(request), request.night)[(number - 1) * per : number * per]


def _asked(request: SiteRequest) -> dict[str, str]:
    """Return what a query and a form ask for; a form without its content type asks for nothing."""
    is_form = request.headers.get("content-type", "").startswith(_FORM)
    return request.asked | (request.form if is_form else {})


class GiaLai(VHVSite):
    """gialai.gov.vn: page links with `a.next-pages`, which lead to page 1 again."""

    portal = "gia_lai"
    host = "gialai.gov.vn"
    skin = "next-pages"


class Moit(VHVSite):
    """moit.gov.vn: weekdays as figures."""

    portal = "moit"
    host = "moit.gov.vn"
    site_id = 2005517
    first_code = 101_788_658

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        day = "Chủ nhật" if at.weekday() == 6 else f"Thứ {at.weekday() + 2}"
        return f"{day}, {at:%d/%m/%Y}" + (f" | {at:%H:%M}" if article.clock else "")


class CongAnThanhHoa(VHVSite):
    """conganthanhhoa.gov.vn: plain items."""

    portal = "cong_an_thanh_hoa"
    host = "conganthanhhoa.gov.vn"
    skin = "item"


class LaiChau(VHVSite):
    """laichau.gov.vn: entries with their record's id, and without a day."""

    portal = "lai_chau"
    host = "laichau.gov.vn"
    site_id = 2000066
    skin = "post-item"


class QuangNgai(VHVSite):
    """quangngai.gov.vn."""

    portal = "quang_ngai"
    host = "quangngai.gov.vn"
    site_id = 2006516


class LangSon(VHVSite):
    """langson.gov.vn."""

    portal = "lang_son"
    host = "langson.gov.vn"
    site_id = 2006000


class HungYen(VHVSite):
    """hungyen.gov.vn: numbers in the addresses of lists and articles, the lead inside the body, a counter in the date."""

    portal = "hung_yen"
    host = "hungyen.gov.vn"
    numbered = True
    key_pattern = r"/[a-z0-9-]+-c(\d+)\.html"
    skin = "item-new"

    article_form = "/{article.slug}-c{article.key}.html"
    page_form = "{stem}-{number}.html"
    alternate_form = "/{article.slug:.20}-c{article.key}.html?categoryId=217"

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return ComposedSite.list_path(self, section, number)


class BinhDinh(VHVSite):
    """binhdinh.gov.vn: the slug is the key, with or without a section before it; article pages never change by themselves."""

    portal = "binh_dinh"
    host = "binhdinh.gov.vn"
    family = "vhv"
    site_id = 2005340
    key_pattern = r"/tin-tuc/(?:[a-z0-9-]+/)?([^/]+)\.html"
    files_path = _UPLOAD
    sections: Sequence[ReplicaSection] = (ReplicaSection("tin_tuc", "/tin-tuc", "Tin tức", "100254"),)
    style = BodyStyle(
        image=lambda name: f"{_UPLOAD}{zlib.crc32(name.encode()) % 100_000}{name}",
        link=partial(_download, folder=_UPLOAD),
    )
    article_form = "/tin-tuc/{article.key}.html"
    alternate_form = "/tin-tuc/kinh-te-xa-hoi/{article.key}.html?categoryId=100254"
    still_articles = True
