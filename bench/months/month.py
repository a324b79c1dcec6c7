"""A month of nights over recorded articles: `python bench/months/month.py --articles FILE --from DAY --to DAY --archive DIR`.

The articles of a CSV of danang.gov.vn are served on loopback, each from its publication time on, and every night of the
range is run through `scheduler.py` and sealed. Then the archive is verified and held against the CSV. The last line is
JSON. Exit codes: 0 everything published is archived once, in its night, word for word; 1 findings; 2 wrong usage;
3 disk full; 4 archive unusable; 11 interrupted.

With `--planted` the articles are edited, taken down, re-posted, twinned and back-dated on purpose, and the portal is down
for two nights (bench/months/plants.py): every plant has to be found on its night and called what it is, and nothing invented.
What comes back after it was gone is found 44 days after it had vanished: give the range seven weeks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))  # called as a file, Python finds only `bench`

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.model.enums import ArchiveKind, first_texts
from archive.storage.paths import Paths
from archive.store import Archive
from bench.months.check import judge_month
from bench.months.planted import planted_month
from bench.months.plants import PORTAL
from bench.months.recorded_articles import PAGE_SIZE, MonthArticle, MonthSite, month_articles, read_rows
from bench.runner import ROOT, exit_code, new_archive, run_night, verify
from crawler.config.run_options import day_of
from replicas.serve import ReplicaServer

_HEADLINE = ("nights", "listed", "archived", "duplicates", "missed", "requests", "seconds")
"""The figures that come first; those they rest on follow."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python bench/months/month.py",
        description="Run the nights of a month over recorded articles and check them.",
    )
    parser.add_argument("--articles", type=Path, required=True, metavar="FILE", help="the CSV of articles")
    parser.add_argument("--from", dest="first", required=True, metavar="DAY", help="the first night, YYYY-MM-DD")
    parser.add_argument("--to", dest="last", required=True, metavar="DAY", help="the last night, YYYY-MM-DD")
    parser.add_argument("--archive", type=Path, required=True, metavar="DIR", help="a new folder for the archive")
    parser.add_argument(
        "--planted", action="store_true", help="plant edits, removals, re-posts, twins, and look for them"
    )
    options = parser.parse_args(arguments)
    return exit_code("month", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    first, last = day_of("--from", options.first), day_of("--to", options.last)
    if first > last:
        raise UsageError(f"--from {first} lies after --to {last}: give the first night and then the last")
    run = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if options.planted:
        return planted_month(month_articles(read_rows(options.articles)), run, options.archive)
    return _month(options.articles, run, options.archive)


def _month(csv: Path, run: Sequence[date], folder: Path) -> int:
    rows = read_rows(csv)
    articles = month_articles(rows)
    new_archive(folder)
    began = time.monotonic()
    served = _run_nights(articles, run, folder)
    took = time.monotonic() - began
    clean, report = verify(folder)
    judged = judge_month(Paths(folder), PORTAL, articles, run[0], run[-1])
    counts: dict[str, object] = asdict(judged) | {"seconds": round(took, 1)}
    figures = {name: counts[name] for name in _HEADLINE} | counts
    figures |= {
        "from": run[0].isoformat(),
        "to": run[-1].isoformat(),
        "rows": len(rows),
        "articles": len(articles),
        "twins": sum(len(article.listings) > 1 for article in articles),
        "title_apart": [article.slug for article in articles if article.apart],
        "labels": sum(bool(article.label) for article in articles),
        "page_size": PAGE_SIZE,
        "served": served,
        "verify": "clean" if clean else report,
        "seconds_with_verify": round(time.monotonic() - began, 1),
    }
    print(json.dumps(figures, ensure_ascii=False))
    return ExitCode.GOOD if judged.good and clean else ExitCode.FINDINGS


def _run_nights(articles: Sequence[MonthArticle], run: Sequence[date], folder: Path) -> int:
    """All nights in their order; the number of requests that the replica answered."""
    with ReplicaServer([MonthSite(articles)]) as server:
        for night in run:
            began = time.monotonic()
            run_night(night, folder, server.port, [PORTAL])
            _print_progress(folder, night, time.monotonic() - began)
        return len(server.log)


def _print_progress(folder: Path, night: date, seconds: float) -> None:
    """One line of progress. Raises ArchiveError when the sealed night has no record of the portal."""
    with Archive.open(folder, ArchiveKind.REPLICA, read_only=True) as archive:
        runs = [run for run in archive.runs(night) if run.portal == PORTAL]
    if not runs:
        log = ROOT / "var" / "log" / night.isoformat() / f"{PORTAL}.log"
        raise ArchiveError(f"the night of {night} was not run to its end: see {log}")
    new = sum(first_texts(run.events) for run in runs)
    counts = f"{runs[-1].listed} listed, {new} new, {runs[-1].requests} requests"
    print(f"{night}  {counts}, {runs[-1].verdict.value}, sealed ({seconds:.1f} s)", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
