"""A portal of no family: its addresses, markup, dates, page links and widgets are drawn with a seed."""

from __future__ import annotations

import html
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs

from replicas.records import ReplicaArticle
from replicas.sites.bodies import BodyStyle, build_body
from replicas.sites.composed import weekday
from replicas.sites.site import SiteRequest, SiteResponse
from vietnam.letters import strip_diacritics

_PAGE = 5
_SECTIONS = (
    ("Kinh tế", "kinh-te"),
    ("Văn hóa - Xã hội", "van-hoa-xa-hoi"),
    ("Tin hoạt động", "tin-hoat-dong"),
    ("An ninh trật tự", "an-ninh-trat-tu"),
)
_WORDS = (
    ("ds-bai", "muc-bai", "tua-de", "ngay-gio", "khung-bai", "tom-luoc", "noi-dung-bai"),
    ("archive-list", "archive-row", "row-title", "row-meta", "single-post", "single-intro", "single-body"),
    ("c-list", "c-card", "c-card__name", "c-card__when", "p-detail", "p-detail__sapo", "p-detail__text"),
    ("listing", "entry", "entry-name", "entry-info", "entry-full", "entry-abstract", "entry-text"),
    ("bang-tin", "o-tin", "ten-tin", "gio-tin", "xem-tin", "dan-nhap", "chu-tin"),
)


@dataclass(frozen=True, slots=True)
class _Style:
    address: str
    paging: str
    when: str
    tags: tuple[str, str]
    words: tuple[str, ...]
    above: bool
    relative: bool
    lead: bool
    side: bool


