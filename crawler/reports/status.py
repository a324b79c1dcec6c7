"""`scheduler.py status`: the next start, running crawls, the last night, the disk, messages that were not sent."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from archive.errors import ExitCode
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseRow
from archive.messages.reason import Reason, format_size
from archive.store import Archive
from crawler.catalog.portals import load_portals
from crawler.config.settings_file import NightSettings
from crawler.disk_space import StatVfs
from crawler.reports.after_night import AfterNight, night_report
from crawler.reports.lookback_status import LookbackStatus, lookback_statuses, lookback_table
from crawler.reports.night_report import NightReport
from crawler.reports.progress import ProgressCounts, read_counts
from crawler.reports.render import print_report
from crawler.reports.snapshot import MetricsSnapshot, gather
from crawler.verdicts.decommissioned import decommissioned_portals
from vietnam.date_forms import TZ

_DISK = {"free_bytes": "free", "total_bytes": "total", "free_files": "files"}


@dataclass(frozen=True, slots=True)
class _Status:
    """The values that are shown."""

    archive: Path
    snapshot: MetricsSnapshot
    report: NightReport | None
    running: tuple[tuple[LeaseRow, ProgressCounts | None], ...]
    lookbacks: list[LookbackStatus]
    alerts: tuple[str, ...]
    heartbeat: bool
    unsent: tuple[str, ...]
    decommissioned: dict[str, Reason]


def status(
    archive: Path,
    settings: NightSettings,
    console: Console,
    now: datetime,
    *,
    as_json: bool,
    statvfs: StatVfs = os.statvfs,
) -> ExitCode:
    """Print the state at this moment. Change nothing."""
    with Archive.open(archive, read_only=True) as store, Ledger(store.paths.ledger, timeout=2) as ledger:
        found = _read(archive, store, ledger, settings, now, statvfs)
    if as_json:
        console.file.write(json.dumps(_plain(found), ensure_ascii=False, indent=1) + "\n")
        return ExitCode.GOOD
    for line in _lines(found, now):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if found.report is not None:
        console.print()
        print_report(found.report, console)
    if found.lookbacks:
        console.print()
        console.print(lookback_table(found.lookbacks, found.snapshot.night))
    return ExitCode.GOOD


def _read(
    archive: Path, store: Archive, ledger: Ledger, settings: NightSettings, now: datetime, statvfs: StatVfs
) -> _Status:
    snapshot = gather(store, ledger, settings, now, statvfs)
    after_night = AfterNight(settings, archive, snapshot.kind)
    progress = [
        (row, read_counts(settings.logs / row.night.isoformat() / f"{row.portal}.progress")) for row in snapshot.running
    ]
    return _Status(
        archive=archive,
        snapshot=snapshot,
        report=night_report(store, ledger, settings, snapshot.night) if snapshot.night is not None else None,
        running=tuple(progress),
        lookbacks=lookback_statuses(store, settings, load_portals()),
        alerts=tuple(after_night.shown_addresses()),
        heartbeat=bool(settings.alerts.heartbeat() or settings.alerts.heartbeat_file),
        decommissioned=decommissioned_portals(
            store, load_portals(), snapshot.night or now.date(), settings.gone_ask_days
        ),
        unsent=tuple(f"{message.key}: {message.error or 'not tried yet'}" for message in after_night.unsent()),
    )


def _lines(found: _Status, now: datetime) -> list[str]:
    snapshot, sealed = found.snapshot, found.snapshot.sealed
    waits = int((snapshot.next_start - now).total_seconds() / 60)
    seal = "never"
    if sealed is not None:
        signed = "signed" if sealed.signed else "unsigned"
        seal = f"{sealed.night}, manifest-{sealed.number}, {signed}, head {sealed.head[:16]}"
    lines = [
        f"archive: {found.archive} ({snapshot.kind.value}, journal {snapshot.journal})",
        f"next start: {snapshot.next_start:%Y-%m-%d %H:%M}, in {waits // 60} h {waits % 60} min",
        f"sealed: {seal}",
        f"disk: {_disk(snapshot)}",
        f"alerts: {_alerts(found)}",
        *(f"  {message}" for message in found.unsent),
        *(f"away: {portal} {words}" for portal, words in found.decommissioned.items()),
    ]
    if not found.running:
        return [*lines, "running: nothing"]
    return [*lines, *(f"running: {_run(row, counts)}" for row, counts in found.running)]


def _run(row: LeaseRow, counts: ProgressCounts | None) -> str:
    since = f" since {row.started_at.astimezone(TZ):%H:%M}" if row.started_at is not None else ""
    again = f", try {row.tries}" if row.tries > 1 else ""
    progress = f": {counts.requests} requests, {counts.listed} listed, {counts.new} new" if counts is not None else ""
    by = f" on {row.owner.host} (pid {row.owner.pid})" if row.owner is not None else ""
    return f"{row.portal} ({row.night}){since}{again}{by}{progress}"


def _disk(snapshot: MetricsSnapshot) -> str:
    if snapshot.room is None:
        return "cannot be asked"
    free = f"{format_size(snapshot.room.free)} free of {format_size(snapshot.room.total)}"
    if snapshot.usual is None:
        return f"{free}; no night has been sealed yet"
    nights = f"{len(snapshot.sizes)} night" + ("s" if len(snapshot.sizes) > 1 else "")
    left = snapshot.nights_left
    lasts = "" if left is None else f"; lasts {left} more nights (until {format_size(snapshot.wanted)} are left)"
    return f"{free}; {format_size(snapshot.usual)} a night (median of {nights}){lasts}"


def _alerts(found: _Status) -> str:
    addresses = ", ".join(found.alerts) or "none"
    beat = "; a heartbeat" if found.heartbeat else ""
    return f"{addresses}{beat}" + (f"; {len(found.unsent)} unsent" if found.unsent else "")


def _plain(found: _Status) -> dict[str, object]:
    snapshot, sealed, left = found.snapshot, found.snapshot.sealed, found.snapshot.room
    return {
        "archive": str(found.archive),
        "kind": snapshot.kind.value,
        "next_start": snapshot.next_start.isoformat(),
        "sealed": sealed.night.isoformat() if sealed else None,
        "seal": {"number": sealed.number, "head": sealed.head, "signed": sealed.signed} if sealed else None,
        "journal": snapshot.journal,
        "running": [_plain_run(row, counts) for row, counts in found.running],
        "disk": {
            **{key: getattr(left, name, None) for key, name in _DISK.items()},
            "wanted_bytes": snapshot.wanted,
            "night_bytes": snapshot.usual,
            "nights_left": snapshot.nights_left,
        },
        "alerts": {"addresses": found.alerts, "heartbeat": found.heartbeat, "untold": found.unsent},
        "night": snapshot.night.isoformat() if snapshot.night else None,
        "headline": found.report.headline if found.report else None,
        "portals": [
            {name: getattr(row, name) for name in ("portal", "state", "verdict")}
            | {"reasons": [reason.reported() for reason in row.reasons]}
            for row in snapshot.rows
        ],
        "away": {portal: reason.reported() for portal, reason in found.decommissioned.items()},
        "lookbacks": [status.plain for status in found.lookbacks],
    }


def _plain_run(row: LeaseRow, counts: ProgressCounts | None) -> dict[str, object]:
    return {
        "portal": row.portal,
        "night": row.night.isoformat(),
        "owner": str(row.owner),
        "tries": row.tries,
        "since": row.started_at.isoformat() if row.started_at else None,
    } | {name: getattr(counts, name, None) for name in ("requests", "listed", "new")}
