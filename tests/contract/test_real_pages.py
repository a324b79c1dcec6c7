"""Six real article pages, read without any layout. They stand outside the project; without them there is nothing to read."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import TypedDict

import pytest

from pipelines.article import Article
from pipelines.extract import extract, main
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

FOLDER = DATA / "pages"
NOW = datetime(2026, 3, 8, 12, 0, tzinfo=TZ)

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


class Expected(TypedDict, total=False):
    url: str
    title: str
    published: str
    author: str
    must: list[str]
    must_not: list[str]


def _expected() -> dict[str, Expected]:
    if not FOLDER.is_dir():
        return {}
    data = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return {name: page for name, page in data.items() if not name.startswith("_")}


EXPECTED = _expected()


@cache
def read(name: str) -> Article:
    return extract((FOLDER / name).read_bytes(), EXPECTED[name]["url"], (), NOW)


def test_there_are_six() -> None:
    assert len(EXPECTED) == 6


@pytest.mark.parametrize("name", EXPECTED)
def test_every_passage_of_the_article_and_none_around_it(name: str) -> None:
    text = read(name).text()

    assert [passage for passage in EXPECTED[name]["must"] if passage not in text] == []
    assert [passage for passage in EXPECTED[name]["must_not"] if passage in text] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_title_and_time_are_exact(name: str) -> None:
    article, page = read(name), EXPECTED[name]

    assert article.title == page["title"]
    assert article.published is not None
    # Where only a day was checked by hand the page may still print the time.
    assert article.published.isoformat().startswith(page["published"])


@pytest.mark.parametrize("name", [name for name, page in EXPECTED.items() if "author" in page])
def test_author(name: str) -> None:
    assert read(name).author == EXPECTED[name]["author"]


@pytest.mark.parametrize("name", EXPECTED)
def test_lead_is_distinguished(name: str) -> None:
    assert read(name).lead


@pytest.mark.parametrize("name", EXPECTED)
def test_no_layout_is_used_without_a_portal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FOLDER / name), "--url", EXPECTED[name]["url"], "--now", NOW.isoformat()]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert (printed["layout"], printed["title"]) == ("none", EXPECTED[name]["title"])
