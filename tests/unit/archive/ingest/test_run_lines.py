"""The committed lines of an open run stand in its files alone: they are read back as they were, and cost no memory."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import DamagedFile
from archive.ingest.run_lines import RunLines
from archive.model.enums import Outcome
from archive.model.records import PageRecord
from archive.storage.jsonl import decode_page, encode_page
from testing.archives import FIRST, RELEASE, SHORT, ComposedArticle, at, finish, judge, keep, make, walk

FORM = (encode_page, decode_page)


def page(number: int) -> PageRecord:
    moment = at(FIRST) + timedelta(seconds=number)
    return PageRecord(f"https://danang.gov.vn/{number}", Outcome.ARTICLE, moment, 200, key=f"k{number}")


def lines_of(path: Path, recovered: tuple[PageRecord, ...] = ()) -> RunLines[PageRecord]:
    return RunLines(path / "pages.jsonl", FORM, lambda each: each.outcome.value, recovered)


def test_lines_are_read_back_as_they_were_added(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    assert (list(lines), len(lines), lines.counts) == ([], 0, {})
    written = [page(number) for number in range(3)]
    lines.append(written[:1])
    lines.append(())
    lines.append(written[1:])
    assert list(lines) == written
    assert (len(lines), lines.counts) == (3, {"article": 3})
    assert [lines[at] for at in (0, 2, -1)] == [written[0], written[2], written[2]]
    with pytest.raises(IndexError):
        lines[3]


def test_a_walk_takes_the_lines_that_stood_there_when_it_began(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines.append([page(0), page(1)])
    walked = iter(lines)
    assert next(walked) == page(0)
    lines.append([page(2)])
    assert list(walked) == [page(1)]


def test_recovered_lines_are_followed_by_new_ones(tmp_path: Path) -> None:
    lines_of(tmp_path).append([page(0), page(1)])
    again = lines_of(tmp_path, (page(0), page(1)))
    again.append([page(2)])
    assert list(again) == [page(0), page(1), page(2)]
    assert (again[1], again[2], again.counts) == (page(1), page(2), {"article": 3})


def test_a_file_that_was_cut_meanwhile_is_named(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines.append([page(0), page(1)])
    path = tmp_path / "pages.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DamagedFile, match=r"pages\.jsonl"):
        list(lines)
    path.unlink()
    with pytest.raises(DamagedFile, match=r"pages\.jsonl"):
        lines[0]


def test_a_line_leaves_its_place_in_memory_and_nothing_else(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    kept = []
    tracemalloc.start()
    try:
        for start in (0, 200, 400):
            lines.append([page(number) for number in range(start, start + 200)])
            assert sum(1 for _ in lines) == start + 200
            kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert kept[2] - kept[1] <= 200 * 16


def test_a_version_is_compared_with_one_of_this_night_behind_a_damaged_line(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    walk(night, [RELEASE, SHORT], at(FIRST))
    for article in (RELEASE, SHORT):
        keep(night, article, at(FIRST))
    night.commit()
    (night.folder / next(line.file or "" for line in night.articles)).unlink()
    night.suspend()
    again = archive.start("da_nang", FIRST, at(FIRST) + timedelta(minutes=5), judge)
    assert [line.seq for line in again.articles] == [1]
    edited = ComposedArticle(SHORT.key, SHORT.title, (*SHORT.paragraphs, "Đoạn thêm về cầu Bến Đá."))
    keep(again, edited, at(FIRST) + timedelta(minutes=5))
    again.commit()
    revision = again.articles[-1]
    assert (revision.seq, revision.changes) == (2, ("paragraph_added",))
    finish(again, at(FIRST) + timedelta(minutes=6))
