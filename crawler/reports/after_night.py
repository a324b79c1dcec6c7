"""What follows a night: its report is written, one digest sent, the dead man's switch called, the metrics renewed.

Nothing here can cost a night: what cannot be written or sent is logged, stands in the report, and is tried again at the next
bells, five times in all. A rehearsal gets its report and tells nobody, unless the settings say so; its silence never does.
"""

from __future__ import annotations

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
from archive.store import Archive
from crawler.config.settings_file import NightSettings
from crawler.disk_space import free_space, nights_left
from crawler.reports.alerts import call, public_form, send, touch
from crawler.reports.digest import LASTS, NOT_TOLD, digest, failure, lasts, silence, wants_telling
from crawler.reports.files import report_path, reports_folder, stored_remarks, write_report
from crawler.reports.night_report import NightReport, report_of
from crawler.reports.night_table import night_rows
from crawler.reports.outbox import Message, Outbox, fingerprint
from crawler.reports.prometheus import openmetrics, write_metrics
from crawler.reports.snapshot import gather, night_sizes

__all__ = ["AfterNight", "night_report", "surely"]

log = logging.getLogger("scheduler")
_SLACK = timedelta(hours=1)  # between the cut-off and the moment at which a night without a seal is silence


@contextmanager
def surely(done: str) -> Iterator[None]:
    """Nothing that tells of a night may end it: what fails inside is logged, whatever it is."""
    try:
        yield
    except ArchiveError as error:
        log.error("the night could not be %s: %s", done, error)
    except Exception:
        log.exception("the night could not be %s", done)


def night_report(store: Archive, ledger: Ledger, settings: NightSettings, night: date) -> NightReport:
    """The report of a night as it stands now, with the remarks that were written and what could not be told."""
    folder = reports_folder(settings, store.paths.root)
    free, left = _room(store, settings)
    remarks = [*_kept(stored_remarks(folder, night)), *lasts(left), *_untold(Outbox(folder), night)]
    rows = night_rows(store, ledger, night)
    return report_of(night, store.identity.kind, rows, store.last_seal(), free=free, nights_left=left, remarks=remarks)


def _kept(remarks: Sequence[str]) -> list[str]:
    """Those that stand nowhere else: what is told of the disk and the alerts is as it is now."""
    return [text for text in remarks if not text.startswith((NOT_TOLD, LASTS))]


def _room(store: Archive, settings: NightSettings) -> tuple[int | None, int | None]:
    """The free bytes, and for how many nights they last."""
    try:
        free = free_space(store.paths.root).free
    except OSError:
        return None, None
    return free, nights_left(free, settings.min_free, night_sizes(store))


def _untold(outbox: Outbox, night: date) -> list[str]:
    told = [message for message in outbox.all() if message.pending and message.error]
    return [
        f"{NOT_TOLD} {message.error} ({message.tries} {'try' if message.tries == 1 else 'tries'}"
        f"{', given up' if message.given_up else ''})"
        for message in told
        if message.key.endswith(night.isoformat())
    ]


