"""Whose turn it is to make or fill what search is asked of: one process at a time, whatever database holds the words.

Two schedulers, or a scheduler and a search, may notice at once that words are missing; the second waits and finds them there.
The lock is `flock` on `archive.json`, which every archive has and nobody replaces, so it leaves nothing behind and works where
nothing may be written. The kernel frees it when its process ends, however that was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from archive.errors import RunBusy
from archive.storage.locks import try_lock
from archive.storage.paths import Paths

__all__ = ["search_turn"]

_PATIENCE = 60.0  # seconds: a night is sealed, and a search answers, without what another process is still filling
_LOOK = 0.1


@contextmanager
def search_turn(paths: Paths, patience: float = _PATIENCE) -> Iterator[None]:
    """Wait for the turn, at most so many seconds, and have it. Raises RunBusy when another process keeps it, OSError."""
    with paths.identity.open("rb") as stream:
        until = time.monotonic() + patience
        while not try_lock(stream):
            if time.monotonic() >= until:
                raise RunBusy("another process is filling what search is asked of; try again when it has ended")
            time.sleep(_LOOK)
        yield
