"""Make an archive, run our commands as processes and verify the archive, for every measurement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import FrameType
from typing import TypeVar
from uuid import uuid4

from rich.console import Console
from rich.table import Column, Table

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.index.connect import VARIABLE
from archive.model.enums import ArchiveKind
from archive.storage.paths import Paths, run_order
from archive.store import Archive
from testing.postgresql import missing, serve_postgresql
from vietnam.date_forms import TZ

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")
ROOT = Path(__file__).resolve().parent.parent


def new_archive(folder: Path) -> None:
    """Make a rehearsal's archive, or take one without nights.

    Raises UsageError or ArchiveUnusable for any other folder.
    """
    if not (folder / "archive.json").exists():
        Archive.create(folder, ArchiveKind.REPLICA, uuid4(), datetime.now(TZ)).close()
        return
    with Archive.open(folder, ArchiveKind.REPLICA) as archive:
        if archive.paths.nights() or archive.paths.open_runs():
            raise UsageError(f"{folder} holds nights already: name a new folder with --archive")


def call(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """Run one of our commands with this Python in the checkout; it is ended with us."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        out, err = process.communicate()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def run_night(
    night: date, folder: Path, port: int, portals: Sequence[str] = (), jobs: int = 1, settings: str = ""
) -> None:
    """One night as the schedule runs it: each crawl in a process of its own, judged, sealed. No portal named: all of them.

    `settings` is the text of a `nights.toml`; without one the defaults hold, whatever an operator changed.
    Raises ArchiveError with the command's last word when the night could not be run; a night that went badly is none.
    """
    command = [str(ROOT / "scheduler.py"), "--once", "--night", night.isoformat(), "--jobs", str(jobs)]
    command += ["--portal", *portals] if portals else []
    environment = {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(port)}
    with TemporaryDirectory() as scratch:
        named = Path(scratch) / "nights.toml"
        named.write_text(settings, encoding="utf-8")
        done = call([*command, "--archive", str(folder.resolve()), "--settings", str(named)], environment)
    if done.returncode in (ExitCode.GOOD, ExitCode.FINDINGS) and _is_sealed(folder, night):
        return
    raise error_of(done, f"the night of {night} could not be run: ", "it said nothing")


def _is_sealed(folder: Path, night: date) -> bool:
    with Archive.open(folder, ArchiveKind.REPLICA, read_only=True) as archive:
        sealed = archive.last_seal()
    return sealed is not None and sealed.night == night


def runs_of(paths: Paths, portal: str) -> Iterator[tuple[date, Path]]:
    """Night and folder of every closed run of a portal, in their order."""
    for night in paths.nights():
        for folder in paths.closed_runs(night):
            if run_order(folder.name)[0] == portal:
                yield night, folder


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Yield the address at which `python -m archive serve` shows an archive, in a process of its own."""
    command = [sys.executable, "-m", "archive", "serve", "--archive", str(root), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            told = server.stdout.readline() if server.stdout else ""
            yield told.split()[0].rstrip("/") if told else ""
        finally:
            server.terminate()


@contextmanager
def own_database(backend: str, within: Path | None = None) -> Iterator[None]:
    """Hold indexes in SQLite, or in a PostgreSQL of our own that is gone at the end. Raises UsageError without one here."""
    before = os.environ.pop(VARIABLE, None)
    with ExitStack() as stack:
        if backend == "postgresql":
            if (why := missing()) is not None:
                raise UsageError(why)
            os.environ[VARIABLE] = stack.enter_context(serve_postgresql(flushing=True, within=within)).database()
        yield
    os.environ.pop(VARIABLE, None)
    if before is not None:
        os.environ[VARIABLE] = before


def verify(folder: Path) -> tuple[bool, str]:
    """Return whether `python -m archive verify` finds nothing, and its last lines."""
    done = call(["-m", "archive", "verify", "--archive", str(folder.resolve())])
    return done.returncode == ExitCode.GOOD, "\n".join((done.stdout + done.stderr).splitlines()[-20:])


def time_each(
    questions: Iterable[_Question], ask: Callable[[_Question], _Answer]
) -> tuple[tuple[float, float, float], list[_Answer]]:
    """Ask one question after the other; return the waits in milliseconds, and the answers.

    The waits are the median, the time that 95 of 100 stayed below, and the longest. The first two answers do not count:
    they bring the database's pages into memory.
    """
    took, answers = [], []
    for question in questions:
        began = perf_counter()
        answers.append(ask(question))
        took.append(1000 * (perf_counter() - began))
    ordered = sorted(took[2:])
    return (ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))], ordered[-1]), answers[2:]


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], note: str) -> None:
    """Print figures in columns, the first one words, and a line below them."""
    words, *figures = columns
    table = Table(words, *(Column(name, justify="right") for name in figures), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, width=100)
    console.print(table)
    console.print(note)


def exit_code(name: str, measure: Callable[[], int], advice: str = "run it again with a new --archive") -> int:
    """Run a measurement.

    An error or an interruption becomes one line on stderr and its exit code. SIGTERM is Ctrl-C. `advice` follows the word
    that it was interrupted.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return report_error(name, measure)
    except KeyboardInterrupt:
        print(f"{name}: interrupted; {advice}", file=sys.stderr)
        return ExitCode.INTERRUPTED


def report_error(name: str, measure: Callable[[], int]) -> int:
    """Run a measurement; an error becomes one line on stderr and its exit code."""
    try:
        return measure()
    except ArchiveError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return error.exit_code


def error_of(done: subprocess.CompletedProcess[str], message: str, otherwise: str) -> ArchiveError:
    """Return the error of a command that failed: the message, the command's last line and its exit code."""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    error = ArchiveError(f"{message}{lines[-1] if lines else otherwise}")
    error.exit_code = ExitCode(done.returncode) if done.returncode in set(ExitCode) - {0} else ExitCode.BUG
    return error


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
