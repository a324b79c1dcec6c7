"""`scheduler.py status`: what is next, what runs, how the last night stands, how long the disk lasts, what is untold."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from archive.errors import ExitCode
from archive.leases.ledger import LeaseRow, Ledger
from archive.store import Archive
from crawler.catalog.portals import load_portals
from crawler.config.settings_file import NightSettings
from crawler.disk_space import StatVfs, format_size
from crawler.reports.after_night import AfterNight, night_report
from crawler.reports.lookback_status import LookBackStatus, lookback_standings, lookback_table
from crawler.reports.night_report import NightReport
from crawler.reports.progress import ProgressCounts, read_counts
from crawler.reports.render import print_report
from crawler.reports.snapshot import MetricsSnapshot, gather
from crawler.verdicts.decommission_history import away_portals
from vietnam.dates import TZ

__all__ = ["status"]


@dataclass(frozen=True, slots=True)
class _Status:
    """Everything that is shown."""

    archive: Path
    figures: MetricsSnapshot
    report: NightReport | None
    running: tuple[tuple[LeaseRow, ProgressCounts | None], ...]
    deeper: list[LookBackStatus]
    alerts: tuple[str, ...]
    heartbeat: bool
    untold: tuple[str, ...]
    away: dict[str, str]


def status(
    archive: Path,
    settings: NightSettings,
    console: Console,
    now: datetime,
    *,
    as_json: bool,
    statvfs: StatVfs = os.statvfs,
) -> ExitCode:
    """Print how things stand at this moment. Changes nothing."""
    with ExitStack() as stack:
        store = stack.enter_context(Archive.open(archive, read_only=True))
        ledger = stack.enter_context(Ledger(store.paths.ledger, timeout=2))
        found = _read(archive, store, ledger, settings, now, statvfs)
    if as_json:
        console.file.write(json.dumps(_plain(found), ensure_ascii=False, indent=1) + "\n")
        return ExitCode.GOOD
    for line in _lines(found, now):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if found.report is not None:
        console.print()
        print_report(found.report, console)
    if found.deeper:
        console.print()
        console.print(lookback_table(found.deeper, found.figures.night))
    return ExitCode.GOOD


def _read(
    archive: Path, store: Archive, ledger: Ledger, settings: NightSettings, now: datetime, statvfs: StatVfs
) -> _Status:
    figures = gather(store, ledger, settings, now, statvfs)
    morning = AfterNight(settings, archive, figures.kind)
    progress = [
        (row, read_counts(settings.logs / row.night.isoformat() / f"{row.portal}.progress")) for row in figures.running
    ]
    return _Status(
        archive=archive,
        figures=figures,
        report=night_report(store, ledger, settings, figures.night) if figures.night is not None else None,
        running=tuple(progress),
        deeper=lookback_standings(store, settings, load_portals()),
        alerts=tuple(morning.shown()),
        heartbeat=bool(settings.alerts.heartbeat() or settings.alerts.heartbeat_file),
        away=away_portals(store, load_portals(), figures.night or now.date(), settings.gone_ask_days),
        untold=tuple(f"{message.key}: {message.error or 'not tried yet'}" for message in morning.untold_messages()),
    )


def _lines(found: _Status, now: datetime) -> list[str]:
    figures, sealed = found.figures, found.figures.sealed
    waits = int((figures.next_start - now).total_seconds() / 60)
    seal = "never"
    if sealed is not None:
        signed = "signed" if sealed.signed else "unsigned"
        seal = f"{sealed.night}, manifest-{sealed.number}, {signed}, head {sealed.head[:16]}"
    lines = [
        f"archive: {found.archive} ({figures.kind.value}, journal {figures.journal})",
        f"next start: {figures.next_start:%Y-%m-%d %H:%M}, in {waits // 60} h {waits % 60} min",
        f"sealed: {seal}",
        f"disk: {_disk(figures)}",
        f"alerts: {_alerts(found)}",
        *(f"  {message}" for message in found.untold),
        *(f"away: {portal} {words}" for portal, words in found.away.items()),
    ]
    if not found.running:
        return [*lines, "running: nothing"]
    return [*lines, *(f"running: {_run(row, counts)}" for row, counts in found.running)]


def _run(row: LeaseRow, counts: ProgressCounts | None) -> str:
    since = f" since {row.started_at.astimezone(TZ):%H:%M}" if row.started_at is not None else ""
    again = f", try {row.tries}" if row.tries > 1 else ""
    told = f": {counts.requests} requests, {counts.listed} listed, {counts.new} new" if counts is not None else ""
    by = f" on {row.owner.host} (pid {row.owner.pid})" if row.owner is not None else ""
    return f"{row.portal} ({row.night}){since}{again}{by}{told}"


def _disk(figures: MetricsSnapshot) -> str:
    if figures.room is None:
        return "cannot be asked"
    said = f"{format_size(figures.room.free)} free of {format_size(figures.room.total)}"
    if figures.usual is None:
        return f"{said}; no night has been sealed yet"
    nights = f"{len(figures.sizes)} night" + ("s" if len(figures.sizes) > 1 else "")
    left = figures.nights_left
    lasts = "" if left is None else f"; lasts {left} more nights (until {format_size(figures.wanted)} are left)"
    return f"{said}; {format_size(figures.usual)} a night (median of {nights}){lasts}"


def _alerts(found: _Status) -> str:
    addresses = ", ".join(found.alerts) or "nobody is told"
    beat = "; a heartbeat" if found.heartbeat else ""
    untold = f"; {len(found.untold)} untold" if found.untold else ""
    return f"{addresses}{beat}{untold}"


def _plain(found: _Status) -> dict[str, object]:
    figures, sealed, left = found.figures, found.figures.sealed, found.figures.room
    return {
        "archive": str(found.archive),
        "kind": figures.kind.value,
        "next_start": figures.next_start.isoformat(),
        "sealed": sealed.night.isoformat() if sealed else None,
        "seal": {"number": sealed.number, "head": sealed.head, "signed": sealed.signed} if sealed else None,
        "journal": figures.journal,
        "running": [_plain_run(row, counts) for row, counts in found.running],
        "disk": {
            "free_bytes": left.free if left else None,
            "total_bytes": left.total if left else None,
            "free_files": left.files if left else None,
            "wanted_bytes": figures.wanted,
            "night_bytes": figures.usual,
            "nights_left": figures.nights_left,
        },
        "alerts": {"addresses": found.alerts, "heartbeat": found.heartbeat, "untold": found.untold},
        "night": figures.night.isoformat() if figures.night else None,
        "headline": found.report.headline if found.report else None,
        "portals": [
            {"portal": row.portal, "state": row.state, "verdict": row.verdict, "reasons": row.reasons}
            for row in figures.rows
        ],
        "away": found.away,
        "lookbacks": [standing.plain for standing in found.deeper],
    }


def _plain_run(row: LeaseRow, counts: ProgressCounts | None) -> dict[str, object]:
    return {
        "portal": row.portal,
        "night": row.night.isoformat(),
        "owner": str(row.owner),
        "tries": row.tries,
        "since": row.started_at.isoformat() if row.started_at else None,
        "requests": counts.requests if counts else None,
        "listed": counts.listed if counts else None,
        "new": counts.new if counts else None,
    }
