"""Convert an article that an interface sends as JSON, or that is a row of a list, to a page that a layout reads.

The record becomes a small page: one element for each of its values, named by `data-field`; title and HTML are visible.
So dates, leads, captions, attachments and residue go the way of every article, and a capture of JSON can be read again
years later like any other. The record is found by the id in the article's URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import cast

from lxml import etree

from pipelines.article import JsonShape, Layout, RowShape
from pipelines.html.json_values import JsonError, JsonRecord, json_text, text_value, value_at, value_of
from pipelines.html.page_bounds import excess_of
from pipelines.html.tree import parse
from vietnam.letters import decode

_NESTED = re.compile(r"&(?:amp;){1,3}(?=#?\w{1,31};)")  # an entity that was escaped again: `&amp;#58;`
_ESCAPED = re.compile(r"&lt;/?[a-zA-Z]")
_WHOLE_PAGE = re.compile(r"</?(?:html|body)\b[^<>]*>", re.IGNORECASE)  # what follows an end of these would be lost
_MOST_FIELDS = 80


def page_of(body: bytes, url: str, layouts: Iterable[Layout], declared: str | None = None) -> bytes | None:
    """Return the page (UTF-8) of the article at `url` in an answer of JSON.

    None where no layout reads JSON, the body is none, or no record has the id. Never raises on body content.
    """
    return pages_of(body, (url,), layouts, declared).get(url)


def pages_of(
    body: bytes, urls: Iterable[str], layouts: Iterable[Layout], declared: str | None = None
) -> dict[str, bytes]:
    """Return the pages of several articles of one answer, by their URLs."""
    layouts = tuple(layouts)
    rows = [layout.rows for layout in layouts if layout.rows is not None]
    if rows:
        return _row_pages(body, urls, rows, declared)
    shapes = [layout.json for layout in layouts if layout.json is not None]
    text = json_text(body.decode(decode(body, declared).encoding, "replace")) if shapes else None
    if text is None:
        return {}
    try:
        value = value_of(text)
    except JsonError:
        return {}
    pages: dict[str, bytes] = {}
    for url in urls:
        for shape in shapes:
            found = re.search(shape.address, url)
            record = _record(value, shape, found["id"]) if found else None
            if record is not None:
                pages.setdefault(url, record_page(record, shape))
    return pages


def _row_pages(body: bytes, urls: Iterable[str], shapes: list[RowShape], declared: str | None) -> dict[str, bytes]:
    """Return the rows with the ids of these URLs, each as a page; rows may come without a table around them."""
    pages: dict[str, bytes] = {}
    text = body.decode(decode(body, declared).encoding, "replace")
    if excess_of(text):
        return pages
    root = parse(f"<table>{text}</table>".encode("utf-8", "replace"), "", "utf-8").root
    for shape in shapes:
        found = [
            etree.tostring(row, encoding="unicode", method="html", with_tail=False) for row in root.iter(shape.row)
        ]
        for url in urls:
            own = re.search(shape.address, url)
            row = next((each for each in found if own and own["id"].lower() in each.lower()), None)
            if row is not None:
                page = (
                    f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><table>{row}</table></body></html>'
                )
                pages.setdefault(url, page.encode("utf-8", "replace"))
    return pages


def _record(value: object, shape: JsonShape, id_: str) -> JsonRecord | None:
    """Find the record with this id; an answer that is one record need not repeat the id of the request."""
    for held in _held(value, shape.records):
        if (
            isinstance(held, dict)
            and text_value(held, shape.id) in ("", id_)
            and any(text_value(held, name) for name in shape.html)
        ):
            return cast(JsonRecord, held)
        for record in held if isinstance(held, list) else ():
            if isinstance(record, dict) and text_value(record, shape.id) == id_:
                return cast(JsonRecord, record)
    return None


def _held(value: object, names: tuple[str, ...]) -> list[object]:
    return [value, *(held for name in names if (held := value_at(value, name)) is not None)]


def record_page(record: JsonRecord, shape: JsonShape) -> bytes:
    """Convert a record to a page.

    `[data-field=NAME]` holds title and HTML; of every other value its attribute `data-value` does.
    """
    metas, parts = [], []
    for name in list(record)[:_MOST_FIELDS]:
        text = text_value(record, name)
        if not text or not re.fullmatch(r"\w{1,60}", name):
            continue
        if name in shape.html:
            parts.append(f'<div data-field="{name}">{_markup(text)}</div>')
        elif name == shape.title:
            parts.insert(0, f'<h1 data-field="{name}">{escape(plain_text(text, shape))}</h1>')
        else:
            metas.append(f'<meta data-field="{name}" data-value="{escape(plain_text(text, shape))}">')
    head, body = "\n".join(metas), "\n".join(parts)
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8">\n{head}</head><body>\n{body}\n</body></html>'
    return page.encode("utf-8", "replace")


def plain_text(text: str, shape: JsonShape) -> str:
    """Return a title or date without entities and without the signs that the interface sets into texts."""
    shown = unescape(_NESTED.sub("&", text))
    for sign in shape.signs:
        shown = shown.replace(sign, " ")
    return " ".join(shown.split())


def _markup(text: str) -> str:
    """Return a value's HTML, unescaped where the interface escaped it again, never closing the element around it."""
    for _ in range(2):
        text = _NESTED.sub("&", text)
        if "<" not in text and _ESCAPED.search(text):
            text = unescape(text)
    if "<" not in text or excess_of(text):
        return escape(unescape(text)).replace("\n", "<br>")
    text = _WHOLE_PAGE.sub("", text)
    body = parse(text.encode("utf-8", "replace"), "", "utf-8").root.find("body")
    if body is None:
        return ""
    inside = [etree.tostring(child, encoding="unicode", method="html") for child in body]
    return escape(body.text or "") + "".join(inside)
