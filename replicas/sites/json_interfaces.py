"""The composed portals whose lists are interfaces of JSON: Bắc Ninh's portlet, Vĩnh Phúc's lists, the police of Hà Nội.

Paths, field names and dates are as described; what surrounds them (the front pages, the shells) is inferred.
"""

from __future__ import annotations

import html
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import parse_qsl, quote

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle, build_body
from replicas.sites.composed import ComposedSite, Row, page_number
from replicas.sites.site import SiteRequest, SiteResponse


def _json(value: object) -> SiteResponse:
    return SiteResponse(json.dumps(value, ensure_ascii=False).encode(), content_type="application/json; charset=utf-8")


class _Interface(ComposedSite, ABC):
    """A portal whose articles come as records; pages of its own it has none but shells."""

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        # The interfaces name no files beside the text.
        super().__init__([replace(article, files=()) for article in articles], sections)

    date_form = ""
    list_date_form = "{at:%Y-%m-%d}[T{at:%H:%M:%S}]"
    """The record's date: local, without offset."""

    def body(self, article: ReplicaArticle) -> str:
        """Return the record's HTML."""
        return build_body(article.parts, self.style, article.shape)

    @abstractmethod
    def record(self, article: ReplicaArticle, address: str) -> dict[str, object]:
        """Return the article as the interface sends it."""

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        """Return the record that answers for the article's text."""
        shown = article.as_of(request.night)
        return json.dumps(self.record(shown, self.article_path(shown)), ensure_ascii=False)


class CongAnHaNoi(_Interface):
    """congan.hanoi.gov.vn: `listnew` and `getbyid`; the pages themselves are filled by script."""

    portal = "cong_an_ha_noi"
    host = "congan.hanoi.gov.vn"
    family = "dnn"
    numbered = True
    key_pattern = r"/tin-tuc/[a-z0-9-]+-(\d+)"
    files_path = "/Portals/0/tai-lieu/"
    first_code = 391
    style = BodyStyle("/Portals/0/{}".format, '<a href="/Portals/0/tai-lieu/{}">{}</a>'.format)
    article_form = "/tin-tuc/{article.slug}-{article.key}"
    alternate_form = "/tin-tuc/{article.slug:.12}-{article.key}"

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        super().__init__(articles, sections)
        modules = _modules()
        self.sections = tuple(replace(each, code=modules.get(each.path, each.code)) for each in self.sections)

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return f"{_DNN}listnew?PortalId=0&ModuleId={section.code}&GetType=3&PageIndex={number}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        module = dict(parse_qsl(query)).get("ModuleId", "")
        section = next((section for section in self.sections if section.code == module), None)
        return (section, page_number(query, "PageIndex")) if section and path == f"{_DNN}listnew" else None

    def record(self, article: ReplicaArticle, address: str) -> dict[str, object]:
        """All that the interface knows of an article."""
        return {
            "Id": int(article.key),
            "Url": address,
            "Name": html.escape(article.title, quote=False),
            "Description": article.lead,
            "PublishTime": self.list_day(article),
            "FullContent": self.body(article),
            "ViewCount": None,
        }

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the two calls of the interface; pages are shells."""
        if request.path == f"{_DNN}getbyid":
            key = request.asked.get("id")
            article = next((each for each in self.visible(request.night) if each.key == key), None)
            return _json(None) if article is None else _json(self.record(article, self.article_path(article)))
        if (listed := self.list_at(request.path, request.query)) is not None:
            return _json(self._lists(*listed, request.night))
        if self.key_at(request.path, "") or self.section_at(request.path):
            return SiteResponse(self.render("shell.html", request).encode())
        return None

    def _lists(self, section: ReplicaSection, number: int, night: date) -> dict[str, object]:
        rows, _ = self.page(section, number, night)
        brief = [self.record(row.article, row.address) | {"FullContent": None} for row in rows]
        return {"ListData": brief[:2], "ListMoreData": brief[2:], "TotalRecord": len(self.rows(section, night))}


_DNN = "/DesktopModules/cmsview/api/NewsContent/"


def _modules() -> dict[str, str]:
    from crawler.spiders.cong_an_ha_noi import CongAnHaNoi as Declared

    return {section.path: dict(section.asks)["ModuleId"] for section in Declared.sections}


class VinhPhuc(_Interface):
    """vinhphuc.gov.vn: one POST for all lists, whose records hold their texts, escaped once more."""

    portal = "vinh_phuc"
    host = "vinhphuc.gov.vn"
    family = "sharepoint_query"
    numbered = True
    files_path = "/ct/cms/tintuc/Documents/"
    page_size = 50
    page_parameter = ""
    style = BodyStyle(
        "/ct/cms/tintuc/PublishingImages/{}".format, '<a href="/ct/cms/tintuc/Documents/{}">{}</a>'.format
    )
    article_form = alternate_form = "{section.path}/View_Detail.aspx?ItemID={article.key}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return None

    def rows(self, section: ReplicaSection, night: date) -> list[Row]:
        """Ids are counted per list: an article of two lists has two addresses."""
        found = {row.article.key: row.article for row in super().rows(section, night)}
        address = f"{section.path}/View_Detail.aspx?ItemID="
        return [Row(article, address + key, self.list_day(article)) for key, article in found.items()]

    def record(self, article: ReplicaArticle, address: str) -> dict[str, object]:
        """One record of a list."""
        return {
            "ID": int(article.key),
            "Title": f"## {article.title}",
            "DescriptionNews": html.escape(html.escape(article.lead)) if "<" in article.lead else article.lead,
            "ContentNews": html.escape(self.body(article)),
            "CreatedDate": self.list_day(article),
            "ImageNews": "/ct/cms/tintuc/PublishingImages/dai-dien.jpg",
        }

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the interface, and a shell at every address of a list or article."""
        if request.path == "/APIVP/api/DSTinTuc/QUERYDATA":
            return self._query(request)
        if any(request.path.startswith(section.path) for section in self.sections):
            return SiteResponse(self.render("shell.html", request).encode())
        return None

    def _query(self, request: SiteRequest) -> SiteResponse:
        form = request.form
        section = self.section_at(quote(form.get("UrlList", ""), safe="/"))
        start, length = form.get("start", ""), form.get("length", "")
        if request.method != "POST" or section is None or not (start.isdecimal() and length.isdecimal()):
            return SiteResponse(b'{"Message":"No HTTP resource was found."}', 404, "application/json; charset=utf-8")
        rows = self.rows(section, request.night)
        shown = rows[int(start) : int(start) + int(length)]
        data = [self.record(row.article, row.address) for row in shown]
        return _json({"draw": 0, "recordsTotal": len(rows), "data": data})


