"""Verify an archive: everything is read again, and each damaged thing is reported; the rest stays readable.

Checked: the sealed files against their manifests, the Merkle root, the chain of seals and their signatures; each line
against its text and its WARC record (by offset, length and SHA-256: sequential readers miss a cut tail); the run
records; withheld articles; and the index and the words of search against the files. Runs are read one by one, or by
`jobs` processes at once; whatever their number, the findings come in the same order.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import Protocol, TypeVar

from archive.audit.findings import Audit
from archive.audit.index import compare_index
from archive.audit.lines import RunTask
from archive.audit.run import check_run
from archive.audit.sampling import WHOLE, Subset
from archive.audit.seals import (
    ChainLink,
    Expectations,
    check_calendar,
    check_chain,
    check_expected,
    check_night,
    check_root,
    listed_files,
    read_seals,
)
from archive.audit.search import compare_search
from archive.audit.withheld import check_tombstones
from archive.messages.reason import Reason
from archive.storage.paths import Identity, Paths
from archive.storage.run_record import RUN_FILE
from archive.storage.sqlite_journal import journal_note
from archive.storage.stored_file import read_stored
from archive.storage.tombstones import Tombstones, withheld_in

_SIZE = re.compile(rb'"size":(\d+)')


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Extent of the audit.

    `subset`: only the bytes of these files (names, lines, manifests and the chain always; the index with the part that
    `index.db` is of, the words of search with the parts that the nights are of). `sealed_only`: only the files against
    their manifests, roots, signatures and the chain: the check of `sha256sum -c`, and that the lists are the sealed
    ones. `jobs`: processes that read.
    """

    subset: Subset = WHOLE
    sealed_only: bool = False
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Extent:
    """Files and bytes that were read, or are to be."""

    files: int
    bytes: int


def sealed_bytes(paths: Paths) -> Extent:
    """Return the extent that the manifests list; a damaged one counts as far as it can be read."""
    files = total = 0
    for night in paths.nights():
        for path in paths.night(night).glob("manifest-*.json"):
            try:
                sizes = [int(size) for size in _SIZE.findall(read_stored(path))]
            except OSError:
                continue  # the audit names it
            files, total = files + len(sizes), total + sum(sizes)
    return Extent(files, total)


ReportProgress = Callable[[date, Extent], None]


def verify(
    identity: Identity,
    paths: Paths,
    progress: ReportProgress = lambda night, read: None,
    expected: Expectations = Expectations(),  # noqa: B008 - it is frozen
    how: VerifyOptions = VerifyOptions(),
) -> Audit:
    """Read the archive again and report each damaged thing.

    `progress` is called with a night and its newly read extent. `expected` are an auditor's own expectations: a
    published head, the keys that seal.
    """
    audit = Audit()
    withheld = withheld_in(paths)
    chain: list[ChainLink] = []
    nights = [_NightTask(identity, paths, night, withheld, expected.keys, how) for night in paths.nights()]
    with _workers(how.jobs) as run:
        # The index is one piece of work, and the longest: it starts first where there are several processes.
        compares_index = not how.sealed_only and "index.db" in how.subset
        index = run(partial(compare_index, identity, paths)) if compares_index else None
        words = run(partial(compare_search, identity, paths, withheld, how.subset)) if not how.sealed_only else None
        for part in _parts(nights, progress, how.jobs, run):
            audit.join(part.audit)
            chain += part.links
        for night, folder in paths.open_runs() if not how.sealed_only else ():
            audit.notes.append(Reason.of("run_open", night=night, run=folder.name))
            task = RunTask(paths.root, night, folder, identity.kind, None, withheld, how.subset, closed=False)
            audit.join(check_run(task)[0])
        check_calendar(paths, audit)
        check_chain(chain, audit)
        check_expected(identity, chain, expected, audit)
        check_tombstones(identity, paths, withheld, chain, audit)
        for derived in (index, words):
            audit.join(derived() if derived is not None else Audit())
    if how.sealed_only:
        audit.notes.append(Reason.of("sealed_only"))
    else:
        audit.notes.append(journal_note(paths.index, paths.ledger))
    if how.subset != WHOLE:
        audit.notes.append(Reason.of("part_read", part=how.subset.number, parts=how.subset.parts))
    return audit


_Outcome = TypeVar("_Outcome")


class _StartWork(Protocol):
    def __call__(self, work: Callable[[], _Outcome]) -> Callable[[], _Outcome]:
        """Start the work, now or in another process; returns a function that waits for its result."""


@contextmanager
def _workers(jobs: int) -> Iterator[_StartWork]:
    if jobs < 2:
        yield lambda work: work
        return
    # Forked: a reader needs no more than it has, and a fresh interpreter takes as long to start as thousands of files.
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        yield lambda work: pool.submit(work).result


@dataclass(frozen=True, slots=True)
class _NightTask:
    """A night to be read."""

    identity: Identity
    paths: Paths
    night: date
    withheld: Tombstones
    keys: frozenset[str]
    how: VerifyOptions


@dataclass(slots=True)
class _NightAudit:
    """Result of a night, with the values of its seals needed to the end."""

    audit: Audit
    links: list[ChainLink] = field(default_factory=list)


def _parts(tasks: Iterable[_NightTask], progress: ReportProgress, jobs: int, run: _StartWork) -> Iterator[_NightAudit]:
    """Yield the nights in their order, reading some ahead: enough to keep every process busy, no more."""
    if jobs < 2:
        for task in tasks:
            yield _read_night(task, progress)
        return
    begun: deque[tuple[date, Callable[[], _NightAudit]]] = deque()
    queue: list[_NightTask | None] = [*tasks, None]
    for ahead in queue:
        if ahead is not None:
            begun.append((ahead.night, run(partial(_read_night, ahead))))
        while begun and (ahead is None or len(begun) > 3 * jobs):
            night, result = begun.popleft()
            part = result()
            progress(night, Extent(part.audit.files, part.audit.bytes))
            yield part


def _read_night(task: _NightTask, progress: ReportProgress = lambda night, read: None) -> _NightAudit:
    paths, night, how, audit = task.paths, task.night, task.how, Audit(nights=1)
    seals = read_seals(task.identity, paths, night, audit, task.keys)
    listed = listed_files(seals)
    check_night(paths, night, listed, audit)
    closed = {folder.name: folder for folder in paths.closed_runs(night)}
    leaves = {}
    for name in [*closed, *sorted(listed.keys() - closed.keys() - {""})]:
        folder, entries = closed.get(name, paths.night(night) / name), listed.get(name)
        if entries is None and (folder / RUN_FILE).exists():
            audit.notes.append(Reason.of("run_unsealed", night=night, run=name))
        elif entries is None:
            entries = {}
        only = how.sealed_only or name not in closed
        kind = task.identity.kind
        part, leaves[name] = check_run(
            RunTask(paths.root, night, folder, kind, entries, task.withheld, how.subset, sealed_only=only)
        )
        audit.join(part)
        progress(night, Extent(part.files, part.bytes))
    for read in seals:
        check_root(paths, read, leaves, audit)
    return _NightAudit(audit, [read.link for read in seals])
