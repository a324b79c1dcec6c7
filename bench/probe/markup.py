"""The markup of the portals built by hand: pages, lists, page links and articles in the ways that `Style` names."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Protocol

from replicas.records import Kind, Part, ReplicaArticle, plain
from replicas.site import SiteRequest

__all__ = ["article_page", "list_rows", "page_links", "whole_page"]

_DAYS = ("hai", "ba", "tư", "năm", "sáu", "bảy")
_NAMES = (
    ("", "", "", "", "", "", ""),
    ("tin-bai-list", "tin-bai-row", "tb-ten", "tb-ngay", "tb-chitiet", "tb-sapo", "tb-noidung"),
    ("loop", "post-card", "post-card__name", "post-card__meta", "story", "story__deck", "story__copy"),
    ("dsTin", "mucTin", "tenTin", "ngayTin", "ctTin", "ttTin", "ndTin"),
    ("x1", "x2", "x3", "x4", "x5", "x6", "x7"),
    ("cms-grid", "cms-cell", "cms-cap", "cms-stamp", "cms-read", "cms-abs", "cms-rich"),
)


class _Portal(Protocol):
    host: str
    name: str
    titles: list[str]
    articles: tuple[ReplicaArticle, ...]

    @property
    def style(self) -> _Style: ...
    def list_path(self, section: int, number: int = 1) -> str: ...
    def path(self, article: ReplicaArticle) -> str: ...


class _Style(Protocol):
    @property
    def menu(self) -> str: ...
    @property
    def listing(self) -> str: ...
    @property
    def paging(self) -> str: ...
    @property
    def head(self) -> str: ...
    @property
    def when(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def names(self) -> int: ...
    @property
    def odd(self) -> frozenset[str]: ...
    @property
    def charset(self) -> str: ...


def _named(portal: _Portal, at: int) -> str:
    name = _NAMES[portal.style.names][at]
    return f' class="{name}"' if name else ""


def _href(portal: _Portal, path: str) -> str:
    """Relative to the base where there is one, else from the root."""
    return html.escape(path.removeprefix("/") if "base" in portal.style.odd else path)


def _link(portal: _Portal, path: str, text: str, more: str = "") -> str:
    return f'<a href="{_href(portal, path)}"{more}>{html.escape(text)}</a>'


# the page around ----------------------------------------------------------------------------------------------------


def whole_page(portal: _Portal, main: str, request: SiteRequest, title: str, following: str) -> str:
    """A page: head, menu where the portal has it, the main part, the columns beside it, the foot."""
    odd, style = portal.style.odd, portal.style
    head = f"<title>{html.escape(title + ' - ' if title else '')}{portal.name}</title>"
    if style.charset in ("utf-8", "x-tcvn"):
        head = f'<meta http-equiv="Content-Type" content="text/html; charset={style.charset}">{head}'
    if "base" in odd:
        head += f'<base href="https://{portal.host}/">'
    if "canonical" in odd:
        head += f'<link rel="canonical" href="https://{portal.host}/">'
    if following:
        head += f'<link rel="next" href="{html.escape(following)}">'
    menu = _menu(portal)
    top = f"<h1>{portal.name}</h1>" if style.head == "two-h1" else f"<b>{portal.name}</b>"
    clock = f'<div class="gio">Hôm nay, {request.clock:%d/%m/%Y %H:%M:%S}</div>'
    foot = f"<div id=foot>Giấy phép số 4/GP-TTĐT ngày 04/02/2019. Lượt truy cập: {request.visitors}{menu[1]}</div>"
    side = _side(portal)
    if style.names == 0:
        inner = (
            f"<table width=980 align=center><tr><td colspan=2>{top}{clock}{menu[0]}</td></tr><tr><td valign=top>{main}</td>"
            f"<td width=240>{side}</td></tr><tr><td colspan=2>{foot}</td></tr></table>"
        )
    else:
        inner = f'{top}{clock}{menu[0]}<div class="wrap"><div class="main-col">{main}</div>{side}</div>{foot}'
    return f"<!DOCTYPE html>\n<html lang=vi><head>{head}</head><body>{inner}</body></html>"


def _menu(portal: _Portal) -> tuple[str, str]:
    """The menu's markup above the main part and in the foot."""
    kind, titles = portal.style.menu, portal.titles
    links = [_link(portal, portal.list_path(n), title) for n, title in enumerate(titles)]
    pages = [("/gioi-thieu", "Giới thiệu"), ("/van-ban", "Văn bản pháp quy"), ("/lien-he", "Liên hệ")]
    if "english" in portal.style.odd:
        pages.append(("/en/news", "News and events"))
    about = [_link(portal, path, text) for path, text in pages]
    every = [*about[:1], *links, *about[1:]]
    items = "".join(f"<li>{link}</li>" for link in every)
    if kind == "footer":
        return "", f"<ul>{items}</ul>"
    if kind == "select":
        told = "".join(
            f'<option value="{_href(portal, portal.list_path(n))}">{t}</option>' for n, t in enumerate(titles)
        )
        return f'<select onchange="location=this.value"><option>Chọn chuyên mục</option>{told}</select>', " ".join(
            about
        )
    if kind == "mega":
        inner = "".join(f"<li>{link}</li>" for link in links)
        return (
            f'<ul id="mm"><li><a href="#">Tin bài</a><ul>{inner}</ul></li><li>{about[0]}</li><li>{about[2]}</li></ul>',
            "",
        )
    shapes = {
        "nav": f"<nav><ul>{items}</ul></nav>",
        "header": f"<header><p>{' | '.join(every)}</p></header>",
        "table": f"<table><tr>{''.join(f'<td>{link}</td>' for link in every)}</tr></table>",
        "plain": f'<div class="thanh">{"".join(f"<span>{link}</span>" for link in every)}</div>',
    }
    return shapes[kind], ""


