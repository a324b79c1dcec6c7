"""Manifests written by hand: one form, one head, and what a seal covers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from archive.errors import ArchiveUnusable
from archive.messages.reason import Reason
from archive.storage import manifest as manifest_module
from archive.storage import merkle
from archive.storage.jsonl import canonical
from archive.storage.manifest import (
    FileEntry,
    Previous,
    Seal,
    describe,
    entry_leaves,
    leaves,
    manifest_path,
    read_seal,
    runs_of,
    sealed_files,
    sealed_runs,
    seals_on_disk,
)
from archive.storage.paths import Paths

NIGHT = date(2025, 3, 3)
FILES = (FileEntry('da_nang/Tệp "a".txt', 7, "1" * 64), FileEntry("quang_tri.2/run.json", 0, "2" * 64))
MISSED = {"ninh_thuan": Reason.sentence("no answer"), "an_giang": Reason.of("key_changed", n=1, key="k", before="b")}
WHOLE = Seal(
    "ä", NIGHT, 2, FILES, MISSED, "3" * 64, 5, Previous(NIGHT, 1, "4" * 64), (FileEntry("t/1.json", 3, "5" * 64),)
)
SEALS = [
    WHOLE,
    replace(WHOLE, format=1),
    replace(WHOLE, files=(), withheld=()),
    replace(WHOLE, missed={}, chained=None, number=1),
]


@pytest.mark.parametrize("seal", SEALS)
def test_a_manifest_is_canonical_json_and_is_read_again(seal: Seal) -> None:
    data = seal.to_bytes()
    assert data == canonical(json.loads(data)) + b"\n"
    assert read_seal(data) == seal
    assert (read_seal(data).signed, read_seal(data, signed=True).signed) == (False, True)
    plain = json.loads(data)
    assert ("withheld" in plain) == bool(seal.withheld)
    assert [item["portal"] for item in plain["missed"]] == sorted(seal.missed)
    assert read_seal(data).previous == (seal.chained.head if seal.chained else None)


@pytest.mark.parametrize("seal", SEALS)
def test_the_head_of_format_2_is_that_of_a_short_header(seal: Seal) -> None:
    digest = sha256(seal.to_bytes()).hexdigest()
    assert seal.digest == digest
    if seal.format == 1:
        assert seal.head == digest
        return
    before = None
    if seal.chained:
        before = {"head": seal.chained.head, "night": str(seal.chained.night), "number": seal.chained.number}
    header = {
        "archive": seal.archive, "leaves": seal.leaves, "manifest": digest, "night": str(seal.night), "number": seal.number,
        "previous": before, "root": seal.root, "statement": "luu-tru head 2",
    }  # fmt: skip
    assert seal.header(digest) == canonical(header) + b"\n"
    assert seal.head == seal.head_from(digest) == sha256(canonical(header) + b"\n").hexdigest()


def test_what_is_written_otherwise_is_no_manifest() -> None:
    data = WHOLE.to_bytes()
    plain = json.loads(data)
    changes: list[dict[str, object]] = [
        {"format": 3}, {"number": -1}, {"leaves": -1}, {"leaves": 1.5}, {"night": "2025-13-01"}, {"more": 1}, {"withheld": []},
        {"previous": {"head": "4"}}, {"files": [{"path": True}]}, {"files": None},
    ]  # fmt: skip
    without = [{name: value for name, value in plain.items() if name != key} for key in plain if key != "withheld"]
    odd = [
        data[:-1], data + b"\n", b" " + data, b"", b"7", json.dumps(plain).encode() + b"\n", b"[" * 100_000,
        data.replace(b"\xc3\xa4", b"\\u00e4"),
        *(canonical(values) + b"\n" for values in (*without, *(plain | change for change in changes))),
    ]  # fmt: skip
    for each in odd:
        with pytest.raises(ValueError, match=r"."):
            read_seal(each)


def test_a_leaf_is_a_line_a_file_or_a_tombstone(tmp_path: Path) -> None:
    for run, lines in (("a", b"one\ntwo\n"), ("b", b"three\n")):
        (tmp_path / run).mkdir()
        (tmp_path / run / "articles.jsonl").write_bytes(lines)
    entries = [merkle.leaf_hash(canonical({"path": e.path, "sha256": e.sha256, "size": e.size})) for e in FILES]
    assert list(entry_leaves(FILES)) == entries
    hashes = [merkle.leaf_hash(line) for line in (b"one", b"two", b"three")]
    assert leaves(tmp_path, [Path("a"), Path("b")], FILES[:1], FILES[1:]) == hashes + entries
    assert leaves(tmp_path, [Path("b")], ()) == hashes[2:]


def test_a_file_is_described_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "da_nang").mkdir()
    file = tmp_path / "da_nang" / "t.txt"
    file.write_bytes(b"text" * 100_000)
    entry = FileEntry("da_nang/t.txt", 400_000, sha256(b"text" * 100_000).hexdigest())
    assert describe(tmp_path, file) == entry
    (tmp_path / "link").symlink_to(file)
    with pytest.raises(OSError, match="is a link"):
        describe(tmp_path, tmp_path / "link")


def write(paths: Paths, seal: Seal, signature: bytes | None = b"{}\n") -> Path:
    path = manifest_path(paths, seal.night, seal.number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(seal.to_bytes())
    if signature is not None:
        path.with_suffix(".sig").write_bytes(signature)
    return path


def numbered(number: int, *runs: str) -> Seal:
    files = tuple(FileEntry(f"{run}/t.txt", 1, "1" * 64) for run in runs)
    return replace(WHOLE, number=number, files=files)


def test_the_seals_of_a_night_come_by_number_with_their_runs(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    seals = [numbered(1, "a", "b"), numbered(2, "b", "c"), numbered(10, "a", "d")]
    for seal, signature in zip(reversed(seals), (b"unsigned\n", None, b"{}\n"), strict=True):
        write(paths, seal, signature)
    found = seals_on_disk(paths, NIGHT)
    assert found == seals
    assert [seal.signed for seal in found] == [True, False, False]
    assert [runs_of(paths, seal) for seal in seals] == [["a", "b"], ["c"], ["d"]]
    assert sealed_runs(seals) == {"a", "b", "c", "d"}
    assert sealed_files(paths) == 6 + 3  # and a tombstone of each
    assert seals_on_disk(paths, date(2025, 3, 4)) == []


def test_a_manifest_that_cannot_be_read_ends_the_reading_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = Paths(tmp_path)
    path = write(paths, numbered(1, "a"))
    path.write_bytes(b"{}\n")
    with pytest.raises(ArchiveUnusable, match=r"manifest-1\.json"):
        seals_on_disk(paths, NIGHT)
    path.unlink()
    path.mkdir()
    with pytest.raises(ArchiveUnusable, match=r"manifest-1\.json"):
        seals_on_disk(paths, NIGHT)
    assert sealed_files(paths) == 0
    path.rmdir()
    size = write(paths, numbered(1, "a")).stat().st_size
    monkeypatch.setattr(manifest_module, "LONGEST", size)
    assert len(seals_on_disk(paths, NIGHT)) == sealed_files(paths) - 1 == 1
    monkeypatch.setattr(manifest_module, "LONGEST", size - 1)
    with pytest.raises(ArchiveUnusable, match="more than"):
        seals_on_disk(paths, NIGHT)
    assert sealed_files(paths) == 0
