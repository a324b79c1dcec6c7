"""The index in PostgreSQL: a server of its own on loopback, restarted in the middle of a transaction, and away all night."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Need, Place, require, row
from faults.process.composed_run import base, write_night
from faults.process.subprocesses import Work, run, run_well, start
from faults.process.workspace import interrupted, resume
from testing.postgresql import PostgresServer, serve_postgresql


@contextlib.contextmanager
def _archive(place: Place) -> Iterator[tuple[Path, PostgresServer, checks.State]]:
    """Yield an archive whose index is in PostgreSQL, and the state of the same night undisturbed in SQLite."""
    base(place.folder / "plain")
    run_well(partial(write_night, place.folder / "plain"))
    with serve_postgresql(flushing=True, within=place.folder) as server:
        os.environ["ARCHIVE_INDEX"] = server.database()
        try:
            root = place.folder / "archive"
            base(root)
            yield root, server, checks.state(place.folder / "plain")
        finally:
            del os.environ["ARCHIVE_INDEX"]


def _night(root: Path) -> Work:
    return partial(write_night, root, group=5)


@row("A22", "PostgreSQL restarts in a transaction", Need.POSTGRES, weight=15)
def _a22(place: Place) -> str:
    with _archive(place) as (root, server, wanted):
        child = start(_night(root))
        heard = child.first_word()
        time.sleep(0.03)
        server.control("restart", "-m", "immediate")
        ended = child.end(heard)
        ended.require_code(0, 1, 3, 4)
        resume(root, interrupted(root, ended), wanted, _night(root))
    return f"exit code {ended.code} after {len(ended.acknowledged)} acknowledged documents: {ended.error[:80]}; resumed"


@row("A23", "PostgreSQL is away the whole night", Need.POSTGRES, weight=10)
def _a23(place: Place) -> str:
    with _archive(place) as (root, server, wanted):
        server.control("stop", "-m", "fast")
        before = checks.archive_files(root)
        ended = run(_night(root))
        if ended.code == 0 or ended.code == 70 or ended.error.count("\n") or "Traceback" in ended.error:
            raise CheckFailure(f"exit code {ended.code}: {ended.error[-500:]}")
        require(checks.archive_files(root) == before, "files were written without their rows")
        server.control("start")
        resume(root, interrupted(root, ended), wanted, _night(root))
    return f"exit code {ended.code}, no file without a row: {ended.error[:90]}; run when it was back"
