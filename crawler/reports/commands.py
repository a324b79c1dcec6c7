"""`scheduler.py report` and `scheduler.py alerts`: print a night's report, and send a test alert."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from archive.errors import ExitCode, UsageError
from archive.leases.ledger import Ledger
from archive.store import Archive
from crawler.config.alerts import AlertSettings
from crawler.config.settings_file import NightSettings
from crawler.reports.after_night import night_report
from crawler.reports.alerts import call_heartbeat, check_addresses, public_form, send
from crawler.reports.digest import trial_message
from crawler.reports.render import as_json, as_markdown, print_report


def report(archive: Path, settings: NightSettings, console: Console, night: date | None, form: str | None) -> ExitCode:
    """Print the report of a night (the last one that the ledger knows) for a terminal, as `markdown` or as `json`.

    Change nothing. Return FINDINGS when the night was not good. Raises UsageError for a night that the ledger does not know.
    """
    with Archive.open(archive, read_only=True) as store, Ledger(store.paths.ledger, timeout=2) as ledger:
        nights = ledger.nights()
        if not nights:
            raise UsageError("no night has been run yet: `python scheduler.py status` says when the next one starts")
        if night is not None and night not in nights:
            raise UsageError(f"there is no night of {night}; they go from {nights[0]} to {nights[-1]}")
        found = night_report(store, ledger, settings, night or nights[-1])
    if form is None:
        print_report(found, console)
    else:
        console.file.write(as_json(found) if form == "json" else as_markdown(found))
    return ExitCode.GOOD if found.good else ExitCode.FINDINGS


def alerts(settings: AlertSettings, console: Console, now: datetime, *, test: bool) -> ExitCode:
    """Print the recipients of alerts; with `test` send each a message and call the heartbeat.

    Return FINDINGS when one was not reached. Raises UsageError for a wrong address, or for a test without any.
    """
    addresses, heartbeat = settings.addresses(), settings.heartbeat()
    check_addresses(addresses)
    if test and not addresses and not heartbeat:
        raise UsageError("there is no alert address: write some under [alerts] in nights.toml, or into `urls_file`")
    show = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    failed = 0
    title, body = trial_message(now.isoformat(timespec="seconds"))
    for address in addresses:
        error = send(address, title, body, good=True) if test else None
        failed += error is not None
        show(f"not reached: {error}" if error else f"{public_form(address)}{': sent' if test else ''}")
    if heartbeat and test:
        error = call_heartbeat(heartbeat)
        failed += error is not None
        show(error or "the heartbeat answered")
    if not test:
        recipients = f"reported are: {', '.join(settings.on) or 'nothing'}; {'with' if heartbeat else 'without'} a heartbeat address"
        show(recipients if addresses or heartbeat else "no alert addresses")
    return ExitCode.FINDINGS if failed else ExitCode.GOOD
