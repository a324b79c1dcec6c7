"""Rebuild the index from the files alone, row for row.

Lines are read and texts are compared to nothing but themselves, so workers decode lines and take fingerprints of texts, some
lines at a time; one writer adds the rows in the order of the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from archive.errors import ArchiveError, DamagedFile
from archive.index.connect import database_of
from archive.index.index import remaking
from archive.index.queries.similar import Fingerprint
from archive.index.transaction import Transaction
from archive.ingest.near_duplicates import holds_text, read_fingerprint
from archive.model.records import PageRecord
from archive.processes.progress import Progress, unseen
from archive.processes.workers import Workers, jobs_of, workers
from archive.storage.fsync import disk_errors
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.manifest import sealed_files, seals_on_disk
from archive.storage.paths import Paths, read_identity
from archive.storage.run_record import RUN_FILE, read_lines, read_run
from archive.storage.tombstones import Tombstones, withheld_in

_LINES = 100  # lines for one worker at a time
_ARTICLES, _PAGES = "articles.jsonl", "pages.jsonl"


def fill(
    paths: Paths, transaction: Transaction, problem: Callable[[Path, str], None], pool: Workers
) -> Iterator[tuple[date, int]]:
    """Add every line, run record and manifest of an archive to empty tables; unreadable ones go to `problem`.

    Yields the night that is being read, and the number of its files that were read since the last time.
    """
    withheld = withheld_in(paths)
    for path, why in withheld.damaged:
        problem(path, str(why))
    rows = _RowWriter(transaction, withheld, problem)
    for part, read in pool.map(_read, _parts(paths)):
        yield part.night, rows.add(part, read)
    for night in paths.nights():
        try:
            for seal in seals_on_disk(paths, night):
                transaction.add_seal(seal)
        except (ArchiveError, OSError) as error:  # the audit names damage; the rest stays readable
            problem(paths.night(night), str(error))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines of a file of a run, as they stand there: `first` is the number of the first one.

    `wrong` is why the file cannot be read, empty where it can.
    """

    night: date
    folder: Path
    name: str
    first: int = 0
    lines: tuple[bytes, ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class _PartRead:
    """Lines as records, an error in place of one that is none; the fingerprints of their texts by number."""

    records: list[ArticleLine | PageRecord | str]
    texts: dict[int, Fingerprint | None]


def _parts(paths: Paths) -> Iterator[_Part]:
    """Yield the lines of every run, closed ones first: those of each file in their order, at the end `run.json`."""
    runs = [(night, folder, True) for night in paths.nights() for folder in paths.closed_runs(night)]
    runs += [(night, folder, False) for night, folder in paths.open_runs()]
    for night, folder, closed in runs:
        for name in (_ARTICLES, _PAGES):
            try:
                lines = read_lines(folder / name)
            except DamagedFile as error:
                yield _Part(night, folder, name, wrong=str(error))
                continue
            for first in range(0, len(lines), _LINES):
                yield _Part(night, folder, name, first, tuple(lines[first : first + _LINES]))
        if closed:
            yield _Part(night, folder, RUN_FILE)


def _read(part: _Part) -> _PartRead:
    decode = decode_article if part.name == _ARTICLES else decode_page
    records: list[ArticleLine | PageRecord | str] = []
    texts: dict[int, Fingerprint | None] = {}
    for number, line in enumerate(part.lines, start=part.first):
        try:
            record = decode(line)
        except ValueError as error:
            records.append(str(error))
            continue
        records.append(record)
        if isinstance(record, ArticleLine) and holds_text(record):
            texts[number] = read_fingerprint(part.folder, record)
    return _PartRead(records, texts)


@dataclass(slots=True)
class _RowWriter:
    """Adds the rows of lines, which come run by run; `seen` are the numbers of the present run's lines."""

    transaction: Transaction
    withheld: Tombstones
    problem: Callable[[Path, str], None]
    folder: Path = Path()
    seen: set[int] = field(default_factory=set)

    def add(self, part: _Part, read: _PartRead) -> int:
        """Add the rows of some lines; return how many files they took."""
        if part.folder != self.folder:
            self.folder, self.seen = part.folder, set()
        if part.wrong:
            self.problem(part.folder / part.name, part.wrong)
        if part.name == RUN_FILE:
            self._add_run(part.folder)
        pages: dict[int, PageRecord] = {}
        lines: list[ArticleLine] = []
        texts: dict[int, Fingerprint] = {}
        for number, record in enumerate(read.records, start=part.first):
            if isinstance(record, PageRecord):
                pages[number] = record
            elif isinstance(record, str):
                self.problem(part.folder / part.name, f"line {number}: {record}")
            elif record.seq in self.seen:
                self.problem(
                    part.folder / part.name, f"line {number}: its number {record.seq} stands on an earlier line"
                )
            else:
                self.seen.add(record.seq)
                line = self.withheld.shown(part.night, part.folder.name, record)
                lines.append(line)
                text = read.texts.get(number)
                if text is not None and holds_text(line):
                    texts[line.seq] = text
                elif holds_text(line):
                    why = f"it is not the text of line {line.seq}: its near-duplicates are not found"
                    self.problem(part.folder / str(line.file), why)
        self.transaction.similar.add(part.night, part.folder.name, texts)
        if lines:
            self.transaction.add_events(part.night, part.folder.name, lines)
        if pages:
            self.transaction.add_pages(part.night, part.folder.name, pages)
        return len(read.texts) + (part.first == 0)

    def _add_run(self, folder: Path) -> None:
        try:
            self.transaction.add_run(read_run(folder))
        except (OSError, ValueError) as error:
            self.problem(folder / RUN_FILE, str(error))


def rebuild(paths: Paths, jobs: int | None = 1, progress: Progress = unseen) -> list[str]:
    """Make the index again beside the old one, then put it in its place; returns the unreadable files, in words.

    The environment chooses the database (`archive.index.connect`). `jobs`: processes that read; None for every core, or
    one where there is little to read. `progress` counts files. Raises ArchiveUnusable without an identity.
    """
    database = database_of(paths, read_identity(paths.root).id)
    problems: list[str] = []

    def problem(path: Path, why: str) -> None:
        problems.append(f"{path.relative_to(paths.root)}: {why}")

    total, done = sealed_files(paths), 0
    with (
        workers(jobs_of(jobs, total)) as pool,
        disk_errors("cannot rebuild the index"),
        remaking(database) as transaction,
    ):
        for _, files in fill(paths, transaction, problem, pool):
            progress(done := done + files, total)
    return problems
