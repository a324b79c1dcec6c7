"""Decide which article a page is by the answers of articles like it, in whatever order they come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, Outcome
from archive.model.records import Document, PageRecord
from archive.storage.texts import content_sha256
from crawler.spider.article_identity import ArticleIdentity, is_same
from crawler.spider.recorder import RunRecorder

NOW = datetime(2025, 3, 5, tzinfo=UTC)
MINUTE = "2025-03-04T07:15:00+07:00"
TEXT = "Thôn Đồng Mít đắp đê\nBà con cùng đắp đê."


@dataclass
class Lookups:
    """An archive that stores these articles; `alike` are the keys of those like the page."""

    stored: frozenset[str] = frozenset()
    alike: tuple[str, ...] = ()

    def own_keys(self, keys: set[str]) -> dict[str, str]:
        return {}

    def is_stored(self, key: str) -> bool:
        return key in self.stored

    def namesakes(self, document: Document) -> list[str]:
        return list(self.alike)

    def latest(self, key: str) -> tuple[EventRow, str] | None:
        return (version(key), f"https://x/{key}") if key in self.stored else None


@dataclass
class Recorder:
    """A recorder that keeps what is written."""

    lookups: Lookups
    written: list[tuple[str | None, Outcome, str | None]] = field(default_factory=list)
    due: list[date | None] = field(default_factory=list)

    @property
    def writer(self) -> Recorder:
        return self

    def write(
        self, page: PageRecord, document: Document | None = None, reasons: tuple[Reason, ...] = (), *,
        new_key: str | None = None,
    ) -> None:  # fmt: skip
        assert document is None or document.key == page.key
        self.written.append((page.key, page.outcome, new_key))
        self.due.append(page.next_look)


def version(key: str = "cu", title: str = "Thôn Đồng Mít đắp đê", published: str | None = MINUTE) -> EventRow:
    return EventRow(
        "2025-03-04", "x", 0, Event.NEW, f"x/{key}@0", "x", "tin", key, f"https://x/{key}", title, published, None, "0.txt", "0",
        content_sha256(TEXT), None, None, None, (),
    )  # fmt: skip


def read(key: str, url: str = "") -> tuple[PageRecord, Document]:
    address = url or f"https://x/{key}"
    page = PageRecord(address, Outcome.ARTICLE, NOW, 200, key=key, section="tin")
    title = TEXT.partition("\n")[0]
    document = Document("x", "tin", address, key, title, TEXT, TEXT, NOW, ArchiveKind.REPLICA, None, published=MINUTE)
    return page, document


def identity(lookups: Lookups, *, answers: bool = True) -> tuple[ArticleIdentity, Recorder, list[str]]:
    recorder, asked = Recorder(lookups), list[str]()

    def ask(key: str) -> bool:
        asked.append(key)
        return answers

    return (
        ArticleIdentity(
            cast(RunRecorder, recorder),
            lambda url: url.rpartition("/")[2] or None,
            ask,
            lambda key, outcome: date(2025, 3, 9 if outcome is Outcome.ARTICLE else 6),
        ),
        recorder,
        asked,
    )


@pytest.mark.parametrize(
    ("outcome", "url", "written"),
    [
        (Outcome.GONE, "https://x/cu", ("cu", Outcome.ARTICLE, "moi")),
        (Outcome.SOFT_404, "https://x/", ("cu", Outcome.ARTICLE, "moi")),
        (Outcome.ARTICLE, "https://x/moi", ("cu", Outcome.ARTICLE, "moi")),
        (Outcome.ARTICLE, "https://x/cu", ("moi", Outcome.ARTICLE, None)),
        (Outcome.ARTICLE, "https://x/khac", ("moi", Outcome.ARTICLE, None)),
        (Outcome.NOT_MODIFIED, "https://x/cu", ("moi", Outcome.ARTICLE, None)),
        (Outcome.SERVER_ERROR, "https://x/cu", ("moi", Outcome.ARTICLE, None)),
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_the_answer_of_the_article_alike_decides(
    outcome: Outcome, url: str, written: tuple[str, Outcome, str | None], *, before: bool
) -> None:
    articles, recorder, asked = identity(Lookups(frozenset({"cu"}), ("cu",)))
    if before:
        articles.answered("cu", outcome, url)
    articles.store(*read("moi"), ())
    if not before:
        assert (asked, recorder.written) == (["cu"], [])
        articles.answered("cu", outcome, url)
    assert recorder.written == [written]


def test_an_article_moves_to_one_page_alone() -> None:
    articles, recorder, _ = identity(Lookups(frozenset({"cu"}), ("cu",)))
    articles.store(*read("moi"), ())
    articles.store(*read("nua"), ())
    articles.answered("cu", Outcome.GONE, "https://x/cu")
    assert recorder.written == [("cu", Outcome.ARTICLE, "moi"), ("nua", Outcome.ARTICLE, None)]


def test_a_page_whose_answer_never_comes_is_an_article_of_its_own() -> None:
    articles, recorder, _ = identity(Lookups(frozenset({"cu"}), ("cu",)))
    articles.store(*read("moi"), ())
    articles.settle()
    assert recorder.written == [("moi", Outcome.ARTICLE, None)]
    articles, recorder, _ = identity(Lookups(frozenset({"cu"}), ("cu",)), answers=False)
    articles.store(*read("moi"), ())
    assert recorder.written == [("moi", Outcome.ARTICLE, None)]


def test_an_address_that_leads_to_a_page_that_says_something_else_is_a_missing_article() -> None:
    articles, recorder, _ = identity(Lookups(frozenset({"cu", "khac"})))
    page, document = read("cu", "https://x/khac")
    other = replace(document, title="Tin khác", content="Tin khác\nChuyện khác.", published="2025-03-01T06:00:00+07:00")
    articles.store(page, other, ())
    articles.store(page, document, ())
    assert recorder.written == [("cu", Outcome.SOFT_404, None), ("cu", Outcome.ARTICLE, "khac")]
    assert recorder.due == [date(2025, 3, 6), date(2025, 3, 9)]


@pytest.mark.parametrize(
    ("stored", "content", "led", "known"),
    [
        (version(), TEXT, True, True),
        (version(), "sửa", True, True),
        (version(title="Tên cũ"), "sửa", True, False),
        (version(published=None), "sửa", True, False),
        (version(title="Tên cũ", published=None), "sửa", False, False),
        (version(title="Tên cũ", published=None), TEXT, True, True),
    ],
)
def test_title_time_and_content_tell_whether_a_page_says_the_same(
    stored: EventRow, content: str, *, led: bool, known: bool
) -> None:
    document = replace(read("moi")[1], content=content)
    assert is_same(stored, document, strictly=False) == led
    assert is_same(stored, document, strictly=True) == known
