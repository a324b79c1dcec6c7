"""After a night: write its report, send one digest, call the heartbeat, renew the metrics.

No failure here ends a night. What cannot be written or sent is logged, is named in the report, and is tried again at the
next ticks, five times in all. A rehearsal is reported, but alerts are sent only if the settings say so. Reports lie outside
of the archive, because a sealed night does not grow.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from archive.errors import ArchiveError, RunBusy
from archive.leases.ledger import Ledger
from archive.model.enums import ArchiveKind
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.store import Archive
from crawler.config.settings_file import NightSettings
from crawler.disk_space import free_space, nights_left
from crawler.reports.alerts import call_heartbeat, public_form, send, touch_heartbeat
from crawler.reports.digest import DISK_LASTS, NOT_SENT, digest, disk_remark, failure, needs_alert, silence
from crawler.reports.night_report import NightReport, report_of
from crawler.reports.night_table import night_rows
from crawler.reports.outbox import Message, Outbox, fingerprint
from crawler.reports.prometheus import openmetrics, write_metrics
from crawler.reports.render import as_json, as_markdown
from crawler.reports.snapshot import gather, night_sizes

log = logging.getLogger("scheduler")
_SLACK = timedelta(hours=1)  # from the cut-off to the moment at which a night without a seal is reported


@contextmanager
def log_errors(done: str) -> Iterator[None]:
    """Log any error inside instead of raising it: reporting a night must not end it."""
    try:
        yield
    except ArchiveError as error:
        log.error("the night could not be %s: %s", done, error)
    except Exception:
        log.exception("the night could not be %s", done)


def night_report(store: Archive, ledger: Ledger, settings: NightSettings, night: date) -> NightReport:
    """Return the report of a night as it stands now, with the remarks written before and the messages not sent."""
    folder = reports_folder(settings, store.paths.root)
    free, left = _room(store, settings)
    remarks = [*_lasting(stored_remarks(folder, night)), *disk_remark(left), *_unsent(Outbox(folder), night)]
    rows = night_rows(store, ledger, night)
    return report_of(night, store.identity.kind, rows, store.last_seal(), free=free, nights_left=left, remarks=remarks)


def _lasting(remarks: Sequence[str]) -> list[str]:
    """Leave out the remarks on the disk and the alerts, which are made anew. Older reports begin the latter `not told:`."""
    return [text for text in remarks if not text.startswith((NOT_SENT, "not told:", DISK_LASTS))]


def _room(store: Archive, settings: NightSettings) -> tuple[int | None, int | None]:
    """Return the free bytes, and the number of nights for which they last."""
    try:
        free = free_space(store.paths.root).free
    except OSError:
        return None, None
    return free, nights_left(free, settings.min_free, night_sizes(store))


def _unsent(outbox: Outbox, night: date) -> list[str]:
    failed = [message for message in outbox.all() if message.pending and message.error]
    return [
        f"{NOT_SENT} {message.error} ({message.tries} {'try' if message.tries == 1 else 'tries'}"
        f"{', given up' if message.given_up else ''})"
        for message in failed
        if message.key.endswith(night.isoformat())
    ]


class AfterNight:
    """Report the nights of one archive. `environment` may hold addresses."""

    def __init__(
        self, settings: NightSettings, archive: Path, kind: ArchiveKind, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._settings, self._kind, self._environment = settings, kind, environment
        self._folder = reports_folder(settings, archive)
        self._outbox = Outbox(self._folder)
        self._sends_alerts = kind is ArchiveKind.LIVE or settings.alerts.rehearsals

    def report_night(
        self, store: Archive, ledger: Ledger, night: date, now: datetime, remarks: Sequence[str], *, sealed: bool
    ) -> None:
        """Write the report of a night that was sealed or reached its cut-off, send its digest once.

        A sealed night also calls the heartbeat.
        """
        report = night_report(store, ledger, self._settings, night)
        report = replace(report, remarks=tuple(dict.fromkeys([*report.remarks, *remarks])))
        self._write(report)
        if self._sends_alerts:
            alert = needs_alert(report, self._settings.alerts.on)
            path = report_path(self._folder, night)
            self._post(digest(report, path), now, self._addresses() if alert else {})
            if sealed:
                self._send_heartbeat(report, now)
            if any(message.error for message in self._outbox.all() if message.key.endswith(night.isoformat())):
                remarks = (*_lasting(report.remarks), *disk_remark(report.nights_left), *_unsent(self._outbox, night))
                self._write(replace(report, remarks=tuple(remarks)))

    def report_failure(self, error: Exception, now: datetime) -> None:
        """Send an alert, once a night, that it could not be run or sealed. Another process at work is no failure."""
        if self._sends_alerts and not isinstance(error, RunBusy):
            self._post(failure(error, self._settings.latest(now), self._kind), now, self._addresses())

    def report_silence(self, store: Archive, ledger: Ledger, now: datetime) -> None:
        """Send an alert once a day while nights pass without a seal. Live nights only: a rehearsal has no calendar."""
        nights = self._settings.alerts.silent_nights
        if self._kind is not ArchiveKind.LIVE or not nights:
            return
        sealed, known = store.last_seal(), ledger.nights()
        if sealed is None and not known:
            return
        last = sealed.night if sealed is not None else known[0] - timedelta(days=1)
        if now >= self._settings.closes(last + timedelta(days=nights)) + _SLACK:
            self._post(silence(last, sealed is not None, self._settings.latest(now)), now, self._addresses())

    def retry_messages(self, now: datetime) -> None:
        """Try again to send the messages that are due."""
        if any(message.due(now) for message in self._outbox.all()):
            with self._outbox.locked() as ours:
                for message in self._outbox.all() if ours else ():
                    if message.due(now):
                        self._deliver(message, now)

    def renew_metrics(self, store: Archive, ledger: Ledger, now: datetime) -> None:
        """Write the metrics file, if there is one. A rehearsal's figures are not written."""
        path = self._settings.metrics_file
        if path is None or not self._sends_alerts:
            return
        try:
            write_metrics(path, openmetrics(gather(store, ledger, self._settings, now), len(self.unsent())))
        except ArchiveError as error:
            log.error("%s", error)

    def unsent(self) -> list[Message]:
        """Return the messages that could not be sent so far, oldest first."""
        return [message for message in self._outbox.all() if message.pending]

    def _write(self, report: NightReport) -> None:
        try:
            write_report(self._folder, report)
        except ArchiveError as error:
            log.error("%s", error)

    def _send_heartbeat(self, report: NightReport, now: datetime) -> None:
        alerts = self._settings.alerts
        if alerts.heartbeat_file is not None:
            error = touch_heartbeat(alerts.heartbeat_file, f"{report.night} {report.headline}")
            if error is not None:
                log.error("%s", error)
        beat = Message(f"heartbeat {report.night}", "heartbeat", report.headline, good=report.good)
        url = self._heartbeat(beat)
        self._post(beat, now, {fingerprint(url): url} if url else {})

    def _addresses(self) -> dict[str, str]:
        try:
            return {fingerprint(address): address for address in self._settings.alerts.addresses(self._environment)}
        except ArchiveError as error:  # the file of addresses is gone since the start
            log.error("%s", error)
            return {}

    def _heartbeat(self, message: Message) -> str:
        alerts = self._settings.alerts
        return (not message.good and alerts.heartbeat_fail_url) or alerts.heartbeat(self._environment)

    def _post(self, message: Message, now: datetime, targets: Mapping[str, str]) -> None:
        """Send a message for the first time; one whose key is known was sent or is being tried."""
        with self._outbox.locked() as ours:
            if ours and self._outbox.get(message.key) is None:
                self._deliver(replace(message, pending=tuple(targets)), now)

    def _deliver(self, message: Message, now: datetime) -> None:
        tried = message.with_try(now) if message.pending else message
        self._outbox.put(tried)  # before it is sent: a crash must not send it for ever
        senders = self._senders(message)
        errors = {}
        for target in message.pending:
            error = senders[target]() if target in senders else None  # an address that was taken out of the settings
            if error is not None:
                errors[target] = error
                log.error("%s was not sent: %s (try %d)", message.key, error, tried.tries)
        if message.pending:
            self._outbox.put(tried.with_errors(errors))

    def _senders(self, message: Message) -> dict[str, Callable[[], str | None]]:
        if message.channel == "heartbeat":
            url = self._heartbeat(message)
            return {fingerprint(url): partial(call_heartbeat, url)}
        return {
            target: partial(send, address, message.title, message.body, good=message.good)
            for target, address in self._addresses().items()
        }

    def shown_addresses(self) -> list[str]:
        """Return the alert addresses without their secrets."""
        return [public_form(address) for address in self._addresses().values()]


def reports_folder(settings: NightSettings, archive: Path) -> Path:
    """Return the folder of an archive's reports: that of the settings for their own archive, else one beside it."""
    here = archive.resolve()
    return settings.reports if here == settings.archive.resolve() else here.with_name(f"{here.name}.reports")


def report_path(folder: Path, night: date) -> Path:
    """Return the path of the Markdown form; the JSON form stands beside it."""
    return folder / f"{night.isoformat()}.md"


def write_report(folder: Path, report: NightReport) -> Path:
    """Write both forms, each whole or not at all, and replace older ones. Raises DiskFull, ArchiveError."""
    path = report_path(folder, report.night)
    with disk_errors(f"cannot write {path}"):
        make_folder(path.parent)
        write_durably(path, as_markdown(report).encode())
        write_durably(path.with_suffix(".json"), as_json(report).encode())
    return path


def stored_remarks(folder: Path, night: date) -> tuple[str, ...]:
    """Return the remarks of the written report; none when there is no readable one."""
    try:
        written = json.loads(report_path(folder, night).with_suffix(".json").read_bytes())
        return tuple(str(remark) for remark in written["remarks"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
