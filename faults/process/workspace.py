"""Prepare archives to be broken at single calls: a base that is copied for each point, the calls of an undisturbed run, and what has to hold after.

Archives lie in memory where the machine has /dev/shm: a killed process loses nothing that it has written, so a disk would
only be slower. Power cuts are in faults/storage/power.py.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Place, require
from faults.process.composed_run import base, write_night
from faults.process.subprocesses import ChildExit, Work, run_well
from faults.process.syscalls import ACKNOWLEDGED, Call, Fault
from faults.process.tracing import CallNotReached, broken_at, traced

SILENT = ("nhu-cu", "go-bai")  # what brings no line of its own, or one of another kind
_MEMORY = Path("/dev/shm")
PLAIN, GROUP = 3, 6  # a night small enough to be broken at each of its calls


@contextlib.contextmanager
def fast_folder(place: Place) -> Iterator[Path]:
    """Yield a folder in memory where there is one, else below the row's own."""
    parent = _MEMORY if os.access(_MEMORY, os.W_OK) else place.folder
    with tempfile.TemporaryDirectory(prefix="faults-", dir=parent) as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder  # what verify makes again for a comparison lies there too
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


def copied(source: Path, target: Path) -> Path:
    """Return the target, made a copy of the source in place of what it was."""
    shutil.rmtree(target, ignore_errors=True)
    return shutil.copytree(source, target)


def interrupted(root: Path, ended: ChildExit) -> checks.Committed:
    """Ask O1 and O2 of what an interrupted night left; return what is committed."""
    found = checks.committed(root)
    checks.acknowledged(found, ended.acknowledged, SILENT)
    return found


def resume(root: Path, before: checks.Committed, wanted: checks.State, night: Work) -> None:
    """Run a night again and make all four checks."""
    again = run_well(night, "O3: the night, run again,")
    after = checks.committed(root)
    checks.unchanged(before, after)
    checks.acknowledged(after, again.acknowledged, SILENT)
    checks.same_state(checks.state(root), wanted)
    checks.intact(root)


def passed(call: Call, ended: ChildExit) -> None:
    """Ask nothing beyond what is asked of every point."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One kind of work, begun from the same base each time."""

    folder: Path
    calls: tuple[Call, ...]
    wanted: checks.State
    work: Callable[[Path], Work]
    place: Path | None = None

    @property
    def start(self) -> Path:
        """The archive as it is before each point."""
        return self.folder / "start"

    @property
    def root(self) -> Path:
        """The archive that is broken."""
        return self.place or self.folder / "archive"

    def fresh(self) -> Path:
        """Remove the broken archive and put the base in its place."""
        return copied(self.start, self.root)

    def break_at(self, call: Call, fault: Fault) -> tuple[ChildExit, checks.Committed]:
        """Break one point and ask O1 and O2 of what is left before anyone repairs it."""
        ended = broken_at(self.work(self.fresh()), self.root, call, fault)
        return ended, interrupted(self.root, ended)

    def resume_after(self, ended: ChildExit) -> None:
        """Ask O1 and O2 of what is left, then run the night again."""
        self.resume(interrupted(self.root, ended))

    def resume(self, before: checks.Committed) -> None:
        """Run the night again and make all four checks."""
        resume(self.root, before, self.wanted, whole_night(self.root))

    def each(self, calls: Sequence[Call], fault: Fault, seen: Callable[[Call, ChildExit], None] = passed) -> int:
        """Every call in turn; `seen` looks at how the child ended. Returns the number of points.

        A reading call that is not made again (what it read was still in memory) is passed over, a writing one is a failure.
        """
        points, broken = 0, list[str]()
        for call in calls:
            try:
                ended, before = self.break_at(call, fault)
                seen(call, ended)
                self.resume(before)
            except CallNotReached as error:
                if call.writes:
                    broken.append(str(error))
                continue
            except CheckFailure as error:
                broken.append(f"{fault.words} at {call}: {error}")
            points += 1
        if broken:
            raise CheckFailure(f"{len(broken)} of {points} points, the first: {broken[0]}")
        if calls:
            checks.sees_damage(self.root)
        return points


def whole_night(root: Path) -> Work:
    """Run the whole night, to its seal."""
    return lambda say: write_night(root, say, PLAIN, GROUP)


@contextlib.contextmanager
def workspace(
    place: Place, make: Callable[[Path], None] = base, work: Callable[[Path], Work] = whole_night
) -> Iterator[Workspace]:
    """Yield a base made by `make`, the calls of an undisturbed `work` on it, and the state of an undisturbed night."""
    with fast_folder(place) as folder:
        start, root = folder / "start", folder / "archive"
        make(start)
        whole = Workspace(folder, (), {}, work)
        run_well(whole_night(whole.fresh()))
        wanted = checks.state(root)
        checks.intact(root)
        undisturbed = traced(work(whole.fresh()), root)
        require(undisturbed.code == 0, f"the undisturbed work ends with {undisturbed.code}: {undisturbed.error}")
        yield Workspace(folder, undisturbed.calls, wanted, work)


def until_closed(calls: Sequence[Call]) -> list[Call]:
    """Return the writing calls up to the acknowledgement that the night is closed; what follows seals it."""
    said = [number for number, call in enumerate(calls) if call.place == ACKNOWLEDGED]
    return [call for call in calls[: said[-2] + 1] if call.writes]
