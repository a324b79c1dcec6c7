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
from pipelines.html.json_values import json_facts
from pipelines.html.page_bounds import excess_of
from pipelines.html.page_shape import read_shape
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
    """Return a list page as text, its addresses as served; None for what is no text and for a page that exceeds a bound."""
    text = page_text(response.body, charset_of(response))
    return None if text is None or excess_of(text) else text


def head_of(response: Response, ask: RequestInfo, home: str, own: frozenset[str]) -> ResponseFacts:
    """Return the facts of a response that need no tree of its page. `own` are the portal's hosts as they are asked."""
    unread = ask.expect is Expect.ATTACHMENT and _is_file(response.body)
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
        json=ask.request is not None and ask.request.json,
    )


def facts_of(
    response: Response, ask: RequestInfo, home: str, own: frozenset[str], layouts: tuple[Layout, ...] = ()
) -> ResponseFacts:
    """Return the facts of a response, its page read in this process: for commands that make a few requests."""
    facts = head_of(response, ask, home, own)
    return read_facts(facts, charset_of(response), layouts, ask.address or response.url)


def read_facts(
    facts: ResponseFacts, charset: str | None, layouts: tuple[Layout, ...] = (), address: str = ""
) -> ResponseFacts:
    """Return the facts with those that the page has; `address` is the article's, where `layouts` may read one."""
    if not needs_tree(facts):
        return facts
    if layouts:
        question = PageQuestion(address, _NO_TIME, charset, json=facts.json)
        read, _ = judge_page(question, layouts, facts.body)
        return replace(facts, shape=read.shape, has_article=read.has_article, data=read.data)
    text = page_text(facts.body, charset)
    data = json_facts(text) if facts.json and text is not None else None
    return replace(facts, shape=read_shape(text) if text is not None and data is None else None, data=data)


def _is_file(body: bytes) -> bool:
    """Return whether a body need not be parsed: a document, or more than any page in a document's place has."""
    return len(body) > _LONGEST_NOTICE or kind_of(body) is not None


@lru_cache(maxsize=1)  # a list page is judged first and read then
def page_text(body: bytes, charset: str | None) -> str | None:
    """Return a page as text, its addresses as served; None for what is no text."""
    if not reads_as_text(body):
        return None
    return body.decode(decode(body, charset).encoding, "replace")
