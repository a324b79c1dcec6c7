"""Metrics for Prometheus as OpenMetrics text: a file for node-exporter's textfile collector, and /metrics on loopback.

Every metric is a gauge. node-exporter reads the older text format, in which gauges look the same, and would refuse a whole
file for one `info` or `stateset`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from archive.errors import UsageError
from archive.leases.states import LeaseState
from archive.model.enums import Verdict
from archive.storage.fsync import disk_errors, make_folder
from crawler.reports.night_report import NightReport, PortalLine, report_of
from crawler.reports.snapshot import MetricsSnapshot
from vietnam.date_forms import TZ

_LOOPBACK = "127.0.0.1"
_WORDS = tuple(dict.fromkeys([*(verdict.value for verdict in Verdict), *(state.value for state in LeaseState)]))
_COUNTS: tuple[tuple[str, str, Callable[[PortalLine], float | None]], ...] = (
    ("listed", "articles that the lists of the portal showed", lambda line: line.listed),
    ("new", "articles that were kept for the first time", lambda line: line.new),
    ("revisions", "articles that had changed", lambda line: line.revisions),
    ("gone", "articles that were withdrawn", lambda line: line.gone),
    ("quarantined", "articles that were set aside", lambda line: line.quarantined),
    ("requests", "requests that were made", lambda line: line.requests),
    ("bytes", "bytes of responses as kept", lambda line: line.bytes),
    ("tries", "tries in this night", lambda line: line.tries),
    ("duration_seconds", "how long the last try took", lambda line: line.took.total_seconds() if line.took else None),
)


@dataclass(frozen=True, slots=True)
class _MetricFamilies:
    """The metric families of one moment, in their order."""

    families: list[GaugeMetricFamily] = field(default_factory=list)

    def add(self, name: str, words: str, value: float | None) -> None:
        """Add a metric without labels; None leaves it out."""
        if value is not None:
            self.families.append(GaugeMetricFamily(f"luu_tru_{name}", words, value=value))

    def table(self, name: str, words: str, labels: list[str], rows: Iterable[tuple[list[str], float | None]]) -> None:
        """Add a metric with a value for each set of labels."""
        family = GaugeMetricFamily(f"luu_tru_{name}", words, labels=labels)
        for values, figure in rows:
            if figure is not None:
                family.add_metric(values, figure)
        self.families.append(family)


def _families(snapshot: MetricsSnapshot | None, unsent: int) -> list[GaugeMetricFamily]:
    page = _MetricFamilies()
    page.add("archive_readable", "whether the archive and its ledger could be read", float(snapshot is not None))
    page.add("alerts_untold", "messages that could not be sent so far", unsent)
    if snapshot is None:
        return page.families
    _add_nights(page, snapshot)
    if snapshot.night is not None:
        _add_portals(page, report_of(snapshot.night, snapshot.kind, snapshot.rows, snapshot.sealed))
    left = snapshot.room
    if left is not None:
        page.add("disk_free_bytes", "free for us on the disk of the archive", left.free)
        page.add("disk_total_bytes", "size of the disk of the archive", left.total)
        page.add("disk_free_files", "files that still fit on the disk of the archive", left.files)
    page.add("disk_wanted_bytes", "under so many free bytes nothing new starts", snapshot.wanted)
    page.add("night_bytes", "bytes of a night, median of the last seven that were sealed", snapshot.usual)
    page.add("nights_until_full", "nights of that size until nothing new starts", snapshot.nights_left)
    return page.families


def _add_nights(page: _MetricFamilies, snapshot: MetricsSnapshot) -> None:
    page.add("next_start_timestamp_seconds", "when the next night starts", snapshot.next_start.timestamp())
    if snapshot.night is not None:
        page.add("last_night_timestamp_seconds", "the day of the last night, 00:00 in Viet Nam", _day(snapshot.night))
    if snapshot.sealed is not None:
        page.add("last_sealed_timestamp_seconds", "the day of the last sealed night", _day(snapshot.sealed.night))
        page.add("last_seal_signed", "whether the last seal is signed", float(snapshot.sealed.signed))
    states = [([state.value], float(count)) for state, count in snapshot.states.items()]
    page.table("ledger_portals", "portals of the last night by their state in the ledger", ["state"], states)


def _add_portals(page: _MetricFamilies, report: NightReport) -> None:
    lines = report.scheduled
    verdicts = [([line.portal, word], float(line.verdict == word)) for line in lines for word in _WORDS]
    page.table("portal_verdict", "1 for how the portal's last night went", ["portal", "verdict"], verdicts)
    for name, words, figure in _COUNTS:
        page.table(f"portal_{name}", f"{words} in the last night", ["portal"], [([x.portal], figure(x)) for x in lines])
    outcomes = [([line.portal, name], float(count)) for line in lines for name, count in line.outcomes]
    page.table("portal_outcomes", "what came beside articles and lists", ["portal", "outcome"], outcomes)


def _day(night: date) -> float:
    return datetime.combine(night, time(), TZ).timestamp()


class _SnapshotCollector(Collector):
    """A collector that reads a new snapshot at every scrape."""

    def __init__(self, read: Callable[[], tuple[MetricsSnapshot | None, int]]) -> None:
        self._read = read

    def describe(self) -> list[GaugeMetricFamily]:
        """Return nothing: no snapshot is read when the registry is made."""
        return []

    def collect(self) -> list[GaugeMetricFamily]:
        """Return the metrics of this moment."""
        return _families(*self._read())


def openmetrics(snapshot: MetricsSnapshot | None, unsent: int) -> bytes:
    """Return OpenMetrics text. `snapshot` is None when the archive could not be read, `unsent` counts messages."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_SnapshotCollector(lambda: (snapshot, unsent)))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]  # the client leaves this one untyped
    return text


def write_metrics(path: Path, text: bytes) -> None:
    """Write the file whole or not at all, through a name that node-exporter does not read. Raises DiskFull."""
    with disk_errors(f"cannot write {path}"):
        make_folder(path.parent)
        temporary = path.with_name(f"{path.name}.new")
        temporary.write_bytes(text)
        temporary.chmod(0o644)  # node-exporter is another user
        temporary.replace(path)


def serve_metrics(port: int, read: Callable[[], tuple[MetricsSnapshot | None, int]]) -> tuple[WSGIServer, Thread]:
    """Serve /metrics on 127.0.0.1 in a thread; port 0 takes any free one. Raises UsageError when the port is taken."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_SnapshotCollector(read))
    try:
        return start_http_server(port, addr=_LOOPBACK, registry=registry)
    except OSError as error:
        raise UsageError(
            f"metrics port {port} cannot be opened on {_LOOPBACK} ({error.strerror}): choose another `metrics_port`"
        ) from None
