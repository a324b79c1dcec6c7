"""Rebuild the index from the files alone, row for row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from archive.errors import ArchiveError, DamagedFile
from archive.index.connect import database_of
from archive.index.index import remaking
from archive.index.transaction import Transaction
from archive.ingest.near_duplicates import holds_text, read_fingerprint
from archive.model.records import PageRecord
from archive.storage.fsync import disk_errors
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.manifest import seals_on_disk
from archive.storage.paths import Paths, read_identity
from archive.storage.run_record import RUN_FILE, read_lines, read_run
from archive.storage.tombstones import Tombstones, withheld_in


def fill(paths: Paths, transaction: Transaction, problem: Callable[[Path, str], None]) -> None:
    """Add every line, run record and manifest of an archive to empty tables; unreadable ones go to `problem`."""
    runs = [(night, folder, True) for night in paths.nights() for folder in paths.closed_runs(night)]
    runs += [(night, folder, False) for night, folder in paths.open_runs()]
    withheld = withheld_in(paths)
    for path, why in withheld.damaged:
        problem(path, str(why))
    for night, folder, closed in runs:
        _fill_run(transaction, night, folder, closed, withheld, problem)
    for night in paths.nights():
        try:
            for seal in seals_on_disk(paths, night):
                transaction.add_seal(seal)
        except (ArchiveError, OSError) as error:  # the audit names damage; the rest stays readable
            problem(paths.night(night), str(error))


def _fill_run(
    transaction: Transaction,
    night: date,
    folder: Path,
    closed: bool,
    withheld: Tombstones,
    problem: Callable[[Path, str], None],
) -> None:
    lines: dict[int, ArticleLine] = {}
    for number, line in enumerate(_lines(folder / "articles.jsonl", problem)):
        try:
            article = withheld.shown(night, folder.name, decode_article(line))
            if article.seq in lines:
                raise ValueError(f"its number {article.seq} stands on an earlier line")
            lines[article.seq] = article
            _fill_text(transaction, night, folder, article, problem)
        except ValueError as error:
            problem(folder / "articles.jsonl", f"line {number}: {error}")
    transaction.add_events(night, folder.name, lines.values())
    pages: dict[int, PageRecord] = {}
    for number, line in enumerate(_lines(folder / "pages.jsonl", problem)):
        try:
            pages[number] = decode_page(line)
        except ValueError as error:
            problem(folder / "pages.jsonl", f"line {number}: {error}")
    transaction.add_pages(night, folder.name, pages)
    if closed:
        try:
            transaction.add_run(read_run(folder))
        except (OSError, ValueError) as error:
            problem(folder / RUN_FILE, str(error))


def _lines(path: Path, problem: Callable[[Path, str], None]) -> list[bytes]:
    try:
        return read_lines(path)
    except DamagedFile as error:
        problem(path, str(error))
        return []


def _fill_text(
    transaction: Transaction, night: date, folder: Path, line: ArticleLine, problem: Callable[[Path, str], None]
) -> None:
    if not holds_text(line):
        return
    text = read_fingerprint(folder, line)
    if text is not None:
        transaction.similar.add(night, folder.name, line.seq, text)
    else:
        problem(folder / str(line.file), f"it is not the text of line {line.seq}: its near-duplicates are not found")


def rebuild(paths: Paths) -> list[str]:
    """Make the index again beside the old one, then put it in its place; returns the unreadable files, in words.

    The environment chooses the database (`archive.index.connect`). Raises ArchiveUnusable without an identity.
    """
    database = database_of(paths, read_identity(paths.root).id)
    problems: list[str] = []
    with disk_errors("cannot rebuild the index"), remaking(database) as transaction:
        fill(paths, transaction, lambda path, why: problems.append(f"{path.relative_to(paths.root)}: {why}"))
    return problems
