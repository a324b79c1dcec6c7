"""Read and write the manifest of a night: the sealed files, the chain to the seal before, and the Merkle root.

`manifest-1.json` is canonical JSON with one final newline:

    {"archive": "<id>", "files": [{"path", "sha256", "size"}, …], "format": 2, "leaves": 12, "missed": [{"portal", "reason"}, …],
     "night": "2026-11-22", "number": 1, "previous": {"head", "night", "number"} | null, "root": "<hex>",
     "withheld": [{"path", "sha256", "size"}, …]}

`files` are all files of the runs this seal covers, by path; `number` counts the seals of one night; `previous` names the seal
made before this one, whatever its night. The head of a seal is the SHA-256 of its header, which names the manifest by
SHA-256; in format 1 it is the SHA-256 of the manifest itself. `withheld` are the
tombstones (archive/storage/tombstones.py) that no earlier seal lists, by path from the archive's root; without any the key is left
out. The Merkle tree (RFC 9162) has one leaf for each raw line of `articles.jsonl`, run by run in path order, then one for
each file entry, then one for each tombstone. There is no time of sealing in it, so that sealing again gives identical
bytes. Beside it stands its signature (archive/sealing/signatures.py).

The header is canonical JSON with one final newline, so that a head is recomputed without the list of files:

    {"archive": "<id>", "leaves": 12, "manifest": "<hex>", "night": "2026-11-22", "number": 1,
     "previous": {"head", "night", "number"} | null, "root": "<hex>", "statement": "luu-tru head 2"}
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import file_digest, sha256
from itertools import chain, islice
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, overload

from archive.errors import ArchiveUnusable
from archive.messages.reason import Reason
from archive.model.run_metrics import Count
from archive.storage import merkle
from archive.storage.jsonl import canonical, decode, decoder, json_values
from archive.storage.paths import Paths
from archive.storage.run_record import read_lines
from archive.storage.stored_file import open_stored, read_stored


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A sealed file: path from the night's folder, size in bytes, SHA-256 in hex."""

    path: str
    size: Count
    sha256: str


@dataclass(frozen=True, slots=True)
class RunRange:
    """Entries of a list from number `first` to before `stop`, which stand in the folder `run`.

    `ordered`: each path comes after the one before it, so that none is there twice. `loose`: the one entry stands in no
    folder, and `run` is its path.
    """

    run: str
    first: int
    stop: int
    ordered: bool = True
    loose: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    """Bytes of some entries, the last one with its comma, and the number of the first."""

    first: int
    start: int
    end: int


_STRING = rb'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"'
_ENTRY = re.compile(
    rb'\{"path":' + _STRING + rb',"sha256":' + _STRING + rb',"size":(0|[1-9][0-9]{0,18})\}(?:,|\Z)', re.DOTALL
)
_BETWEEN = b'},{"path":"'  # in no string, where a quotation mark has a backslash before it
_FORM = b'{"path":"%b","sha256":"%b","size":%b}'
_LEAF = b"\x00" + _FORM  # `merkle.leaf_hash` of it
_AROUND = len(_FORM % (b"", b"", b"")) + 1  # bytes of an entry and its comma beside its values
_LARGEST = 2**63 - 1
_BLOCK = 1 << 15  # bytes of entries that are read at once
_MOST_HELD = 16  # blocks: what an ordinary night lists is asked for several times and read once
_MOST_RANGES = 1 << 14  # a night has some hundred runs

_RawEntry = tuple[bytes, bytes, bytes]


