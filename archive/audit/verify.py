"""Verify an archive: everything is read again, and each damaged thing is reported; the rest stays readable.

Checked: the sealed files against their manifests, the Merkle root, the chain of seals and their signatures; each line
against its text and its WARC record (by offset, length and SHA-256: sequential readers miss a cut tail); the run
records; withheld articles; and the index and the words of search against the files; with a reader of captures, each text
against the page it was read from. Nights are read one by one, or
by `jobs` processes at once; whatever their number, the findings come in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from archive.audit.chain import chain_order, check_chain, check_expected, check_key_changes, check_nights, check_signers
from archive.audit.findings import Audit
from archive.audit.lines import RunTask
from archive.audit.names import check_archive_root, check_calendar, check_night, check_quarantine
from archive.audit.rereading import SLOWER, CaptureAudit, CaptureReader
from archive.audit.run import check_run
from archive.audit.sampling import WHOLE, Subset
from archive.audit.seal_dates import check_receipts, check_timestamps
from archive.audit.seals import (
    ChainLink,
    Expectations,
    RunEntries,
    check_root,
    listed_files,
    read_seals,
)
from archive.audit.withheld import check_tombstones
from archive.messages.reason import Reason
from archive.processes.progress import Progress, unseen
from archive.processes.workers import Workers, jobs_of, workers
from archive.storage.manifest import Previous, sealed_files
from archive.storage.paths import Identity, Paths
from archive.storage.run_record import RUN_FILE
from archive.storage.sqlite_journal import journal_note
from archive.storage.tombstones import Tombstones, withheld_in


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Extent of the audit.

    `subset`: only the bytes of these files (names, lines, manifests and the chain always; the index with the part that
    `index.db` is of, the words of search with the parts that the nights are of). `sealed_only`: only the files against
    their manifests, roots, signatures and the chain: the check of `sha256sum -c`, and that the lists are the sealed
    ones. `jobs`: processes that read; None for every core, or one where there is little to read. `reader`: the captures
    of the texts are read again by it.
    """

    subset: Subset = WHOLE
    sealed_only: bool = False
    jobs: int | None = 1
    reader: CaptureReader | None = None

    @property
    def compares_index(self) -> bool:
        """Return whether the index is compared with the files."""
        return not self.sealed_only and "index.db" in self.subset


def verify(
    identity: Identity,
    paths: Paths,
    progress: Progress = unseen,
    expected: Expectations = Expectations(),  # noqa: B008 - it is frozen
    how: VerifyOptions = VerifyOptions(),
) -> Audit:
    """Read the archive again and report each damaged thing.

    `progress` counts files, each one twice whose lines or text the index is compared with. `expected` are an auditor's own
    expectations: a published head, the keys that seal.
    """
    audit, index = Audit(archive=identity.id), Audit()
    withheld = withheld_in(paths)
    nights = [_NightTask(identity, paths, night, withheld, expected.keys, how) for night in paths.nights()]
    files = sealed_files(paths) * (2 if how.compares_index else 1)
    with workers(jobs_of(how.jobs, files * (SLOWER if how.reader else 1))) as pool:
        words = None if how.sealed_only else pool.start(_words_compared(identity, paths, withheld, how.subset))
        with closing(_index_rows(identity, paths, index, how, pool)) as rows:
            chain, quarantined = _read_nights(nights, rows, audit, pool, lambda done: progress(done, files))
        for night, folder in paths.open_runs() if not how.sealed_only else ():
            audit.notes.append(Reason.of("run_open", night=night, run=folder.name))
            task = RunTask(paths.root, night, folder, identity.kind, None, withheld, how.subset, closed=False)
            result = check_run(task)
            audit.join(result.audit)
            quarantined |= set(result.quarantined)
        if how.reader is not None:
            rereading = CaptureAudit(identity, paths, withheld, how.reader, how.subset, audit)
            rereading.read(pool, lambda read: progress(files + read, files + audit.texts))
        check_archive_root(paths, audit)
        check_calendar(paths, audit)
        if not how.sealed_only:
            check_quarantine(paths, quarantined, audit)
        chain = chain_order(chain)
        audit.tip = Previous(chain[-1].night, chain[-1].number, chain[-1].head) if chain else None
        check_chain(chain, audit)
        check_nights(identity, chain, expected, audit)
        check_signers(chain, check_key_changes(identity, paths, audit), expected, audit)
        check_expected(identity, chain, expected, audit)
        check_timestamps(paths, chain, expected, audit)
        check_receipts(paths, chain, expected, audit)
        check_tombstones(identity, paths, withheld, chain, expected, audit)
        audit.join(index)
        audit.join(words() if words is not None else Audit())
    audit.add_rest()
    if how.sealed_only:
        audit.notes.append(Reason.of("sealed_only"))
    else:
        audit.notes.append(journal_note(paths.index, paths.ledger))
    if how.subset != WHOLE:
        audit.notes.append(Reason.of("part_read", part=how.subset.number, parts=how.subset.parts))
    return audit


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
    """Result of a night, with what is needed to the end: the values of its seals, the quarantined texts of its lines."""

    audit: Audit
    links: list[ChainLink] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)


