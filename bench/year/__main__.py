"""A year of replica nights over all portals, composed in minutes: `python -m bench.year --archive DIR`.

A crawl of 365 nights over every portal would take hours. Here each night's pages are rendered by the replicas and kept
through the archive's own door, without a network and without extraction; verdicts, duplicates, near-duplicates, removals
and seals are the program's own. Outages, refusals, missed nights, edits, removals, copies and withheld numbers of documents
are planted, and what `coverage` says of them is counted at the end; the last line is JSON.

Exit codes: 0 everything planted was found and nothing invented; 1 findings; 2 wrong usage; 3 disk full; 11 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from archive.errors import ExitCode, UsageError
from bench.runner import exit_code, verify
from bench.year.check import check_year
from bench.year.compose import FIRST, compose_year
from crawler.config.run_options import day_of
from replicas.articles import EVERY_PORTAL


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.year", description="Compose a year of nights and check it.")
    parser.add_argument("--archive", type=Path, required=True, metavar="DIR", help="a new folder for the archive")
    parser.add_argument(
        "--portals", default="all", metavar="NAMES", help="names with commas between them; default: all"
    )
    parser.add_argument("--nights", type=int, default=365, metavar="N", help="default: 365")
    parser.add_argument("--from", dest="first", metavar="DAY", help=f"the first night; default: {FIRST}")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed is another year; default: 1")
    parser.add_argument("--volume", type=float, default=1.0, metavar="X", help="times as many articles; default: 1")
    parser.add_argument("--no-verify", dest="verify", action="store_false", help="leave the verification out")
    options = parser.parse_args(arguments)
    return exit_code("year", lambda: _year(options))


def _year(options: argparse.Namespace) -> int:
    began = time.monotonic()
    first = day_of("--from", options.first) if options.first else FIRST
    portals = _portals(options.portals)

    def report(night: date, nights: int, articles: int) -> None:
        if nights % 10 == 0:
            took = time.monotonic() - began
            print(f"{night}  {nights} of {options.nights} nights, {articles} articles, {took:.0f} s", file=sys.stderr)

    planted = compose_year(options.archive, portals, first, options.nights, options.seed, options.volume, report)
    figures: dict[str, object] = {"seconds": round(time.monotonic() - began, 1)}
    found = check_year(options.archive, planted)
    clean, verified = verify(options.archive) if options.verify else (True, "not asked for")
    figures |= {"verify": "clean" if clean and options.verify else verified, **found.plain()}
    for line in found.wrong[:20]:
        print(line, file=sys.stderr)
    print(json.dumps(figures, ensure_ascii=False))
    return ExitCode.GOOD if clean and not found.wrong else ExitCode.FINDINGS


def _portals(text: str) -> tuple[str, ...]:
    if text == "all":
        return EVERY_PORTAL
    names = tuple(text.split(","))
    unknown = sorted(set(names) - set(EVERY_PORTAL))
    if unknown:
        raise UsageError(f"--portals: no replica is called {', '.join(unknown)}; there are {', '.join(EVERY_PORTAL)}")
    return names


if __name__ == "__main__":
    raise SystemExit(main())
