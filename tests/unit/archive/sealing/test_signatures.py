"""Signature files: what fits, what does not, and the one form in which each is read."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.errors import DamagedFile, UsageError
from archive.model.enums import ArchiveKind
from archive.sealing.head import statement_of
from archive.sealing.key_changes import KeyChange, change_key, key_change_paths, key_changes, read_key_change
from archive.sealing.signatures import (
    SignatureFile,
    load_key,
    new_key,
    public_key,
    read_signature,
    sign,
    signature_holds,
    signature_of,
    verify_signature,
)
from archive.storage.jsonl import canonical
from archive.storage.manifest import Seal
from archive.storage.paths import Identity, Paths

NIGHT = date(2025, 3, 3)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
SEAL = Seal("a", NIGHT, 1, (), {}, "0" * 64, 3, None)
DATA = SEAL.to_bytes()
IDENTITY = Identity("a", ArchiveKind.LIVE)


def signed(key: Ed25519PrivateKey, data: bytes) -> str:
    return base64.b64encode(key.sign(data)).decode()


WHOLE = SignatureFile(public_key(KEY), signed(KEY, DATA), signed(KEY, statement_of(SEAL)))


def test_a_key_signs_the_manifest_and_the_statement_of_its_head() -> None:
    assert sign(DATA, KEY) == WHOLE.to_bytes()
    assert sign(DATA, None) == b"unsigned\n"
    assert json.loads(WHOLE.to_bytes())["algorithm"] == "Ed25519"
    assert read_signature(WHOLE.to_bytes()) == WHOLE
    assert read_signature(b"unsigned\n") is None
    assert verify_signature(DATA, WHOLE.to_bytes()) == public_key(KEY)
    assert verify_signature(DATA, b"unsigned\n") == "unsigned"
    older = replace(WHOLE, head=None)
    assert b"head" not in older.to_bytes()
    assert verify_signature(DATA, older.to_bytes()) == public_key(KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(WHOLE, key=public_key(OTHER)),
        replace(WHOLE, signature=signed(OTHER, DATA)),
        replace(WHOLE, signature=WHOLE.head or ""),
        replace(WHOLE, head=WHOLE.signature),
        replace(WHOLE, head=signed(OTHER, statement_of(SEAL))),
        replace(WHOLE, head=""),
    ],
    ids=["key", "signature", "of the statement", "head", "head of another", "empty"],
)
def test_both_signatures_are_of_the_key_that_stands_there(wrong: SignatureFile) -> None:
    assert verify_signature(DATA, wrong.to_bytes()) is None


def test_a_signature_is_of_these_bytes_and_of_a_manifest() -> None:
    assert verify_signature(DATA + b"\n", WHOLE.to_bytes()) is None
    other = b"{}\n"
    made = SignatureFile(public_key(KEY), signed(KEY, other), signed(KEY, other))
    assert verify_signature(other, made.to_bytes()) is None


@pytest.mark.parametrize(
    "data", [b"", b"unsigned", b"Unsigned\n", b"{}\n", WHOLE.to_bytes()[:-1], b" " + WHOLE.to_bytes()]
)
def test_a_file_of_another_form_is_no_signature(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_signature(data)
    assert verify_signature(DATA, data) is None


@pytest.mark.parametrize("change", [{"algorithm": "RSA"}, {"more": 1}, {"head": None}, {"key": 7}])
def test_a_signature_has_its_fields_and_no_other(change: dict[str, object]) -> None:
    values = json.loads(WHOLE.to_bytes()) | change
    with pytest.raises(ValueError, match=r".+"):
        read_signature(canonical(values) + b"\n")


def test_a_key_and_a_signature_have_one_spelling() -> None:
    key, signature = public_key(KEY), signed(KEY, b"x")
    assert signature_holds(key, signature, b"x")
    assert not signature_holds(key, signature, b"y")
    for other_key, other in (
        (key + "\n", signature), (key, signature + "="), (key[:-2] + chr(ord(key[-2]) + 1) + "=", signature),
        (key, signature[:-3] + chr(ord(signature[-3]) + 1) + "=="), ("", signature), (key, ""), (key, "." + signature),
        (key[:-4], signature), ("é", signature), (public_key(OTHER), signature),
    ):  # fmt: skip
        assert not signature_holds(other_key, other, b"x")


def test_the_signature_of_a_seal_stands_beside_its_manifest(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    path = paths.night(NIGHT) / "manifest-1.sig"
    path.parent.mkdir(parents=True)
    assert signature_of(paths, SEAL) is None
    path.write_bytes(WHOLE.to_bytes())
    assert signature_of(paths, SEAL) == WHOLE
    assert signature_of(paths, replace(SEAL, number=2)) is None
    path.write_bytes(b"unsigned\n")
    assert signature_of(paths, SEAL) is None
    path.write_bytes(b"x")
    with pytest.raises(DamagedFile, match=r"manifest-1\.sig"):
        signature_of(paths, SEAL)
    path.unlink()
    path.mkdir()
    with pytest.raises(DamagedFile, match=r"manifest-1\.sig"):
        signature_of(paths, SEAL)


def test_a_new_key_is_read_again_and_belongs_to_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    umask = os.umask(0)
    try:
        made = new_key(file)
    finally:
        os.umask(umask)
    assert public_key(load_key(file)) == public_key(made)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="there already"):
        new_key(file)
    with pytest.raises(UsageError, match="is no folder"):
        new_key(file / "key.pem")
    assert public_key(load_key(file)) == public_key(made)


def change(key: Ed25519PrivateKey = KEY, **values: object) -> KeyChange:
    made = replace(KeyChange("a", 1, public_key(KEY), public_key(OTHER)), **values)  # type: ignore[arg-type]  # any field
    return replace(made, signature=signed(key, made.statement))


def test_a_change_of_the_key_is_signed_by_the_key_before() -> None:
    assert read_key_change(change().to_bytes(), IDENTITY) == change()
    wrong = [
        change(OTHER), change(archive="b"), replace(change(), key=public_key(KEY)), replace(change(), number=2),
        replace(change(), previous=public_key(OTHER)), replace(change(), signature=""), replace(change(), archive="b"),
    ]  # fmt: skip
    for each in wrong:
        with pytest.raises(ValueError, match=r".+"):
            read_key_change(each.to_bytes(), IDENTITY)
    data = change().to_bytes()
    for odd in (data[:-1], b" " + data, b"{}\n", data.replace(b"change 1", b"change 2"), b""):
        with pytest.raises(ValueError, match=r".+"):
            read_key_change(odd, IDENTITY)


def test_changes_are_read_by_number_and_damaged_ones_named(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    keys = tmp_path / "keys"
    assert key_changes(IDENTITY, paths) == ([], [])
    assert change_key(IDENTITY, paths, KEY, OTHER) == keys / "000001.json"
    assert change_key(IDENTITY, paths, OTHER, KEY) == keys / "000002.json"
    (keys / "000009.json").write_bytes(b"{}\n")
    (keys / "000010.json").mkdir()
    (keys / "0000011.json").write_bytes(b"x")
    (keys / "note.txt").write_bytes(b"x")
    found, damaged = key_changes(IDENTITY, paths)
    assert [(one.number, one.previous, one.key) for one in found] == [
        (1, public_key(KEY), public_key(OTHER)),
        (2, public_key(OTHER), public_key(KEY)),
    ]
    assert [path.name for path, _ in damaged] == ["000009.json", "000010.json"]
    assert [why.code for _, why in damaged] == ["not_record", "it_cannot_be_read"]
    assert change_key(IDENTITY, paths, KEY, OTHER) == keys / "000011.json"
    with pytest.raises(UsageError, match="the same key"):
        change_key(IDENTITY, paths, KEY, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    change_key(IDENTITY, Paths(tmp_path / "one"), KEY, OTHER)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "keys").symlink_to(tmp_path / "one" / "keys")
    assert key_change_paths(Paths(tmp_path / "other")) == []
    (tmp_path / "keys").write_bytes(b"x")
    assert key_change_paths(Paths(tmp_path)) == []


def test_a_change_is_signed_and_written_in_these_bytes() -> None:
    fields = f'"archive":"a","form":"luu-tru key change 1","key":"{public_key(OTHER)}","number":1,"previous":"{public_key(KEY)}"'
    assert change().statement == f"{{{fields}}}\n".encode()
    assert change().to_bytes() == f'{{{fields},"signature":"{change().signature}"}}\n'.encode()
    assert KeyChange("a", 1, "", "").signature == ""
