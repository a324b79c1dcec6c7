"""`scheduler.py status`: one look says what runs and since when, how long the disk lasts, and what was not sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from archive.errors import ExitCode
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import LeaseState
from archive.model.enums import ArchiveKind
from crawler.config.alerts import AlertSettings
from crawler.config.settings_file import NightSettings
from crawler.nights.runner import LEASE
from crawler.reports.after_night import AfterNight
from crawler.reports.status import status
from testing.archives import FIRST, at, sealed
from testing.archives import make as make_empty
from vietnam.date_forms import TZ

NIGHT = FIRST + timedelta(days=3)
NOW = datetime(2025, 3, 6, 1, 30, tzinfo=TZ)


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of 252 GB with 79 GB free."""

    f_frsize: int = 1000
    f_blocks: int = 252_000_000
    f_bavail: int = 79_000_000
    f_files: int = 100
    f_favail: int = 50


@dataclass(slots=True)
class Place:
    """An archive of three sealed nights; the fourth runs."""

    root: Path
    settings: NightSettings

    def said(self, *, as_json: bool = False) -> str:
        out = StringIO()
        console = Console(file=out, width=160, no_color=True)
        code = status(self.root / "archive", self.settings, console, NOW, as_json=as_json, statvfs=lambda path: Disk())
        assert code is ExitCode.GOOD
        return out.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    with sealed(tmp_path / "archive") as store, Ledger(store.paths.ledger) as ledger:
        ledger.end("da_nang", FIRST, LeaseState.DONE, None, at(FIRST), "da_nang")
        ledger.plan(NIGHT, ["da_nang", "quang_tri"], NOW - timedelta(hours=1))
        ledger.claim("quang_tri", NIGHT, Owner("this-host", 4711), NOW - timedelta(minutes=28), LEASE)
    settings = NightSettings(archive=tmp_path / "archive", logs=tmp_path / "log", reports=tmp_path / "reports")
    return Place(tmp_path, settings)


def test_it_says_what_runs_and_how_far_it_is(place: Place) -> None:
    progress = place.root / "log" / NIGHT.isoformat() / "quang_tri.progress"
    progress.parent.mkdir(parents=True)
    progress.write_text('{"requests": 31, "listed": 20, "new": 7, "outcomes": {}}\n')
    said = place.said()
    running = "running: quang_tri (2025-03-06) since 01:02 on this-host (pid 4711): 31 requests, 20 listed, 7 new"
    assert running in said.splitlines()
    assert "night 2025-03-06 (rehearsal): 2 portals: 1 running, 1 planned;" in said
    (run,) = json.loads(place.said(as_json=True))["running"]
    assert (run["portal"], run["tries"], run["new"]) == ("quang_tri", 1, 7)
    assert run["since"] == "2025-03-05T18:02:00+00:00"


def test_it_says_what_is_next_what_is_sealed_and_how_long_the_disk_lasts(place: Place) -> None:
    lines = place.said().splitlines()
    assert lines[1] == "next start: 2025-03-07 01:00, in 23 h 30 min"
    assert lines[2].startswith("sealed: 2025-03-05, manifest-1, unsigned, head ")
    assert lines[3].startswith("disk: 79 GB free of 252 GB; ")
    assert " kB a night (median of 3 nights); lasts " in lines[3]
    assert lines[3].endswith("more nights (until 1 GB are left)")
    disk = json.loads(place.said(as_json=True))["disk"]
    assert disk["free_bytes"] == 79_000_000_000
    assert disk["nights_left"] == (79_000_000_000 - 10**9) // disk["night_bytes"]


def test_it_says_whom_alerts_reach_without_a_secret_and_what_was_not_reported(place: Place) -> None:
    urls = ("json://me:c4n4ry-word@127.0.0.1:9/",)
    place.settings = replace(place.settings, alerts=AlertSettings(urls=urls, heartbeat_url="http://127.0.0.1:9/beat"))
    AfterNight(place.settings, place.root / "archive", ArchiveKind.LIVE, {}).report_failure(OSError("broken"), NOW)
    said = place.said()
    assert "alerts: json://me:****@127.0.0.1:9/; a heartbeat; 1 unsent" in said
    assert "  error 2025-03-06: json://me:****@127.0.0.1:9/: " in said
    assert "c4n4ry" not in said + place.said(as_json=True)


def test_before_the_first_night_it_says_so(tmp_path: Path) -> None:
    make_empty(tmp_path / "archive").close()
    said = Place(tmp_path, NightSettings(logs=tmp_path, reports=tmp_path)).said()
    assert "sealed: never" in said
    assert "79 GB free of 252 GB; no night has been sealed yet" in said
    assert "alerts: none" in said
    assert said.splitlines()[-1] == "running: nothing"
