"""A night of one portal over a folder of recorded pages: `python bench/months/recorded_pages.py --pages DIR --archive DIR`.

Each recorded page is served at the address it names itself; every other address of the portal answers 404. The last
line is JSON: what the list showed, what was archived, what was gone. Exit codes: 0 at least one article was archived and
the archive verifies; 1 findings; 2 wrong usage; 3 disk full; 4 archive unusable; 11 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))  # called as a file, Python finds only `bench`

from archive.errors import ExitCode, UsageError
from archive.model.enums import Event, Outcome
from archive.storage.paths import Paths
from bench.runner import call, error_of, exit_code, new_archive, verify
from crawler.config.run_options import day_of
from testing.run_lines import ReadLines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python bench/months/recorded_pages.py",
        description="Crawl a portal's night from a folder of recorded pages.",
    )
    parser.add_argument("--pages", type=Path, required=True, metavar="DIR", help="the folder of recorded pages")
    parser.add_argument("--portal", default="bao_chinh_phu", metavar="NAME", help="default bao_chinh_phu")
    parser.add_argument("--night", default="2026-03-06", metavar="DAY", help="the night, default 2026-03-06")
    parser.add_argument("--archive", type=Path, required=True, metavar="DIR", help="a new folder for the archive")
    options = parser.parse_args(arguments)
    return exit_code(
        "recorded",
        lambda: _recorded(options.pages, options.portal, day_of("--night", options.night), options.archive),
    )


def _recorded(pages: Path, portal: str, night: date, folder: Path) -> int:
    if not pages.is_dir():
        raise UsageError(f"no folder of recorded pages: {pages}; name it with --pages")
    new_archive(folder)
    began = time.monotonic()
    _crawl(pages, portal, night, folder)
    took = time.monotonic() - began
    clean, report = verify(folder)
    runs = Paths(folder).closed_runs(night)
    lines = ReadLines(runs[-1])
    kept = [line for line in lines.articles if line.event is not Event.QUARANTINED]
    of_articles = Counter(page.outcome.value for page in lines.pages if page.key is not None)
    of_lists = Counter(page.outcome.value for page in lines.pages if page.key is None)
    figures = {
        "portal": portal,
        "night": night.isoformat(),
        "listed": len({entry.key for page in lines.pages for entry in page.listed}),
        "archived": len(kept),
        "gone": of_articles.get(Outcome.GONE.value, 0),
        "requests": len(lines.pages),
        "seconds": round(took, 1),
        "articles": [{"key": line.key, "title": line.title, "published": line.published} for line in kept],
        "quarantined": [line.key for line in lines.articles if line.event is Event.QUARANTINED],
        "outcomes_of_articles": dict(sorted(of_articles.items())),
        "outcomes_of_lists": dict(sorted(of_lists.items())),
        "verify": "clean" if clean else report,
    }
    print(json.dumps(figures, ensure_ascii=False))
    return ExitCode.GOOD if kept and clean else ExitCode.FINDINGS


def _crawl(pages: Path, portal: str, night: date, folder: Path) -> None:
    """Run the crawl as a person types it; it starts the replica over the folder by itself."""
    command = ["-m", "scrapy", "crawl", portal, "--archive", str(folder.resolve()), "--night", night.isoformat()]
    environment = {**os.environ, "REPLICA": str(pages.resolve())}
    environment.pop("REPLICA_PORT", None)  # a server that runs already would serve something else
    done = call(command, environment)
    if not Paths(folder).closed_runs(night):
        raise error_of(done, "", f"the crawl left no record (exit code {done.returncode})")


if __name__ == "__main__":
    raise SystemExit(main())
