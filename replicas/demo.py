"""Run `make demo`: three nights of the first eight portals over the replicas, sealed, verified and shown.

They are of seven families; with `--every` all portals are walked, which takes longer.

Run again, it goes on with the next date, so that one sees what is not stored twice. Exit code: that of the worst step.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Column, Table

from archive.errors import ArchiveError, ExitCode
from archive.model.enums import FIRST_TEXTS, ArchiveKind, Event, Outcome
from archive.model.records import Run
from archive.storage.jsonl import decode_article
from archive.storage.run_record import read_lines
from archive.store import Archive
from crawler.reports.night_table import last_run, other_outcomes
from replicas import FIRST_NIGHT
from replicas.articles import PORTALS
from replicas.serve import ReplicaServer
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parent.parent
# Each portal is a process of its own, and a newcomer should not wait for all of them.
DEMO_PORTALS = PORTALS
FIRST_NIGHTS = 3
PREVIEW_LINES = 15


@dataclass(slots=True)
class PortalTotal:
    """One portal over several nights; the verdict is the last night's."""

    portal: str
    listed: int = 0
    unchanged: int = 0
    events: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    verdict: str = "none"

    def add(self, run: Run) -> None:
        """Count one more night."""
        self.listed += run.listed
        self.unchanged += run.outcomes.get(Outcome.NOT_MODIFIED.value, 0)
        self.verdict = run.verdict.value
        self.events.update(run.events)
        self.others.update(other_outcomes(run))

    @property
    def known(self) -> int:
        """Entries that the lists showed and that the archive had already."""
        return max(0, self.listed - self.new - self.events[Event.DUPLICATE])

    @property
    def new(self) -> int:
        """Articles that were kept with a text of their own for the first time, near-duplicates of others included."""
        return sum(self.events[event] for event in FIRST_TEXTS)


def next_nights(sealed: date | None) -> list[date]:
    """Return the nights to run: up to the third one at first, then always the next date."""
    start = FIRST_NIGHT if sealed is None else sealed + timedelta(days=1)
    last = max(start, FIRST_NIGHT + timedelta(days=FIRST_NIGHTS - 1))
    return [start + timedelta(days=number) for number in range((last - start).days + 1)]


