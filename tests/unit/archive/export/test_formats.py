"""Export every field and every text in JSONL, nothing that runs in CSV, whole files or none, one per cluster."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.__main__ import main
from archive.errors import ArchiveError, DiskFull
from archive.export.formats import COLUMNS, ExportFormat, Record, spreadsheet_cell, write_records
from archive.storage.run_record import read_lines
from archive.store import Archive
from pipelines.dedup import judge
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make, tree
from testing.near_duplicates import PLAN, release, replay

DANGEROUS = (
    "=1+1",
    "+84 233",
    "-5 độ",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    " =1",
    "﹦1",
    "\u200a=1",
)

CANONICAL = "da_nang/cau-2"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export") / "a"
    replay(root, PLAN, [sorted(portals) for portals in PLAN]).close()
    return root


@dataclass(frozen=True, slots=True)
class Done:
    """Hold the result of one command."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(list(arguments))
        except SystemExit as ended:  # argparse's own word on wrong usage
            code = int(ended.code or 0)
    return Done(int(code), out.getvalue(), err.getvalue())


def export(root: Path, target: Path, *options: str) -> list[dict[str, object]]:
    """Export as JSONL, which must go well, and return the records."""
    done = command("export", str(target), "--archive", str(root), *options)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in target.read_text(encoding="utf-8").split("\n")[:-1]]


def articles(records: list[dict[str, object]]) -> list[str]:
    return [f"{record['portal']}/{record['key']}" for record in records]


def test_jsonl_has_every_field_of_every_line_and_its_text(kept: Path, tmp_path: Path) -> None:
    records = export(kept, tmp_path / "all.jsonl")
    lines = [
        json.loads(raw)
        for night in sorted(kept.glob("20*/*/*"))
        for run in sorted(night.iterdir())
        if run.is_dir()
        for raw in read_lines(run / "articles.jsonl")
    ]
    added = ("night", "run", "text", "cluster")
    assert [{name: value for name, value in record.items() if name not in added} for record in records] == lines
    by_id = {record["id"]: record for record in records if record["file"]}
    for record in records:
        holder = by_id[record["duplicate_of"] or record["id"]]
        folder = kept / str(holder["night"]).replace("-", "/") / str(holder["run"])
        assert record["text"] == (folder / str(holder["file"])).read_text(encoding="utf-8")


def test_the_same_archive_gives_the_same_bytes(kept: Path, tmp_path: Path) -> None:
    for form in ExportFormat:
        one, other = tmp_path / f"one.{form}", tmp_path / f"other.{form}"
        for target in (one, other):
            assert command("export", str(target), "--archive", str(kept)).returncode == 0
        assert one.read_bytes() == other.read_bytes()


def test_one_per_cluster_is_the_canonical_article(kept: Path, tmp_path: Path) -> None:
    records = export(kept, tmp_path / "one.jsonl", "--one-per-cluster")
    assert articles(records) == ["bac_giang/bao-cao-1", "da_nang/cau-2", "ninh_thuan/rung-3", "da_nang/bao-cao-2"]
    assert [record["cluster"] for record in records] == articles(records)


def test_of_what_was_asked_for_the_first_of_a_cluster_stays(kept: Path, tmp_path: Path) -> None:
    records = export(kept, tmp_path / "one.jsonl", "--one-per-cluster", "--portal", "quang_tri")
    assert articles(records) == ["quang_tri/cau-4", "quang_tri/rung-4"]
    assert [record["cluster"] for record in records] == ["da_nang/cau-2", "ninh_thuan/rung-3"]


@pytest.mark.parametrize(
    ("options", "nights"),
    [
        (["--night", "2025-03-04"], {"2025-03-04"}),
        (["--since", "2025-03-04"], {"2025-03-04", "2025-03-05"}),
        (["--until", "2025-03-04"], {"2025-03-03", "2025-03-04"}),
        (["--since", "2025-03-04", "--until", "2025-03-04", "--portal", "da_nang"], {"2025-03-04"}),
    ],
    ids=["one night", "since", "until", "between"],
)
def test_nights_and_portals_are_chosen(kept: Path, tmp_path: Path, options: list[str], nights: set[str]) -> None:
    assert {record["night"] for record in export(kept, tmp_path / "x.jsonl", *options)} == nights


