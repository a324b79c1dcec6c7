"""The composed portal of Tuyên Quang: addresses as described, the front page and every class name inferred."""

from __future__ import annotations

from urllib.parse import parse_qs

from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite


class TuyenQuang(ComposedSite):
    """www.tuyenquang.gov.vn: the `id` of the query is the key, in any order of parameters; the front page is the list."""

    portal = "tuyen_quang"
    host = "www.tuyenquang.gov.vn"
    family = "tuyen_quang"
    numbered = True
    page_size = 100
    page_parameter = ""
    files_path = "/uploads/attachments/"
    style = BodyStyle("/uploads/{}".format, '<a href="/uploads/attachments/{}">{}</a>'.format)
    article_form = "/vi/post/{article.slug}?type=NEWS&id={article.key}"
    alternate_form = "/vi/tin-bai/{article.slug:.12}?id={article.key}&type=NEWS"

    def key_at(self, path: str, query: str) -> str | None:
        asked = parse_qs(query)
        own = path.startswith(("/vi/post/", "/vi/tin-bai/")) and asked.get("type") == ["NEWS"]
        return asked.get("id", [""])[-1] or None if own else None
