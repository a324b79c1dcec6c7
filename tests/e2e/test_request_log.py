"""Politeness that can be shown: the record of a whole night beside the access log of the server that was asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.model.enums import Outcome
from archive.model.records import PageRecord, Run
from archive.storage.request_stats import visits
from archive.storage.run_record import read_run
from replicas import FIRST_NIGHT
from replicas.serve import LogEntry, ReplicaServer
from testing.crawl import ROOT, command, environment, new_archive
from testing.once import once
from testing.run_lines import ReadLines

PORTALS = ("bac_giang", "bao_chinh_phu", "cong_an_ha_noi", "da_nang", "ha_noi", "vinh_phuc", "vjst")
HANDLER = "testing.replica_client.SharedMachine"
Night = tuple[list[LogEntry], list[Run], list[PageRecord]]


def of_the_night(root: Path, night: date) -> tuple[list[Run], list[PageRecord]]:
    """Return the records and the lines of every portal."""
    folders = [folder for folder in sorted((root / f"{night:%Y/%m/%d}").iterdir()) if folder.is_dir()]
    return [read_run(folder) for folder in folders], [page for folder in folders for page in ReadLines(folder).pages]


@pytest.fixture(scope="session")
def night(session_folder: Path) -> Night:
    """One night of portals whose lists are pages, forms and interfaces, two portals at a time."""
    return once(session_folder / "requests", _night)


def _night(folder: Path) -> Night:
    root = new_archive(folder / "archive")
    settings = folder / "nights.toml"
    settings.write_text('logs = "log"\nreports = "reports"\nmin_free = "1 MB"\n', encoding="utf-8")
    asked = [
        "--once",
        "--night",
        FIRST_NIGHT.isoformat(),
        "--archive",
        str(root),
        "--jobs",
        "2",
        "--settings",
        str(settings),
        *(part for portal in PORTALS for part in ("--portal", portal)),
    ]
    with ReplicaServer() as server:
        environ = environment(REPLICA="1", REPLICA_PORT=str(server.port))
        done = subprocess.run(
            [sys.executable, "scheduler.py", *asked], cwd=ROOT, env=environ, capture_output=True, text=True
        )
        assert done.returncode in (0, 1), done.stderr
        return list(server.log), *of_the_night(root, FIRST_NIGHT)


def test_the_servers_log_and_the_lines_are_the_same_requests(night: Night) -> None:
    log, _, pages = night
    sent = [page for page in pages if page.status is not None or page.unanswered]
    ours = Counter((urlsplit(page.url).hostname, _path(page)) for page in sent)
    assert ours == Counter((entry.host, entry.path) for entry in log)
    cut = {(urlsplit(page.url).hostname, _path(page)) for page in sent if page.status is None}
    assert {page.outcome for page in sent if page.status is None} <= {Outcome.TOO_LARGE}  # hung up on in the middle
    answers = Counter(
        (urlsplit(page.url).hostname, _path(page), page.status, page.size) for page in sent if page.status is not None
    )
    theirs = Counter(
        (entry.host, entry.path, entry.status, entry.bytes) for entry in log if (entry.host, entry.path) not in cut
    )
    assert answers == theirs
    assert len(sent) > 150


def test_the_record_of_each_host_is_what_its_server_counted(night: Night) -> None:
    log, runs, pages = night
    recorded = {host: (visit.requests, visit.bytes) for run in runs for host, visit in run.hosts.items()}
    cut = {(urlsplit(page.url).hostname, _path(page)) for page in pages if page.outcome is Outcome.TOO_LARGE}
    requests = Counter(entry.host for entry in log)
    sizes = {host: sum(e.bytes for e in log if e.host == host and (host, e.path) not in cut) for host in requests}
    assert recorded == {host: (count, sizes[host]) for host, count in requests.items()}
    assert all(visit.robots for run in runs for visit in run.hosts.values())


def test_no_host_is_asked_again_before_it_has_answered(night: Night) -> None:
    log, _, _ = night
    for host in {entry.host for entry in log}:
        mine = sorted((entry for entry in log if entry.host == host), key=lambda entry: entry.time)
        assert all(earlier.done <= later.time for earlier, later in pairwise(mine)), host


def _path(page: PageRecord) -> str:
    """Return the path of the request; an article of an interface is not asked for at the address it stands at."""
    parts = urlsplit(page.request.url if page.request else page.url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def test_the_pause_is_kept_and_shown(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    with ReplicaServer() as server:
        arguments = ["--archive", str(root), "--night", FIRST_NIGHT.isoformat(), "-s", "DOWNLOAD_DELAY=0.3"]
        start = [
            part for part in command(*arguments, portal="bac_giang") if part != "SPIDER_MODULES=testing.portals.first"
        ]
        start = [part for number, part in enumerate(start) if part != "-s" or start[number + 1].startswith("DOWNLOAD")]
        environ = environment(REPLICA="1", REPLICA_PORT=str(server.port))
        done = subprocess.run(start, cwd=ROOT, env=environ, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        log = list(server.log)
    (run,), _ = of_the_night(root, FIRST_NIGHT)
    ((host, visit),) = run.hosts.items()
    assert visit.requests == len(log) > 3
    gaps = [(later.time - earlier.done).total_seconds() for earlier, later in pairwise(log)]
    assert min(gaps) >= 0.3
    assert visit.spacing_p50 is not None
    assert visit.spacing_p99 is not None
    assert 0.3 <= visit.spacing_p50 <= visit.spacing_p99
    assert host == log[0].host


def test_two_portals_at_one_address_are_never_asked_at_once(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    with ReplicaServer() as server:
        environ = environment(REPLICA="1", REPLICA_PORT=str(server.port))
        crawls = []
        for portal in ("bac_giang", "ninh_thuan"):
            start = [sys.executable, "-W", "error", "-m", "scrapy", "crawl", portal, "--archive", str(root)]
            start += ["--night", FIRST_NIGHT.isoformat(), "-s", "DOWNLOAD_DELAY=0.1"]
            start += ["-s", f"DOWNLOAD_HANDLERS={json.dumps(dict.fromkeys(('http', 'https'), HANDLER))}"]
            crawls.append(subprocess.Popen(start, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True))
        said = [crawl.communicate()[1] for crawl in crawls]
        assert all(crawl.returncode in (0, 1) for crawl in crawls), said
        log = sorted(server.log, key=lambda entry: entry.time)
    assert all((later.time - earlier.done).total_seconds() >= 0.1 for earlier, later in pairwise(log))
    changes = sum(earlier.host != later.host for earlier, later in pairwise(log))
    assert changes > 3  # they ran beside each other


def test_what_no_request_was_sent_for_is_no_visit() -> None:
    assert visits([]) == {}
