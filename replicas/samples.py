"""Invented portals on systems of which no provincial portal with evidence is known: NukeViet, Drupal, WordPress.

NukeViet's markup is that of its source's default theme, Drupal's that of one portal's theme; WordPress's is inferred.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs

from replicas.bodies import BodyStyle
from replicas.composed import WEEKDAYS, ComposedSite, page_number
from replicas.drawn import DaysOnly
from replicas.liferay import centred_figure
from replicas.records import ReplicaArticle, ReplicaSection

__all__ = ["MauDrupal", "MauNukeviet", "MauWordpress"]


def _figure(src: str, caption: str) -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="wp-block-image size-large"><img src="{src}" alt="">{below}</figure>'


class MauNukeviet(ComposedSite):
    """A district on NukeViet: the number before `.html` is the key, whatever the category; pages `page-2/`."""

    portal = "mau_nukeviet"
    host = "bentam.huyen-mau.vn"
    family = "nukeviet"
    name = "Trang thông tin điện tử huyện Bến Tắm"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/news/tin-tuc/", "Tin tức"),
        ReplicaSection("thong-bao", "/news/thong-bao/", "Thông báo"),
        ReplicaSection("van-hoa", "/news/van-hoa/", "Văn hóa", share=4),
    )
    style = BodyStyle(
        image=lambda name: f"/uploads/news/2025_03/{name}",
        figure=centred_figure,
        link=lambda name, text: f'<a href="/uploads/news/2025_03/{name}">{text}</a>',
        heading="h2",
    )
    disallow = ("/admin/", "/users/", "/news/print/", "/news/savefile/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return number

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/news/{article.section}/{article.slug}-{article.key}.html"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/vi/news/tin-tuc/{article.slug}-{article.key}.html"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"(?:/vi)?/news/[a-z-]+/[^/]+-(\d+)\.html", path)
        return found[1] if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}page-{number}/"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        found = re.fullmatch(r"(/news/[a-z-]+/)(?:page-(\d{1,4})/)?", path)
        return next(((s, int(found[2] or 1)) for s in self.sections if found and s.path == found[1]), None)

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        weekday = "Chủ nhật" if at.weekday() == 6 else f"Thứ {WEEKDAYS[at.weekday()]}"
        return f"{weekday} - {at:%d/%m/%Y %H:%M}" if article.clock else f"{weekday} - {at:%d/%m/%Y}"

    def list_day(self, article: ReplicaArticle) -> str:
        return f"{article.published:%d/%m/%Y %H:%M:%S}"

    def file_path(self, name: str) -> str:
        return f"/uploads/news/2025_03/{name}"


class MauDrupal(DaysOnly):
    """A district on Drupal: the alias is the key, `?page=1` is the second page, a day without time of day."""

    portal = "mau_drupal"
    host = "tamlo.huyen-mau.vn"
    family = "drupal"
    name = "Cổng thông tin điện tử huyện Tam Lộ"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/taxonomy/term/4", "Tin tức - Sự kiện"),
        ReplicaSection("thong-bao", "/taxonomy/term/9", "Thông báo"),
    )
    style = BodyStyle(
        image=lambda name: f"/sites/default/files/2025-03/{name}",
        figure=centred_figure,
        link=lambda name, text: f'<a href="/sites/default/files/2025-03/{name}">{text}</a>',
    )
    disallow = ("/admin/", "/user/login", "/search/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return slug[:100]

    def node(self, article: ReplicaArticle) -> int:
        """The number of an article's node."""
        return 5000 + zlib.crc32(article.key.encode()) % 4000

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/{article.key}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/index.php/{article.key}"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"(?:/index\.php)?/([a-z0-9-]+)", path)
        return found[1] if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}?page={number - 1}"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        asked = parse_qs(query).get("page", ["0"])[-1]
        number = int(asked) + 1 if asked.isdecimal() else 1
        return next(((s, number) for s in self.sections if path == s.path), None)

    def date_line(self, article: ReplicaArticle) -> str:
        return f"{article.published:%d/%m/%Y}"

    def file_path(self, name: str) -> str:
        return f"/sites/default/files/2025-03/{name}"


class MauWordpress(DaysOnly):
    """A commune on WordPress with a theme of tagDiv: the slug is the key, dates in words."""

    portal = "mau_wordpress"
    host = "vanson.xa-mau.vn"
    family = "wordpress"
    name = "Trang thông tin điện tử xã Vạn Sơn"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/category/tin-tuc/", "Tin tức"),
        ReplicaSection("thong-bao", "/category/thong-bao/", "Thông báo"),
    )
    style = BodyStyle(
        image=lambda name: f"/wp-content/uploads/2025/03/{name}",
        figure=_figure,
        link=lambda name, text: f'<a href="/wp-content/uploads/2025/03/{name}">{text}</a>',
        heading="h2",
    )
    disallow = ("/wp-admin/",)

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return slug

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/{article.slug}/"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/{article.published:%Y/%m/%d}/{article.slug}/"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"(?:/\d{4}/\d\d/\d\d)?/([a-z0-9-]+)/", path)
        return found[1] if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}page/{number}/"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        found = re.fullmatch(r"(/category/[a-z-]+/)(?:page/(\d{1,4})/)?", path)
        number = int(found[2]) if found and found[2] else page_number(query, "paged")
        return next(((s, number) for s in self.sections if found and s.path == found[1]), None)

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        return f"{at.day} Tháng {at.month}, {at.year}"

    def list_day(self, article: ReplicaArticle) -> str:
        return self.date_line(article)

    def file_path(self, name: str) -> str:
        return f"/wp-content/uploads/2025/03/{name}"
