"""Fill `search.db` from the files: one transaction for each seal, in the order of the chain.

Only sealed runs are filled in, since their lines change no more. Filled seals are known by their heads: an archive that
was rolled back, sealed again or withheld from is filled anew, and so are words that another method made. Filling
resumes where it was interrupted, and a fill from nothing gives the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, func, insert, select, update

from archive.errors import ArchiveUnusable, RunBusy
from archive.index.schema import SEALS
from archive.search.backend import GAP, ContentWords
from archive.search.documents import Problem, SealedLine, place_row, read_paragraphs, sealed_lines
from archive.search.engine import SearchIndex
from archive.search.schema import CONTENTS, FILLED, NO_CONTENT, PLACES
from archive.storage.fsync import disk_errors
from archive.storage.locks import try_lock
from archive.storage.manifest import seals_on_disk
from archive.storage.paths import Paths
from archive.storage.tombstones import Tombstones, withheld_in
from archive.store import Archive
from vietnam.words import folded_words

_LONGEST_TITLE = 250
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Backlog:
    """Part of an archive that search cannot find yet: seals to be filled in; `anew` when all have to be."""

    seals: tuple[tuple[str, int, str], ...]
    anew: bool


def find_backlog(archive: Archive, search: SearchIndex) -> Backlog:
    """Return the seals that are not filled in, as night, number and head in the order of the chain."""
    with archive.index.reading() as queries:
        chain = chain_order(queries.rows(SEALS))
    known = search.filled_seals(len(withheld_in(archive.paths).lines))
    anew = not known or not {(*key, head) for key, head in known.items()} <= set(chain)
    return Backlog(tuple(seal for seal in chain if anew or (seal[0], seal[1]) not in known), anew)


def chain_order(rows: Iterable[tuple[object, ...]]) -> list[tuple[str, int, str]]:
    """Sort seals, each a night, a number, its head and that of the seal before, into the order of filling."""
    following: dict[str | None, tuple[str, int, str]] = {}
    every = []
    for night, number, head, previous, *_ in rows:
        seal = (str(night), int(str(number)), str(head))
        following[None if previous is None else str(previous)] = seal
        every.append(seal)
    chain: list[tuple[str, int, str]] = []
    last: str | None = None
    while last in following:
        seal = following.pop(last)
        chain.append(seal)
        last = seal[2]
    return chain + sorted(set(every) - set(chain))  # a broken chain is a finding of verify


def catch_up(archive: Archive, search: SearchIndex, problem: Problem = lambda path, why: None) -> int:
    """Fill in the missing seals; returns their number. Unreadable files go to `problem` and stay out.

    Waits for another process that fills. Raises ArchiveError when the database cannot be written.
    """
    with search_lock(archive.paths):
        try:
            missing = find_backlog(archive, search)
        except ArchiveUnusable:  # damaged: derived data is made again
            return _refill(archive, search, problem)
        if missing.anew:
            return _refill(archive, search, problem)
        return _fill(archive.paths, search, missing.seals, problem)


def refill(archive: Archive, search: SearchIndex, problem: Problem = lambda path, why: None) -> int:
    """Fill in every seal from nothing, whatever was there."""
    with search_lock(archive.paths):
        return _refill(archive, search, problem)


def _refill(archive: Archive, search: SearchIndex, problem: Problem = lambda path, why: None) -> int:
    with disk_errors(f"cannot make {search.name}"):
        search.remake(len(withheld_in(archive.paths, strictly=True).lines))
    return _fill(archive.paths, search, find_backlog(archive, search).seals, problem)


# Anew as a whole, since FTS5 without its texts cannot take one out, and removal by law is rare.
def forget_withheld(archive: Archive) -> bool:
    """Make the words anew without the lines withheld now, if there are any; returns whether that was done."""
    with search_lock(archive.paths), SearchIndex.of(archive) as search:
        return search.exists() and find_backlog(archive, search).anew and _refill(archive, search) >= 0


def _fill(paths: Paths, search: SearchIndex, seals: Sequence[tuple[str, int, str]], problem: Problem) -> int:
    withheld = withheld_in(paths, strictly=True) if seals else Tombstones()
    # One transaction a seal, after the seal: no crawl waits for it, and a crash loses nothing but the time.
    for night, number, head in seals:
        with search.writing() as connection:
            known = select(FILLED.c.head).where(FILLED.c.night == night, FILLED.c.number == number)
            if connection.execute(known).first() is None:  # no other machine was faster
                _fill_seal(paths, search, connection, withheld, date.fromisoformat(night), number, problem)
                connection.execute(insert(FILLED).values(night=night, number=number, head=head))
    if seals:
        with search.writing() as connection:
            search.store.optimize(connection)
    return len(seals)


def _fill_seal(
    paths: Paths,
    search: SearchIndex,
    connection: Connection,
    withheld: Tombstones,
    night: date,
    number: int,
    problem: Problem,
) -> None:
    seal = next((seal for seal in seals_on_disk(paths, night) if seal.number == number), None)
    every = sealed_lines(paths, night, seal, problem) if seal else iter(())
    lines = [one for one in every if (night, one.folder.name, one.line.seq) not in withheld.lines]
    numbers = _numbers(connection, [one.line.content_sha256 for one in lines])
    search.store.add(connection, _new_contents(connection, night, lines, numbers, problem))
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
    connection: Connection, night: date, lines: Iterable[SealedLine], numbers: dict[str, int], problem: Problem
) -> Iterator[ContentWords]:
    """Yield the words of each new content; add their rows and note their numbers."""
    last = int(connection.execute(select(func.coalesce(func.max(CONTENTS.c.document), NO_CONTENT))).scalar_one())
    rows = []
    for folder, line in ((one.folder, one.line) for one in lines):
        if line.file is None or line.content_sha256 in numbers:
            continue
        paragraphs = read_paragraphs(folder / line.file, line, problem)
        if paragraphs is None:
            continue
        last += 1
        numbers[line.content_sha256] = last
        row = {"document": last, "content_sha256": line.content_sha256, "night": night.isoformat()}
        row |= {"run": folder.name, "file": line.file, "sha256": line.sha256, "published_raw": line.published_raw}
        rows.append(row)
        yield content_words(last, paragraphs)
    if rows:
        connection.execute(insert(CONTENTS), rows)


def content_words(document: int, paragraphs: Sequence[str]) -> ContentWords:
    """Return the words of a text without its published line; its first paragraph is the title."""
    exact: list[str] = []
    plain: list[str] = []
    titled = 0
    for paragraph in paragraphs:
        if plain:
            exact.append(GAP)
            plain.append(GAP)
        forms = folded_words(paragraph)
        exact += [form[0] for form in forms]
        plain += [form[1] for form in forms]
        titled = titled or min(len(plain), _LONGEST_TITLE)
    return ContentWords(document, tuple(plain[:titled]), tuple(plain), tuple(exact[:titled]), tuple(exact))


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
