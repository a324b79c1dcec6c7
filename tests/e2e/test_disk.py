"""Room on the disk: nothing new starts when there is too little, in a scheduler or a crawl, and no disk has to be full."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from rich.console import Console

from archive.errors import DiskFull, ExitCode
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseState
from archive.messages.reason import Reason, format_size
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.catalog.portals import PortalInfo
from crawler.config.settings_file import NightSettings
from crawler.disk_space import DiskSpace, free_space, low_disk_error, nights_left, read_size, shortage
from crawler.nights.runner import NightRunner, RunnerOptions
from crawler.nights.service import NightService, RunRequest
from crawler.portal import Sure
from crawler.reports.progress import PlainProgress
from testing.archives import ARCHIVE_ID, FIRST
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, crawl, new_archive
from testing.http_server import HttpServer, response
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 3, 1, 30, tzinfo=TZ)
GB = 10**9


@dataclass(frozen=True, slots=True)
class Counts:
    """Imitate what a file system reports."""

    f_frsize: int = 4096
    f_blocks: int = 100 * GB // 4096
    f_bavail: int = 50 * GB // 4096
    f_files: int = 6_000_000
    f_favail: int = 5_000_000


def saying(counts: Counts) -> Callable[[str], Counts]:
    return lambda path: counts


@pytest.mark.parametrize(
    ("left", "wanted", "needed", "words"),
    [
        pytest.param(DiskSpace(100 * GB, 50 * GB, None), 2 * GB, 0, None, id="room enough"),
        pytest.param(DiskSpace(100 * GB, 2 * GB, None), 2 * GB, 0, None, id="just enough"),
        pytest.param(
            DiskSpace(100 * GB, 1_200_000_000, None), 2 * GB, 0, "low disk: 1.2 GB free, 2 GB wanted", id="too little"
        ),
        pytest.param(
            *(DiskSpace(100 * GB, 2_080_000_000, None), 2 * GB, 87_000_000),
            "low disk: 2.1 GB free, 2 GB wanted beside 87 MB for this portal's night",
            id="too little for this one",
        ),
        pytest.param(
            *(DiskSpace(100 * GB, 50 * GB, 900), 2 * GB, 0, "low disk: room for 900 more files, 10000 wanted"),
            id="no inodes",
        ),
        pytest.param(DiskSpace(GB, 5, 0), 0, 0, None, id="switched off"),
    ],
)
def test_a_shortage_is_said_in_words(left: DiskSpace, wanted: int, needed: int, words: str | None) -> None:
    assert str(shortage(left, wanted, needed)) == str(words)


def test_the_room_is_that_of_the_nearest_folder(tmp_path: Path) -> None:
    assert free_space(tmp_path / "not/yet/there", saying(Counts())) == DiskSpace(
        100 * GB // 4096 * 4096, 50 * GB // 4096 * 4096, 5_000_000
    )
    assert free_space(tmp_path, saying(Counts(f_files=0, f_favail=0))).files is None
    assert free_space(tmp_path).free > 0


@pytest.mark.parametrize(
    ("text", "size"),
    [("2 GB", 2 * GB), ("500MB", 500_000_000), ("1.5 GiB", 3 << 29), ("0", 0), ("12k", 12_000), ("7 B", 7)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "2 XB", "-1 GB", "1,5 GB", "2 iB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size: write it as 2 GB"):
        read_size(text)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1500, "2 kB"), (87_400_000, "87 MB"), (1_234_567_890, "1.2 GB"), (79 * GB, "79 GB")],
)
def test_sizes_are_said(size: int, words: str) -> None:
    assert format_size(size) == words


@pytest.mark.parametrize(
    ("free", "sizes", "nights"),
    [
        pytest.param(10 * GB, [GB, GB, 3 * GB], 8, id="the median counts"),
        pytest.param(GB, [GB], 0, id="none"),
        pytest.param(10 * GB, [], None, id="no night yet"),
    ],
)
def test_how_long_the_disk_lasts(free: int, sizes: list[int], nights: int | None) -> None:
    assert nights_left(free, 2 * GB, sizes) == nights


def test_a_portal_is_not_started_on_a_low_disk_and_stays_owed(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with (
        Archive.create(tmp_path / "archive", ArchiveKind.REPLICA, ARCHIVE_ID, NOW) as archive,
        Ledger(archive.paths.ledger) as ledger,
    ):
        ledger.plan(FIRST, ["a", "b"], NOW)
        command = [sys.executable, "-c", f"open({str(started)!r}, 'w')"]
        short = Reason.of("low_disk", free=1_200_000_000, wanted=2 * GB)
        ways = RunnerOptions(
            2, logs=tmp_path / "log", command=lambda portal, night: command, shortage=lambda portal: short
        )
        portals = {name: PortalInfo(name, name, frozenset({f"{name}.vn"}), Sure.RECORDED) for name in ("a", "b")}
        watch = PlainProgress(logging.getLogger("scheduler"))
        runner = NightRunner(archive, ledger, NightSettings(), portals, ways, watch, Event(), lambda: NOW)
        with pytest.raises(DiskFull, match=str(short)) as caught:
            runner.run(FIRST, ["a", "b"], None)
        rows = ledger.of_night(FIRST)
    assert caught.value.exit_code is ExitCode.DISK_FULL
    assert [row.state for row in rows] == [LeaseState.PLANNED, LeaseState.PLANNED]
    assert rows[0].reason == short
    assert rows[0].tries == 0
    assert not started.exists()


def test_the_scheduler_refuses_for_want_of_the_room_that_the_settings_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICA", "1")
    archive = new_archive(tmp_path / "archive")
    settings = NightSettings(archive=archive, logs=tmp_path / "log", reports=tmp_path / "reports", min_free=10**18)
    asked = RunRequest(archive, settings, ArchiveKind.REPLICA, ("quang_tri",), FIRST, RunnerOptions(1), once=True)
    with pytest.raises(DiskFull, match=r"low disk: .* free, 1000000 TB wanted; free space, or lower `min_free`"):
        NightService(asked, Console(file=StringIO())).run_once()
    assert not (tmp_path / "log").exists()


KEYS = [f"tin-{number}" for number in range(6)]


def pages() -> dict[str, bytes]:
    return {
        "/tin-tuc": response(listing(KEYS)),
        **{f"/tin/{key}.html": response(article(number)) for number, key in enumerate(KEYS)},
    }


def test_a_crawl_under_the_threshold_stops_and_can_go_on(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    with HttpServer(dict(pages())) as server:
        low = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port, MIN_FREE=str(10**18))
        assert low.code == ExitCode.DISK_FULL, low.err
        assert low.err.startswith("low disk: ")
        assert "lower `min_free` in nights.toml" in low.err
        assert len(low.err.splitlines()) == 1
        with Archive.open(root) as archive:
            assert archive.open_runs(NIGHT) == ["ba_song"]
        again = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port, MIN_FREE="1")
    assert again.code == ExitCode.GOOD, again.err
    with Archive.open(root) as archive:
        (run,) = archive.runs(NIGHT)
    assert run.complete
    assert run.events["new"] == len(KEYS)


def test_a_crawl_that_runs_commits_and_stops_when_the_disk_gets_low(tmp_path: Path) -> None:
    """The disk is a file system in memory, on which this test lays a file down while the crawl runs."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or free_space(memory).free < 1 << 30:
        pytest.skip("there is no /dev/shm with a gigabyte free here")
    root = memory / f"luu-tru-test-{os.getpid()}"
    ballast = memory / f"{root.name}.ballast"
    threshold = free_space(memory).free - (256 << 20)

    def lay_down(before: int) -> bytes:
        with ballast.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, 384 << 20)
        return response(article(2))

    try:
        new_archive(root)
        with HttpServer({**pages(), "/tin/tin-2.html": lay_down}, delay=2.5) as server:
            low = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port, MIN_FREE=str(threshold))
            assert low.code == ExitCode.DISK_FULL, low.err
            kept = len(list((root / "open" / NIGHT.isoformat() / "ba_song").glob("*.txt")))
            ballast.unlink()
        with HttpServer(dict(pages())) as well:
            again = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=well.port)
        assert again.code == ExitCode.GOOD, again.err
        assert kept >= 2
        assert [server.asked[f"/tin/{key}.html"] + well.asked[f"/tin/{key}.html"] for key in KEYS[:2]] == [1, 1]
    finally:
        ballast.unlink(missing_ok=True)
        shutil.rmtree(root, ignore_errors=True)


def test_the_error_says_what_to_do() -> None:
    error = low_disk_error(Reason.of("low_disk", free=GB, wanted=2 * GB))
    assert str(error).startswith("low disk: 1 GB free, 2 GB wanted; free space, or lower `min_free` in nights.toml")
