"""The composed sites on NukeViet, in the markup of its default theme: an invented district and Đồng Nai.

Of Đồng Nai the addresses, the pictures and the feed are as described; the markup is the product's.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, SiteResponse

_FEED = 20


class NukeVietSite(ComposedSite):
    """A site on NukeViet: the number before `.html` is the key, whatever the category; pages `page-2/`; feeds."""

    family = "nukeviet"
    numbered = True
    module = "/news/"
    linked_feed = ""
    """The path of the feed that every page links; empty where pages link none."""
    page_form, page_parameter = "{stem}page-{number}/", ""
    machine_form = "{at:%Y-%m-%dT%H:%M:%S}+07:00"
    date_form = "{weekday} - {at:%d/%m/%Y}[ {at:%H:%M}]"
    list_date_form = "{at:%d/%m/%Y %H:%M:%S}"
    disallow: tuple[str, ...] = ("/admin/", "/users/", "/news/print/", "/news/savefile/")

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the feed of the module, and that of each category."""
        if request.path == f"{self.module}rss/":
            return self._feed(self.visible(request.night))
        for section in self.sections:
            if request.path == f"{self.module}rss/{section.path.removeprefix(self.module)}":
                return self._feed([row.article for row in self.rows(section, request.night)])
        return None

    def _feed(self, articles: Sequence[ReplicaArticle]) -> SiteResponse:
        # The product writes the month in the place of the minutes.
        items = "".join(
            f"<item><title>{escape(article.title)}</title><link>{self.url(article)}</link>"
            f"<pubDate>{article.published:%a, %d %b %Y %H:%m:%S} GMT+7</pubDate></item>"
            for article in articles[:_FEED]
        )
        head = f"<title>{escape(self.name)}</title><link>{self.home}/</link><generator>NukeViet v4.5</generator>"
        body = f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>'
        return SiteResponse(body.encode(), content_type="text/xml; charset=utf-8")


class MauNukeviet(NukeVietSite):
    """An invented district."""

    portal = "mau_nukeviet"
    host = "bentam.huyen-mau.vn"
    name = "Trang thông tin điện tử huyện Bến Tắm"
    key_pattern = r"(?:/vi)?/news/[a-z-]+/[^/]+-(\d+)\.html"
    files_path = "/uploads/news/2025_03/"
    linked_feed = "/news/rss/"
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


class DongNai(NukeVietSite):
    """dongnai.gov.vn: below `/vi/`, pictures on its CDN and below the folder of Bình Phước, on whose installation it runs."""

    portal = "dong_nai"
    host = "dongnai.gov.vn"
    module = "/vi/news/"
    key_pattern = r"(?:/vi)?/news/[a-z-]+/[^/]+-(\d+)\.html"
    files_path = "/uploads/binhphuoc/news/2025_03/"
    style = BodyStyle(
        "https://cdn.dongnai.gov.vn/uploads/binhphuoc/news/2025_03/{}".format,
        '<a href="/uploads/binhphuoc/news/2025_03/{}">{}</a>'.format,
        heading="h2",
    )
    article_form = "{section.path}{article.slug}-{article.key}.html"
    alternate_form = "/vi/news/kinh-te/{article.slug}-{article.key}.html"
    disallow = ()
