"""List, show and compare what was known one night, without anything that came later."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.model.enums import Outcome
from archive.model.records import PageRecord
from archive.store import Archive
from testing.archives import EDITED, FIRST, RELEASE, SHORT, at, finish, judge, keep, sealed, walk

NIGHTS = [FIRST + timedelta(days=number) for number in range(26)]
GONE_AFTER = 14


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the composed archive; then the release vanishes on night 5, is gone on night 19 and back on night 25."""
    root = tmp_path_factory.mktemp("as_of") / "a"
    archive = sealed(root)
    for number in (5, 19):
        _vanish(archive, number)
    back = archive.start("da_nang", NIGHTS[25], at(NIGHTS[25]), judge)
    walk(back, (RELEASE,), at(NIGHTS[25]))
    keep(back, RELEASE, at(NIGHTS[25]))
    finish(back, at(NIGHTS[25]))
    archive.seal(NIGHTS[25], {})
    archive.close()
    return root


def _vanish(archive: Archive, number: int) -> None:
    night = archive.start("da_nang", NIGHTS[number], at(NIGHTS[number]), judge)
    walk(night, (), at(NIGHTS[number]))
    page = PageRecord(
        f"https://danang.gov.vn.replica.test/{RELEASE.key}", Outcome.GONE, at(NIGHTS[number]), 404, key=RELEASE.key
    )
    night.write(page, gone_after=GONE_AFTER)
    finish(night, at(NIGHTS[number]))
    archive.seal(NIGHTS[number], {})


def printed(capsys: pytest.CaptureFixture[str], folder: Path, command: str, *arguments: str) -> str:
    code = main([command, "--archive", str(folder), *arguments])
    said = capsys.readouterr()
    return said.out if code == 0 else f"{code}: {said.err}"


@pytest.mark.parametrize(
    ("night", "notice", "release"),
    [
        (0, "new", "new"),
        (1, "revision", "new"),
        (18, "revision", "new"),
        (19, "revision", "gone"),
        (25, "revision", "returned"),
    ],
    ids=["the first night", "edited", "away and not yet gone", "gone", "back"],
)
def test_each_article_is_listed_once_as_it_stood(
    folder: Path, capsys: pytest.CaptureFixture[str], night: int, notice: str, release: str
) -> None:
    said = printed(capsys, folder, "list", "--json", "--portal", "da_nang", "--as-of", NIGHTS[night].isoformat())
    assert {line["key"]: line["event"] for line in map(json.loads, said.splitlines())} == {
        SHORT.key: notice,
        RELEASE.key: release,
    }


def test_nothing_that_came_later_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    then = printed(capsys, folder, "show", f"da_nang/{SHORT.key}", "--as-of", NIGHTS[0].isoformat())
    now = printed(capsys, folder, "show", f"da_nang/{SHORT.key}")
    assert SHORT.paragraphs[0] in then
    assert EDITED.paragraphs[0] not in then
    assert "revision" not in then
    assert EDITED.paragraphs[0] in now


def test_where_it_also_stood_is_reported_as_of_that_night(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, folder, "show", "quang_tri/mua-lon", "--as-of", NIGHTS[1].isoformat())
    assert "no article fits on 2025-03-04: what came later is left out" in said
    assert "also published by quang_tri" in printed(
        capsys, folder, "show", f"da_nang/{RELEASE.key}", "--as-of", NIGHTS[0].isoformat()
    )


def test_two_nights_are_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nights = ("--as-of", NIGHTS[1].isoformat(), "--as-of", NIGHTS[0].isoformat())
    said = printed(capsys, folder, "diff", f"da_nang/{SHORT.key}", *nights)
    assert said.splitlines()[0].startswith("- 2025-03-03  new")
    assert "[-Hai-] {+Ba+}" in said or "[-Hai,-] {+Ba,+}" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--as-of", "2025-03-02"], "nothing was known on 2025-03-02: the archive's first night is 2025-03-03"),
        (["diff", "da_nang/thong-bao", "--as-of", "2025-03-03"], "it has one version only"),
        (
            ["diff", "da_nang/thong-bao", "--as-of", "2025-03-04", "--as-of", "2025-03-09"],
            "on 2025-03-04 and on 2025-03-09",
        ),
        (
            ["diff", "quang_tri/mua-lon", "--as-of", "2025-03-04"],
            "no version of 'quang_tri/mua-lon' was known on 2025-03-04",
        ),
        (
            ["diff", "a/b", "a/c", "--as-of", "2025-03-04", "--as-of", "2025-03-05"],
            "compare two versions or two nights",
        ),
        (["show", "quang_tri/mua-lon", "--as-of", "2025-03-04"], "what came later is left out"),
    ],
    ids=["before the first night", "one version", "the same", "not yet there", "too much", "not shown"],
)
def test_what_was_not_known_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main([arguments[0], "--archive", str(folder), *arguments[1:]]) != 0
    assert words in capsys.readouterr().err
