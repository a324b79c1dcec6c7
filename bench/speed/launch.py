"""Run one command and tell what it and everything it started took: `python -m bench.speed.launch REPORT COMMAND…`.

What outlives its parent becomes a child of this process (prctl(2), PR_SET_CHILD_SUBREAPER) and is counted with it. The
report is JSON: seconds by the wall, seconds of user and system time and peak
MiB of all processes together.
Memory is the proportional set size, in which what processes share counts once; it is read four times a second, and
more often at first.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_FIRST, _EVERY = 0.01, 0.25  # seconds between two readings of memory: rising, since some commands are short
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    report, *command = arguments
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    peak, done = [0], threading.Event()
    sampler = threading.Thread(target=_sample, args=(peak, done), daemon=True)
    began = time.perf_counter()
    process = subprocess.Popen(command)
    sampler.start()
    code = process.wait()
    wall = time.perf_counter() - began
    done.set()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": peak[0] / 1024}
    Path(report).write_text(json.dumps(taken), encoding="utf-8")
    return code


def _sample(peak: list[int], done: threading.Event) -> None:
    pause = _FIRST
    while not done.wait(pause):
        pause = min(2 * pause, _EVERY)
        peak[0] = max(peak[0], sum(_pss(pid) for pid in _descendants(os.getpid())))


def _descendants(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                found += [int(child), *_descendants(int(child))]
    return found


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        if found := _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes()):
            return int(found[1])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
