"""The markup of the portals built by hand: pages, lists, page links and articles in the ways that `Style` names."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.probe.machine import MachineSide
from replicas.records import ReplicaArticle, plain
from replicas.sites.site import SiteRequest

NAMES = (
    ("", "", "", "", "", "", ""),
    ("tin-bai-list", "tin-bai-row", "tb-ten", "tb-ngay", "tb-chitiet", "tb-sapo", "tb-noidung"),
    ("loop", "post-card", "post-card__name", "post-card__meta", "story", "story__deck", "story__copy"),
    ("dsTin", "mucTin", "tenTin", "ngayTin", "ctTin", "ttTin", "ndTin"),
    ("x1", "x2", "x3", "x4", "x5", "x6", "x7"),
    ("cms-grid", "cms-cell", "cms-cap", "cms-stamp", "cms-read", "cms-abs", "cms-rich"),
)


@dataclass(frozen=True, slots=True)
class Style:
    """Hold what a portal does in its own way; the words are those of this module and of `bench.probe.texts`."""

    menu: str
    listing: str
    paging: str
    address: str
    head: str
    when: str
    where: str
    body: str
    names: int
    odd: frozenset[str] = frozenset()
    charset: str = "utf-8"
    robots: str = "none"
    sections: str = "/chuyen-muc/{}"


class MarkupPortal(Protocol):
    """Define what the markup needs of a portal."""

    host: str
    name: str
    titles: list[str]
    articles: tuple[ReplicaArticle, ...]
    style: Style
    side: MachineSide

    @property
    def menu_sections(self) -> range:
        """Numbers of the sections that the menu names."""
        ...

    def list_path(self, section: int, number: int = 1) -> str:
        """Return the path of a section's list page."""
        ...

    def path(self, article: ReplicaArticle) -> str:
        """Return the path of an article."""
        ...


def named(portal: MarkupPortal, at: int) -> str:
    """Return the class attribute of a part in this portal's names; empty where it names nothing."""
    name = NAMES[portal.style.names][at]
    return f' class="{name}"' if name else ""


def _href(portal: MarkupPortal, path: str) -> str:
    """With the host where links are absolute, relative to the base where there is one, else from the root."""
    if "absolute" in portal.style.odd:
        path = f"https://{portal.host}{path}"
    return html.escape(path.removeprefix("/") if "base" in portal.style.odd else path)


def link_to(portal: MarkupPortal, path: str, text: str, more: str = "") -> str:
    """Return a link of the portal."""
    return f'<a href="{_href(portal, path)}"{more}>{html.escape(text)}</a>'


# the page around ----------------------------------------------------------------------------------------------------


def whole_page(portal: MarkupPortal, main: str, request: SiteRequest, title: str, following: str) -> str:
    """Return a page: head, menu where the portal has it, the main part, the columns beside it, the foot."""
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


