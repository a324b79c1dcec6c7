"""Refuse writes of outdated processes by a fence number beside each run, `open/<night>/<portal>.fence`.

A claim of a portal's night in the ledger raises the number here before anything else. A process that was started under
a lower number (paused, thought dead and woken up) is refused wherever it would write. The number rises, and is compared
before lines are appended, inside the write transaction of the index: it cannot rise between the two. The file is
deleted when the night is sealed; a process that still holds a number then is refused as well.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.errors import ArchiveUnusable, StaleClaim
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.storage.paths import Paths

_SUFFIX = ".fence"


@dataclass(frozen=True, slots=True)
class Fence:
    """Number under which a process writes a portal's night; None for a run that a person started by hand."""

    paths: Paths
    portal: str
    night: date
    number: int | None

    @property
    def path(self) -> Path:
        """Path of the file with the number of the last claim."""
        return self.paths.open_night(self.night) / f"{self.portal}{_SUFFIX}"

    def enforce(self) -> None:
        """Make this the number in force. Raises StaleClaim when a higher one is, DiskFull when it cannot be written."""
        if self.number is None:
            return
        stands = _read(self.path) or 0
        if stands > self.number:
            raise self._stale(stands)
        if stands < self.number:
            with disk_errors(f"cannot write {self.path}"):
                make_folder(self.path.parent)
                write_durably(self.path, f"{self.number}\n".encode())

    def check(self) -> None:
        """Raise StaleClaim unless this is the number in force. A run without a number is guarded by its lock alone."""
        if self.number is not None and (stands := _read(self.path)) != self.number:
            raise self._stale(stands)

    def check_archive(self) -> None:
        """Check the number and that the archive is still in place; raises ArchiveUnusable when its disk may be gone."""
        if not (self.paths.root / "archive.json").exists():
            raise ArchiveUnusable(f"{self.paths.root} is gone: mount its disk and run the night again")
        self.check()

    def _stale(self, stands: int | None) -> StaleClaim:
        why = "has ended" if stands is None else f"was taken over under fence {stands}"
        return StaleClaim(
            f"{self.portal} of {self.night} {why} and this process holds fence {self.number}: it stops and writes nothing"
        )


def _read(path: Path) -> int | None:
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return None


# A lost ledger must not give out numbers again that a paused process may still hold.
def highest_fence(folder: Path) -> int:
    """Return the highest number beside any run in `open/`."""
    return max((_read(path) or 0 for path in folder.glob(f"*/*{_SUFFIX}")), default=0)


def drop_fences(paths: Paths, night: date) -> None:
    """Delete the numbers of a sealed night, and its folder in `open/` when nothing else is in it."""
    folder = paths.open_night(night)
    with suppress(OSError):  # a file that stays refuses no rightful writer
        for path in folder.glob(f"*{_SUFFIX}"):
            path.unlink()
        folder.rmdir()
