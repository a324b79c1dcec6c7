"""Lock files by flock(2): the kernel frees the lock when its process ends in any way, so nothing is left to clean up."""

from __future__ import annotations

import fcntl
from typing import Protocol


class _Open(Protocol):
    def fileno(self) -> int: ...


def try_lock(file: _Open | int) -> bool:
    """Lock an open file against every other opening of it; False when another one holds it. It ends when `file` is closed.

    Raises OSError where the file system has no such locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
