"""A text is read a second time after an input error; a lasting one costs that text alone."""

from __future__ import annotations

import errno
from hashlib import sha256
from pathlib import Path

import pytest

from archive.storage import stored_file
from archive.storage.stored_file import read_text_file, read_twice

TEXT = "Mưa lớn ở Bến Đá.\n".encode()


def _failing(monkeypatch: pytest.MonkeyPatch, number: int, times: int) -> list[Path]:
    """Let the first readings of any file fail with an error; return the paths that were read."""
    asked = list[Path]()
    real = stored_file.read_stored

    def read(path: Path) -> bytes:
        asked.append(path)
        if len(asked) <= times:
            raise OSError(number, "failed", str(path))
        return real(path)

    monkeypatch.setattr(stored_file, "read_stored", read)
    return asked


def test_a_passing_input_error_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "001.txt"
    path.write_bytes(TEXT)
    _failing(monkeypatch, errno.EIO, 1)
    assert read_text_file(path, sha256(TEXT).hexdigest()) == TEXT


def test_a_lasting_input_error_is_a_missing_text(monkeypatch: pytest.MonkeyPatch) -> None:
    # The memory of a process is a regular file whose first page gives a real input error.
    path = Path("/proc/self/mem")
    assert read_text_file(path, sha256(TEXT).hexdigest()) is None
    with pytest.raises(OSError, match=r"Input/output error"):
        read_twice(path)


def test_another_error_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "001.txt"
    path.write_bytes(TEXT)
    asked = _failing(monkeypatch, errno.EACCES, 1)
    with pytest.raises(PermissionError):
        read_twice(path)
    assert asked == [path]
