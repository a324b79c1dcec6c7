"""Read and write tombstones, the records of what was withheld by law: `withheld/000001.json` and so on.

A tombstone is canonical JSON with one final newline, written before anything is removed and listed by the next seal:

    {"archive": "<id>", "articles": ["<portal>/<key>", …], "files": [{"after", "before", "path"}, …],
     "form": "luu-tru tombstone 1", "lines": [{"night", "run", "seq"}, …], "number": 1, "reason": "…",
     "records": [{"filler", "file", "length", "night", "offset", "run", "sha256"}, …],
     "texts": [{"path", "sha256", "size"}, …], "when": "<ISO 8601>", "who": "…"}

`texts` are removed. `records` are the gzip members of the captures in which the articles were served: each is overwritten in
its place by a member of the same length that names the tombstone (archive/storage/warc_filler.py), so that every other record
keeps its place and can be read on. `files` are the WARC files with the SHA-256 before and after. `lines` are the events whose
words the index leaves out. The lines themselves stay as sealed: the proof of every other text rests on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec

from archive.errors import ArchiveUnusable
from archive.messages.reason import Reason
from archive.model.enums import WITHHELD
from archive.model.run_metrics import Count, Instant
from archive.storage.jsonl import ArticleLine, canonical, decode, json_values
from archive.storage.manifest import FileEntry
from archive.storage.paths import RUN_NAME, Paths
from archive.storage.stored_file import read_stored
from archive.storage.warc_filler import filler

_FORM = "luu-tru tombstone 1"
_NAME = re.compile(r"[0-9]{6}\.json")
_HEX = re.compile(r"[0-9a-f]{64}")
_LONGEST = 1 << 28  # no response is as long; a false length must not fill the memory


@dataclass(frozen=True, slots=True)
class OverwrittenRecord:
    """An overwritten WARC record: its place, its SHA-256, and that of the bytes there now."""

    night: date
    run: str
    file: str
    offset: Count
    length: Count
    sha256: str
    filler: str

    @property
    def path(self) -> str:
        """The path of its file from the archive's root."""
        return f"{self.night:%Y/%m/%d}/{self.run}/{self.file}"


@dataclass(frozen=True, slots=True)
class RewrittenWarc:
    """A WARC file in which records were overwritten: its SHA-256 before and after."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LineRef:
    """A line of `articles.jsonl`."""

    night: date
    run: str
    seq: Count


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One withholding. `when` has a time zone; paths start at the archive's root."""

    archive: str
    number: Count
    articles: tuple[str, ...]
    reason: str
    who: str
    when: Instant
    texts: tuple[FileEntry, ...]
    records: tuple[OverwrittenRecord, ...]
    files: tuple[RewrittenWarc, ...]
    lines: tuple[LineRef, ...]

    @property
    def name(self) -> str:
        """The path from the archive's root."""
        return f"withheld/{self.number:06d}.json"

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        return canonical(json_values(self) | {"form": _FORM}) + b"\n"


_TOMBSTONE = msgspec.json.Decoder(Tombstone)


def read_tombstone(data: bytes) -> Tombstone:
    """Read a tombstone's bytes. Raises ValueError when they are none in the one form."""
    found = decode(_TOMBSTONE, data, "a tombstone")
    if found.to_bytes() != data:
        raise ValueError(Reason.of("not_canonical"))
    _refuse_odd_paths(found)
    return found


