"""The ways of reading a page that are compared: ours by layout, ours without one, and trafilatura alone.

Trafilatura gets the whole page as it was served and its own defaults, tables included. Its text is split at its own line ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

import trafilatura

from bench.extraction.corpus import Sample
from crawler.portal import PortalSpider
from crawler.responses.facts import layouts_of
from pipelines.article import Article, Layout
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.html.tree import line
from vietnam.letters import decode

OURS, GENERIC, LIBRARY = "by layout", "without layout", "trafilatura"


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """Hold what one reader made of a page.

    A library that gives no title or date leaves None; `exact` is the whole article where the reading is ours.
    """

    lines: tuple[str, ...]
    title: str | None
    published: str | None
    article: Article | None = None


Reader = Callable[[Sample], ReaderResult]


@cache
def layouts(portal: str) -> tuple[Layout, ...]:
    """Return the layouts a crawl of the portal reads with."""
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
    return {OURS: ours(), GENERIC: ours(lambda portal: ()), LIBRARY: _trafilatura}


def _trafilatura(sample: Sample) -> ReaderResult:
    document = trafilatura.bare_extraction(decode(sample.body, None).text, with_metadata=True)
    if document is None or isinstance(document, dict):
        return ReaderResult((), None, None)
    lines = tuple(filter(None, map(line, (document.text or "").splitlines())))
    return ReaderResult(lines, document.title, document.date)
