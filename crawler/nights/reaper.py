"""Reaping as the first process of a container: what a crawl leaves behind becomes ours there, and nobody else waits for it.

Outside of a container an orphan goes to the init of the system, and nothing is to be done. Our own children are left alone:
each leads a session of its own (crawler/nights/subprocess.py) and is waited for by whoever started it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["reap_orphans"]


def reap_orphans() -> int:
    """Take note of the end of every orphan that has ended; returns how many. Does nothing unless this is process 1."""
    return sum(_reaped(pid) for pid in _dead_orphans()) if os.getpid() == 1 else 0


def _dead_orphans() -> Iterator[int]:
    """Zombies whose parent we are and whose session is somebody else's (fields 3, 4 and 6 of /proc/PID/stat, proc(5))."""
    own = os.getsid(0)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has just gone
        state, parent, _, session = stat.rpartition(")")[2].split()[:4]
        pid = int(folder.name)
        if state == "Z" and int(parent) == os.getpid() and int(session) not in (pid, own):
            yield pid


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False
