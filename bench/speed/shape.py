"""The shape of a crawl's work: what it does for one article, and whether that grows with the night. No time is taken.

One first night is crawled, and its counters are read at three articles of it: what lies between two readings is the work
for so many articles, one group of them committed. The program itself is as it is; the counters stand around it
(`bench.speed.counting`). `python -m bench.speed.shape` prints what the suite checks.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.errors import ArchiveError, ExitCode
from bench.runner import ROOT, new_archive, print_table, report_error
from bench.speed.counting.sitecustomize import FOLDER, KEPT, NAMES
from bench.speed.pages import BYTES, PORTAL, speed_pages
from bench.speed.server import PageServer
from replicas import FIRST_NIGHT

BOUNDS = {
    "statements": 11.5,
    "transactions": 2.3,
    "connections": 0.1,
    "parses": 1.1,
    "flushes": 1.4,
    "opened": 2.5,
    "calls": 22_500,
    "read": 11_500,
}
"""The most of each that one article may bring, a little over what is measured. Whoever lowers a figure lowers its bound."""
END = {"statements": 1.5, "connections": 0.1, "parses": 0.15, "opened": 3.0, "calls": 2_500}
"""The same for what the end of a night brings, by each of its articles."""
MOST_KEPT = 110
"""The most blocks of memory that an article may leave until the night ends."""
GROWTH = 1.3
"""The most work for a later article, as a multiple of that for an earlier one."""
GROUP = 25
"""Articles that one commit holds. What is done for the first group may be done once a night, and is not counted."""
_FURTHER = 5  # articles behind the last reading
_CALLS = 8  # articles before a reading for which calls are counted; counting them is slow
_SEEN = 100  # of a function whose lines grow
_LISTS = 9  # requests before the first article: robots.txt and the lists
_SHOWN, _WIDTH = 20, 110  # statements, and letters of each
_PAUSE = 0.003


@dataclass(frozen=True, slots=True)
class Shape:
    """What one article brought in the earlier and in the later half of a night, and the night's end by all its articles.

    Names are those of the counters, and `read` for the bytes that the crawl's own process read from files and pipes, which
    the end does not have. `traces` are the lines run in each function of ours during some articles of three thirds. `kept`
    are the blocks of memory that one article leaves in the crawl's own process, whose lists of the night grow with it;
    `statements` are the statements of one article of the later half, by their text.
    """

    earlier: dict[str, float]
    later: dict[str, float]
    end: dict[str, float]
    traces: tuple[dict[str, int], ...]
    kept: float
    statements: dict[str, float]

    def over(self) -> dict[str, float]:
        """Return what lies over its bound, in the later half and at the end."""
        found = {name: self.later[name] for name, bound in BOUNDS.items() if self.later[name] > bound}
        found |= {KEPT: self.kept} if self.kept > MOST_KEPT else {}
        return found | {f"end: {name}": self.end[name] for name, bound in END.items() if self.end[name] > bound}

    def growing(self) -> dict[str, list[float]]:
        """Return what later articles bring more of than earlier ones, and how much in the order of the night.

        Names are those of the counters and of functions of ours, of which at least `_SEEN` lines are run at the end.
        """
        counts = {name: [self.earlier[name], self.later[name]] for name in self.earlier}
        for function, lines in self.traces[-1].items():
            if lines >= _SEEN:
                counts[function] = [trace.get(function, 0) for trace in self.traces]
        return {
            name: each
            for name, each in counts.items()
            if all(later > GROWTH * earlier for earlier, later in pairwise(each))
        }


class _Night:
    """A crawl whose counters are read while it runs."""

    def __init__(self, folder: Path, server: PageServer) -> None:
        self._counts, self._server = folder / "counts", server
        self._counts.mkdir()
        archive = folder / "archive"
        new_archive(archive)
        self._lines = archive / "open" / FIRST_NIGHT.isoformat() / PORTAL / "articles.jsonl"
        command = [sys.executable, "-m", "scrapy", "crawl", PORTAL, "--archive", str(archive), "--since", "2024-12-01"]
        command += [
            "-s",
            f"SCRAPER_SLOT_MAX_ACTIVE_SIZE={3 * BYTES}",
        ]  # in a long night fetching waits for reading, so here too
        more = {"REPLICA": "1", "REPLICA_PORT": str(server.port), FOLDER: str(self._counts)}
        more["PYTHONPATH"] = str(Path(__file__).parent / "counting")
        with (folder / "output.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--night", FIRST_NIGHT.isoformat()],
                cwd=ROOT,
                env=os.environ | more,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def until(self, articles: int) -> Counter[str]:
        """Wait until so many articles are committed, and return the counts up to then; before it, count calls for a while."""
        last_asked = _LISTS + articles - _CALLS
        self._wait(lambda: self._server.requests >= last_asked)
        self._turn_calls()
        self._wait(lambda: self._committed() >= articles)
        self._turn_calls()
        traced = len(self.traces()) + 1
        self._wait(lambda: len(self.traces()) == traced)
        told = Path(f"/proc/{self.process.pid}/io").read_text(encoding="ascii")  # proc(5)
        return self._read() + Counter({"read": int(told.split()[1])})

    def end(self) -> Counter[str]:
        """Wait for the crawl's end and return the counts up to then, calls included. Raises ArchiveError when it failed."""
        self._turn_calls()
        if self.process.wait() not in (ExitCode.GOOD, ExitCode.FINDINGS):
            raise ArchiveError(f"the crawl ended with {self.process.returncode}")
        return self._read()

    def traces(self) -> list[Path]:
        """Return the files of what was traced up to now, oldest first."""
        return sorted(self._counts.glob(f"{self.process.pid}.*.lines"))

    def _turn_calls(self) -> None:
        self.process.send_signal(signal.SIGUSR1)

    def _wait(self, reached: Callable[[], bool]) -> None:
        while not reached():
            if self.process.poll() is not None:
                raise ArchiveError(f"the crawl ended with {self.process.returncode} after {self._committed()} articles")
            time.sleep(_PAUSE)

    def _committed(self) -> int:
        return self._lines.read_bytes().count(b"\n") if self._lines.exists() else 0

    def _read(self) -> Counter[str]:
        counts = Counter(dict.fromkeys(NAMES, 0))
        for file in self._counts.glob("*.counts"):
            counts.update(dict(zip(NAMES, struct.unpack(f"{len(NAMES)}q", file.read_bytes()), strict=True)))
        return counts


