"""What the measurements share: a new archive, our commands as processes, the archive's own verification."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from uuid import uuid4

from archive.errors import ExitCode, UsageError
from archive.records import Kind
from archive.store import Archive
from vietnam.dates import TZ

__all__ = ["ROOT", "call", "day", "interrupt", "new_archive", "verify"]

ROOT = Path(__file__).resolve().parent.parent


def new_archive(folder: Path) -> None:
    """Make a rehearsal's archive, or take one without nights. Raises UsageError or ArchiveUnusable for any other folder."""
    if not (folder / "archive.json").exists():
        Archive.create(folder, Kind.REPLICA, uuid4(), datetime.now(TZ)).close()
        return
    with Archive.open(folder, Kind.REPLICA) as archive:
        if archive.paths.nights() or archive.paths.open_runs():
            raise UsageError(f"{folder} holds nights already: name a new folder with --archive")


def call(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """Run one of our commands with this Python in the checkout; it is ended with us."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        out, err = process.communicate()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def verify(folder: Path) -> tuple[bool, str]:
    """Whether `python -m archive verify` finds nothing, and what it said last."""
    done = call(["-m", "archive", "verify", "--archive", str(folder.resolve())])
    return done.returncode == ExitCode.GOOD, "\n".join((done.stdout + done.stderr).splitlines()[-20:])


def day(option: str, text: str) -> date:
    """A day written YYYY-MM-DD. Raises UsageError naming the option."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{option} {text!r} is no day: write it as 2025-12-01")


def interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM as Ctrl-C: what runs is ended first."""
    raise KeyboardInterrupt
