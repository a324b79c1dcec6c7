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

__all__ = [
    "MIN_FILES",
    "DiskSpace",
    "StatVfs",
    "format_size",
    "free_space",
    "low_disk_error",
    "nights_left",
    "read_size",
    "shortage",
]

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


def shortage(left: DiskSpace, wanted: int, needed: int = 0) -> str | None:
    """Return why nothing new may be written, in words; None when there is space.

    `needed` are the bytes that the new work will take.
    """
    if left.free - needed < wanted:
        more = f" beside {format_size(needed)} for this portal's night" if needed and left.free >= wanted else ""
        return f"low disk: {format_size(left.free)} free, {format_size(wanted)} wanted{more}"
    if left.files is not None and left.files < MIN_FILES and wanted:
        return f"low disk: room for {left.files} more files, {MIN_FILES} wanted"
    return None


def low_disk_error(short: str) -> DiskFull:
    """Return the error of work that was not done for want of space."""
    return DiskFull(
        f"{short}; free space, or lower `min_free` in nights.toml, and run the night again: nothing is lost"
    )


def nights_left(free: int, wanted: int, sizes: Sequence[int]) -> int | None:
    """Return after how many nights of the usual size new work stops; None while no night has a size."""
    usual = int(median(sizes)) if sizes else 0
    return max(0, free - wanted) // usual if usual > 0 else None


def format_size(size: int) -> str:
    """Format bytes for people, in powers of ten as disks are sold: `87 MB`, `1.2 GB`."""
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(value) < 999.5 or unit == "TB":
            break
        value /= 1000
    digits = 0 if unit in ("B", "kB") or value >= 9.95 else 1
    return f"{value:.{digits}f}".removesuffix(".0") + f" {unit}"


def read_size(text: str) -> int:
    """Parse `2 GB`, `500 MB`, `1.5 GiB` or plain bytes. Raises ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].lower() == "i":
        raise ValueError(f"{text!r} is no size: write it as 2 GB or 500 MB")
    return int(float(match[1]) * _UNITS[match[2].lower()])
