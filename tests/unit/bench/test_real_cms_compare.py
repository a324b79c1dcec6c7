"""Compare crawls of a real CMS with what it held: a right crawl has no finding, and every fault shows as its own kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.model.enums import Event, Verdict
from archive.model.records import Attachment
from archive.storage.jsonl import ArticleLine
from bench.real_cms.compare import KINDS, Expected, NightRecord, StoredLine, compare
from replicas.records import TZ

HOST = "https://mau.mau.vn.replica.test"
SECTIONS = {"y-te": "y-te", "van-hoa": "van-hoa", "moi-nhat": None}
Change = Callable[[list[list[StoredLine]]], object]


def held(number: int, **changes: object) -> Expected:
    return replace(
        Expected(
            number=number,
            url=f"{HOST}/y-te/bai-{number}/",
            title=f"Trạm y tế mở cửa buổi {number}",
            published=datetime(2025, 3, 3, 7, number, tzinfo=TZ),
            author="Lý Văn Mẫu",
            sections=("y-te",),
            blocks=(f"Bà con đến khám từ {number} giờ sáng.", "Ảnh: bà con xếp hàng"),
            files=("lich.pdf",),
        ),
        **changes,  # type: ignore[arg-type]  # fields of the record
    )


def stored(one: Expected, event: Event = Event.NEW, **changes: object) -> StoredLine:
    line = ArticleLine(
        event=event, id="", seq=0, portal="mau", section=one.sections[0], url=str(one.url), key=f"bai-{one.number}",
        title=one.title, published=one.published.isoformat(), published_raw="03/03/2025", published_from=None,
        author=one.author, fetched_at=datetime(2025, 3, 3, tzinfo=UTC), via="replica", file=None, sha256=None,
        content_sha256="", bytes=None, warc=None, layout="", extractor="",
        attachments=(Attachment("lich.pdf", f"{HOST}/tep/lich.pdf", "pdf"),),
    )  # fmt: skip
    text = "\n\n".join((one.title, "03/03/2025", *one.blocks, str(one.author))) if event is not Event.GONE else ""
    words = str(changes.pop("text", text))
    return StoredLine(replace(line, **changes), words)  # type: ignore[arg-type]  # fields of the record


EDITED = held(2, blocks=("Bà con đến khám từ 2 giờ sáng.", "Ảnh: bà con xếp hàng", "Cập nhật: thêm một bàn khám."))
STATES = [[held(1), held(2), held(3)], [held(1), EDITED, held(4)], [held(1), EDITED, held(4)]]


def right() -> list[list[StoredLine]]:
    """Return the lines of three nights without a fault: one edit, one removal, one new article in the second."""
    second = [stored(EDITED, Event.REVISION), stored(held(4)), stored(held(3), Event.GONE)]
    return [[stored(held(number)) for number in (1, 2, 3)], second, []]


def kinds(lines: list[list[StoredLine]], score: int | None = None, verdict: Verdict = Verdict.GOOD) -> list[str]:
    nights = [NightRecord(verdict, (), tuple(night)) for night in lines]
    return list(compare(STATES, nights, SECTIONS, score).counts())


def test_a_right_crawl_has_no_finding() -> None:
    found = compare(STATES, [NightRecord(Verdict.QUIET, (), tuple(night)) for night in right()], SECTIONS, 100)
    assert (found.findings, found.stored, found.articles) == ([], 4, 4)


def first(**changes: object) -> Change:
    def change(lines: list[list[StoredLine]]) -> None:
        lines[0][0] = stored(held(1), **changes)  # type: ignore[arg-type]  # fields of the record

    return change


def add(night: int, line: StoredLine) -> Change:
    return lambda lines: lines[night].append(line)


FAULTS: dict[str, list[Change]] = {
    "lost": [lambda lines: lines[0].pop(0), first(event=Event.QUARANTINED), lambda lines: lines[1].pop(1)],
    "stranger": [add(2, stored(held(9, url=f"{HOST}/tag/y-te/", title="Thẻ: y tế")))],
    "twice": [add(2, stored(held(1), key="so-2"))],
    "section": [first(section="van-hoa"), first(section="thang-3")],
    "title": [first(text="Trạm y tế mở cửa buổi 1 - Xã Mẫu\n\n03/03/2025\n\n" + "\n\n".join(held(1).blocks))],
    "minute": [first(published="2025-03-03"), first(published=None)],
    "author": [first(author=None), first(author="Trang chủ")],
    "text": [first(text=f"{held(1).title}\n\n03/03/2025\n\n{held(1).blocks[0]}")],
    "residue": [first(text="\n\n".join((held(1).title, "03/03/2025", *held(1).blocks, "Chia sẻ bài này")))],
    "file": [first(attachments=())],
    "gone": [add(1, stored(held(1), Event.GONE))],
    "kept": [lambda lines: lines[1].pop()],
    "edit": [lambda lines: lines[1].pop(0)],
    "revision": [add(2, stored(held(1), Event.REVISION)), add(2, stored(EDITED, Event.REDATED))],
}


@pytest.mark.parametrize(("kind", "change"), [(kind, change) for kind, changes in FAULTS.items() for change in changes])
def test_a_fault_shows_as_its_kind(kind: str, change: Change) -> None:
    lines = right()
    change(lines)
    assert kinds(lines) == [kind]
    assert kinds(lines, 88) == [kind]
    assert kinds(lines, 100) == [kind, "score"]


def test_a_night_judged_bad_is_a_false_alarm_over_a_right_crawl() -> None:
    assert kinds(right(), verdict=Verdict.SUSPICIOUS) == ["alarm"]


def test_every_kind_is_tried() -> None:
    assert {*FAULTS, "alarm", "score"} == set(KINDS)


def test_a_section_of_all_articles_holds_any() -> None:
    lines = right()
    first(section="moi-nhat")(lines)
    assert kinds(lines) == []


def test_what_no_reader_may_open_must_not_be_stored() -> None:
    locked = held(5, url=None, title="Bảo vệ")
    state = [[held(1), locked]]
    line = stored(replace(locked, url=f"{HOST}/y-te/bai-5/"))
    assert compare(state, [NightRecord(Verdict.GOOD, (), (stored(held(1)),))], SECTIONS).findings == []
    night = NightRecord(Verdict.GOOD, (), (stored(held(1)), line))
    assert list(compare(state, [night], SECTIONS).counts()) == ["stranger"]


def test_an_address_that_moved_is_the_same_article() -> None:
    moved = held(1, url=f"{HOST}/van-hoa/bai-1-moi/", sections=("van-hoa",))
    nights = [NightRecord(Verdict.GOOD, (), (stored(held(1)),)), NightRecord(Verdict.GOOD, (), ())]
    assert compare([[held(1)], [moved]], nights, SECTIONS).findings == []
    again = replace(nights[1], lines=(stored(moved, key="bai-1-moi"),))
    assert list(compare([[held(1)], [moved]], [nights[0], again], SECTIONS).counts()) == ["twice"]
    copy, named = stored(moved, Event.DUPLICATE, key="bai-1-moi"), stored(moved, Event.MOVED_ADDRESS)
    assert compare([[held(1)], [moved]], [nights[0], replace(nights[1], lines=(copy, named))], SECTIONS).findings == []
    assert list(compare([[held(1)], [moved]], [nights[0], replace(nights[1], lines=(copy,))], SECTIONS).counts()) == [
        "twice"
    ]
