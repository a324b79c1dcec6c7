"""Compare the index with the files: rows made again in a temporary index are compared both ways, one table at a time.

Workers read lines and texts while one writer adds the rows. Both sides come in the order of the primary key, which is the
same on every database, so that no table has to fit into memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from sqlalchemy import Table

from archive.audit.findings import Audit, Code
from archive.errors import ArchiveError, ArchiveUnusable, Interrupted
from archive.index.backend import Database
from archive.index.connect import database_of
from archive.index.index import Index
from archive.index.schema import BANDS, NEAR_METHOD, PAGES, SIGNATURES, TABLES
from archive.index.transaction import Queries
from archive.messages.reason import Reason
from archive.processes.workers import Workers
from archive.rebuild import fill
from archive.storage.paths import Identity, Paths

_Row = tuple[object, ...]
_OF_TEXTS = (SIGNATURES, BANDS)


def compare_index(identity: Identity, paths: Paths, audit: Audit, pool: Workers) -> Iterator[tuple[date, int]]:
    """Report the rows that the files do not give, and the rows of the files that the index lacks.

    Yields the night that is being read, and the number of its files that were read since the last time.
    """
    label = "index"
    try:
        database = database_of(paths, identity.id)
        label = database.label
        if not database.exists():
            audit.found(Code.INDEX, label, Reason.of("index_missing"))
        elif (damage := database.damage()) is not None:
            audit.found(Code.INDEX, label, Reason.of("index_damaged", error=damage))
        else:
            yield from _compare(paths, database, audit, pool)
    except Interrupted:
        raise
    except ArchiveError as error:
        audit.found(Code.INDEX, label, Reason.of_error(error))


def _compare(paths: Paths, database: Database, audit: Audit, pool: Workers) -> Iterator[tuple[date, int]]:
    with tempfile.TemporaryDirectory() as folder:
        expected = Index.create(Path(folder) / "index.db")
        actual = Index(database, read_only=True)
        try:
            actual.refuse_older()
            with expected.writing() as transaction:
                yield from fill(paths, transaction, lambda path, why: None, pool)
            with expected.reading() as wanted, actual.reading() as present:
                tables = _comparable(audit, database, present)
                unread = wanted.similar.missing()
                for table in tables:
                    rows = _readable(table, present.rows(table), unread)
                    _report_differences(audit, f"{database.label}/{table.name}", table, wanted.rows(table), rows)
        finally:
            expected.close()
            actual.close()


def _comparable(audit: Audit, database: Database, present: Queries) -> list[Table]:
    """Return every table; without those of signatures where the index holds signatures of another method."""
    try:
        present.similar.check_method()
    except ArchiveUnusable as error:
        audit.found(Code.INDEX, database.label, Reason.of_error(error))
        return [table for table in TABLES if table not in (NEAR_METHOD, *_OF_TEXTS)]
    return list(TABLES)


def _readable(table: Table, rows: Iterable[_Row], unread: set[int]) -> Iterable[_Row]:
    """Return the rows of a table without those of texts that are damaged now: the text is the finding."""
    if not unread or table not in _OF_TEXTS:
        return rows
    document = list(table.columns).index(table.columns["document"])
    return (row for row in rows if row[document] not in unread)


def _report_differences(audit: Audit, name: str, table: Table, wanted: Iterable[_Row], present: Iterable[_Row]) -> None:
    """Report one finding for each night (of lists and rechecks: each portal) whose rows differ."""
    keys = [list(table.columns).index(column) for column in table.primary_key.columns]
    groups: dict[tuple[Code, str], tuple[int, _Row]] = {}
    for code, row in _differences(wanted, present, keys):
        group = str(row[1])[:10] if table is PAGES else str(row[0])  # the night of a place
        count, first = groups.get((code, group), (0, row))
        groups[code, group] = (count + 1, first)
    for (code, group), (count, first) in sorted(groups.items()):
        shown = " ".join(str(value) for value in first[1:4])
        audit.found(code, name, Reason.of("rows_differ", group=group, rows=count, first=shown))


def _differences(wanted: Iterable[_Row], present: Iterable[_Row], keys: list[int]) -> Iterator[tuple[Code, _Row]]:
    """Yield rows of one side only; the same key with other values is one of each."""

    def key(row: _Row) -> tuple[object, ...]:
        return tuple(row[position] for position in keys)

    rows, others = iter(wanted), iter(present)
    row, other = next(rows, None), next(others, None)
    while row is not None and other is not None:
        if row == other:
            row, other = next(rows, None), next(others, None)
        elif key(row) <= key(other):
            yield Code.ROW_MISSING, row
            row = next(rows, None)
        else:
            yield Code.ROW_EXTRA, other
            other = next(others, None)
    yield from ((Code.ROW_MISSING, left) for left in chain([row] if row else [], rows))
    yield from ((Code.ROW_EXTRA, left) for left in chain([other] if other else [], others))