def test_a_folder_gets_a_file_for_each_night(kept: Path, tmp_path: Path) -> None:
    done = command("export", str(tmp_path / "out"), "--archive", str(kept), "--format", "csv")
    assert (done.returncode, done.stdout) == (0, f"14 versions of articles in 3 files: {tmp_path / 'out'}\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"2025-03-0{day}.csv" for day in (3, 4, 5)]


def test_list_leaves_one_per_cluster(kept: Path) -> None:
    done = command("list", "--archive", str(kept), "--one-per-cluster", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert articles(found) == ["bac_giang/bao-cao-1", "da_nang/cau-2", "ninh_thuan/rung-3", "da_nang/bao-cao-2"]
    done = command("list", "--archive", str(kept), "--one-per-cluster", "--limit", "1", "--portal", "quang_tri")
    assert done.stdout.split("\t")[3].startswith("quang_tri/cau-4@")


def test_show_names_what_is_near_and_the_canonical_article(kept: Path) -> None:
    done = command("show", "ninh_thuan/cau-3", "--archive", str(kept))
    near = [line for line in done.stdout.splitlines() if line.startswith("near: ")]
    assert {line.split("@")[0] for line in near} == {
        f"near: {name}" for name in ("bac_giang/cau-1", "quang_tri/cau-4", CANONICAL)
    }
    [last] = [line for line in near if CANONICAL in line]
    where = r"da_nang, 2025-03-03, https://danang\.gov\.vn\.replica\.test/cau-2; canonical of its cluster"
    assert re.fullmatch(rf"near: {CANONICAL}@[0-9a-f]{{16}} similarity 0\.6\d {where}", last)
    assert sum("canonical of its cluster" in line for line in near) == 1
    assert "cluster of 4 articles, the canonical one: da_nang/cau-2\n" in done.stdout
    done = command("show", "da_nang/cau-2", "--archive", str(kept))
    assert "cluster of 4 articles, the canonical one: it is itself\n" in done.stdout
    assert "cluster" not in command("show", "da_nang/bao-cao-2", "--archive", str(kept)).stdout


def test_a_text_that_cannot_be_read_is_reported_and_the_rest_is_exported(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "a")
    path = next((tmp_path / "a/2025/03/03/ninh_thuan").glob("000_*.txt"))
    path.unlink()
    done = command("export", str(tmp_path / "x.jsonl"), "--archive", str(tmp_path / "a"))
    records = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    without = [article for article, record in zip(articles(records), records, strict=True) if record["text"] is None]
    assert (done.returncode, len(records)) == (1, 14)
    assert without == ["da_nang/rung-2", "ninh_thuan/rung-3", "quang_tri/rung-4"], "the copies have no other text"
    assert f"without its text: 2025/03/03/ninh_thuan/{path.name}: No such file or directory" in done.stderr
    assert "3 could not be read; `python -m archive verify` names them all" in done.stderr


def test_a_reread_without_a_capture_of_its_own_is_exported(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(night, release("cau-2", "cầu"), at(FIRST))
        finish(night, at(FIRST))
        folder = archive.paths.night(FIRST) / "da_nang"
        raw = json.loads((folder / "articles.jsonl").read_text(encoding="utf-8"))
        raw |= {"warc": None, "an_older_field": 1}
        (folder / "articles.jsonl").write_text(json.dumps(raw) + "\n")
        archive.seal(FIRST, {})
    [record] = export(tmp_path / "a", tmp_path / "x.jsonl")
    assert (record["warc"], record["an_older_field"], record["key"]) == (None, 1, "cau-2")


def test_titles_do_not_run_in_a_spreadsheet(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        for number, title in enumerate(DANGEROUS):
            keep(night, ComposedArticle(f"k-{number:02}", title, (f"Đoạn {number}.",)), at(FIRST))
        finish(night, at(FIRST))
    assert command("export", str(tmp_path / "x.csv"), "--archive", str(tmp_path / "a")).returncode == 0
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [row["title"] for row in rows] == [f"'{title}" for title in DANGEROUS]
    assert (rows[0]["near"], rows[0]["bytes"].isdecimal(), rows[0]["author"]) == ("[]", True, "")


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = spreadsheet_cell(text)
    assert cell in (text, f"'{text}")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_a_failed_export_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "x.jsonl"
    target.write_text("before")

    def failing() -> Iterator[Record]:
        yield {"night": "2025-03-03"}
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskFull):
        write_records(target, ExportFormat.JSONL, failing())
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x.jsonl", "before")]
    with pytest.raises(ArchiveError):
        write_records(tmp_path / "nowhere/x.csv", ExportFormat.CSV, [])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["{out}/x.txt"], "add --format jsonl or --format csv"),
        (["{root}/x.jsonl"], "lies in the archive"),
        (["{out}/x.jsonl", "--night", "2025-03-03", "--since", "2025-03-03"], "give one or the other"),
        (["{out}/nowhere/x.jsonl"], "is no folder; make it first"),
        (["{out}/x.jsonl", "--since", "gestern"], "is no date"),
    ],
    ids=["no format", "into the archive", "a night and a span", "no such folder", "no date"],
)
def test_wrong_usage_is_exit_2_and_one_line(kept: Path, tmp_path: Path, arguments: list[str], why: str) -> None:
    before = tree(kept)
    done = command("export", *(one.format(out=tmp_path, root=kept) for one in arguments), "--archive", str(kept))
    assert (done.returncode, why in done.stderr) == (2, True)
    assert (tree(kept), list(tmp_path.iterdir())) == (before, [])


def test_an_open_run_is_not_exported_yet(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "a")
    with Archive.open(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST + timedelta(days=9), at(FIRST), judge)
        keep(night, release("moi", "cầu", sign="Ai đó"), at(FIRST))
        night.suspend()
    assert len(export(tmp_path / "a", tmp_path / "x.jsonl")) == 14
