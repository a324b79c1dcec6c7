"""Keys are made outside of archives, and seals can be signed where they are not made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.__main__ import main
from archive.errors import ArchiveError, UsageError
from archive.sealing.countersign import sign_seals
from archive.sealing.signatures import load_key, new_key, public_key
from archive.storage.paths import Paths, read_identity
from testing import archives as composed
from testing.archives import FIRST, make

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("unsigned") / "a"
    composed.sealed(root).close()
    return root


def test_a_new_key_is_its_owners_alone_and_shown_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "seal.pem"
    assert main(["key", "new", str(file)]) == 0
    made = capsys.readouterr().out.splitlines()[0]
    assert file.stat().st_mode & 0o777 == 0o600
    assert main(["key", "show", str(file)]) == 0
    assert capsys.readouterr().out == f"{made}\n"
    assert public_key(load_key(file)) == made
    before = file.read_bytes()
    assert main(["key", "new", str(file)]) == 2
    assert file.read_bytes() == before


@pytest.mark.parametrize("place", ["seal.pem", "2025/03/seal.pem", "open/seal.pem"])
def test_a_key_is_not_made_inside_an_archive(unsigned: Path, place: str) -> None:
    with pytest.raises(UsageError, match="lies in an archive"):
        new_key(unsigned / place)
    assert not (unsigned / place).exists()


def test_a_key_wants_a_folder_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        new_key(tmp_path / "none" / "seal.pem")


def test_a_signature_is_never_replaced(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    archive.seal(FIRST, {}, KEY)
    before = composed.tree(archive.paths.root)
    with pytest.raises(UsageError, match="never replaced"):
        sign_seals(archive.identity, archive.paths, None, OTHER)
    assert composed.tree(archive.paths.root) == before


def test_what_does_not_follow_is_not_signed(unsigned: Path, tmp_path: Path) -> None:
    root = tmp_path / "a"
    shutil.copytree(unsigned, root)
    shutil.rmtree(root / "2025/03/04")
    with pytest.raises(ArchiveError, match="is not here as it was sealed"):
        sign_seals(read_identity(root), Paths(root), None, KEY)
    assert {path.read_bytes() for path in root.glob("2*/*/*/*.sig")} == {b"unsigned\n"}
    with pytest.raises(UsageError, match="is sealed in"):
        sign_seals(read_identity(root), Paths(root), FIRST.replace(year=2024), KEY)
