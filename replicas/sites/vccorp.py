"""The composed portal of the VCCorp type: the Government's newspaper, list and article as in its recorded pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite, Row
from replicas.sites.declared_sections import DeclaredSections, declared_portal
from replicas.sites.site import SiteRequest, SiteResponse

if TYPE_CHECKING:
    from crawler.listings.listing import Section

_OWN = {"chinh-sach-moi": ("chinh_sach_moi", "1021119"), "chinh-tri": ("chinh_tri", "1021095")}
"""Name and zone of the sections that articles are published in, by the spider's names for them."""

_DAY = re.compile(r"/tin-tuc-su-kien/xem-theo-ngay-(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>\d{4})\.htm")
_FEED = 30  # entries of the feed of a whole portal

_CDN = "https://bcp.cdn.example.replica.test/"


def _figure(src: str, caption: str) -> str:
    shown = f"<p>{caption}</p>" if caption else '<p class="NLPlaceholderShow"></p>'
    return (
        '<figure class="VCSortableInPreviewMode" type="Photo" style=""><div><img'
        f' src="{_CDN}thumb_w/777/{src}" data-original="{_CDN}{src}" loading="lazy"></div>'
        f'<figcaption class="PhotoCMS_Caption">{shown}</figcaption></figure>'
    )


class _NewspaperSections(DeclaredSections):
    """The newspaper's sections: two with news of their own, then those that show what others published."""

    def sections(self, declared: Sequence[Section]) -> Iterator[ReplicaSection]:
        for name, (own, zone) in _OWN.items():
            (section,) = (each for each in declared if each.name == name)
            yield ReplicaSection(own, section.path, section.title, zone)
        for number, section in enumerate(each for each in declared if each.name not in _OWN):
            name, share = section.path.strip("/").removesuffix(".htm"), 1 if section.name == "tin-moi" else 4
            yield ReplicaSection(name, section.path, section.title, str(1021130 + number * 3), share)


