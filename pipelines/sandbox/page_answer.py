"""Answer what is asked of one page on one tree: its shape, its article, and the whole-page reading to compare with."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.article import Article, Layout
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import article_of, read_page
from pipelines.html.published import listed_on
from pipelines.html.tree import parse
from pipelines.sandbox.crosscheck import crosscheck
from pipelines.sandbox.crosscheck_stats import Crosscheck
from pipelines.sandbox.page_facts import PageTrees, judge_page, record_of
from pipelines.sandbox.page_question import ArticleReading, PageFacts, PageQuestion


def answer_page(
    question: PageQuestion, layouts: tuple[Layout, ...], body: bytes
) -> Iterator[PageFacts | ArticleReading | Crosscheck | None]:
    """Yield the wanted parts: `PageFacts`, `ArticleReading`, and a `Crosscheck`, None where no layout read the page."""
    trees = PageTrees()
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
    article = article_of(read_page(page, layouts, question.now), page)
    if page is not trees.record:
        article = listed_on(article, question.day)
    yield _reading(article, question)
    if question.crosscheck:
        yield crosscheck(page, article) if article.layout != "none" else None


def _reading(article: Article, question: PageQuestion) -> ArticleReading:
    if not question.clean:
        return ArticleReading(article)
    cleaned = clean(article)
    return ArticleReading(cleaned, len(cleaned.removed) - len(article.removed), check(cleaned, question.now))
