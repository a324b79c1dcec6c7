"""The composed portal on VHV: Bình Định. List and article as recorded at moit.gov.vn, the article in the older skin."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from datetime import datetime

from replicas.bodies import BodyStyle
from replicas.composed import WEEKDAYS, ComposedSite, page_number
from replicas.liferay import centred_figure
from replicas.records import ReplicaArticle, ReplicaSection

__all__ = ["BinhDinh"]

_UPLOAD = "/upload/2005340/20250303/"


def _download(name: str, text: str) -> str:
    return f"""<a class="link-download" href="javascript:void(0)" onclick="downloadFile('','{_UPLOAD}{name}')">{text}</a>"""


class BinhDinh(ComposedSite):
    """binhdinh.gov.vn: the slug is the key, with or without a section before it; article pages never change by themselves."""

    portal = "binh_dinh"
    host = "binhdinh.gov.vn"
    family = "vhv"
    name = "Cổng thông tin điện tử tỉnh Bình Định"
    sections: Sequence[ReplicaSection] = (ReplicaSection("tin_tuc", "/tin-tuc", "Tin tức"),)
    style = BodyStyle(
        image=lambda name: f"{_UPLOAD}{zlib.crc32(name.encode()) % 100_000}{name}",
        figure=centred_figure,
        link=_download,
        signoff='<p style="text-align: right;"><strong>{}</strong></p>'.format,
    )
    disallow = ("/data/", "/lib/", "/packages/", "/portals/", "/pages/", "/1/", "/content/download/")
    still_articles = True

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return slug

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/tin-tuc/{article.slug}.html"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/tin-tuc/kinh-te-xa-hoi/{article.slug}.html?categoryId=100254"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"/tin-tuc/(?:[a-z0-9-]+/)?([^/]+)\.html", path)
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
        return f"{_UPLOAD}{name}"
