"""A portal or a night that the archive does not have is refused: an empty list would look like an answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.messages.reason import Reason
from testing.archives import FIRST, sealed

MISSED_ONLY = "ninh_thuan"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("unknown") / "a"
    with sealed(root) as archive:
        archive.seal(FIRST + timedelta(days=3), {MISSED_ONLY: Reason.sentence("no answer")})
    return root


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--portal", "quangtri"], "no night of quangtri; did you mean `quang_tri`?"),
        (["list", "--portal", "x"], "no night of x; known are da_nang, ninh_thuan, quang_tri"),
        (["list", "--night", "2025-04-01"], "no night of 2025-04-01; did you mean 2025-03-06?"),
        (["list", "--night", "2024-04-01"], "no night of 2024-04-01; did you mean 2025-03-03?"),
        (["show", "--portal", "quangtri", "--title", "mưa"], "did you mean `quang_tri`?"),
        (["export", "out.jsonl", "--portal", "danang"], "did you mean `da_nang`?"),
        (["export", "out.jsonl", "--night", "2025-02-01"], "no night of 2025-02-01; did you mean 2025-03-03?"),
        (["export", "out.jsonl", "--since", "2026-01-01"], "no night from 2026-01-01 to now; did you mean 2025-03-06?"),
        (
            ["export", "out.jsonl", "--until", "2020-01-01"],
            "no night from the beginning to 2020-01-01; did you mean 2025",
        ),
        (["export", "out.jsonl", "--since", "2025-03-05", "--until", "2025-03-03"], "lies before --since"),
        (["documents", "--portal", "danang"], "did you mean `da_nang`?"),
        (["documents", "1/QĐ-UBND", "--portal", "danang"], "did you mean `da_nang`?"),
        (["coverage", "--portal", "danang"], "did you mean `da_nang`?"),
    ],
)
def test_an_unknown_name_is_no_empty_answer(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main([*arguments, "--archive", str(folder)]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    "arguments",
    [["--portal", MISSED_ONLY], ["--night", "2025-03-06"], ["--portal", "da_nang", "--night", "2025-03-06"]],
)
def test_what_the_archive_knows_may_have_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["list", *arguments, "--archive", str(folder)]) == 0
    assert capsys.readouterr().out == ""
