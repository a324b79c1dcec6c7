"""The index: rows that make the files quick to find. Every query of the program stands here and nowhere else.

SQLite through SQLAlchemy Core. WAL only where SQLite has the fix of the WAL-reset bug (3.51.3, 3.50.7, 3.44.6); otherwise a
rollback journal. One writer at a time: `writing()` takes the write lock first (BEGIN IMMEDIATE), so that judging an
article and recording it cannot be interleaved between processes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, and_, create_engine, delete, event, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from archive.attached import attachment_key
from archive.errors import ArchiveError, DiskFull
from archive.identity import run_order
from archive.journal import journal_for
from archive.lines import ArticleLine, canonical
from archive.manifest import Seal
from archive.queries import SETTLED, Queries
from archive.records import Listed, Outcome, Page, Run
from archive.runs import run_plain
from archive.schema import ATTACHMENTS, EVENTS, LISTED, LOOKS, METADATA, PAGES, RUNS, SEALS
from vietnam.letters import strip_diacritics

__all__ = ["Index", "Transaction", "place"]

BUSY_SECONDS = 30.0
# A passing failure says nothing of the article: its next look stays where it was.
_LOOKED = (*SETTLED, Outcome.ARTICLE.value, Outcome.ATTACHMENT.value, Outcome.NOT_MODIFIED.value)


def place(night: date | str, run: str, line: int) -> str:
    """Where a line stands, as a string that sorts by time."""
    return f"{night}/{run_order(run)[1]:03d}/{line:07d}"


def _engine(path: Path, read_only: bool) -> Engine:
    # A connection per use: no descriptor outlives a fork and no reader holds a lock.
    url = f"sqlite:///file:{path}?mode=ro&uri=true" if read_only else f"sqlite:///{path}"
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        if not read_only:
            connection.execute(f"PRAGMA journal_mode={journal_for(sqlite3.sqlite_version_info)}")
            connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


class Index:
    """The rows of one archive. `read_only` opens them for auditors, who never write."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._writer = None if read_only else _engine(path, read_only=False)
        self._reader = _engine(path, read_only=True)

    @classmethod
    def create(cls, path: Path) -> Index:
        """Make the tables where they are missing."""
        index = cls(path)
        with index.writing() as transaction:
            METADATA.create_all(transaction.connection)
        return index

    def close(self) -> None:
        """Let go of the database."""
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One write transaction that holds the write lock from its start.

        Raises ArchiveError when another process holds the lock for over 30 s, DiskFull when SQLite cannot write.
        """
        if self._writer is None:
            raise ArchiveError(f"{self.path} was opened for reading")
        try:
            with self._writer.begin() as connection:
                yield Transaction(connection)
        except OperationalError as error:
            raise _explained(self.path, error) from error

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One read transaction on a read-only connection."""
        _roll_back(self.path)
        try:
            with self._reader.begin() as connection:
                yield Transaction(connection)
        except DatabaseError as error:
            raise _explained(self.path, error) from error


def _roll_back(path: Path) -> None:
    """A process that was killed may leave a journal that only a writing connection can roll back."""
    if path.with_name(f"{path.name}-journal").exists():
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _explained(path: Path, error: DatabaseError) -> ArchiveError:
    text = str(error.orig)
    if "locked" in text:
        return ArchiveError(f"{path} is locked by another process for over {BUSY_SECONDS:.0f} s; end it and try again")
    if "full" in text or "disk I/O" in text or "readonly" in text:
        return DiskFull(f"{path}: {text}; free space or mend the disk and run the night again: nothing kept is lost")
    return ArchiveError(f"{path}: {text}; `python -m archive rebuild` makes the index again from the files")


