"""The composed site of an invented commune on WordPress, whose theme is inferred."""

from __future__ import annotations

import re
from collections.abc import Sequence

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import DaysOnly, page_number


def _figure(src: str, caption: str) -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="wp-block-image size-large"><img src="{src}" alt="">{below}</figure>'


class MauWordpress(DaysOnly):
    """A commune on WordPress with a theme of tagDiv: the slug is the key, dates in words."""

    portal = "mau_wordpress"
    host = "vanson.xa-mau.vn"
    family = "wordpress"
    name = "Trang thông tin điện tử xã Vạn Sơn"
    key_pattern = r"(?:/\d{4}/\d\d/\d\d)?/([a-z0-9-]+)/"
    files_path = "/wp-content/uploads/2025/03/"
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

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/{article.slug}/"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/{article.published:%Y/%m/%d}/{article.slug}/"

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
