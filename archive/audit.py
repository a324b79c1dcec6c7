"""Proving an archive: everything is read again, and each damaged thing is named; the rest stays readable.

Checked: the sealed files against their manifests, the Merkle root, the chain of seals and their signatures; each line
against its text and its WARC record (by offset, length and SHA-256: sequential readers miss a cut tail); the run
records; what was withheld; and the index against the files, both ways. Runs are read one by one, or several at once by as
many processes as told; whatever their number, the findings come in the same order.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import Protocol, TypeVar

from archive.audit_lines import RunTask
from archive.audit_run import RunPart, check_run
from archive.audit_seals import (
    Expected,
    Link,
    SealRead,
    check_calendar,
    check_chain,
    check_expected,
    check_night,
    check_root,
    listed_files,
    read_seals,
)
from archive.audit_withheld import check_tombstones
from archive.compared import compare_index
from archive.findings import Audit
from archive.identity import Identity, Paths
from archive.journal import journal_note
from archive.runs import RUN_FILE
from archive.subset import WHOLE, Subset
from archive.tombstones import Withheld, withheld_in

__all__ = ["Extent", "How", "sealed_bytes", "verify"]

_SIZE = re.compile(rb'"size":(\d+)')


@dataclass(frozen=True, slots=True)
class How:
    """How much is read, and by whom.

    `subset`: only the bytes of these files (names, lines, manifests and the chain always; the index with the part that
    `index.db` is of). `sealed_only`: the files against their manifests, roots, signatures and the chain, no more: what
    `sha256sum -c` would do, and whether the lists are the sealed ones. `jobs`: processes that read.
    """

    subset: Subset = WHOLE
    sealed_only: bool = False
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of an archive was read, or is to be: files and bytes."""

    files: int
    bytes: int


def sealed_bytes(paths: Paths) -> Extent:
    """What the manifests say there is to read; a damaged one counts as far as it can be read."""
    files = total = 0
    for night in paths.nights():
        for path in paths.night(night).glob("manifest-*.json"):
            sizes = [int(size) for size in _SIZE.findall(path.read_bytes())]
            files, total = files + len(sizes), total + sum(sizes)
    return Extent(files, total)


def verify(
    identity: Identity,
    paths: Paths,
    progress: Callable[[date, Extent], None] = lambda night, read: None,
    expected: Expected = Expected(),  # noqa: B008 - it is frozen
    how: How = How(),
) -> Audit:
    """Read the archive again and name each damaged thing. `progress` is told each run's night and extent once it is read.

    `expected` is what is known from outside: a head that was published, the keys that seal.
    """
    audit = Audit()
    withheld = withheld_in(paths)
    chain: list[Link] = []
    with _several(how.jobs) as run:
        asked = not how.sealed_only and "index.db" in how.subset
        index = run(partial(_index_audit, identity, paths)) if asked else None
        for night in _ahead(
            _nights(identity, paths, withheld, expected, how, run), 2 * how.jobs if how.jobs > 1 else 0
        ):
            night.finish(paths, audit, progress)
            chain += [read.link for read in night.seals]
        check_calendar(paths, audit)
        check_chain(chain, audit)
        check_expected(identity, chain, expected, audit)
        check_tombstones(identity, paths, withheld, chain, audit)
        if index is not None:
            audit.join(index())
    if not how.sealed_only:
        audit.notes.append(journal_note(paths.index, paths.ledger))
    return audit


_Result = TypeVar("_Result")


class _Run(Protocol):
    def __call__(self, work: Callable[[], _Result]) -> Callable[[], _Result]:
        """Takes what is to be done and returns what waits for its result: now, or in another process."""


@contextmanager
def _several(jobs: int) -> Iterator[_Run]:
    if jobs < 2:
        yield lambda work: work
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("forkserver")) as pool:
        yield lambda work: pool.submit(work).result


@dataclass(slots=True)
class _Night:
    """A night that is being read: its seals, what is known of it so far, and the runs that are read."""

    night: date
    audit: Audit
    seals: list[SealRead] = field(default_factory=list)
    runs: list[tuple[str, Callable[[], RunPart]]] = field(default_factory=list)

    def finish(self, paths: Paths, audit: Audit, progress: Callable[[date, Extent], None]) -> None:
        """Wait for its runs and check what rests on all of them."""
        leaves = {}
        for name, result in self.runs:
            part = result()
            leaves[name] = part.leaves
            self.audit.join(part.audit)
            progress(self.night, Extent(part.audit.files, part.audit.bytes))
        for read in self.seals:
            check_root(paths, read, leaves, self.audit)
        audit.join(self.audit)


def _nights(
    identity: Identity, paths: Paths, withheld: Withheld, expected: Expected, how: How, run: _Run
) -> Iterator[_Night]:
    def read(task: RunTask) -> Callable[[], RunPart]:
        return run(partial(check_run, task))

    for night in paths.nights():
        found = _Night(night, Audit(nights=1))
        found.seals = read_seals(identity, paths, night, found.audit, expected.keys)
        listed = listed_files(found.seals)
        check_night(paths, night, listed, found.audit)
        closed = {folder.name: folder for folder in paths.closed_runs(night)}
        for name in [*closed, *sorted(listed.keys() - closed.keys() - {""})]:
            folder = closed.get(name, paths.night(night) / name)
            entries = listed.get(name)
            if entries is None and (folder / RUN_FILE).exists():
                found.audit.notes.append(f"{night} {name}: closed and not sealed yet")
            elif entries is None:
                entries = {}
            only = how.sealed_only or name not in closed
            task = RunTask(paths.root, night, folder, identity.kind, entries, withheld, how.subset, sealed_only=only)
            found.runs.append((name, read(task)))
        yield found
    for night, folder in paths.open_runs() if not how.sealed_only else ():
        found = _Night(night, Audit())
        found.audit.notes.append(f"{night} {folder.name}: still open; it is sealed when its night ends")
        task = RunTask(paths.root, night, folder, identity.kind, None, withheld, how.subset, closed=False)
        found.runs.append((folder.name, read(task)))
        yield found


def _ahead(nights: Iterator[_Night], count: int) -> Iterator[_Night]:
    """The same, with so many begun before the first is waited for: enough to keep every process busy, and no more."""
    begun: deque[_Night] = deque()
    for night in nights:
        begun.append(night)
        if len(begun) > count:
            yield begun.popleft()
    yield from begun


def _index_audit(identity: Identity, paths: Paths) -> Audit:
    audit = Audit()
    compare_index(identity, paths, audit)
    return audit
