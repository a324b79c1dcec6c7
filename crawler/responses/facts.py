"""Extract from a response the facts that classification needs: decoded text, the layouts with the portal's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml.html import HtmlElement
from scrapy.http import Response

from crawler.requests import Expect, RequestInfo
from crawler.responses.outcome import ResponseFacts
from crawler.responses.page_shape import is_storm
from pipelines.article import Layout
from pipelines.files.file_type import kind_of
from pipelines.html.decoding import declared_charset, reads_as_text
from pipelines.html.title import find_title
from pipelines.html.tree import HtmlPage, line, parse, text_of
from pipelines.readers.json_api import page_of
from pipelines.readers.main_content import is_date_line
from vietnam.letters import decode

_LONGEST_NOTICE = 1 << 20  # bytes
_WALL_NOTICE = 200  # characters beside a form for a password: above, the form stands beside a text


def layouts_of(layouts: tuple[Layout, ...], labels: tuple[str, ...]) -> tuple[Layout, ...]:
    """Return the family's layouts with the labels that this portal prints in its bodies."""
    return tuple(replace(layout, labels=(*layout.labels, *labels)) for layout in layouts)


def charset_of(response: Response) -> str | None:
    """Return the encoding that the Content-Type header declares."""
    return declared_charset((response.headers.get("Content-Type") or b"").decode("latin-1"))


def listing_text(response: Response) -> str | None:
    """Return a list page as text, its addresses as served; None for a page that would block the parser."""
    text = _text(response.body, charset_of(response))
    return None if text is None or is_storm(text) else text


def facts_of(
    response: Response, ask: RequestInfo, home: str, own: frozenset[str], layouts: tuple[Layout, ...]
) -> ResponseFacts:
    """Return the facts of a response for `outcome.classify`. `own` are the portal's hosts as they are asked."""
    charset = charset_of(response)
    text = None if ask.expect is Expect.ATTACHMENT and _is_file(response.body) else _text(response.body, charset)
    return ResponseFacts(
        status=response.status,
        headers={
            name.decode("latin-1").lower(): (response.headers.get(name) or b"").decode("latin-1")
            for name in response.headers
        },
        body=response.body,
        text=text,
        url=response.url,
        requested_url=ask.url,
        expect=ask.expect,
        home=home,
        own=own,
        flags=frozenset(response.flags),
        json=ask.request is not None and ask.request.json,
        has_article=bool(layouts)
        and text is not None
        and not is_storm(text)
        and _fits(response, ask, charset, layouts),
    )


def _is_file(body: bytes) -> bool:
    """Return whether a body need not be parsed: a document, or more than any page in a document's place has."""
    return len(body) > _LONGEST_NOTICE or kind_of(body) is not None


def _text(body: bytes, charset: str | None) -> str | None:
    if not reads_as_text(body):
        return None
    return body.decode(decode(body, charset).encoding, "replace")


def _fits(response: Response, ask: RequestInfo, charset: str | None, layouts: Sequence[Layout]) -> bool:
    sent = page_of(response.body, ask.address or response.url, layouts, charset)
    page: HtmlPage = parse(response.body, response.url, charset) if sent is None else parse(sent, response.url, "utf-8")
    return any(
        _is_dated(page)
        if layout.is_unnamed
        else any(True for _ in page.pick(layout.title))
        and any(not _is_walled(element) for element, _, _ in page.pick(layout.body))
        for layout in layouts
        if page.match(layout.fits)
    )


def _is_dated(page: HtmlPage) -> bool:
    """Return whether the line below the heading that the head confirms is nothing but a date, as no notice has it."""
    _, heading = find_title(page)
    below = heading.xpath("following::text()[normalize-space()][1]") if heading is not None else ()
    return any(is_date_line(line(text)) for text in below)


def _is_walled(body: HtmlElement) -> bool:
    """Return whether a password is asked in the place of the text: a form with its notice, and little besides."""
    forms = [field.getparent() for field in body.iter("input") if (field.get("type") or "").lower() == "password"]
    around = frozenset(above for form in forms if form is not None for above in (form, *form.iterancestors("form")))
    return bool(forms) and len(text_of(body, around)) < _WALL_NOTICE
