"""The composed site of an invented commune on WordPress, whose theme is inferred."""

from __future__ import annotations

from collections.abc import Sequence

from replicas.records import ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import DaysOnly


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
    page_form, page_parameter = "{stem}page/{number}/", "paged"
    machine_form = "{at:%Y-%m-%dT%H:%M:%S}+07:00"
    date_form = list_date_form = "{at.day} Tháng {at.month}, {at.year}"
    disallow = ("/wp-admin/",)
