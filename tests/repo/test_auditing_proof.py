"""The section of docs/auditing.md on proof is typed as it stands, on the archive that it was printed by."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from archive.__main__ import main

ROOT = Path(__file__).parents[2]
ENDS = {"verify --archive var/try": (0, 1), "withhold": (0, 2)}
"""Findings, and what is only asked about, end otherwise than with 0."""


def _typed(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Run one line of the page in this process; what is no command of the archive, as a process of its own."""
    words = shlex.split(line.replace("var/try", "try"))
    if words[:3] != ["python", "-m", "archive"]:
        words = [str(ROOT / word) if word.startswith("docs/") else word for word in words]
        own = [sys.executable, *words[1:]] if words[0] == "python" else words
        done = subprocess.run(own, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout.splitlines()
    target = words[words.index(">") + 1] if ">" in words else None
    code = main(words[3 : words.index(">")] if target else words[3:])
    said = capsys.readouterr().out
    if target:
        Path(target).write_text(said, encoding="utf-8")
    return code, said.splitlines()


def test_every_command_prints_what_stands_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/auditing.md").read_text(encoding="utf-8")
    section = page[page.index("## Can you prove it?") :]
    blocks = re.findall(r"```console var/try\n(.*?)```", section, re.DOTALL)
    [made] = re.findall(r"^(python -c .*)$", section, re.MULTILINE)
    words = shlex.split(made.replace("var/try", str(tmp_path / "try")))
    subprocess.run([sys.executable, *words[1:]], cwd=ROOT, check=True, timeout=60)
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    ran = 0
    for line in (line for block in blocks for line in block.splitlines()):
        if line.startswith("$ "):
            code, printed = _typed(line[2:], capsys)
            assert code in next((codes for part, codes in ENDS.items() if part in line), (0,)), (line, code, printed)
            said = [_undated(output) for output in printed]
            ran += 1
        else:
            assert _undated(line) in said, line
    assert ran >= 10


def _undated(line: str) -> str:
    """Return the line without the day of a withholding, which is that of the test."""
    return re.sub(r"\d{4}-\d{2}-\d{2} \(withheld", "(withheld", line)
