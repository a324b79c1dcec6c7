"""Read a stored file as what it should be: a regular file of a bounded size, reached through no link.

Everything in an archive may have been put there by somebody else. A pipe would stop its reader, a link to a device would
never end, a link elsewhere would show another file as the archive's. All three raise OSError, as an unreadable disk does,
so that each reader has one way to report a file that it cannot read.
"""

from __future__ import annotations

import errno
import os
import stat
from hashlib import sha256
from io import FileIO
from pathlib import Path

from archive.errors import DamagedFile
from archive.messages.reason import Reason

MOST = 1 << 30
"""Bytes of the longest file that is read as a whole; a year of a large portal's lines has a hundredth of that."""


class OddFile(OSError):
    """The path names no regular file of a bounded size; `strerror` says what stands there."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(errno.EINVAL, what, str(path))


def open_stored(path: Path) -> FileIO:
    """Open a regular file to read it, unbuffered. Raises OSError for anything else, FileNotFoundError for nothing."""
    try:
        # Without O_NONBLOCK a pipe would wait here for somebody who writes into it.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OddFile(path, "it is a link") from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OddFile(path, "it is no regular file")
    return FileIO(handle, "rb")


def read_stored(path: Path, most: int = MOST) -> bytes:
    """Return the bytes of a regular file. Raises OSError as `open_stored` does, and for a file with more than `most` bytes."""
    with open_stored(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most:
            raise OddFile(path, f"it has {size} bytes, more than {most}")
        pieces = []
        while size >= 0 and (piece := stream.read(size + 1)):
            pieces.append(piece)
            size -= len(piece)
    return b"".join(pieces)


def read_twice(path: Path) -> bytes:
    """Return the bytes of a regular file, read a second time after an input error. Raises OSError as `read_stored` does.

    For what decides something and may be missing, as an older text may: an input error passes on most storage, and the
    decision must not hang on it. A lasting one is as good as a missing file.
    """
    try:
        return read_stored(path)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    return read_stored(path)


def read_text_file(path: Path, digest: str | None) -> bytes | None:
    """Return the bytes of a text; None when the file cannot be read or has another SHA-256 (hex)."""
    try:
        data = read_twice(path)
    except OSError:
        return None
    return data if sha256(data).hexdigest() == digest else None


def damaged_file(path: Path, error: OSError | ValueError) -> DamagedFile:
    """Return the error of a file that cannot be read or does not hold what it should, with the file's name and the remedy."""
    why = Reason.sentence(str(error.strerror)) if isinstance(error, OSError) else Reason.of_error(error)
    return DamagedFile(Reason.of("file_damaged", file=str(path), error=str(why)))
