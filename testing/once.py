"""Make an archive once a session, whichever worker of the suite asks for it first."""

from __future__ import annotations

import fcntl
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")


def once(folder: Path, make: Callable[[Path], Made]) -> Made:
    """Return what `make(folder)` returned when the first process of the session called it. What it made is not to be changed."""
    result = folder.with_name(f"{folder.name}.pickle")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            shutil.rmtree(folder, ignore_errors=True)  # the half of one whose maker failed
            result.write_bytes(pickle.dumps(make(folder)))
    made: Made = pickle.loads(result.read_bytes())  # noqa: S301  written by this very session
    return made
