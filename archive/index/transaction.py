"""One transaction on the index: its queries by area, and the changes that repeat the archive's files in rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum

from sqlalchemy import Connection, Table, and_, delete, insert, select

from archive.index.queries.attachments import AttachmentQueries, attachment_key
from archive.index.queries.clusters import ClusterQueries
from archive.index.queries.coverage import CoverageQueries
from archive.index.queries.documents import DocumentQueries
from archive.index.queries.events import EventQueries
from archive.index.queries.listings import SETTLED, ListingQueries
from archive.index.queries.lookbacks import LookbackQueries
from archive.index.queries.removals import RemovalQueries
from archive.index.queries.responses import ResponseQueries
from archive.index.queries.runs import RunQueries
from archive.index.queries.seals import SealQueries
from archive.index.queries.similar import SimilarQueries
from archive.index.queries.web import WebQueries
from archive.index.queries.withheld import WithheldQueries
from archive.index.schema import (
    ATTACHMENTS,
    DOCUMENTS,
    EVENTS,
    LINKS,
    LISTED,
    LOOKBACKS,
    LOOKS,
    PAGES,
    RECORDS,
    RUNS,
    SEALS,
    has_table,
)
from archive.model.enums import Outcome
from archive.model.records import ListEntry, LookbackMark, PageRecord, Run
from archive.storage.jsonl import ArticleLine, canonical, encode_request
from archive.storage.manifest import Seal
from archive.storage.paths import run_order
from archive.storage.run_record import run_plain
from vietnam.letters import strip_diacritics

# A passing failure says nothing of the article: its next recheck stays where it was.
_CONCLUSIVE = (*SETTLED, Outcome.ARTICLE.value, Outcome.ATTACHMENT.value, Outcome.NOT_MODIFIED.value)


def place(night: date | str, run: str, line: int) -> str:
    """Return the place of a line as a string that sorts by time."""
    return f"{night}/{run_order(run)[1]:03d}/{line:07d}"


class Queries:
    """The queries of one transaction, by area."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.attachments = AttachmentQueries(connection)
        self.clusters = ClusterQueries(connection)
        self.coverage = CoverageQueries(connection)
        self.documents = DocumentQueries(connection)
        self.events = EventQueries(connection)
        self.lookbacks = LookbackQueries(connection)
        self.listings = ListingQueries(connection, self.lookbacks)
        self.removals = RemovalQueries(connection)
        self.responses = ResponseQueries(connection, self.events)
        self.runs = RunQueries(connection)
        self.seals = SealQueries(connection)
        self.similar = SimilarQueries(connection)
        self.web = WebQueries(connection)
        self.withheld = WithheldQueries(connection)

    def rows(self, table: Table) -> Iterable[tuple[object, ...]]:
        """Yield all rows of a table in the order of its primary key, to compare two indexes."""
        if not has_table(self.connection, table):  # of an older program, whose lines fill none of it
            return ()
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
        return (tuple(row) for row in self.connection.execute(query))


