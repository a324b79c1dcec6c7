"""`python -m bench.growth [--sizes 10000,100000,1000000] [--backend sqlite|postgresql] [--json]`.

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
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table
from sqlalchemy.schema import DropSchema

from archive.engines import VARIABLE
from archive.errors import ArchiveError, ExitCode, UsageError
from archive.index import Index
from archive.postgresql import PostgresqlSchema
from archive.records import Kind
from archive.store import Archive
from bench.growth.documents import Synthetic
from bench.growth.fill import fill
from bench.growth.measure import SLOW, Measured, Timed, measure
from bench.postgresql_server import missing, served
from vietnam.dates import TZ

FLOOR = 2.0
"""How much longer anything may take at the last size than at the first."""

_ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill and measure each size; returns the exit code."""
    options = _options(arguments)
    try:
        if options.measure is not None:
            return _child(options.measure, options.sizes[0])
        return _run(options)
    except ArchiveError as error:
        print(f"growth: {error}", file=sys.stderr)
        return error.exit_code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description="Measure how the index grows.")
    parser.add_argument("--sizes", type=_sizes, default=[10_000, 100_000, 1_000_000], metavar="N,N,…")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the archives are made for the time of it")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--measure", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",")]
    if sizes != sorted(sizes) or sizes[0] < 1:
        raise argparse.ArgumentTypeError("name the sizes in rising order, as in 10000,100000")
    return sizes


def _run(options: argparse.Namespace) -> int:
    measured, sizes_on_disk = [], []
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="luu-tru-growth-", dir=options.folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if options.backend == "sqlite":
            os.environ.pop(VARIABLE, None)
        elif not os.environ.get(VARIABLE):
            if (why := missing()) is not None:
                raise UsageError(why)
            os.environ[VARIABLE] = stack.enter_context(served(flushing=True, within=options.folder)).database()
        for size in options.sizes:
            found, on_disk = _one(folder / str(size), size)
            measured.append(found)
            sizes_on_disk.append(on_disk)
    if options.json:
        print(json.dumps([asdict(one) | {"index": size} for one, size in zip(measured, sizes_on_disk, strict=True)]))
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(_table(measured, sizes_on_disk))
    slower = [name for name, ratio in _ratios(measured).items() if ratio > FLOOR and name not in SLOW]
    for name in slower:
        print(f"growth: {name} takes over {FLOOR:g} times as long", file=sys.stderr)
    return ExitCode.FINDINGS if slower else ExitCode.GOOD


def _one(root: Path, size: int) -> tuple[Measured, float]:
    """One archive of this size, filled here, measured in a process of its own, and removed."""
    documents = Synthetic(size)
    archive = Archive.create(root, Kind.REPLICA, uuid4(), datetime.now(TZ))
    archive.close()
    start = time.monotonic()
    try:
        fill(archive.index, documents)
        print(f"filled with {documents.size} documents in {time.monotonic() - start:.0f} s", file=sys.stderr)
        command = [sys.executable, "-m", "bench.growth", "--measure", str(root), "--sizes", str(size)]
        done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
        raw = json.loads(done.stdout)
        timed = {name: Timed(**values) for name, values in raw["timed"].items()}
        return Measured(raw["documents"], timed, raw["memory"]), _on_disk(archive.index)
    finally:
        _remove(archive.index)
        shutil.rmtree(root)


def _child(root: Path, size: int) -> int:
    with Archive.open(root) as archive:
        print(json.dumps(asdict(measure(archive, Synthetic(size)))))
    return ExitCode.GOOD


def _on_disk(index: Index) -> float:
    """The index's size in MiB."""
    database = index.database
    if not isinstance(database, PostgresqlSchema):
        return round(Path(database.name).stat().st_size / 2**20, 1)
    query = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace"
    )
    with index.reading() as questions:
        found = questions.connection.exec_driver_sql(query, (database.schema,)).scalar_one()
    index.close()
    return round(int(found) / 2**20, 1)


def _remove(index: Index) -> None:
    if isinstance(index.database, PostgresqlSchema):
        with index.writing() as transaction:
            transaction.connection.execute(DropSchema(index.database.schema, cascade=True))
        index.close()


def _ratios(measured: Sequence[Measured]) -> dict[str, float]:
    """How much longer each median is at the last size than at the first."""
    first, last = measured[0].timed, measured[-1].timed
    return {name: round(last[name].median / first[name].median, 2) for name in first}


def _table(measured: Sequence[Measured], on_disk: Sequence[float]) -> Table:
    table = Table(title="milliseconds, median and 95 %", box=None)
    table.add_column("")
    for one in measured:
        table.add_column(f"{one.documents:,}", justify="right")
    table.add_column("last : first", justify="right")
    ratios = _ratios(measured)
    for name in measured[0].timed:
        cells = [f"{one.timed[name].median:.2f}  {one.timed[name].p95:.2f}" for one in measured]
        table.add_row(name, *cells, f"{ratios[name]:.2f}")
    table.add_row("memory of the process, MiB", *(f"{one.memory:.0f}" for one in measured), "")
    table.add_row("index on disk, MiB", *(f"{size:,.0f}" for size in on_disk), "")
    return table


if __name__ == "__main__":
    sys.exit(main())
