"""The composed site of an invented commune on WordPress, whose theme is inferred."""

from __future__ import annotations

import re
from collections.abc import Sequence

from replicas.records import ReplicaSection
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
        "/wp-content/uploads/2025/03/{}".format,
        '<a href="/wp-content/uploads/2025/03/{}">{}</a>'.format,
        figure=_figure,
        heading="h2",
    )
    article_form = "/{article.slug}/"
    alternate_form = "/{article.published:%Y/%m/%d}/{article.slug}/"
    date_form = list_date_form = "{at.day} Tháng {at.month}, {at.year}"
    disallow = ("/wp-admin/",)

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"{section.path}page/{number}/"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        found = re.fullmatch(r"(/category/[a-z-]+/)(?:page/(\d{1,4})/)?", path)
        section = self.section_at(found[1]) if found else None
        number = int(found[2]) if found and found[2] else page_number(query, "paged")
        return (section, number) if section else None
