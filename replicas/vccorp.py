"""The composed portal of the VCCorp type: the Government's newspaper, list and article as in its recorded pages."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from replicas.bodies import BodyStyle
from replicas.composed import ComposedSite
from replicas.records import ReplicaArticle, ReplicaSection
from replicas.site import SiteRequest, SiteResponse

__all__ = ["BaoChinhPhu"]

_CDN = "https://bcp.cdn.example.replica.test/"


def _figure(src: str, caption: str) -> str:
    shown = f'<figcaption class="PhotoCMS_Caption"><p>{caption}</p></figcaption>' if caption else ""
    empty = "" if caption else '<figcaption class="PhotoCMS_Caption"><p class="NLPlaceholderShow"></p></figcaption>'
    return (
        '<figure class="VCSortableInPreviewMode" type="Photo" style=""><div><img'
        f' src="{_CDN}thumb_w/777/{src}" data-original="{_CDN}{src}" loading="lazy"></div>{shown}{empty}</figure>'
    )


class BaoChinhPhu(ComposedSite):
    """baochinhphu.vn: the digits before `.htm` are the key; page 2 and on are fragments; `?page=` brings page 1 again."""

    portal = "bao_chinh_phu"
    host = "baochinhphu.vn"
    family = "vccorp"
    name = "Báo Điện tử Chính phủ"
    sections = (
        ReplicaSection("chinh_sach_moi", "/chinh-sach-va-cuoc-song/chinh-sach-moi.htm", "Chính sách mới", "1021119"),
        ReplicaSection("chinh_tri", "/chinh-tri.htm", "Chính trị", "1021095"),
    )
    style = BodyStyle(
        image=lambda name: f"334894974524682240/2025/3/3/{name}",
        figure=_figure,
        link=lambda name, text: f'<a href="/Uploads/attach/{name}" target="_blank" class="VCCSharedPlugin">{text}</a>',
        signoff='<p style="text-align: right;"><b>{}</b></p>'.format,
        heading="h2",
        filler="",
    )
    disallow = ("/ajax/", "/search/", "/print/")

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        drawn = int(sha256(slug.encode()).hexdigest(), 16)
        return f"102{published:%y%m%d%H%M}{drawn % 60:02d}{drawn // 60 % 1000:03d}"

    def article_path(self, article: ReplicaArticle) -> str:
        return f"/{article.slug}-{article.key}.htm"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/{'-'.join(article.slug.split('-')[:5])}-{article.key}.htm"

    def key_at(self, path: str, query: str) -> str | None:
        found = re.fullmatch(r"/[a-z0-9-]+-(\d{18})\.htm", path)
        return found[1] if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path if number == 1 else f"/timelinelist/{section.code}/{number}.htm"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        for section in self.sections:
            if path == section.path:
                return section, 1
            if found := re.fullmatch(rf"/timelinelist/{section.code}/(\d+)\.htm", path):
                return section, max(1, int(found[1]))
        return None

    def render_list(self, section: ReplicaSection, number: int, request: SiteRequest) -> str:
        rows, last = self.page(section, number, request.night)
        fragment = request.path.startswith("/timelinelist/")
        template = "timeline.html" if fragment else "list.html"
        return self.render(template, request, section=section, rows=rows, number=number, last=last)

    def date_line(self, article: ReplicaArticle) -> str:
        return f"{article.published:%d/%m/%Y %H:%M}" if article.clock else f"{article.published:%d/%m/%Y}"

    def list_day(self, article: ReplicaArticle) -> str:
        return self.date_line(article)

    def file_path(self, name: str) -> str:
        return f"/Uploads/attach/{name}"

    def us_time(self, moment: datetime) -> str:
        """A time as the list's `title` attributes write it: month first, twelve hours."""
        clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"
        return f"{moment.month}/{moment.day}/{moment.year} {clock}"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """The feed beside each section, which answers conditional requests."""
        section = next((s for s in self.sections if request.path == s.path.removesuffix(".htm") + ".rss"), None)
        if section is None:
            return None
        rows = self.rows(section, request.night)[:10]
        items = [(row.article, self.url(row.article), format_datetime(row.article.published)) for row in rows]
        body = self.render("feed.xml", request, section=section, items=items).encode()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        newest = rows[0].article.published if rows else None
        return SiteResponse(body, content_type="application/rss+xml; charset=utf-8", etag=etag, last_modified=newest)
