"""The grammars of a page's frame: head, menu, trail, columns, foot, and the element that holds the article."""

from __future__ import annotations

from collections.abc import Callable

from bench.extraction.strangers.around import Grammar, clock
from bench.extraction.strangers.draw import Draw, escaped, link

_MENU = (
    "Trang chủ", "Giới thiệu", "Tin tức", "Văn bản", "Thủ tục hành chính", "Hỏi đáp", "Thư viện", "Liên hệ", "Du lịch", "Công khai ngân sách",
)  # fmt: skip


def _site(draw: Draw) -> str:
    return f"TRANG THÔNG TIN XÃ {draw.place.upper()}"


# Above


def _search(draw: Draw) -> str:
    return '<form action="/tim"><input name="q" placeholder="Tìm kiếm"><button>Tìm</button></form>'


HEADS: Grammar = {
    "logo": lambda draw: draw.box("top", '<a href="/"><img src="/logo.png" alt="logo"></a>'),
    "banner with clock": lambda draw: draw.box(
        "top", f"<div>{_site(draw)}</div><div>{clock(draw)}</div>{_search(draw)}"
    ),
    "h1 of the site": lambda draw: draw.box("top", f"<h1>{_site(draw)}</h1><p>Vì nhân dân phục vụ</p>", "header"),
    "slogan": lambda draw: draw.box(
        "top", f"<h3>{_site(draw)}</h3><h5>Chung sức xây dựng quê hương {escaped(draw.place)} ngày càng đổi mới</h5>"
    ),
    "languages and login": lambda draw: draw.box(
        "top",
        '<a href="/vi">Tiếng Việt</a> | <a href="/en">English</a> <a href="/dang-nhap">Đăng nhập</a><div>Đường dây nóng: 0200 123 456</div>',
    ),
    "table": lambda draw: (
        f'<table width="100%"><tr><td><img src="/bn.jpg"></td><td align="right">{clock(draw)}</td></tr></table>'
    ),
    "flash": lambda draw: (
        f'<div><embed src="/bn.swf"></div><marquee>Chào mừng bạn đến với {_site(draw).lower()}</marquee>'
    ),
    "none": lambda draw: "",
}


def _entries(draw: Draw) -> list[str]:
    return [link(name, f"/muc/{number}") for number, name in enumerate(draw.rng.sample(_MENU, draw.rng.randint(4, 8)))]


def _nested(draw: Draw) -> str:
    inner = "".join(f"<li>{entry}</li>" for entry in _entries(draw))
    return draw.box("menu", "<ul>" + "".join(f"<li>{e}<ul>{inner}</ul></li>" for e in _entries(draw)) + "</ul>", "nav")


MENUS: Grammar = {
    "list": lambda draw: draw.box("menu", "".join(f"<li>{entry}</li>" for entry in _entries(draw)), "ul"),
    "nested nav": _nested,
    "cells": lambda draw: f"<table><tr>{''.join(f'<td>{entry}</td>' for entry in _entries(draw))}</tr></table>",
    "bars": lambda draw: draw.box("menu", " | ".join(_entries(draw))),
    "twice": lambda draw: (
        (menu := draw.box("menu", "".join(f"<div>{e}</div>" for e in _entries(draw))))
        + f'<div class="offcanvas">{menu}</div>'
    ),
    "without links": lambda draw: draw.box(
        "menu", "".join(f'<span onclick="go({i})">{n}</span>' for i, n in enumerate(_MENU[:6]))
    ),
    "none": lambda draw: "",
}
TRAILS: dict[str, Callable[[Draw, str], str]] = {
    "none": lambda draw, title: "",
    "list": lambda draw, title: draw.box(
        "trail", '<li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li>', "ul"
    ),
    "arrows": lambda draw, title: draw.box("trail", '<a href="/">Trang chủ</a> » <a href="/tin">Tin hoạt động</a>'),
    "with the title": lambda draw, title: draw.box(
        "trail", f'<li><a href="/">Home</a></li><li>{escaped(title)}</li>', "ol"
    ),
    "label": lambda draw, title: '<div>Bạn đang ở: <a href="/">Trang nhất</a> / <a href="/tin">Tin</a></div>',
    "section heading": lambda draw, title: draw.box("trail", '<h2><a href="/tin">Tin trong xã</a></h2>'),
    "section without link": lambda draw, title: draw.box("trail", "<span>TIN TỨC SỰ KIỆN</span>"),
}


# Columns: `main` and `side` are markup