class FileList(Sequence[FileEntry]):
    """The entries of a manifest, which stay the bytes they are: an entry is read when it is asked for.

    So a manifest of a million entries takes little more memory than its file has bytes.
    """

    __slots__ = ("_blocks", "_count", "_data", "_end", "_held", "_start", "runs")

    def __init__(self, data: bytes, start: int, end: int) -> None:
        """Take the entries that stand in these bytes. Raises ValueError when they are not in their one form."""
        self._data, self._start, self._end = data, start, end
        self._blocks: list[_Block] = []
        self._held: dict[int, list[_RawEntry]] = {}
        self._count = 0
        ranges = _Ranges()
        while start < end:
            after = data.find(_BETWEEN, start + _BLOCK, end)
            block = _Block(self._count, start, end if after < 0 else after + 2)
            entries = self._read(block)
            self._check(block, entries)
            ranges.add(block.first, entries)
            self._blocks.append(block)
            self._count += len(entries)
            start = block.end
        ranges.end(self._count)
        self.runs = tuple(ranges.found)

    @classmethod
    def of(cls, entries: Iterable[FileEntry]) -> FileList:
        """Return the list of these entries."""
        data = b",".join(map(_entry_bytes, entries))
        return cls(data, 0, len(data))

    @property
    def raw(self) -> memoryview:
        """The entries as they stand in the manifest, with the commas between them."""
        return memoryview(self._data)[self._start : self._end]

    def __len__(self) -> int:
        """Return the number of entries."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> FileEntry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FileEntry]: ...
    def __getitem__(self, index: int | slice) -> FileEntry | Sequence[FileEntry]:
        """Return one entry, or some."""
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(self._count)))
        wanted = range(self._count)[index]
        return next(self.between(wanted, wanted + 1))

    def __iter__(self) -> Iterator[FileEntry]:
        """Yield every entry."""
        return self.between(0, self._count)

    def __eq__(self, other: object) -> bool:
        """Return whether the other one is a sequence of the same entries."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def between(self, first: int, stop: int) -> Iterator[FileEntry]:
        """Yield the entries from one number to before another."""
        return (FileEntry(_text(path), int(size), _text(digest)) for path, digest, size in self._raw(first, stop))

    def paths(self, first: int, stop: int) -> Iterator[str]:
        """Yield the paths of the entries from one number to before another."""
        return (_text(path) for path, _, _ in self._raw(first, stop))

    def leaves(self) -> Iterator[bytes]:
        """Yield the leaf hash of each entry."""
        return (sha256(_LEAF % entry).digest() for entry in self._raw(0, self._count))

    def _raw(self, first: int, stop: int) -> Iterator[_RawEntry]:
        at = bisect_right(self._blocks, first, key=lambda block: block.first) - 1
        for block in islice(self._blocks, max(at, 0), None):
            if block.first >= stop:
                return
            yield from self._read(block)[max(first - block.first, 0) : stop - block.first]

    def _read(self, block: _Block) -> list[_RawEntry]:
        entries = self._held.get(block.first)
        if entries is None:
            entries = _ENTRY.findall(self._data, block.start, block.end)
            if len(self._held) == _MOST_HELD:
                self._held.clear()
            self._held[block.first] = entries
        return entries

    def _check(self, block: _Block, entries: list[_RawEntry]) -> None:
        """Check that the entries are all that the block holds, in UTF-8, each value in its one spelling."""
        data = self._data[block.start : block.end]
        is_last = block.end == self._end  # which has no comma
        if sum(map(len, chain.from_iterable(entries))) + _AROUND * len(entries) - is_last != len(data):
            raise ValueError(Reason.of("not_canonical"))
        data.decode("utf-8")
        if b"\\" in data:
            for value in chain.from_iterable(entries):
                if b"\\" in value and _quoted(_text(value)).encode() != b'"%b"' % value:
                    raise ValueError(Reason.of("not_canonical"))
        if any(len(size) == len(str(_LARGEST)) and int(size) > _LARGEST for _, _, size in entries):
            raise ValueError(Reason.of("not_canonical"))


def _text(value: bytes) -> str:
    return value.decode() if b"\\" not in value else str(json.loads(b'"%b"' % value))


class _Ranges:
    """Part entries, as they come, by the folders that they stand in."""

    def __init__(self) -> None:
        self.found: list[RunRange] = []
        self._folder = self._before = b""
        self._began, self._ordered, self._loose = 0, True, False

    def add(self, first: int, entries: list[_RawEntry]) -> None:
        """Add the next entries. Raises ValueError when there are more folders than a night can have runs."""
        folder, before = self._folder, self._before
        for number, (path, _, _) in enumerate(entries, first):
            if not path.startswith(folder) or not folder:
                self.end(number)
                run, stroke, _ = path.partition(b"/")
                folder = self._folder = run + b"/"
                self._began, self._ordered, self._loose = number, True, not stroke
            elif path <= before:
                self._ordered = False
            before = path
        self._before = before

    def end(self, stop: int) -> None:
        """End the last folder's entries."""
        if len(self.found) == _MOST_RANGES:
            raise ValueError(Reason.of("manifest_many_runs", most=_MOST_RANGES))
        if stop > self._began:
            self.found.append(RunRange(_text(self._folder[:-1]), self._began, stop, self._ordered, self._loose))