def sum_nights(archive: Archive, nights: Iterable[date]) -> list[PortalTotal]:
    """Return the portals of these nights, by name."""
    sums: dict[str, PortalTotal] = {}
    for night in nights:
        for portal in sorted({run.portal for run in archive.runs(night)}):
            run = last_run(archive, portal, night)
            if run is not None:
                sums.setdefault(portal, PortalTotal(portal)).add(run)
    return [sums[portal] for portal in sorted(sums)]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m replicas.demo", description="Rehearse nights and show them.")
    parser.add_argument("--archive", type=Path, default=ROOT / "var/demo", metavar="DIR", help="default var/demo")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="portals side by side (default 4)")
    parser.add_argument("--portal", nargs="+", default=[], metavar="P", help="only these portals")
    parser.add_argument(
        "--every", action="store_true", help="all portals, not only those with articles written by hand"
    )
    asked = parser.parse_args(arguments)
    portals = [] if asked.every and not asked.portal else asked.portal or list(DEMO_PORTALS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console() if sys.stdout.isatty() else Console(width=160, no_color=True)
    try:
        return _demo(asked.archive.resolve(), asked.jobs, portals, console)
    except ArchiveError as error:
        print(f"demo: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("demo: interrupted; run it again to go on where it stopped", file=sys.stderr)
        return ExitCode.INTERRUPTED


def _demo(folder: Path, jobs: int, portals: list[str], console: Console) -> int:
    archive = _opened(folder)
    with archive:
        sealed = archive.last_seal()
    again = sealed is not None
    nights = next_nights(sealed.night if sealed else None)
    worst = 0
    with ReplicaServer() as server:
        env = {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(server.port)}
        for night in nights:
            console.print()
            here = ["--night", night.isoformat(), "--archive", str(folder), "--jobs", str(jobs)]
            here += ["--portal", *portals] if portals else []
            worst = max(worst, _run([str(ROOT / "scheduler.py"), "--once", *here], env))
            if not _is_sealed(folder, night):
                console.print(f"{night} was not sealed; what went wrong stands above", markup=False)
                return worst or ExitCode.FINDINGS
    console.print()
    worst = max(worst, _run(["-m", "archive", "verify", "--archive", str(folder)], dict(os.environ)))
    with Archive.open(folder, ArchiveKind.REPLICA, read_only=True) as store:
        _show(console, store, folder, nights, again=again)
    return worst


def _opened(folder: Path) -> Archive:
    """Return the demo's archive, made when there is nothing yet."""
    if folder.exists() and any(folder.iterdir()):
        return Archive.open(folder, ArchiveKind.REPLICA)
    return Archive.create(folder, ArchiveKind.REPLICA, uuid4(), datetime.now(TZ))


def _is_sealed(folder: Path, night: date) -> bool:
    with Archive.open(folder, ArchiveKind.REPLICA, read_only=True) as archive:
        seal = archive.last_seal()
        return seal is not None and seal.night == night


def _run(arguments: Sequence[str], env: dict[str, str]) -> int:
    """Run one of our commands on this terminal; it is ended with us."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _show(console: Console, archive: Archive, folder: Path, nights: list[date], *, again: bool) -> None:
    sums = sum_nights(archive, nights)
    first, last = nights[0], nights[-1]
    title = f"night {last}" if first == last else f"nights {first} to {last}, verdict of the last"
    console.print(f"\n{title}\n", style="bold", highlight=False)
    console.print(_table(sums))
    if again:
        console.print(_unchanged(sums), markup=False, highlight=False, soft_wrap=True)
    where = str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
    console.print(f"\nThe archive: {where}; the last night: {where}/{last:%Y/%m/%d}", markup=False)
    article = _preview(console, archive, nights)
    python = ".venv/bin/python" if Path(sys.prefix) == ROOT / ".venv" else "python"
    option = f"--archive {where}"
    console.print("\nTry next:", markup=False)
    for command, says in (
        (f"{python} -m archive list {option} --night {last}", "what that night kept"),
        (f"{python} -m archive show {article} {option}", "one article, whole"),
        (f"{python} -m archive verify {option}", "read everything again and prove it"),
        (f"{python} scheduler.py status {option}", "how the nights stand"),
        ("make demo", f"the next date, {last + timedelta(days=1)}"),
    ):
        console.print(f"  {command}   # {says}", markup=False, highlight=False, soft_wrap=True)


def _table(sums: list[PortalTotal]) -> Table:
    portal, verdict = (Column(name, no_wrap=True) for name in ("portal", "verdict"))
    counts = (Column(name, justify="right") for name in ("listed", "new", "revisions", "duplicates"))
    table = Table(portal, *counts, "other outcomes", verdict, box=None, pad_edge=False)
    for one in sums:
        others = ", ".join(f"{name} {count}" for name, count in sorted(one.others.items()))
        numbers = (one.listed, one.new, one.events[Event.REVISION], one.events[Event.DUPLICATE])
        table.add_row(one.portal, *map(str, numbers), others, one.verdict)
    return table


def _unchanged(sums: list[PortalTotal]) -> str:
    known, listed = sum(one.known for one in sums), sum(one.listed for one in sums)
    looked = sum(one.unchanged for one in sums)
    quiet = [one.portal for one in sums if not any(one.events.values())]
    said = f"\n{known} of the {listed} entries listed were already known and were not stored again."
    if looked:
        said += f" {looked} pages were looked at again and had not changed."
    if quiet:
        said += f" Nothing at all changed on {', '.join(quiet)}."
    return said


def _preview(console: Console, archive: Archive, nights: list[date]) -> str:
    """Print the beginning of one text that was kept; returns the article's id."""
    for night in reversed(nights):
        for run in archive.paths.closed_runs(night):
            lines = [decode_article(raw) for raw in read_lines(run / "articles.jsonl")]
            line = next((line for line in lines if line.event in FIRST_TEXTS and line.file), None)
            if line is not None and line.file is not None:
                console.print(f"\n{run.name}/{line.file}:\n", markup=False, highlight=False)
                text = (run / line.file).read_text(encoding="utf-8").splitlines()
                for shown in text[:PREVIEW_LINES]:
                    console.print(f"  {shown}", markup=False, highlight=False, soft_wrap=True)
                if len(text) > PREVIEW_LINES:
                    console.print("  …", markup=False)
                return f"{line.portal}/{line.key}"
    return "ID"


if __name__ == "__main__":
    raise SystemExit(main())
