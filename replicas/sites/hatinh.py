"""The composed portal of Hà Tĩnh: class names of the article as described, the list's inferred."""

from __future__ import annotations

from collections.abc import Sequence

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
from replicas.sites.declared_sections import DeclaredSections
from replicas.sites.liferay import centred_figure


class HaTinh(ComposedSite):
    """hatinh.gov.vn: files, view counter and author stand at the end of the body, in this order; the last page repeats."""

    portal = "ha_tinh"
    host = "hatinh.gov.vn"
    family = "hatinh"
    name = "Cổng thông tin điện tử tỉnh Hà Tĩnh"
    key_pattern = r"(?:/vi)?/bai-viet/([^/]+)"
    files_path = "/uploads/files/"
    beyond = "last"
    sections: Sequence[ReplicaSection] = DeclaredSections("ha_tinh")
    style = BodyStyle(
        image=lambda name: f"/uploads/topics/20250303{len(name):06d}.jpg#{name}",
        figure=centred_figure,
        link=lambda name, text: f'<a href="/uploads/files/{name}">{text}</a>',
        signoff="<!--tep-->\n<div>Lượt xem: 125</div>\n<div>{}</div>".format,
    )
    disallow = ("/admin/", "/api/")

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/vi/bai-viet/{article.slug}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/bai-viet/{article.slug}"

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        return f"Đăng tải: {at:%H:%M - %d/%m/%Y}" if article.clock else f"Đăng tải: {at:%d/%m/%Y}"
