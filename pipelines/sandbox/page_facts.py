"""Read what decides a response's outcome: the shape of its page and whether it holds an article."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.article import Layout
from pipelines.html.json_values import json_facts
from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.page_shape import PageShape, is_xml, shape_of
from pipelines.html.tree import HtmlPage, parse, parse_text, served_text
from pipelines.readers.article_presence import has_article
from pipelines.readers.json_api import page_of
from pipelines.sandbox.page_question import PageFacts, PageQuestion


@dataclass(frozen=True, slots=True)
class PageTrees:
    """The trees of a body: of it as it was served, and of the page that a layout makes of JSON or of a row.

    `text` is the body as it was read for its outcome, None where no tree was made for that.
    """

    served: HtmlPage | None = None
    record: HtmlPage | None = None
    text: str | None = None


def record_of(question: PageQuestion, layouts: tuple[Layout, ...], body: bytes) -> HtmlPage | None:
    """Return the page of the article in an answer of JSON or rows; None for every other body."""
    sent = page_of(body, question.url, layouts, question.declared)
    return parse(sent, question.url, "utf-8") if sent is not None else None


def judge_page(question: PageQuestion, layouts: tuple[Layout, ...], body: bytes) -> tuple[PageFacts, PageTrees]:
    """Return the facts of a page and the trees that they were read from.

    A page that exceeds a bound has no tree and a shape that only says so, JSON of an interface no shape.
    """
    text, replaced = served_text(body, question.declared)
    data = json_facts(text) if question.json else None
    try:
        record = record_of(question, layouts, body)
        served = None if data is not None else parse_text(text, question.url, replaced)
    except ExcessiveMarkup as error:
        return PageFacts(PageShape(excess=str(error)), False, data), PageTrees()
    judged = record or served
    holds = judged is not None and has_article(judged, layouts)
    shape = None
    if served is not None:
        root = None if is_xml(text) else served.root
        shape = shape_of(text, root, article=holds, lowered=served.lowered if holds else "").brief()
    return PageFacts(shape, holds, data), PageTrees(served, record, text)