class UnknownPortal:
    """One drawn portal; `respond` is pure."""

    def __init__(self, seed: int, host: str, articles: Sequence[ReplicaArticle]) -> None:
        chance = random.Random(seed)
        self.host, self.seed = host, seed
        self.name = f"Trang thông tin điện tử huyện Mẫu {seed}"
        self.style = _Style(
            address=chance.choice(("slug-number", "number-slug", "folder-slug", "query", "dated", "html-slug")),
            paging=chance.choice(("page", "path", "dash", "trang", "next")),
            when=chance.choice(("full", "short", "words", "label")),
            tags=chance.choice((("ul", "li"), ("div", "div"), ("section", "article"), ("table", "tr"))),
            words=chance.choice(_WORDS),
            above=chance.random() < 0.4,
            relative=chance.random() < 0.6,
            lead=chance.random() < 0.7,
            side=chance.random() < 0.7,
        )
        self.robots = chance.random() < 0.5
        chosen = [each for each in articles if each.parts and not each.withdrawn and not each.removals]
        ordered = sorted({each.title: each for each in chosen}.values(), key=lambda each: each.published, reverse=True)
        self.articles = tuple(ordered[:40])
        self._number = {each.key: 20_411 + 37 * number for number, each in enumerate(self.articles)}
        self._paths = {self.path(each): each for each in self.articles}

    # addresses

    def section_of(self, article: ReplicaArticle) -> int:
        """The section an article stands in."""
        return self._number[article.key] % len(_SECTIONS)

    def path(self, article: ReplicaArticle) -> str:
        """Path and query of an article."""
        number = self._number[article.key]
        slug = "-".join(strip_diacritics(article.title).split())
        slug = "".join(char for char in slug if char.isalnum() or char == "-").strip("-") or "bai"
        folder = _SECTIONS[self.section_of(article)][1]
        day = article.published
        return {
            "slug-number": f"/{folder}/{slug}-{number}.html",
            "number-slug": f"/{folder}/{number}-{slug}",
            "folder-slug": f"/bai-viet/{slug}",
            "query": f"/chi-tiet.php?muc={folder}&id={number}",
            "dated": f"/{day:%Y/%m/%d}/{slug}-p{number}",
            "html-slug": f"/{folder}/{slug}.html",
        }[self.style.address]

    def _list_path(self, section: int, number: int) -> str:
        path = f"/chuyen-muc/{_SECTIONS[section][1]}"
        if number == 1:
            return path
        return {
            "page": f"{path}?page={number}",
            "path": f"{path}/page/{number}",
            "dash": f"{path}-p{number}",
            "trang": f"{path}?trang={number}",
            "next": f"{path}?start={(number - 1) * _PAGE}",
        }[self.style.paging]

    # answers

    def respond(self, request: SiteRequest) -> SiteResponse:
        """The answer to one request."""
        asked = request.path + (f"?{request.query}" if request.query else "")
        if request.path == "/robots.txt":
            body = b"User-agent: *\nDisallow: /quan-tri/\n"
            return SiteResponse(body, content_type="text/plain") if self.robots else SiteResponse(b"", 404)
        if request.path == "/":
            return self._html(self._front(request), request)
        if (article := self._paths.get(asked)) is not None:
            return self._html(self._article(article), request)
        for section in range(len(_SECTIONS)):
            for number in range(1, 20):
                if self._list_path(section, number) == asked:
                    return self._html(self._list(section, number), request)
        if "page" in parse_qs(request.query):  # unknown parameters are ignored, as most systems do
            return self.respond(
                SiteRequest(request.host, request.path, "", request.night, request.count, request.method)
            )
        return SiteResponse("<html><body><h1>Không tìm thấy trang</h1></body></html>".encode(), 404)

    def _html(self, main: str, request: SiteRequest) -> SiteResponse:
        menu = "".join(
            f'<li><a href="{self._link(self._list_path(n, 1))}">{html.escape(title)}</a></li>'
            for n, (title, _) in enumerate(_SECTIONS)
        )
        side = ""
        if self.style.side:
            newest = "".join(
                f'<li><a href="{self._link(self.path(a))}">{html.escape(a.title)}</a></li>' for a in self.articles[:6]
            )
            side = f'<div class="cot-phai"><h3>Đọc nhiều</h3><ul>{newest}</ul></div>'
        title = next(iter(main.split("<h1", 1)[1:]), "").partition(">")[2].partition("<")[0]
        page = (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title or self.name} | {self.name}</title></head><body>"
            f'<div class="dau-trang"><a href="/">{self.name}</a><span class="dong-ho">{request.clock:%H:%M:%S}</span></div>'
            f'<div class="thanh-menu"><ul class="menu"><li><a href="/">Trang chủ</a></li>{menu}'
            f'<li><a href="/lien-he">Liên hệ</a></li></ul></div><div class="than"><div class="cot-giua">{main}</div>{side}</div>'
            f'<div class="chan-trang">Giấy phép số 12/GP-STTTT ngày 02/01/2020. Lượt truy cập: {request.visitors}</div>'
            "</body></html>"
        )
        return SiteResponse(page.encode())

    def _link(self, path: str) -> str:
        return html.escape(path if self.style.relative else f"https://{self.host}{path}")

    def _rows(self, rows: Sequence[ReplicaArticle]) -> str:
        box, item = self.style.tags
        names = self.style.words
        shown = []
        for article in rows:
            title = f'<h3 class="{names[2]}"><a href="{self._link(self.path(article))}">{html.escape(article.title)}</a></h3>'
            day = f'<span class="{names[3]}">{article.published:%d/%m/%Y}</span>'
            inner = f"<td>{title}{day}</td>" if item == "tr" else f"{title}{day}"
            shown.append(f'<{item} class="{names[1]}">{inner}</{item}>')
        return f'<{box} class="{names[0]}">{"".join(shown)}</{box}>'

    def _front(self, request: SiteRequest) -> str:
        return f'<div class="trang-dau">{self._rows(self.articles[:8])}</div>'

    def in_section(self, section: int) -> list[ReplicaArticle]:
        """The articles of a section, newest first."""
        return [article for article in self.articles if self.section_of(article) == section]

    def _list(self, section: int, number: int) -> str:
        every = self.in_section(section)
        last = max(1, -(-len(every) // _PAGE))
        rows = every[(number - 1) * _PAGE : number * _PAGE]
        links = []
        if self.style.paging == "next":
            links = (
                [f'<a href="{self._link(self._list_path(section, number + 1))}">Trang sau</a>'] if number < last else []
            )
        else:
            for n in range(1, last + 1):
                there = f'<a href="{self._link(self._list_path(section, n))}">{n}</a>'
                links.append(f"<span>{n}</span>" if n == number else there)
        return f'{self._rows(rows)}<div class="so-trang">{"".join(links)}</div>'

    def when(self, article: ReplicaArticle) -> str:
        """The date line of an article's page."""
        at = article.published
        return {
            "full": f"{weekday(at)}, {at:%d/%m/%Y} {at:%H:%M}",
            "short": f"{at:%d/%m/%Y %H:%M}",
            "words": f"{at:%H:%M}, {weekday(at)}, ngày {at.day} tháng {at.month} năm {at.year}",
            "label": f"Ngày đăng: {at:%d-%m-%Y %H:%M}",
        }[self.style.when]

    def _article(self, article: ReplicaArticle) -> str:
        names = self.style.words
        style = BodyStyle(
            image="/anh/{}".format,
            figure=lambda src, caption: f'<figure><img src="{src}"><figcaption>{caption}</figcaption></figure>',
            link=lambda name, text: f'<a href="/tep/{name}">{text}</a>',
        )
        day = f'<div class="{names[3]}-ct">{self.when(article)}</div>'
        title = f'<h1 class="{names[2]}-ct">{html.escape(article.title)}</h1>'
        lead = f'<div class="{names[5]}">{html.escape(article.lead)}</div>' if self.style.lead and article.lead else ""
        body = build_body(article.parts, style, article.shape)
        head = f"{day}{title}" if self.style.above else f"{title}{day}"
        share = '<div class="chia-se"><a href="#">Chia sẻ</a> <a href="#">In trang</a></div>'
        return f'<div class="{names[4]}">{head}{lead}<div class="{names[6]}">{body}</div>{share}</div>'

    def visible(self, night: date) -> list[ReplicaArticle]:
        """The articles that the lists show, whatever the night."""
        return [article for article in self.articles if article.day <= night]
