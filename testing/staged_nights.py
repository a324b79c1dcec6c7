"""A stage for nights: a real archive, ledger and scheduler over invented portals, whose crawls are testing/staged_crawl.py.

As a program it is a scheduler of its own (`python -m testing.staged_nights ROOT due|stay`): two of them can work on one archive. Its
clock is the machine's and what stands in `offset` beside the archive, in seconds, so that a test can let it jump.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

from rich.console import Console

import crawler.nights.service
import scheduler
from archive.audit.verify import verify
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseRow, LeaseState
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.catalog.portals import PortalInfo
from crawler.config.settings_file import NightSettings
from crawler.nights.runner import RunnerOptions
from crawler.nights.service import NightService, RunRequest
from crawler.portal import Sure
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2026, 3, 2, 1, 30, tzinfo=TZ)
NIGHT = START.date()


@dataclass(slots=True)
class NightStage:
    """The stage of a test: an archive and its portals. `now` is its clock; `offset` writes it for the schedulers in processes of their own."""

    root: Path
    kind: ArchiveKind = ArchiveKind.LIVE
    settings: NightSettings = field(default_factory=lambda: NightSettings(contact="luutru@example.vn"))
    retry: timedelta = timedelta(0)
    grace: timedelta = timedelta(seconds=5)
    jobs: int = 1
    now: datetime = START
    ticking: float | None = None

    @classmethod
    def make(cls, folder: Path, **parts: str) -> NightStage:
        """Make a new archive whose portals play these parts."""
        Archive.create(folder / "archive", ArchiveKind.LIVE, UUID(int=9), START - timedelta(days=1)).close()
        stage = cls(folder / "archive")
        stage.play(**parts)
        return stage

    def play(self, **parts: str) -> None:
        """Set what the portals do from now on."""
        (self.root.parent / "stage.json").write_text(json.dumps(parts))

    @property
    def portals(self) -> dict[str, PortalInfo]:
        """The invented portals."""
        names = json.loads((self.root.parent / "stage.json").read_text())
        return {name: PortalInfo(name, name, frozenset({f"{name}.vn"}), Sure.RECORDED) for name in names}

    def service(self) -> NightService:
        """Return a scheduler of this archive in this process; its clock is `now`."""
        command = lambda portal, night: crawl(portal, night, self.root)  # noqa: E731
        ways = RunnerOptions(self.jobs, self.retry, self.grace, self.root.parent / "log", command)
        service = NightService(
            RunRequest(self.root, self.settings, self.kind, (), None, ways), Console(file=StringIO(), width=200)
        )
        service._portals = self.portals
        return service

    def clock(self) -> datetime:
        """`now`; with `ticking` (a monotonic moment) it runs on from there."""
        return self.now + timedelta(seconds=time.monotonic() - self.ticking if self.ticking is not None else 0)

    def due(self) -> int:
        """Do what `scheduler.py --due` does, at `now`."""
        before, crawler.nights.service.clock = crawler.nights.service.clock, self.clock
        try:
            return int(self.service().run_due())
        finally:
            crawler.nights.service.clock = before

    def scheduler(self, command: str, offset: timedelta = timedelta(0)) -> subprocess.Popen[str]:
        """Start a scheduler in a process of its own, whose clock starts at `now`."""
        moment = self.now + offset - datetime.now(TZ)
        (self.root.parent / "offset").write_text(str(moment.total_seconds()))
        line = [sys.executable, "-m", "testing.staged_nights", str(self.root), command]
        return subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    # what is seen

    def rows(self, night: date = NIGHT) -> dict[str, LeaseRow]:
        """Return the ledger's rows of a night."""
        with Ledger(self.root / "ledger.db") as ledger:
            return {row.portal: row for row in ledger.of_night(night)}

    def states(self, night: date = NIGHT) -> dict[str, LeaseState]:
        """Return the state of each portal of a night."""
        return {name: row.state for name, row in self.rows(night).items()}

    def runs(self, night: date = NIGHT) -> list[str]:
        """Return the closed runs of a night."""
        with Archive.open(self.root) as archive:
            return [run.run for run in archive.runs(night)]

    def started(self) -> Counter[tuple[str, str]]:
        """Count the starts of each portal's night."""
        path = self.root.parent / "started"
        lines = path.read_text().splitlines() if path.exists() else []
        return Counter((line.split()[0], line.split()[1]) for line in lines)

    def pids(self) -> list[int]:
        """Return the processes of all crawls so far."""
        path = self.root.parent / "started"
        return [int(line.split()[2]) for line in path.read_text().splitlines()] if path.exists() else []

    def findings(self) -> list[str]:
        """Return what the audit finds."""
        with Archive.open(self.root) as archive:
            return [str(finding) for finding in verify(archive.identity, archive.paths).findings]

    def lines(self, portal: str, night: date = NIGHT) -> int:
        """Count the lines that an open run has committed."""
        path = self.root / "open" / night.isoformat() / portal / "pages.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def expire(self, night: date = NIGHT) -> None:
        """Let every lease of the night have ended, and every pause before another try be over."""
        with closing(sqlite3.connect(self.root / "ledger.db")) as ledger, ledger:
            past = (START - timedelta(days=400)).astimezone(UTC).isoformat(timespec="microseconds")
            ledger.execute("UPDATE nights SET lease_until = ? WHERE lease_until IS NOT NULL", (past,))
            ledger.execute("UPDATE nights SET due_at = ? WHERE night = ?", (past, night.isoformat()))

    def wait(self, what: str, seen: object, seconds: float = 60) -> None:
        """Wait until `seen()` is true."""
        until = time.monotonic() + seconds
        assert callable(seen)
        while not seen():
            assert time.monotonic() < until, f"it never came: {what}"
            time.sleep(0.05)


def crawl(portal: str, night: date, root: Path) -> list[str]:
    """Return the command of a staged crawl."""
    return [sys.executable, "-m", "testing.staged_crawl", portal, night.isoformat(), str(root)]


def alive(pid: int) -> bool:
    """Return whether a process runs or is paused; a zombie has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _main(root: Path, command: str) -> int:
    def clock() -> datetime:
        return datetime.now(TZ) + timedelta(seconds=float((root.parent / "offset").read_text()))

    logging.basicConfig(level=logging.INFO, stream=sys.stdout)
    crawler.nights.service.clock = clock
    stage = NightStage(root)
    os.environ.pop("REPLICA", None)
    service = stage.service()
    service.console.file = sys.stdout
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: service.stop.set())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if command == "due":
        return int(service.run_due())
    timers = scheduler.timers(service)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(11))
    try:
        timers.start()
    finally:
        service.stop.set()
        timers.shutdown(wait=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(_main(Path(sys.argv[1]), sys.argv[2]))
