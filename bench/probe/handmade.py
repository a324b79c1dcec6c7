"""Portals built by hand, each after another habit of real ones, that share nothing with the replicas' templates.

A kind fixes what it is about (tables without names, definition lists, sections in the footer, a list that grows by a
button, …); everything else is drawn with the seed: addresses, page links, date forms, headings, boxes around the text.
"""

from __future__ import annotations

import json
import random
import unicodedata
from dataclasses import replace
from functools import cache
from urllib.parse import parse_qs

from bench.probe.machine import MachineSide, feed_of, head_of, sitemap_of, with_fault
from bench.probe.markup import Style, list_rows, page_links, whole_page
from bench.probe.texts import article_page
from replicas.prose.commune_news import commune_articles
from replicas.records import Kind, Part, ReplicaArticle, plain
from replicas.sites.site import SiteRequest, SiteResponse
from vietnam.letters import strip_diacritics

PAGE = 6
_TITLES = (
    "Thời sự", "Kinh tế - Đầu tư", "Người tốt việc tốt", "Khuyến nông", "Chuyển đổi số", "Nhịp sống xóm làng",
    "Đoàn thể", "Giáo dục", "Đất và người", "An sinh",
)  # fmt: skip
_MENUS = ("nav", "table", "header", "mega", "plain")
_LISTS = ("rows", "cards", "items", "flat")
_PAGING = ("page", "path", "dash", "folder", "offset", "arrow", "twin-numbers")
_ADDRESSES = ("slug-id", "id-slug", "param", "day-slug", "joomla", "node", "long-number", "htm")
_HEADS = ("h1", "h2", "two-h1", "div", "bold")
_DATES = ("slash", "bar", "words", "label", "hour-first", "seconds")
_PLACES = ("below", "above", "byline", "foot")
_BODIES = ("p", "div", "br", "widgets", "font")


DRAWN = "no habit of its own, absolute links"
KINDS: dict[str, dict[str, object]] = {
    "nested tables without names": {"menu": "table", "listing": "rows", "head": "bold", "body": "font", "names": 0},
    "definition lists": {"listing": "dl", "paging": "head-next", "head": "h2"},
    "cards with three links each": {"listing": "cards", "paging": "path", "head": "two-h1"},
    "sections in the footer alone": {"menu": "footer"},
    "sections in a drop-down box": {"menu": "select"},
    "a list that grows by a JSON button": {"paging": "json"},
    "a list that grows by a POST form": {"paging": "post"},
    "articles that are a PDF": {"odd": frozenset({"pdf"})},
    "an English twin, a base and a wrong canonical": {"odd": frozenset({"english", "base", "canonical"})},
    "two sections with one list": {"odd": frozenset({"twins"})},
    "pinned entries and a box of the newest": {"odd": frozenset({"pinned", "newest"})},
    "dates on the list alone": {"where": "nowhere"},
    "UTF-16 with a page for robots.txt": {"charset": "utf-16", "robots": "html"},
    "windows-1258": {"charset": "windows-1258", "robots": "delay"},
    "an unknown charset, articles beside the sections": {"charset": "x-tcvn", "address": "bare", "sections": "/{}"},
    "headings and paragraphs side by side": {"listing": "flat", "body": "br", "head": "h2"},
    "widgets inside the text": {"body": "widgets", "names": 2},
    "page links that only a script knows": {"paging": "script"},
    "lists with a head of their own": {"odd": frozenset({"head"})},
    "sections built in different ways": {"odd": frozenset({"mixed"}), "names": 3, "paging": "page"},
    "a section of two articles": {"odd": frozenset({"few"})},
    "a menu with many pages that are no sections": {"odd": frozenset({"pages"}), "menu": "nav"},
    "pages counted from nought": {"paging": "nought"},
    "a button that brings pieces of HTML": {"paging": "fragment"},
    "sections as headings of boxes, dates in the page's head": {"menu": "headings", "where": "meta"},
    DRAWN: {"listing": "articles", "odd": frozenset({"absolute"})},
}  # fmt: skip


