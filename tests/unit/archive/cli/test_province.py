"""Find texts by province: today's name means its predecessors too."""

from __future__ import annotations

import argparse
import json

import pytest

from archive.__main__ import main
from archive.cli.arguments import province_slugs
from archive.model.enums import FinishReason
from archive.storage.jsonl import canonical
from archive.storage.run_record import run_from, run_plain
from archive.store import Archive
from testing.archives import FIRST, NIGHTS, at, good, judge, keep, make

BELONGS = {"da_nang": "danang", "quang_tri": "quangbinh"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One night: a portal of Đà Nẵng, and one that still belonged to Quảng Bình."""
    archive = make(tmp_path_factory.mktemp("provinces") / "archive")
    for portal, articles in NIGHTS[0].items():
        crawl = archive.start(portal, FIRST, at(FIRST), judge)
        for item in articles:
            keep(crawl, item, at(FIRST))
        crawl.close(
            at(FIRST), complete=True, finish_reason=FinishReason.FINISHED, judge_night=good, extraction={}, software={},
            province=BELONGS[portal],
        )  # fmt: skip
    archive.seal(FIRST, {})
    return archive


@pytest.mark.parametrize(
    ("asked", "portals"),
    [
        ("quangtri", {"quang_tri"}),
        ("Quảng Trị", {"quang_tri"}),
        ("tỉnh Quảng Bình", {"quang_tri"}),
        ("TP. Đà Nẵng", {"da_nang"}),
        ("hue", set()),
    ],
)
def test_a_province_of_today_is_asked_with_its_predecessors(
    archive: Archive, capsys: pytest.CaptureFixture[str], asked: str, portals: set[str]
) -> None:
    assert main(["list", "--archive", str(archive.paths.root), "--json", "--province", asked]) == 0
    assert {json.loads(line)["portal"] for line in capsys.readouterr().out.splitlines()} == portals


def test_the_record_keeps_the_province_and_an_older_one_has_none(archive: Archive) -> None:
    (run,) = archive.runs(FIRST, "quang_tri")
    assert run.province == "quangbinh"
    older = {name: value for name, value in run_plain(run).items() if name != "province"}
    assert run_from(canonical(older)).province is None


def test_rebuild_gives_the_same_answer(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild", "--archive", str(archive.paths.root)]) == 0
    capsys.readouterr()
    assert main(["list", "--archive", str(archive.paths.root), "--json", "--province", "quangtri"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_an_unknown_province_is_an_error_with_the_closest_names() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"did you mean .*quangtri"):
        province_slugs("Quảng Trj")
