"""Change a page at a random place, as an edit of an article, of its frame or of its markup would."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

_WORDS = "Xã Đồng Mộc khai trương trạm bơm nước sạch thứ hai trong năm nay".split()
_DATES = ("12/02/2025 09:00", "Ngày đăng: 03/03/2025", "2025-02-14T08:30:00+07:00", "Thứ ba, 11/02/2025 | Lượt xem: 12")
_STATED = (
    ("meta", {"property": "article:published_time", "content": "2025-01-05T10:00:00+07:00"}),
    ("meta", {"name": "author", "content": "Lê Văn Mộc"}),
    ("meta", {"property": "og:site_name", "content": "Cổng thông tin xã Đồng Mộc"}),
    ("base", {"href": "https://example.test/khac/"}),
    ("img", {"src": "/anh/1.jpg"}),
    ("a", {"href": "/tep/quyet-dinh.pdf"}),
    ("span", {"class": "author"}),
    ("time", {"datetime": "2025-02-01T07:00:00+07:00"}),
)


def parsed(html: bytes) -> HtmlElement:
    """Return the tree of a page in UTF-8."""
    return document_fromstring(html, parser=HTMLParser(encoding="utf-8", huge_tree=True))


def written(root: HtmlElement) -> bytes:
    """Return the bytes of a tree."""
    return etree.tostring(root, encoding="utf-8", method="html", doctype="<!DOCTYPE html>")


def mutated(html: bytes, draw: random.Random) -> tuple[str, bytes]:
    """Return the name of a change and the page with it."""
    root = parsed(html)
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    change = draw.choice(_CHANGES)
    change(elements, draw)
    return change.__name__.strip("_"), written(root)


def _words(draw: random.Random) -> str:
    return " ".join(draw.choices(_WORDS, k=draw.randint(1, 30)))


def _outside(element: HtmlElement, elements: list[HtmlElement], draw: random.Random) -> HtmlElement:
    """Return an element that does not stand in another one, to move that there."""
    inside = set(element.iter())
    return draw.choice([each for each in elements if each not in inside] or elements[:1])


def _count(elements: list[HtmlElement], draw: random.Random) -> None:
    texts = [each for each in elements if each.text and any(map(str.isdigit, each.text))]
    if texts:
        element = draw.choice(texts)
        element.text = "".join(str(draw.randint(0, 9)) if each.isdigit() else each for each in element.text)


def _text(elements: list[HtmlElement], draw: random.Random) -> None:
    element = draw.choice(elements)
    element.text = draw.choice((None, _words(draw), draw.choice(_DATES)))


def _tail(elements: list[HtmlElement], draw: random.Random) -> None:
    draw.choice(elements[2:] or elements).tail = draw.choice((None, _words(draw), draw.choice(_DATES)))


def _attribute(elements: list[HtmlElement], draw: random.Random) -> None:
    element = draw.choice(elements)
    names = [*element.attrib, "class", "id", "style", "hidden", "href", "src", "content"]
    values = [
        "",
        "display:none",
        "author",
        "hidden",
        "d-none",
        "related",
        *(value for one in elements for value in one.values()),
    ]
    element.set(draw.choice(names), draw.choice(values))


def _removed(elements: list[HtmlElement], draw: random.Random) -> None:
    element = draw.choice(elements[2:] or elements)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _copied(elements: list[HtmlElement], draw: random.Random) -> None:
    element = draw.choice(elements[2:] or elements)
    place = draw.choice(elements[1:])
    place.insert(draw.randint(0, len(place)), deepcopy(element))


def _moved(elements: list[HtmlElement], draw: random.Random) -> None:
    element = draw.choice(elements[2:] or elements)
    place = _outside(element, elements[1:], draw)
    place.insert(draw.randint(0, len(place)), element)


def _added(elements: list[HtmlElement], draw: random.Random) -> None:
    tag, attributes = draw.choice(_STATED)
    made = etree.SubElement(draw.choice(elements[1:]), tag, attributes)
    if tag in ("a", "span"):
        made.text = "Trần Thị Bân"


def _commented(elements: list[HtmlElement], draw: random.Random) -> None:
    draw.choice(elements[1:]).insert(0, etree.Comment(f" {draw.random()} 03/03/2025 "))


def _unwrapped(elements: list[HtmlElement], draw: random.Random) -> None:
    draw.choice(elements[3:] or elements).drop_tag()


_CHANGES: tuple[Callable[[list[HtmlElement], random.Random], None], ...] = (
    *(_count, _text, _tail, _attribute, _removed, _copied, _moved, _added, _commented, _unwrapped),
)
