"""The composed site of an invented district on NukeViet, in the markup of its default theme."""

from __future__ import annotations

from collections.abc import Sequence

from replicas.records import ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite


class MauNukeviet(ComposedSite):
    """A district on NukeViet: the number before `.html` is the key, whatever the category; pages `page-2/`."""

    portal = "mau_nukeviet"
    host = "bentam.huyen-mau.vn"
    family = "nukeviet"
    name = "Trang thông tin điện tử huyện Bến Tắm"
    numbered = True
    key_pattern = r"(?:/vi)?/news/[a-z-]+/[^/]+-(\d+)\.html"
    files_path = "/uploads/news/2025_03/"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("tin-tuc", "/news/tin-tuc/", "Tin tức"),
        ReplicaSection("thong-bao", "/news/thong-bao/", "Thông báo"),
        ReplicaSection("van-hoa", "/news/van-hoa/", "Văn hóa", share=4),
    )
    style = BodyStyle(
        "/uploads/news/2025_03/{}".format, '<a href="/uploads/news/2025_03/{}">{}</a>'.format, heading="h2"
    )
    article_form = "/news/{article.section}/{article.slug}-{article.key}.html"
    alternate_form = "/vi/news/tin-tuc/{article.slug}-{article.key}.html"
    page_form, page_parameter = "{stem}page-{number}/", ""
    machine_form = "{at:%Y-%m-%dT%H:%M:%S}+07:00"
    date_form = "{weekday} - {at:%d/%m/%Y}[ {at:%H:%M}]"
    list_date_form = "{at:%d/%m/%Y %H:%M:%S}"
    disallow = ("/admin/", "/users/", "/news/print/", "/news/savefile/")
