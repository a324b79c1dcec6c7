"""The grammars of a page's `<head>` and of what stands around the title: the title itself, the date, who wrote it, the lead."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bench.extraction.strangers.dates import FORMS
from bench.extraction.strangers.draw import Draw, escaped


@dataclass(slots=True)
class Story:
    """Hold what is printed, and what of it has to be read.

    `published` is ISO 8601, a minute or a day, as exactly as the page allows. `beside` are lines that belong to the
    article's head without being its text: a reader may keep them.
    """

    title: str
    site: str
    published: str = ""
    date_line: str = ""
    lead: str = ""
    author: str | None = None
    signoff: str = ""
    beside: list[str] = field(default_factory=list)


def story(draw: Draw) -> Story:
    """Draw title, site, moment, author and lead."""
    found = Story(draw.title, draw.choose("site name", _SITES)(draw))
    form = draw.choose("date form", FORMS)
    moment = draw.published
    found.date_line = form.shown(moment, draw.rng)
    found.published = moment.isoformat()[:16] if form.minute else moment.date().isoformat()
    draw.choose("author", _AUTHORS)(draw, found)
    if draw.chance(0.6):
        found.lead = draw.text.lead()
    return found


# The document's head


def document_head(draw: Draw, found: Story, plain_title: bool) -> str:
    """Return `<title>` and the metadata; a page whose title is no heading has it in one of them."""
    title = draw.choose("document title", _TITLES, lambda name: name != "site alone" or not plain_title)
    machine = draw.choose("metadata", _METADATA)(draw, found)
    icons = '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/css/a.css?v=3">'
    return f"<title>{escaped(title(found))}</title>{icons if draw.chance(0.7) else ''}{machine}"


_SITES: dict[str, Callable[[Draw], str]] = {
    "portal": lambda draw: f"Cổng thông tin điện tử xã {draw.place}",
    "committee": lambda draw: f"UBND xã {draw.place}",
    "department": lambda draw: f"Sở {draw.rng.choice(('Y tế', 'Xây dựng', 'Tư pháp', 'Nội vụ'))} {draw.place}",
    "name with a dash": lambda draw: f"Sở Y tế {draw.place} - Vì sức khỏe cộng đồng",
    "paper": lambda draw: f"Báo {draw.place} điện tử",
    "magazine": lambda draw: f"Tạp chí Sông nước {draw.place}",
    "address": lambda draw: draw.host.removesuffix(".replica.test") + ".vn",
}
_TITLES: dict[str, Callable[[Story], str]] = {
    "title alone": lambda found: found.title,
    "title - site": lambda found: f"{found.title} - {found.site}",
    "title | site": lambda found: f"{found.title} | {found.site}",
    "title – site": lambda found: f"{found.title} – {found.site}",
    "title - section - site": lambda found: f"{found.title} - Tin tức - {found.site}",
    "site - title": lambda found: f"{found.site} - {found.title}",
    "site alone": lambda found: found.site,
    "title « site": lambda found: f"{found.title} « {found.site}",
}


def _zoned(draw: Draw, seconds: str = ":23") -> str:
    return f"{draw.published.isoformat()[:16]}{seconds}+07:00"


def _machine_minute(draw: Draw, found: Story) -> str:
    """Return the moment for machines; what it says to the minute is then known."""
    found.published = draw.published.isoformat()[:16]
    return _zoned(draw)


def _open_graph(draw: Draw, found: Story, title: str, extra: str = "") -> str:
    site = f'<meta property="og:site_name" content="{escaped(found.site)}">'
    return (
        f'<meta property="og:title" content="{escaped(title)}"><meta property="og:type" content="article">{site}'
        f'<meta property="og:url" content="https://{draw.host}/bai/{draw.published:%d%H%M}">{extra}'
    )


def _json_ld(draw: Draw, found: Story) -> str:
    record: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": draw.rng.choice(("NewsArticle", "Article", "BlogPosting")),
        "headline": found.title,
        "datePublished": _machine_minute(draw, found),
        "dateModified": f"{_later(draw).isoformat()[:16]}:00+07:00",
        "publisher": {"@type": "Organization", "name": found.site},
    }
    whole: object = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": found.site}, record]}
    text = json.dumps(whole if draw.chance(0.5) else record, ensure_ascii=False)
    return f'<script type="application/ld+json">{text}</script>'


def _later(draw: Draw) -> datetime:
    return draw.published.replace(hour=23, minute=draw.rng.randint(0, 59))


_METADATA: dict[str, Callable[[Draw, Story], str]] = {
    "none": lambda draw, found: "",
    "description of the site": lambda draw, found: f'<meta name="description" content="{escaped(found.site)}">',
    "open graph": lambda draw, found: _open_graph(draw, found, found.title),
    "open graph with site": lambda draw, found: _open_graph(draw, found, f"{found.title} - {found.site}"),
    "article:published_time": lambda draw, found: _open_graph(
        draw, found, found.title,
        f'<meta property="article:published_time" content="{_machine_minute(draw, found)}">',
    ),
    "article:modified_time alone": lambda draw, found: _open_graph(
        draw, found, found.title,
        f'<meta property="article:modified_time" content="{_later(draw).isoformat()[:16]}:00+07:00">',
    ),
    "JSON-LD": _json_ld,
    "microdata": lambda draw, found: (
        f'<meta itemprop="datePublished" content="{_machine_minute(draw, found)}">'
        f'<meta itemprop="headline" content="{escaped(found.title)}">'
    ),
    "author is the portal": lambda draw, found: f'<meta name="author" content="{escaped(found.site)}">',
}  # fmt: skip


# The title


def title_block(draw: Draw, found: Story) -> tuple[str, bool]:
    """Return the title's markup, and whether it is no heading."""
    name_to_markup = draw.choose("title element", _TITLE_ELEMENTS)
    return name_to_markup(draw, escaped(found.title)), draw.choices["title element"] in _PLAIN


