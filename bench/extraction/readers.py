"""The ways of reading a page that are compared: ours by layout, ours without one, and three libraries alone.

The libraries get the whole page as it was served and their own defaults, tables included. What they return is split at
their own line ends; readability returns markup, which our own block reader turns into lines, the kindest way there is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

import trafilatura
from readability import Document  # type: ignore[import-untyped]
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from bench.extraction.corpus import Sample
from crawler.portal import PortalSpider
from crawler.responses.facts import layouts_of
from pipelines.article import Article, Layout
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.html.blocks import pieces_of
from pipelines.html.tree import line, parse
from vietnam.letters import decode

__all__ = ["GENERIC", "OTHERS", "OURS", "Reader", "ReaderResult", "layouts", "ours", "readers"]

OURS, GENERIC = "by layout", "without layout"
OTHERS = ("trafilatura", "readability", "resiliparse")


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """Hold what one reader made of a page. A library that gives no title or date leaves None; `exact` is the whole
    article where the reading is ours."""

    lines: tuple[str, ...]
    title: str | None
    published: str | None
    article: Article | None = None


Reader = Callable[[Sample], ReaderResult]


@cache
def layouts(portal: str) -> tuple[Layout, ...]:
    """The layouts a crawl of the portal reads with."""
    name = "".join(part.capitalize() for part in portal.split("_"))
    spider = cast("type[PortalSpider]", getattr(import_module(f"crawler.spiders.{portal}"), name))
    return layouts_of(spider.layouts, spider.labels)


def ours(choose: Callable[[str], tuple[Layout, ...]] = layouts) -> Reader:
    """Extract and clean as in a night, by the layouts that `choose` names for a portal."""

    def read(sample: Sample) -> ReaderResult:
        article = clean(extract(sample.body, sample.expected.url, choose(sample.portal), sample.now))
        return _of_article(article)

    return read


def _of_article(article: Article) -> ReaderResult:
    lines = tuple(article.text().rstrip("\n").split("\n\n"))
    published = article.published.isoformat() if article.published else None
    return ReaderResult(lines, article.title, published, article)


def readers() -> dict[str, Reader]:
    """All ways by name, ours first."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    others = (_trafilatura, _readability, _resiliparse)
    return {OURS: ours(), GENERIC: ours(lambda portal: ()), **dict(zip(OTHERS, others, strict=True))}


def _text(sample: Sample) -> str:
    return decode(sample.body, None).text


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(line, text.splitlines())))


def _trafilatura(sample: Sample) -> ReaderResult:
    document = trafilatura.bare_extraction(_text(sample), with_metadata=True)
    if document is None or isinstance(document, dict):
        return ReaderResult((), None, None)
    return ReaderResult(_lines(document.text or ""), document.title, document.date)


def _readability(sample: Sample) -> ReaderResult:
    document = Document(_text(sample))
    page = parse(document.summary().encode(), sample.expected.url, "utf-8")
    return ReaderResult(tuple(piece.text for piece in pieces_of(page.root) if piece.text), document.short_title(), None)


def _resiliparse(sample: Sample) -> ReaderResult:
    text = _text(sample)
    read = extract_plain_text(text, main_content=True, alt_texts=False, list_bullets=False, preserve_formatting=True)
    return ReaderResult(_lines(read), HTMLTree.parse(text).title or None, None)
