"""`python -m faults [ROW …]`: faults made on purpose, a line a row, against the real program on loopback."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from types import FrameType

from archive.errors import ExitCode
from faults import clocks, crashes, damage, databases, network, nights, pages, power, storage
from faults.catalogue import ROWS, Broken, Place, Row, Skip, chosen, lacking

__all__ = ["Result", "main", "results"]

_MODULES = (clocks, crashes, damage, databases, network, nights, pages, power, storage)  # each enters its rows
_SECONDS = 540  # for one row: a row that hangs is a failure


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


def one(number: str, quick: bool) -> Result:
    """Run one row in a folder of its own. Never raises: whatever a row does not expect is its failure."""
    row, began = ROWS[number], time.monotonic()
    missing = [need.value for need in row.needs if lacking(need)]
    if missing:
        return Result(number, row.title, "skipped", f"needs {', '.join(missing)}", 0.0)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(_SECONDS)
    try:
        with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)  # a row that gives up being root still looks into it
            verdict, saw = "ok", row.run(Place(Path(folder), quick))
    except Skip as lack:
        verdict, saw = "skipped", str(lack)
    except Broken as broken:
        verdict, saw = "FAILED", str(broken)
    except Exception as error:
        verdict, saw = "FAILED", f"{type(error).__name__}: {error} | {_where(error)}"
    finally:
        signal.alarm(0)
    return Result(number, row.title, verdict, " ".join(saw.split()), time.monotonic() - began)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise Broken(f"not at an end after {_SECONDS} s")


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))


def _settle_in(taken: Synchronized[int]) -> None:
    """Each worker stays on a processor of its own: a child that is traced from another one is five times slower."""
    allowed = sorted(os.sched_getaffinity(0))
    with taken.get_lock():
        mine, taken.value = taken.value, taken.value + 1
    os.sched_setaffinity(0, {allowed[mine % len(allowed)]})


def results(rows: list[Row], jobs: int, *, quick: bool = False) -> Iterator[Result]:
    """Run the rows, the longest first, as many at once as told; yields them in the catalogue's order."""
    context = get_context("spawn")
    taken = context.Value("i", 0)
    with ProcessPoolExecutor(jobs, context, _settle_in, (taken,)) as pool:
        waiting: dict[str, Future[Result]] = {}
        for row in sorted(rows, key=lambda row: -row.weight):
            waiting[row.number] = pool.submit(one, row.number, quick)
        for row in rows:
            try:
                yield waiting[row.number].result()
            except Exception as error:  # its worker died
                yield Result(row.number, row.title, "FAILED", f"{type(error).__name__}: {error}", 0.0)


def main(arguments: list[str] | None = None) -> int:
    """The command; exits with 1 when a row failed."""
    options = _parser().parse_args(arguments)
    try:
        rows = chosen(options.rows, quick=options.quick)
    except ValueError as error:
        print(f"faults: {error}", file=sys.stderr)
        return int(ExitCode.USAGE)
    if options.list:
        for row in rows:
            needs = f" (needs {', '.join(need.value for need in row.needs)})" if row.needs else ""
            print(f"{row.number:<4} {row.title}{needs}")
        return int(ExitCode.GOOD)
    found = []
    for result in results(rows, options.jobs, quick=options.quick):
        found.append(result)
        print(json.dumps(asdict(result), ensure_ascii=False) if options.json else result, flush=True)
    counts = [sum(result.verdict == word for result in found) for word in ("ok", "FAILED", "skipped")]
    print("{} passed, {} failed, {} skipped".format(*counts), file=sys.stderr if options.json else sys.stdout)
    return int(ExitCode.FINDINGS if counts[1] else ExitCode.GOOD)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m faults", description="Break the real program on purpose and ask four oracles what is left."
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="A3, B11, or a section: A, B (default: all)")
    parser.add_argument("--list", action="store_true", help="name the rows and what they need, and run nothing")
    parser.add_argument("--quick", action="store_true", help="the shorter rows, each with a sample of its points")
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    parser.add_argument("--jobs", type=int, default=2, choices=range(1, 65), metavar="N", help="rows at once (default 2)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
