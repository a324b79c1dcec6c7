"""Bytes of an index by table: its rows, and the indexes over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Column, Table

from archive.index.index import Index
from archive.index.postgresql import PostgresqlSchema
from archive.index.schema import METADATA

# An index, or a key that is one, counts under its table. A page of SQLite belongs to one tree alone.
_SQLITE = """SELECT m.tbl_name, m.type, sum(s.pgsize) FROM dbstat AS s JOIN sqlite_schema AS m ON m.name = s.name
WHERE s.aggregate = 1 GROUP BY 1, 2"""
_POSTGRESQL = """SELECT relname, 'table', pg_table_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = %s::regnamespace
UNION ALL SELECT relname, 'index', pg_indexes_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = %s::regnamespace"""


@dataclass(frozen=True, slots=True)
class TableSize:
    """Bytes of a table's rows (of a table that is one tree: with its key) and of the indexes over it."""

    rows: int
    indexes: int


def table_sizes(index: Index) -> dict[str, TableSize]:
    """Return the size of each table that has rows, the largest first; SQLite needs its table `dbstat` for it."""
    schema = index.database.schema if isinstance(index.database, PostgresqlSchema) else None
    found: dict[str, dict[str, int]] = {}
    with index.reading() as queries:
        statement, values = (_POSTGRESQL, (schema, schema)) if schema else (_SQLITE, ())
        for table, kind, size in queries.connection.exec_driver_sql(statement, values):
            if table in METADATA.tables:
                found.setdefault(table, {})[kind] = int(size)
    sizes = {table: TableSize(kinds.get("table", 0), kinds.get("index", 0)) for table, kinds in found.items()}
    return dict(sorted(sizes.items(), key=lambda each: -(each[1].rows + each[1].indexes)))


def sizes_table(sizes: Mapping[str, TableSize], documents: int) -> Table:
    """Return bytes a document by table; tables of less than one byte a document are left out."""
    table = Table(
        "", *(Column(name, justify="right") for name in ("rows", "indexes", "both")), title="bytes a document", box=None
    )
    for name, size in sizes.items():
        if size.rows + size.indexes >= documents:
            table.add_row(
                name, *(f"{part / documents:,.0f}" for part in (size.rows, size.indexes, size.rows + size.indexes))
            )
    rows, indexes = sum(size.rows for size in sizes.values()), sum(size.indexes for size in sizes.values())
    table.add_row("all", *(f"{part / documents:,.0f}" for part in (rows, indexes, rows + indexes)))
    return table
