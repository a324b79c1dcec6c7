"""A composed portal: sections, list pages, article pages, attachments, robots.txt and honest and dishonest 404s.

A family subclass says what its addresses and date lines look like; the markup stands in `templates/<family>/`. A site
takes any articles, so that real ones can be served in a family's markup too.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import parse_qs, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from replicas.files import FileKind, file_bytes, replica_file
from replicas.records import ReplicaArticle, ReplicaSection
from replicas.sites.bodies import BodyStyle, build_body
from replicas.sites.declared_sections import DeclaredSections, declared_portal
from replicas.sites.noise import noisy
from replicas.sites.site import SiteRequest, SiteResponse

_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_FILES = {".pdf": "application/pdf", ".docx": "application/octet-stream", ".xlsx": "application/octet-stream"}
_PICTURES = (".jpg", ".jpeg", ".png", ".gif")
_GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list page. `address` is the one the list links to, which may be an article's second address."""

    article: ReplicaArticle
    address: str
    day: str


@cache
def environment() -> Environment:
    """Return the templates' environment: autoescape on, an undefined name is an error."""
    loader = FileSystemLoader(Path(__file__).parent.parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def weekday(day: date) -> str:
    """Return the day of the week as portals write it: `Thứ hai` to `Thứ bảy`, `Chủ nhật`."""
    return _WEEKDAYS[day.weekday()]


def page_number(query: str, name: str) -> int:
    """Return the page a query asks for by a parameter of this name (or ending in it, for `_cur`).

    1 without a usable one.
    """
    for key, values in parse_qs(query).items():
        if (key == name or (name.startswith("_") and key.endswith(name))) and values[-1].isdecimal():
            return max(1, int(values[-1]))
    return 1


class ComposedSite:
    """One portal. Pure: a response depends on the request alone."""

    portal: str
    host: str
    further: tuple[str, ...] = ()
    """The further hosts of the portal that the site answers for."""
    family: str
    sections: Sequence[ReplicaSection]
    style: BodyStyle
    first_code = 0
    """The CMS's number of the first section that the portal's spider declares; 0 where sections have none."""
    article_form = ""
    """Path and query of an article's own address. Its slots: `article`, and `section`, the article's."""
    alternate_form = ""
    """Path and query of its second address, with the same slots."""
    date_form = "{at:%d/%m/%Y}[ {at:%H:%M}]"
    """The publication time on the article page; what stands in brackets is shown with a time of day alone."""
    machine_form = ""
    """The publication time in the article page's metadata, ISO 8601; empty where it has none."""
    list_date_form = "{at:%d/%m/%Y}"
    """The publication time in the lists."""
    any_case = False
    """Answer paths in any letter case; keys are in small letters."""
    page_size = 4
    disallow: tuple[str, ...] = ()
    still_articles = False
    """True where article pages carry no counter and answer conditional requests."""
    validators: tuple[str, ...] = ("etag", "last_modified")
    """The validators that a page without a counter sends."""
    page_parameter = "page"
    """The query parameter that pages a list; empty where an address names the first page alone."""
    page_form = ""
    """The path of a list's further pages where they have one. Its slots: `stem`, the section's path without the first page's
    ending, `code`, the section's, and `number`."""
    numbered = False
    """Take the number written with an article as its natural key, instead of its slug."""
    key_pattern = ""
    """The paths of articles, with the key as first group."""
    files_path = ""
    """The folder of all attachments; empty where each has one of its own."""
    file_host = ""
    """The host that holds the portal's files and nothing else; empty where its own does."""
    beyond = "empty"
    """The content of a page after the last one: `empty`, `last` (the last page again) or `first`."""

    def __init_subclass__(cls) -> None:
        """Give a portal that declares no sections those of its spider."""
        if "portal" in vars(cls) and "sections" not in vars(cls):
            cls.sections = DeclaredSections(cls.portal, cls.first_code)

    def __init__(self, articles: Sequence[ReplicaArticle], sections: Sequence[ReplicaSection] | None = None) -> None:
        self.articles = tuple(articles)
        if sections is not None:
            self.sections = tuple(sections)
        self._by_key = {article.key: article for article in self.articles}
        self._files = {
            self.file_path(name).partition("?")[0]: replica_file(name, a)
            for a in self.articles
            for name, _ in (*a.links(), *((f, f) for f in a.files))
        }

    # What a family says ------------------------------------------------------------------------------------------

    @classmethod
    def key_of(cls, slug: str, published: datetime, number: str) -> str:
        """Return the natural key of an article from its slug, its time and the number written with it."""
        return number if cls.numbered else slug

    def article_path(self, article: ReplicaArticle) -> str:
        """Path and query of an article's own address."""
        return self._address(self.article_form, article)

    def twin_path(self, article: ReplicaArticle) -> str:
        """Path and query of its second address."""
        return self._address(self.alternate_form, article)

    def _address(self, form: str, article: ReplicaArticle) -> str:
        section = self.section(article.section) if "{section" in form else None
        return form.format(site=self, article=article, section=section)

    def key_at(self, path: str, query: str) -> str | None:
        """Return the key that an address names, None when it is no article's address."""
        found = re.fullmatch(self.key_pattern, path.lower() if self.any_case else path)
        return unquote(found[1]) if found else None

    def list_path(self, section: ReplicaSection, number: int) -> str:
        """Return path and query of a section's list page."""
        if number == 1 or not (self.page_form or self.page_parameter):
            return section.path
        return self._page_path(section, number) if self.page_form else f"{section.path}?{self.page_parameter}={number}"

    def _page_path(self, section: ReplicaSection, number: int | str) -> str:
        stem = re.sub(r"(-1)?\.html?$", "", section.path)
        return self.page_form.format(stem=stem, code=section.code, number=number)

    def list_at(self, path: str, query: str) -> tuple[ReplicaSection, int] | None:
        """Return section and page number that an address names, None when it is no list's."""
        for further in self.sections if self.page_form else ():
            if found := re.fullmatch(re.escape(self._page_path(further, "@")).replace("@", r"(\d{1,4})"), path):
                return further, max(1, int(found[1]))
        section = self.section_at(path)
        number = page_number(query, self.page_parameter) if self.page_parameter else 1
        return (section, number) if section else None

    def section_at(self, path: str) -> ReplicaSection | None:
        """Return the section whose first page stands at a path."""
        fold = str.lower if self.any_case else str
        return next((section for section in self.sections if fold(section.path) == fold(path)), None)

    def date_line(self, article: ReplicaArticle) -> str:
        """Return the publication time as the article page shows it."""
        return _date(self.date_form, article)

    def list_day(self, article: ReplicaArticle) -> str:
        """Return the day as the list shows it."""
        return _date(self.list_date_form, article)

    def file_path(self, name: str) -> str:
        """Path and query of an attachment."""
        return f"{self.files_path or f'/documents/20182/{zlib.crc32(name.encode())}/'}{name}"

    def file_link(self, name: str) -> str:
        """Return the address of an attachment as the portal's pages link it."""
        return (f"https://{self.file_host}" if self.file_host else "") + self.file_path(name)

    def file_url(self, name: str) -> str:
        """Return the absolute address of an attachment."""
        return f"https://{self.file_host or self.host}{self.file_path(name)}"

    def other(self, request: SiteRequest) -> SiteResponse | None:
        """Whatever else the family serves (feeds, fragments)."""
        return None

    @cached_property
    def name(self) -> str:
        """The portal's title: the one of its spider where the site declares none."""
        return declared_portal(self.portal).title

    # Addresses ---------------------------------------------------------------------------------------------------

    @property
    def home(self) -> str:
        """Scheme and real host, without a slash."""
        return f"https://{self.host}"

    def url(self, article: ReplicaArticle) -> str:
        """Return the article's absolute address, real host."""
        return self.home + self.article_path(article)

    def section(self, name: str) -> ReplicaSection:
        """Return the section of this short name; KeyError for another."""
        return {section.name: section for section in self.sections}[name]

    # Answers -----------------------------------------------------------------------------------------------------

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the answer to one request."""
        if request.path == "/robots.txt":
            lines = ["User-agent: *", *(f"Disallow: {path}" for path in self.disallow), ""]
            return SiteResponse("\n".join(lines).encode(), content_type="text/plain")
        if request.host == self.file_host:
            return self._file_answer(request)
        if request.path == "/" and self.section_at("/") is None:
            there = self.home + self.list_path(self.sections[0], 1)
            return SiteResponse(b"", 302, headers=(("Location", there),))
        if (answer := self.other(request)) is not None:
            return answer
        if (listed := self.list_at(request.path, request.query)) is not None:
            return _html(self.render_list(*listed, request))
        if (key := self.key_at(request.path, request.query)) is not None:
            return self._article_answer(self._by_key.get(key), request)
        return self._file_answer(request)

    def visible(self, night: date) -> list[ReplicaArticle]:
        """Articles that stand at the end of the night, newest first, as they read that night."""
        there = [article for article in self.articles if article.shown_from <= night and article.removal(night) is None]
        shown = [article.as_of(night) for article in there]
        return sorted(shown, key=lambda article: article.published, reverse=True)

    def rows(self, section: ReplicaSection, night: date) -> list[Row]:
        """All entries of a section that night, second addresses included, newest first."""
        rows = []
        visible = self.visible(night)
        for article in visible:
            if article.section == section.name or self._shares(section, article, article is visible[-1]):
                rows.append(Row(article, self.article_path(article), self.list_day(article)))
            if article.twin == section.name:
                rows.append(Row(article, self.twin_path(article), self.list_day(article)))
        return rows

    @staticmethod
    def _shares(section: ReplicaSection, article: ReplicaArticle, oldest: bool) -> bool:
        if not section.share:
            return False
        # Real sections are never empty, and an empty first page is an alarm: the oldest article stands in every shared
        # section.
        return oldest or zlib.crc32(f"{section.name}/{article.key}".encode()) % section.share == 0

    def page(self, section: ReplicaSection, number: int, night: date) -> tuple[list[Row], int]:
        """Return the entries of one list page and the number of pages; the sticky article is put on top of page 1."""
        rows = self.rows(section, night)
        last = max(1, -(-len(rows) // self.page_size))
        if number > last > 1 and self.beyond != "empty":  # a list of one page has no second one that repeats it
            number = last if self.beyond == "last" else 1
        shown = rows[(number - 1) * self.page_size : number * self.page_size]
        sticky = [row for row in rows if row.article.sticky] if number == 1 else []
        return [*sticky, *shown], last

    def render_list(self, section: ReplicaSection, number: int, request: SiteRequest) -> str:
        """Return a list page."""
        rows, last = self.page(section, number, request.night)
        following = self.list_path(section, number + 1) if number < last else None
        return self.render(
            "list.html", request, section=section, rows=rows, number=number, last=last, following=following
        )

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        """Return an article's page as of the request's night, whether or not it was withdrawn."""
        shown = article.as_of(request.night)
        # Older ones only: what a page links to must not change by itself when something new appears.
        older = [other for other in self.visible(request.night) if other.published < article.published]
        related = older[:3] if article.related else []
        return self.render(
            "article.html",
            request,
            article=shown,
            section=self.section(article.section),
            body=Markup(build_body(shown.parts, self.style, shown.shape)),
            shown=self.date_line(shown),
            related=[(other, self.article_path(other)) for other in related],
            files=[(name, self.file_link(name)) for name in shown.files],
        )

    def render(self, template: str, request: SiteRequest, **values: object) -> str:
        """One of the family's templates with what every page needs, and what changes on it at every request."""
        common = {"site": self, "clock": request.clock, "visitors": request.visitors, "request": request}
        page = (
            environment()
            .get_template(f"{self.family}/{template}")
            .render(**common, weekday=weekday(request.night), **values)
        )
        return page if self.still_articles and template == "article.html" else noisy(page, request)

    def _article_answer(self, article: ReplicaArticle | None, request: SiteRequest) -> SiteResponse:
        if article is None or article.shown_from > request.night:
            return self._notice(request, "Không tìm thấy trang", 404)
        if (removal := article.removal(request.night)) is not None:
            if removal.status == 302:
                return SiteResponse(b"", 302, headers=(("Location", f"{self.home}/"),))
            return self._notice(request, "Bài viết không tồn tại hoặc đã bị gỡ", removal.status)
        if article.withdrawn:
            return self._notice(request, "Không tìm thấy nội dung bạn yêu cầu", 200)
        body = self.render_article(article, request)
        if not self.still_articles:
            return _html(body)
        changed = [revision.since for revision in article.revisions if revision.since <= request.night]
        at = datetime.combine(changed[-1], article.published.timetz()) if changed else article.published
        etag = f'"{zlib.crc32(body.encode()):08x}-{len(body.encode()):x}"'
        return SiteResponse(
            body.encode(),
            etag=etag if "etag" in self.validators else None,
            last_modified=at if "last_modified" in self.validators else None,
        )

    def _file_answer(self, request: SiteRequest) -> SiteResponse:
        path = unquote(request.path)
        ending = path[path.rfind(".") :].lower()
        file = self._files.get(path)
        if file is not None and file.kind is not FileKind.MISSING:
            kind = "text/html" if file.kind is FileKind.WRONG_URL else _FILES.get(ending, "application/octet-stream")
            return SiteResponse(file_bytes(file), content_type=kind)
        if ending in _PICTURES:
            return SiteResponse(_GIF, content_type="image/gif")
        return self._notice(request, "Không tìm thấy trang", 404)

    def _notice(self, request: SiteRequest, message: str, status: int) -> SiteResponse:
        return _html(self.render("notice.html", request, message=message), status)


def _date(form: str, article: ReplicaArticle) -> str:
    shown = re.sub(r"\[(.*)\]", r"\1" if article.clock else "", form)
    return shown.format(at=article.published, weekday=weekday(article.published))


def _html(text: str, status: int = 200) -> SiteResponse:
    return SiteResponse(text.encode(), status)


class DaysOnly(ComposedSite):
    """A site that shows the day of publication and never a time of day."""