class HandmadePortal:
    """One portal of a kind; `respond` is pure."""

    def __init__(self, kind: str, seed: int, host: str, side: MachineSide | None = None) -> None:
        self.side = side or MachineSide()
        chance = random.Random(f"{kind}/{seed}")
        self.kind, self.host, self.seed = kind, host, seed
        self.name = f"Trang tin xã Mẫu Sơn {seed}"
        drawn = Style(
            *(
                chance.choice(each)
                for each in (_MENUS, _LISTS, _PAGING, _ADDRESSES, _HEADS, _DATES, _PLACES, _BODIES, range(1, 6))
            ),  # type: ignore[arg-type]  # each part has its field's type
        )
        self.style = replace(drawn, **KINDS[kind])  # type: ignore[arg-type]  # as above
        self.titles = chance.sample(_TITLES, 4)
        if self.side.fault == "minute":
            self.style = replace(self.style, when="day")
        self.articles = tuple(commune_articles(seed))
        first, step = chance.randint(300, 70_000), chance.randint(3, 41)
        self._number = {a.key: first + step * (len(self.articles) - n) for n, a in enumerate(self.articles)}
        self._paths = {self.path(a): a for a in self.articles}

    # addresses

    def slug(self, words: str) -> str:
        """Words as they stand in an address."""
        return _slug(words)

    def section_of(self, article: ReplicaArticle) -> int:
        """Return the section that an article stands in."""
        return self._number[article.key] // 7 % len(self.titles)

    def list_path(self, section: int, number: int = 1) -> str:
        """Path and query of a page of a list."""
        path = self.style.sections.format(self.slug(self.titles[section]))
        if number == 1:
            return path
        return {
            "path": f"{path}/page/{number}",
            "dash": f"{path}-p{number}",
            "folder": f"{path}/trang-{number}.html",
            "offset": f"{path}?start={(number - 1) * PAGE}",
            "nought": f"{path}?trang={number - 1}",
            "script": f"{path}/khung/{number}",
            "fragment": f"/ajax/tin/{section}?p={number}",
            "json": f"/api/tin?chuyenmuc={section}&trang={number}",
            "post": path,
        }.get(self.style.paging, f"{path}?page={number}")

    def path(self, article: ReplicaArticle) -> str:
        """Path and query of an article."""
        number, slug, day = self._number[article.key], self.slug(article.title), article.published
        folder = self.slug(self.titles[self.section_of(article)])
        return {
            "slug-id": f"/{folder}/{slug}-{number}.html",
            "id-slug": f"/tin/{number}/{slug}",
            "param": f"/xemtin.aspx?chuyenmuc={self.section_of(article)}&baiviet={number}",
            "day-slug": f"/{day:%Y/%m}/{slug}/",
            "joomla": f"/index.php?option=com_content&view=article&id={number}&Itemid={self.section_of(article) + 2}",
            "node": f"/node/{number}",
            "long-number": f"/{slug}-{day:%Y%m%d%H%M}{number:05}.htm",
            "htm": f"/{folder}/{slug}.htm",
            "bare": f"/{slug}",
        }[self.style.address]

    def in_section(self, section: int) -> list[ReplicaArticle]:
        """Return the articles of a section, newest first; the pinned one before them."""
        if "twins" in self.style.odd and section == 1:
            section = 0
        found = [a for a in self.articles if self.section_of(a) == section]
        return found[:2] if "few" in self.style.odd and section == len(self.titles) - 1 else found

    @property
    def shown(self) -> list[ReplicaArticle]:
        """The articles that some list names."""
        named = {a.key: a for n in range(len(self.titles)) for a in self.in_section(n)}
        return list(named.values())

    @property
    def menu_sections(self) -> range:
        """Numbers of the sections that the menu names."""
        return range(len(self.titles) - (self.side.fault == "hidden"))

    # answers

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the answer to one request."""
        asked = request.path + (f"?{request.query}" if request.query else "")
        if request.path == "/robots.txt":
            return self._robots()
        if request.path.endswith(".pdf"):
            return SiteResponse(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", content_type="application/pdf")
        if request.path == "/tin.rss" and self.side.feed:
            newest = sorted(self.shown, key=lambda a: a.published, reverse=True)
            return SiteResponse(feed_of(self, self.side.feed == "full", newest), content_type="application/rss+xml")
        if request.path == "/sitemap.xml" and self.side.sitemap:
            return SiteResponse(sitemap_of(self, self.shown), content_type="application/xml")
        if request.path == "/":
            return self._html(list_rows(self, self.articles[:9], front=True), request)
        if (article := self._paths.get(asked)) is not None:
            shown = with_fault(article, self.side.fault)
            return self._html(article_page(self, shown, request), request, plain(article.title), at=article)
        for section, title in enumerate(self.titles):
            for number in range(1, 12):
                if asked == self.list_path(section, number) and (number == 1 or self.style.paging != "post"):
                    posted = parse_qs(request.body.decode("latin-1")).get("trang", ["1"])[0]
                    return self._list(section, int(posted) if request.method == "POST" else number, request, title)
        if request.path in ("/gioi-thieu", "/lien-he", "/van-ban") or request.path.startswith("/trang-tinh/"):
            return self._html(
                "<h2>Giới thiệu chung</h2><p>Nội dung giới thiệu về xã, về địa giới và dân cư.</p>", request
            )
        if asked == "/en/news":
            return self._html(list_rows(self, self.articles[:PAGE], english=True), request, "News and events")
        if (article := self._paths.get(asked.removeprefix("/en"))) is not None:
            return self._html(article_page(self, _in_english(article), request), request, _in_english(article).title)
        return SiteResponse("<html><body><h1>Trang không tồn tại</h1></body></html>".encode(), 404)

    def _list(self, section: int, number: int, request: SiteRequest, title: str) -> SiteResponse:
        every = self.in_section(section)
        if self.side.fault == "stuck":
            number, every = 1, every * 2
        if self.side.fault == "cut":
            every = every[:PAGE]
        rows = every[(number - 1) * PAGE : number * PAGE]
        last = max(1, -(-len(every) // PAGE))
        if self.style.paging == "fragment" and number > 1:
            piece = list_rows(self, rows, section=section).partition(">")[2].rpartition("<")[0]
            return SiteResponse(f"{piece}{page_links(self, section, number, last)}".encode())
        if self.style.paging == "json" and number > 1:
            told = [{"tieude": a.title, "url": self.path(a), "ngay": f"{a.published:%d/%m/%Y}"} for a in rows]
            body = json.dumps({"tin": told, "con": number < last}, ensure_ascii=False).encode()
            return SiteResponse(body, content_type="application/json; charset=utf-8")
        if "pinned" in self.style.odd:
            rows = [*self.articles[10:12], *(row for row in rows if row not in self.articles[10:12])]
        main = f"{list_rows(self, rows, section=section)}{page_links(self, section, number, last)}"
        following = self.list_path(section, number + 1) if self.style.paging == "head-next" and number < last else ""
        return self._html(main, request, title, following)

    def _html(
        self, main: str, request: SiteRequest, title: str = "", following: str = "", at: ReplicaArticle | None = None
    ) -> SiteResponse:
        text = whole_page(self, main, request, title, following)
        if head := head_of(self, self.side, at):
            text = text.replace("</head>", f"{head}</head>", 1)
        if at is not None and self.style.where == "meta":
            told = f'<meta property="article:published_time" content="{at.published.isoformat()}">'
            text = text.replace("</head>", f"{told}</head>", 1)
        charset = self.style.charset
        if charset == "utf-16":
            return SiteResponse(text.encode("utf-16"), content_type="text/html; charset=utf-16")
        if charset == "windows-1258":
            return SiteResponse(_cp1258(text), content_type="text/html; charset=windows-1258")
        return SiteResponse(text.encode(), content_type=f"text/html; charset={charset}")

    def _robots(self) -> SiteResponse:
        if self.style.robots == "html":
            return SiteResponse(b"<!DOCTYPE html><html><body><h1>Trang chu</h1></body></html>")
        if self.style.robots == "delay":
            body = b"User-agent: *\nCrawl-delay: 1\nDisallow: /quan-tri\n"
            return SiteResponse(body, content_type="text/plain")
        return SiteResponse(b"", 404)


def truth_blocks(made: HandmadePortal, article: ReplicaArticle) -> tuple[str, ...]:
    """Return what a reader should find of an article: lead, text, headings, captions and sign-off.

    Nothing where a file is all.
    """
    if "pdf" in made.style.odd:
        return ()
    told = [plain(article.lead)] if article.lead else []
    shown = [part for part in article.parts if part.text and (made.style.body != "br" or part.kind is not Kind.CAPTION)]
    return (*told, *(plain(part.text) for part in shown))


@cache
def _slug(words: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in strip_diacritics(words)).split())


def _in_english(article: ReplicaArticle) -> ReplicaArticle:
    """Return the same news in the English edition."""
    text = "People of the commune met this morning and spoke about roads, schools and the coming season of rice. " * 3
    parts = (Part(Kind.PARAGRAPH, text), Part(Kind.PARAGRAPH, text))
    return replace(article, title=f"Commune news item number {article.slug[:12]}", lead="", parts=parts)


def _cp1258(text: str) -> bytes:
    """Vietnamese in windows-1258: a letter with its hat, then the tone as a combining mark."""
    return b"".join(map(_sign_in_cp1258, unicodedata.normalize("NFC", text)))


@cache
def _sign_in_cp1258(char: str) -> bytes:
    try:
        return char.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
        base = unicodedata.normalize("NFC", parts.replace(tone, "", 1) if tone else parts)
        return (base + tone).encode("cp1258", "xmlcharrefreplace")
