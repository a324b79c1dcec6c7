"""`python -m bench.cores [--articles 2000] [--rounds 3] [--jobs 1,2] [--only NAME …] [--backend sqlite|postgresql] [--archive DIR]`.

The commands that read a whole archive, each with every number of processes in turn, on one composed archive; medians over the
rounds. The last line is JSON. Exit codes: 0 measured; 1 a command says something else with another number of processes;
2 wrong usage; 11 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.processes.progress import ProgressLine
from archive.processes.workers import MOST_JOBS
from bench.cores.archive import compose
from bench.runner import exit_code, own_database, print_table
from bench.speed.contestants import Usage, measured
from bench.speed.pages import PORTAL

COMMANDS = {
    "reextract": ("scrapy", "reextract", PORTAL),
    "rebuild": ("archive", "rebuild"),
    "search": ("archive", "rebuild", "--only-search"),
    "verify": ("archive", "verify"),
    "verify --reread": ("archive", "verify", "--reread"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.cores", description="Measure commands on several cores.")
    parser.add_argument("--articles", type=int, default=2000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--jobs", type=_numbers, default=[1, 2], metavar="N,N", help="numbers of processes (1,2)")
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=list(COMMANDS), metavar="NAME")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="made there if it is not, and kept (SQLite alone)")
    options = parser.parse_args(arguments)
    return exit_code("cores", lambda: _run(options), "run it again")


def _numbers(text: str) -> list[int]:
    found = [int(number) for number in text.split(",") if number.isdecimal() and 1 <= int(number) <= MOST_JOBS]
    if len(found) != len(text.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r} are no numbers of processes; write them as 1,2")
    return found


def _run(options: argparse.Namespace) -> int:
    if options.archive and options.backend == "postgresql":
        raise UsageError("its database is gone at the end, so --archive cannot be kept with --backend postgresql")
    with own_database(options.backend), tempfile.TemporaryDirectory() as scratch:
        root = options.archive or Path(scratch) / "archive"
        if not root.exists():
            root.parent.mkdir(parents=True, exist_ok=True)
            with ProgressLine("composing", "articles") as line:
                compose(root, options.articles, lambda done: line.show(done, options.articles))
        articles = len(list(root.glob("[0-9]*/*/*/*/*.txt")))
        taken: dict[tuple[str, int], list[Usage]] = {}
        for _ in range(options.rounds):
            for name in options.only:
                _measure(name, options.jobs, root, Path(scratch), taken)
    figures = {name: [_figures(jobs, articles, taken[name, jobs]) for jobs in options.jobs] for name in options.only}
    _print(figures, articles, options.rounds)
    print(json.dumps({"articles": articles, "rounds": options.rounds, "backend": options.backend} | figures))
    return ExitCode.GOOD


def _measure(
    name: str, numbers: Sequence[int], root: Path, scratch: Path, taken: dict[tuple[str, int], list[Usage]]
) -> None:
    """Run one command with each number of processes; raises ArchiveError when what it prints depends on the number."""
    module, *words = COMMANDS[name]
    said = set()
    for jobs in numbers:
        command = [sys.executable, "-m", module, *words, "--archive", str(root.resolve()), "--jobs", str(jobs)]
        taken.setdefault((name, jobs), []).append(measured(command, scratch))
        output = (scratch / "output.log").read_text(encoding="utf-8").splitlines()
        said.add("\n".join(line for line in output if " left" not in line))  # without the progress
    if len(said) > 1:
        raise ArchiveError(f"{name} says something else with another number of processes")


def _figures(jobs: int, articles: int, usages: Sequence[Usage]) -> dict[str, float]:
    wall, cpu = median(usage.wall for usage in usages), median(usage.cpu for usage in usages)
    return {
        "jobs": jobs,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "articles_a_second": round(articles / wall, 1),
        "memory_mib": round(median(usage.memory for usage in usages)),
    }


def _print(figures: dict[str, list[dict[str, float]]], articles: int, rounds: int) -> None:
    rows = []
    for name, by_jobs in figures.items():
        first = by_jobs[0]
        for row in by_jobs:
            faster, more = first["wall_s"] / row["wall_s"], row["cpu_s"] / first["cpu_s"]
            rows.append(
                [
                    name,
                    f"{row['jobs']:.0f}",
                    *(f"{row[key]:,.1f}" for key in ("wall_s", "cpu_s", "articles_a_second")),
                    f"{row['memory_mib']:,.0f}",
                    f"{faster:.2f}",
                    f"{more:.2f}",
                ]
            )
    columns = ("command", "jobs", "wall s", "CPU s", "articles/s", "MiB", "times as fast", "times the CPU")
    print_table(columns, rows, f"{articles:,} articles, medians of {rounds} rounds")


if __name__ == "__main__":
    raise SystemExit(main())
