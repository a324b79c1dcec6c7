"""Where points are broken: a base that is copied for each point, the calls of an undisturbed run, and what has to hold after.

Archives lie in memory where the machine has /dev/shm: a killed process loses nothing that it has written, so a disk would
only be slower. What a power cut does is another matter (faults/storage/power.py).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults import checks as oracles
from faults.catalogue import Broken, Place
from faults.process.composed_run import base, go_on
from faults.process.subprocesses import Ended, Work, run
from faults.process.syscalls import ACKNOWLEDGED, Call, Fault
from faults.process.tracing import NotReached, broken_at, traced

__all__ = ["GROUP", "PLAIN", "SILENT", "Ground", "fast_folder", "go", "ground", "until_closed"]

SILENT = ("nhu-cu", "go-bai")  # what brings no line of its own, or one of another kind
_MEMORY = Path("/dev/shm")
PLAIN, GROUP = 3, 6  # a night small enough to be broken at each of its calls


@contextlib.contextmanager
def fast_folder(place: Place) -> Iterator[Path]:
    """A folder in memory where there is one, else below the row's own."""
    parent = _MEMORY if os.access(_MEMORY, os.W_OK) else place.folder
    with tempfile.TemporaryDirectory(prefix="faults-", dir=parent) as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder  # what verify makes again for a comparison lies there too
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


@dataclass(frozen=True, slots=True)
class Ground:
    """One kind of work, begun from the same base each time."""

    folder: Path
    calls: tuple[Call, ...]
    wanted: oracles.State
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
        """The broken archive away, the base in its place."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.start, self.root)
        return self.root

    def break_at(self, call: Call, fault: Fault) -> tuple[Ended, oracles.Kept]:
        """Break one point and ask O1 and O2 of what is left before anyone repairs it."""
        ended = broken_at(self.work(self.fresh()), self.root, call, fault)
        found = oracles.kept(self.root)
        oracles.acknowledged(found, ended.acknowledged, SILENT)
        return ended, found

    def resume_after(self, ended: Ended) -> None:
        """Ask O1 and O2 of what is left, then run the night again."""
        found = oracles.kept(self.root)
        oracles.acknowledged(found, ended.acknowledged, SILENT)
        self.resume(found)

    def resume(self, before: oracles.Kept, unread: bool = False) -> None:
        """Run the night again and ask all four oracles; `unread` tells that an older text could not be read."""
        again = run(go(self.root))
        if again.code != 0:
            raise Broken(f"O3: the night cannot be run again: exit code {again.code}, {again.error[-400:]}")
        after = oracles.kept(self.root)
        oracles.unchanged(before, after)
        oracles.acknowledged(after, again.acknowledged, SILENT)
        states = (oracles.state(self.root), self.wanted)
        oracles.same(*map(oracles.without_changes, states) if unread else states)
        oracles.intact(self.root)

    def each(self, calls: Sequence[Call], fault: Fault, seen: Callable[[Call, Ended], None]) -> int:
        """Every call in turn; `seen` looks at how the child ended. Returns the number of points.

        A reading call that is not made again (what it read was still in memory) is passed over, a writing one is a failure.
        """
        points, broken = 0, list[str]()
        for call in calls:
            try:
                ended, before = self.break_at(call, fault)
                seen(call, ended)
                self.resume(before, unread=not call.writes and call.place.endswith(".txt"))
            except NotReached as error:
                if call.writes:
                    broken.append(str(error))
                continue
            except Broken as error:
                broken.append(f"{fault.words} at {call}: {error}")
            points += 1
        if broken:
            raise Broken(f"{len(broken)} of {points} points, the first: {broken[0]}")
        if calls:
            oracles.sees_damage(self.root)
        return points


def go(root: Path) -> Work:
    """The whole night, to its seal."""
    return lambda say: go_on(root, say, PLAIN, GROUP)


@contextlib.contextmanager
def ground(place: Place, make: Callable[[Path], None] = base, work: Callable[[Path], Work] = go) -> Iterator[Ground]:
    """A base made by `make`, the calls of an undisturbed `work` on it, and the state of an undisturbed night."""
    with fast_folder(place) as folder:
        start, root = folder / "start", folder / "archive"
        make(start)
        whole = Ground(folder, (), {}, work)
        ended = run(go(whole.fresh()))
        if ended.code != 0:
            raise Broken(f"the undisturbed night ends with {ended.code}: {ended.error}")
        wanted = oracles.state(root)
        oracles.intact(root)
        undisturbed = traced(work(whole.fresh()), root)
        if undisturbed.code != 0:
            raise Broken(f"the undisturbed work ends with {undisturbed.code}: {undisturbed.error}")
        yield Ground(folder, undisturbed.calls, wanted, work)


def until_closed(calls: Sequence[Call]) -> list[Call]:
    """The writing calls up to the acknowledgement that the night is closed; what follows seals it."""
    said = [number for number, call in enumerate(calls) if call.place == ACKNOWLEDGED]
    return [call for call in calls[: said[-2] + 1] if call.writes]
