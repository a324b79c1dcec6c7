"""Sealing: the same bytes again, an order that does not matter, a chain, signatures."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519

from archive.audit.verify import verify
from archive.errors import ArchiveError, ArchiveUnusable, UsageError
from archive.messages.reason import Reason
from archive.sealing import seal as seal_module
from archive.sealing.signatures import load_key, verify_signature
from archive.storage.manifest import read_seal, sealed_runs, seals_on_disk
from archive.storage.run_record import read_lines
from testing import archives as composed
from testing.archives import FIRST, RELEASE, at, finish, judge, keep, make, tree


@pytest.mark.parametrize("order", [["da_nang", "quang_tri"], ["quang_tri", "da_nang"]], ids=" then ".join)
def test_which_portal_came_first_does_not_matter(tmp_path: Path, order: list[str]) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0, order)
    archive.seal(FIRST, {})
    events = {run.portal: run.events for run in archive.runs(FIRST)}
    assert events == {"da_nang": {"new": 2}, "quang_tri": {"duplicate": 1}}
    line = json.loads(read_lines(archive.paths.night(FIRST) / "quang_tri/articles.jsonl")[0])
    assert line["duplicate_of"].startswith("da_nang/thong-cao@")
    assert line["file"] is None
    assert not list((archive.paths.night(FIRST) / "quang_tri").glob("*.txt"))
    assert verify(archive.identity, archive.paths).findings == []


def test_both_orders_leave_the_same_files(tmp_path: Path) -> None:
    trees = []
    for name, order in (("one", ["da_nang", "quang_tri"]), ("other", ["quang_tri", "da_nang"])):
        archive = make(tmp_path / name)
        composed.run_night(archive, 0, order)
        archive.seal(FIRST, {})
        trees.append(tree(archive.paths.root))
    assert trees[0] == trees[1]


def test_sealing_again_gives_identical_bytes(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    first = archive.seal(FIRST, {"ninh_thuan": Reason.sentence("no answer")})
    before = tree(archive.paths.root)
    assert archive.seal(FIRST, {"ninh_thuan": Reason.sentence("no answer")}) == first
    assert tree(archive.paths.root) == before
    manifest = archive.paths.night(FIRST) / "manifest-1.json"
    sealed = manifest.read_bytes()
    manifest.unlink()
    manifest.with_suffix(".sig").unlink()
    with archive.index.writing() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM seals")
    assert archive.seal(FIRST, {"ninh_thuan": Reason.sentence("no answer")}).to_bytes() == sealed


def test_a_seal_that_lost_its_signature_and_its_row_is_completed(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    archive.seal(FIRST, {})
    manifest = archive.paths.night(FIRST) / "manifest-1.json"
    manifest.with_suffix(".sig").unlink()
    with archive.index.writing() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM seals")
    archive.seal(FIRST, {})
    composed.run_night(archive, 1)
    archive.seal(FIRST + timedelta(days=1), {})
    assert verify(archive.identity, archive.paths).findings == []


def test_a_repeated_run_is_sealed_by_a_second_manifest(tmp_path: Path) -> None:
    archive = composed.sealed(tmp_path / "a")
    night = archive.start("quang_tri", FIRST + timedelta(days=2), at(FIRST), judge)
    keep(night, composed.SHORT, at(FIRST) + timedelta(days=2))
    finish(night, at(FIRST) + timedelta(days=2))
    seal = archive.seal(FIRST + timedelta(days=2), {})
    assert (seal.number, {entry.path.split("/")[0] for entry in seal.files}) == (2, {"quang_tri.2"})
    first = read_seal((archive.paths.night(FIRST + timedelta(days=2)) / "manifest-1.json").read_bytes())
    assert seal.previous == first.head
    assert verify(archive.identity, archive.paths).findings == []


def test_missed_portals_are_sealed_with_their_reasons(tmp_path: Path) -> None:
    archive = composed.sealed(tmp_path / "a")
    seal = read_seal((archive.paths.night(FIRST + timedelta(days=1)) / "manifest-1.json").read_bytes())
    assert seal.missed == {"ninh_thuan": Reason.sentence("the host did not answer")}


def test_a_night_with_an_open_run_is_not_sealed(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    archive.start("da_nang", FIRST, at(FIRST), judge).suspend()
    with pytest.raises(UsageError, match="da_nang of 2025-03-03 is still open"):
        archive.seal(FIRST, {})


def test_a_key_signs_the_manifest_and_no_other_bytes(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem(ed25519.Ed25519PrivateKey.generate()))
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    archive.seal(FIRST, {}, load_key(path))
    folder = archive.paths.night(FIRST)
    manifest, signature = (folder / "manifest-1.json").read_bytes(), (folder / "manifest-1.sig").read_bytes()
    assert verify_signature(manifest, signature) not in (None, "unsigned")
    assert verify_signature(manifest + b" ", signature) is None
    assert verify(archive.identity, archive.paths).findings == []


def test_without_a_key_the_seal_says_unsigned(tmp_path: Path) -> None:
    archive = composed.sealed(tmp_path / "a")
    assert (archive.paths.night(FIRST) / "manifest-1.sig").read_bytes() == b"unsigned\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "cannot be read"), (b"not a key", "cannot be read"), ("x25519", "is not Ed25519")],
    ids=["missing", "nonsense", "other kind of key"],
)
def test_a_key_that_cannot_sign_is_one_line(tmp_path: Path, content: bytes | str | None, why: str) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(_pem(x25519.X25519PrivateKey.generate()) if isinstance(content, str) else content)
    with pytest.raises(UsageError, match=why) as caught:
        load_key(path)
    assert "openssl genpkey -algorithm ed25519" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_text_of_two_nights_is_stored_once(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    for number, portal in enumerate(["quang_tri", "da_nang"]):
        when = FIRST + timedelta(days=number)
        night = archive.start(portal, when, at(when), judge)
        keep(night, RELEASE, at(when))
        finish(night, at(when))
        archive.seal(when, {})
    assert archive.runs(FIRST + timedelta(days=1))[0].events == {"duplicate": 1}


def _pem(key: ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_runs_of_more_files_than_a_manifest_holds_are_sealed_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal_module, "FILES", 5)
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    last = archive.seal(FIRST, {"ninh_thuan": Reason.sentence("no answer")})
    first, second = seals_on_disk(archive.paths, FIRST)
    assert (first.number, second.number, last.head) == (1, 2, second.head)
    assert (sealed_runs([first]), sealed_runs([second])) == ({"da_nang"}, {"quang_tri"})
    assert (second.previous, set(first.missed), dict(second.missed)) == (first.head, {"ninh_thuan"}, {})
    assert verify(archive.identity, archive.paths).findings == []


def test_a_manifest_that_nobody_could_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_module, "LONGEST", 100)
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    with pytest.raises(ArchiveError, match="more than a manifest holds"):
        archive.seal(FIRST, {})
    assert not list(archive.paths.night(FIRST).glob("manifest-*"))


def test_an_edited_manifest_that_lost_its_signature_is_not_signed_again(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    archive.seal(FIRST, {"ninh_thuan": Reason.sentence("no answer")})
    manifest = archive.paths.night(FIRST) / "manifest-1.json"
    manifest.with_suffix(".sig").unlink()
    manifest.write_bytes(manifest.read_bytes().replace(b"no answer", b"no power!"))
    with pytest.raises(ArchiveError, match="is not the one that was sealed"):
        archive.seal(FIRST, {})
    assert not manifest.with_suffix(".sig").exists()


def test_a_stranger_named_as_a_manifest_stops_the_seal_in_a_line(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    archive.seal(FIRST, {})
    composed.run_night(archive, 1)
    stranger = archive.paths.night(FIRST) / "manifest-evil.json"
    stranger.write_bytes(b"{}")
    with pytest.raises(ArchiveUnusable, match=r"manifest-evil\.json is damaged"):
        archive.seal(FIRST + timedelta(days=1), {})
    stranger.unlink()
    assert archive.seal(FIRST + timedelta(days=1), {}).number == 1