def _side(portal: _Portal) -> str:
    first = 0 if "newest" in portal.style.odd else 12
    rows = "".join(
        f"<li>{_link(portal, portal.path(a), plain(a.title))}</li>" for a in portal.articles[first : first + 6]
    )
    return f'<div class="col2"><b>Bạn đọc quan tâm</b><ul>{rows}</ul><p>Đường dây nóng: 0900 000 000</p></div>'


# lists --------------------------------------------------------------------------------------------------------------


def list_rows(portal: _Portal, rows: Sequence[ReplicaArticle], *, front: bool = False, english: bool = False) -> str:
    """The entries of a list."""
    made = []
    for a in rows:
        path = f"/en/{portal.path(a).lstrip('/')}" if english else portal.path(a)
        title = f"Commune news item number {a.slug[:12]}" if english else plain(a.title)
        made.append(_entry(portal, path, title, f"{a.published:%d/%m/%Y}", plain(a.lead or a.parts[0].text)[:140]))
    box = _named(portal, 0)
    whole = {
        "rows": f"<table{box}>{''.join(made)}</table>",
        "dl": f"<dl{box}>{''.join(made)}</dl>",
        "items": f"<ul{box}>{''.join(made)}</ul>",
    }.get(portal.style.listing, f"<div{box}>{''.join(made)}</div>")
    return f"<div><p>Tin mới cập nhật</p>{whole}</div>" if front else whole


def _entry(portal: _Portal, path: str, title: str, day: str, lead: str) -> str:
    item, name, when = (_named(portal, n) for n in (1, 2, 3))
    link = _link(portal, path, title)
    match portal.style.listing:
        case "rows":
            return f"<tr{item}><td>&#8226; {link} <i>({day})</i></td></tr>"
        case "dl":
            return f"<dt{when}>{day}</dt><dd{item}>{link}</dd>"
        case "items":
            return f"<li{item}><p{name}>{link}</p><span{when}>{day}</span><p>{html.escape(lead)}…</p></li>"
        case "flat":
            return f"<h3{name}>{link}</h3><p{when}>Ngày đăng: {day}</p><p>{html.escape(lead)}…</p>"
    picture = f'<a href="{_href(portal, path)}"><img src="/anh/dai-dien.jpg" alt="{html.escape(title)}"></a>'
    more = _link(portal, path, "Xem chi tiết")
    told = f"<h4{name}>{link}</h4><small{when}>{day}</small><p>{html.escape(lead)}…</p>{more}"
    return f"<div{item}>{picture}<div>{told}</div></div>"


def page_links(portal: _Portal, section: int, number: int, last: int) -> str:
    """The way to the further pages."""
    following = portal.list_path(section, number + 1)
    if number >= last and portal.style.paging not in ("page", "path", "dash", "folder", "twin-numbers"):
        return ""
    match portal.style.paging:
        case "offset":
            return f"<p>{_link(portal, following, 'Trang sau')}</p>"
        case "arrow":
            return f'<div class="pg">{_link(portal, following, "»")}</div>'
        case "head-next":
            return ""
        case "json":
            return f'<button class="them" data-url="{html.escape(following)}" data-next="2">Xem thêm</button>'
        case "post":
            path = html.escape(portal.list_path(section))
            field = f"<input type=hidden name=trang value={number + 1}>"
            return f'<form method="post" action="{path}">{field}<input type=submit value="Xem thêm"></form>'
        case "script":
            return "".join(f'<a href="javascript:trang({n})">{n}</a>' for n in range(1, last + 1))
    links = [
        f"<b>{n}</b>" if n == number else _link(portal, portal.list_path(section, n), str(n))
        for n in range(1, last + 1)
    ]
    made = f'<div class="trang">{" ".join(links)}</div>'
    return made * 2 if portal.style.paging == "twin-numbers" else made


