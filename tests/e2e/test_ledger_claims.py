"""Processes that claim from one ledger: each night exactly once, a killed one's at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner

NIGHT = date(2025, 3, 3)


NOW = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


LEASE = timedelta(minutes=5)


ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path) as opened:
        yield opened


CLAIMER = """
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
now = datetime(2025, 3, 3, 1, tzinfo=timezone.utc)
with Ledger(Path(sys.argv[1])) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for row in ledger.pending(now):
        claim = ledger.claim(row.portal, row.night, Owner.current(), now, timedelta(minutes=5))
        if claim:
            print(row.portal, row.night, claim.fence, flush=True)
    print("end", flush=True)
    sys.stdin.readline()
"""


def claimer(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLAIMER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def say(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def hear(child: subprocess.Popen[str], last: str) -> list[str]:
    assert child.stdout is not None
    heard = []
    while (line := child.stdout.readline().strip()) != last:
        heard.append(line)
    return heard


def test_two_processes_claim_each_portal_night_exactly_once(ledger: Ledger, path: Path) -> None:
    for day in range(1, 5):
        ledger.plan(date(2025, 3, day), [f"portal_{n:02}" for n in range(10)], NOW)
    children = [claimer(path), claimer(path)]
    for child in children:
        hear(child, "ready")
    for child in children:
        say(child)
    lines = [line for child in children for line in hear(child, "end")]
    for child in children:
        child.communicate("\n", timeout=20)
    nights = [line.rsplit(" ", 1)[0] for line in lines]
    fences = sorted(int(line.rsplit(" ", 1)[1]) for line in lines)
    assert len(nights) == len(set(nights)) == 40
    assert fences == list(range(1, 41))


def test_the_night_of_a_killed_process_is_taken_over_at_once(ledger: Ledger, path: Path) -> None:
    ledger.plan(NIGHT, ["quang_tri"], NOW)
    child = claimer(path)
    hear(child, "ready")
    say(child)
    assert hear(child, "end") == ["quang_tri 2025-03-03 1"]
    assert ledger.claim("quang_tri", NIGHT, Owner.current(), NOW, LEASE) is None
    os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=20)
    again = ledger.claim("quang_tri", NIGHT, Owner.current(), NOW, LEASE)
    assert again is not None
    assert (again.fence, again.tries) == (2, 2)
