"""Write files so that they survive a power cut: what returns has reached the disk (docs/adr/0001-lines-are-the-commit.md).

A file is written under a temporary name, flushed, renamed and its folder flushed. A failed flush is never retried: the
kernel may have dropped the data, so the batch fails and the portal stops.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Literal

from archive.errors import ArchiveError, DiskFull

TEMPORARY = ".tmp-"
_OTHERS = 0o027  # of a mode: writing for the group, everything for others
PIECE = 1 << 18
"""Bytes of a file that are read at a time."""

_REFUSED = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
_IN_THE_WAY = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST}


@contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """Turn an operating system error while writing into one line that says what to do.

    Raises DiskFull when the disk or a permission refuses writes, ArchiveError when something else stands in the place.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _REFUSED:
            reason = error.strerror or str(error)
            raise DiskFull(
                f"{doing}: {reason}; free space or mend the disk and run the night again: nothing kept is lost"
            ) from error
        where = f" ({error.filename})" if error.filename else ""
        if error.errno in _FORBIDDEN:
            raise DiskFull(f"{doing}: {error.strerror}{where}; mend its permissions, nothing kept is lost") from error
        move = "; move what stands there" if error.errno in _IN_THE_WAY else ""
        raise ArchiveError(f"{doing}: {error.strerror or error}{where if move else ''}{move}") from error


def try_writing(folder: Path, size: int = 1 << 20) -> None:
    """Write and flush so many bytes in a folder and remove them. Raises DiskFull or ArchiveError when that fails."""
    path = folder / f"{TEMPORARY}probe-{os.getpid()}"
    with disk_errors(f"cannot write in {folder}"):
        try:
            write_flushed(path, bytes(size))
        finally:
            path.unlink(missing_ok=True)


def read_pieces(stream: IO[bytes], length: int) -> Iterator[bytes]:
    """Yield the next `length` bytes of a file, or those up to its end, in pieces."""
    while length > 0 and (piece := stream.read(min(PIECE, length))):
        length -= len(piece)
        yield piece


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename or a new file in it survives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def close_to_others() -> None:
    """Close every file and folder that this process makes from now on to other users, as the systemd units do.

    The umask of a stricter user stays.
    """
    os.umask(os.umask(_OTHERS) | _OTHERS)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each flushed into its own parent and closed to other users, whatever the umask."""
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(mode=0o750, exist_ok=True)
        sync_folder(path.parent)


def write_flushed(path: Path, data: bytes, mode: Literal["wb", "ab"] = "wb") -> None:
    """Write or append bytes to a file and flush them. The folder's entry of a new file is not flushed."""
    with path.open(mode) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def write_all_flushed(files: Mapping[Path, bytes]) -> None:
    """Write files and flush them, as `write_flushed`. All are written before the first is flushed.

    So the first flush takes the others' data and entries along, and the later ones have little left to do.
    """
    with ExitStack() as opened:
        streams = [opened.enter_context(path.open("wb")) for path in files]
        for stream, data in zip(streams, files.values(), strict=True):
            stream.write(data)
            stream.flush()
        for stream in streams:
            os.fsync(stream.fileno())


def write_durably(path: Path, data: bytes) -> None:
    """Write a whole file: temporary name, flush, rename over `path`, flush the folder."""
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    write_flushed(temporary, data)
    temporary.replace(path)
    sync_folder(path.parent)


def append_durably(path: Path, data: bytes) -> None:
    """Append bytes to a file and flush it; a new file's folder is flushed too."""
    fresh = not path.exists()
    write_flushed(path, data, "ab")
    if fresh:
        sync_folder(path.parent)


def move_durably(source: Path, target: Path) -> None:
    """Rename a file or folder within the archive and flush both parents."""
    make_folder(target.parent)
    source.rename(target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)
