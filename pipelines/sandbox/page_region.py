"""Digest the region of a page together with what else its outcome and its reading depend on."""

from __future__ import annotations

from hashlib import blake2b

from pipelines.article import Layout
from pipelines.html.json_values import json_text
from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.page_shape import html_ends, is_xml
from pipelines.html.tree import parse_text, served_text
from pipelines.readers.region import SIZE, region_digest, whole_digest
from pipelines.sandbox.page_facts import PageTrees, record_of
from pipelines.sandbox.page_question import PageQuestion


def digest_of(
    question: PageQuestion,
    layouts: tuple[Layout, ...],
    body: bytes,
    trees: PageTrees | None = None,
    *,
    covered: bool = True,
) -> bytes | None:
    """Return the digest under what is given that the next recheck of the same page finds; None where none decides.

    It is that of the region where this is all that the article was read from (`covered`), else that of the whole page.
    With a `known` digest it is that one, or None where the page has another. `trees` are those of the body, where they
    were made already. A page that exceeds a bound, XML, and a row of a list, around which the list counts, have none.
    """
    judged = trees.text if trees is not None else None
    text, replaced = (judged, 0) if judged is not None else served_text(body, question.declared)
    is_data = question.json and json_text(text) is not None
    if not is_data and is_xml(text):
        return None
    try:
        record = (
            trees.record if trees is not None else record_of(question, layouts, body) if question.interface else None
        )
        if (record is not None) != is_data:
            return None
        served = trees.served if trees is not None else None
        page = record or served or parse_text(text, question.url, replaced)
    except ExcessiveMarkup:
        return None
    end = b"" if is_data else repr(html_ends(text)).encode()
    region = region_digest(page, layouts, question.now) if covered else None
    found = _given(question, region, end)
    if question.known and found != question.known:
        found = _given(question, whole_digest(page, layouts), b"whole" + end)
        return found if found == question.known else None
    return found or _given(question, whole_digest(page, layouts), b"whole" + end)


def _given(question: PageQuestion, digest: bytes | None, end: bytes) -> bytes | None:
    return blake2b(digest + end, key=question.given, digest_size=SIZE).digest() if digest is not None else None
