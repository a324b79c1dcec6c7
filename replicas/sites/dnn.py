"""The composed portals on DNN with pages: Huế and Vĩnh Long.

Addresses are as described, Vĩnh Long's list items as one of its departments has them. Around them stands what DNN itself
writes; the article's page and Huế's list are inferred, and no page links a next one.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qs
from uuid import NAMESPACE_URL, uuid5

from replicas.records import ReplicaArticle
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite


class DNNSite(ComposedSite):
    """A portal on DNN: parameters behind the page, in its path or its query, in any letter case."""

    family = "dnn_pages"
    any_case = True
    page_parameter = ""
    page_size = 50
    files_path = "/Portals/0/tai-lieu/"
    style = BodyStyle("/Portals/0/anh/{}".format, '<a href="/Portals/0/tai-lieu/{}">{}</a>'.format)


class Hue(DNNSite):
    """hue.gov.vn: news by a GUID, texts by a slug with a number, both below any page."""

    portal = "hue"
    host = "hue.gov.vn"

    @classmethod
    def key_of(cls, slug: str, published: datetime, number: str) -> str:
        return f"tb/{number}" if int(number) % 2 else str(uuid5(NAMESPACE_URL, slug))

    def article_path(self, article: ReplicaArticle) -> str:
        return self._below(self.section(article.section).path, "Chi-tiet", article)

    def twin_path(self, article: ReplicaArticle) -> str:
        return self._below("/Trang-chu", "Chi-tiet-su-kien", article)

    @staticmethod
    def _below(page: str, shown_on: str, article: ReplicaArticle) -> str:
        if article.key.startswith("tb/"):
            return f"{page}/tb/{article.slug.capitalize()}-{article.key[3:]}"
        return f"{page}/{shown_on}/mlid/{article.key}"

    def key_at(self, path: str, query: str) -> str | None:
        if text := re.fullmatch(r"/.+/tb/.+-(\d+)", path.lower()):
            return f"tb/{text[1]}"
        event = re.fullmatch(r"/.+/chi-tiet(?:-su-kien)?/mlid/([0-9a-f-]{36})", path.lower())
        return event[1] if event else None


class VinhLong(DNNSite):
    """vinhlong.gov.vn: the query of one page for all names the article, or the path of another."""

    portal = "vinh_long"
    host = "vinhlong.gov.vn"
    family = "dnn_items"
    alternate_form = "/xem-chi-tiet-tin-tuc/{article.key}"

    @classmethod
    def key_of(cls, slug: str, published: datetime, number: str) -> str:
        return f"id/{number}"

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/Default.aspx?tabid=22641&ID={article.key.removeprefix('id/')}"

    def key_at(self, path: str, query: str) -> str | None:
        asked = {name.lower(): values[-1] for name, values in parse_qs(query).items()}
        if path.lower() == "/default.aspx":
            return f"id/{asked.get('id')}" if "tabid" in asked else None
        page = re.fullmatch(r"/xem-chi-tiet-tin-tuc/(id/\d+)", path.lower())
        return page[1] if page else None