class Transaction(Queries):
    """Queries and changes within one write transaction."""

    def add_event(self, night: date, run: str, line: ArticleLine) -> None:
        """Add the rows of one line of `articles.jsonl`."""
        values = _values(EVENTS, line) | {
            "night": night.isoformat(),
            "run": run,
            "at": place(night, run, line.seq),
            "title_plain": strip_diacritics(line.title),
            "flags": " ".join(line.flags),
        }
        self.connection.execute(insert(EVENTS).values(values))
        self.listings.clear_pending(line.portal, line.key)
        self.withheld.blank_titles(line)
        shared = {name: values[name] for name in ("night", "run", "seq", "at", "event", "portal", "section")}
        for position, file in enumerate(line.attachments):
            named = {"key": attachment_key(line.key, file.url), "url": file.url, "name": file.name, "type": file.type}
            row = shared | named | {"position": position, "version": line.id, "article": line.key}
            self.connection.execute(insert(ATTACHMENTS).values(row))
        self.clusters.add(night, run, line)
        self.documents.add(night, run, place(night, run, line.seq), line)

    def replace_event(self, night: date, run: str, line: ArticleLine) -> None:
        """Replace the rows of a line by its withheld form, without its words and its text."""
        for table in (EVENTS, ATTACHMENTS, LINKS, DOCUMENTS):
            of_line = and_(table.c.night == night.isoformat(), table.c.run == run, table.c.seq == line.seq)
            self.connection.execute(delete(table).where(of_line))
        self.similar.remove(night, run, line.seq)
        self.add_event(night, run, line)

    def add_page(self, night: date, run: str, number: int, page: PageRecord) -> None:
        """Add the rows of one line of `pages.jsonl`: the response, its listed entries and its next recheck."""
        portal, at = run_order(run)[0], place(night, run, number)
        of_line = {"night": night.isoformat(), "run": run, "line": number, "at": at, "portal": portal}
        warc = {f"warc_{name}": getattr(page.warc, name, None) for name in ("file", "offset", "length")}
        self.connection.execute(insert(PAGES).values(_values(PAGES, page) | of_line | warc))
        if page.lookback is not None and page.page_number is not None:
            self._add_lookback(of_line, page, page.lookback)
        for position, entry in enumerate(page.listed):
            self._merge_listed(portal, page.section or "", at, position, entry)
            if entry.record is not None:
                self._merge_record(portal, at, entry)
        if page.key is not None and page.outcome.value in _CONCLUSIVE:
            self._merge_recheck(portal, at, page)

    def _add_lookback(self, of_line: dict[str, object], page: PageRecord, mark: LookbackMark) -> None:
        values = _values(LOOKBACKS, mark) | of_line
        values |= {"section": page.section or "", "number": page.page_number, "url": page.url}
        values["request"] = encode_request(page.request) if page.request else None
        self.connection.execute(insert(LOOKBACKS).values(values))

    def _merge_listed(self, portal: str, section: str, at: str, position: int, entry: ListEntry) -> None:
        where = and_(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key == entry.key)
        known = self.connection.execute(select(LISTED.c.at, LISTED.c.position).where(where)).first()
        if known is not None and (known.at, known.position) <= (at, position):
            return
        if known is not None:
            self.connection.execute(delete(LISTED).where(where))
        values = _values(LISTED, entry) | {"portal": portal, "section": section, "at": at, "position": position}
        values["owed"] = int(self.listings.is_pending(portal, entry.key))
        if self.withheld.is_withheld(portal, entry.key):
            values["title"] = ""
        self.connection.execute(insert(LISTED).values(values))

    def _merge_record(self, portal: str, at: str, entry: ListEntry) -> None:
        where = and_(RECORDS.c.portal == portal, RECORDS.c.record == entry.record)
        known = self.connection.execute(select(RECORDS.c.at).where(where)).scalar()
        if known is not None and str(known) <= at:
            return
        self.connection.execute(delete(RECORDS).where(where))
        self.connection.execute(insert(RECORDS).values(_values(RECORDS, entry) | {"portal": portal, "at": at}))

    def _merge_recheck(self, portal: str, at: str, page: PageRecord) -> None:
        where = and_(LOOKS.c.portal == portal, LOOKS.c.key == page.key)
        known = self.connection.execute(select(LOOKS.c.at, LOOKS.c.outcome).where(where)).first()
        if known is not None and known.at >= at:
            return
        self.connection.execute(delete(LOOKS).where(where))
        values = _values(LOOKS, page) | {"portal": portal, "at": at}
        self.connection.execute(insert(LOOKS).values(values))
        if (known is not None and known.outcome in SETTLED) != (page.outcome.value in SETTLED):
            self.listings.recompute_pending(portal, [str(page.key)])

    def add_run(self, run: Run) -> None:
        """Add the row of a `run.json`."""
        self.connection.execute(delete(RUNS).where(and_(RUNS.c.night == run.night.isoformat(), RUNS.c.run == run.run)))
        values = _values(RUNS, run) | {
            "complete": int(run.complete),
            "lookback": run.lookback.began.isoformat() if run.lookback else None,
            "record": canonical(run_plain(run)).decode(),
        }
        self.connection.execute(insert(RUNS).values(values))

    def add_seal(self, seal: Seal) -> None:
        """Add the row of a manifest's head."""
        night = seal.night.isoformat()
        self.connection.execute(delete(SEALS).where(and_(SEALS.c.night == night, SEALS.c.number == seal.number)))
        self.connection.execute(insert(SEALS).values(_values(SEALS, seal) | {"files": len(seal.files)}))

    def drop_events(self, night: date, run: str) -> None:
        """Delete the events of one run, before its lines are added again."""
        of_run = and_(EVENTS.c.night == night.isoformat(), EVENTS.c.run == run)
        articles = self.connection.execute(select(EVENTS.c.portal, EVENTS.c.key).where(of_run).distinct()).all()
        for table in (EVENTS, ATTACHMENTS, LINKS, DOCUMENTS):
            self.connection.execute(delete(table).where(and_(table.c.night == night.isoformat(), table.c.run == run)))
        for portal in {row.portal for row in articles}:
            self.listings.recompute_pending(portal, [row.key for row in articles if row.portal == portal])

    def drop_pages(self, night: date, run: str) -> None:
        """Delete the response rows of one run, before its lines are added again."""
        for table in (PAGES, LOOKBACKS):
            self.connection.execute(delete(table).where(and_(table.c.night == night.isoformat(), table.c.run == run)))


def _values(table: Table, record: object) -> dict[str, object]:
    """Return the fields of a record that have a column of their name, as the database holds them."""
    found = {name: getattr(record, name) for name in table.c.keys() if hasattr(record, name)}
    return {name: _stored(value) for name, value in found.items()}


def _stored(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
