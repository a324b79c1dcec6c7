"""The composed portals whose further list pages are posted for: Khánh Hòa's WebForms, Hà Nội's list interface.

Form fields, headers and article parts are as described; the list's boxes and where Hà Nội's page prints its opaque values are
inferred. A form without the state of the page before, or without the values, gets what such a server answers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace

from replicas.records import Kind, Part, ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle
from replicas.sites.composed import ComposedSite
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
    style = BodyStyle("/Images/{}".format, '<a href="/Uploads/{}">{}</a>'.format)
    page_parameter = ""
    article_form = "{section.path}/{article.slug}"
    alternate_form = article_form + "?lang=vi"

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        # An article stands below one section's path, so each section has its own; where pages put files is not known.
        own = sections if sections is not None else [replace(section, share=0) for section in self.sections]
        empty = [section for section in own if all(article.section != section.name for article in articles)]
        told = [_of_section(article, section) for section in empty for article in articles[:1]]
        super().__init__([replace(article, files=()) for article in (*articles, *told)], own)

    def state(self, section: ReplicaSection, number: int, visit: int) -> str:
        """Return a view state: it names the page it was made for and never repeats."""
        return base64.b64encode(f"{section.name}|{number}|{visit}|{'x' * 400}".encode()).decode()

    def shown(self, number: int, last: int) -> list[tuple[str, int]]:
        """Return the page links: a window of numbers with dots on either side of it."""
        first = (number - 1) // _WINDOW * _WINDOW + 1
        until = min(last, first + _WINDOW - 1)
        before = [("...", first - 1)] if first > 1 else []
        after = [("...", until + 1)] if until < last else []
        return [*before, *((str(page), page) for page in range(first, until + 1)), *after]

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Answer a postback."""
        section, form = self.section_at(request.path), request.form
        if section is None or request.method != "POST":
            return None
        told = base64.b64decode(form.get("__VIEWSTATE", "")).decode("utf-8", "replace").split("|")
        wanted = re.fullmatch(r"Page\$(\d+)", form.get("__EVENTARGUMENT", ""))
        own = told[0] == section.name and form.get("__EVENTTARGET") == _TARGET and "__EVENTVALIDATION" in form
        if wanted is None or not own:
            return SiteResponse(b"Validation of viewstate MAC failed.", 500)
        return SiteResponse(self.render_list(section, int(wanted[1]), request).encode())


_TARGET = "ctl00$ContentPlaceHolder1$ctl00$GridView1"


def _of_section(article: ReplicaArticle, section: ReplicaSection) -> ReplicaArticle:
    """Return the article under another section."""
    more = Part(Kind.PARAGRAPH, f"Tin được đăng trong chuyên mục {section.title}.")
    slug = f"{article.slug}-{section.name}"
    title = f"{article.title} ({section.title})"
    return replace(
        article, section=section.name, slug=slug, key=slug, title=title, parts=(more, *article.parts), twin=None
    )
