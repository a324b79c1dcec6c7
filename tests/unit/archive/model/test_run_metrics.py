"""Measure a closed night; read records without measures."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import PageRecord, Run
from archive.model.run_metrics import Measures
from archive.storage.run_record import RUN_FILE, run_bytes, run_from
from archive.store import Archive
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep, make, walk

TOLD = (
    ComposedArticle("a", "Tin một", ("Một câu ngắn.",)),
    ComposedArticle("b", "Tin hai", ("Một đoạn dài hơn nhiều so với đoạn kia.", "Thêm một đoạn."), "2025-03-01"),
    ComposedArticle("c", "Tin ba", ("Một đoạn dài hơn nhiều so với đoạn kia nữa.", "Thêm một đoạn."), None),
    ComposedArticle("trang-loi", "Cổng đang bảo trì", ("Xin quay lại sau.",)),
    ComposedArticle("trang-loi-2", "Cổng đang bảo trì", ("Xin quay lại sau.",)),
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return make(tmp_path / "archive")


def answer(night: RunWriter, key: str, outcome: Outcome) -> None:
    night.write(
        PageRecord(f"https://danang.gov.vn.replica.test/{key}", outcome, at(night.night), key=key, section="tin")
    )


def a_night(archive: Archive, night: date, articles: tuple[ComposedArticle, ...], **answers: Outcome) -> Run:
    crawl = archive.start("da_nang", night, at(night), judge)
    walk(crawl, articles, at(night))
    for article in articles:
        keep(crawl, article, at(night) + timedelta(seconds=1))
    for key, outcome in answers.items():
        answer(crawl, key, outcome)
    return finish(crawl, at(night) + timedelta(seconds=2))


def test_a_night_measures_its_new_texts_and_what_it_asked_for(archive: Archive) -> None:
    run = a_night(archive, FIRST, TOLD, away=Outcome.GONE, cut=Outcome.TRUNCATED)
    measures = run.measures
    assert measures is not None
    assert measures.asked == {"article": 5, "gone": 1, "truncated": 1}
    assert (measures.texts, measures.dated, measures.lag_days) == (4, 3, 0)
    assert measures.text_bytes is not None
    assert 60 < measures.text_bytes < 160
    assert (measures.identical, measures.repeated) == (2, 0)
    assert run.sections["tin"].first


def test_a_text_of_an_earlier_night_under_a_new_key_is_repeated(archive: Archive) -> None:
    a_night(archive, FIRST, TOLD[:2])
    again = ComposedArticle("a-2", TOLD[0].title, TOLD[0].paragraphs)
    run = a_night(archive, FIRST + timedelta(days=1), (again,))
    assert run.measures is not None
    assert (run.measures.texts, run.measures.identical, run.measures.repeated) == (0, 0, 1)
    assert not run.sections["tin"].first


def test_what_had_vanished_before_says_nothing_of_tonight(archive: Archive) -> None:
    a_night(archive, FIRST, TOLD[:2], away=Outcome.GONE)
    run = a_night(archive, FIRST + timedelta(days=1), (), away=Outcome.GONE, late=Outcome.SOFT_404)
    assert run.measures is not None
    assert run.measures.asked == {"soft_404": 1}


def test_the_record_is_read_as_it_was_written(archive: Archive) -> None:
    run = a_night(archive, FIRST, TOLD)
    written = (archive.paths.root / "2025" / "03" / "03" / "da_nang" / RUN_FILE).read_bytes()
    assert run_from(written) == run
    assert run_bytes(run_from(written)) == written


def test_an_older_record_is_read_and_written_as_it_was(archive: Archive) -> None:
    plain = json.loads(run_bytes(a_night(archive, FIRST, TOLD)))
    del plain["measures"]
    for section in plain["sections"].values():
        section.pop("first", None)
    old = run_from(json.dumps(plain))
    assert old.measures is None
    assert not old.sections["tin"].first
    assert json.loads(run_bytes(old)) == plain


def test_measures_of_an_older_form_have_their_defaults(archive: Archive) -> None:
    plain = json.loads(run_bytes(a_night(archive, FIRST, TOLD)))
    plain["measures"] = {"texts": 3, "of a later version": 1}
    assert run_from(json.dumps(plain)).measures == Measures(texts=3)
