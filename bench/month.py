"""A month of nights over recorded articles: `python bench/month.py --articles FILE --from DAY --to DAY --archive DIR`.

The articles of a CSV of danang.gov.vn are served on loopback, each from its publication time on, and every night of the
range is run through `scheduler.py` and sealed. Then the archive is verified and held against the CSV. The last line is
JSON. Exit codes: 0 everything published is archived once, in its night, word for word; 1 findings; 2 wrong usage;
3 disk full; 4 archive unusable; 11 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # called as a file, Python finds only `bench`

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.identity import Paths
from archive.records import Event, Kind
from archive.store import Archive
from bench.danang_rows import read_rows
from bench.danang_site import PAGE_SIZE, MonthArticle, MonthSite, month_articles
from bench.month_check import Judged, judge_month
from replicas.serve import ReplicaServer
from vietnam.dates import TZ

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
PORTAL = "da_nang"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _month(asked.articles, _day("--from", asked.first), _day("--to", asked.last), asked.archive)
    except ArchiveError as error:
        print(f"month: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("month: interrupted; run it again with a new --archive", file=sys.stderr)
        return ExitCode.INTERRUPTED


def _month(csv: Path, first: date, last: date, folder: Path) -> int:
    if first > last:
        raise UsageError(f"--from {first} lies after --to {last}: give the first night and then the last")
    rows = read_rows(csv)
    articles = month_articles(rows)
    _prepare(folder)
    began = time.monotonic()
    with ReplicaServer([MonthSite(articles)]) as server, tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "nights.toml"
        settings.touch()  # the defaults: a measurement does not depend on what an operator changed
        environment = {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(server.port)}
        for night in _nights(first, last):
            _run_night(night, folder, settings, environment)
            _tell(folder, night, time.monotonic() - began)
        served = len(server.log)
    nights_took = time.monotonic() - began
    clean, findings = _verify(folder)
    judged = judge_month(Paths(folder), PORTAL, articles, first, last)
    print(
        json.dumps(
            _figures(judged, articles, len(rows), (first, last))
            | {
                "served": served,
                "verify": "clean" if clean else findings,
                "seconds": round(nights_took, 1),
                "seconds_with_verify": round(time.monotonic() - began, 1),
            },
            ensure_ascii=False,
        )
    )
    return ExitCode.GOOD if judged.good and clean else ExitCode.FINDINGS


def _figures(judged: Judged, articles: Sequence[MonthArticle], rows: int, span: tuple[date, date]) -> dict[str, object]:
    """The last line's values: those that were asked for first, then what they rest on."""
    counts = asdict(judged)
    first = {name: counts.pop(name) for name in ("nights", "listed", "archived", "duplicates", "missed", "requests")}
    return (
        first
        | counts
        | {
            "from": span[0].isoformat(),
            "to": span[1].isoformat(),
            "rows": rows,
            "articles": len(articles),
            "twins": sum(len(article.listings) > 1 for article in articles),
            "title_apart": [article.slug for article in articles if article.apart],
            "labels": sum(bool(article.label) for article in articles),
            "page_size": PAGE_SIZE,
        }
    )


def _prepare(folder: Path) -> None:
    """A new archive, or an empty one of the right kind."""
    if not (folder / "archive.json").exists():
        Archive.create(folder, Kind.REPLICA, uuid4(), datetime.now(TZ)).close()
        return
    with Archive.open(folder, Kind.REPLICA) as archive:
        if archive.paths.nights() or archive.paths.open_runs():
            raise UsageError(f"{folder} holds nights already: name a new folder with --archive")


def _nights(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _run_night(night: date, folder: Path, settings: Path, environment: Mapping[str, str]) -> None:
    """One night as the schedule runs it: crawl in a process of its own, judge, seal."""
    command = [sys.executable, str(ROOT / "scheduler.py"), "--once", "--portal", PORTAL, "--night", night.isoformat()]
    command += ["--archive", str(folder.resolve()), "--settings", str(settings)]
    done = _call(command, environment)
    if done.returncode not in (ExitCode.GOOD, ExitCode.FINDINGS):
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        said = lines[-1].strip() if lines else "without a word"
        error = ArchiveError(f"night {night} could not be run (exit code {done.returncode}): {said}")
        codes = {code.value for code in ExitCode}
        error.exit_code = ExitCode(done.returncode) if done.returncode in codes else ExitCode.BUG
        raise error


def _verify(folder: Path) -> tuple[bool, str]:
    """Whether `verify` finds nothing, and its last lines."""
    done = _call([sys.executable, "-m", "archive", "verify", "--archive", str(folder.resolve())], os.environ)
    return done.returncode == ExitCode.GOOD, "\n".join((done.stdout + done.stderr).splitlines()[-20:])


def _call(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of our commands; it is ended with us."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        out, err = process.communicate()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _tell(folder: Path, night: date, seconds: float) -> None:
    with Archive.open(folder, Kind.REPLICA, read_only=True) as archive:
        runs = [run for run in archive.runs(night) if run.portal == PORTAL]
        sealed = archive.last_seal()
    for run in runs:
        new = run.events.get(Event.NEW.value, 0)
        seal = "sealed" if sealed is not None and sealed.night == night else "not sealed"
        print(
            f"{night}  {run.listed} listed, {new} new, {run.requests} requests, {run.verdict.value}, {seal}"
            f"  ({seconds:.0f} s)",
            file=sys.stderr,
        )
    if not runs:
        raise ArchiveError(f"night {night} has no record: see {ROOT / 'var/log' / night.isoformat() / PORTAL}.log")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _day(option: str, text: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{option} {text!r} is no day: write it as 2025-12-01")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python bench/month.py", description="Run the nights of a month over recorded articles and check them."
    )
    parser.add_argument("--articles", type=Path, required=True, metavar="FILE", help="the CSV of articles")
    parser.add_argument("--from", dest="first", required=True, metavar="DAY", help="the first night, YYYY-MM-DD")
    parser.add_argument("--to", dest="last", required=True, metavar="DAY", help="the last night, YYYY-MM-DD")
    parser.add_argument("--archive", type=Path, required=True, metavar="DIR", help="a new folder for the archive")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
