"""The entries of a manifest stay its bytes: read in blocks, in one form alone, in memory that grows with the file alone."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from archive.storage import manifest, merkle
from archive.storage.manifest import FileEntry, FileList, RunRange, Seal, entry_leaves, read_seal

NIGHT = date(2025, 3, 3)


def entry(path: str, size: int = 1) -> FileEntry:
    return FileEntry(path, size, sha256(path.encode()).hexdigest())


def seal(*files: FileEntry) -> Seal:
    return Seal("a", NIGHT, 1, files, {}, "f" * 64, 0, None)


def many(count: int, runs: int = 1) -> tuple[FileEntry, ...]:
    return tuple(entry(f"run_{run:02d}/{number:06d}.txt") for run in range(runs) for number in range(count // runs))


@pytest.mark.parametrize("count", [0, 1, 3, 1000])
def test_entries_are_those_that_were_written(count: int) -> None:
    files = many(count)
    read = read_seal(seal(*files).to_bytes()).entries
    assert tuple(read) == files
    assert [read[number] for number in range(count)] == list(files)
    assert list(read.between(count // 3, count)) == list(files[count // 3 :])
    assert list(read.paths(0, count)) == [each.path for each in files]
    assert list(read.leaves()) == list(entry_leaves(files))
    assert (len(read), bytes(read.raw)) == (count, seal(*files).to_bytes()[24 : 24 + len(read.raw)])


def test_ranges_are_the_runs_whatever_block_they_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    files = (*many(700, 7), entry("alone"), entry("alone"), entry("z/2"), entry("z/1"), entry("y/1"), entry("z/3"))
    seen = set()
    for block in (1, 200, 5000, 1 << 20):
        monkeypatch.setattr(manifest, "_BLOCK", block)
        seen.add(FileList.of(files).runs)
    [ranges] = seen
    assert ranges[:7] == tuple(RunRange(f"run_{run:02d}", 100 * run, 100 * run + 100) for run in range(7))
    assert [(each.run, each.stop - each.first, each.ordered) for each in ranges[7:]] == [
        ("alone", 1, True), ("alone", 1, True), ("z", 2, False), ("y", 1, True), ("z", 1, True),
    ]  # fmt: skip


def test_odd_names_keep_their_one_spelling() -> None:
    files = tuple(map(entry, ('a/"', "a/\\", "a/\x01\x1f\n\t\x7f", "a/é😀", 'a/},{"path":"', "a/],")))
    data = seal(*files).to_bytes()
    assert tuple(read_seal(data).files) == files
    assert (
        data == json.dumps(json.loads(data), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    )


WHOLE = seal(entry("r/a"), entry("r/b", 20)).to_bytes()


@pytest.mark.parametrize(("old", "new"), [
    (b'"path":"r/a"', b'"path": "r/a"'), (b"r/a", b"r/\\u0061"), (b"r/a", b"r\\/a"), (b"r/a", b"r/\xff"), (b"r/a", b"r/\n"),
    (b'"size":20', b'"size":020'), (b'"size":20', b'"size":-2'), (b'"size":20', b'"size":2e1'), (b'"size":20', b'"size":9999999999999999999'),
    (b'"size":20}', b'"size":20},'), (b'},{"path"', b'};{"path"'), (b'},{"path"', b'}{"path"'), (b'"size":1}', b'"size":1,"x":1}'),
    (b'"files":[', b'"files":[ '), (b'],"format"', b',],"format"'), (b'"format"', b'"Format"'), (b'"leaves":0', b'"leaves":00'),
    (b"}\n", b"}\n\n"), (b'{"archive"', b' {"archive"'), (b"r/a", b"r/\\ud800"),
])  # fmt: skip
def test_another_spelling_is_no_manifest(old: bytes, new: bytes) -> None:
    assert read_seal(WHOLE).files[1] == entry("r/b", 20)
    changed = WHOLE.replace(old, new, 1)
    assert changed != WHOLE
    with pytest.raises(ValueError):  # noqa: PT011  either no manifest or not in its form
        read_seal(changed)


def test_a_manifest_of_very_many_folders_or_long_beside_its_files_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "_MOST_RANGES", 3)
    files = [entry(f"r{number}/a") for number in range(3)]
    assert len(FileList.of(files)) == 3
    with pytest.raises(ValueError, match="more than 3 folders"):
        FileList.of([*files, entry("s/a")])
    monkeypatch.setattr(manifest, "_FRAME", 50)
    with pytest.raises(ValueError, match="more than 50 bytes"):
        read_seal(seal(entry("r/a")).to_bytes())


def test_memory_grows_by_a_few_bytes_an_entry() -> None:
    """Twice the entries take twice the file, and next to nothing more."""
    beside = []
    for count in (10_000, 20_000):
        data = seal(*many(count)).to_bytes()
        tracemalloc.start()
        read = read_seal(data)
        assert len(read.files) == count
        assert merkle.root(read.entries.leaves())
        beside.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert beside[1] - beside[0] < 10_000 * 8


@pytest.mark.parametrize("leaves", [*range(10), 4095, 4096, 4097, 8192, 9000])
def test_the_root_is_that_of_the_whole_tree(leaves: int) -> None:
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(leaves)]

    def head(part: list[bytes]) -> bytes:  # RFC 9162, 2.1.1, as it is written there
        if len(part) < 2:
            return part[0] if part else sha256(b"").digest()
        split = 1 << (len(part) - 1).bit_length() - 1
        return sha256(b"\x01" + head(part[:split]) + head(part[split:])).digest()

    assert merkle.root(iter(hashes)) == head(hashes)


def test_a_seal_of_entries_and_of_their_bytes_are_one() -> None:
    fresh = seal(*many(10))
    read = read_seal(fresh.to_bytes())
    assert (read, read.head, read.digest) == (fresh, fresh.head, sha256(fresh.to_bytes()).hexdigest())
    assert replace(read, number=2).files == fresh.files
