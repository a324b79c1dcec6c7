"""The two ends of a portal's night: taking its lock, and moving it whole to its dated place."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from archive.durable import disk_errors, make_folder, move_durably
from archive.errors import RunBusy
from archive.identity import Paths
from archive.index import Index
from archive.records import Run

__all__ = ["hold", "place_run"]


def hold(paths: Paths, portal: str) -> IO[bytes]:
    """Take the portal's write lock; it ends with the process. Raises RunBusy when another process holds it."""
    with disk_errors(f"cannot lock {portal}"):
        make_folder(paths.open)
        stream = paths.lock(portal).open("ab")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        raise RunBusy(
            f"{portal} is being crawled into this archive by another process; wait for it or end it"
        ) from None
    return stream


def place_run(paths: Paths, index: Index, folder: Path, run: Run) -> None:
    """Move a run that has its record to its dated place, whole, and repeat its record in the index."""
    move_durably(folder, paths.night(run.night) / run.run)
    with index.writing() as transaction:
        transaction.add_run(run)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()
