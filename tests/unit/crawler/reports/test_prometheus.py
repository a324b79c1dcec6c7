"""The figures for Prometheus: OpenMetrics that both of its readers understand, in a file and on loopback."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as older_families

from archive.errors import ArchiveError, UsageError
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseState
from archive.model.enums import ArchiveKind, Verdict
from archive.storage.manifest import Seal
from archive.store import Archive
from crawler.config.alerts import AlertSettings
from crawler.config.settings_file import NightSettings
from crawler.disk_space import DiskSpace
from crawler.reports.after_night import AfterNight
from crawler.reports.prometheus import openmetrics, serve_metrics, write_metrics
from crawler.reports.snapshot import MetricsSnapshot, gather, night_sizes
from testing.archives import FIRST, at, sealed
from testing.night_rows import BEGAN, NIGHT, row, thirty_four
from vietnam.date_forms import TZ

NEXT = datetime(2025, 3, 6, 1, 0, tzinfo=TZ)
FIGURES = MetricsSnapshot(
    kind=ArchiveKind.LIVE,
    night=NIGHT,
    rows=(
        row("da_nang"),
        row("hue", Verdict.THIN, "listed 2 where 20 are usual", new=2, minutes=48),
        row("lai_chau", LeaseState.MISSED, "the host was off"),
        row("ca_mau", LeaseState.SKIPPED, "known only by inference"),
    ),
    running=(),
    sealed=Seal("id", NIGHT, 1, (), {}, "00", 0, None, signed=True),
    next_start=NEXT,
    journal="wal",
    room=DiskSpace(252_000_000_000, 79_000_000_000, 5_000_000),
    wanted=2_000_000_000,
    sizes=(87_000_000, 80_000_000, 99_000_000),
)

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: bytes) -> Samples:
    """Parse the samples, which must be the same for the parser of OpenMetrics and that of the older text."""
    both: list[Samples] = []
    for families in (openmetrics_families, older_families):
        samples = [sample for family in families(text.decode()) for sample in family.samples]
        both.append({(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples})
    assert both[0] == both[1]
    return both[0]


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("archive_readable", {}, 1),
        ("alerts_untold", {}, 2),
        ("next_start_timestamp_seconds", {}, NEXT.timestamp()),
        ("last_night_timestamp_seconds", {}, datetime(2025, 3, 5, tzinfo=TZ).timestamp()),
        ("last_sealed_timestamp_seconds", {}, datetime(2025, 3, 5, tzinfo=TZ).timestamp()),
        ("last_seal_signed", {}, 1),
        ("ledger_portals", {"state": "done"}, 2),
        ("ledger_portals", {"state": "missed"}, 1),
        ("ledger_portals", {"state": "running"}, 0),
        ("portal_verdict", {"portal": "da_nang", "verdict": "good"}, 1),
        ("portal_verdict", {"portal": "da_nang", "verdict": "thin"}, 0),
        ("portal_verdict", {"portal": "hue", "verdict": "thin"}, 1),
        ("portal_verdict", {"portal": "lai_chau", "verdict": "missed"}, 1),
        ("portal_listed", {"portal": "hue"}, 20),
        ("portal_new", {"portal": "hue"}, 2),
        ("portal_revisions", {"portal": "da_nang"}, 1),
        ("portal_requests", {"portal": "da_nang"}, 31),
        ("portal_bytes", {"portal": "da_nang"}, 2_500_000),
        ("portal_tries", {"portal": "lai_chau"}, 3),
        ("portal_duration_seconds", {"portal": "hue"}, 48 * 60),
        ("portal_outcomes", {"portal": "hue", "outcome": "soft_404"}, 2),
        ("disk_free_bytes", {}, 79_000_000_000),
        ("disk_free_files", {}, 5_000_000),
        ("disk_wanted_bytes", {}, 2_000_000_000),
        ("night_bytes", {}, 87_000_000),
        ("nights_until_full", {}, 885),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_each_figure_is_there(name: str, labels: dict[str, str], value: float) -> None:
    assert read(openmetrics(FIGURES, 2))[f"luu_tru_{name}", tuple(sorted(labels.items()))] == value


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(FIGURES, night=None, rows=(), sealed=None, room=None, sizes=())
    names = {name for name, _ in read(openmetrics(bare, 0))}
    assert "luu_tru_last_sealed_timestamp_seconds" not in names
    assert "luu_tru_disk_free_bytes" not in names
    assert read(openmetrics(None, 1)) == {("luu_tru_archive_readable", ()): 0.0, ("luu_tru_alerts_untold", ()): 1.0}


def test_34_portals_stay_few_series() -> None:
    assert len(read(openmetrics(replace(FIGURES, rows=tuple(thirty_four())), 0))) < 1000


def test_the_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "textfile/luu-tru.prom"
    write_metrics(path, b"# EOF\n")
    write_metrics(path, openmetrics(FIGURES, 0))
    assert read(path.read_bytes())
    assert [found.name for found in path.parent.iterdir()] == ["luu-tru.prom"]
    assert path.stat().st_mode & 0o777 == 0o644
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ArchiveError, match="cannot write"):
        write_metrics(blocked / "luu-tru.prom", b"")


def test_metrics_are_asked_on_loopback_and_read_anew() -> None:
    untold = iter([0, 1])

    def ask() -> tuple[MetricsSnapshot | None, int]:
        return FIGURES, next(untold)

    server, thread = serve_metrics(0, ask)
    try:
        assert server.server_address[0] == "127.0.0.1"
        address = f"http://127.0.0.1:{server.server_port}/metrics"
        for expected in (0, 1):
            request = urllib.request.Request(address, headers={"Accept": "application/openmetrics-text"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
                assert read(answer.read())["luu_tru_alerts_untold", ()] == expected
        with pytest.raises(UsageError, match=rf"metrics port {server.server_port} cannot be opened on 127\.0\.0\.1"):
            serve_metrics(server.server_port, ask)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Archive]:
    with sealed(tmp_path / "archive") as made:
        yield made


def test_the_figures_are_those_of_the_archive(tmp_path: Path, store: Archive) -> None:
    settings = NightSettings(archive=tmp_path / "archive", min_free=5)
    with Ledger(store.paths.ledger) as ledger:
        ledger.end("da_nang", FIRST, LeaseState.DONE, None, at(FIRST), "da_nang")
        found = gather(store, ledger, settings, BEGAN)
    assert (found.night, len(found.rows), found.next_start) == (FIRST, 1, BEGAN + timedelta(days=1))
    assert found.sealed is not None
    assert found.sealed.night == FIRST + timedelta(days=2)
    folder = store.paths.night(FIRST)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    assert found.sizes[-1] == size
    assert len(found.sizes) == 3
    assert night_sizes(store, 1) == list(found.sizes[:1])
    assert found.nights_left is not None
    assert found.nights_left > 0


@pytest.mark.parametrize(
    ("kind", "rehearsals", "written"),
    [
        pytest.param(ArchiveKind.LIVE, False, True, id="live"),
        pytest.param(ArchiveKind.REPLICA, False, False, id="a rehearsal"),
        pytest.param(ArchiveKind.REPLICA, True, True, id="a rehearsal that tells"),
    ],
)
def test_the_file_is_renewed_with_the_night(
    tmp_path: Path, store: Archive, kind: ArchiveKind, rehearsals: bool, written: bool
) -> None:
    path = tmp_path / "luu-tru.prom"
    settings = NightSettings(archive=tmp_path, metrics_file=path, alerts=AlertSettings(rehearsals=rehearsals))
    with Ledger(store.paths.ledger) as ledger:
        AfterNight(settings, tmp_path, kind, {}).renew_metrics(store, ledger, BEGAN)
    assert path.exists() == written
    if written:
        assert read(path.read_bytes())["luu_tru_archive_readable", ()] == 1
