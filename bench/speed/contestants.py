"""Run one contestant as a process of its own, and count what it delivered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.errors import ArchiveError, ExitCode
from archive.model.enums import ArchiveKind, first_texts
from archive.model.records import Run
from archive.store import Archive
from bench.runner import ROOT
from bench.speed.pages import PORTAL
from bench.speed.profile import STACKS, recorded

_SINCE = "2020-01-01"  # before every article
_DONE = (ExitCode.GOOD, ExitCode.FINDINGS)


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds by the wall, seconds of user and system time, and peak MiB, each of all processes of one command together."""

    wall: float
    cpu: float
    memory: float


def failure(message: str) -> ArchiveError:
    """Return the error of a contestant that did not do what it was measured for."""
    error = ArchiveError(message)
    error.exit_code = ExitCode.BUG
    return error


def measured(command: Sequence[str], folder: Path, **more: str) -> Usage:
    """Run a command to its end, with `more` in its environment.

    Raises what `failure` returns, with the last line of its output, when it fails.
    """
    # Where it is set, every process would compile the whole program again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | more
    report, log = folder / "usage.json", folder / "output.log"
    launch = [sys.executable, "-m", "bench.speed.launch", str(report), *command]
    with log.open("wb") as stream:
        code = subprocess.run(
            launch, cwd=ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code not in _DONE or not report.exists():
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        raise ArchiveError(
            f"{' '.join(command[1:4])} ended with {code}: {next(filter(None, lines[::-1]), 'no output')}"
        )
    return Usage(**json.loads(report.read_text(encoding="utf-8")))


def scrapy_alone(mode: str, at_once: int, port: int, folder: Path) -> tuple[Usage, int]:
    """Crawl with `bench.speed.naive`; return what it took and the number of articles in its file."""
    output = folder / "articles.jsonl"
    command = [sys.executable, "-m", "bench.speed.naive", mode, "--port", str(port), "--at-once", str(at_once)]
    usage = measured([*command, "--output", str(output)], folder)
    return usage, _lines(output)


def peer(python: str, paths: Sequence[str], port: int, folder: Path) -> tuple[Usage, int]:
    """Let another Python's news-please read the articles, whose addresses it is given: it does not read lists."""
    urls, output = folder / "urls.txt", folder / "articles.jsonl"
    urls.write_text("".join(f"http://127.0.0.1:{port}{path}\n" for path in paths), encoding="utf-8")
    usage = measured([python, str(ROOT / "bench/speed/news_please.py"), str(urls), str(output)], folder)
    return usage, _lines(output)


def night(archive: Path, when: date, port: int, folder: Path, looks: str = "", spy: str = "") -> tuple[Usage, Path]:
    """Crawl one night of the portal into an archive; return what it took and the run's folder.

    `looks` are the days after which an article is asked for again; without them they are the portal's own. With `spy`,
    py-spy, the night is sampled and its stacks are left in the folder.
    """
    command = [sys.executable, "-m", "scrapy", "crawl", PORTAL, "--archive", str(archive), "--night", when.isoformat()]
    command += ["--since", _SINCE, "-s", f"LOOKS={looks}"]
    command = recorded(spy, folder / STACKS, command) if spy else command
    usage = measured(command, folder, REPLICA="1", REPLICA_PORT=str(port))
    with Archive.open(archive, ArchiveKind.REPLICA, read_only=True) as opened:
        [closed] = opened.paths.closed_runs(when)
    return usage, closed


def texts(run: Run) -> int:
    """Return the number of articles that a run stored for the first time."""
    return first_texts(run.events)


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0
