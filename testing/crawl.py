"""Running the crawl command as a person would, and reading what it left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from archive.model.enums import ArchiveKind
from archive.model.records import PageRecord, Run
from archive.storage.jsonl import ArticleLine
from archive.storage.run_record import read_run
from archive.store import Archive
from testing.run_lines import ReadLines
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parents[1]
NIGHT = date(2025, 3, 5)


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The exit code of a command and what it printed."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line on stderr."""
        lines = self.err.strip().splitlines()
        return lines[-1] if lines else ""


def new_archive(root: Path, kind: ArchiveKind = ArchiveKind.REPLICA) -> Path:
    """Make an empty archive."""
    Archive.create(root, kind, UUID(int=7), datetime(2025, 3, 1, tzinfo=TZ)).close()
    return root


def environment(**more: str) -> dict[str, str]:
    """Return this environment without what steers a crawl."""
    steering = {"ARCHIVE", "REPLICA", "REPLICA_PORT", "NIGHT", "SINCE", "LUU_TRU_CONTACT", "PROGRESS_FILE"}
    return {name: value for name, value in os.environ.items() if name not in steering} | more


def command(*arguments: str, portal: str = "ba_song") -> list[str]:
    """Return the command line over the tests' own portal, warnings as errors."""
    start = [sys.executable, "-W", "error", "-m", "scrapy", "crawl"]
    return [*start, *([portal] if portal else []), "-s", "SPIDER_MODULES=testing.portals.first", *arguments]


def crawl(*arguments: str, portal: str = "ba_song", port: int | None = None, **more: str) -> CommandResult:
    """Run it to its end; with a port as a rehearsal over that server."""
    rehearsal = {} if port is None else {"REPLICA": "1", "REPLICA_PORT": str(port)}
    done = subprocess.run(
        command(*arguments, portal=portal),
        cwd=ROOT,
        env=environment(**rehearsal, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return CommandResult(done.returncode, done.stdout, done.stderr)


def the_night(
    root: Path, run: str = "ba_song", night: date = NIGHT
) -> tuple[Run, Sequence[PageRecord], Sequence[ArticleLine]]:
    """Return a closed night: its record and its lines."""
    folder = root / f"{night:%Y/%m/%d}" / run
    lines = ReadLines(folder)
    return read_run(folder), lines.pages, lines.articles
