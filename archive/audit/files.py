"""Reading files for an audit: each once, in pieces, never through a link."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from archive.model.records import CaptureRef

__all__ = ["ReadWarc", "names_twice", "read_once", "read_warc", "walk"]

_PIECE = 1 << 18
_FIRST = 1 << 13  # most texts are shorter: a larger buffer for each would cost more than the reading
_KEPT = 1 << 20


def walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Everything below a folder but folders, in the order of paths; links are not followed. Nothing where it is none."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path))
        else:
            yield entry


def folded(name: str) -> str:
    """A name as file systems see it that tell neither case nor composition apart."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def names_twice(names: Iterable[str]) -> set[str]:
    """Those of some names that such a file system would take for one another's."""
    every = list(names)
    counted = Counter(map(folded, every))
    return {name for name in every if counted[folded(name)] > 1} if len(counted) < len(every) else set()


def read_once(path: str) -> tuple[str, int, bytes | None]:
    """SHA-256 in hex and size of a file, and its bytes where it has no more than a MiB."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        data = os.read(handle, _FIRST)
        digest = sha256(data)
        if len(data) < _FIRST:
            return digest.hexdigest(), len(data), data
        kept: list[bytes] | None = [data]
        size = len(data)
        while data := os.read(handle, _PIECE):
            digest.update(data)
            size += len(data)
            if kept is not None:
                kept = [*kept, data] if size <= _KEPT else None
    finally:
        os.close(handle)
    return digest.hexdigest(), size, b"".join(kept) if kept is not None else None


@dataclass(frozen=True, slots=True)
class ReadWarc:
    """A WARC file as it is: SHA-256, size, the SHA-256 of what stands at each reference, and whether one ends the file."""

    sha256: str
    size: int
    found: dict[CaptureRef, str]
    ended: bool


def read_warc(path: Path, refs: Iterable[CaptureRef]) -> ReadWarc:
    """Read a WARC file once, with the SHA-256 of the whole and of each record (by offset and length)."""
    whole, found = sha256(), dict[CaptureRef, str]()
    overlapping = []
    with path.open("rb", buffering=0) as stream:
        position = 0
        for ref in sorted(refs, key=lambda ref: (ref.offset, ref.length)):
            if ref.offset < position:
                overlapping.append(ref)
                continue
            for piece in _pieces(stream, ref.offset - position):
                whole.update(piece)
            record = sha256()
            for piece in _pieces(stream, ref.length):
                whole.update(piece)
                record.update(piece)
            found[ref] = record.hexdigest()
            position = ref.offset + max(ref.length, 0)
        while piece := stream.read(_PIECE):
            whole.update(piece)
        size = stream.tell()
        for ref in overlapping:  # no line that the program wrote: read apart
            found[ref] = _apart(stream, ref)
    ended = any(ref.offset + ref.length == size and found[ref] == ref.sha256 for ref in found)
    return ReadWarc(whole.hexdigest(), size, found, ended)


def _pieces(stream: IO[bytes], length: int) -> Iterator[bytes]:
    while length > 0 and (piece := stream.read(min(_PIECE, length))):
        length -= len(piece)
        yield piece


def _apart(stream: IO[bytes], ref: CaptureRef) -> str:
    if ref.offset < 0:
        return ""
    digest = sha256()
    stream.seek(ref.offset)
    for piece in _pieces(stream, ref.length):
        digest.update(piece)
    return digest.hexdigest()