class AfterNight:
    """Reports and tells for one archive. `environment` may hold addresses."""

    def __init__(
        self, settings: NightSettings, archive: Path, kind: ArchiveKind, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._settings, self._kind, self._environment = settings, kind, environment
        self._folder = reports_folder(settings, archive)
        self._outbox = Outbox(self._folder)
        self._tells = kind is ArchiveKind.LIVE or settings.alerts.rehearsals

    def after(
        self, store: Archive, ledger: Ledger, night: date, now: datetime, remarks: Sequence[str], *, sealed: bool
    ) -> None:
        """A night was sealed, or reached its cut-off: write its report, tell it once, call the switch when it is sealed."""
        report = night_report(store, ledger, self._settings, night)
        report = replace(report, remarks=tuple(dict.fromkeys([*report.remarks, *remarks])))
        self._write(report)
        if self._tells:
            told = wants_telling(report, self._settings.alerts.on)
            path = report_path(self._folder, night)
            self._post(digest(report, path), now, self._addresses() if told else {})
            if sealed:
                self._beat(report, now)
            if any(message.error for message in self._outbox.all() if message.key.endswith(night.isoformat())):
                told_now = (*_kept(report.remarks), *lasts(report.nights_left), *_untold(self._outbox, night))
                self._write(replace(report, remarks=told_now))

    def failed(self, error: Exception, now: datetime) -> None:
        """The night could not be run or sealed at all: told once a night. Another process at work is no failure."""
        if self._tells and not isinstance(error, RunBusy):
            self._post(failure(error, self._settings.latest(now), self._kind), now, self._addresses())

    def watch_silence(self, store: Archive, ledger: Ledger, now: datetime) -> None:
        """Told once a day while nights pass without a seal. Only of live nights: a rehearsal has no calendar."""
        nights = self._settings.alerts.silent_nights
        if self._kind is not ArchiveKind.LIVE or not nights:
            return
        sealed, known = store.last_seal(), ledger.nights()
        if sealed is None and not known:
            return
        last = sealed.night if sealed is not None else known[0] - timedelta(days=1)
        if now >= self._settings.closes(last + timedelta(days=nights)) + _SLACK:
            self._post(silence(last, sealed is not None, self._settings.latest(now)), now, self._addresses())

    def retry(self, now: datetime) -> None:
        """Try again what could not be sent."""
        if any(message.due(now) for message in self._outbox.all()):
            with self._outbox.held() as ours:
                for message in self._outbox.all() if ours else ():
                    if message.due(now):
                        self._deliver(message, now)

    def metrics(self, store: Archive, ledger: Ledger, now: datetime) -> None:
        """Renew the metrics file, where there is one; a rehearsal's figures are no live ones."""
        path = self._settings.metrics_file
        if path is None or not self._tells:
            return
        try:
            write_metrics(path, openmetrics(gather(store, ledger, self._settings, now), self.untold))
        except ArchiveError as error:
            log.error("%s", error)

    @property
    def untold(self) -> int:
        """How many messages could not be sent so far."""
        return len(self.untold_messages())

    def untold_messages(self) -> list[Message]:
        """What could not be sent so far, oldest first."""
        return [message for message in self._outbox.all() if message.pending]

    def _write(self, report: NightReport) -> None:
        try:
            write_report(self._folder, report)
        except ArchiveError as error:
            log.error("%s", error)

    def _beat(self, report: NightReport, now: datetime) -> None:
        alerts = self._settings.alerts
        if alerts.heartbeat_file is not None:
            error = touch(alerts.heartbeat_file, f"{report.night} {report.headline}")
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
        """Tell something for the first time; a key that is known was told, or is being tried."""
        with self._outbox.held() as ours:
            if ours and self._outbox.get(message.key) is None:
                self._deliver(replace(message, pending=tuple(targets)), now)

    def _deliver(self, message: Message, now: datetime) -> None:
        tried = message.tried(now) if message.pending else message
        self._outbox.put(tried)  # before it is sent: a crash must not send it for ever
        ways = self._ways(message)
        errors = {}
        for target in message.pending:
            error = ways[target]() if target in ways else None  # an address that was taken out of the settings
            if error is not None:
                errors[target] = error
                log.error("%s was not told: %s (try %d)", message.key, error, tried.tries)
        if message.pending:
            self._outbox.put(tried.left(errors))

    def _ways(self, message: Message) -> dict[str, Callable[[], str | None]]:
        if message.channel == "heartbeat":
            url = self._heartbeat(message)
            return {fingerprint(url): partial(call, url)}
        return {
            target: partial(send, address, message.title, message.body, good=message.good)
            for target, address in self._addresses().items()
        }

    def shown(self) -> list[str]:
        """The alert addresses as they may be shown."""
        return [public_form(address) for address in self._addresses().values()]
