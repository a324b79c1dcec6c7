"""The archive that verify is measured on is one that it finds intact, and both programs read the same files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.audit.verify import Extent, VerifyOptions, sealed_bytes, verify
from archive.storage.paths import Paths, read_identity
from bench.index.verify import compose, main


def test_the_composed_archive_is_intact_and_one_byte_less_is_not(tmp_path: Path) -> None:
    compose(tmp_path / "a", 620)
    identity, paths = read_identity(tmp_path / "a"), Paths(tmp_path / "a")
    told: list[Extent] = []
    audit = verify(identity, paths, lambda night, read: told.append(read), how=VerifyOptions(sealed_only=True))
    assert (audit.findings, audit.nights) == ([], 2)
    extent = sealed_bytes(paths)
    assert extent.files == 620 + 2 * 7  # each of the seven runs has its lines and its record
    assert (sum(read.files for read in told), sum(read.bytes for read in told)) == (extent.files, extent.bytes)
    file = min((tmp_path / "a").glob("*/*/*/*/*.txt"))
    file.write_bytes(file.read_bytes()[:-1])
    assert [finding.code for finding in verify(identity, paths, how=VerifyOptions(sealed_only=True)).findings] == [
        "MISMATCH"
    ]


def test_both_programs_are_timed_on_the_same_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--files", "120", "--rounds", "1", "--jobs", "1"]) in (0, 1)  # which is faster depends on the machine
    [figures] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["files"], figures["findings"]) == (124, 0)
