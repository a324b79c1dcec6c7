"""Running rows: each in a process and a session of its own, so that one that dies or hangs is one row that failed."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import FrameType

from faults.catalogue import ROWS, CheckFailure, Place, Row, Skip, has_strace, lacking
from faults.process.tracing import shim

_SECONDS = 1800.0
_PATIENCE = 10.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Result:
    """One row's line: `ok`, `FAILED` or `skipped`, what was seen or is missing, and the seconds it took."""

    number: str
    title: str
    verdict: str
    saw: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.number} {self.verdict} {self.title}: {self.saw} ({self.seconds:.0f} s)"


def run_one(row: Row, quick: bool) -> Result:
    """Run one row in a folder of its own. Never raises: whatever a row does not expect is its failure."""
    began = time.monotonic()
    missing = [need.value for need in row.needs if lacking(need)]
    if missing:
        return Result(row.number, row.title, "skipped", f"needs {', '.join(missing)}", 0.0)
    try:
        with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)  # a row that gives up being root still looks into it
            verdict, saw = "ok", row.run(Place(Path(folder), quick))
    except Skip as lack:
        verdict, saw = "skipped", str(lack)
    except CheckFailure as broken:
        verdict, saw = "FAILED", str(broken)
    except Exception as error:  # a row that breaks is a row that failed
        verdict, saw = "FAILED", f"{type(error).__name__}: {error} | {_where(error)}"
    return Result(row.number, row.title, verdict, " ".join(saw.split()), time.monotonic() - began)


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))


def _run_apart(number: str, quick: bool, processor: int, told: Connection) -> None:
    """One row in this process, which keeps to one processor: a child that is traced from another is five times slower."""
    os.setsid()
    signal.signal(signal.SIGTERM, _end)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {processor})
    gc.collect()
    gc.freeze()  # what the children are forked with is never looked through again
    told.send(run_one(ROWS[number], quick))


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(1)  # what is mounted and made is put away on the way out


@dataclass(frozen=True, slots=True)
class _RowProcess:
    row: Row
    process: ForkServerProcess
    processor: int
    until: float


def results(rows: Sequence[Row], jobs: int, *, quick: bool = False) -> Iterator[Result]:
    """Run the rows, the longest first, `jobs` at once; yield each when it has ended."""
    _with_shim()
    context = get_context("forkserver")
    context.set_forkserver_preload(["faults.rows"])
    allowed = sorted(os.sched_getaffinity(0))
    free = [allowed[number % len(allowed)] for number in range(jobs)]
    waiting = sorted(rows, key=lambda row: row.weight)
    running: dict[Connection, _RowProcess] = {}
    try:
        while waiting or running:
            while free and waiting:
                row, processor = waiting.pop(), free.pop()
                hears, tells = context.Pipe(duplex=False)
                process = context.Process(target=_run_apart, args=(row.number, quick, processor, tells))
                process.start()
                tells.close()
                running[hears] = _RowProcess(row, process, processor, time.monotonic() + _SECONDS)
            for result, processor in _ended(running):
                free.append(processor)
                yield result
    finally:
        for one in running.values():
            one.process.terminate()
        for one in running.values():
            _put_away(one.process)


def _with_shim() -> None:
    """Without strace the rows' processes begin with the shim, if it can be compiled (FAULTS_SHIM=1 asks for it)."""
    if (has_strace() and not os.environ.get("FAULTS_SHIM")) or shutil.which("cc") is None:
        return
    folder = Path(tempfile.mkdtemp(prefix="faults-shim-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["LD_PRELOAD"] = str(shim(folder))


def _ended(running: dict[Connection, _RowProcess]) -> Iterator[tuple[Result, int]]:
    """Yield the rows that ended within a second, or are over their time."""
    ready = wait(list(running), timeout=1.0)
    for hears, one in list(running.items()):
        if hears in ready:
            try:
                result: Result = hears.recv()
            except EOFError:
                one.process.join()
                result = Result(one.row.number, one.row.title, "FAILED", f"it died: {one.process.exitcode}", 0.0)
        elif time.monotonic() > one.until:
            result = Result(one.row.number, one.row.title, "FAILED", f"not at an end after {_SECONDS:.0f} s", _SECONDS)
        else:
            continue
        one.process.terminate()
        _put_away(one.process)
        hears.close()
        del running[hears]
        yield result, one.processor


def _put_away(process: ForkServerProcess) -> None:
    """Let it end, then end what it left running: its process group is its own."""
    process.join(_PATIENCE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