def _refuse_odd_paths(tombstone: Tombstone) -> None:
    """Refuse a tombstone that names anything but texts and captures, or fillers with words of their own."""
    places = [entry.path for entry in tombstone.texts]
    odd = [
        path
        for path in places
        if ".." in path or not re.fullmatch(r"(quarantine/)?[0-9]{4}/[0-9/]*[a-z][^\0]*\.txt", path)
    ]
    odd += [record.path for record in tombstone.records if not RUN_NAME.fullmatch(record.run) or "/" in record.file]
    odd += [record.path for record in tombstone.records if not record.file.endswith(".warc.gz") or record.offset < 0]
    odd += [line.run for line in tombstone.lines if not RUN_NAME.fullmatch(line.run)]
    for record in tombstone.records if not odd else ():
        if not 0 < record.length <= _LONGEST:
            raise ValueError(Reason.of("no_record_of_size", bytes=record.length))
        if sha256(filler(record.length, tombstone.name, record.offset)).hexdigest() != record.filler:
            raise ValueError(Reason.of("filler_says_more", file=record.path, offset=record.offset))
    hashes = [entry.sha256 for entry in tombstone.texts] + [record.sha256 for record in tombstone.records]
    if odd or not all(_HEX.fullmatch(digest) for digest in hashes):
        raise ValueError(Reason.of("cannot_be_withheld", what=(odd or hashes)[0]))


def tombstone_paths(paths: Paths) -> list[Path]:
    """Return every tombstone file, in the order of their numbers."""
    folder = paths.root / "withheld"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())


@dataclass(slots=True)
class Tombstones:
    """All tombstones of an archive, by place."""

    tombstones: list[Tombstone] = field(default_factory=list)
    damaged: list[tuple[Path, Reason]] = field(default_factory=list)
    texts: dict[str, Tombstone] = field(default_factory=dict)
    records: dict[tuple[str, int], OverwrittenRecord] = field(default_factory=dict)
    files: dict[str, list[RewrittenWarc]] = field(default_factory=dict)
    lines: dict[tuple[date, str, int], Tombstone] = field(default_factory=dict)

    def add(self, tombstone: Tombstone) -> None:
        """Add a tombstone; they come in the order of their numbers."""
        self.tombstones.append(tombstone)
        self.texts |= {entry.path: tombstone for entry in tombstone.texts}
        self.records |= {(record.path, record.offset): record for record in tombstone.records}
        self.lines |= {(line.night, line.run, line.seq): tombstone for line in tombstone.lines}
        for rewritten in tombstone.files:
            self.files.setdefault(rewritten.path, []).append(rewritten)

    def shown(self, night: date, run: str, line: ArticleLine) -> ArticleLine:
        """Return a line as the index may hold it: without words, text and files where it was withheld."""
        if (night, run, line.seq) not in self.lines:
            return line
        return replace(
            line,
            title="",
            author=None,
            published_raw=None,
            file=None,
            bytes=None,
            documents=(),
            attachments=(),
            images=(),
            flags=(*line.flags, WITHHELD),
        )


def withheld_in(paths: Paths, *, strictly: bool = False) -> Tombstones:
    """Read all tombstones of an archive; unreadable ones are listed in `damaged`.

    With `strictly` an unreadable one raises ArchiveUnusable: removing and rebuilding need them all.
    """
    found = Tombstones()
    for path in tombstone_paths(paths):
        try:
            tombstone = read_tombstone(read_stored(path))
            if f"{tombstone.number:06d}.json" != path.name:
                raise ValueError(Reason.of("number_is", number=tombstone.number))
        except (ValueError, OSError) as error:
            why = Reason.of("it_cannot_be_read", error=str(error.strerror)) if isinstance(error, OSError) else None
            why = why or Reason.of_error(error)
            if strictly:
                raise ArchiveUnusable(Reason.of("tombstone_damaged", file=str(path), error=str(why))) from None
            found.damaged.append((path, why))
        else:
            found.add(tombstone)
    return found


def entry_of(paths: Paths, path: Path) -> FileEntry:
    """Return a tombstone's entry in a manifest."""
    data = read_stored(path)
    return FileEntry(path.relative_to(paths.root).as_posix(), len(data), sha256(data).hexdigest())


def unsealed(paths: Paths, listed: Iterable[str]) -> tuple[FileEntry, ...]:
    """Return the entries of the tombstones whose paths are not among these."""
    known = set(listed)
    return tuple(entry for path in tombstone_paths(paths) if (entry := entry_of(paths, path)).path not in known)
