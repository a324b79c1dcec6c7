"""The program's own commands, run as a person runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from archive.leases.ledger import Ledger
from archive.leases.states import LeaseRow
from crawler.catalog.portals import load_portals
from faults.catalogue import CheckFailure
from testing.crawl import ROOT, CommandResult, environment

_SECONDS = 120


def python(*arguments: str, more: Mapping[str, str] | None = None) -> CommandResult:
    """Run one of the checkout's programs to its end."""
    return run_command([sys.executable, *arguments], more or {})


def run_command(command: Sequence[str], more: Mapping[str, str]) -> CommandResult:
    """Run a command to its end in the checkout, with further variables of the environment."""
    env = environment(**more)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=_SECONDS)
    return CommandResult(done.returncode, done.stdout, done.stderr)


def archive(*arguments: str, root: Path) -> CommandResult:
    """One of the auditor's commands."""
    return python("-m", "archive", *arguments, "--archive", str(root))


def write_settings(folder: Path, *names: str, **more: str) -> Path:
    """Return settings with every other portal switched off; further lines as keywords."""
    path = folder / "nights.toml"
    logs = more.pop("logs", f'"{folder / "log"}"')
    lines = {"start": '"01:00"', "cut_off": '"07:00"', "logs": logs, **more}
    off = [f"[portals.{name}]\nenabled = false" for name in load_portals() if name not in names]
    path.write_text("\n".join([*(f"{key} = {value}" for key, value in lines.items()), *off]) + "\n", encoding="utf-8")
    return path


def scheduler_line(root: Path, settings: Path, *options: str) -> list[str]:
    """Return the scheduler's command line."""
    return ["scheduler.py", *options, "--archive", str(root), "--settings", str(settings)]


def scheduler(root: Path, settings: Path, *options: str, more: Mapping[str, str] | None = None) -> CommandResult:
    """Run the scheduler to its end."""
    return python(*scheduler_line(root, settings, *options), more=more)


def start_command(arguments: Sequence[str], more: Mapping[str, str]) -> subprocess.Popen[str]:
    """Begin one of the checkout's programs."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lease_row(root: Path, portal: str, night: date) -> LeaseRow:
    """Return a portal's night in the ledger. Raises CheckFailure when it is not there: silently absent."""
    with Ledger(root / "ledger.db") as ledger:
        for row in ledger.of_night(night):
            if row.portal == portal:
                return row
    raise CheckFailure(f"{portal} of {night} does not stand in the ledger")


def expect(did: CommandResult, code: int, words: str = "") -> CommandResult:
    """Raise CheckFailure unless the command ended with this code and its last error line says these words, in one line."""
    said = did.err.strip()
    if did.code != code or words not in did.err or "Traceback" in did.err:
        raise CheckFailure(f"exit code {did.code} where {code} is right, said: {said[-500:] or did.out[-300:]}")
    return did
