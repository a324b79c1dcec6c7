"""Words of a stranger stay within their line of the output."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.__main__ import main
from archive.messages.printable import printable, printable_lines
from testing.damage_steps import BASES


def test_nothing_in_a_name_is_obeyed_by_a_terminal() -> None:
    assert printable("Hội nghị") == "Hội nghị"
    assert printable("a\nb\r\x1b[2J\u202e\x9b\tc") == "a\\nb\\r\\u001b[2J\\u202e\\u009b c"
    assert printable_lines("a\n\x1bb\n") == "a\n\\u001bb\n"


def test_a_stored_name_cannot_write_a_line_of_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    BASES["withheld"](tmp_path / "a")
    stone = tmp_path / "a" / "withheld" / "000001.json"
    stone.write_bytes(stone.read_bytes().replace(b'"path":"2025/03/03/da_nang/001', b'"path":"x\\nintact\\ny', 1))
    assert main(["verify", "--archive", str(tmp_path / "a"), "--jobs", "1"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert any("\\nintact\\ny" in line for line in said)
    assert "intact" not in said
