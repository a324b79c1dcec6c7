"""Texts that grow by a part that repeats: what hostile pages and files are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Pump = Callable[[int], str]
"""Return a text of about so many characters."""
Pumps = Mapping[str, Pump]


def repeated(unit: str, before: str = "", after: str = "") -> Pump:
    """Return the pump that repeats a unit."""
    return lambda size: before + unit * (size // len(unit)) + after


def numbered(form: str, before: str = "", after: str = "") -> Pump:
    """Return the pump that repeats a form, `{}` of which is a number that never comes back."""
    width = len(form) + 3
    return lambda size: before + "".join(form.replace("{}", str(number)) for number in range(size // width)) + after


def nested(opening: str, inside: str = "", closing: str = "") -> Pump:
    """Return the pump that opens a unit again and again and closes it as often."""
    return lambda size: opening * (size // len(opening + closing)) + inside + closing * (size // len(opening + closing))


def halves(first: str, second: str, before: str = "", after: str = "") -> Pump:
    """Return the pump that repeats one unit over the first half and another one over the second half."""
    return lambda size: before + _times(first, size // 2) + _times(second, size // 2) + after


def _times(form: str, size: int) -> str:
    return "".join(form.replace("{}", str(number)) for number in range(size // len(form)))


SIGNS: Pumps = {
    **{
        f"{sign!r} alone": repeated(sign) for sign in ("a", "1", " ", "\n", "<", "&", '"', "'", "(", "[", "-", ".", "/")
    },
    "marks in disorder": halves("\u0323", "\u0301", before="a"),
    "letters and marks": repeated("a\u0323\u0301"),
    "unreadable signs": repeated("\ufffd"),
    "upper letters": repeated("Ế"),
}
WORDS: Pumps = {
    "words": repeated("xã "),
    "names": repeated("Nguyễn Văn An "),
    "initials": repeated("N.V.A."),
    "numbers": repeated("12 "),
    "points between digits": repeated("1."),
    "dates": repeated("12/3/2024 "),
    "days in words": repeated("ngày 12 tháng 3 năm 2024, "),
    "clocks": repeated("09:15 "),
    "document numbers": repeated("12/2024/NĐ-CP "),
    "slashes": repeated("12/"),
    "capital words": repeated("HĐND "),
    "sentences": repeated("Ông An nói. "),
    "open brackets": repeated("(xã "),
    "hyphens": repeated("xã-"),
    "addresses": repeated("https://a.vn/b?c=d&token=e "),
    "widget words": repeated("Chia sẻ "),
    "references": repeated("&#97;"),
    "broken references": repeated("&#"),
    "commas": repeated("xã, "),
}
LINES: Pumps = {
    "empty lines": repeated("\n\n"),
    "lines": numbered("Dòng {}\n"),
    "same lines": repeated("Xã Tân Phú họp.\n"),
    "widget lines": repeated("Chia sẻ\n"),
    "labels": repeated("Hôm nay\n"),
    "numbers in lines": repeated("12\n"),
    "paragraphs": numbered("Đoạn {} của bài.\n\n"),
    "credits": repeated("Tác giả: Lê Mai\n"),
}
TEXTS: Pumps = {**SIGNS, **WORDS, **LINES}

_BOX = "<div class='news-item'><a href='/tin/-/view-article/1/{}/1'>Tin {}</a><span class='news-date'>x</span></div>"
MARKUP: Pumps = {
    "text": repeated("Xã Tân Phú họp. ", "<p>", "</p>"),
    "paragraphs": repeated("<p>Xã họp.</p>", "<h1>Xã</h1><div>", "</div>"),
    "tags never closed": repeated("<p>"),
    "boxes never closed": repeated("<div>"),
    "boxes": nested("<div>", "x", "</div>"),
    "small boxes": repeated("<div><p>x</p></div>"),
    "inline tags": nested("<b>", "x", "</b>"),
    "links": repeated("<a href='/tin/1.html'>Tin</a>"),
    "other links": numbered("<a href='/tin/{}.html'>Tin {}</a>"),
    "boxes with inputs": halves("<div>", "<input type=text maxlength=5>", "<form action='?url=/'>", "<img>"),
    "boxes with inputs and pictures": halves(
        "<div><input type=text maxlength=5>", "<img><input type=text maxlength=5>", "<form action='?url=/'>"
    ),
    "forms": repeated("<form action='?url=/'><input type=password>"),
    "boxes, each with a form": repeated("<div><form><b>x</b></form>"),
    "inline tags with notices": halves("<b>", "<i>không tồn tại</i>", "<h1>x</h1>"),
    "inputs": repeated("<input type=text maxlength=5>", "<form action='?url=/'>"),
    "boxes with widgets": halves("<div>", "<p class=g-recaptcha>"),
    "headings": repeated("<h2>Xã</h2>"),
    "titles": repeated("<title>Xã</title>"),
    "notices": repeated("<p>Bài viết không tồn tại</p>", "<h1>Xã</h1>"),
    "tables": repeated("<tr><td>x</td></tr>", "<table>"),
    "tables in tables": nested("<table><tr><td>", "x", "</td></tr></table>"),
    "lists in lists": nested("<ul><li>", "x", "</li></ul>"),
    "breaks": repeated("x<br>", "<p>", "</p>"),
    "pictures": repeated("<p><img src=/a.jpg alt='Ảnh'></p>"),
    "captions": repeated("<figure><img src=/a.jpg><figcaption>Ảnh</figcaption></figure>"),
    "times": repeated("<time datetime=2024-03-12>12/3/2024</time>", "<h1>Xã</h1>"),
    "metadata": repeated("<meta property='article:published_time' content='x'>"),
    "scripts": repeated("<script>var a = 1;</script>"),
    "comments": repeated("<!-- x -->"),
    "comments never closed": repeated("<!-- "),
    "attributes": numbered(" a{}=1", "<div", ">x</div>"),
    "attributes with <": numbered(" a{}='<'", "<div", ">x</div>"),
    "attributes without =": numbered(" a{}", "<div", ">x</div>"),
    "classes": numbered("c{} ", "<div class='", "'>x</div>"),
    "quotes never closed": repeated('<a href="x>'),
    "references": repeated("&amp;", "<p>", "</p>"),
    "hidden": repeated("<div style='display:none'><p>x</p></div>"),
    "entries": numbered(_BOX),
    "links of one entry, then dates": halves(
        "<a href='/tin/-/view-article/1/{}/1'>Tin</a>",
        "<span class=news-date>x</span>",
        "<div class=portlet><ul class='news-list'><li class='news-item'>",
        "</li></ul><div class=taglib-page-iterator></div></div>",
    ),
    "pagers in boxes, then links": halves(
        "<div class=portlet><div class=taglib-page-iterator>", "<a href=/x>a</a>", "<html><body>"
    ),
    "marks in disorder": halves("\u0323", "\u0301", "<p>a"),
}
_TREE = "<div>" * 40 + "<ul><li>" * 20 + "<p>Xã họp.</p>" + "</li></ul>" * 20 + "</div>" * 40
_DEEP = "never closed|in tables|in lists|pagers in boxes|then links|boxes with|boxes, each|inline tags|forms|^boxes$"
SHALLOW: Pumps = {
    **{label: pump for label, pump in MARKUP.items() if not re.search(_DEEP, label)},
    "trees": repeated(_TREE),
    "links in one box": repeated("<a href='/tin/1.html'>Tin</a>", "<div class=portlet>" * 30),
    "dates in one box": repeated("<span class=news-date>12/3/2024</span>", "<ul><li class='news-item'>"),
}
"""Markup without growing depth: below the 2,048 levels of the parser the work may grow with the depth as well."""
JSON: Pumps = {
    "keys": numbered('"k{}":1,', "{", '"k":1}'),
    "same keys": repeated('"k":1,', "{", '"k":1}'),
    "arrays": nested("[", "", "]"),
    "objects": nested('{"a":', "1", "}"),
    "arrays never closed": repeated("["),
    "objects never closed": repeated('{"a":'),
    "numbers": repeated("1,", "[", "1]"),
    "digits": repeated("1"),
    "text": repeated("a", '["', '"]'),
    "escapes": repeated("\\u0041", '["', '"]'),
    "backslashes": repeated("\\\\", '["', '"]'),
    "no JSON": repeated("x", "{"),
    "records": numbered('{"id":"{}","title":"Xã","content":"<p>x</p>"},', "[", '{"id":"x"}]'),
    "a script's value": repeated("{'", "var data = '["),
    "an escaped script's value": repeated("\\'", "var data = '[", "]';"),
}
FEEDS: Pumps = {
    "items": numbered(
        "<item><title>Xã</title><link>https://a.gov.vn/tin/{}.html</link><pubDate>Tue, 12 Mar 2024 09:15:00 +0700</pubDate></item>",
        "<rss><channel>",
        "</channel></rss>",
    ),
    "links of one item": repeated("<link>x</link>", "<rss><item>", "</item></rss>"),
    "items in items": nested("<item>", "", "</item>"),
    "items in items, in a feed": lambda size: "<rss>" + nested("<item>", "", "</item>")(min(size, 3000)) + "</rss>",
    "titles in an item": repeated("<title> </title>", "<rss><item>", "</item></rss>"),
    "raw signs": repeated("a & b < c ", "<rss><item><title>", "</title></item></rss>"),
    "prefixes": numbered("<p{}:a/>", "<rss>", "</rss>"),
    "sections of characters": repeated("<![CDATA[x]]>", "<rss>&nbsp;", "</rss>"),
    "sections never closed": repeated("<![CDATA[", "<rss>", "</rss>"),
    "addresses": numbered("https://a.gov.vn/tin/{}.html\n"),
    "places": numbered("<url><loc>https://a.gov.vn/tin/{}.html</loc></url>", "<urlset>", "</urlset>"),
    "sitemaps": numbered("<sitemap><loc>https://a.gov.vn/{}.xml</loc></sitemap>", "<sitemapindex>", "</sitemapindex>"),
    "document types": repeated("<!DOCTYPE a [", "", "<rss/>"),
}
ADDRESSES: Pumps = {
    **{f"{sign!r} alone": repeated(sign, "https://a.gov.vn/") for sign in ("a", "/", "-", "%", "1", "?", "&", "=", ";", "#", ".", "@", ":")},
    "folders": repeated("a/", "https://a.gov.vn/"),
    "parameters": repeated("a=b&", "https://a.gov.vn/?"),
    "other parameters": numbered("a{}=b&", "https://a.gov.vn/?"),
    "dots": repeated("../", "https://a.gov.vn/"),
    "days": repeated("2024/03/12/", "https://a.gov.vn/"),
    "escapes": repeated("%C3%A1", "https://a.gov.vn/"),
    "host": repeated("a.", "https://"),
    "session": repeated(";jsessionid=", "https://a.gov.vn/"),
}  # fmt: skip
