"""One parse and one round trip a page: its facts, its article, and a sample of cross-checks; hostile pages end alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import lxml.html
import pytest

from archive.model.enums import Outcome
from archive.model.records import PageRecord
from crawler.listings.html_list import ListShape, read_list
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.html import tree
from pipelines.html.page_shape import PageShape, read_shape
from pipelines.sandbox.crosscheck_stats import is_sampled
from pipelines.sandbox.extraction_worker import ExtractFailed, ExtractionWorker, ExtractTimeout
from pipelines.sandbox.page_answer import answer_page
from pipelines.sandbox.page_question import ArticleReading, PageFacts, PageQuestion
from pipelines.sandbox.page_reader import PageAnswer, PageReader
from testing.article_pages import BASE, PLAIN, SHAPES, ArticleShape, plain
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 17, 20, 0, tzinfo=TZ)
NIGHT = date(2025, 3, 17)
QUESTION = PageQuestion(BASE, NOW, judge=True)
LINE = PageRecord(BASE, Outcome.ARTICLE, NOW, key="k", section="tin")
PAGE = plain("<p>Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3.</p>").encode()
SLOW = b"<html><body>" + b"<p>a</p>" * 99_000
"""As many tags as a page may have: judged in half a second, read in some."""


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of what was parsed."""
    sizes: list[int] = []
    parse = lxml.html.document_fromstring

    def counted(html: bytes, **more: Any) -> object:
        sizes.append(len(html))
        return parse(html, **more)

    monkeypatch.setattr(tree, "document_fromstring", counted)
    return sizes


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_page_is_parsed_once_for_all_parts(parses: list[int], shape: ArticleShape) -> None:
    facts, reading, _ = answer_page(replace(QUESTION, crosscheck=True), (shape.layout,), shape.html.encode())

    assert len(parses) == 1
    assert isinstance(facts, PageFacts)
    whole = read_shape(shape.html)
    assert facts.shape is not None
    assert whole is not None
    assert facts.shape.main == whole.brief().main
    assert isinstance(reading, ArticleReading)
    article = clean(extract(shape.html.encode(), BASE, (shape.layout,), NOW))
    assert (reading.article, reading.reasons) == (article, check(article, NOW))


def test_a_list_is_parsed_once_for_its_outcome_and_its_entries(parses: list[int]) -> None:
    text = plain("<ul><li><a href='/tin/1'>Cấp nước</a></li></ul>")
    read_shape(text)
    read_list(BASE, text, ListShape("ul", ".pager", ("a",), "li"), lambda url: url)

    assert len(parses) == 1


def asked(reader: PageReader, body: bytes, line: PageRecord = LINE, question: PageQuestion = QUESTION) -> PageAnswer:
    return reader.read(line, question, body, (PLAIN,))


def test_a_page_that_is_slow_to_judge_costs_only_itself() -> None:
    async def run() -> int:
        reader, ticks = PageReader(NIGHT, ExtractionWorker(deadline=0.15)), 0
        slow, good = asked(reader, SLOW), asked(reader, PAGE)
        while not slow.facts.done():
            await asyncio.sleep(0.02)
            ticks += 1
        for part in (slow.facts, slow.article, slow.crosscheck):
            with pytest.raises(ExtractTimeout, match=BASE):
                await part
        assert (await good.facts).has_article
        assert (await good.article).article.layout == "plain"
        reader.close()
        return ticks

    assert asyncio.run(run()) >= 5  # the loop goes on while the page is read


def test_facts_that_came_stay_when_the_rest_takes_too_long() -> None:
    async def run() -> None:
        reader = PageReader(NIGHT, ExtractionWorker(deadline=1.2))
        answer = asked(reader, SLOW)
        assert (await answer.facts).shape is not None
        with pytest.raises(ExtractTimeout):
            await answer.article
        reader.close()

    asyncio.run(run())


@pytest.mark.parametrize("form", [b"a%d=1 ", b"a%d ", b"a%d='<'", b"a%d='>'"])
def test_a_page_that_exceeds_a_bound_is_not_parsed(form: bytes) -> None:
    storm = b"<html><body><div " + b"".join(form % n for n in range(60_000)) + b"><p>x</p></div></body></html>"

    async def run() -> None:
        reader = PageReader(NIGHT, ExtractionWorker(deadline=1.2))
        answer = asked(reader, storm)
        assert await answer.facts == PageFacts(PageShape(excess="more than 2,000 attributes in one tag"), False)
        with pytest.raises(ExtractFailed, match="more than 2,000 attributes in one tag"):
            await answer.article
        reader.close()

    asyncio.run(run())


def test_the_first_page_of_a_section_and_some_by_key_and_night_are_cross_checked() -> None:
    keys = [key for key in map(str, range(100)) if not is_sampled(key, NIGHT)][:3]
    lines = [replace(LINE, key=key, section=section) for key, section in zip(keys, ("a", "a", "b"), strict=True)]

    async def run() -> list[bool]:
        reader = PageReader(NIGHT)
        answers = [asked(reader, PAGE, line) for line in lines]
        found = [await answer.crosscheck for answer in answers]
        reader.close()
        return [check is not None for check in found]

    assert asyncio.run(run()) == [True, False, True]


def test_a_page_that_cannot_be_an_article_is_only_judged() -> None:
    async def run() -> None:
        reader = PageReader(NIGHT)
        answer = asked(reader, PAGE, question=replace(QUESTION, extract=False))
        assert (await answer.facts).has_article
        assert await answer.crosscheck is None
        assert not answer.article.done()
        reader.close()

    asyncio.run(run())


def test_a_question_that_cannot_be_asked_fails_and_the_next_page_is_read() -> None:
    async def run() -> None:
        reader = PageReader(NIGHT)
        wrong = asked(reader, PAGE, question=replace(QUESTION, url="https://x.replica.test/\ud800"))
        for part in (wrong.facts, wrong.article, wrong.crosscheck):
            with pytest.raises(UnicodeEncodeError):
                await part
        assert (await asked(reader, PAGE).facts).has_article
        reader.close()

    asyncio.run(run())
