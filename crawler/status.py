"""`scheduler.py status`: the next start, what runs, when lists are looked back at, and how the last night stands."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from archive.errors import ExitCode
from archive.ledger import Ledger, State
from archive.store import Archive
from crawler.bell import clock
from crawler.lookback_status import lookback_standings, lookback_table
from crawler.night_report import report_of
from crawler.nightsettings import NightSettings
from crawler.nighttable import night_rows
from crawler.portals import load_portals
from crawler.report_forms import print_report

__all__ = ["status"]


def status(archive: Path, settings: NightSettings, console: Console, *, as_json: bool) -> ExitCode:
    """Print the next start, what runs, and how the last night stands. Changes nothing."""
    with ExitStack() as stack:
        store = stack.enter_context(Archive.open(archive, read_only=True))
        ledger = stack.enter_context(Ledger(store.paths.ledger, timeout=2))
        nights = ledger.nights()
        rows = night_rows(store, ledger, nights[-1]) if nights else []
        running = [row for night in nights for row in ledger.of(night) if row.state is State.RUNNING]
        deeper = lookback_standings(store, settings, load_portals())
        sealed = store.last_seal()
        said = {
            "archive": str(archive),
            "kind": store.identity.kind.value,
            "next_start": settings.next_start(clock()).isoformat(),
            "sealed": sealed.night.isoformat() if sealed else None,
            "journal": ledger.journal(),
            "running": [
                {"portal": row.portal, "night": row.night.isoformat(), "owner": str(row.owner), "tries": row.tries}
                for row in running
            ],
            "night": nights[-1].isoformat() if nights else None,
            "portals": [
                {"portal": row.portal, "state": row.state, "verdict": row.verdict, "reasons": row.reasons}
                for row in rows
            ],
            "lookbacks": [standing.plain for standing in deeper],
        }
    if as_json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return ExitCode.GOOD
    for name in ("archive", "kind", "next_start", "sealed"):
        console.print(f"{name.replace('_', ' ')}: {said[name] or 'never'}", markup=False)
    console.print(f"running: {', '.join(f'{row.portal} ({row.night})' for row in running) or 'nothing'}", markup=False)
    if deeper:
        console.print(lookback_table(deeper, nights[-1] if nights else None))
    if nights:
        print_report(report_of(nights[-1], store.identity.kind, rows, sealed), console)
    return ExitCode.GOOD