@dataclass(frozen=True, slots=True)
class Previous:
    """The seal made before this one."""

    night: date
    number: Count
    head: str


LONGEST = 1 << 28
"""Bytes of the longest manifest, some 1,900,000 files; a longer one is read by nobody, and a night of more has several seals."""

LONGEST_SIGNATURE = 1 << 16
"""Bytes of the longest signature file; it has some 350."""

HEADER = "luu-tru head 2"

Format = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class Seal:
    """The contents of a manifest; `missed` maps a portal to the reason it has no run."""

    archive: str
    night: date
    number: Count
    files: tuple[FileEntry, ...] | FileList
    missed: Mapping[str, Reason]
    root: str
    leaves: Count
    chained: Previous | None
    withheld: tuple[FileEntry, ...] = ()
    signed: bool = field(default=False, compare=False)
    format: Format = 2

    @property
    def previous(self) -> str | None:
        """The previous seal's head."""
        return self.chained.head if self.chained else None

    @property
    def entries(self) -> FileList:
        """The files as a manifest has them."""
        return self.files if isinstance(self.files, FileList) else FileList.of(self.files)

    def to_bytes(self) -> bytes:
        """Return the manifest's bytes."""
        return b"".join(self._pieces())

    def frame(self) -> bytes:
        """Return the bytes of the manifest with an empty list of files."""
        before, _, after = self._pieces()
        return before + after

    def _pieces(self) -> tuple[bytes, bytes | memoryview, bytes]:
        """Return the bytes before the entries, the entries, and those after them."""
        rest: dict[str, object] = {
            "format": self.format,
            "leaves": self.leaves,
            "missed": [{"portal": name, "reason": self.missed[name].plain()} for name in sorted(self.missed)],
            "night": self.night,
            "number": self.number,
            "previous": json_values(self.chained) if self.chained else None,
            "root": self.root,
        }
        if self.withheld:
            rest["withheld"] = [json_values(entry) for entry in self.withheld]
        # Canonical as a whole: `archive` and `files` sort before every other key. A night has thousands of files.
        before = b'{"archive":%b,"files":[' % _quoted(self.archive).encode()
        return before, self.entries.raw, b"],%b\n" % canonical(rest)[1:]

    @property
    def head(self) -> str:
        """SHA-256 of the header, in hex; of the manifest's bytes in format 1."""
        return self.head_from(self.digest)

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes, in hex."""
        whole = sha256()
        for piece in self._pieces():
            whole.update(piece)
        return whole.hexdigest()

    def head_from(self, digest: str) -> str:
        """Return the head, given the SHA-256 of the manifest's bytes."""
        return digest if self.format == 1 else sha256(self.header(digest)).hexdigest()

    def header(self, digest: str) -> bytes:
        """Return the bytes that a head of format 2 is the SHA-256 of, given the SHA-256 of the manifest's bytes."""
        names = ("archive", "leaves", "night", "number", "root")
        value: dict[str, object] = {name: getattr(self, name) for name in names}
        value["previous"] = json_values(self.chained) if self.chained else None
        return canonical(value | {"manifest": digest, "statement": HEADER}) + b"\n"


class _Missed(TypedDict):
    portal: str
    reason: Reason


class _Manifest(TypedDict):
    archive: str
    files: tuple[FileEntry, ...]
    format: Format
    leaves: Count
    missed: list[_Missed]
    night: date
    number: Count
    previous: Previous | None
    root: str
    withheld: NotRequired[tuple[FileEntry, ...]]


_MANIFEST = decoder(_Manifest)


_OPENING = re.compile(rb'\{"archive":' + _STRING + rb',"files":\[', re.DOTALL)
_CLOSING = b'],"format":'
_FRAME = 1 << 22  # bytes beside the list of files: portals that were missed, and tombstones
_DESCRIBED = 1 << 25  # bytes of a manifest that is read whole to name what is wrong in it


def read_seal(data: bytes, *, signed: bool = False) -> Seal:
    """Read a manifest's bytes. Raises ValueError when they are not one, or not in the one canonical form."""
    files, frame = _parted(data)
    raw = decode(_MANIFEST, frame, "a manifest")
    seal = Seal(
        archive=raw["archive"],
        night=raw["night"],
        number=raw["number"],
        files=files,
        missed={item["portal"]: item["reason"] for item in raw["missed"]},
        root=raw["root"],
        leaves=raw["leaves"],
        chained=raw["previous"],
        withheld=raw.get("withheld", ()),
        signed=signed,
        format=raw["format"],
    )
    if seal.frame() != frame:
        raise ValueError(Reason.of("not_canonical"))
    return seal


