"""Files that the commands write are closed to other users, also where the umask of their user leaves it open."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import scheduler
from archive.__main__ import main
from archive.errors import ExitCode
from archive.storage.fsync import close_to_others
from crawler.command_line import PortalCommand
from crawler.commands import crawl, probe, reextract, sample, suspects


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def test_an_archive_is_made_closed(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    assert main(["init", str(root), "--kind", "replica"]) == ExitCode.GOOD
    assert main(["rebuild", "--archive", str(root)]) == ExitCode.GOOD
    modes = {path: path.stat().st_mode & 0o777 for path in (root, *root.rglob("*"))}
    assert len(modes) > 2
    assert {path: f"{mode:o}" for path, mode in modes.items() if mode & 0o027} == {}


def test_the_scheduler_and_its_crawls_write_closed(tmp_path: Path) -> None:
    assert scheduler.main(["status", "--archive", str(tmp_path / "none")]) == ExitCode.ARCHIVE_UNUSABLE
    assert umask() == 0o027


@pytest.mark.parametrize("module", [crawl, probe, reextract, sample, suspects])
def test_every_command_that_writes_closes_it(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    command = module.Command  # type: ignore[attr-defined]  # each of these modules has one
    assert issubclass(command, PortalCommand)
    monkeypatch.setattr("scrapy.commands.ScrapyCommand.process_options", lambda *_: None)
    PortalCommand.process_options(command(), [], argparse.Namespace())
    assert umask() == 0o027


def test_a_stricter_umask_stays() -> None:
    os.umask(0o077)
    close_to_others()
    assert umask() == 0o077
