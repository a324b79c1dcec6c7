"""Rebuild the index from the files alone, row for row.

Lines are read and texts are compared to nothing but themselves, so workers make the rows of lines and take fingerprints of
texts, some lines at a time; one writer adds them in the order of the files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from archive.errors import ArchiveError, DamagedFile
from archive.index.connect import database_of
from archive.index.index import remaking
from archive.index.line_rows import ArticleRows, PageRows, article_rows, page_rows
from archive.index.queries.similar import Fingerprint
from archive.index.transaction import Transaction
from archive.ingest.near_duplicates import holds_text, read_fingerprint
from archive.processes.progress import Progress, unseen
from archive.processes.workers import Workers, jobs_of, workers
from archive.storage.fsync import disk_errors
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.manifest import sealed_files, seals_on_disk
from archive.storage.paths import Paths, read_identity
from archive.storage.run_record import RUN_FILE, read_lines, read_run
from archive.storage.tombstones import Tombstones, withheld_in

_LINES = 100  # lines for one worker at a time
_Line = TypeVar("_Line")
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
    for part, read in pool.map(partial(_read, withheld), _parts(paths)):
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


@dataclass(slots=True)
class _PartRows:
    """The rows of some lines; the numbers that articles' lines give themselves, and by these the fingerprints of their texts.

    `problems` are a path in the run's folder and what is wrong there, `files` is the number of files that were read.
    """

    rows: ArticleRows | PageRows | None = None
    numbers: set[int] = field(default_factory=set)
    texts: dict[int, Fingerprint] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0


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


def _read(withheld: Tombstones, part: _Part, seen: Collection[int] = ()) -> _PartRows:
    """Return the rows of a part's lines but of those with a number in `seen`, which stand on earlier lines of the run."""
    read = _PartRows(files=int(part.first == 0))
    if part.wrong:
        read.problems.append((part.name, part.wrong))
    elif part.name == _ARTICLES:
        lines = list(_article_lines(withheld, part, seen, read))
        read.rows = article_rows(part.night, part.folder.name, lines)
    elif part.name == _PAGES:
        pages = dict(_decoded(part, decode_page, read))
        read.rows = page_rows(part.night, part.folder.name, pages)
    return read


def _decoded(part: _Part, decode: Callable[[bytes], _Line], read: _PartRows) -> Iterator[tuple[int, _Line]]:
    for number, line in enumerate(part.lines, start=part.first):
        try:
            yield number, decode(line)
        except ValueError as error:
            read.problems.append((part.name, f"line {number}: {error}"))


def _article_lines(withheld: Tombstones, part: _Part, seen: Collection[int], read: _PartRows) -> Iterator[ArticleLine]:
    for number, found in _decoded(part, decode_article, read):
        text = read_fingerprint(part.folder, found) if holds_text(found) else None
        read.files += holds_text(found)
        if found.seq in seen or found.seq in read.numbers:
            why = f"line {number}: its number {found.seq} stands on an earlier line"
            read.problems.append((part.name, why))
            continue
        read.numbers.add(found.seq)
        line = withheld.shown(part.night, part.folder.name, found)
        yield line
        if text is not None and holds_text(line):
            read.texts[line.seq] = text
        elif holds_text(line):
            why = f"it is not the text of line {line.seq}: its near-duplicates are not found"
            read.problems.append((str(line.file), why))


@dataclass(slots=True)
class _RowWriter:
    """Adds the rows of lines, which come run by run; `seen` are the numbers of the present run's lines."""

    transaction: Transaction
    withheld: Tombstones
    problem: Callable[[Path, str], None]
    folder: Path = Path()
    seen: set[int] = field(default_factory=set)

    def add(self, part: _Part, read: _PartRows) -> int:
        """Add the rows of some lines; return how many files they took."""
        if part.folder != self.folder:
            self.folder, self.seen = part.folder, set()
        if not self.seen.isdisjoint(read.numbers):
            read = _read(self.withheld, part, self.seen)
        self.seen |= read.numbers
        for name, why in read.problems:
            self.problem(part.folder / name, why)
        if part.name == RUN_FILE:
            self._add_run(part.folder)
        self.transaction.similar.add(part.night, part.folder.name, read.texts)
        if isinstance(read.rows, ArticleRows):
            self.transaction.add_article_rows(read.rows)
        elif read.rows is not None:
            self.transaction.add_page_rows(read.rows)
        return read.files

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
