"""The extraction process's answer about a page that may be unchanged at its next recheck."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipelines.article import Layout
from pipelines.sandbox.page_answer import answer_page
from pipelines.sandbox.page_question import ArticleReading, PageFacts, PageQuestion
from pipelines.sandbox.page_region import digest_of
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 14, 20, tzinfo=TZ)
LAYOUT = Layout("bai", fits="article", title=("h1",), published=(".ngay",), body=(".noi-dung",))
TEXT = "Công trình gồm một trạm bơm, hai bể lắng và gần chín kilômét đường ống dẫn nước về hai thôn phía đông của xã."
QUESTION = PageQuestion("https://xa.gov.vn/bai-1", NOW, interface=False, judge=True, given=b"given")


def page(day: str = "14/03/2025 08:00", text: str = TEXT, after: str = "", end: str = "</body></html>") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>Xã Đồng Mộc khánh thành trạm bơm</title></head><body><article>"
        f'<h1>Xã Đồng Mộc khánh thành trạm bơm</h1><span class="ngay">{day} | Lượt xem: 12</span>'
        f'<div class="noi-dung"><p>{text}</p><p>Hết. {TEXT}</p></div></article>{after}{end}'
    ).encode()


def read(body: bytes, question: PageQuestion = QUESTION) -> ArticleReading:
    _, reading = answer_page(question, (LAYOUT,), body)
    assert isinstance(reading, ArticleReading)
    return reading


def test_a_reading_has_the_digest_that_the_next_recheck_asks_for() -> None:
    region = read(page()).region
    assert region is not None
    (asked,) = answer_page(replace(QUESTION, region=True, judge=False, extract=False), (LAYOUT,), page())
    assert asked == region
    assert read(page(), replace(QUESTION, given=b"")).region is None
    assert read(page(), replace(QUESTION, given=b"others")).region not in (None, region)


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        (page(after="<p>Đang truy cập: 31</p>"), True),
        (page().replace(b"12</span>", b"977</span>"), True),
        (page(text=TEXT + " Thêm."), False),
        (page(day="14/03/2025 08:05"), False),
        (page(end=""), False),
        (page(after=f"<p {' '.join(f'a{n}=' for n in range(9000))}>"), False),
    ],
    ids=["counter", "views beside the date", "text", "date", "no end", "storm"],
)
def test_what_changes_a_digest(changed: bytes, is_same: bool) -> None:
    assert (digest_of(QUESTION, (LAYOUT,), changed) == digest_of(QUESTION, (LAYOUT,), page())) is is_same


def test_a_date_that_is_still_to_come_is_told_at_every_reading() -> None:
    tomorrow = NOW + timedelta(hours=12)
    for _ in range(2):
        reading = read(page(day=f"{tomorrow:%d/%m/%Y %H:%M}"))
        assert (reading.article.published, reading.until) == (None, tomorrow)
    assert read(page()).until is None


SEEN = "<p>Đang truy cập: {}</p>"
UNSEEN = "<script>var token = '{0}';</script><form><input type='hidden' name='__VIEWSTATE' value='{0}'></form>"


@pytest.mark.parametrize(("frame", "is_same"), [(SEEN, False), (UNSEEN, True), ("<p><script>{}</script></p>", False)])
def test_a_page_with_a_part_that_no_selector_found_is_digested_as_a_whole(frame: str, is_same: bool) -> None:
    first, second = (page(day="", after=frame.format(number)) for number in (31, 7))
    known = read(first).region
    assert known is not None
    asked = replace(QUESTION, region=True, judge=False, extract=False, known=known)
    found = [next(answer_page(asked, (LAYOUT,), body)) for body in (first, second)]
    assert found == [known, known if is_same else None]


def test_a_page_without_an_article_has_none() -> None:
    other = page().replace(b"<h1>", b"<h2>").replace(b"</h1>", b"</h2>")
    facts, _ = answer_page(QUESTION, (LAYOUT,), other)
    assert isinstance(facts, PageFacts)
    assert not facts.has_article
    assert read(other).region is None
