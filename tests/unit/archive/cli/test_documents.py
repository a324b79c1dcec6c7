"""`archive documents`: series, holes and places of numbered documents, asked as an auditor asks."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.audit.verify import verify
from archive.errors import ExitCode
from archive.messages.reason import Reason
from archive.store import Archive
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep, make, walk

HELD_BACK = (5, 9, 10)


def said(number: int) -> ComposedArticle:
    """Return an article that names one document of the province, one of a commune with the number before it, and one of the state's."""
    day = FIRST + timedelta(days=number)
    words = f"UBND thành phố ban hành Quyết định số {number}/QĐ-UBND ngày {day:%d/%m/%Y} về việc giao đất."
    cited = (
        f"Căn cứ Nghị định số 30/2020/NĐ-CP; Quyết định {number - 1}/QĐ-UBND ngày {day:%d/%m/%Y} của UBND xã Tân Lộ."
    )
    return ComposedArticle(f"tin-{number}", f"Tin {number}", (words, cited), f"{day}T09:00:00+07:00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty nights of one portal; on the day of number 9 and the three after it, nobody answered."""
    root = tmp_path_factory.mktemp("documents") / "a"
    with make(root) as archive:
        for number in range(1, 21):
            night = FIRST + timedelta(days=number)
            if number in (9, 10, 11, 12):
                archive.seal(night, {"da_nang": Reason.sentence("the host did not answer")})
                continue
            crawl = archive.start("da_nang", night, at(night), judge)
            numbers = {number} | ({11, 12} if number == 13 else set())
            articles = [said(one) for one in sorted(numbers - set(HELD_BACK))]
            walk(crawl, articles, at(night))
            for item in articles:
                keep(crawl, item, at(night))
            finish(crawl, at(night))
            archive.seal(night, {})
    return root


def printed(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> tuple[int, list[str]]:
    code = main(["documents", "--archive", str(folder), *arguments])
    return code, capsys.readouterr().out.splitlines()


def test_series_are_reported_in_a_line_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = printed(capsys, folder)
    assert code == ExitCode.GOOD
    assert lines == [
        "da_nang  QĐ-UBND 2025: 1–20, seen 17 of 20, 3 missing; complete 84%  (da_nang)",
        "1 series; left out as too thin: 1 with fewer than 10 numbers",
    ]


def test_holes_are_reported_with_days_and_with_nights_that_were_not_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = printed(capsys, folder, "--holes", "--portal", "da_nang", "--year", "2025")
    assert code == ExitCode.FINDINGS
    assert lines[1:] == [
        "  5  after 2025-03-07, by 2025-03-09; da_nang missed 2025-03-12",
        "  9–10  after 2025-03-11, by 2025-03-14; da_nang missed 2025-03-12",
    ]


def test_programs_get_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = printed(capsys, folder, "--json")
    (series,) = map(json.loads, lines)
    assert code == ExitCode.GOOD
    assert (series["first"], series["last"], series["seen"], series["missing"]) == (1, 20, 17, 3)
    assert [(hole["first"], hole["last"]) for hole in series["holes"]] == [(5, 5), (9, 10)]
    assert series["holes"][1]["gaps"] == [{"portal": "da_nang", "day": "2025-03-12", "state": "missed"}]


def test_where_a_number_is_named_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = printed(capsys, folder, "11/QĐ-UBND")
    assert code == ExitCode.GOOD
    assert [line.split("\t")[0] for line in lines] == ["2025-03-16", "2025-03-16"]
    assert lines[0].endswith("11/QĐ-UBND\tissued 2025-03-14")
    assert lines[1].endswith("11/QĐ-UBND\tissued 2025-03-15\tby UBND xã Tân Lộ")
    _, lines = printed(capsys, folder, "30/2020/NĐ-CP", "--json")
    assert len(lines) == 17
    code, lines = printed(capsys, folder, "999/QĐ-UBND")
    assert (code, lines) == (ExitCode.FINDINGS, ["no text names 999/QĐ-UBND"])


def test_a_commune_s_number_fills_no_hole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The article of number 6 names 5/QĐ-UBND of a commune."""
    _, lines = printed(capsys, folder, "5/QĐ-UBND")
    assert [line.split("\t")[-1] for line in lines] == ["by UBND xã Tân Lộ"]


def test_what_is_no_number_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "--archive", str(folder), "quyết định"]) == ExitCode.USAGE
    assert "is no number of a document; write it as 1204/QĐ-UBND" in capsys.readouterr().err


def test_the_rows_are_made_again_from_the_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = printed(capsys, folder, "--holes")
    assert main(["rebuild", "--archive", str(folder)]) == ExitCode.GOOD
    capsys.readouterr()
    assert printed(capsys, folder, "--holes") == before
    with Archive.open(folder, read_only=True) as archive:
        assert verify(archive.identity, archive.paths).findings == []