def measure_shape(folder: Path) -> Shape:
    """Crawl one night and read its counters. Raises ArchiveError when the crawl ends early."""
    first, middle, last = (GROUP * number for number in (1, 2, 3))
    with PageServer(speed_pages(last + _FURTHER)) as server:
        night = _Night(folder, server)
        try:
            readings = [night.until(articles) for articles in (first, middle, last)]
            traces = tuple(json.loads(file.read_bytes()) for file in night.traces())
            [*_, statements] = [json.loads(file.with_suffix(".statements").read_bytes()) for file in night.traces()]
            ended = night.end()
        finally:
            night.process.kill()
            night.process.wait()
    held = [trace.pop(KEPT) for trace in traces]
    kept = (held[-1] - held[0]) / (last - first)
    earlier, later = (_each(after, before, GROUP, _CALLS) for before, after in pairwise(readings))
    return Shape(
        earlier,
        later,
        _each(ended, readings[-1], last + _FURTHER, last + _FURTHER),
        traces,
        kept,
        {sql: count / GROUP for sql, count in statements.items()},
    )


def _each(after: Counter[str], before: Counter[str], articles: int, called: int) -> dict[str, float]:
    return {name: (after[name] - before[name]) / (called if name == "calls" else articles) for name in after}


def main() -> int:
    """Print the shape beside its bounds; return 1 when something lies over its bound or grows."""
    with TemporaryDirectory() as folder:
        shape = measure_shape(Path(folder))
    rows = [
        (
            name,
            f"{shape.earlier[name]:.2f}",
            f"{later:.2f}",
            f"{BOUNDS[name]:g}",
            f"{shape.end.get(name, 0):.2f}",
            f"{END.get(name, '')}",
        )
        for name, later in shape.later.items()
    ]
    columns = ("an article's", "earlier", "later", "bound", "at the end", "bound")
    print_table(columns, rows, f"blocks kept: {shape.kept:.0f} of {MOST_KEPT}")
    for sql, count in sorted(shape.statements.items(), key=lambda item: -item[1])[:_SHOWN]:
        print(f"{count:6.2f}  {' '.join(sql.split())[:_WIDTH]}")
    print(
        json.dumps(
            {"over": shape.over(), "growing": shape.growing()} | asdict(replace(shape, traces=(), statements={}))
        )
    )
    return ExitCode.FINDINGS if shape.over() or shape.growing() else ExitCode.GOOD


if __name__ == "__main__":
    raise SystemExit(report_error("shape", main))
