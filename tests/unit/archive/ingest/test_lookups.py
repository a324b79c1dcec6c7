"""Hold the questions of a crawl to few statements, and their answers to those of the index itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.ingest import lookups
from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind
from archive.model.records import Document
from archive.storage.texts import content_sha256
from archive.store import Archive
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep, make

PORTAL = "da_nang"
DAY = "2025-03-03"
BUSY = "2025-03-02"  # more articles than one question returns
TIMES = [f"{DAY}T{hour:02d}:00:00+07:00" for hour in range(8)]
ITEMS = [
    *(ComposedArticle(f"gio-{number}", f"Tin {number % 3}", (f"Đoạn {number}.",), time) for number, time in enumerate(TIMES)),
    *(ComposedArticle(f"hai-{number}", "Tin 1", ("Đoạn 1.",), TIMES[1]) for number in range(4)),
    *(ComposedArticle(f"ngay-{number}", "Tin ngày", (f"Đoạn {number}.",), DAY) for number in range(3)),
    *(
        ComposedArticle(f"dong-{number}", "Tin đông", (f"Đông {number}.",), f"{BUSY}T{number % 23:02d}:30:00+07:00")
        for number in range(90)
    ),
    ComposedArticle("khong", "Tin không ngày", ("Không ngày.",), None),
    ComposedArticle("cu", "Tin cũ", ("Cũ.",), "2024-01-01T08:00:00+07:00"),
]  # fmt: skip


def document(key: str, item: ComposedArticle, published: str | None) -> Document:
    return Document(
        portal=PORTAL, section="tin", url=f"https://danang.gov.vn/{key}", key=key, title=item.title, text="",
        content="\n".join([item.title, *item.paragraphs]), fetched_at=at(FIRST), via=ArchiveKind.REPLICA, warc=None,
        published=published,
    )  # fmt: skip


def night_of(archive: Archive) -> RunWriter:
    night = archive.start(PORTAL, FIRST, at(FIRST), judge)
    for item in ITEMS:
        keep(night, item, at(FIRST))
    finish(night, at(FIRST))
    return archive.start(PORTAL, FIRST + timedelta(days=1), at(FIRST) + timedelta(days=1), judge)


def test_articles_that_a_new_one_may_be_are_those_that_the_index_itself_finds(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = night_of(archive)
        found = 0
        for item in ITEMS:
            for key in (item.key, "moi"):
                for published in (item.published, TIMES[1], DAY, f"{DAY}T23:59:59+07:00", "2023-01-01", None):
                    asked = document(key, item, published)
                    with archive.index.reading() as queries:
                        expected = queries.removals.namesakes(
                            PORTAL, key, content_sha256(asked.content), item.title, published
                        )
                    assert night.lookups.namesakes(asked) == expected
                    found += bool(expected)
        assert found > len(ITEMS)
        night.suspend()


def test_articles_of_a_list_are_compared_by_one_question_until_the_next_commit(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = night_of(archive)
        statements: list[str] = []

        def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: bool) -> None:
            statements.append(statement)

        later = "2025-03-03T09:00:00+07:00"
        new = ComposedArticle("moi", "Tin mới", ("Mới.",), later)
        event.listen(Engine, "before_cursor_execute", note)
        try:
            for number, time in enumerate(reversed(TIMES)):
                night.lookups.namesakes(document(f"moi-{number}", new, time.replace(":00:00", ":01:00")))
            assert night.lookups.namesakes(document("khac", new, later)) == []
            assert len(statements) == 1
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        keep(night, new, at(night.night))
        night.commit()
        assert night.lookups.namesakes(document("khac", new, later)) == ["moi"]
        night.suspend()


def test_a_first_night_holds_the_contents_of_few_of_its_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "_TIMES", 20)
    with make(tmp_path / "a") as archive:
        night = archive.start(PORTAL, FIRST, at(FIRST), judge)
        held = []
        for number in range(120):
            time = f"2025-02-{28 - number // 20:02d}T{23 - number % 20:02d}:00:00+07:00"
            item = ComposedArticle(f"gio-{number}", f"Tin {number}", (f"Đoạn {number}.",), time)
            assert night.lookups.namesakes(document("moi", item, time)) == []
            keep(night, item, at(FIRST))
            night.commit()
            assert night.lookups.namesakes(document("moi", item, time)) == [item.key]
            held.append(sum(len(each.contents) for each in night.lookups._dated.values()))
        night.suspend()
    assert max(held) <= 20 + 32
