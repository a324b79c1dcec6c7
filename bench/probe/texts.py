"""The markup of the articles of the portals built by hand: headings, published lines, texts and what stands in them."""

from __future__ import annotations

import html
from collections.abc import Iterable

from bench.probe.markup import NAMES, MarkupPortal, link_to, named
from replicas.records import Kind, Part, ReplicaArticle, plain
from replicas.sites.composed import weekday
from replicas.sites.site import SiteRequest


def when_line(portal: MarkupPortal, article: ReplicaArticle) -> str:
    """Return the published line as the portal writes it."""
    at = article.published
    day = weekday(at)
    return {
        "slash": f"{at:%d/%m/%Y %H:%M}",
        "bar": f"{day}, {at:%d/%m/%Y} | {at:%H:%M}",
        "words": f"{day}, ngày {at.day} tháng {at.month} năm {at.year}, {at:%H:%M}",
        "label": f"Ngày đăng: {at:%d-%m-%Y} {at:%H:%M} | Lượt xem: 1204",
        "hour-first": f"{at:%H:%M}, {day}, {at:%d-%m-%Y}",
        "seconds": f"{at:%d/%m/%Y %H:%M}:00",
        "day": f"{at:%d/%m/%Y}",
    }[portal.style.when]


def article_page(portal: MarkupPortal, article: ReplicaArticle, request: SiteRequest) -> str:
    """Return the main part of an article's page."""
    style = portal.style
    site = f" | {portal.name}" if portal.side.fault == "title" else ""
    title = _headline(portal, html.escape(plain(article.title) + site))
    day = f"<div{named(portal, 3)}>{when_line(portal, article)}</div>"
    if style.where == "byline":
        day = f"<p{named(portal, 3)}><b>Ban biên tập</b> - <span>{when_line(portal, article)}</span></p>"
    lead = f"<p{named(portal, 5)}><b>{html.escape(plain(article.lead))}</b></p>" if article.lead else ""
    text = _pdf(article) if "pdf" in style.odd else lead + f"<div{named(portal, 6)}>{_body(portal, article)}</div>"
    bar = (
        f'<div class="bar"><a href="#">In trang</a> <a href="#">Gửi email</a> Lượt xem: {request.visitors % 5000}</div>'
    )
    others = "".join(
        f"<li>{link_to(portal, portal.path(a), plain(a.title))} ({a.published:%d/%m/%Y})</li>"
        for a in portal.articles[20:25]
    )
    parts = {
        "above": [day, title, text],
        "foot": [title, text, day],
        "nowhere": [title, text],
        "meta": [title, text],
    }.get(style.where, [title, day, text])
    crumbs = "<p>Trang chủ / Tin bài</p>"
    return f"<div{named(portal, 4)}>{crumbs}{''.join(parts)}{bar}</div><div><b>Các tin khác</b><ul>{others}</ul></div>"


def _headline(portal: MarkupPortal, title: str) -> str:
    name = f' class="{NAMES[portal.style.names][2]}-ct"' if portal.style.names else ""
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


def _body(portal: MarkupPortal, article: ReplicaArticle) -> str:
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


def _related(portal: MarkupPortal) -> str:
    rows: Iterable[ReplicaArticle] = portal.articles[30:33]
    inner = "".join(f"<li>{link_to(portal, portal.path(a), plain(a.title))}</li>" for a in rows)
    return f'<div class="{NAMES[portal.style.names][4]}-more"><b>Tin liên quan</b><ul>{inner}</ul></div>'
