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

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import file_digest, sha256
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

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
class Previous:
    """The seal made before this one."""

    night: date
    number: Count
    head: str


LONGEST = 1 << 25
"""Bytes of the longest manifest, some 250,000 files; a longer one is read by nobody, and a night of more has several seals."""

HEADER = "luu-tru head 2"

Format = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class Seal:
    """The contents of a manifest; `missed` maps a portal to the reason it has no run."""

    archive: str
    night: date
    number: Count
    files: tuple[FileEntry, ...]
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

    def to_bytes(self) -> bytes:
        """Return the manifest's bytes."""
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
        files = b",".join(_entry_bytes(entry) for entry in self.files)
        return b'{"archive":%b,"files":[%b],%b\n' % (_quoted(self.archive).encode(), files, canonical(rest)[1:])

    @property
    def head(self) -> str:
        """SHA-256 of the header, in hex; of the manifest's bytes in format 1."""
        return self.head_from(self.digest)

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes, in hex."""
        return sha256(self.to_bytes()).hexdigest()

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


def read_seal(data: bytes, *, signed: bool = False) -> Seal:
    """Read a manifest's bytes. Raises ValueError when they are not one, or not in the one canonical form."""
    raw = decode(_MANIFEST, data, "a manifest")
    seal = Seal(
        archive=raw["archive"],
        night=raw["night"],
        number=raw["number"],
        files=raw["files"],
        missed={item["portal"]: item["reason"] for item in raw["missed"]},
        root=raw["root"],
        leaves=raw["leaves"],
        chained=raw["previous"],
        withheld=raw.get("withheld", ()),
        signed=signed,
        format=raw["format"],
    )
    if seal.to_bytes() != data:
        raise ValueError(Reason.of("not_canonical"))
    return seal


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
    return [merkle.leaf_hash(line) for line in lines] + entry_leaves((*files, *withheld))


def entry_leaves(entries: Iterable[FileEntry]) -> list[bytes]:
    """Return the leaf hashes of entries."""
    return [merkle.leaf_hash(_entry_bytes(entry)) for entry in entries]


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
    return signature.is_file() and not read_stored(signature, LONGEST).startswith(b"unsigned")


def sealed_runs(seals: Iterable[Seal]) -> set[str]:
    """Return the names of the runs that seals cover."""
    return {entry.path.split("/", 1)[0] for seal in seals for entry in seal.files}


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
