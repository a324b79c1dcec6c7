"""The command `python -m pipelines.clean` over files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


OPENING = "Sáng 03/3/2025, xã Tân Hòa ra mắt tổ công nghệ số cộng đồng với mười hai thành viên từ các thôn."


def test_command_prints_the_cleaned_files(tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text(f"\ufeff{OPENING}\n\nLượt xem: 12\n", "utf-8")
    two.write_text("Trang chủ\nHội thi cấy lúa", "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pipelines.clean", str(one), str(two)],
        cwd=ROOT, capture_output=True, check=False, env={"LC_ALL": "C", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, f"{OPENING}\nHội thi cấy lúa\n", b"")
