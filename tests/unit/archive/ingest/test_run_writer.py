"""A portal's night: what is committed, what a crash leaves, what a restart adopts."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from warcio.archiveiterator import ArchiveIterator

from archive.audit.verify import verify
from archive.errors import ArchiveError, RunBusy, UsageError
from archive.ingest import run_writer
from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind, Outcome, WalkEnd
from archive.model.records import Capture, ListEntry, PageRecord
from archive.storage.run_record import read_lines
from archive.storage.warc import payload_digest
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, RELEASE, SHORT, ComposedArticle, at, finish, judge, keep, make, walk


def articles(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in read_lines(folder / "articles.jsonl")]


def test_nothing_is_committed_before_the_batch_is_full_or_five_seconds_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(run_writer, "monotonic", lambda: clock[0])
    night = make(tmp_path / "a").start("da_nang", FIRST, at(FIRST), judge)
    for number in range(24):
        keep(night, ComposedArticle(f"k{number}", f"Tin {number}", (f"Đoạn {number}.",)), at(FIRST))
    assert articles(night.folder) == []
    keep(night, SHORT, at(FIRST))
    assert len(articles(night.folder)) == 25
    keep(night, RELEASE, at(FIRST))
    clock[0] += 4.9
    walk(night, [], at(FIRST))
    assert len(articles(night.folder)) == 25
    clock[0] += 0.1
    walk(night, [], at(FIRST))
    assert len(articles(night.folder)) == 26
    night.suspend()


def test_a_text_is_named_by_its_line_and_its_hash(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0, ["da_nang"])
    folder = archive.paths.night(FIRST) / "da_nang"
    first = articles(folder)[0]
    text = (folder / str(first["file"])).read_text(encoding="utf-8")
    assert str(first["file"]) == f"000_{str(first['sha256'])[:16]}.txt"
    assert text == "Thông cáo về cầu Bến Đá\n\n08:00 03/03/2025\n\nCầu Bến Đá thông xe ngày 10/3.\n\nVăn phòng\n"
    assert first["id"] == f"da_nang/thong-cao@{str(first['sha256'])[:16]}"


def test_an_unchanged_article_leaves_a_page_line_and_no_event(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0, ["da_nang"])
    night = archive.start("da_nang", FIRST + timedelta(days=1), at(FIRST), judge)
    keep(night, RELEASE, at(FIRST))
    run = finish(night, at(FIRST))
    assert run.events == {}
    assert run.outcomes == {"article": 1}


def test_a_doubtful_article_is_set_aside_with_its_reasons(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(night, RELEASE, at(FIRST), ("legacy font text (TCVN3)",))
    run = finish(night, at(FIRST))
    line = articles(archive.paths.night(FIRST) / "da_nang")[0]
    assert run.events == {"quarantined": 1}
    assert line["reasons"] == ["legacy font text (TCVN3)"]
    assert (archive.paths.root / str(line["file"])).is_file()
    assert str(line["file"]).startswith("quarantine/2025/03/03/da_nang/")
    assert not list((archive.paths.night(FIRST) / "da_nang").glob("*.txt"))


def test_one_process_writes_a_portal(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    with pytest.raises(RunBusy, match="da_nang is being crawled into this archive by another process"):
        archive.start("da_nang", FIRST, at(FIRST), judge)
    night.suspend()
    archive.start("da_nang", FIRST, at(FIRST), judge).suspend()


def test_a_closed_night_is_repeated_beside_it(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    assert night.run == "da_nang.2"
    finish(night, at(FIRST))
    assert [run.run for run in archive.runs(FIRST)] == ["da_nang", "da_nang.2", "quang_tri"]


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    walk(night, [RELEASE, SHORT], at(FIRST))
    keep(night, RELEASE, at(FIRST))
    night.suspend()
    again = archive.start("da_nang", FIRST, at(FIRST) + timedelta(minutes=5), judge)
    assert [entry.key for entry in again.lookups.pending()] == ["thong-bao"]
    keep(again, SHORT, at(FIRST) + timedelta(minutes=5))
    run = finish(again, at(FIRST) + timedelta(minutes=6))
    assert (run.attempts, run.events) == (2, {"new": 2})
    folder = archive.paths.night(FIRST) / "da_nang"
    assert [path.name for path in sorted(folder.glob("*.warc.gz"))] == ["pages-00001.warc.gz", "pages-00002.warc.gz"]


def test_a_response_that_was_never_understood_still_has_its_line(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    night.capture(Capture("https://danang.gov.vn.replica.test/x", 200, (), b"x", at(FIRST), ArchiveKind.REPLICA))
    run = finish(night, at(FIRST))
    assert run.outcomes == {"error": 1}


def test_known_before_the_last_complete_walk(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    assert night.lookups.last_walk("tin") is None
    walk(night, [RELEASE], at(FIRST))
    night.commit()
    assert night.lookups.last_walk("tin") == night.night
    url = "https://danang.gov.vn.replica.test/tin"
    ref = night.capture(Capture(url, 200, (), b"2", at(FIRST), ArchiveKind.REPLICA))
    listed = (ListEntry("moi", url, "Mới"), ListEntry("thong-cao", url, "Cũ"))
    night.write(PageRecord(url, Outcome.LISTING, at(FIRST), 200, section="tin", warc=ref, listed=listed, page_number=1))
    night.commit()
    assert night.lookups.known_before_last_walk("tin", ["moi", "thong-cao"]) == {"thong-cao"}
    ref = night.capture(Capture(url, 200, (), b"3", at(FIRST), ArchiveKind.REPLICA))
    night.write(
        PageRecord(url, Outcome.LISTING, at(FIRST), 200, section="tin", warc=ref, page_number=2, walk_end=WalkEnd.KNOWN)
    )
    night.commit()
    assert night.lookups.known_before_last_walk("tin", ["moi", "thong-cao"]) == {"moi", "thong-cao"}
    night.suspend()


def test_the_same_body_again_is_a_revisit_and_secrets_stay_out(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    url = "https://danang.gov.vn.replica.test/tin.rss"
    for number in range(2):
        night = archive.start("da_nang", FIRST + timedelta(days=number), at(FIRST), judge)
        request = (("Cookie", "JSESSIONID=canary"), ("authorization", "canary"), ("Accept", "text/html"))
        ref = night.capture(Capture(url, 200, (), b"<rss/>", at(FIRST), ArchiveKind.REPLICA, request_headers=request))
        night.write(PageRecord(url, Outcome.LISTING, at(FIRST), 200, section="tin", warc=ref))
        finish(night, at(FIRST))
    kinds = []
    for number in range(2):
        path = archive.paths.night(FIRST + timedelta(days=number)) / "da_nang/pages-00001.warc.gz"
        raw = b""
        for record in ArchiveIterator(BytesIO(path.read_bytes()), check_digests="raise"):
            kinds.append(record.rec_type)
            raw += record.content_stream().read() + str(record.http_headers).encode()
            if record.rec_type == "revisit":
                assert record.rec_headers.get_header("WARC-Payload-Digest") == payload_digest(b"<rss/>")
        assert b"canary" not in raw
        assert b"Accept" in raw
    assert kinds == ["warcinfo", "request", "response", "warcinfo", "request", "revisit"]


def test_addresses_that_are_asked_together_are_looked_up_at_once(tmp_path: Path) -> None:
    archive, urls = make(tmp_path / "a"), [f"https://danang.gov.vn.replica.test/{key}" for key in ("a", "b", "c")]

    def ask(night: RunWriter, url: str, body: bytes = b"<p/>") -> None:
        ref = night.capture(Capture(url, 200, (), body, at(FIRST), ArchiveKind.REPLICA))
        night.write(PageRecord(url, Outcome.GONE, at(FIRST), 200, section="tin", warc=ref))

    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    for url in urls[:2]:
        ask(night, url)
    finish(night, at(FIRST))
    night = archive.start("da_nang", FIRST + timedelta(days=1), at(FIRST), judge)
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: bool) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    night.lookups.expect(urls)
    for url in urls:
        ask(night, url)
    event.remove(Engine, "before_cursor_execute", note)
    assert len(asked) == 1
    night.lookups.expect(urls)
    night.commit()
    ask(night, urls[2])  # committed since it was looked up
    ask(night, urls[0], b"<b/>")
    finish(night, at(FIRST))
    path = archive.paths.night(night.night) / "da_nang/pages-00001.warc.gz"
    kinds = [record.rec_type for record in ArchiveIterator(BytesIO(path.read_bytes())) if record.rec_type[-2:] != "st"]
    assert kinds == ["warcinfo", "revisit", "revisit", "response", "revisit", "response"]


def test_a_live_night_before_the_last_seal_is_refused(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "a", ArchiveKind.LIVE, composed.ARCHIVE_ID, at(FIRST))
    finish(archive.start("da_nang", FIRST, at(FIRST), judge), at(FIRST))
    archive.seal(FIRST, {})
    with pytest.raises(UsageError, match="2025-03-02 lies before the last sealed night 2025-03-03"):
        archive.start("da_nang", FIRST - timedelta(days=1), at(FIRST), judge)


def test_after_a_failed_batch_nothing_more_is_kept(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(night, RELEASE, at(FIRST))
    (night.folder / "pages.jsonl").mkdir()
    with pytest.raises(ArchiveError, match="cannot commit the night of da_nang"):
        night.commit()
    with pytest.raises(ArchiveError, match="a batch failed before"):
        night.commit()
    (night.folder / "pages.jsonl").rmdir()
    night.abandon()
    again = archive.start("da_nang", FIRST, at(FIRST), judge)
    assert not again.lookups.is_stored("thong-cao")
    assert any("a text without a line" in note for note in again.recovery_notes)
    keep(again, RELEASE, at(FIRST))
    finish(again, at(FIRST))
    archive.seal(FIRST, {})
    assert verify(archive.identity, archive.paths).findings == []


@pytest.mark.parametrize("damage", ["torn line", "lost text", "torn record", "stray text", "temporary file"])
def test_recovery_adopts_what_holds_and_sets_the_rest_aside(tmp_path: Path, damage: str) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(night, RELEASE, at(FIRST))
    keep(night, SHORT, at(FIRST))
    night.suspend()
    folder, warc = night.folder, night.folder / "pages-00001.warc.gz"
    lost = {"torn line": 0, "lost text": 1, "torn record": 0, "stray text": 0, "temporary file": 0}[damage]
    if damage == "torn line":
        with (folder / "articles.jsonl").open("ab") as stream:
            stream.write(b'{"event":"new","id":"da_na')
    elif damage == "lost text":
        next(folder.glob("001_*.txt")).write_bytes(b"\0" * 20)
    elif damage == "torn record":
        with warc.open("ab") as stream:
            stream.write(b"\x1f\x8b\x08\x00torn")
    elif damage == "stray text":
        (folder / "002_0123456789abcdef.txt").write_text("không có dòng nào")
    else:
        (folder / ".tmp-1-0").write_text("dở dang")
    size = warc.stat().st_size
    again = archive.start("da_nang", FIRST, at(FIRST), judge)
    assert len(articles(folder)) == 2 - lost
    assert len(again.recovery_notes) == {"lost text": 2, "temporary file": 0}.get(damage, 1)
    assert warc.stat().st_size == size - (8 if damage == "torn record" else 0)
    again.suspend()
    third = archive.start("da_nang", FIRST, at(FIRST), judge)
    assert third.recovery_notes == ()
    keep(third, SHORT, at(FIRST))
    finish(third, at(FIRST))
    archive.seal(FIRST, {})
    assert verify(archive.identity, archive.paths).findings == []
    assert {line["key"] for line in articles(archive.paths.night(FIRST) / "da_nang")} == {"thong-cao", "thong-bao"}