class VCCorpSite(ComposedSite):
    """A portal of the VCCorp type: the digits before `.htm` are the key."""

    family = "vccorp"
    key_pattern = r"/[a-z0-9-]+-(\d{18})\.htm"
    files_path = "/Uploads/attach/"
    article_form = "/{article.slug}-{article.key}.htm"
    machine_form = "{at:%Y-%m-%dT%H:%M:%S}+07:00"
    list_date_form = ComposedSite.date_form
    style = BodyStyle(
        "334894974524682240/2025/3/3/{}".format,
        '<a href="/Uploads/attach/{}" target="_blank" class="VCCSharedPlugin">{}</a>'.format,
        figure=_figure,
        signoff='<p style="text-align: right;"><b>{}</b></p>'.format,
        heading="h2",
        filler="",
    )
    disallow = ("/ajax/", "/search/", "/print/")
    home_feed = ""
    """The path of the feed of the whole portal; empty where it has none."""

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        drawn = int(sha256(slug.encode()).hexdigest(), 16)
        return f"102{published:%y%m%d%H%M}{drawn % 60:02d}{drawn // 60 % 1000:03d}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/{'-'.join(article.slug.split('-')[:5])}-{article.key}.htm"

    def us_time(self, moment: datetime) -> str:
        """Return a time as the list's `title` attributes write it: month first, twelve hours."""
        clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"
        return f"{moment.month}/{moment.day}/{moment.year} {clock}"

    def feed_path(self, section: ReplicaSection) -> str:
        """Return the path of a section's feed."""
        return section.path.removesuffix(".htm") + ".rss"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the feed of the portal where it has one, and that of each section; they answer conditional requests."""
        if self.home_feed and request.path == self.home_feed:
            shown = self.visible(request.night)[:_FEED]
            return self._feed(ReplicaSection("home", "/", "Trang chủ"), shown, request)
        section = next((s for s in self.sections if request.path == self.feed_path(s)), None)
        if section is None:
            return None
        return self._feed(section, [row.article for row in self.rows(section, request.night)[:10]], request)

    def _feed(self, section: ReplicaSection, articles: Sequence[ReplicaArticle], request: SiteRequest) -> SiteResponse:
        items = [(article, self.url(article), format_datetime(article.published)) for article in articles]
        body = self.render("feed.xml", request, section=section, items=items).encode()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        newest = articles[0].published if articles else None
        return SiteResponse(body, content_type="application/rss+xml; charset=utf-8", etag=etag, last_modified=newest)


class BaoChinhPhu(VCCorpSite):
    """baochinhphu.vn: page 2 and on are fragments; `?page=` brings page 1 again."""

    portal = "bao_chinh_phu"
    host = "baochinhphu.vn"
    beyond = "last"  # as a sister site was seen to do: pages after the last still answer with links
    sections: Sequence[ReplicaSection] = _NewspaperSections("bao_chinh_phu")
    page_form, page_parameter = "/timelinelist/{code}/{number}.htm", ""
    home_feed = "/rss/home.rss"

    def render_list(self, section: ReplicaSection, number: int, request: SiteRequest) -> str:
        if not request.path.startswith("/timelinelist/"):
            return super().render_list(section, number, request)
        rows, _ = self.page(section, number, request.night)
        return self.render("timeline.html", request, section=section, rows=rows)


class _Numbered(VCCorpSite):
    """A sister of the newspaper: whole pages `trang-2.htm` below the section."""

    page_form, page_parameter = "{stem}/trang-{number}.htm", ""


class ThangLong(_Numbered):
    """thanglong.chinhphu.vn: pages after the last one repeat it."""

    portal = "thang_long"
    host = "thanglong.chinhphu.vn"
    beyond = "last"
    first_code = 1031000


class Mst(_Numbered):
    """mst.gov.vn: a page after the last one is empty; an archive of each day; feeds below `/rss/`."""

    portal = "mst"
    host = "mst.gov.vn"
    first_code = 1972000
    home_feed = "/rss/home.rss"

    def feed_path(self, section: ReplicaSection) -> str:
        return "/rss" + super().feed_path(section)

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the archive of a day in the boxes of a section's page; its markup is inferred."""
        found = _DAY.fullmatch(request.path)
        if found is None:
            return super().other(request)
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
        of_day = [article for article in self.visible(request.night) if article.day == day]
        rows = [Row(article, self.article_path(article), self.list_day(article)) for article in of_day]
        section = ReplicaSection("xem-theo-ngay", request.path, f"Tin ngày {day:%d/%m/%Y}")
        page = self.render("list.html", request, section=section, rows=rows, number=1, last=1, following=None)
        return SiteResponse(page.encode())


class HaNoi(VCCorpSite):
    """hanoi.gov.vn: section pages begin a list, POST brings it piece by piece."""

    portal = "ha_noi"
    host = "hanoi.gov.vn"
    family = "vccorp_posted"
    key_pattern = r"/[a-z0-9-]+/[a-z0-9-]+-(\d{16})\.htm"
    page_size = 3
    first_code = 1021
    article_form = "{section.path}/{article.slug}-{article.key}.htm"
    page_parameter = ""
    zone: ClassVar = {"PageSize": "DxZD1w2i+8E=", "LanguageId": "jM2HDDVEz40=", "Site": "/CP0MQRJUt0="}
    """The opaque values that are the same in all sections."""

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return VCCorpSite.key_of(slug, published, number)[2:]

    def catname(self, section: ReplicaSection) -> str:
        """Return a section's opaque name: the one that its spider knows, else one that only its page prints."""
        known = {each.path: dict(each.asks) for each in declared_portal(self.portal).sections}
        return known.get(section.path, {}).get("Catname") or f"VGluTm9pQmF0fGhhbm9p{section.code}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return f"/tin-so-nganh/{article.slug}-{article.key}.htm"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the list's pieces: what the form says is shown already is left out."""
        if request.path != "/api/NewsZone/NewsZone":
            return None
        form = parse_qs(request.body.decode("utf-8", "replace"))
        section = next((each for each in self.sections if form.get("Catname") == [self.catname(each)]), None)
        own = all(form.get(name) == [value] for name, value in self.zone.items())
        if request.method != "POST" or section is None or not own:
            return SiteResponse(b"", 400)
        told = set(form.get("DataIds[]", []))
        rows = {row.article.key: row for row in self.rows(section, request.night) if row.article.key not in told}
        shown = list(rows.values())[: self.page_size]
        return SiteResponse(self.render("piece.html", request, rows=shown).encode())