def _parted(data: bytes) -> tuple[FileList, bytes]:
    """Return the list of files, and the manifest as it would be with an empty one."""
    opening = _OPENING.match(data)
    start, end = (opening.end(), data.find(_CLOSING, opening.end())) if opening else (0, -1)
    try:
        if end < 0:
            raise ValueError(Reason.of("not_canonical"))
        files = FileList(data, start, end)
    except ValueError:
        if len(data) <= _DESCRIBED:
            decode(_MANIFEST, data, "a manifest")  # names the field where it is no manifest at all
        raise
    if len(data) - (end - start) > _FRAME:
        raise ValueError(Reason.of("manifest_long_frame", most=_FRAME))
    return files, data[:start] + data[end:]


def describe(night_folder: Path, path: Path) -> FileEntry:
    """Hash a file and return its entry."""
    with open_stored(path) as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return FileEntry(path.relative_to(night_folder).as_posix(), path.stat().st_size, digest)


def leaves(
    night_folder: Path, runs: Iterable[Path], files: Iterable[FileEntry], withheld: Iterable[FileEntry] = ()
) -> list[bytes]:
    """Return the leaf hashes of a seal: each raw line of each run's `articles.jsonl`, then each file entry, then each tombstone."""
    lines = (line for run in runs for line in read_lines(night_folder / run / "articles.jsonl"))
    return [*map(merkle.leaf_hash, lines), *entry_leaves(files), *entry_leaves(withheld)]


def entry_leaves(entries: Iterable[FileEntry]) -> Iterator[bytes]:
    """Yield the leaf hashes of entries."""
    return (
        entries.leaves()
        if isinstance(entries, FileList)
        else (merkle.leaf_hash(_entry_bytes(entry)) for entry in entries)
    )


def _entry_bytes(entry: FileEntry) -> bytes:
    """Return `canonical(json_values(entry))`, written out because a night has thousands."""
    return f'{{"path":{_quoted(entry.path)},"sha256":{_quoted(entry.sha256)},"size":{entry.size}}}'.encode()


def manifest_path(paths: Paths, night: date, number: int) -> Path:
    """Return the path of seal `number` of a night."""
    return paths.night(night) / f"manifest-{number}.json"


def seals_on_disk(paths: Paths, night: date) -> list[Seal]:
    """Read the seals of one night in the order of their numbers. Raises ArchiveUnusable when one is damaged, or the disk is."""
    found = []
    for path in paths.night(night).glob("manifest-*.json"):
        try:
            seal = read_seal(read_stored(path, LONGEST), signed=_is_signed(path))
        except ValueError as error:
            raise ArchiveUnusable(Reason.of("file_damaged", file=str(path), error=str(error))) from None
        except OSError as error:
            file, reason = str(error.filename or path), error.strerror or str(error)
            raise ArchiveUnusable(Reason.of("manifest_unreadable", file=file, error=reason)) from None
        found.append(seal)
    return sorted(found, key=lambda seal: seal.number)


def _is_signed(manifest: Path) -> bool:
    signature = manifest.with_suffix(".sig")
    return signature.is_file() and not read_stored(signature, LONGEST_SIGNATURE).startswith(b"unsigned")


def sealed_runs(seals: Iterable[Seal]) -> set[str]:
    """Return the names of the runs that seals cover."""
    return {each.run for seal in seals for each in seal.entries.runs}


def runs_of(paths: Paths, seal: Seal) -> list[str]:
    """Return the names of the runs that a seal covers and no earlier one of its night does: a run is sealed once."""
    earlier = seals_on_disk(paths, seal.night) if seal.number > 1 else []
    return sorted(sealed_runs([seal]) - sealed_runs(each for each in earlier if each.number < seal.number))


def sealed_files(paths: Paths) -> int:
    """Return how many files the manifests list, as far as these can be read: what a long command shows its progress by."""
    files = 0
    for night in paths.nights():
        for path in paths.night(night).glob("manifest-*.json"):
            with suppress(OSError):
                files += read_stored(path, LONGEST).count(b'"size":')
    return files