_LARGE = ' style="font-size:22px;font-weight:bold"'
_TITLE_ELEMENTS: dict[str, Callable[[Draw, str], str]] = {
    "h1": lambda draw, text: f"<h1{draw.names('title')}>{text}</h1>",
    "h2": lambda draw, text: f"<h2{draw.names('title')}>{text}</h2>",
    "h3": lambda draw, text: f"<h3{draw.names('title')}>{text}</h3>",
    "h1 with a link": lambda draw, text: (
        f'<h1{draw.names("title")}><a href="/bai/{draw.published:%d%H%M}">{text}</a></h1>'
    ),
    "h1 in spans": lambda draw, text: f"<h1><span><span{draw.names('title')}>{text}</span></span></h1>",
    "h2 below the section's h1": lambda draw, text: f"<h1>TIN TỨC - SỰ KIỆN</h1><h2{draw.names('title')}>{text}</h2>",
    "h1 behind the logo's h1": lambda draw, text: (
        f'<h1><a href="/"><img src="/logo.png" alt="Trang nhất"></a></h1><h1{draw.names("title")}>{text}</h1>'
    ),
    "twice for two screens": lambda draw, text: (
        f'<h1 class="d-none d-md-block">{text}</h1><h2 class="d-md-none">{text}</h2>'
    ),
    "div": lambda draw, text: f"<div{draw.names('title')}{_LARGE}>{text}</div>",
    "strong": lambda draw, text: f'<p{draw.names("title")}><strong><font size="4">{text}</font></strong></p>',
    "cell": lambda draw, text: f"<table><tr><td{draw.names('title')}{_LARGE}>{text}</td></tr></table>",
    "span behind a button": lambda draw, text: (
        f'<h4><a href="javascript:history.back()">Trở lại</a> <span{draw.names("title")}>{text}</span></h4>'
    ),
}
_PLAIN = ("div", "strong", "cell", "span behind a button")


# The date


def date_line(draw: Draw, found: Story, byline: str) -> str:
    """Return the date's markup, with the byline where the two share a line."""
    name = draw.names("date")
    markup = draw.choose("date element", _DATE_ELEMENTS)(draw, escaped(found.date_line), name)
    if draw.choices["date element"] == "time[datetime]":
        found.published = draw.published.isoformat()[:16]
    return f"<div>{markup} {byline}</div>" if byline else markup


def _split(draw: Draw, text: str, name: str) -> str:
    return f"<div{name}>" + " ".join(f"<span>{word}</span>" for word in text.split()) + "</div>"


_DATE_ELEMENTS: dict[str, Callable[[Draw, str, str], str]] = {
    "div": lambda draw, text, name: f"<div{name}>{text}</div>",
    "span": lambda draw, text, name: f"<span{name}>{text}</span>",
    "p": lambda draw, text, name: f"<p{name}>{text}</p>",
    "p with em": lambda draw, text, name: f"<p{name}><em>{text}</em></p>",
    "span for each word": _split,
    "icon": lambda draw, text, name: f'<div{name}><i class="fa fa-clock-o" aria-hidden="true"></i> {text}</div>',
    "time[datetime]": lambda draw, text, name: f'<time{name} datetime="{_zoned(draw)}">{text}</time>',
    "time": lambda draw, text, name: f"<time{name}>{text}</time>",
    "list item": lambda draw, text, name: f'<ul{name}><li>{text}</li><li><a href="/tin-tuc">Tin tức</a></li></ul>',
    "cell": lambda draw, text, name: f"<table><tr><td>&nbsp;</td><td{name}>{text}</td></tr></table>",
    "beside the section": lambda draw, text, name: (
        f'<div><a href="/tin-tuc">Tin trong xã</a> <span{name}>{text}</span></div>'
    ),
    "right": lambda draw, text, name: f'<div{name} style="float:right">{text}</div>',
}


