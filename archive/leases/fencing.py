"""The fencing number beside a run: `open/<night>/<portal>.fence` holds the number of the last claim of a portal's night.

Whoever claims a portal's night in the ledger raises the number here before anything else. A process that was started under
a lower number (paused, thought dead and woken up) is refused wherever it would keep something. The number rises, and is
compared before lines are appended, inside the write transaction of the index: it cannot rise between the two. The file goes
when the night is sealed; a process that still holds a number then is refused as well.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.errors import ArchiveUnusable, StaleClaim
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.storage.paths import Paths

__all__ = ["Fence", "drop_fences", "highest_fence"]

_SUFFIX = ".fence"


@dataclass(frozen=True, slots=True)
class Fence:
    """The number under which a process writes a portal's night; None for a run that a person started by hand."""

    paths: Paths
    portal: str
    night: date
    number: int | None

    @property
    def path(self) -> Path:
        """Where the number of the last claim stands."""
        return self.paths.open_night(self.night) / f"{self.portal}{_SUFFIX}"

    def raised(self) -> None:
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
        """Raises StaleClaim unless this is the number in force. A run without a number is guarded by its lock alone."""
        if self.number is not None and (stands := _read(self.path)) != self.number:
            raise self._stale(stands)

    def check_all(self) -> None:
        """The same, and raises ArchiveUnusable when the archive is no longer where it was: its disk may be gone."""
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


def highest_fence(folder: Path) -> int:
    """The highest number beside any run in `open/`."""
    return max((_read(path) or 0 for path in folder.glob(f"*/*{_SUFFIX}")), default=0)


def drop_fences(paths: Paths, night: date) -> None:
    """Forget the numbers of a night that has been sealed, and its folder in `open/` when nothing else is in it."""
    folder = paths.open_night(night)
    with suppress(OSError):  # what stays refuses nobody who may write
        for path in folder.glob(f"*{_SUFFIX}"):
            path.unlink()
        folder.rmdir()
