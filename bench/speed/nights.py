"""`python -m bench.speed.nights [--portals 34] [--jobs 4] [--articles 300]`: nights of many portals through the real scheduler.

Composed portals on loopback, without pauses: a first night, then one in which nothing is new and nothing is due; then the
same two nights of one portal with so many articles. Time, processor time and memory are those of the scheduler and of
everything that it started, the replica server not among them. The last line is JSON. Exit codes: as `bench.speed`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.model.enums import ArchiveKind, first_texts
from archive.store import Archive
from bench.runner import ROOT, exit_code, new_archive, print_table
from bench.speed.contestants import Usage, measured
from bench.speed.pages import PORTAL, speed_pages
from bench.speed.server import PageServer
from crawler.downloader.replica import ReplicaServer
from replicas import FIRST_NIGHT, LAST_NIGHT
from replicas.articles import EVERY_PORTAL

_IDLE = timedelta(days=3)
"""Nothing is new after the last composed night."""


@dataclass(frozen=True, slots=True)
class NightFigures:
    """Hold what one night of some portals took, with its articles and requests."""

    portals: int
    jobs: int
    usage: Usage
    articles: int
    requests: int

    def json(self) -> dict[str, float]:
        """Return the figures by the portal and by the second."""
        return {
            "portals": self.portals,
            "jobs": self.jobs,
            "articles": self.articles,
            "requests": self.requests,
            "wall_s": round(self.usage.wall, 1),
            "articles_a_second": round(self.articles / self.usage.wall, 2),
            "cpu_s": round(self.usage.cpu, 2),
            "cpu_s_a_portal": round(self.usage.cpu / self.portals, 3),
            "memory_mib": round(self.usage.memory, 1),
            "memory_mib_a_slot": round(self.usage.memory / min(self.jobs, self.portals), 1),
        }


def run_night(archive: Path, night: date, port: int, portals: Sequence[str], jobs: int) -> NightFigures:
    """Run one night of the portals. Raises ArchiveError when one of them left no complete record."""
    scratch = archive.parent
    settings = scratch / "nights.toml"
    own = "".join(f"[portals.{portal}]\nlooks = [30]\n" for portal in portals)  # nothing is due in the second night
    settings.write_text(f'logs = "{scratch}/log"\n{own}', encoding="utf-8")
    command = [sys.executable, str(ROOT / "scheduler.py"), "--once", "--night", night.isoformat(), "--jobs", str(jobs)]
    command += ["--archive", str(archive), "--settings", str(settings), "--portal", *portals]
    usage = measured(command, scratch, REPLICA="1", REPLICA_PORT=str(port), SINCE="2024-12-01")
    with Archive.open(archive, ArchiveKind.REPLICA, read_only=True) as opened:
        runs = [run for run in opened.runs(night) if run.complete]
    if missing := sorted(set(portals) - {run.portal for run in runs}):
        raise ArchiveError(f"{night}: no complete record of {', '.join(missing)}")
    texts, requests = sum(first_texts(run.events) for run in runs), sum(run.requests for run in runs)
    return NightFigures(len(portals), jobs, usage, texts, requests)


def two_nights(
    folder: Path, first: date, port: int, portals: Sequence[str], jobs: int
) -> tuple[NightFigures, NightFigures]:
    """Run a first and an idle night into a new archive."""
    folder.mkdir()
    new_archive(folder / "archive")
    nights = (first, first + _IDLE)
    one, other = (run_night(folder / "archive", night, port, portals, jobs) for night in nights)
    return one, other


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.nights", description="Measure nights of many portals.")
    parser.add_argument("--portals", type=int, default=34, metavar="N", help=f"at most {len(EVERY_PORTAL)}, or 0")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="portals side by side (default 4)")
    parser.add_argument("--articles", type=int, default=300, metavar="N", help="of the one large portal, or 0")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where archives are made for the time of it")
    options = parser.parse_args(arguments)
    return exit_code("night-speed", lambda: _run(options), "run it again")


def _run(options: argparse.Namespace) -> int:
    if not 0 <= options.portals <= len(EVERY_PORTAL) or options.jobs < 1 or options.articles < 0:
        raise UsageError(f"--portals should be 0 to {len(EVERY_PORTAL)}, --jobs 1 or more, --articles 0 or more")
    figures: dict[str, NightFigures] = {}
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="luu-tru-nights-", dir=options.folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if options.portals:
            server = ReplicaServer()
            stack.callback(server.stop)
            portals = EVERY_PORTAL[: options.portals]
            found = two_nights(folder / "many", LAST_NIGHT, server.port, portals, options.jobs)
            figures["first"], figures["idle"] = found
        if options.articles:
            pages = stack.enter_context(PageServer(speed_pages(options.articles)))
            found = two_nights(folder / "large", FIRST_NIGHT, pages.port, (PORTAL,), 1)
            figures["large first"], figures["large idle"] = found
    plain = {name: each.json() for name, each in figures.items()}
    print_table(
        ("", "articles/s", "CPU s a portal", "MiB", "MiB a slot", "requests"),
        (
            (
                name, f"{row['articles_a_second']:.1f}", f"{row['cpu_s_a_portal']:.2f}", f"{row['memory_mib']:.0f}",
                f"{row['memory_mib_a_slot']:.0f}", f"{row['requests']:.0f}",
            )
            for name, row in plain.items()
        ),
        "all processes of the scheduler together; memory: proportional set size",
    )  # fmt: skip
    print(json.dumps(plain))
    return ExitCode.GOOD


if __name__ == "__main__":
    raise SystemExit(main())
