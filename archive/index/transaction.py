"""One transaction on the index: its queries by area, and the changes that repeat the archive's files in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from sqlalchemy import BindParameter, Connection, Insert, Table, and_, bindparam, delete, insert, select

from archive.index.backend import insert_new
from archive.index.column_types import run_places
from archive.index.line_rows import ArticleRows, PageRows, TableRow, article_rows, page_rows, values_of
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
        self.add_article_rows(article_rows(night, run, lines))

    def add_article_rows(self, rows: ArticleRows) -> None:
        """Add what lines of `articles.jsonl` bring."""
        self._insert(EVENTS, rows.events)
        for portal, keys in rows.keys.items():
            self.listings.clear_pending(portal, keys)
            self.withheld.blank_titles(portal, rows.withheld.get(portal, set()))
        self._insert(ATTACHMENTS, rows.attachments)
        self._insert(LINKS, rows.links)
        self._insert(DOCUMENTS, rows.documents)

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
        self.add_page_rows(page_rows(night, run, pages))

    def add_page_rows(self, rows: PageRows) -> None:
        """Add what lines of `pages.jsonl` bring."""
        addresses = [{name: response[name] for name in _OF_ADDRESS} for response in rows.pages]
        if addresses:
            self.connection.execute(_new_addresses(self.connection.dialect.name), addresses)
        self._insert(PAGES, rows.pages)
        self._insert(LOOKBACKS, rows.lookbacks)
        settled = self._merge_looks(rows.portal, rows.looks)
        fresh = self._merge_listed(rows.portal, rows.listed)
        self._merge_records(rows.portal, rows.records)
        self.listings.recompute_pending(rows.portal, settled | fresh)

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

    def _merge_listed(self, portal: str, entries: dict[tuple[str, str], TableRow]) -> set[str]:
        """Add the entries that are new, or stand earlier than where they stood; return their keys."""
        entries = dict(entries)
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

    def _merge_records(self, portal: str, records: dict[str, TableRow]) -> None:
        records = dict(records)
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
