"""`python -m bench.index.growth [--sizes 10000,100000,1000000] [--backend sqlite|postgresql] [--json]`.

Exit codes: 0 nothing that a crawl does takes over twice as long at the last size as at the first; 1 something does;
2 wrong usage. PostgreSQL is the server that ARCHIVE_INDEX names (a schema is made there and removed), or else one that is
started here on loopback for the time of the measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.schema import DropSchema

from archive.errors import ExitCode
from archive.index.connect import VARIABLE
from archive.index.index import Index
from archive.index.postgresql import PostgresqlSchema
from archive.model.enums import ArchiveKind
from archive.store import Archive
from bench.index.documents import Synthetic
from bench.index.fill import fill
from bench.index.measure import SLOW, Filled, QueryTiming, measure, peak
from bench.index.sizes import TableSize, sizes_table, table_sizes
from bench.runner import ROOT, own_database, report_error
from vietnam.date_forms import TZ

FLOOR = 2.0
"""The largest allowed ratio of the time at the last size to that at the first."""


@dataclass(frozen=True, slots=True)
class GrowthFigures:
    """Hold the figures of one size; `memory` is the most that a process held, `disk` the index's size, both in MiB.

    `tables` is that size by table as it was filled, in bytes.
    """

    documents: int
    timed: dict[str, QueryTiming]
    memory: float
    disk: float
    tables: dict[str, TableSize]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill and measure each size; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.index.growth", description="Measure how the index grows.")
    parser.add_argument("--sizes", type=_sizes, default=[10_000, 100_000, 1_000_000], metavar="N,N,…")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the archives are made for the time of it")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--memory", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.memory is not None:
        return report_error("growth", lambda: _child(options.memory, options.sizes[0]))
    return report_error("growth", lambda: _run(options))


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",")]
    if sizes != sorted(sizes) or sizes[0] < 1:
        raise argparse.ArgumentTypeError("name the sizes in rising order, as in 10000,100000")
    return sizes


def _run(options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="luu-tru-growth-", dir=options.folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if options.backend == "sqlite" or not os.environ.get(VARIABLE):
            stack.enter_context(own_database(options.backend, options.folder))
        filled = [stack.enter_context(_filled(folder / str(size), size)) for size in options.sizes]
        tables = [table_sizes(archive.index) for archive, _ in filled]
        memory = [_memory(folder / str(size), size) for size in options.sizes]
        timed = measure(filled)
        rows = [
            GrowthFigures(documents.size, timed[number], memory[number], _on_disk(archive.index), tables[number])
            for number, (archive, documents) in enumerate(filled)
        ]
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
    else:
        console = Console(width=None if sys.stdout.isatty() else 160)
        console.print(_table(rows), "", sizes_table(rows[-1].tables, rows[-1].documents))
    slower = [name for name, ratio in _ratios(rows).items() if ratio > FLOOR and name not in SLOW]
    for name in slower:
        print(f"growth: {name} takes over {FLOOR:g} times as long", file=sys.stderr)
    return ExitCode.FINDINGS if slower else ExitCode.GOOD


@contextmanager
def _filled(root: Path, size: int) -> Iterator[Filled]:
    """One archive of this size, removed at the end."""
    documents = Synthetic(size)
    archive = Archive.create(root, ArchiveKind.REPLICA, uuid4(), datetime.now(TZ))
    start = time.monotonic()
    try:
        fill(archive.index, documents)
        print(f"filled with {documents.size} documents in {time.monotonic() - start:.0f} s", file=sys.stderr)
        yield archive, documents
    finally:
        if isinstance(archive.index.database, PostgresqlSchema):
            with archive.index.writing() as transaction:
                transaction.connection.execute(DropSchema(archive.index.database.schema, cascade=True))
        archive.close()
        shutil.rmtree(root)


def _memory(root: Path, size: int) -> float:
    """MiB, of a process of its own."""
    command = [sys.executable, "-m", "bench.index.growth", "--memory", str(root), "--sizes", str(size)]
    return float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _child(root: Path, size: int) -> int:
    with Archive.open(root) as archive:
        print(peak(archive, Synthetic(size)))
    return ExitCode.GOOD


def _on_disk(index: Index) -> float:
    """Return the index's size in MiB."""
    database = index.database
    if not isinstance(database, PostgresqlSchema):
        return round(Path(database.name).stat().st_size / 2**20, 1)
    query = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace"
    )
    with index.reading() as queries:
        found = queries.connection.exec_driver_sql(query, (database.schema,)).scalar_one()
    index.close()
    return round(int(found) / 2**20, 1)


def _ratios(rows: Sequence[GrowthFigures]) -> dict[str, float]:
    """Return each median at the last size as a multiple of that at the first."""
    first, last = rows[0].timed, rows[-1].timed
    return {name: round(last[name].median / first[name].median, 2) for name in first}


def _table(rows: Sequence[GrowthFigures]) -> Table:
    columns = (Column(name, justify="right") for name in (*(f"{row.documents:,}" for row in rows), "last : first"))
    table = Table("", *columns, title="milliseconds, median and 95 %", box=None)
    for name, ratio in _ratios(rows).items():
        cells = [f"{row.timed[name].median:.2f}  {row.timed[name].p95:.2f}" for row in rows]
        table.add_row(name, *cells, f"{ratio:.2f}")
    table.add_row("memory of the process, MiB", *(f"{row.memory:.0f}" for row in rows), "")
    table.add_row("index on disk, MiB", *(f"{row.disk:,.0f}" for row in rows), "")
    return table


if __name__ == "__main__":
    sys.exit(main())
