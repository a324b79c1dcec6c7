"""Filling an index faster than a crawl could: rows straight into the tables, then the tables' own indexes.

What is measured afterwards is the program's own code on these rows. The rows are those that the lines of such nights would
give, apart from attached files, which it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import cast

import psycopg
from sqlalchemy import Connection, Table, create_engine
from sqlalchemy.schema import CreateIndex, DropIndex

from archive.index.column_types import place
from archive.index.index import Index
from archive.index.postgresql import PostgresqlSchema
from archive.index.queries.similar import document_number
from archive.index.schema import (
    ADDRESSES,
    BANDS,
    EVENTS,
    LINKS,
    LISTED,
    LOOKS,
    PAGES,
    READINGS,
    RUNS,
    SEALS,
    SIGNATURES,
)
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import Run
from archive.storage.jsonl import canonical
from archive.storage.run_record import run_plain
from bench.index.documents import LOOKS as LOOK_DAYS
from bench.index.documents import NIGHTLY, PORTALS, SECTIONS, TWIN, Document, Synthetic
from vietnam.letters import strip_diacritics

OWED = 5
"""Entries that each portal owes, whatever the size."""

_Row = tuple[object, ...]
_LISTS = len(SECTIONS)


def fill(index: Index, documents: Synthetic) -> None:
    """Put every row of these documents into new tables."""
    tables: dict[Table, Iterable[_Row]] = {
        EVENTS: _events(documents),
        ADDRESSES: _addresses(documents),
        PAGES: _pages(documents),
        LISTED: _listed(documents),
        LOOKS: _looks(documents),
        READINGS: _readings(documents),
        RUNS: _runs(documents),
        SEALS: _seals(documents),
        SIGNATURES: _signatures(documents),
        LINKS: _links(documents),
        BANDS: _bands(documents),
    }
    database = index.database
    schema = database.schema if isinstance(database, PostgresqlSchema) else None
    engine = database.writer() if schema else create_engine(f"sqlite:///{database.name}")
    for table, rows in tables.items():
        with engine.begin() as connection:
            for setting in _SETTINGS[engine.name]:
                connection.exec_driver_sql(setting.format(schema=schema))
            _load(connection, table, rows)
        if schema:
            with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql(f"VACUUM (ANALYZE, FREEZE) {schema}.{table.name}")
    engine.dispose()


_SETTINGS = {
    "sqlite": [
        f"PRAGMA {each}" for each in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=FILE")
    ],
    "postgresql": ["SET LOCAL search_path = {schema}", "SET LOCAL maintenance_work_mem = '512MB'"],
}
# A text has a band once, and of a million texts one draws a number twice. In SQLite in the order of the key, so that the
# tree is written once from left to right; PostgreSQL adds the key afterwards.
_UNNEST = {
    "sqlite": "SELECT DISTINCT value, document FROM bands_of_texts, json_each(bands) ORDER BY 1, 2",
    "postgresql": "SELECT DISTINCT unnest(string_to_array(trim(bands, '[]'), ',')::int[]), document FROM bands_of_texts",
}


def _load(connection: Connection, table: Table, rows: Iterable[_Row]) -> None:
    name = connection.dialect.name
    for own in table.indexes:
        connection.execute(DropIndex(own))
    target, columns = table.name, len(table.columns)
    if table is BANDS:
        target, columns = "bands_of_texts", 2
        connection.exec_driver_sql("CREATE TEMP TABLE bands_of_texts (bands text, document bigint)")
    if name == "sqlite":
        statement = f"INSERT INTO {target} VALUES ({', '.join('?' * columns)})"  # noqa: S608  # our own names
        connection.connection.cursor().executemany(statement, cast("Sequence[_Row]", _held(connection, table, rows)))
    else:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP CONSTRAINT {table.name}_pkey")
        cursor = cast("psycopg.Cursor[_Row]", connection.connection.cursor())
        with cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
            for row in _held(connection, table, rows):
                copy.write_row(row)
    if table is BANDS:
        connection.exec_driver_sql(f"INSERT INTO bands (band, document) {_UNNEST[name]}")
    if name == "postgresql":
        key = ", ".join(column.name for column in table.primary_key)
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD PRIMARY KEY ({key})")
        if table is ADDRESSES:
            connection.exec_driver_sql("SELECT setval('addresses_number_seq', (SELECT max(number) FROM addresses))")
    for own in table.indexes:
        connection.execute(CreateIndex(own))


def _held(connection: Connection, table: Table, rows: Iterable[_Row]) -> Iterable[_Row]:
    """Yield rows with each value as the database holds it."""
    if table is BANDS:
        return rows
    made = [column.type.bind_processor(connection.dialect) for column in table.c]
    return (
        tuple(value if make is None else make(value) for make, value in zip(made, row, strict=True)) for row in rows
    )


def _events(documents: Synthetic) -> Iterator[_Row]:
    for item in documents.documents():
        night = item.night.isoformat()
        event = Event.DUPLICATE if item.is_twin else Event.NEW
        stored = (None, None) if item.is_twin else (f"{item.seq:03d}_{item.digest[:16]}.txt", item.digest)
        of = documents.document(item.number - NIGHTLY).id if item.is_twin else None
        yield (
            night, item.portal, item.seq, place(night, item.portal, item.seq), event.value, item.id, item.portal,
            item.section, item.key, item.url, item.title, strip_diacritics(item.title), f"{night}T08:00:00+07:00", None,
            *stored, item.content, None, of, None, "",
        )  # fmt: skip


def _pages(documents: Synthetic) -> Iterator[_Row]:
    """Of each run the lists, then the new articles, then what was looked at again."""
    for number in range(documents.nights):
        night = documents.night(number).isoformat()
        moment = f"{night}T23:59:59+07:00"
        for owner, portal in enumerate(PORTALS):
            for line, (address, section, outcome, end, body) in enumerate(_answers(documents, number, owner)):
                yield (portal, place(night, portal, line), address, section, outcome, 200, end, moment, body, 1)


def _answers(documents: Synthetic, number: int, owner: int) -> Iterator[tuple[int, str | None, str, str | None, str]]:
    """Yield number of the address, section of a list, outcome, end of the walk and body of each response of a run."""
    for at, section in enumerate(SECTIONS):
        yield owner * _LISTS + at, section, Outcome.LISTING.value, WalkEnd.KNOWN.value, f"{number:064x}"
    for back in (0, *LOOK_DAYS):
        outcome = Outcome.NOT_MODIFIED.value if back else Outcome.ARTICLE.value
        for seq in range(NIGHTLY if back <= number else 0):
            item = documents.document(documents.number(number - back, owner, seq))
            yield len(PORTALS) * _LISTS + item.number, None, outcome, None, item.content


def _addresses(documents: Synthetic) -> Iterator[_Row]:
    """Yield the addresses of the lists, then of the documents."""
    lists = [(portal, section) for portal in PORTALS for section in SECTIONS]
    for number, (portal, section) in enumerate(lists):
        yield (number, portal, f"https://{portal}.gov.vn.replica.test/{section}", "")
    for item in documents.documents():
        yield (len(lists) + item.number, item.portal, item.url, item.key)


def _listed(documents: Synthetic) -> Iterator[_Row]:
    for item in documents.documents():
        yield _entry(item, item.key, item.seq // _LISTS, 0)
        if item.night == documents.last_night and item.seq < OWED:
            yield _entry(item, f"{item.key}-owed", NIGHTLY + item.seq, 1)


def _entry(item: Document, key: str, position: int, owed: int) -> _Row:
    night = item.night.isoformat()
    at = place(night, item.portal, item.seq % _LISTS)
    return (item.portal, key, item.section, at, position, item.url, item.title, night, owed)


def _looks(documents: Synthetic) -> Iterator[_Row]:
    for item in documents.documents():
        age = (documents.last_night - item.night).days
        done = max((day for day in LOOK_DAYS if day <= age), default=0)
        due = next((day for day in LOOK_DAYS if day > age), None)
        line = _LISTS + NIGHTLY * (0, *LOOK_DAYS).index(done) + item.seq
        at = place(item.night + timedelta(days=done), item.portal, line)
        outcome = Outcome.NOT_MODIFIED if done else Outcome.ARTICLE
        look = (item.night + timedelta(days=due)).isoformat() if due else None
        tag = f'"{item.content[:12]}"'
        yield (item.portal, item.key, at, item.section, item.url, outcome.value, tag, None, item.content, look)


def _readings(documents: Synthetic) -> Iterator[_Row]:
    """Yield what each article was last read from: three digests and what was said."""
    for item in documents.documents():
        digests = [bytes.fromhex(item.digest)[:16]] * 4
        yield (
            item.portal, item.key, f"{item.night}T23:59:59+07:00", *digests, None, '{"residue_lines": 3}', None, None, None, 0, 0
        )  # fmt: skip


def _runs(documents: Synthetic) -> Iterator[_Row]:
    for number in range(documents.nights):
        night = documents.night(number)
        moment = documents.document(documents.number(number, 0, 0)).at
        for portal in PORTALS:
            run = Run(
                portal=portal, night=night, run=portal, via=ArchiveKind.REPLICA, started_at=moment, finished_at=moment,
                complete=True, finish_reason=FinishReason.FINISHED, verdict=Verdict.GOOD, reasons=(Reason.sentence("composed"),), listed=NIGHTLY,
                requests=74, bytes=74 * 9000, outcomes={"article": NIGHTLY, "listing": 4, "not_modified": 60},
                events={"new": NIGHTLY}, software={"Luu Tru": "0"},
            )  # fmt: skip
            record = canonical(run_plain(run)).decode()
            yield (night.isoformat(), portal, portal, run.verdict.value, 1, None, None, record)


def _seals(documents: Synthetic) -> Iterator[_Row]:
    previous = None
    for number in range(documents.nights):
        head = f"{number + 1:064x}"
        yield (documents.night(number).isoformat(), 1, head, previous, head, 1000)
        previous = head


def _signatures(documents: Synthetic) -> Iterator[_Row]:
    for number, night, portal, seq in documents.stored():
        packed = documents.stored_signature(number).pack()
        yield (document_number(night, portal, seq), portal, seq, night.isoformat(), 1200, None, packed)


def _bands(documents: Synthetic) -> Iterator[_Row]:
    """Yield a row for each text, its bands as a list in words: the database makes rows of them faster than we do."""
    for number, night, portal, seq in documents.stored():
        listed = ",".join(map(str, documents.stored_signature(number).bands))
        yield (f"[{listed}]", document_number(night, portal, seq))


def _links(documents: Synthetic) -> Iterator[_Row]:
    for number in range(TWIN - 1, documents.size, TWIN):
        item = documents.document(number)
        if item.is_twin:
            other = documents.document(item.number - NIGHTLY)
            night = item.night.isoformat()
            yield (
                night, item.portal, item.seq, 0, item.portal, item.key, other.id, other.portal, other.key, 1, 1.0,
            )  # fmt: skip
