"""The composed site of an invented newspaper on OneCMS, in the class names that readers of its portals name."""

from __future__ import annotations

from collections.abc import Sequence

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite


def _figure(src: str, caption: str) -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{src}" alt="">{below}</figure>'


class MauOnecms(ComposedSite):
    """A newspaper on OneCMS: a number behind the slug is the key; the list's button names no address, `?page=2` is page 1 again."""

    portal = "mau_onecms"
    host = "bao-mau.vn"
    family = "onecms"
    name = "Báo Mẫu điện tử"
    numbered = True
    key_pattern = r"/[^/]+-(\d{5,})\.html"
    page_parameter = ""
    page_size = 40
    files_path = "/tep/"
    sections: Sequence[ReplicaSection] = (
        ReplicaSection("thoi-su", "/thoi-su", "Thời sự"),
        ReplicaSection("khoa-hoc", "/khoa-hoc", "Khoa học"),
    )
    style = BodyStyle("//maubao.1cdn.vn/2025/03/{}".format, '<a href="/tep/{}">{}</a>'.format, figure=_figure)
    article_form = "/{article.slug}-{article.key}.html"
    alternate_form = "/{article.slug:.20}-{article.key}.html"
    date_form = "{at:%d/%m/%Y}[ - {at:%H:%M}]"
    disallow = ("/search/",)

    def is_longform(self, article: ReplicaArticle) -> bool:
        """Return whether an article has the longform skin."""
        return int(article.key) % 4 == 0
