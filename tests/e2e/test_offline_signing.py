"""Seals are signed on another host, by the commands of the page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.__main__ import main
from archive.audit.seals import Expectations
from archive.audit.verify import verify
from archive.sealing.countersign import sign_seals
from archive.sealing.signatures import load_key, new_key, public_key
from archive.storage.paths import Paths, read_identity
from testing import archives as composed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("unsigned") / "a"
    composed.sealed(root).close()
    return root


def test_seals_are_signed_on_another_host_as_the_page_says(unsigned: Path, tmp_path: Path) -> None:
    home, host, key = tmp_path / "home", tmp_path / "host", tmp_path / "seal.pem"
    shutil.copytree(unsigned, home)
    host.mkdir()
    new_key(key)
    [block] = re.findall(r"```sh\n# sign elsewhere\n(.*?)```", (ROOT / "docs/operations.md").read_text(), re.DOTALL)
    places = {"ARCHIVE": str(home), "HOST": str(host), "KEY": str(key)}
    done = subprocess.run(["sh", "-euc", block], cwd=ROOT, env={**os.environ, **places}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "3 signed" in done.stdout
    assert not list(host.rglob("*.txt"))  # the seals are enough: no text leaves the archive
    keys = frozenset({public_key(load_key(key))})
    assert verify(read_identity(home), Paths(home), expected=Expectations(keys=keys)).findings == []
    assert sign_seals(read_identity(home), Paths(home), None, load_key(key)) == []
    assert main(["sign", "2025-03-04", "--archive", str(home), "--key", str(key)]) == 0
