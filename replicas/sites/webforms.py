"""The composed portals whose further list pages are posted for: Khánh Hòa's WebForms, Hà Nội's list interface.

Form fields, headers and article parts are as described; the list's boxes and where Hà Nội's page prints its opaque values are
inferred. A form without the state of the page before, or without the values, gets what such a server answers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qs

from replicas.records import Kind, Part, ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
from replicas.sites.declared_sections import DeclaredSections
from replicas.sites.liferay import centred_figure
from replicas.sites.site import SiteRequest, SiteResponse

_WINDOW = 2


class KhanhHoa(ComposedSite):
    """khanhhoa.gov.vn: a window of page numbers, each a postback with the view state of the page before."""

    portal = "khanh_hoa"
    host = "khanhhoa.gov.vn"
    family = "webforms"
    name = "Cổng Thông tin điện tử tỉnh Khánh Hòa"
    key_pattern = r"/vi/[a-z0-9-]+/([a-z0-9-]+)"
    files_path = "/Uploads/"
    page_size = 2
    sections: Sequence[ReplicaSection] = DeclaredSections("khanh_hoa")
    style = BodyStyle(
        image=lambda name: f"/Images/{name}",
        figure=centred_figure,
        link=lambda name, text: f'<a href="/Uploads/{name}">{text}</a>',
    )

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        # An article stands below one section's path, so each section has its own; where pages put files is not known.
        own = sections if sections is not None else [replace(section, share=0) for section in self.sections]
        empty = [section for section in own if all(article.section != section.name for article in articles)]
        told = [_of_section(article, section) for section in empty for article in articles[:1]]
        super().__init__([replace(article, files=()) for article in (*articles, *told)], own)

    def article_path(self, article: ReplicaArticle) -> str:
        return f"{self.section(article.section).path}/{article.slug}"

    def twin_path(self, article: ReplicaArticle) -> str:
        return self.article_path(article) + "?lang=vi"

    def list_path(self, section: ReplicaSection, number: int) -> str:
        return section.path

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        return next(((s, 1) for s in self.sections if path == s.path), None)

    def date_line(self, article: ReplicaArticle) -> str:
        at = article.published
        return f"{at:%d/%m/%Y %H:%M}" if article.clock else f"{at:%d/%m/%Y}"

    def state(self, section: ReplicaSection, number: int, visit: int) -> str:
        """A view state: it names the page it was made for and never repeats."""
        return base64.b64encode(f"{section.name}|{number}|{visit}|{'x' * 400}".encode()).decode()

    def shown(self, number: int, last: int) -> list[tuple[str, int]]:
        """The page links: a window of numbers with dots on either side of it."""
        first = (number - 1) // _WINDOW * _WINDOW + 1
        until = min(last, first + _WINDOW - 1)
        before = [("...", first - 1)] if first > 1 else []
        after = [("...", until + 1)] if until < last else []
        return [*before, *((str(page), page) for page in range(first, until + 1)), *after]

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """A postback."""
        listed = self.list_at(request.path, request.query)
        if listed is None or request.method != "POST":
            return None
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        told = base64.b64decode(form.get("__VIEWSTATE", "")).decode("utf-8", "replace").split("|")
        wanted = re.fullmatch(r"Page\$(\d+)", form.get("__EVENTARGUMENT", ""))
        own = told[0] == listed[0].name and form.get("__EVENTTARGET") == _TARGET and "__EVENTVALIDATION" in form
        if wanted is None or not own:
            return SiteResponse(b"Validation of viewstate MAC failed.", 500)
        return SiteResponse(self.render_list(listed[0], int(wanted[1]), request).encode())


_TARGET = "ctl00$ContentPlaceHolder1$ctl00$GridView1"


def _of_section(article: ReplicaArticle, section: ReplicaSection) -> ReplicaArticle:
    """Return the article under another section."""
    more = Part(Kind.PARAGRAPH, f"Tin được đăng trong chuyên mục {section.title}.")
    slug = f"{article.slug}-{section.name}"
    title = f"{article.title} ({section.title})"
    return replace(
        article, section=section.name, slug=slug, key=slug, title=title, parts=(more, *article.parts), twin=None
    )
