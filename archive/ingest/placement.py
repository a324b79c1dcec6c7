"""Take a portal's write lock, and move a finished run whole to its dated place.

`open/<portal>.lock` is held by `flock` for the whole run and freed by the kernel when its process ends, however that was.
Its text (`host:pid:boot:started night fence`) names the holder. It frees nothing and is believed only while the lock is
held.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from archive.errors import RunBusy
from archive.index.index import Index
from archive.leases.fencing import Fence
from archive.leases.process_id import Owner
from archive.messages.reason import Reason
from archive.model.records import Run
from archive.storage.fsync import disk_errors, make_folder, move_durably
from archive.storage.locks import try_lock
from archive.storage.paths import Paths


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Name the process that holds a portal's lock, its night and its fence."""

    portal: str
    owner: Owner
    night: date
    fence: int | None = None

    @classmethod
    def here(cls, portal: str, night: date, fence: int | None = None) -> LockHolder:
        """Return the holder that this process is."""
        return cls(portal, Owner.current(), night, fence)

    def __str__(self) -> str:
        return f"{self.owner} {self.night} {self.fence or '-'}"

    @property
    def reason(self) -> Reason:
        """The reason that others have to wait."""
        owner = self.owner
        return Reason.of("written_by", pid=owner.pid, host=owner.host, portal=self.portal, night=self.night)


def hold(paths: Paths, holder: LockHolder) -> IO[bytes]:
    """Take the portal's write lock; it ends with the process. Raises RunBusy when another process holds it."""
    with disk_errors(f"cannot lock {holder.portal}"):
        make_folder(paths.open)
        while True:
            stream = paths.lock(holder.portal).open("a+b")
            # The lock covers the portal and not only its night: two nights of one portal must never run at the same
            # time.
            if not try_lock(stream):
                stream.close()
                raise RunBusy(
                    f"{holder.portal} is being crawled into this archive by another process; wait for it or end it"
                )
            if _same_file(stream, paths.lock(holder.portal)):
                break
            stream.close()  # the file was removed between opening and locking
        stream.truncate(0)
        stream.write(f"{holder}\n".encode())
        stream.flush()
    return stream


def _same_file(stream: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


def free(paths: Paths, portal: str, night: date, fence: int) -> Reason | None:
    """Kill the process that writes this portal's night under a lower fence; return None when the lock is free then.

    The archive refuses what such a process would still write, so nothing is lost with it. Any other holder (of another
    night, of a run started by hand) is left alone, and its description is returned.
    """
    try:
        stream = paths.lock(portal).open("rb")
    except FileNotFoundError:
        return None
    with stream:
        if try_lock(stream):
            return None
        holder = _read_holder(portal, stream.read(1000))
        if holder is None:
            return Reason.of("written_by_another", portal=portal)
        stale = holder.night == night and holder.fence is not None and holder.fence < fence
        if stale and holder.owner.kill() and try_lock(stream):
            return None
    return holder.reason


def _read_holder(portal: str, text: bytes) -> LockHolder | None:
    try:
        owner, night, fence = text.decode("utf-8").split()
        number = None if fence == "-" else int(fence)
        return LockHolder(portal, Owner.parse(owner), date.fromisoformat(night), number)
    except ValueError:
        return None  # it has just taken the lock and not yet written its name


def place_run(paths: Paths, index: Index, folder: Path, run: Run, fence: Fence | None = None) -> None:
    """Move a run that has its record to its dated place, whole, and repeat its record in the index."""
    with index.writing() as transaction:
        if fence is not None:
            fence.check()
        move_durably(folder, paths.night(run.night) / run.run)
        transaction.add_run(run)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()
