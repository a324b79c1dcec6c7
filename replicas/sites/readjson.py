"""The composed portal of Lâm Đồng: pages that a script draws, and the interface that reads SharePoint's lists for it.

Paths, parameters, field names, UTC and nested entities are as described; the shells around them are inferred.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, quote, urlsplit

from replicas.files import FileKind, file_bytes
from replicas.records import TZ, ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle, build_body
from replicas.sites.composed import ComposedSite, Row
from replicas.sites.site import SiteRequest, SiteResponse

_MOST = 100  # records of an answer
_ITEMS = re.compile(r"(?P<site>/.+)/_api/web/lists/getByTitle\('Site Pages'\)/items")
_HOME = "/SitePages/Home.aspx"


class LamDong(ComposedSite):
    """lamdong.gov.vn: the interface at `api.` reads what stands at `w3.`, with the texts in its answers."""

    portal = "lam_dong"
    host = "lamdong.gov.vn"
    further = ("api.lamdong.gov.vn",)
    family = "readjson"
    page_size = _MOST
    page_parameter = ""
    key_pattern = r"/((?:HOME|sites)/.+/SitePages/[\w-]+)\.aspx"
    date_form = ""
    files_path = "/HOME/news/Shared%20Documents/"
    style = BodyStyle(
        image="/HOME/news/hotnews/SiteAssets/SitePages/{}".format,
        link='<a href="/HOME/news/Shared%20Documents/{}">{}</a>'.format,
    )

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        # A record has a time of day always, and no files beside its text.
        timed = [replace(one, files=(), clock=True, twin=None, published=_timed(one)) for one in articles]
        super().__init__(timed, sections)

    def article_path(self, article: ReplicaArticle) -> str:
        return f"{self.section(article.section).path.removesuffix(_HOME)}/SitePages/{article.slug}.aspx"

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return None

    def record(self, article: ReplicaArticle, address: str, changed: datetime) -> dict[str, object]:
        """Return a page as SharePoint's list has it: a web part's data in an attribute, entities escaped again."""
        body = build_body(article.parts, self.style, article.shape).replace("https://", "https&amp;#58;//")
        part = html.escape(json.dumps({"title": article.title}, ensure_ascii=False)).replace("{", "&#123;")
        return {
            "ID": 500 + self.articles.index(next(one for one in self.articles if one.key == article.key)),
            "Title": article.title,
            "Description": article.lead,
            "CanvasContent1": f'<div><div data-sp-canvascontrol="" data-sp-webpartdata="{part}">{body}</div></div>',
            "FileRef": address,
            "Modified": _utc(changed),
            "Created": _utc(article.published),
        }

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        """Return the answer that holds the article's text."""
        shown = article.as_of(request.night)
        return json.dumps({"d": {"results": [self.record(shown, self.article_path(shown), shown.published)]}})

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Return the interface at its own host; a shell at every page's address."""
        if request.host == self.further[0]:
            return self._read(request) if request.path == "/RestApi/Readjson" else SiteResponse(b"", 404)
        if self.section_at(request.path) or self.key_at(request.path, ""):
            return SiteResponse(self.render("shell.html", request).encode())
        file = self._files.get(request.path)
        if file is not None and file.kind is FileKind.WRONG_URL:
            return SiteResponse(self.render("login.html", request).encode())
        return None if file is None else SiteResponse(file_bytes(file), content_type="application/octet-stream")

    def _read(self, request: SiteRequest) -> SiteResponse:
        """Return the records of the list whose address is posted. What else it would fetch is nobody's business here."""
        kind = request.headers.get("content-type", "").partition(";")[0]
        try:
            source = urlsplit(str(json.loads(request.body)["SourceUrl"]))
        except (ValueError, KeyError, TypeError):
            return SiteResponse(b"", 400)
        found = _ITEMS.fullmatch(source.path)
        section = self.section_at(found["site"] + _HOME) if found else None
        verbose = request.headers.get("accept") == "application/json;odata=verbose"
        own = (request.method, kind, source.hostname) == ("POST", "application/json", f"w3.{self.host}")
        if section is None or not (own and verbose):
            return SiteResponse(b"", 400)
        asked = dict(parse_qsl(source.query))
        rows = self._changed(section, request)
        after = dict(parse_qsl(asked.get("$skiptoken", ""))).get("p_ID")
        start = 1 + [record["ID"] for record in rows].index(int(after)) if after else 0
        shown = rows[start : start + min(int(asked.get("$top", "100")), _MOST)]
        answer: dict[str, object] = {"results": shown}
        if shown and start + len(shown) < len(rows):
            token = quote(f"Paged=TRUE&p_ID={shown[-1]['ID']}", safe="")
            there = f"{self.home}{source.path}?$skiptoken={token}&$top={asked['$top']}"
            answer["__next"] = there  # so seen: its host is not the one that answers
        body = json.dumps({"d": answer}, ensure_ascii=False).encode()
        return SiteResponse(body, content_type="application/json; charset=utf-8")

    def _changed(self, section: ReplicaSection, request: SiteRequest) -> list[dict[str, object]]:
        """Return the records of a list, last changed first."""
        rows = {row.article.key: row for row in self.rows(section, request.night)}.values()
        records = [self.record(row.article, row.address, self._at(row, request)) for row in rows]
        return sorted(records, key=lambda record: str(record["Modified"]), reverse=True)

    def rows(self, section: ReplicaSection, night: date) -> list[Row]:
        """Return a section's pages, each at the address of the section's own site."""
        found = super().rows(section, night)
        site = section.path.removesuffix(_HOME)
        return [replace(row, address=f"{site}/SitePages/{row.article.slug}.aspx") for row in found]

    @staticmethod
    def _at(row: Row, request: SiteRequest) -> datetime:
        since = [each.since for each in row.article.revisions if each.since <= request.night]
        return datetime.combine(since[-1], time(9), TZ) if since else row.article.published


def _timed(article: ReplicaArticle) -> datetime:
    return article.published if article.clock else article.published + timedelta(hours=8)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