def _menu(portal: MarkupPortal) -> tuple[str, str]:
    """Return the menu's markup above the main part and in the foot."""
    kind, titles = portal.style.menu, portal.titles
    links = [link_to(portal, portal.list_path(n), titles[n]) for n in portal.menu_sections]
    pages = [("/gioi-thieu", "Giới thiệu"), ("/van-ban", "Văn bản pháp quy"), ("/lien-he", "Liên hệ")]
    if "pages" in portal.style.odd:
        pages += [(f"/trang-tinh/{n}", f"Thông tin số {n} về xã") for n in range(1, 14)]
    if "english" in portal.style.odd:
        pages.append(("/en/news", "News and events"))
    about = [link_to(portal, path, text) for path, text in pages]
    every = [*about[:-4], *links, *about[-4:]]
    items = "".join(f"<li>{link}</li>" for link in every)
    if kind == "footer":
        return "", f"<ul>{items}</ul>"
    if kind == "headings":
        return "".join(f"<div><h3>{link}</h3><p>Cập nhật hằng ngày</p></div>" for link in links), " ".join(about)
    if kind == "select":
        told = "".join(
            f'<option value="{_href(portal, portal.list_path(n))}">{titles[n]}</option>' for n in portal.menu_sections
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


def _side(portal: MarkupPortal) -> str:
    first = 0 if "newest" in portal.style.odd else 12
    rows = "".join(
        f"<li>{link_to(portal, portal.path(a), plain(a.title))}</li>" for a in portal.articles[first : first + 6]
    )
    return f'<div class="col2"><b>Bạn đọc quan tâm</b><ul>{rows}</ul><p>Đường dây nóng: 0900 000 000</p></div>'


# lists --------------------------------------------------------------------------------------------------------------


def list_rows(
    portal: MarkupPortal,
    rows: Sequence[ReplicaArticle],
    *,
    front: bool = False,
    english: bool = False,
    section: int = 0,
) -> str:
    """Return the entries of a list; the first one apart from the others where lists have a head."""
    if "head" in portal.style.odd and not front and len(rows) > 1:
        link = link_to(portal, portal.path(rows[0]), plain(rows[0].title))
        head = f'<div class="noi-bat"><img src="/anh/lon.jpg"><h2>{link}</h2><p>{html.escape(rows[0].lead)}</p></div>'
        return f'<div class="chuyen-muc-trang">{head}{_rows(portal, rows[1:], section)}</div>'
    return _rows(portal, rows, section, front=front, english=english)


def _rows(
    portal: MarkupPortal, rows: Sequence[ReplicaArticle], section: int, *, front: bool = False, english: bool = False
) -> str:
    listing = portal.style.listing
    if "mixed" in portal.style.odd:
        listing = ("items", "cards", "rows", "items")[section]
    made = []
    for a in rows:
        path = f"/en/{portal.path(a).lstrip('/')}" if english else portal.path(a)
        title = f"Commune news item number {a.slug[:12]}" if english else plain(a.title)
        made.append(
            _entry(portal, listing, path, title, f"{a.published:%d/%m/%Y}", plain(a.lead or a.parts[0].text)[:140])
        )
    box = named(portal, 0)
    whole = {
        "rows": f"<table{box}>{''.join(made)}</table>",
        "dl": f"<dl{box}>{''.join(made)}</dl>",
        "items": f"<ul{box}>{''.join(made)}</ul>",
        "articles": f"<section{box}>{''.join(made)}</section>",
    }.get(listing, f"<div{box}>{''.join(made)}</div>")
    return f"<div><p>Tin mới cập nhật</p>{whole}</div>" if front else whole


def _entry(portal: MarkupPortal, listing: str, path: str, title: str, day: str, lead: str) -> str:
    item, name, when = (named(portal, n) for n in (1, 2, 3))
    link = link_to(portal, path, title)
    match listing:
        case "rows":
            return f"<tr{item}><td>&#8226; {link} <i>({day})</i></td></tr>"
        case "dl":
            return f"<dt{when}>{day}</dt><dd{item}>{link}</dd>"
        case "items":
            return f"<li{item}><p{name}>{link}</p><span{when}>{day}</span><p>{html.escape(lead)}…</p></li>"
        case "articles":
            return f"<article{item}><h3{name}>{link}</h3><span{when}>{day}</span></article>"
        case "flat":
            return f"<h3{name}>{link}</h3><p{when}>Ngày đăng: {day}</p><p>{html.escape(lead)}…</p>"
    picture = f'<a href="{_href(portal, path)}"><img src="/anh/dai-dien.jpg" alt="{html.escape(title)}"></a>'
    more = link_to(portal, path, "Xem chi tiết")
    told = f"<h4{name}>{link}</h4><small{when}>{day}</small><p>{html.escape(lead)}…</p>{more}"
    return f"<div{item}>{picture}<div>{told}</div></div>"


def page_links(portal: MarkupPortal, section: int, number: int, last: int) -> str:
    """Return the way to the further pages."""
    following = portal.list_path(section, number + 1)
    if number >= last and portal.style.paging not in ("page", "path", "dash", "folder", "twin-numbers"):
        return ""
    match portal.style.paging:
        case "offset":
            return f"<p>{link_to(portal, following, 'Trang sau')}</p>"
        case "arrow":
            return f'<div class="pg">{link_to(portal, following, "»")}</div>'
        case "head-next":
            return ""
        case "json" | "fragment":
            return f'<button class="them" data-url="{html.escape(following)}" data-next="2">Xem thêm</button>'
        case "post":
            path = html.escape(portal.list_path(section))
            field = f"<input type=hidden name=trang value={number + 1}>"
            return f'<form method="post" action="{path}">{field}<input type=submit value="Xem thêm"></form>'
        case "script":
            return "".join(f'<a href="javascript:trang({n})">{n}</a>' for n in range(1, last + 1))
    links = [
        f"<b>{n}</b>" if n == number else link_to(portal, portal.list_path(section, n), str(n))
        for n in range(1, last + 1)
    ]
    made = f'<div class="trang">{" ".join(links)}</div>'
    return made * 2 if portal.style.paging == "twin-numbers" else made
