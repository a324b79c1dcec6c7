"""The shape of a crawl's work: what it does for one article, and whether that grows with the night. No time is taken.

One first night is crawled, and its counters are read at three articles of it, when the server is asked for them: what lies
between two readings is the work for so many articles, one group of them committed. The program itself is as it is; the counters stand around it
(`bench.speed.counting`). `python -m bench.speed.shape` prints what the suite checks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.errors import ArchiveError, ExitCode
from bench.runner import ROOT, new_archive, print_table, report_error
from bench.speed.counting.sitecustomize import FOLDER
from bench.speed.pages import BYTES, PORTAL, speed_pages
from bench.speed.server import PageServer
from replicas import FIRST_NIGHT

BOUNDS = {
    "statements": 0.9,
    "transactions": 0.1,
    "connections": 0.1,
    "parses": 1.1,
    "flushes": 1.4,
    "opened": 2.5,
    "calls": 6_500,
    "read": 8_500,
}
"""The most of each that one article may bring, a little over what is measured. Whoever lowers a figure lowers its bound."""
END = {"statements": 1.0, "connections": 0.1, "parses": 0.15, "opened": 3.0, "calls": 2_000}
"""The same for what the end of a night brings, by each of its articles."""
LOOK = {"statements": 1.1, "connections": 0.1, "parses": 1.1, "flushes": 0.4, "opened": 1.9}
"""The same for a look at a page on which only clock, counter and tokens around the article changed; one in ten is read in full."""
LIST = {"statements": 9.0, "connections": 0.1, "parses": 1.1, "calls": 10_500}
"""The same for a list's page."""
MOST_KEPT = 40
"""The most blocks of memory that an article may leave until the night ends."""
GROWTH = 1.3
"""The most work for a later article, as a multiple of that for an earlier one."""
GROUP = 25
"""Articles that one commit holds. What is done for the first group may be done once a night, and is not counted."""
_LISTS = 9  # requests before the first article: robots.txt and the lists
_TRACED = (
    12  # articles before a reading that are traced; the group's commit, which lags behind fetching, falls into them
)
_AFTER = 7  # articles from a commit's last one to the reading
_FURTHER = 5  # articles behind the last reading
_SEEN = 150  # lines of a function whose lines grow
_SHOWN, _WIDTH = 20, 110  # statements, and letters of each


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold what one article brought in the earlier and in the later half of a night, and the night's end by all its articles.

    Names are those of the counters, and `read` for the bytes that the crawl's own process read from files and pipes, which
    the end does not have. `traces` are the lines run in each function of ours during some articles of each third. `kept`
    are the blocks of memory that one article leaves in the crawl's own process, whose lists of the night grow with it;
    `statements` are the statements of one article of the later half, by their text. `look` is what each look of the night
    after brought, in which pages changed around their articles alone; `listed` what a list's page of eleven entries brought.
    """

    earlier: dict[str, float]
    later: dict[str, float]
    end: dict[str, float]
    traces: tuple[dict[str, int], ...]
    kept: float
    statements: dict[str, float]
    look: dict[str, float]
    listed: dict[str, float]

    def over(self) -> dict[str, float]:
        """Return what lies over its bound, in the later half, at the end and in the night after."""
        found = {name: self.later[name] for name, bound in BOUNDS.items() if self.later[name] > bound}
        found |= {f"look: {name}": self.look[name] for name, bound in LOOK.items() if self.look[name] > bound}
        found |= {f"list: {name}": self.listed[name] for name, bound in LIST.items() if self.listed[name] > bound}
        found |= {"kept": self.kept} if self.kept > MOST_KEPT else {}
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


def measure_shape(folder: Path) -> Shape:
    """Crawl one night and read its counters. Raises ArchiveError when the crawl fails."""
    ends = [_LISTS + number * GROUP + _AFTER for number in (1, 2, 3)]
    turns = [2, 3, 4, _LISTS + 1, *(turn for end in ends for turn in (end - _TRACED, end))]
    articles = 3 * GROUP + _AFTER + _FURTHER
    new_archive(folder / "archive")
    with PageServer(speed_pages(articles), [*turns, turns[-1] + 1]) as server:
        one, lists, first, middle, last, end = _crawl(folder, server, FIRST_NIGHT, 6)
    looked = FIRST_NIGHT + timedelta(days=1)
    with PageServer(speed_pages(articles, 2), [_LISTS, _LISTS + 1]) as server:
        before, after = _crawl(folder, server, looked, 2)
    traces = tuple(reading["lines"] for reading in (first, middle, last))
    kept = (last["kept"] - first["kept"]) / (2 * GROUP)
    return Shape(
        _each(middle, first, GROUP, _TRACED),
        _each(last, middle, GROUP, _TRACED),
        _each(end, last, articles, articles),
        traces,
        kept,
        {sql: count / GROUP for sql, count in last["statements"].items()},
        _each(after, before, articles, articles),
        _each(lists, one, _LISTS - 2, _LISTS - 3),
    )


def _crawl(folder: Path, server: PageServer, night: date, readings: int) -> list[dict[str, Any]]:
    """Crawl one night and return its readings, of which there should be so many."""
    counts = folder / f"counts-{night}"
    counts.mkdir()
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        PORTAL,
        "--archive",
        str(folder / "archive"),
        "--since",
        "2024-12-01",
    ]
    # In a long night fetching waits for reading, so here too.
    command += ["--night", night.isoformat(), "-s", f"SCRAPER_SLOT_MAX_ACTIVE_SIZE={3 * BYTES}"]
    more = {"REPLICA": "1", "REPLICA_PORT": str(server.port), FOLDER: str(counts)}
    more["PYTHONPATH"] = str(Path(__file__).parent / "counting")
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | more, stdout=log, stderr=subprocess.STDOUT)
    try:
        server.watch(process.pid)
        code = process.wait()
    finally:
        process.kill()
    found = [json.loads(file.read_bytes()) for file in sorted(counts.glob(f"{process.pid}.*.json"))]
    if code not in (ExitCode.GOOD, ExitCode.FINDINGS) or len(found) != readings:
        raise ArchiveError(f"the crawl ended with {code} after {server.requests} requests and {len(found)} readings")
    return found


def _each(after: dict[str, Any], before: dict[str, Any], articles: int, traced: int) -> dict[str, float]:
    return {
        name: (count - before["counts"][name]) / (traced if name == "calls" else articles)
        for name, count in after["counts"].items()
    }


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
            f"{shape.look[name]:.2f}",
            f"{LOOK.get(name, '')}",
            f"{shape.listed[name]:.2f}",
            f"{LIST.get(name, '')}",
        )
        for name, later in shape.later.items()
    ]
    columns = (
        "an article's",
        "earlier",
        "later",
        "bound",
        "at the end",
        "bound",
        "a look's",
        "bound",
        "a list's",
        "bound",
    )
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
