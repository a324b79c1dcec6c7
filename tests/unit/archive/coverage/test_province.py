"""Coverage and export by province: today's province with its predecessors, and what was published under which."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.model.enums import FinishReason
from testing.archives import FIRST, NIGHTS, at, good, judge, keep, make, walk

BELONGS = {"da_nang": "danang", "quang_tri": "quangbinh"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One night: a portal of Đà Nẵng, and one that still belonged to Quảng Bình."""
    archive = make(tmp_path_factory.mktemp("provinces") / "archive")
    for portal, articles in NIGHTS[0].items():
        crawl = archive.start(portal, FIRST, at(FIRST), judge)
        walk(crawl, articles, at(FIRST))
        for item in articles:
            keep(crawl, item, at(FIRST))
        crawl.close(
            at(FIRST), complete=True, finish_reason=FinishReason.FINISHED, judge_night=good, extraction={}, software={},
            province=BELONGS[portal],
        )  # fmt: skip
    archive.seal(FIRST, {})
    archive.close()
    return archive.paths.root


ASKED = [
    pytest.param("Quảng Trị", {"quang_tri"}, id="today"),
    pytest.param("quangbinh", {"quang_tri"}, id="merged"),
    pytest.param("TP. Đà Nẵng", {"da_nang"}, id="itself"),
    pytest.param("Huế", set[str](), id="none"),
]


@pytest.mark.parametrize(("asked", "portals"), ASKED)
def test_coverage_of_a_province(root: Path, capsys: pytest.CaptureFixture[str], asked: str, portals: set[str]) -> None:
    assert main(["coverage", "--archive", str(root), "--csv", "--province", asked]) == 0
    assert {row["portal"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))} == portals


@pytest.mark.parametrize("cluster", [[], ["--one-per-cluster"]], ids=["all", "one per cluster"])
@pytest.mark.parametrize(("asked", "portals"), ASKED)
def test_export_of_a_province(root: Path, tmp_path: Path, asked: str, portals: set[str], cluster: list[str]) -> None:
    target = tmp_path / "out.jsonl"
    assert main(["export", str(target), "--archive", str(root), "--province", asked, *cluster]) == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert {line["portal"] for line in lines} == portals


@pytest.mark.parametrize("command", [["coverage"], ["export", "out.jsonl"], ["list"]], ids=lambda each: each[0])
def test_an_unknown_province_is_reported(root: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main([*command, "--archive", str(root), "--province", "Quảng Trj"])
    assert raised.value.code == 2
    assert "did you mean" in capsys.readouterr().err
