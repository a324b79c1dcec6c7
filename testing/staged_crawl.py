"""Play a crawl's part in a test: `python -m testing.staged_crawl PORTAL NIGHT ARCHIVE`, a real process with a real run.

It reads its part from `stage.json` beside the archive (portal → part) and notes its start in `started` beside it. Parts:
`good` · `beats` (commits ten times a second until asked to end) · `slow N` (as `beats`, ends well after N seconds) ·
`silent` (nobody answers) · `hangs` (in C code, deaf to SIGTERM) · `segfault` · `memory` · `refused` (exit code 3).
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import sys
import time
from datetime import date, datetime
from pathlib import Path

from archive.errors import ArchiveError
from archive.ingest.run_writer import RunWriter
from archive.model.enums import FinishReason, Outcome, Verdict
from archive.model.judgement import Judgement
from archive.model.records import PageRecord
from archive.store import Archive
from vietnam.date_forms import TZ

BEAT = 0.1


def say(words: str) -> None:
    """For the log."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def line(run: RunWriter, outcome: Outcome) -> None:
    """Commit one line."""
    run.write(PageRecord(f"https://{run.portal}.vn/{len(run.pages)}", outcome, datetime.now(TZ)))
    run.commit()


def close(run: RunWriter, verdict: Verdict = Verdict.GOOD, finish: str = "finished") -> None:
    """End well."""
    run.close(
        datetime.now(TZ),
        complete=True,
        finish_reason=FinishReason(finish),
        judge_night=lambda tally: (verdict, ()),
        extraction={},
        software={},
    )


def beat(run: RunWriter, seconds: float) -> bool:
    """Commit again and again; False when it had to end meanwhile."""
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: signals.append(number))
    say("open")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line(run, Outcome.ARTICLE)
        time.sleep(BEAT)
        if signals:
            run.suspend()
            return False
    return True


def silent(run: RunWriter) -> int:
    """Nobody answers."""
    line(run, Outcome.UNREACHABLE)
    if os.environ.get("STAY_OPEN") != "1":
        close(run, Verdict.UNREACHABLE, "unreachable")
        return 1
    run.suspend()
    progress = {"requests": 1, "outcomes": {"unreachable": 1}, "finish": "unreachable"}
    Path(os.environ["PROGRESS_FILE"]).write_text(json.dumps(progress) + "\n")
    say("1 requests in a row were not answered (connection refused)")
    return 11


def play(run: RunWriter, part: str) -> int:
    """Do what is asked; returns the exit code."""
    line(run, Outcome.LISTING) if part != "silent" else None
    word, _, number = part.partition(" ")
    if word == "hangs":
        say("open")
        signal.signal(signal.SIGTERM, lambda number, frame: None)
        re.match("(a+)+$", "a" * 80 + "b")  # holds the interpreter: what a handler asks for is never done
    elif word == "segfault":
        ctypes.string_at(0)
    elif word == "memory":
        bytearray(1 << 40)
    elif word == "refused":
        return 3
    elif word == "silent":
        return silent(run)
    elif word in ("beats", "slow") and not beat(run, float(number or 600)):
        return 11
    close(run)
    return 0


def main(portal: str, night: str, root: Path) -> int:
    """Run the command."""
    with (root.parent / "started").open("a") as stream:
        stream.write(f"{portal} {night} {os.getpid()}\n")
    part = json.loads((root.parent / "stage.json").read_text())[portal]
    fence = int(os.environ["FENCE"]) if os.environ.get("FENCE") else None
    try:
        with Archive.open(root) as archive:
            judge = Judgement(None)
            run = archive.start(portal, date.fromisoformat(night), datetime.now(TZ), lambda *asked: judge, fence)
            return play(run, part)
    except ArchiveError as error:
        say(str(error))
        return int(error.exit_code)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
