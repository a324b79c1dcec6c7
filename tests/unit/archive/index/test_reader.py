"""Reading back what was served: whole responses, revisits of revisits, duplicates, and damage that is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.index.reader import ArchiveReader, Unreadable
from archive.index.rows import EventRow
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import Capture, CapturePlace, Document, PageRecord
from archive.store import Archive
from testing.archives import FIRST, RELEASE, at, finish, judge, keep, make, run_night

URL = "https://www.ba-song.vn.replica.test/tin/mot.html"
BODY = "<h1>Họp về đê</h1><p>Đê được nâng cấp.</p>".encode()
HEADERS = (("Content-Type", "text/html; charset=utf-8"),)


def serve(archive: Archive, number: int, words: str, body: bytes = BODY, status: int = 200) -> None:
    """Record a night on which the address answers so, with these words as text: each night a new version."""
    night = FIRST + timedelta(days=number)
    run = archive.start("ba_song", night, at(night), judge)
    ref = run.capture(Capture(URL, status, HEADERS, body, at(night), ArchiveKind.REPLICA))
    text = f"Họp về đê\n\n{words}\n"
    document = Document("ba_song", "tin", URL, "mot", "Họp về đê", text, text, at(night), ArchiveKind.REPLICA, ref)
    run.write(PageRecord(URL, Outcome.ARTICLE, at(night), status, key="mot", section="tin", warc=ref), document)
    finish(run, at(night))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three nights with one body: a response, a revisit of it, and a revisit of the revisit."""
    with make(tmp_path / "a") as made:
        for number, words in enumerate(("Một.", "Hai.", "Ba.")):
            serve(made, number, words)
        yield made


def versions(archive: Archive) -> list[EventRow]:
    with archive.index.reading() as queries:
        return queries.events.find(portal="ba_song")


def served(captures: ArchiveReader, found: EventRow) -> Capture:
    return captures.served(captures.place(found), found.portal, ArchiveKind.REPLICA)


def damage(archive: Archive, place: CapturePlace) -> str:
    """Change one byte in the middle of a record; the words with which the error has to begin."""
    path = archive.paths.night(place.night) / place.run / place.file
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    path.write_bytes(data)
    return f"{path.relative_to(archive.paths.root)} at {place.offset}: the record of {place.length} bytes"


@pytest.mark.parametrize("number", [0, 1, 2], ids=["response", "revisit", "revisit of a revisit"])
def test_what_was_served_comes_back_as_served(archive: Archive, number: int) -> None:
    capture = served(archive.captures, versions(archive)[number])
    moment = at(FIRST + timedelta(days=number))
    assert (capture.url, capture.status, capture.headers, capture.body) == (URL, 200, HEADERS, BODY)
    assert capture.fetched_at == moment


def test_a_body_that_came_back_after_another_is_the_right_one(archive: Archive) -> None:
    other = BODY.replace(b"n\xc3\xa2ng", b"x\xc3\xa2y")
    serve(archive, 3, "Bốn.", other)
    serve(archive, 4, "Năm.", BODY)
    serve(archive, 5, "Sáu.", BODY)
    assert [served(archive.captures, found).body for found in versions(archive)[3:]] == [other, BODY, BODY]


def test_the_answer_not_modified_gives_the_body_it_stands_for(archive: Archive) -> None:
    serve(archive, 3, "Bốn.", b"", 304)
    capture = served(archive.captures, versions(archive)[3])
    assert (capture.status, capture.body) == (304, BODY)


def test_a_damaged_response_is_named_by_file_and_offset(archive: Archive) -> None:
    first = versions(archive)[0]
    words = damage(archive, archive.captures.place(first))
    with pytest.raises(Unreadable, match=words):
        served(archive.captures, first)


def test_a_revisit_whose_body_is_damaged_names_the_capture_that_held_it(archive: Archive) -> None:
    first, _, third = versions(archive)
    words = damage(archive, archive.captures.place(first))
    with pytest.raises(Unreadable, match=words):
        served(archive.captures, third)


def test_damage_between_a_revisit_and_its_body_does_no_harm(archive: Archive) -> None:
    _, second, third = versions(archive)
    damage(archive, archive.captures.place(second))
    assert served(archive.captures, third).body == BODY


def test_another_whole_copy_of_the_body_will_do(archive: Archive) -> None:
    serve(archive, 3, "Bốn.", b"<p>x</p>")
    serve(archive, 4, "Năm.", BODY)
    damage(archive, archive.captures.place(versions(archive)[0]))
    assert served(archive.captures, versions(archive)[1]).body == BODY


def test_a_capture_that_is_nowhere_is_said_to_be_nowhere(archive: Archive) -> None:
    second = versions(archive)[1]
    place = archive.captures.place(second)
    with pytest.raises(Unreadable, match=r"2025/03/04/ba_song/pages-00001.warc.gz at \d+: the capture of 2025-03-03T"):
        archive.captures.served(place, "da_nang", ArchiveKind.REPLICA)


def test_a_missing_file_is_named(archive: Archive) -> None:
    first = versions(archive)[0]
    (archive.paths.night(FIRST) / "ba_song" / "pages-00001.warc.gz").unlink()
    with pytest.raises(Unreadable, match=r"2025/03/03/ba_song/pages-00001\.warc\.gz at "):
        served(archive.captures, first)


def test_a_run_that_is_still_open_is_read_where_it_lies(archive: Archive) -> None:
    night = FIRST + timedelta(days=3)
    run = archive.start("ba_song", night, at(night), judge)
    keep(run, RELEASE, at(night))
    run.commit()
    found = versions(archive)[-1]
    assert served(archive.captures, found).body.startswith("<h1>Thông cáo".encode())
    assert archive.captures.content(found)[0] == RELEASE.title
    run.suspend()


def test_the_content_is_the_text_without_its_published_line(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        run_night(archive, 0, ["quang_tri"])
        run_night(archive, 1, ["quang_tri"])
        night = date(2025, 3, 10)
        copying = archive.start("da_nang", night, at(night), judge)
        keep(copying, RELEASE, at(night))
        finish(copying, at(night))
        with archive.index.reading() as queries:
            kept, copied = queries.events.find(words="Thông cáo")
        assert copied.file is None
        content = (RELEASE.title, *RELEASE.paragraphs)
        assert archive.captures.content(kept) == archive.captures.content(copied) == content


def test_a_text_that_was_changed_is_not_taken_for_the_one_that_was_kept(archive: Archive) -> None:
    first = versions(archive)[0]
    path = archive.paths.night(FIRST) / "ba_song" / str(first.file)
    path.write_text("Họp về đê\n\nKhác.\n", encoding="utf-8")
    with pytest.raises(Unreadable, match=f"2025/03/03/ba_song/{first.file} is not the text that its line names"):
        archive.captures.content(first)


def test_a_line_that_cannot_be_read_is_named(archive: Archive) -> None:
    first = versions(archive)[0]
    (archive.paths.night(FIRST) / "ba_song" / "articles.jsonl").write_bytes(b'{"event":"new"}\n')
    with pytest.raises(Unreadable, match=r"2025/03/03/ba_song/articles.jsonl: line 0 cannot be read"):
        archive.captures.line(first)
