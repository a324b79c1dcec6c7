"""Extract from a response the facts that classification needs, and the layouts with the portal's labels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from scrapy.http import Response

from crawler.requests import Expect, RequestInfo
from crawler.responses.outcome import ResponseFacts, needs_tree
from pipelines.article import Layout
from pipelines.files.file_type import kind_of
from pipelines.html.decoding import declared_charset, reads_as_text
from pipelines.html.page_shape import is_storm, read_shape
from pipelines.readers.json_values import json_text
from pipelines.sandbox.page_facts import judge_page
from pipelines.sandbox.page_question import PageQuestion
from vietnam.letters import decode

_LONGEST_NOTICE = 1 << 20  # bytes
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # a page is judged alike at any time


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


def head_of(response: Response, ask: RequestInfo, home: str, own: frozenset[str]) -> ResponseFacts:
    """Return the facts of a response that need no tree of its page. `own` are the portal's hosts as they are asked."""
    is_json = ask.request is not None and ask.request.json
    unread = ask.expect is Expect.ATTACHMENT and _is_file(response.body)
    text = _text(response.body, charset_of(response)) if is_json else None
    return ResponseFacts(
        status=response.status,
        headers={
            name.decode("latin-1").lower(): (response.headers.get(name) or b"").decode("latin-1")
            for name in response.headers
        },
        body=response.body,
        is_text=not unread and reads_as_text(response.body),
        url=response.url,
        requested_url=ask.url,
        expect=ask.expect,
        home=home,
        own=own,
        flags=frozenset(response.flags),
        json=is_json,
        data=json_text(text) if text is not None else None,
    )


def facts_of(
    response: Response, ask: RequestInfo, home: str, own: frozenset[str], layouts: tuple[Layout, ...] = ()
) -> ResponseFacts:
    """Return the facts of a response, its page read in this process: for what is no article of a night."""
    facts = head_of(response, ask, home, own)
    if not needs_tree(facts):
        return facts
    if layouts:
        question = PageQuestion(ask.address or response.url, _NO_TIME, charset_of(response), json=facts.json)
        read, _ = judge_page(question, layouts, response.body)
        return replace(facts, shape=read.shape, has_article=read.has_article)
    text = _text(response.body, charset_of(response))
    return replace(facts, shape=read_shape(text) if text is not None and facts.data is None else None)


def _is_file(body: bytes) -> bool:
    """Return whether a body need not be parsed: a document, or more than any page in a document's place has."""
    return len(body) > _LONGEST_NOTICE or kind_of(body) is not None


@lru_cache(maxsize=1)  # a list page is judged first and read then
def _text(body: bytes, charset: str | None) -> str | None:
    if not reads_as_text(body):
        return None
    return body.decode(decode(body, charset).encoding, "replace")
