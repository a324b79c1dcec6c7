"""The composed sites on Drupal: an invented district in one portal's theme, An Giang and Phú Thọ by their addresses.

Of An Giang nothing but addresses is known, of Phú Thọ one list: their article pages are those of the district.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import DaysOnly

_STOP_WORDS = frozenset(("an", "to", "in", "by", "at", "up"))


class DrupalSite(DaysOnly):
    """A site on Drupal: the alias is the key, `?page=1` is the second page, a day without time of day."""

    files_path = "/sites/default/files/2025-03/"
    style = BodyStyle(
        "/sites/default/files/2025-03/{}".format, '<a href="/sites/default/files/2025-03/{}">{}</a>'.format
    )
    article_form = "/{article.key}"
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


class MauDrupal(DrupalSite):
    """A district on Drupal, in the markup of one portal's theme."""

    portal = "mau_drupal"
    host = "tamlo.huyen-mau.vn"
    family = "drupal"
    name = "Cổng thông tin điện tử huyện Tam Lộ"
    key_pattern = r"(?:/index\.php)?/([a-z0-9-]+)"
    alternate_form = "/index.php/{article.key}"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/taxonomy/term/4", "Tin tức - Sự kiện"),
        ReplicaSection("thong-bao", "/taxonomy/term/9", "Thông báo"),
    )


class AnGiang(DrupalSite):
    """angiang.gov.vn: articles at the root of the language, where sections and pages of the menu stand too."""

    portal = "an_giang"
    host = "angiang.gov.vn"
    family = "drupal_language"
    key_pattern = r"(?:/vi)?/([a-z0-9-]+)"
    article_form = "/vi/{article.key}"
    alternate_form = "/{article.key}"

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return "-".join(word for word in slug.split("-") if word not in _STOP_WORDS)[:100]


class PhuTho(DrupalSite):
    """phutho.gov.vn: lists without day and page links; aliases with the site before them are inferred."""

    portal = "phu_tho"
    host = "phutho.gov.vn"
    family = "drupal_posts"
    key_pattern = r"(?:/vi)?/(thanhpholehoi/[a-z0-9-]+)"
    article_form = "/vi/{article.key}"
    alternate_form = "/{article.key}"
    style = BodyStyle("/sites/default/files/users/user7/{}".format, DrupalSite.style.link)

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return f"thanhpholehoi/{slug[:100]}"
