"""Fill `search.db` from the files: one transaction for each seal, in the order of the chain.

Only sealed runs are filled in, since their lines change no more. Filled seals are known by their heads: an archive that
was rolled back, sealed again or withheld from is filled anew, and so are words that another method made. Filling
resumes where it was interrupted, and a fill from nothing gives the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, insert, select, update

from archive.errors import ArchiveUnusable, RunBusy
from archive.index.schema import SEALS
from archive.processes.progress import Progress, unseen
from archive.processes.workers import jobs_of, workers
from archive.search.backend import WordRows
from archive.search.documents import Problem, SealedLine, place_row
from archive.search.engine import SearchIndex
from archive.search.schema import CONTENTS, FILLED, NO_CONTENT, PLACES
from archive.search.words import SealKey, SealPart, TextWords, read_words, seal_parts
from archive.storage.fsync import disk_errors
from archive.storage.locks import try_lock
from archive.storage.paths import Paths
from archive.storage.tombstones import withheld_in
from archive.store import Archive

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Backlog:
    """Part of an archive that search cannot find yet: seals to be filled in; `anew` when all have to be.

    `files` is the number of files that these seals cover.
    """

    seals: tuple[SealKey, ...]
    anew: bool
    files: int = 0


def find_backlog(archive: Archive, search: SearchIndex) -> Backlog:
    """Return the seals that are not filled in, as night, number and head in the order of the chain."""
    with archive.index.reading() as queries:
        rows = list(queries.rows(SEALS))
    chain = chain_order(rows)
    known = search.filled_seals(len(withheld_in(archive.paths).lines))
    anew = not known or not {(*key, head) for key, head in known.items()} <= set(chain)
    missing = tuple(seal for seal in chain if anew or (seal[0], seal[1]) not in known)
    files = {(night, number): int(str(files)) for night, number, *_, files in rows}
    return Backlog(missing, anew, sum(files[night, number] for night, number, _ in missing))


def chain_order(rows: Iterable[tuple[object, ...]]) -> list[SealKey]:
    """Sort seals, each a night, a number, its head and that of the seal before, into the order of filling."""
    following: dict[str | None, SealKey] = {}
    every = []
    for night, number, head, previous, *_ in rows:
        seal = (str(night), int(str(number)), str(head))
        following[None if previous is None else str(previous)] = seal
        every.append(seal)
    chain: list[SealKey] = []
    last: str | None = None
    while last in following:
        seal = following.pop(last)
        chain.append(seal)
        last = seal[2]
    return chain + sorted(set(every) - set(chain))  # a broken chain is a finding of verify


@dataclass(frozen=True, slots=True)
class FillOptions:
    """Options of filling in words: unreadable files go to `problem` and stay out.

    `jobs`: processes that read; None for every core, or one where there is little to read. `progress` counts files.
    """

    problem: Problem = lambda path, why: None
    jobs: int | None = 1
    progress: Progress = unseen


_ALONE = FillOptions()


def catch_up(archive: Archive, search: SearchIndex, how: FillOptions = _ALONE) -> int:
    """Fill in the missing seals; returns their number.

    Waits for another process that fills. Raises ArchiveError when the database cannot be written.
    """
    with search_lock(archive.paths):
        try:
            missing = find_backlog(archive, search)
        except ArchiveUnusable:  # damaged: derived data is made again
            return _refill(archive, search, how)
        if missing.anew:
            return _refill(archive, search, how)
        return _fill(archive.paths, search, missing, how)


def refill(archive: Archive, search: SearchIndex, how: FillOptions = _ALONE) -> int:
    """Fill in every seal from nothing, whatever was there."""
    with search_lock(archive.paths):
        return _refill(archive, search, how)


def _refill(archive: Archive, search: SearchIndex, how: FillOptions) -> int:
    with disk_errors(f"cannot make {search.name}"):
        search.remake(len(withheld_in(archive.paths, strictly=True).lines))
    return _fill(archive.paths, search, find_backlog(archive, search), how)


# Anew as a whole, since FTS5 without its texts cannot take one out, and removal by law is rare.
def forget_withheld(archive: Archive) -> bool:
    """Make the words anew without the lines withheld now, if there are any; returns whether that was done."""
    with search_lock(archive.paths), SearchIndex.of(archive) as search:
        return search.exists() and find_backlog(archive, search).anew and _refill(archive, search, _ALONE) >= 0


def _fill(paths: Paths, search: SearchIndex, missing: Backlog, how: FillOptions) -> int:
    if not missing.seals:
        return 0
    withheld = withheld_in(paths, strictly=True)
    done = 0
    with workers(jobs_of(how.jobs, missing.files)) as pool:
        read = pool.map(partial(read_words, search.store.rows), seal_parts(paths, missing.seals, withheld))
        # One transaction a seal, after the seal: no crawl waits for it, and a crash loses nothing but the time.
        for seal, parts in groupby(read, key=lambda each: each[0].seal):
            with search.writing() as connection:
                night, number, head = seal
                known = select(FILLED.c.head).where(FILLED.c.night == night, FILLED.c.number == number)
                if connection.execute(known).first() is None:  # no other machine was faster
                    for files in _fill_seal(connection, search, date.fromisoformat(night), parts, how.problem):
                        how.progress(done := done + files, missing.files)
                    connection.execute(insert(FILLED).values(night=night, number=number, head=head))
    with search.writing() as connection:
        search.store.optimize(connection)
    return len(missing.seals)


def _fill_seal(
    connection: Connection,
    search: SearchIndex,
    night: date,
    parts: Iterable[tuple[SealPart, list[TextWords]]],
    problem: Problem,
) -> Iterator[int]:
    """Add the words and places of a seal; yield the number of its files that were read since the last time."""
    lines: list[SealedLine] = []
    numbers: dict[str, int] = {}
    wrong: list[tuple[Path, str]] = []
    for part, words in parts:
        lines += part.lines
        for path, why in part.wrong:
            problem(path, why)
        numbers |= _numbers(connection, [one.line.content_sha256 for one in part.lines])
        search.store.add(
            connection, _new_contents(connection, night, zip(part.lines, words, strict=True), numbers, wrong)
        )
        yield part.files
    for path, why in wrong:
        problem(path, why)
    _add_places(connection, night, lines, numbers)


def _numbers(connection: Connection, contents: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _some(contents):
        known = select(CONTENTS.c.content_sha256, CONTENTS.c.document).where(CONTENTS.c.content_sha256.in_(some))
        found |= {row.content_sha256: row.document for row in connection.execute(known)}
    return found


def _some(each: Iterable[str]) -> Iterator[list[str]]:
    """Yield each value once, as many at a time as one statement takes."""
    once = list(dict.fromkeys(each))
    return (once[start : start + _AT_ONCE] for start in range(0, len(once), _AT_ONCE))


def _new_contents(
    connection: Connection,
    night: date,
    texts: Iterable[tuple[SealedLine, TextWords]],
    numbers: dict[str, int],
    wrong: list[tuple[Path, str]],
) -> Iterator[tuple[int, WordRows]]:
    """Yield the number and the words of each new content; add their rows, note their numbers and what is unreadable."""
    last = int(connection.execute(select(func.coalesce(func.max(CONTENTS.c.document), NO_CONTENT))).scalar_one())
    rows = []
    for one, words in texts:
        line = one.line
        if words is None or line.content_sha256 in numbers:
            continue
        if isinstance(words, str):
            wrong.append((one.folder / str(line.file), words))
            continue
        last += 1
        numbers[line.content_sha256] = last
        row = {"document": last, "content_sha256": line.content_sha256, "night": night.isoformat()}
        row |= {"run": one.folder.name, "file": line.file, "sha256": line.sha256, "published_raw": line.published_raw}
        rows.append(row)
        yield last, words
    if rows:
        connection.execute(insert(CONTENTS), rows)


def _add_places(connection: Connection, night: date, lines: Iterable[SealedLine], numbers: dict[str, int]) -> None:
    rows = [place_row(night, one, numbers.get(one.line.content_sha256, NO_CONTENT)) for one in lines]
    newest: dict[str, str] = {}
    for some in _some(str(row["article"]) for row in rows):
        known = select(PLACES.c.article, PLACES.c.at).where(PLACES.c.article.in_(some), PLACES.c.newest == 1)
        newest |= {row.article: row.at for row in connection.execute(known)}
    before = dict(newest)
    for row in rows:
        newest[str(row["article"])] = max(newest.get(str(row["article"]), ""), str(row["at"]))
    for row in rows:
        row["newest"] = int(newest[str(row["article"])] == row["at"])
    older = [{"of": article, "was": at} for article, at in before.items() if newest[article] != at]
    if older:
        was = (PLACES.c.article == bindparam("of"), PLACES.c.at == bindparam("was"))
        connection.execute(update(PLACES).where(*was).values(newest=0), older)
    if rows:
        connection.execute(insert(PLACES), rows)


_PATIENCE = 60.0  # seconds: a night is sealed, and a search answers, without what another process is still filling


_POLL_SECONDS = 0.1


@contextmanager
def search_lock(paths: Paths, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the lock of making or filling the search database; wait for it at most `patience` seconds.

    Two processes may notice at once that words are missing; the second waits and finds them there. The lock is `flock`
    on `archive.json`, which every archive has and no process replaces: it leaves nothing behind, works where nothing
    may be written, and the kernel frees it when its process ends. Raises RunBusy when another process holds it,
    OSError.
    """
    with paths.identity.open("rb") as stream:
        until = time.monotonic() + patience
        while not try_lock(stream):
            if time.monotonic() >= until:
                raise RunBusy("another process is filling what search is asked of; try again when it has ended")
            time.sleep(_POLL_SECONDS)
        yield
