"""Measure the free disk space, and decide whether a portal's night may start in it and how many nights it lasts.

No crawl starts when less than `min_free` would be left (the portal's usual night counted in), and a running crawl
commits and stops when less is left. File systems also end at their number of files, and an archive of small texts gets
there first: free files are checked alike. `statvfs` is an argument, so that a test needs no full disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

from archive.errors import DiskFull
from archive.messages.reason import Reason

MIN_FILES = 10_000
"""Files that must still fit on the file system before a crawl starts; a portal's night makes some dozens."""
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)


class _StatResult(Protocol):
    @property
    def f_frsize(self) -> int: ...
    @property
    def f_blocks(self) -> int: ...
    @property
    def f_bavail(self) -> int: ...
    @property
    def f_files(self) -> int: ...
    @property
    def f_favail(self) -> int: ...


StatVfs = Callable[[str], _StatResult]


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """Free space of a file system: bytes, and files (None where it does not count them, as btrfs)."""

    total: int
    free: int
    files: int | None


def free_space(folder: Path, statvfs: StatVfs = os.statvfs) -> DiskSpace:
    """Return the space on the file system of a folder, or of its nearest parent that exists. Raises OSError."""
    path = folder.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    result = statvfs(str(path))
    files = result.f_favail if result.f_files else None
    return DiskSpace(result.f_blocks * result.f_frsize, result.f_bavail * result.f_frsize, files)


def shortage(left: DiskSpace, wanted: int, needed: int = 0) -> Reason | None:
    """Return why nothing new may be written; None when there is space.

    `needed` are the bytes that the new work will take.
    """
    if left.free < wanted:
        return Reason.of("low_disk", free=left.free, wanted=wanted)
    if left.free - needed < wanted:
        return Reason.of("low_disk_beside", free=left.free, wanted=wanted, needed=needed)
    if left.files is not None and left.files < MIN_FILES and wanted:
        return Reason.of("low_disk_files", free=left.files, wanted=MIN_FILES)
    return None


def low_disk_error(low: Reason) -> DiskFull:
    """Return the error of work that was not done for want of space."""
    return DiskFull(Reason.of("low_disk_remedy", low=low))


def nights_left(free: int, wanted: int, sizes: Sequence[int]) -> int | None:
    """Return after how many nights of the usual size new work stops; None while no night has a size."""
    usual = int(median(sizes)) if sizes else 0
    return max(0, free - wanted) // usual if usual > 0 else None


def read_size(text: str) -> int:
    """Parse `2 GB`, `500 MB`, `1.5 GiB` or plain bytes. Raises ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].lower() == "i":
        raise ValueError(f"{text!r} is no size: write it as 2 GB or 500 MB")
    return int(float(match[1]) * _UNITS[match[2].lower()])
