"""verify with several processes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.audit.findings import Audit
from archive.audit.seals import Expectations
from archive.audit.verify import VerifyOptions, verify
from archive.storage.paths import Paths, read_identity
from testing.damage_steps import BASES, STEPS
from testing.once import once


@pytest.fixture(scope="session")
def bases(session_folder: Path) -> dict[str, Path]:
    for name, make in BASES.items():
        once(session_folder / "damage" / name, make)
    return {name: session_folder / "damage" / name for name in BASES}


def audited(root: Path, expected: Expectations, how: VerifyOptions | None = None) -> Audit:
    return verify(read_identity(root), Paths(root), expected=expected, how=how or VerifyOptions())


def test_several_processes_find_the_same_in_the_same_order(bases: dict[str, Path], tmp_path: Path) -> None:
    root = tmp_path / "a"
    shutil.copytree(bases["withheld"], root)
    STEPS["flip"](root, root, "2025/03/03/da_nang/000_*.txt", 3)
    STEPS["delete"](root, root, "2025/03/05/quang_tri/run.json")
    STEPS["sql"](root, root, "DELETE FROM looks")
    one, several = (audited(root, Expectations(), VerifyOptions(jobs=jobs)) for jobs in (1, 3))
    assert one.findings
    assert (one.findings, one.notes, one.files, one.bytes) == (
        several.findings,
        several.notes,
        several.files,
        several.bytes,
    )
