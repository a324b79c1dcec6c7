"""Pages of no known product: what is drawn stands on the page, and a fault in reading one is counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from random import Random

import pytest
from lxml import html

from bench.extraction.readers import ReaderResult
from bench.extraction.strangers.dates import FORMS
from bench.extraction.strangers.pages import Stranger, strangers
from bench.extraction.strangers.scores import page_score, read_strangers, table
from pipelines.article import Article
from replicas.records import TZ, ExpectedArticle, Kind
from vietnam.letters import fold_spaces

MOMENT = datetime(2025, 3, 5, 14, 7, tzinfo=TZ)


@cache
def drawn() -> tuple[Stranger, ...]:
    return tuple(strangers(60))


def perfect(page: Stranger) -> ReaderResult:
    """Return what a reader without fault gives."""
    wanted = page.sample.expected
    article = Article(wanted.url, wanted.title, (), published_raw=wanted.published_raw, author=wanted.author)
    files = tuple(_File(file.url) for file in wanted.attachments)
    article = replace(article, attachments=files)  # type: ignore[arg-type]  # only the address of a file is compared
    lines = (wanted.title, wanted.published_raw, *(block.text for block in wanted.blocks))
    return ReaderResult(lines, wanted.title, wanted.published, article)


class _File:
    def __init__(self, url: str) -> None:
        self.url = url


def test_the_same_number_gives_the_same_page() -> None:
    assert next(iter(strangers(1, 7))).sample.body == next(iter(strangers(1, 7))).sample.body
    assert len({page.sample.body for page in drawn()}) == len(drawn())


def test_what_has_to_be_read_stands_on_the_page() -> None:
    for page in drawn():
        tree = html.fromstring(page.sample.body)
        wanted, text = page.sample.expected, fold_spaces("".join(map(str, tree.itertext())))
        for words in (
            wanted.title,
            wanted.author or "",
            *(cell for block in wanted.blocks for cell in _cells(block.text, block.kind)),
        ):
            assert words in text, (page.sample.name, words)
        for file in wanted.attachments:
            assert file.url.removeprefix(f"https://{page.sample.portal}").encode() in page.sample.body


def _cells(text: str, kind: Kind) -> list[str]:
    return text.split(" | ") if kind is Kind.TABLE_ROW else [text]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_prints_as_much_of_the_moment_as_it_claims(name: str) -> None:
    form = FORMS[name]
    shown = form.shown(MOMENT, Random(name))

    assert "2025" in shown
    assert form.minute == bool(re.search(r"(14|2)(:|h| giờ )07", shown))


def test_a_reading_without_fault_is_right() -> None:
    scores = read_strangers(drawn(), lambda sample: perfect(_page_of(sample.name)))

    assert scores.whole.right.percent == 100, scores.whole.score.notes
    assert {tally.right.percent for tally in scores.choices.values()} == {100}


def _page_of(name: str) -> Stranger:
    return next(page for page in drawn() if page.sample.name == name)


def test_each_fault_is_counted_for_all_that_the_page_was_drawn_from() -> None:
    page = next(
        page for page in drawn() if len(page.sample.expected.blocks) > 2 and "T" in page.sample.expected.published
    )
    wanted: ExpectedArticle = page.sample.expected
    whole = perfect(page)
    title, day, first, *rest = whole.lines
    faults = {
        "lost": replace(whole, lines=(title, day, *rest)),
        "left": replace(whole, lines=(*whole.lines, "Tin khác")),
        "title": replace(whole, title=f"{title} - {page.sample.portal}"),
        "published": replace(whole, published=wanted.published[:10]),
    }
    for fault, read in faults.items():
        scores = read_strangers([page], lambda sample, read=read: read)  # type: ignore[misc]  # the default binds the loop's value
        assert scores.whole.right.percent == 0, fault
        assert scores.choices["foot", page.choices["foot"]].right.percent == 0

    again = replace(whole, lines=(title, day, first, *rest, *page.beside), published=f"{wanted.published}:23+07:00")
    assert page_score(page, again).notes == page_score(page, whole).notes


def test_the_table_shows_the_worst_choice_of_each_grammar() -> None:
    scores = read_strangers(drawn(), lambda sample: perfect(_page_of(sample.name)))

    grammars = len({feature for feature, _ in scores.choices})
    assert table(scores, worst=True).row_count == grammars + 1
    assert table(scores).row_count == len(scores.choices) + 1