FRAMES: dict[str, Callable[[Draw, str, str], str]] = {
    "two divs": lambda draw, main, side: draw.box("page", draw.box("main", main) + draw.box("side", side)),
    "side first": lambda draw, main, side: draw.box("page", draw.box("side", side) + draw.box("main", main)),
    "main and aside": lambda draw, main, side: f"<main>{main}</main><aside>{side}</aside>",
    "one table": lambda draw, main, side: (
        f'<table width="1000" align="center"><tr><td width="200" valign="top">{side}</td><td valign="top">{main}</td></tr></table>'
    ),
    "nested tables": lambda draw, main, side: (
        f"<table><tr><td><table><tr><td>{main}</td></tr></table></td><td><table><tr><td>{side}</td></tr></table></td></tr></table>"
    ),
    "text in aside": lambda draw, main, side: draw.box("page", f"<aside>{main}</aside>") + draw.box("side", side),
    "form": lambda draw, main, side: (
        f'<form method="post" action="./"><input type="hidden" name="__VIEWSTATE" value="dDwtMTQ="><div id="ctl00_a">{main}</div>'
        f'<div id="ctl00_b">{side}</div></form>'
    ),
    "eight wrappers": lambda draw, main, side: "<div>" * 8 + main + "</div>" * 7 + f"<div>{side}</div></div>",
    "one column": lambda draw, main, side: draw.box("page", main) + side,
    "nothing": lambda draw, main, side: main + side,
    "three columns": lambda draw, main, side: (
        f'<div class="row"><div class="col-3">{side}</div><div class="col-6">{main}</div><div class="col-3"><p>Liên kết</p></div></div>'
    ),
}
HOLDERS: dict[str, Callable[[Draw, str], str]] = {
    "article": lambda draw, inside: f"<article>{inside}</article>",
    "div": lambda draw, inside: draw.box("box", inside),
    "nothing": lambda draw, inside: inside,
    "section": lambda draw, inside: f"<section>{inside}</section>",
    "cell": lambda draw, inside: f"<table><tr><td>{inside}</td></tr></table>",
    "article with a role": lambda draw, inside: (
        f'<div role="main"><div itemscope itemtype="https://schema.org/Article">{inside}</div></div>'
    ),
}
TEXT_HOLDERS: dict[str, Callable[[Draw, str], str]] = {
    "div": lambda draw, inside: draw.box("body", inside),
    "nothing": lambda draw, inside: inside,
    "article": lambda draw, inside: draw.box("body", inside, "article"),
    "div in a div": lambda draw, inside: f"<div>{draw.box('body', inside)}</div>",
    "cell": lambda draw, inside: (
        f'<table width="100%"><tbody><tr><td{draw.names("body")}>{inside}</td></tr></tbody></table>'
    ),
    "itemprop": lambda draw, inside: f'<div itemprop="articleBody">{inside}</div>',
    "span": lambda draw, inside: f"<span{draw.names('body')}>{inside}</span>",
}


# Below


def _phone(draw: Draw) -> str:
    return f"0{draw.rng.randint(200, 299)} {draw.rng.randint(100, 999)} {draw.rng.randint(100, 999)}"


def _address(draw: Draw) -> str:
    return f"thôn {draw.rng.randint(1, 9)}, xã {draw.place}"


def _owner(draw: Draw) -> str:
    return draw.rng.choice(
        (
            f"Cơ quan chủ quản: Ủy ban nhân dân xã {draw.place}",
            f"Đơn vị quản lý: {draw.text.office()}",
            f"Bản quyền thuộc về UBND xã {draw.place}",
        )
    )


def _responsible(draw: Draw) -> str:
    return f"Chịu trách nhiệm nội dung: {draw.text.person()}, Chủ tịch xã"


def _licence(draw: Draw) -> str:
    return f"Giấy phép số {draw.rng.randint(10, 400)}/GP-TTĐT cấp ngày {draw.rng.randint(10, 28)}/0{draw.rng.randint(1, 9)}/2019"


def _lines(draw: Draw) -> list[str]:
    return [
        _owner(draw), f"Địa chỉ: {_address(draw)}", f"Điện thoại: {_phone(draw)} - Email: vp@{draw.host}",
        *draw.rng.sample([_responsible(draw), _licence(draw), "Ghi rõ nguồn khi dùng lại tin từ trang này."], draw.rng.randint(1, 3)),
    ]  # fmt: skip


def _loose(form: str, joint: str = "") -> Callable[[Draw], str]:
    return lambda draw: joint.join(form.format(escaped(line)) for line in _lines(draw))


def _prose_foot(draw: Draw) -> str:
    return (
        f"<div{draw.names('foot')}><p>Trang thông tin của xã {draw.place} do {draw.text.office()} lập năm 2016 để bà con theo dõi hoạt động của "
        f"chính quyền xã, tra cứu thủ tục và gửi kiến nghị; mọi góp ý xin gửi về {_address(draw)}, điện thoại {_phone(draw)}.</p></div>"
    )


def _columns(draw: Draw) -> str:
    first = "".join(f"<p>{escaped(line)}</p>" for line in _lines(draw))
    second = "".join(f"<li>{entry}</li>" for entry in _entries(draw))
    return f"<div{draw.names('foot')}><div><h4>Liên hệ</h4>{first}</div><div><h4>Chuyên mục</h4><ul>{second}</ul></div></div>"


def _foot_table(draw: Draw) -> str:
    rows = "".join(f'<tr><td align="center">{escaped(line)}</td></tr>' for line in _lines(draw))
    return f'<table width="100%" bgcolor="#c00">{rows}</table>'


FEET: Grammar = {
    "footer": lambda draw: draw.box("foot", _loose("<p>{}</p>")(draw), "footer"),
    "div": lambda draw: draw.box("foot", _loose("<p>{}</p>")(draw)),
    "div with br": lambda draw: draw.box("foot", _loose("{}", "<br>")(draw)),
    "loose paragraphs": _loose("<p>{}</p>"),
    "loose lines": _loose("{}", "<br>"),
    "centred font": lambda draw: f'<center><font size="2">{_loose("{}", "<br>")(draw)}</font></center>',
    "table": _foot_table,
    "address": lambda draw: f"<address>{_loose('{}', ', ')(draw)}</address>",
    "one sentence": lambda draw: draw.box("foot", f"{escaped('. '.join(_lines(draw)))}."),
    "prose": _prose_foot,
    "columns": _columns,
    "copyright": lambda draw: f"<div>© 2025 {draw.place}. All rights reserved. Thiết kế bởi Công ty Sao Khuê</div>",
    "copyright and menu": lambda draw: draw.box(
        "foot", "".join(_entries(draw)) + f"<p>Copyright © 2025 xã {draw.place}</p>", "footer"
    ),
    "section and list": lambda draw: (
        f"<section>{_loose('<div>{}</div>')(draw)}</section><ul>{''.join(f'<li>{e}</li>' for e in _entries(draw))}</ul>"
    ),
    "none": lambda draw: "",
}
