"""The index in PostgreSQL: a server of its own on loopback, restarted in the middle of a transaction, and away all night."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Need, Place, postgres_tool, require, row
from faults.process.composed_run import base, write_night
from faults.process.subprocesses import Work, run, run_well, start
from faults.process.workspace import interrupted, resume

_NOBODY = 65534


class _Server:
    """A PostgreSQL cluster below a folder; it never runs as root: root starts it as the user nobody."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "postgresql"
        self._data.mkdir()
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(self._data, _NOBODY, _NOBODY)
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.port = int(held.getsockname()[1])
        self._tool("initdb", "-D", str(self._data), "-U", "archive", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    @property
    def address(self) -> str:
        """As ARCHIVE_INDEX has it."""
        return f"postgresql://archive@127.0.0.1:{self.port}/postgres"

    def control(self, *words: str) -> None:
        """pg_ctl."""
        sockets = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._data}"
        self._tool("pg_ctl", "-D", str(self._data), "-w", "-o", sockets, "-l", str(self._data / "log"), *words)

    def _tool(self, name: str, *words: str) -> None:
        who = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [str(postgres_tool(name)), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._data, **who)  # type: ignore[call-overload]
        require(done.returncode == 0, f"{name} {words[-1]} ends with {done.returncode}: {done.stderr[-300:]}")


@contextlib.contextmanager
def _archive(place: Place) -> Iterator[tuple[Path, _Server, checks.State]]:
    """Yield an archive whose index is in PostgreSQL, and the state of the same night undisturbed in SQLite."""
    base(place.folder / "plain")
    run_well(partial(write_night, place.folder / "plain"))
    server = _Server(place.folder)
    server.control("start")
    os.environ["ARCHIVE_INDEX"] = server.address
    try:
        root = place.folder / "archive"
        base(root)
        yield root, server, checks.state(place.folder / "plain")
    finally:
        del os.environ["ARCHIVE_INDEX"]
        with contextlib.suppress(CheckFailure):
            server.control("stop", "-m", "immediate")
        shutil.rmtree(place.folder / "postgresql", ignore_errors=True)


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
