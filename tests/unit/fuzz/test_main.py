"""`python -m fuzz` refuses in one line what it cannot run."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from fuzz.__main__ import main


@pytest.mark.parametrize(
    "words", [["dates", "nothing"], ["--seconds", "0"], *([] if find_spec("atheris") else [["dates"]])]
)
def test_bad_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.err.startswith("fuzz: ")
    assert said.err.count("\n") == 1
    assert said.out == ""
