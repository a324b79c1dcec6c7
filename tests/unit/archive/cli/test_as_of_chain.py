"""The answer to what was known on a day follows from the place of a seal in the chain, not from the date that it bears."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from archive.__main__ import main
from testing import archives as composed
from testing.archives import FIRST, RELEASE, at, finish, judge, keep, make
from testing.web_page import serve_page


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seal night 0, night 2, and then a further run of night 0 in which the notice was edited."""
    root = tmp_path_factory.mktemp("late") / "a"
    with make(root) as archive:
        for number in (0, 2):
            composed.run_night(archive, number)
            archive.seal(FIRST + timedelta(days=number), {})
        late = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(late, composed.EDITED, at(FIRST))
        finish(late, at(FIRST))
        archive.seal(FIRST, {})
    return root


def known(capsys: pytest.CaptureFixture[str], root: Path, day: int, *arguments: str) -> list[str]:
    as_of = (FIRST + timedelta(days=day)).isoformat()
    assert main(["list", "--portal", "da_nang", "--as-of", as_of, "--archive", str(root), *arguments]) == 0
    return [" ".join(line.split("\t")[2:4]).partition("@")[0] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(("day", "notice"), [(0, "new"), (1, "new"), (2, "revision")])
def test_a_run_sealed_later_was_not_known_before(
    root: Path, capsys: pytest.CaptureFixture[str], day: int, notice: str
) -> None:
    assert set(known(capsys, root, day)) == {f"new da_nang/{RELEASE.key}", f"{notice} da_nang/thong-bao"}


def test_show_names_no_place_file_or_link_of_a_run_that_was_sealed_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seal night 0 and night 2, then a further run of night 0 with a file, and a copy that another portal published."""
    root = tmp_path / "a"
    with make(root) as archive:
        for number in (0, 2):
            composed.run_night(archive, number)
            archive.seal(FIRST + timedelta(days=number), {})
        late = archive.start("hue", FIRST, at(FIRST), judge)
        keep(late, RELEASE, at(FIRST))
        finish(late, at(FIRST))
        late = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(late, replace(composed.RELEASE, paragraphs=("Hoãn.",), files=("so-do.pdf",)), at(FIRST))
        finish(late, at(FIRST))
        archive.seal(FIRST, {})
    shown = {}
    for day in (0, 1, 2):
        as_of = (FIRST + timedelta(days=day)).isoformat()
        assert main(["show", f"da_nang/{RELEASE.key}", "--as-of", as_of, "--archive", str(root)]) == 0
        out = capsys.readouterr().out
        assert main(["show", f"quang_tri/{RELEASE.key}", "--as-of", as_of, "--archive", str(root)]) == 0
        other = capsys.readouterr().out
        shown[day] = "so-do.pdf" in out, "also published by hue" in other, "also published by da_nang" in other
    assert shown == {0: (False, False, True), 1: (False, False, True), 2: (True, True, True)}


def test_verify_notes_the_order_of_a_rehearsal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--archive", str(root)]) == 0
    assert "2025-03-03 number 2 was made after that of 2025-03-05" in capsys.readouterr().out


def test_the_page_says_what_was_sealed_after_a_later_night(root: Path) -> None:
    def says(address: str) -> str:
        with urlopen(f"{url}/en/{address}") as answer:
            return str(answer.read().decode())

    with serve_page(root) as url:
        night, late = says(f"nights/{FIRST}"), says(f"articles/da_nang/thong-bao?at={FIRST}/da_nang.2/0")
        other = says(f"articles/da_nang/thong-bao?at={FIRST}/da_nang/1")
    assert night.count("Made after the seal of") == 1
    assert "it was sealed after the night of" in late
    assert "it was sealed after the night of" not in other


def test_a_text_whose_seal_cannot_be_read_is_shown_with_a_word_about_it(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An insider who edits a text, its line and the index breaks the manifest too: nothing then says what was sealed."""
    shutil.copytree(root, tmp_path / "a")
    own, manifest = ["--archive", str(tmp_path / "a")], tmp_path / "a/2025/03/03/manifest-1.json"
    show, export = ["show", f"da_nang/{RELEASE.key}", *own], ["export", str(tmp_path / "e.jsonl"), *own]
    assert (main(show), main(export)) == (0, 0)
    assert capsys.readouterr().err == ""
    manifest.write_bytes(b"{}")
    assert main(show) == 0
    alone = capsys.readouterr()
    assert "no readable seal covers 2025-03-03/da_nang: the text was compared with its line alone" in alone.err
    assert main(export) == 0
    assert "no readable seal covers 2025-03-03/da_nang, 2025-03-03/da_nang.2" in capsys.readouterr().err
    with serve_page(tmp_path / "a") as url, urlopen(f"{url}/en/articles/da_nang/{RELEASE.key}") as answer:
        assert "No readable seal covers this run" in answer.read().decode()