# The author


def byline(draw: Draw, found: Story) -> str:
    """Return the markup of who wrote it where it stands in the head; empty where it stands below the text or nowhere."""
    if found.author is None or found.signoff:
        return ""
    found.beside.append(found.author)
    name, author = draw.names("author"), escaped(found.author)
    kind = draw.choices["author"]
    if kind == "label in the head":
        label = draw.rng.choice(("Tác giả: ", "Người viết: ", "Tác giả : "))
        found.beside.append(f"{label}{found.author}")
        return f"<span{name}>{label}{author}</span>"
    if kind == "by":
        label = draw.rng.choice(("by", "By", "bởi", "Đăng bởi"))
        found.beside.append(f"{label} {found.author}")
        return f"<span{name}>{label} {author}</span>"
    if kind == "rel author":
        return f'<span{name}><a rel="author" href="/tac-gia/{draw.rng.randint(1, 9)}">{author}</a></span>'
    return f"<span{name}>{author}</span>"


def _head_author(draw: Draw, found: Story) -> None:
    found.author = draw.text.person()


def _signed(form: str) -> Callable[[Draw, Story], None]:
    def sign(draw: Draw, found: Story) -> None:
        found.author = draw.text.person()
        found.signoff = form.format(found.author)

    return sign


def _paper(draw: Draw, found: Story) -> None:
    found.author = f"Báo {draw.text.pick('places')}"
    found.signoff = f"Nguồn: {found.author}"


def _initials(draw: Draw, found: Story) -> None:
    found.author = found.signoff = "".join(word[0] for word in draw.text.person().split())


_AUTHORS: dict[str, Callable[[Draw, Story], None]] = {
    "none": lambda draw, found: None,
    "name in the head": _head_author,
    "label in the head": _head_author,
    "by": _head_author,
    "rel author": _head_author,
    "name below": _signed("{}"),
    "label below": _signed("Tác giả: {}"),
    "text and pictures below": _signed("Tin, ảnh: {}"),
    "dash below": _signed("Bài và ảnh: {}"),
    "after below": _signed("Theo {}"),
    "source below": _paper,
    "initials below": _initials,
}


# Lead and order


def lead(draw: Draw, found: Story) -> str:
    """Return the lead's markup, empty without one."""
    if not found.lead:
        return ""
    return draw.choose("lead", _LEADS)(escaped(found.lead), draw.names("lead"))


_LEADS: dict[str, Callable[[str, str], str]] = {
    "p strong": lambda text, name: f"<p{name}><strong>{text}</strong></p>",
    "div": lambda text, name: f"<div{name}>{text}</div>",
    "h2": lambda text, name: f"<h2{name}>{text}</h2>",
    "h3": lambda text, name: f"<h3{name}>{text}</h3>",
    "p": lambda text, name: f"<p{name}>{text}</p>",
    "b": lambda text, name: f"<b{name}>{text}</b><br>",
    "em": lambda text, name: f"<p><em>{text}</em></p>",
    "blockquote": lambda text, name: f"<blockquote{name}><p>{text}</p></blockquote>",
    "cell": lambda text, name: f"<table><tr><td{name}><strong>{text}</strong></td></tr></table>",
}


def ordered(draw: Draw, title: str, date: str, sapo: str) -> tuple[str, str]:
    """Return title, date and lead in their order, and what of them stands below the text."""
    order = draw.choose("order of the head", _ORDERS)
    above, below = (
        "".join({"t": title, "d": date, "l": sapo}[letter] for letter in letters) for letters in order.split("|")
    )
    return draw.choose("around the head", _AROUND)(draw, above), below


_ORDERS: dict[str, str] = {
    "title, date, lead": "tdl|",
    "date, title, lead": "dtl|",
    "title, lead, date": "tld|",
    "title, lead; date below the text": "tl|d",
}
_AROUND: dict[str, Callable[[Draw, str], str]] = {
    "nothing": lambda draw, above: above,
    "div": lambda draw, above: draw.box("head", above),
    "header": lambda draw, above: draw.box("head", above, "header"),
    "div called header": lambda draw, above: f'<div class="header-detail clearfix">{above}</div>',
    "three divs": lambda draw, above: f'<div class="row"><div><div{draw.names("head")}>{above}</div></div></div>',
}
