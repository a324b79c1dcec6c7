"""Every stored file replaced by a pipe, a link to a device, a folder or nested JSON: each command ends and names it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from archive.__main__ import main
from archive.errors import ExitCode
from testing.damage_steps import withheld

SECONDS = 20
FILES = (
    "archive.json",
    "index.db",
    "search.db",
    "2025/03/03/manifest-1.json",
    "2025/03/03/manifest-1.sig",
    "2025/03/03/da_nang/run.json",
    "2025/03/03/da_nang/articles.jsonl",
    "2025/03/03/da_nang/pages.jsonl",
    "2025/03/03/da_nang/pages-00001.warc.gz",
    "2025/*/*/*/*_*.txt",
    "withheld/000001.json",
)
KINDS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "link": lambda path: path.symlink_to("/dev/zero"),
    "folder": Path.mkdir,
    "nested": lambda path: path.write_text("[" * 100_000 + "]" * 100_000 + "\n"),
    "number": lambda path: path.write_text('{"archive":1,"format":1e999,"path":true}\n'),
    "empty": lambda path: path.write_bytes(b""),
}
READERS = (("list",), ("show", "da_nang/thong-bao"), ("prove", "da_nang/thong-bao"), ("search", "tiếp dân"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("odd") / "whole"
    withheld(root)
    return root


@contextmanager
def in_time() -> Iterator[None]:
    """Raise where the block waits for something that never comes."""

    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"still there after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", FILES)
def test_it_is_named_and_the_command_ends(
    whole: Path, tmp_path: Path, kind: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "a"
    shutil.copytree(whole, root)
    path = min(root.glob(file))
    path.unlink()
    KINDS[kind](path)
    odd = kind in ("pipe", "link", "folder")
    for command in (("verify",), *(READERS if odd else ()), ("rebuild",)):
        with in_time():
            code = main([*command, "--archive", str(root)])
        printed = capsys.readouterr()
        assert code in set(ExitCode) - {ExitCode.BUG}
        if command == ("verify",):
            assert code in (ExitCode.FINDINGS, ExitCode.ARCHIVE_UNUSABLE), printed
            assert path.name in printed.out + printed.err
        if code == ExitCode.ARCHIVE_UNUSABLE or (code and not printed.out):
            assert printed.err.splitlines()[-1].startswith("archive: "), printed.err
