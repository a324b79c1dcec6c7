"""verify with several processes, and what its process loads."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.audit.findings import Audit
from archive.audit.seals import Expectations
from archive.audit.verify import VerifyOptions, verify
from archive.storage.paths import Paths, read_identity
from testing.archives import sealed
from testing.crawl import ROOT
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


@pytest.mark.usefixtures("executed")
def test_a_check_of_the_files_loads_no_library_that_it_does_not_need(tmp_path: Path) -> None:
    """The database's library alone takes longer to load than thousands of files to read."""
    sealed(tmp_path / "a").close()
    program = (
        "import sys; from archive.__main__ import main; main(sys.argv[1:]); "
        "print(*(name for name in ('sqlalchemy', 'cryptography', 'lxml', 'warcio', 'rich', 'http.client') if name in sys.modules))"
    )
    arguments = ["verify", "--files", "--archive", str(tmp_path / "a")]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-2:] == ["intact", ""]
