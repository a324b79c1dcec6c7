"""One transaction on the index: its queries by area, and the changes that repeat the archive's files in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from sqlalchemy import BindParameter, Connection, Insert, Table, and_, bindparam, delete, insert, select

from archive.index.backend import insert_new
from archive.index.column_types import run_places
from archive.index.line_rows import (
    TableRow,
    attachment_rows,
    document_rows,
    event_row,
    link_rows,
    listed_rows,
    look_row,
    lookback_row,
    page_row,
    record_rows,
    values_of,
)
from archive.index.queries.attachments import AttachmentQueries
from archive.index.queries.clusters import ClusterQueries
from archive.index.queries.coverage import CoverageQueries
from archive.index.queries.documents import DocumentQueries
from archive.index.queries.events import EventQueries
from archive.index.queries.listings import SETTLED, ListingQueries
from archive.index.queries.lookbacks import LookbackQueries
from archive.index.queries.readings import ReadingQueries
from archive.index.queries.removals import RemovalQueries
from archive.index.queries.responses import ResponseQueries
from archive.index.queries.runs import RunQueries
from archive.index.queries.seals import SealQueries
from archive.index.queries.similar import SimilarQueries
from archive.index.queries.web import WebQueries
from archive.index.queries.withheld import WithheldQueries
from archive.index.rows import in_parts
from archive.index.schema import (
    ADDRESSES,
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
    TABLES,
)
from archive.model.enums import WITHHELD, Outcome
from archive.model.records import PageRecord, Run
from archive.storage.jsonl import ArticleLine, canonical
from archive.storage.manifest import Seal
from archive.storage.paths import run_order
from archive.storage.run_record import run_plain

_INSERTS = {table: insert(table) for table in TABLES}
_OF_PAGE: dict[str, BindParameter[str]] = {
    "portal": bindparam("of_portal"),
    "url": bindparam("of_url"),
    "key": bindparam("of_key"),
}
_ADDRESS = select(ADDRESSES.c.number).where(*(ADDRESSES.c[name] == value for name, value in _OF_PAGE.items()))
_OF_ADDRESS = ("of_portal", "of_url", "of_key")
_INSERTS[PAGES] = insert(PAGES).values(address=_ADDRESS.scalar_subquery())


@cache
def _new_addresses(dialect: str) -> Insert:
    return insert_new(ADDRESSES, dialect).values(_OF_PAGE)


# A passing failure says nothing of the article: its next recheck stays where it was.
_CONCLUSIVE = (*SETTLED, Outcome.ARTICLE.value, Outcome.ATTACHMENT.value, Outcome.NOT_MODIFIED.value)


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
        self.readings = ReadingQueries(connection)
        self.removals = RemovalQueries(connection)
        self.responses = ResponseQueries(connection, self.events)
        self.runs = RunQueries(connection)
        self.seals = SealQueries(connection)
        self.similar = SimilarQueries(connection)
        self.web = WebQueries(connection)
        self.withheld = WithheldQueries(connection)

    def rows(self, table: Table) -> Iterable[tuple[object, ...]]:
        """Yield all rows of a table in the order of its primary key, to compare two indexes."""
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
        if table is not PAGES:
            return (tuple(row) for row in self.connection.execute(query))
        # Of two indexes the same address may have two numbers.
        named = query.add_columns(ADDRESSES.c.url, ADDRESSES.c.key).outerjoin(
            ADDRESSES, PAGES.c.address == ADDRESSES.c.number
        )
        address = list(PAGES.c).index(PAGES.c.address)
        return (
            (*row[:address], f"{url} {key}", *row[address + 1 :]) for *row, url, key in self.connection.execute(named)
        )


class Transaction(Queries):
    """Queries and changes within one write transaction. Many lines take no more statements than one."""

    def add_events(self, night: date, run: str, lines: Iterable[ArticleLine]) -> None:
        """Add the rows of lines of `articles.jsonl`."""
        rows = [(line, event_row(night, run, line)) for line in lines]
        self._insert(EVENTS, (event for _, event in rows))
        for portal in {line.portal for line, _ in rows}:
            own = [line for line, _ in rows if line.portal == portal]
            self.listings.clear_pending(portal, {line.key for line in own})
            self.withheld.blank_titles(portal, {line.key for line in own if WITHHELD in line.flags})
        self._insert(ATTACHMENTS, (file for line, event in rows for file in attachment_rows(line, event)))
        self._insert(LINKS, (link for line, _ in rows for link in link_rows(night, run, line)))
        self._insert(DOCUMENTS, (named for line, event in rows for named in document_rows(line, event)))

    def replace_event(self, night: date, run: str, line: ArticleLine) -> None:
        """Replace the rows of a line by its withheld form, without its words and its text."""
        for table in (EVENTS, ATTACHMENTS, LINKS, DOCUMENTS):
            of_line = and_(table.c.night == night.isoformat(), table.c.run == run, table.c.seq == line.seq)
            self.connection.execute(delete(table).where(of_line))
        self.similar.remove(night, run, line.seq)
        self.readings.replace(line.portal, {line.key: None})
        self.add_events(night, run, [line])

    def add_pages(self, night: date, run: str, pages: Mapping[int, PageRecord]) -> None:
        """Add the rows of lines of `pages.jsonl`, by number: the responses, their listed entries and next rechecks."""
        portal = run_order(run)[0]
        rows = [(page, page_row(night, run, number, page)) for number, page in sorted(pages.items())]
        addresses = [{name: response[name] for name in _OF_ADDRESS} for _, response in rows]
        if addresses:
            self.connection.execute(_new_addresses(self.connection.dialect.name), addresses)
        self._insert(PAGES, (response for _, response in rows))
        deeper = ((page, page.lookback, response) for page, response in rows if page.page_number is not None)
        self._insert(LOOKBACKS, (lookback_row(page, mark, response) for page, mark, response in deeper if mark))
        looks = (look_row(*row) for row in rows if row[0].key is not None and row[0].outcome.value in _CONCLUSIVE)
        settled = self._merge_looks(portal, {str(look["key"]): look for look in looks})
        fresh = self._merge_listed(portal, (entry for row in rows for entry in listed_rows(*row)))
        self._merge_records(portal, (record for row in rows for record in record_rows(*row)))
        self.listings.recompute_pending(portal, settled | fresh)

    def _merge_looks(self, portal: str, looks: dict[str, TableRow]) -> set[str]:
        """Replace the last responses of articles; return the keys that became settled, and those that are so no longer."""
        known = self.responses.last_places(portal, looks)
        later = {key for key, at, _ in known if at >= str(looks[key]["at"])}
        looks = {key: look for key, look in looks.items() if key not in later}
        for keys in in_parts(key for key, *_ in known if key not in later):
            self.connection.execute(delete(LOOKS).where(LOOKS.c.portal == portal, LOOKS.c.key.in_(keys)))
        self._insert(LOOKS, looks.values())
        was = {key for key, _, outcome in known if outcome in SETTLED}
        return {key for key, look in looks.items() if (key in was) != (look["outcome"] in SETTLED)}

    def _merge_listed(self, portal: str, rows: Iterable[TableRow]) -> set[str]:
        """Add the entries that are new, or stand earlier than where they stood; return their keys."""
        entries: dict[tuple[str, str], TableRow] = {}
        for row in rows:
            entries.setdefault((str(row["section"]), str(row["key"])), row)
        for section, key, *place in self.listings.places(portal, {key for _, key in entries}):
            entry = entries.get((section, key))
            if entry is not None and place <= [entry["at"], entry["position"]]:
                del entries[section, key]
            elif entry is not None:
                of_entry = and_(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key == key)
                self.connection.execute(delete(LISTED).where(of_entry))
        keys = {key for _, key in entries}
        hidden = self.withheld.among(portal, keys)
        self._insert(LISTED, (row | {"title": ""} if row["key"] in hidden else row for row in entries.values()))
        return keys

    def _merge_records(self, portal: str, rows: Iterable[TableRow]) -> None:
        records: dict[str, TableRow] = {}
        for row in rows:
            records.setdefault(str(row["record"]), row)
        for record, at in self.listings.record_places(portal, records):
            if at <= str(records[record]["at"]):
                del records[record]
            else:
                self.connection.execute(delete(RECORDS).where(RECORDS.c.portal == portal, RECORDS.c.record == record))
        self._insert(RECORDS, records.values())

    def _insert(self, table: Table, rows: Iterable[TableRow]) -> None:
        each = list(rows)
        if each:
            self.connection.execute(_INSERTS[table], each)

    def add_run(self, run: Run) -> None:
        """Add the row of a `run.json`."""
        self.connection.execute(delete(RUNS).where(and_(RUNS.c.night == run.night.isoformat(), RUNS.c.run == run.run)))
        values = values_of(RUNS, run) | {
            "complete": int(run.complete),
            "lookback": run.lookback.began.isoformat() if run.lookback else None,
            "record": canonical(run_plain(run)).decode(),
        }
        self._insert(RUNS, [values])

    def add_seal(self, seal: Seal) -> None:
        """Add the row of a manifest's head."""
        night = seal.night.isoformat()
        self.connection.execute(delete(SEALS).where(and_(SEALS.c.night == night, SEALS.c.number == seal.number)))
        self._insert(SEALS, [values_of(SEALS, seal) | {"files": len(seal.files)}])

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
        of_run = and_(LOOKBACKS.c.night == night.isoformat(), LOOKBACKS.c.run == run)
        self.connection.execute(delete(LOOKBACKS).where(of_run))
        places = PAGES.c.at.between(*run_places(night, run))
        self.connection.execute(delete(PAGES).where(PAGES.c.portal == run_order(run)[0], places))
