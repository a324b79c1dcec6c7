"""A changed key is recorded under the one before, and only so is it no finding."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.__main__ import main
from archive.audit.findings import Code
from archive.audit.verify import verify
from archive.errors import UsageError
from archive.sealing.key_changes import change_key
from archive.sealing.signatures import load_key, new_key, public_key
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, make

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def sealed(root: Path, keys: list[Ed25519PrivateKey]) -> Archive:
    archive = make(root)
    for number, key in enumerate(keys):
        composed.run_night(archive, number)
        archive.seal(FIRST + timedelta(days=number), {}, key)
    return archive


def codes(archive: Archive) -> list[Code]:
    return [finding.code for finding in verify(archive.identity, archive.paths).findings]


def test_a_recorded_change_is_no_finding(tmp_path: Path) -> None:
    archive = sealed(tmp_path / "a", [KEY, OTHER])
    assert codes(archive) == [Code.SIGNER]
    path = change_key(archive.identity, archive.paths, KEY, OTHER)
    assert path.relative_to(archive.paths.root).as_posix() == "keys/000001.json"
    audit = verify(archive.identity, archive.paths)
    assert (audit.findings, audit.signers) == ([], {public_key(KEY): 1, public_key(OTHER): 1})


def test_a_record_of_the_other_direction_or_a_forged_one_does_not_help(tmp_path: Path) -> None:
    archive = sealed(tmp_path / "a", [KEY, OTHER])
    path = change_key(archive.identity, archive.paths, OTHER, KEY)
    assert codes(archive) == [Code.SIGNER]
    forged = path.read_text().replace(public_key(KEY), "?").replace(public_key(OTHER), public_key(KEY))
    path.write_text(forged.replace("?", public_key(OTHER)))
    assert codes(archive) == [Code.SIGNATURE, Code.SIGNER]
    path.with_name("note.txt").write_text("x")
    assert Code.EXTRA in codes(archive)


def test_the_same_key_is_no_change(tmp_path: Path) -> None:
    archive = sealed(tmp_path / "a", [KEY])
    with pytest.raises(UsageError, match="the same key"):
        change_key(archive.identity, archive.paths, KEY, KEY)


def test_the_command_records_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.pem", tmp_path / "new.pem"
    for path in (old, new):
        new_key(path)
    archive = sealed(tmp_path / "a", [load_key(old), load_key(new)])
    assert main(["change-key", "--from", str(old), "--to", str(new), "--archive", str(archive.paths.root)]) == 0
    assert public_key(load_key(new)) in capsys.readouterr().out
    assert codes(archive) == []
