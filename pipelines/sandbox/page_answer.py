"""Answer what is asked of one page on one tree: its shape, its article, and the whole-page reading to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipelines.article import Article, Layout
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import article_of, read_page
from pipelines.html.published import listed_on
from pipelines.html.tree import parse
from pipelines.readers.region import covers
from pipelines.sandbox.crosscheck import crosscheck
from pipelines.sandbox.crosscheck_stats import Crosscheck
from pipelines.sandbox.page_facts import PageTrees, judge_page, record_of
from pipelines.sandbox.page_question import ArticleReading, PageFacts, PageQuestion
from pipelines.sandbox.page_region import digest_of
from vietnam.dates import later_moments


def answer_page(
    question: PageQuestion, layouts: tuple[Layout, ...], body: bytes
) -> Iterator[bytes | PageFacts | ArticleReading | Crosscheck | None]:
    """Yield the wanted parts: the region's digest, `PageFacts`, `ArticleReading`, and a `Crosscheck`.

    There is no digest where none covers what an article would be read from, no cross-check where no layout read the page.
    """
    trees, facts = PageTrees(), None
    if question.region:
        yield digest_of(question, layouts, body)
    if question.judge:
        facts, trees = judge_page(question, layouts, body)
        yield facts
    elif question.interface:
        trees = PageTrees(record=record_of(question, layouts, body))
    if not question.extract:
        return
    page = trees.record if question.interface else None
    if page is None:
        page = trees.served or parse(body, question.url, question.declared)
    with later_moments() as later:
        article = article_of(read_page(page, layouts, question.now), page)
    if page is not trees.record:
        article = listed_on(article, question.day)
    reading = _reading(article, question)
    if question.given:
        until = min((one.at() for one in later if not one.known_by(question.now)), default=None)
        region = None
        if facts is not None and facts.has_article:
            region = digest_of(question, layouts, body, trees, covered=covers(article, layouts))
        reading = replace(reading, region=region, until=until)
    yield reading
    if question.crosscheck:
        yield crosscheck(page, article) if article.layout != "none" else None


def _reading(article: Article, question: PageQuestion) -> ArticleReading:
    if not question.clean:
        return ArticleReading(article)
    cleaned = clean(article)
    return ArticleReading(cleaned, len(cleaned.removed) - len(article.removed), check(cleaned, question.now))
