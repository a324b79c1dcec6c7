"""The index: rows that make the files quick to find. Every query of the program stands here and nowhere else.

SQLAlchemy Core over SQLite (archive/index/sqlite.py) or PostgreSQL (archive/index/postgresql.py); archive/index/connect.py tells which. One
writer at a time: `writing()` takes the write lock first, so that judging an article and recording it cannot be interleaved
between processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import and_, delete, insert, select

from archive.errors import ArchiveError
from archive.index.backend import Database
from archive.index.queries.attachments import attachment_key
from archive.index.queries.transaction import SETTLED, Queries
from archive.index.schema import ATTACHMENTS, DOCUMENTS, EVENTS, LINKS, LISTED, LOOKBACKS, LOOKS, PAGES, RUNS, SEALS
from archive.index.sqlite import SqliteFile
from archive.model.enums import Outcome
from archive.model.records import ListEntry, LookBackMark, PageRecord, Run
from archive.storage.jsonl import ArticleLine, canonical, request_plain
from archive.storage.manifest import Seal
from archive.storage.paths import run_order
from archive.storage.run_record import run_plain
from vietnam.letters import strip_diacritics

__all__ = ["Index", "Transaction", "place", "remaking"]

# A passing failure says nothing of the article: its next look stays where it was.
_LOOKED = (*SETTLED, Outcome.ARTICLE.value, Outcome.ATTACHMENT.value, Outcome.NOT_MODIFIED.value)


def place(night: date | str, run: str, line: int) -> str:
    """Where a line stands, as a string that sorts by time."""
    return f"{night}/{run_order(run)[1]:03d}/{line:07d}"


class Index:
    """The rows of one archive; a path is that of a SQLite file. `read_only` opens them for auditors, who never write."""

    def __init__(self, where: Database | Path, *, read_only: bool = False) -> None:
        self.database = SqliteFile(where) if isinstance(where, Path) else where
        self._writer = None if read_only else self.database.writer()
        self._reader = self.database.reader()

    @classmethod
    def create(cls, where: Database | Path) -> Index:
        """Make the tables where they are missing."""
        index = cls(where)
        try:
            with index.writing() as transaction:
                index.database.create(transaction.connection)
                transaction.note_method()
        except BaseException:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Let go of the database."""
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One write transaction that holds the write lock from its start.

        Raises ArchiveError when another process holds the lock for over 30 s or the database is lost (nothing of the
        transaction is kept then), DiskFull when it cannot write.
        """
        if self._writer is None:
            raise ArchiveError(f"{self.database.name} was opened for reading")
        with self.database.plainly(), self._writer.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def reading(self, seconds: float | None = None) -> Iterator[Transaction]:
        """One read transaction on a read-only connection.

        Raises TookTooLong when a question is not answered within `seconds`.
        """
        self.database.before_reading()
        with self.database.plainly(), self._reader.begin() as connection:
            if seconds is not None:
                self.database.bound(connection, seconds)
            yield Transaction(connection)


@contextmanager
def remaking(database: Database) -> Iterator[Transaction]:
    """One transaction on new, empty tables that take the place of the old ones when it ends."""
    with database.plainly(), database.remade() as connection:
        transaction = Transaction(connection)
        transaction.note_method()
        yield transaction


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
        self.owe_nothing(line.portal, line.key)
        self.forget_titles(line)
        shared = {name: values[name] for name in ("night", "run", "seq", "at", "event", "portal", "section")}
        for position, file in enumerate(line.attachments):
            named = {"key": attachment_key(line.key, file.url), "url": file.url, "name": file.name, "type": file.type}
            row = shared | named | {"position": position, "version": line.id, "article": line.key}
            self.connection.execute(insert(ATTACHMENTS).values(row))
        self.add_links(night, run, line)
        self.add_documents(night, run, place(night, run, line.seq), line)

    def show_instead(self, night: date, run: str, line: ArticleLine) -> None:
        """Repeat a line again as it may be shown from now on: without the words and the text of what was withheld."""
        for table in (EVENTS, ATTACHMENTS, LINKS, DOCUMENTS):
            of_line = and_(table.c.night == night.isoformat(), table.c.run == run, table.c.seq == line.seq)
            self.connection.execute(delete(table).where(of_line))
        self.forget_text(night, run, line.seq)
        self.add_event(night, run, line)

    def add_page(self, night: date, run: str, number: int, page: PageRecord) -> None:
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
        if page.lookback is not None and page.page_number is not None:
            self._add_lookback(values, page, page.lookback)
        for position, entry in enumerate(page.listed):
            self._merge_listed(portal, page.section or "", at, position, entry)
        if page.key is not None and page.outcome.value in _LOOKED:
            self._merge_look(portal, at, page)

    def _add_lookback(self, row: dict[str, object], page: PageRecord, mark: LookBackMark) -> None:
        values = {name: row[name] for name in ("night", "run", "line", "at", "portal", "url")} | {
            "began": mark.began.isoformat(),
            "since": mark.since.isoformat() if mark.since else None,
            "section": page.section or "",
            "number": page.page_number,
            "request": canonical(request_plain(page.request)).decode() if page.request else None,
            "end": mark.end.value if mark.end else None,
        }
        self.connection.execute(insert(LOOKBACKS).values(values))

    def _merge_listed(self, portal: str, section: str, at: str, position: int, entry: ListEntry) -> None:
        where = and_(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key == entry.key)
        known = self.connection.execute(select(LISTED.c.at, LISTED.c.position).where(where)).first()
        if known is not None and (known.at, known.position) <= (at, position):
            return
        if known is not None:
            self.connection.execute(delete(LISTED).where(where))
        day = entry.day.isoformat() if entry.day else None
        values = {"portal": portal, "section": section, "key": entry.key, "at": at, "position": position}
        title = "" if self.is_withheld(portal, entry.key) else entry.title
        values |= {"url": entry.url, "title": title, "day": day, "owed": int(self.is_owed(portal, entry.key))}
        self.connection.execute(insert(LISTED).values(values))

    def _merge_look(self, portal: str, at: str, page: PageRecord) -> None:
        where = and_(LOOKS.c.portal == portal, LOOKS.c.key == page.key)
        known = self.connection.execute(select(LOOKS.c.at, LOOKS.c.outcome).where(where)).first()
        if known is not None and known.at >= at:
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
        if (known is not None and known.outcome in SETTLED) != (page.outcome.value in SETTLED):
            self.weigh(portal, [str(page.key)])

    def add_run(self, run: Run) -> None:
        """Repeat a `run.json`."""
        self.connection.execute(delete(RUNS).where(and_(RUNS.c.night == run.night.isoformat(), RUNS.c.run == run.run)))
        values = {
            "night": run.night.isoformat(),
            "run": run.run,
            "portal": run.portal,
            "verdict": run.verdict.value,
            "complete": int(run.complete),
            "lookback": run.lookback.began.isoformat() if run.lookback else None,
            "province": run.province,
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
        of_run = and_(EVENTS.c.night == night.isoformat(), EVENTS.c.run == run)
        told = self.connection.execute(select(EVENTS.c.portal, EVENTS.c.key).where(of_run).distinct()).all()
        for table in (EVENTS, ATTACHMENTS, LINKS, DOCUMENTS):
            self.connection.execute(delete(table).where(and_(table.c.night == night.isoformat(), table.c.run == run)))
        for portal in {row.portal for row in told}:
            self.weigh(portal, [row.key for row in told if row.portal == portal])

    def drop_pages(self, night: date, run: str) -> None:
        """Forget the response rows of one run, before its lines are repeated again."""
        for table in (PAGES, LOOKBACKS):
            self.connection.execute(delete(table).where(and_(table.c.night == night.isoformat(), table.c.run == run)))


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
