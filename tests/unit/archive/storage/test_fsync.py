"""Folders that the program makes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from archive.storage.fsync import make_folder


def test_a_folder_is_closed_to_other_users(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        make_folder(tmp_path / "archive" / "open")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "archive", tmp_path / "archive/open")] == [
        0o750
    ] * 2
