"""An archive that the program made before its modules moved: its index rebuilt, proved, opened, searched and gone on with.

`tests/data/archive-of-format-1` holds two sealed and signed nights of a replica portal and a composed one, with their index.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from archive.__main__ import main
from archive.errors import ExitCode
from archive.model.enums import Event, Verdict
from archive.sealing.signatures import public_key
from archive.store import Archive
from replicas.articles import portal_site
from replicas.serve import ReplicaServer
from testing.archives import FIRST
from testing.crawl import ROOT, crawl, new_archive, the_night
from testing.damage_steps import KEY
from testing.former_front import former_site
from testing.night_digest import night_digests
from testing.web_page import read, serve_page

DATA = ROOT / "tests" / "data"
EVENTS = ["attachment", "duplicate", *["new"] * 11, "quarantined", *["revision"] * 2]
MISSED = "not finished by the cut-off of 05:30 (10 requests in a row were not answered (connection refused))"
VERDICT = "1 of 3 articles were set aside by the checks: look at the quarantine"
QUARANTINED = "the body is an error message: đang cập nhật."
PUBLIC = public_key(KEY)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    shutil.copytree(DATA / "archive-of-format-1", folder)
    packed = folder / "index.db.gz"
    (folder / "index.db").write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    return folder


@pytest.fixture
def root(old: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    output(capsys, old, "rebuild")
    return old


def output(
    capsys: pytest.CaptureFixture[str], root: Path, command: str, *arguments: str, expected: ExitCode = ExitCode.GOOD
) -> str:
    code = main([command, *arguments, "--archive", str(root)])
    out, err = capsys.readouterr()
    assert code == expected, (command, out, err)
    return out


def read_as_before(capsys: pytest.CaptureFixture[str], root: Path, more: Sequence[str] = ()) -> None:
    """Every reading command finds in the archive what was put there; a reason is shown in the words in which it was written."""
    assert output(capsys, root, "verify", "--key", PUBLIC).splitlines()[-1] == "intact"
    listed = [line.split("\t") for line in output(capsys, root, "list").splitlines()]
    assert sorted(line[2] for line in listed) == sorted([*EVENTS, *more])
    assert "1740651398262@ea272cc126257e30" in output(capsys, root, "search", "UBND tỉnh họp")
    shown = output(capsys, root, "show", "da_nang/thong-bao@759de6bdcf9ab841")
    assert "of da_nang/thong-bao@efe3a1daa1684d71" in shown
    assert "Sáng thứ Ba, tại trụ sở." in shown
    gaps = output(capsys, root, "coverage", "--gaps", expected=ExitCode.FINDINGS)
    assert f"2025-03-03  ninh_thuan  missed: {MISSED}" in gaps
    assert "2025-03-04  ninh_thuan  missed: no scheduler ran that night" in gaps
    with serve_page(root) as address, httpx.Client(base_url=address) as client:
        night = read(client.get("/en/nights/2025-03-03").text).words
        assert VERDICT in night
        assert MISSED in night
        assert QUARANTINED in read(client.get("/en/doubtful").text).words


def test_its_index_is_refused_in_one_line_until_it_is_rebuilt(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its tables have another form, and its near-duplicates were found by another method."""
    for command in ("list", "search"):
        assert (
            main([command, *(["họp"] if command == "search" else []), "--archive", str(old)])
            == ExitCode.ARCHIVE_UNUSABLE
        )
        [line] = capsys.readouterr().err.splitlines()
        assert "`python -m archive rebuild`" in line
    found = output(capsys, old, "verify", "--key", PUBLIC, expected=ExitCode.FINDINGS).splitlines()
    [finding] = [line for line in found if "INDEX" in line]
    assert "`python -m archive rebuild`" in finding


def test_it_reads_as_before_and_is_rebuilt(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read_as_before(capsys, root)
    for path in root.glob("*.db"):
        path.unlink()
    output(capsys, root, "rebuild")
    read_as_before(capsys, root)


def crawl_night(root: Path, number: int, port: int, spiders: str) -> None:
    night = FIRST + timedelta(days=number)
    done = crawl(
        *("--archive", str(root), "--night", night.isoformat(), "-s", f"SPIDER_MODULES={spiders}"),
        portal="quang_tri",
        port=port,
    )
    assert (done.code, done.err) == (0, "")
    with Archive.open(root) as archive:
        archive.seal(night, {}, KEY)


def are_those_recorded(root: Path) -> None:
    """Texts, lines and manifests are those that the program made before its modules were moved (`python -m testing.night_digest`)."""
    recorded = json.loads((DATA / "recorded-nights.json").read_text(encoding="utf-8"))
    assert {day: runs["quang_tri"] for day, runs in night_digests(root).items()} == {
        day: runs["quang_tri"] for day, runs in recorded.items()
    }


def test_it_goes_on_with_the_next_night(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The third night over the index made again is the one that was recorded when all three were of the old program."""
    with ReplicaServer([former_site()]) as server:
        crawl_night(root, 2, server.port, "testing.portals.former")
    assert output(capsys, root, "verify", "--key", PUBLIC).splitlines()[-1] == "intact"
    are_those_recorded(root)


def test_the_same_nights_are_made_today(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    with ReplicaServer([former_site()]) as server:
        for number in range(3):
            crawl_night(root, number, server.port, "testing.portals.former")
    are_those_recorded(root)


def test_it_goes_on_when_the_portal_has_another_front(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sections are others, every address is another one, the old ones lead there: no article becomes a second one."""
    stored = {line.key for number in (0, 1) for line in the_night(root, "quang_tri", FIRST + timedelta(number))[2]}
    with ReplicaServer([portal_site("quang_tri")]) as server:
        crawl_night(root, 2, server.port, "crawler.spiders")
    run, _, lines = the_night(root, "quang_tri", FIRST + timedelta(days=2))
    assert (run.verdict, list(run.sections)) == (Verdict.GOOD, ["tin-tuc"])
    assert [line.key for line in lines if line.event is Event.NEW] == ["khanh-thanh-cau"]
    moved = {line.key for line in lines if line.event is Event.MOVED_ADDRESS}
    assert {key for key in moved if key.isdecimal()} == {key for key in stored if key.isdecimal()}
    assert len(lines) == 1 + len(moved)
    assert output(capsys, root, "verify", "--key", PUBLIC).splitlines()[-1] == "intact"
    read_as_before(capsys, root, more=[line.event.value for line in lines])