# articles -----------------------------------------------------------------------------------------------------------


def when_line(portal: _Portal, article: ReplicaArticle) -> str:
    """The published line as the portal writes it."""
    at = article.published
    weekday = "Chủ nhật" if at.weekday() == 6 else f"Thứ {_DAYS[at.weekday()]}"
    return {
        "slash": f"{at:%d/%m/%Y %H:%M}",
        "bar": f"{weekday}, {at:%d/%m/%Y} | {at:%H:%M}",
        "words": f"{weekday}, ngày {at.day} tháng {at.month} năm {at.year}, {at:%H:%M}",
        "label": f"Ngày đăng: {at:%d-%m-%Y} {at:%H:%M} | Lượt xem: 1204",
        "hour-first": f"{at:%H:%M}, {weekday}, {at:%d-%m-%Y}",
        "seconds": f"{at:%d/%m/%Y %H:%M}:00",
    }[portal.style.when]


def article_page(portal: _Portal, article: ReplicaArticle, request: SiteRequest) -> str:
    """The main part of an article's page."""
    style = portal.style
    title = _headline(portal, html.escape(plain(article.title)))
    day = f"<div{_named(portal, 3)}>{when_line(portal, article)}</div>"
    if style.where == "byline":
        day = f"<p{_named(portal, 3)}><b>Ban biên tập</b> - <span>{when_line(portal, article)}</span></p>"
    lead = f"<p{_named(portal, 5)}><b>{html.escape(plain(article.lead))}</b></p>" if article.lead else ""
    text = _pdf(article) if "pdf" in style.odd else lead + f"<div{_named(portal, 6)}>{_body(portal, article)}</div>"
    bar = (
        f'<div class="bar"><a href="#">In trang</a> <a href="#">Gửi email</a> Lượt xem: {request.visitors % 5000}</div>'
    )
    others = "".join(
        f"<li>{_link(portal, portal.path(a), plain(a.title))} ({a.published:%d/%m/%Y})</li>"
        for a in portal.articles[20:25]
    )
    parts = {
        "above": [day, title, text],
        "foot": [title, text, day],
        "nowhere": [title, text],
    }.get(style.where, [title, day, text])
    crumbs = "<p>Trang chủ / Tin bài</p>"
    return f"<div{_named(portal, 4)}>{crumbs}{''.join(parts)}{bar}</div><div><b>Các tin khác</b><ul>{others}</ul></div>"


def _headline(portal: _Portal, title: str) -> str:
    name = f' class="{_NAMES[portal.style.names][2]}-ct"' if portal.style.names else ""
    match portal.style.head:
        case "h1" | "two-h1":
            return f"<h1{name}>{title}</h1>"
        case "h2":
            return f"<h2{name}>{title}</h2>"
        case "div":
            return f"<div{name}>{title}</div>"
    return f"<font size=4 color=navy><b>{title}</b></font><br>"


def _pdf(article: ReplicaArticle) -> str:
    return f'<p>Xem tệp đính kèm: <a href="/tep/{article.slug[:20]}.pdf">{article.slug[:20]}.pdf</a></p>'


def _body(portal: _Portal, article: ReplicaArticle) -> str:
    kind = portal.style.body
    texts = [(part, html.escape(plain(part.text))) for part in article.parts if part.text]
    if kind == "br":
        return "<br><br>\n".join(text for part, text in texts if part.kind is not Kind.CAPTION)
    pieces = [_piece(kind, part, text) for part, text in texts]
    if kind == "widgets" and len(pieces) > 2:
        pieces[2:2] = [_related(portal), '<div class="qc"><a href="#">Quảng cáo</a></div>']
    return f"<div><div>{''.join(pieces)}</div></div>" if kind in ("div", "font") else "".join(pieces)


def _piece(kind: str, part: Part, text: str) -> str:
    if part.kind is Kind.CAPTION:
        return f'<table align=center><tr><td><img src="/anh/{part.image}"></td></tr><tr><td><i>{text}</i></td></tr></table>'
    if part.kind is Kind.HEADING:
        return f"<p><strong>{text}</strong></p>"
    if kind == "div":
        return f'<div><div style="text-align:justify">{text}</div></div>'
    if kind == "font":
        return f"<p align=justify><font face=Arial size=2>{text}</font></p>"
    return f"<p>{text}</p>"


def _related(portal: _Portal) -> str:
    rows: Iterable[ReplicaArticle] = portal.articles[30:33]
    inner = "".join(f"<li>{_link(portal, portal.path(a), plain(a.title))}</li>" for a in rows)
    return f'<div class="{_NAMES[portal.style.names][4]}-more"><b>Tin liên quan</b><ul>{inner}</ul></div>'