def _index_rows(
    identity: Identity, paths: Paths, audit: Audit, how: VerifyOptions, pool: Workers
) -> Generator[tuple[date, int], None, None]:
    if how.compares_index:
        from archive.audit.index import compare_index

        yield from compare_index(identity, paths, audit, pool)


def _words_compared(identity: Identity, paths: Paths, withheld: Tombstones, subset: Subset) -> Callable[[], Audit]:
    # The database's library takes longer to load than 5,000 files to read, and a check of the files needs none.
    from archive.audit.search import compare_search

    return partial(compare_search, identity, paths, withheld, subset)


def _read_nights(
    tasks: list[_NightTask],
    rows: Iterator[tuple[date, int]],
    audit: Audit,
    pool: Workers,
    progress: Callable[[int], None],
) -> tuple[list[ChainLink], set[str]]:
    """Read the nights, and beside each one its lines for the index, so that workers read while rows are added here."""
    chain: list[ChainLink] = []
    quarantined: set[str] = set()
    done = 0
    for task, part in pool.map(_read_night, tasks):
        audit.join(part.audit)
        chain += part.links
        quarantined.update(part.quarantined)
        progress(done := done + part.audit.files)
        for night, files in rows:
            progress(done := done + files)
            if night > task.night:
                break
    for _, files in rows:
        progress(done := done + files)
    return chain, quarantined


def _read_night(task: _NightTask) -> _NightAudit:
    paths, night, how, audit = task.paths, task.night, task.how, Audit(nights=1)
    seals = read_seals(task.identity, paths, night, audit, task.keys)
    listed = listed_files(paths, seals, audit)
    check_night(paths, night, listed, audit)
    day = paths.night(night)
    closed = {folder.name: folder for folder in paths.closed_runs(night)}
    leaves: dict[str, bytes] = {}
    quarantined: list[str] = []
    for name in [*closed, *sorted(listed.keys() - closed.keys() - {""})]:
        folder, entries = closed.get(name) or day / name, listed.get(name)
        if entries is None and (folder / RUN_FILE).exists():
            audit.notes.append(Reason.of("run_unsealed", night=night, run=name))
        elif entries is None:
            entries = RunEntries()
        only = how.sealed_only or name not in closed
        kind = task.identity.kind
        result = check_run(
            RunTask(paths.root, night, folder, kind, entries, task.withheld, how.subset, sealed_only=only)
        )
        leaves[name] = result.leaves
        quarantined += result.quarantined
        audit.join(result.audit)
    for read in seals:
        check_root(paths, read, leaves, audit)
    return _NightAudit(audit, [read.link for read in seals], quarantined)
