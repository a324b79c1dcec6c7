"""Read files for an audit: each once, in pieces, never through a link."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import IO

from archive.model.records import CaptureRef
from archive.storage.fsync import PIECE, read_pieces
from archive.storage.stored_file import open_stored

_FIRST = 1 << 13  # most texts are shorter: a larger buffer for each would cost more than the reading
_KEPT = 1 << 20


def walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield everything below a folder but folders, in the order of paths; links are not followed.

    A path that is no folder yields nothing.
    """
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=attrgetter("name"))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path))
        else:
            yield entry


def folded_name(name: str) -> str:
    """Return a name as a file system sees it that ignores case and composition."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def colliding_names(names: Iterable[str]) -> set[str]:
    """Return the names that such a file system would confuse with one another."""
    every = list(names)
    if (joined := "/".join(every)).isascii() and joined == joined.lower():
        return set()  # each is its own folded form
    counted = Counter(map(folded_name, every))
    return {name for name in every if counted[folded_name(name)] > 1} if len(counted) < len(every) else set()


def read_once(path: str) -> tuple[str, int, bytes | None]:
    """Return SHA-256 in hex and size of a file, and its bytes where it has no more than a MiB."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        data = os.read(handle, _FIRST)
        digest = sha256(data)
        if len(data) < _FIRST:
            return digest.hexdigest(), len(data), data
        held: list[bytes] | None = [data]
        size = len(data)
        # No more than there is: a buffer of a whole piece for each list of lines would cost more than its reading.
        while data := os.read(handle, min(max(os.fstat(handle).st_size - size, 0) + 1, PIECE)):
            digest.update(data)
            size += len(data)
            if held is not None:
                held = [*held, data] if size <= _KEPT else None
    finally:
        os.close(handle)
    return digest.hexdigest(), size, b"".join(held) if held is not None else None


@dataclass(frozen=True, slots=True)
class WarcDigest:
    """A WARC file as read: SHA-256, size, SHA-256 at each reference, and whether a referenced record ends the file."""

    sha256: str
    size: int
    found: dict[CaptureRef, str]
    ended: bool


def read_warc(path: Path, refs: Iterable[CaptureRef]) -> WarcDigest:
    """Read a WARC file once, with the SHA-256 of the whole and of each record (by offset and length)."""
    whole, found = sha256(), dict[CaptureRef, str]()
    overlapping = []
    with open_stored(path) as stream:
        position = 0
        for ref in sorted(refs, key=lambda ref: (ref.offset, ref.length)):
            if ref.offset < position:
                overlapping.append(ref)
                continue
            for piece in read_pieces(stream, ref.offset - position):
                whole.update(piece)
            record = sha256()
            for piece in read_pieces(stream, ref.length):
                whole.update(piece)
                record.update(piece)
            found[ref] = record.hexdigest()
            position = ref.offset + max(ref.length, 0)
        while piece := stream.read(PIECE):
            whole.update(piece)
        size = stream.tell()
        for ref in overlapping:  # no line that the program wrote: read apart
            found[ref] = _apart(stream, ref)
    ended = any(ref.offset + ref.length == size and found[ref] == ref.sha256 for ref in found)
    return WarcDigest(whole.hexdigest(), size, found, ended)


def _apart(stream: IO[bytes], ref: CaptureRef) -> str:
    if ref.offset < 0:
        return ""
    digest = sha256()
    stream.seek(ref.offset)
    for piece in read_pieces(stream, ref.length):
        digest.update(piece)
    return digest.hexdigest()
