"""Power cuts: ext4 on a file, and the ioctl that xfstests uses, which drops everything that was not flushed.

EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (linux/fs/ext4/ext4.h): the file system stops at once, its journal
included, and what had not reached the disk is not there at the next mount.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Need, Place, row
from faults.process.composed_run import base, write_night
from faults.process.subprocesses import ChildExit, run, start
from faults.process.syscalls import Call, Fault
from faults.process.tracing import broken_at, traced
from faults.process.workspace import GROUP, PLAIN, fast_folder, interrupted, resume
from faults.storage.disks import made, mounted

_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2
_COUNT, _GROUP = 53, 5


@dataclass(frozen=True, slots=True)
class _PowerCut:
    """One kind of trial: the image it starts from, where it is mounted, and the state of an undisturbed night."""

    image: Path
    at: Path
    count: int
    group: int
    wanted: checks.State

    def trial(self, until: Callable[[Path], ChildExit]) -> int:
        """Mount a copy, go on `until` the power is cut, mount it again and check; returns how much was acknowledged."""
        copy = self.image.with_name("trial.img")
        subprocess.run(["cp", "--sparse=always", str(self.image), str(copy)], check=True)
        with mounted(copy, self.at):
            ended = until(self.at / "archive")
        with mounted(copy, self.at):
            root = self.at / "archive"
            night = partial(write_night, root, count=self.count, group=self.group)
            resume(root, interrupted(root, ended), self.wanted, night)
        return len(ended.acknowledged)


def cut(at: Path) -> None:
    """Cut the power of the file system that is mounted there."""
    handle = os.open(at, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    finally:
        os.close(handle)


@contextlib.contextmanager
def _cuts(place: Place, count: int, group: int) -> Iterator[_PowerCut]:
    with fast_folder(place) as folder:
        image, at = made(folder / "base.img", 24), folder / "disk"
        base(folder / "whole")
        with mounted(image, at):
            shutil.copytree(folder / "whole", at / "archive")
        run(lambda say: write_night(folder / "whole", say, count, group))
        yield _PowerCut(image, at, count, group, checks.state(folder / "whole"))


@row("A8", "a power cut at any moment", Need.LOOP, weight=45)
def _a8(place: Place) -> str:
    moments, acknowledged, trials = random.Random(8), 0, 5 if place.quick else 50
    with _cuts(place, _COUNT, _GROUP) as cuts:
        for _ in range(trials):

            def until(root: Path) -> ChildExit:
                child = start(lambda say: write_night(root, say, _COUNT, _GROUP))
                said = child.first_word()
                time.sleep(moments.uniform(0, 0.25))
                cut(cuts.at)
                child.kill()
                return child.end(said)

            acknowledged += cuts.trial(until)
    return (
        f"{trials} cuts at random moments: {acknowledged} acknowledged documents, 0 lost, 0 torn, every night resumed"
    )


@row(
    "A9",
    "a power cut before a flush, of a folder or a file: what was renamed is not yet where it seems",
    Need.LOOP,
    Need.TRACE,
    weight=45,
)
def _a9(place: Place) -> str:
    with _cuts(place, PLAIN, GROUP) as cuts:
        probe = cuts.image.with_name("probe")
        base(probe)
        calls = traced(lambda say: write_night(probe, say, PLAIN, GROUP), probe).calls
        flushes = place.sample([call for call in calls if call.name in ("fsync", "fdatasync")], 4)
        for call in flushes:

            def until(root: Path, call: Call = call) -> ChildExit:
                ended = broken_at(lambda say: write_night(root, say, PLAIN, GROUP), root, call, Fault())
                cut(cuts.at)
                return ended

            try:
                cuts.trial(until)
            except CheckFailure as broken:
                raise CheckFailure(f"cut before {call}: {broken}") from None
    return f"cut before each of {len(flushes)} flushes; 0 acknowledged lost, 0 torn, every night resumed"
