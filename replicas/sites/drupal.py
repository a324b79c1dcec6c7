"""The composed site of an invented district on Drupal, in the markup of one portal's theme."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import DaysOnly


class MauDrupal(DaysOnly):
    """A district on Drupal: the alias is the key, `?page=1` is the second page, a day without time of day."""

    portal = "mau_drupal"
    host = "tamlo.huyen-mau.vn"
    family = "drupal"
    name = "Cổng thông tin điện tử huyện Tam Lộ"
    key_pattern = r"(?:/index\.php)?/([a-z0-9-]+)"
    files_path = "/sites/default/files/2025-03/"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/taxonomy/term/4", "Tin tức - Sự kiện"),
        ReplicaSection("thong-bao", "/taxonomy/term/9", "Thông báo"),
    )
    style = BodyStyle(
        "/sites/default/files/2025-03/{}".format, '<a href="/sites/default/files/2025-03/{}">{}</a>'.format
    )
    article_form = "/{article.key}"
    alternate_form = "/index.php/{article.key}"
    date_form = "{at:%d/%m/%Y}"
    disallow = ("/admin/", "/user/login", "/search/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return slug[:100]

    def node(self, article: ReplicaArticle) -> int:
        """Return the number of an article's node."""
        return 5000 + zlib.crc32(article.key.encode()) % 4000

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}?page={number - 1}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        asked = parse_qs(query).get("page", ["0"])[-1]
        number = int(asked) + 1 if asked.isdecimal() else 1
        section = self.section_at(path)
        return (section, number) if section else None