class Transaction(Queries):
    """Questions and changes within one transaction."""

    def add_event(self, night: date, run: str, line: ArticleLine) -> None:
        """Repeat one line of `articles.jsonl`."""
        values = {column: getattr(line, column) for column in _EVENT_COLUMNS}
        values |= {
            "night": night.isoformat(),
            "run": run,
            "at": place(night, run, line.seq),
            "event": line.event.value,
            "title_plain": strip_diacritics(line.title),
            "flags": " ".join(line.flags),
        }
        self.connection.execute(insert(EVENTS).values(values))
        shared = {name: values[name] for name in ("night", "run", "seq", "at", "event", "portal", "section")}
        for position, file in enumerate(line.attachments):
            named = {"key": attachment_key(line.key, file.url), "url": file.url, "name": file.name, "type": file.type}
            row = shared | named | {"position": position, "version": line.id, "article": line.key}
            self.connection.execute(insert(ATTACHMENTS).values(row))

    def add_page(self, night: date, run: str, number: int, page: Page) -> None:
        """Repeat one line of `pages.jsonl`, with what it listed and when to look again."""
        portal, at = run_order(run)[0], place(night, run, number)
        values = {
            "night": night.isoformat(),
            "run": run,
            "line": number,
            "at": at,
            "portal": portal,
            "section": page.section,
            "key": page.key,
            "url": page.url,
            "outcome": page.outcome.value,
            "status": page.status,
            "walk_end": page.walk_end.value if page.walk_end else None,
            "fetched_at": page.fetched_at.isoformat(),
            "etag": page.etag,
            "last_modified": page.last_modified,
            "body_sha256": page.body_sha256,
            "warc_file": page.warc.file if page.warc else None,
            "warc_offset": page.warc.offset if page.warc else None,
            "warc_length": page.warc.length if page.warc else None,
        }
        self.connection.execute(insert(PAGES).values(values))
        for position, entry in enumerate(page.listed):
            self._merge_listed(portal, page.section or "", at, position, entry)
        if page.key is not None and page.outcome.value in _LOOKED:
            self._merge_look(portal, at, page)

    def _merge_listed(self, portal: str, section: str, at: str, position: int, entry: Listed) -> None:
        where = and_(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key == entry.key)
        known = self.connection.execute(select(LISTED.c.at, LISTED.c.position).where(where)).first()
        if known is not None and (known.at, known.position) <= (at, position):
            return
        if known is not None:
            self.connection.execute(delete(LISTED).where(where))
        day = entry.day.isoformat() if entry.day else None
        values = {"portal": portal, "section": section, "key": entry.key, "at": at, "position": position}
        self.connection.execute(insert(LISTED).values(values | {"url": entry.url, "title": entry.title, "day": day}))

    def _merge_look(self, portal: str, at: str, page: Page) -> None:
        where = and_(LOOKS.c.portal == portal, LOOKS.c.key == page.key)
        known = self.connection.execute(select(LOOKS.c.at).where(where)).scalar()
        if known is not None and known >= at:
            return
        self.connection.execute(delete(LOOKS).where(where))
        values = {
            "portal": portal,
            "key": page.key,
            "at": at,
            "section": page.section,
            "url": page.url,
            "outcome": page.outcome.value,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "body_sha256": page.body_sha256,
            "next_look": page.next_look.isoformat() if page.next_look else None,
        }
        self.connection.execute(insert(LOOKS).values(values))

    def add_run(self, run: Run) -> None:
        """Repeat a `run.json`."""
        self.connection.execute(delete(RUNS).where(and_(RUNS.c.night == run.night.isoformat(), RUNS.c.run == run.run)))
        values = {
            "night": run.night.isoformat(),
            "run": run.run,
            "portal": run.portal,
            "verdict": run.verdict.value,
            "complete": int(run.complete),
            "record": canonical(run_plain(run)).decode(),
        }
        self.connection.execute(insert(RUNS).values(values))

    def add_seal(self, seal: Seal) -> None:
        """Repeat a manifest's head."""
        night = seal.night.isoformat()
        self.connection.execute(delete(SEALS).where(and_(SEALS.c.night == night, SEALS.c.number == seal.number)))
        values = {
            "night": night,
            "number": seal.number,
            "head": seal.head,
            "previous": seal.previous,
            "root": seal.root,
            "files": len(seal.files),
        }
        self.connection.execute(insert(SEALS).values(values))

    def drop_events(self, night: date, run: str) -> None:
        """Forget the events of one run, before its lines are repeated again."""
        for table in (EVENTS, ATTACHMENTS):
            self.connection.execute(delete(table).where(and_(table.c.night == night.isoformat(), table.c.run == run)))

    def drop_pages(self, night: date, run: str) -> None:
        """Forget the response rows of one run, before its lines are repeated again."""
        self.connection.execute(delete(PAGES).where(and_(PAGES.c.night == night.isoformat(), PAGES.c.run == run)))


_EVENT_COLUMNS = (
    "seq",
    "id",
    "portal",
    "section",
    "key",
    "url",
    "title",
    "published",
    "author",
    "file",
    "sha256",
    "content_sha256",
    "revision_of",
    "duplicate_of",
    "attachment_of",
)
