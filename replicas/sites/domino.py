"""The composed gazette of Sơn La on Lotus Domino: views as in the saved pages, with invented documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import md5
from html import escape
from urllib.parse import quote, unquote

from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import DaysOnly, Row
from replicas.sites.site import SiteRequest, SiteResponse

_BASE = "/congbao.nsf"
_PER_ISSUE = 3
_TITLE = re.compile(r"(.+?) (số \S+) (.+)")
"""The columns of a row: issuer, kind, number and subject of a document."""


class CongBaoSonLa(DaysOnly):
    """congbao.sonla.gov.vn: a list that a script fills, and the views behind it."""

    portal = "cong_bao_son_la"
    host = "congbao.sonla.gov.vn"
    family = "domino"
    style = BodyStyle(image=str, link="{1}".format)
    page_parameter = ""
    article_form = alternate_form = f"{_BASE}/NoiDung?openForm&ParentUNID={{article.key}}"
    date_form = "{at.day}/{at.month}/{at.year}"

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        # A document is its row: title, day and file.
        super().__init__([_document(number, each) for number, each in enumerate(articles)], sections)
        self._files = {unquote(path): file for path, file in self._files.items()}  # names have blanks

    @staticmethod
    def key_of(slug: str, published: datetime, number: str) -> str:
        return md5(slug.encode(), usedforsecurity=False).hexdigest().upper()

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return super().list_at(f"{path}?{query}" if query else path, "")

    def file_path(self, name: str) -> str:
        key = next((article.key for article in self.articles if name in article.files), "")
        return f"{_BASE}/{key}/$file/{quote(name)}"

    def issues(self, night: date) -> list[list[Row]]:
        """Return the issues up to the night, the oldest first, each with its documents."""
        rows = list(reversed(self.rows(self.sections[0], night)))
        return [rows[at : at + _PER_ISSUE] for at in range(0, len(rows), _PER_ISSUE)]

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Answer the views."""
        view = request.path.rpartition("/")[2].lower()
        asked = unquote(request.query.rpartition("RestrictToCategory=")[2])
        issues = self.issues(request.night)
        if view == "gazettesbyyearmonth":
            shown = enumerate(issues, 1) if asked == str(request.night.year) else ()
            listed = self.render("issues.html", request, year=asked, issues=list(reversed(list(shown))))
            return SiteResponse(listed.encode())
        issue = re.fullmatch(r"\d{4}/No\.\{(\d+)\}", asked)
        if view == "documentsbygazette":
            number = int(issue[1]) if issue else 0
            rows = issues[number - 1] if 0 < number <= len(issues) else []
            return SiteResponse("".join(map(self._row, rows)).join(_AROUND).encode())
        return None

    def _row(self, row: Row) -> str:
        title = _TITLE.fullmatch(row.article.title)
        if title is None:
            raise ValueError(f"not the title of a document of the gazette: {row.article.title}")
        category, number, subject = title.groups()
        name = row.article.files[0]
        file = f'<a style="display: block" target="_blank" href="{row.article.key}/$file/{escape(name)}">{escape(name)}</a>'
        said = f"<span class='doc-cate'>{category}</span> <span class='doc-notation'>{number}</span> {escape(subject)}"
        return (
            f"<tr><td style='width: 80px'>{self.date_line(row.article)}</td>"
            f"<td style='width: 640px'><a href='NoiDung?openForm&ParentUNID={row.article.key}'>{said}</a></td>"
            f"<td><span class=\"download\">&emsp;<div class='download-links'>{file}</div></span></td><td>4</td></tr>UBND Tỉnh"
        )

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        """Return the row that is all of a document."""
        return self._row(Row(article, self.article_path(article), self.date_line(article)))


_AROUND = (
    "<tr style='display: none'><th>Ngày ban hành</th><th>Văn bản</th><th></th><th></th></tr>issue"
    "<tr><th colspan='100%' class='level2-heading' cheat='2'>UBND Tỉnh</th></tr>",
    "",
)


def _document(number: int, article: ReplicaArticle) -> ReplicaArticle:
    """Return a document made of an article; one that is a document by its title and file already stays what it is."""
    if article.files and _TITLE.fullmatch(article.title):
        return replace(article, lead="", parts=(), byline=None, twin=None, revisions=())
    notation = f"số {number + 11}/2025/QĐ-UBND"
    title = f"Quyết định của UBND tỉnh {notation} về việc {article.title[0].lower()}{article.title[1:]}"
    files = (f"QD so {number + 11}.2025.pdf",)
    return replace(article, title=title, lead="", parts=(), byline=None, files=files, twin=None, revisions=())
