"""Withhold an article lawfully: its text is removed, its captures overwritten, a tombstone names requester and reason.

The order makes it safe against a crash: the tombstone is written whole and flushed first, then texts and captures are
removed, then the rows. `finish` completes the work of a crashed process and does nothing twice. Nothing sealed is
changed but what the tombstone names, and the next seal lists the tombstone.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from archive.errors import ArchiveError, UsageError
from archive.index.postgresql import PostgresqlSchema
from archive.model.enums import Event
from archive.model.records import CaptureRef
from archive.search.engine import SearchIndex
from archive.search.indexer import search_lock
from archive.storage.fsync import PIECE, disk_errors, make_folder, read_pieces, sync_folder, write_durably
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.manifest import FileEntry, sealed_runs, seals_on_disk
from archive.storage.paths import Paths, run_folder
from archive.storage.run_record import read_lines
from archive.storage.tombstones import (
    LineRef,
    OverwrittenRecord,
    RewrittenWarc,
    Tombstone,
    Tombstones,
    tombstone_paths,
    withheld_in,
)
from archive.storage.warc_filler import filler
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class WithholdRequest:
    """Request of a person: portals and keys, the reason, the requester, and the time (aware)."""

    articles: tuple[tuple[str, str], ...]
    reason: str
    who: str
    when: datetime


_Captures = dict[tuple[date, str], set[CaptureRef]]
"""References to captures, by the night and the run whose folder holds them."""


def plan(archive: Archive, request: WithholdRequest) -> Tombstone | None:
    """Return the tombstone that `withhold` would write; None when everything is withheld already.

    Raises UsageError while a night in which the article stands is not sealed, ArchiveError where lines cannot be read.
    """
    known = withheld_in(archive.paths, strictly=True)
    lines: dict[LineRef, ArticleLine] = {}
    captures: _Captures = defaultdict(set)
    for portal, key in request.articles:
        _collect(archive, portal, key, lines, captures)
    _refuse_unsealed(archive.paths, {(ref.night, ref.run) for ref in lines} | set(captures))
    lines = {ref: line for ref, line in lines.items() if (ref.night, ref.run, ref.seq) not in known.lines}
    texts = [_text_entry(ref, line) for ref, line in lines.items() if line.file is not None]
    number = len(known.tombstones) + 1
    tombstone = Tombstone(
        archive=archive.identity.id,
        number=number,
        articles=tuple(f"{portal}/{key}" for portal, key in request.articles),
        reason=request.reason,
        who=request.who,
        when=request.when,
        texts=tuple(sorted(texts, key=lambda entry: entry.path)),
        records=(),
        files=(),
        lines=tuple(sorted(lines, key=lambda ref: (ref.night, ref.run, ref.seq))),
    )
    records = _records(tombstone.name, captures, known)
    if not records and not lines:
        return None
    return replace(tombstone, records=records, files=tuple(_rewritten(archive.paths, tombstone.name, records)))


def withhold(archive: Archive, request: WithholdRequest) -> Tombstone | None:
    """Withhold articles; returns the tombstone, or None when they are withheld already. Raises as `plan` does."""
    with disk_errors("cannot withhold"):
        _remove(archive)  # leftovers of a crash must not count into the next tombstone
        tombstone = plan(archive, request)
        if tombstone is None:
            return None
        path = archive.paths.root / tombstone.name
        make_folder(path.parent)
        # Written before anything goes: everything after it can be done again from the tombstone alone, which is the
        # recovery from a crash and from a restored copy.
        write_durably(path, tombstone.to_bytes())
        finish(archive)
    return tombstone


def finish(archive: Archive) -> int:
    """Carry out the tombstones where a crash or a restored copy left work; returns the count of removals."""
    with disk_errors("cannot withhold"):
        done = _remove(archive)
        if tombstone_paths(archive.paths):
            archive.index.database.forget_deleted()
    return done


def _remove(archive: Archive) -> int:
    known = withheld_in(archive.paths, strictly=True)
    done = 0
    with search_lock(archive.paths), archive.index.writing() as transaction:
        transaction.withheld.overwrite_deleted()
        for tombstone in known.tombstones:
            done += _remove_texts(archive.paths, tombstone)
            done += _overwrite(archive.paths, tombstone)
            for ref in tombstone.lines:
                line = _line(archive.paths, ref.night, ref.run, ref.seq)
                transaction.replace_event(ref.night, ref.run, known.shown(ref.night, ref.run, line))
        if done:
            with SearchIndex.of(archive) as words:
                words.forget()  # made again from the files, without these words
        if known.tombstones and isinstance(archive.index.database, PostgresqlSchema):
            _remove_left_behind(archive.paths)
    return done


def _remove_left_behind(paths: Paths) -> None:
    """Delete the files of before PostgreSQL: they hold the words too, and nothing reads them any more."""
    for path in (paths.index, paths.search):
        for extra in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + extra).unlink(missing_ok=True)


def _collect(archive: Archive, portal: str, key: str, lines: dict[LineRef, ArticleLine], captures: _Captures) -> None:
    """Add the lines and captures of one article to those collected so far."""
    with archive.index.reading() as queries:
        # An article is withheld whole: a version alone would stay readable in the captures that found it unchanged.
        events, responses = queries.events.of_article(portal, key), queries.withheld.stored_responses(portal, key)
    for event in events:
        night = date.fromisoformat(event.night)
        line = _line(archive.paths, night, event.run, event.seq)
        lines[LineRef(night, event.run, event.seq)] = line
        if line.warc is not None:
            captures[night, event.run].add(line.warc)
        if line.read_from is not None:
            captures[line.read_from.night, line.read_from.run].add(line.read_from.ref)
    for night, run, number in responses:
        path = run_folder(archive.paths, night, run) / "pages.jsonl"
        try:
            ref = decode_page(read_lines(path)[number]).warc
        except (IndexError, ValueError):
            raise ArchiveError(f"{path}: line {number} cannot be read; restore it from a copy first") from None
        if ref is not None:
            captures[night, run].add(ref)


def _line(paths: Paths, night: date, run: str, seq: int) -> ArticleLine:
    path = run_folder(paths, night, run) / "articles.jsonl"
    for raw in read_lines(path):
        try:
            line = decode_article(raw)
        except ValueError:
            continue  # the error below names a wanted line that cannot be read
        if line.seq == seq:
            return line
    raise ArchiveError(f"{path}: line {seq} cannot be read; restore it from a copy first")


def _refuse_unsealed(paths: Paths, runs: Iterable[tuple[date, str]]) -> None:
    for night, run in sorted(runs):
        if run not in sealed_runs(seals_on_disk(paths, night)):
            raise UsageError(f"{run} of {night} is not sealed yet: withhold the article after the seal of that night")


def _text_entry(ref: LineRef, line: ArticleLine) -> FileEntry:
    path = str(line.file) if line.event is Event.QUARANTINED else f"{ref.night:%Y/%m/%d}/{ref.run}/{line.file}"
    return FileEntry(path, int(line.bytes or 0), str(line.sha256))


def _records(name: str, captures: _Captures, known: Tombstones) -> tuple[OverwrittenRecord, ...]:
    records = [
        OverwrittenRecord(night, run, **asdict(ref), filler=sha256(filler(ref.length, name, ref.offset)).hexdigest())
        for (night, run), refs in captures.items()
        for ref in refs
    ]
    fresh = [record for record in records if (record.path, record.offset) not in known.records]
    return tuple(sorted(fresh, key=lambda record: (record.path, record.offset)))


def _rewritten(paths: Paths, name: str, records: Sequence[OverwrittenRecord]) -> Iterator[RewrittenWarc]:
    """Yield the SHA-256 of each file before and after; a missing file has nothing to overwrite."""
    for path, inside in groupby(records, key=lambda record: record.path):
        if (paths.root / path).is_file():
            yield RewrittenWarc(path, *_digests(paths.root / path, name, inside))


def _digests(path: Path, name: str, records: Iterable[OverwrittenRecord]) -> tuple[str, str]:
    before, after = sha256(), sha256()
    with path.open("rb") as stream:
        for record in records:
            for piece in read_pieces(stream, record.offset - stream.tell()):
                before.update(piece)
                after.update(piece)
            there = 0
            for piece in read_pieces(stream, record.length):
                before.update(piece)
                there += len(piece)
            after.update(filler(record.length, name, record.offset)[:there])
        while piece := stream.read(PIECE):
            before.update(piece)
            after.update(piece)
    return before.hexdigest(), after.hexdigest()


def _remove_texts(paths: Paths, tombstone: Tombstone) -> int:
    done = 0
    for entry in tombstone.texts:
        path = paths.root / entry.path
        if path.is_symlink() or path.exists():
            path.unlink()
            sync_folder(path.parent)
            done += 1
    return done


def _overwrite(paths: Paths, tombstone: Tombstone) -> int:
    done = 0
    for name, inside in groupby(tombstone.records, key=lambda record: record.path):
        path = paths.root / name
        if not path.is_file():
            continue
        with path.open("r+b") as stream:
            for record in inside:
                wanted = filler(record.length, tombstone.name, record.offset)
                stream.seek(record.offset)
                there = stream.read(record.length)
                if there != wanted[: len(there)]:
                    stream.seek(record.offset)
                    stream.write(wanted[: len(there)])
                    done += 1
            stream.flush()
            os.fsync(stream.fileno())
    return done
