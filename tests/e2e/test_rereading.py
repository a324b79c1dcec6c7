"""New readings of old captures: kept by `reextract --accept` and found by the nightly crawl, provable, never revisions."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from archive.audit.findings import Code
from archive.audit.verify import verify
from archive.messages.reason import Reason
from archive.model.enums import Event, FinishReason, Verdict
from archive.storage.paths import read_identity
from archive.storage.run_record import read_run
from archive.store import Archive
from crawler.reextract.reextract import accept, target_night
from crawler.reports.night_table import last_run
from pipelines.dedup import judge_reread
from pipelines.reread import reread_document
from testing.archives import at, tree
from testing.crawl import NIGHT, ROOT, crawl, new_archive, the_night
from testing.http_server import HttpServer
from testing.once import once
from testing.portals.later.ba_song import BULLETIN
from testing.reextraction import (
    FIRST_PARAGRAPH,
    LATER,
    NEXT,
    SECOND_PARAGRAPH,
    copy_of,
    crawl_night,
    crawled_night,
    intact,
    page,
    portal,
    read_with,
    reextract,
    rows,
    spoil,
    stored_line,
)


@pytest.fixture(scope="session")
def crawled(session_folder: Path) -> Path:
    """One sealed night."""
    return once(session_folder / "crawled", crawled_night)


@pytest.fixture
def root(crawled: Path, tmp_path: Path) -> Path:
    """Copy the archive, to write into it."""
    return copy_of(crawled, tmp_path)


@pytest.fixture(scope="session")
def accepted(crawled: Path, session_folder: Path) -> Path:
    """Make the archive in whose next night the new reading was stored."""
    return once(session_folder / "accepted", lambda folder: _accepted(crawled, folder))


def _accepted(crawled: Path, folder: Path) -> Path:
    folder.mkdir()
    root = copy_of(crawled, folder)
    done = reextract(root, "--accept", "--night", NEXT.isoformat())
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(f"kept 1 new reading in {NEXT} as ba_song; what was kept before is as it was\n")
    return root


@pytest.fixture
def kept(accepted: Path, tmp_path: Path) -> Path:
    """Copy that archive, to write into it."""
    return copy_of(accepted, tmp_path)


def test_accepted_readings_are_new_files_that_name_the_old_version_and_its_capture(
    crawled: Path, accepted: Path
) -> None:
    line = stored_line(accepted)
    _, _, articles = the_night(accepted)
    old = next(article for article in articles if article.key == "tau")
    assert (line.event, line.revision_of) == (Event.REREAD, old.id)
    assert (line.fetched_at, line.url, line.section) == (old.fetched_at, old.url, old.section)
    assert line.warc is None
    assert line.read_from is not None
    assert old.warc is not None
    assert (line.read_from.night, line.read_from.run, line.read_from.ref) == (NIGHT, "ba_song", old.warc)
    text = (accepted / "2025/03/06/ba_song" / str(line.file)).read_text(encoding="utf-8")
    assert BULLETIN not in text
    before, after = tree(crawled), tree(accepted)
    assert {path: after[path] for path in before} == before, "nothing that was there is touched"


def test_twice_stores_once_and_the_archive_stays_intact(kept: Path) -> None:
    again = reextract(kept, "--accept", "--night", NEXT.isoformat())
    assert again.code == 0
    assert not (kept / "2025/03/06/ba_song.2").exists()
    with Archive.open(kept) as archive:
        archive.seal(NEXT, {})
    assert intact(kept)
    subprocess.run([sys.executable, "-m", "archive", "rebuild", "--archive", str(kept)], cwd=ROOT, check=True)
    assert intact(kept)


def test_a_later_rule_reads_the_same_capture_and_not_the_reading(kept: Path) -> None:
    first = stored_line(kept)
    done = reextract(kept, "--accept", "--night", NEXT.isoformat(), later=False)
    assert done.code == 0
    _, _, (second,) = the_night(kept, "ba_song.2", NEXT)
    assert (second.event, second.revision_of, second.read_from) == (Event.REREAD, first.id, first.read_from)


def test_in_a_rehearsal_tonight_is_the_last_night_of_the_archive(root: Path) -> None:
    assert reextract(root, "--accept").out.endswith("in 2025-03-05 as ba_song.2; what was kept before is as it was\n")
    with Archive.open(root) as archive:
        assert archive.seal(NIGHT, {}).number == 2
    assert intact(root)


def test_such_a_run_is_no_night_of_the_portal(kept: Path) -> None:
    record = read_run(kept / "2025/03/06/ba_song")
    assert (record.finish_reason, record.verdict, record.complete) == (FinishReason.REEXTRACT, Verdict.GOOD, True)
    assert (record.listed, record.requests, record.outcomes, record.events) == (0, 0, {}, {"reread": 1})
    with Archive.open(kept) as archive:
        history = archive.history("ba_song", NEXT + timedelta(days=1), 10)
        assert [(run.night, run.run) for run in history] == [(NIGHT, "ba_song")]
        assert last_run(archive, "ba_song", NEXT) is None
        assert archive.seal(NEXT, {"ba_song": Reason.sentence("the host did not answer")}).missed == {
            "ba_song": Reason.sentence("the host did not answer")
        }


def test_the_crawl_goes_on_from_the_new_reading(kept: Path) -> None:
    line = stored_line(kept)
    articles = {"tau": page(), "ghe": page(bulletin="", second="Ghe cũ được giữ lại làm bảo tàng xã.")}
    crawl_night(kept, NEXT, articles, *LATER)
    record, _, lines = the_night(kept, "ba_song.2", NEXT)
    assert (record.complete, list(lines)) == (True, [])
    crawl_night(kept, NEXT + timedelta(days=1), articles | {"tau": page("Tàu thứ mười ba hạ thủy hôm qua.")}, *LATER)
    _, _, (revised,) = the_night(kept, night=NEXT + timedelta(days=1))
    assert (revised.event, revised.revision_of) == (Event.REVISION, line.id)


def test_what_the_rules_explain_is_reread_and_what_the_publisher_did_is_a_revision(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    edited = page("Ông Trần Văn Lúa cho biết mười ba tàu đã hạ thủy và đi xa hơn tàu gỗ.")
    crawl_night(root, NIGHT, {"tau": page(), "sua": page(FIRST_PARAGRAPH), "ngay": page(second="Hết mùa gió chướng.")})
    moved = page(second="Hết mùa gió chướng.", day="04/03/2025 09:30")
    crawl_night(root, NEXT, {"tau": page(), "sua": edited, "ngay": moved}, *LATER)
    record, _, lines = the_night(root, night=NEXT)
    assert {line.key: line.event for line in lines} == {
        "tau": Event.REREAD,
        "sua": Event.REVISION,
        "ngay": Event.REDATED,
    }
    _, _, first = the_night(root)
    assert {line.key: line.revision_of for line in lines} == {line.key: line.id for line in first}
    assert record.extraction["reread"] == 3
    assert all(line.warc is not None and line.read_from is None for line in lines)
    with Archive.open(root) as archive:
        archive.seal(NIGHT, {})
        archive.seal(NEXT, {})
    assert intact(root)
    assert ["unchanged", "3"] in rows(reextract(root)), "a revisit is read through the capture it refers to"


def test_an_edited_page_is_a_revision_when_no_rule_changed(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    crawl_night(root, NIGHT, {"tau": page()})
    crawl_night(root, NEXT, {"tau": page("Tàu thứ mười ba hạ thủy hôm qua, dài hai mươi lăm mét.")})
    _, _, (line,) = the_night(root, night=NEXT)
    assert line.event is Event.REVISION


def test_a_change_whose_old_capture_is_damaged_counts_as_the_publishers(root: Path) -> None:
    spoil(root, "tau")
    with HttpServer(portal({"tau": page()})) as server:
        done = crawl("--archive", str(root), "--night", NEXT.isoformat(), *LATER, port=server.port)
    assert "is not read again: 2025/03/05/ba_song/pages-00001.warc.gz at " in done.err
    record, _, (line,) = the_night(root, night=NEXT)
    assert (line.event, record.extraction["reread failed"]) == (Event.REVISION, 1)


def test_damage_to_the_capture_behind_a_reading_is_found(kept: Path) -> None:
    line = stored_line(kept)
    where = spoil(kept, "tau").partition(" at ")[0]
    findings = verify(read_identity(kept), Archive.open(kept).paths).findings
    assert (Code.CAPTURE, where) in [(one.code, one.path) for one in findings]
    assert any(f"which {line.id} was read from" in str(one.detail) for one in findings)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"run":"ba_song","sha256"', '"run":"../ba_song","sha256"', "no capture of its portal"),
        ('"run":"ba_song","sha256"', '"run":"da_nang","sha256"', "no capture of its portal"),
        ('"file":"pages-00001.warc.gz"', '"file":"../pages-00001.warc.gz"', "no capture of its portal"),
        ('"night":"2025-03-05"', '"night":"2025-03-04"', "is missing, cut or changed"),
        ('"read_from":{', '"was_from":{', "should name one capture"),
    ],
    ids=["outside", "another portal", "another folder", "another night", "none"],
)
def test_a_reading_that_names_no_capture_is_found(kept: Path, old: str, new: str, message: str) -> None:
    path = kept / "2025/03/06/ba_song/articles.jsonl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    findings = verify(read_identity(kept), Archive.open(kept).paths).findings
    assert any(message in str(one.detail) for one in findings)


def test_a_reading_made_before_the_article_went_on_is_not_kept(root: Path) -> None:
    with Archive.open(root) as archive:
        result = read_with(archive, BULLETIN)
        crawl_night(root, NEXT, {"tau": page("Tàu thứ mười ba hạ thủy hôm qua, dài hai mươi lăm mét.")})
        accept(archive, result, NEXT, at(NEXT))
    assert result.stored == 0


def test_an_interrupted_accept_goes_on_where_it_stopped(root: Path) -> None:
    with Archive.open(root) as archive:
        (reading,) = read_with(archive, BULLETIN).changed
        run = archive.start("ba_song", NEXT, at(NEXT), judge_reread)
        run.write(None, reread_document(reading.line, reading.place, reading.article, run))
        run.commit()
        run.abandon()
        assert target_night(archive, "ba_song", NEXT, NEXT) == NEXT
        result = read_with(archive, BULLETIN, SECOND_PARAGRAPH)
        accept(archive, result, NEXT, at(NEXT))
    record, _, lines = the_night(root, night=NEXT)
    assert (record.attempts, [line.event for line in lines]) == (2, [Event.REREAD, Event.REREAD])
    assert lines[1].revision_of == lines[0].id
    assert intact(root)
