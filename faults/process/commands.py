"""The program's own commands, run as a person runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.leases.ledger import LeaseRow, Ledger
from crawler.catalog.portals import load_portals
from faults.catalogue import Broken
from testing.crawl import ROOT, environment

__all__ = ["Did", "archive", "expect", "only", "python", "scheduler", "standing", "started"]

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Did:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """Its last line on stderr."""
        lines = self.err.strip().splitlines()
        return lines[-1] if lines else ""


def python(*arguments: str, more: Mapping[str, str] | None = None) -> Did:
    """Run one of the checkout's programs to its end."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**(more or {})),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return Did(done.returncode, done.stdout, done.stderr)


def archive(*arguments: str, root: Path) -> Did:
    """One of the auditor's commands."""
    return python("-m", "archive", *arguments, "--archive", str(root))


def only(folder: Path, *names: str, **more: str) -> Path:
    """Settings with every other portal switched off; further lines as keywords."""
    path = folder / "nights.toml"
    logs = more.pop("logs", f'"{folder / "log"}"')
    lines = {"start": '"01:00"', "cut_off": '"07:00"', "logs": logs, **more}
    off = [f"[portals.{name}]\nenabled = false" for name in load_portals() if name not in names]
    path.write_text("\n".join([*(f"{key} = {value}" for key, value in lines.items()), *off]) + "\n", encoding="utf-8")
    return path


def scheduler_line(root: Path, settings: Path, *options: str) -> list[str]:
    """The scheduler's command line."""
    return ["scheduler.py", *options, "--archive", str(root), "--settings", str(settings)]


def scheduler(root: Path, settings: Path, *options: str, more: Mapping[str, str] | None = None) -> Did:
    """Run the scheduler to its end."""
    return python(*scheduler_line(root, settings, *options), more=more)


def started(arguments: Sequence[str], more: Mapping[str, str]) -> subprocess.Popen[str]:
    """Begin one of the checkout's programs."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def standing(root: Path, portal: str, night: date) -> LeaseRow:
    """A portal's night in the ledger. Raises Broken when it is not there: silently absent."""
    with Ledger(root / "ledger.db") as ledger:
        for row in ledger.of_night(night):
            if row.portal == portal:
                return row
    raise Broken(f"{portal} of {night} does not stand in the ledger")


def expect(did: Did, code: int, words: str = "") -> Did:
    """Raises Broken unless the command ended with this code and its last error line says these words, in one line."""
    said = did.err.strip()
    if did.code != code or words not in did.err or "Traceback" in did.err:
        raise Broken(f"exit code {did.code} where {code} is right, said: {said[-500:] or did.out[-300:]}")
    return did