class BacNinh(_Interface):
    """bacninh.gov.vn: a section page names its list in `loadPageURL`; articles are pages."""

    portal = "bac_ninh"
    host = "bacninh.gov.vn"
    family = "json_portlet"
    key_pattern = r"(?:/en/news)?/-/details/37632/[a-z0-9-]+-(\d+)"
    files_path = "/documents/20182/37632/"
    page_parameter = ""
    in_script = False
    first_code = 37632
    style = BodyStyle("/documents/20182/{}".format, '<a href="/documents/20182/37632/{}">{}</a>'.format)
    article_form = "/-/details/37632/{article.slug}-{article.key}"
    alternate_form = "/en/news" + article_form
    list_date_form = ComposedSite.date_form  # the form of `createdDate` is not known; day before month

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return f"141{number}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return None if query else super().list_at(path, query)

    def load_path(self, section: ReplicaSection) -> str:
        """Return the address of the list's answers, with what Liferay puts into it."""
        named = "p_p_id=newsbycategory_WAR_bacninhportlet&p_p_lifecycle=2&p_p_resource_id=loadPage&p_auth=Xk3v9QwZ"
        return f"{section.path}?{named}&_newsbycategory_WAR_bacninhportlet_categoryId={section.code}"

    def record(self, article: ReplicaArticle, address: str) -> dict[str, object]:
        """One item: summary and content are cut and escaped."""
        return {
            "id": article.key,
            "title": article.title,
            "summary": html.escape(article.lead[:60]),
            "content": html.escape(self.body(article)[:80]),
            "createdDate": self.list_day(article),
            "urlDetail": address,
        }

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        """Return an article's page."""
        return ComposedSite.render_article(self, article, request)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the list's answers."""
        section = self.section_at(request.path)
        if section is None or "p_p_resource_id=loadPage" not in request.query:
            return None
        code = request.asked.get("_newsbycategory_WAR_bacninhportlet_categoryId")
        rows, last = self.page(section, page_number(request.query, "pageNum"), request.night)
        items = [self.record(row.article, row.address) for row in rows] if code == section.code else []
        value = {"items": items, "totalPageNum": last}
        if not self.in_script:
            return _json(value)
        told = (
            json.dumps(value, ensure_ascii=False).replace("\\", "\\\\").replace("'", "\\u0027").replace("=", "\\u003d")
        )
        page = f"<html><head><title>{self.name}</title></head><body><script>\nvar data = '{told}';\n</script></body></html>"
        return SiteResponse(page.encode())
