"""The text of alerts: one digest a night, a night that could not be run, nights without a seal. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from archive.messages.printable import printable
from archive.model.enums import ArchiveKind
from crawler.reports.night_report import NightReport, PortalLine
from crawler.reports.outbox import Message
from crawler.reports.render import markdown_safe

NOT_SENT = "not sent:"
"""The beginning of a report's remarks on messages that could not be sent."""
DISK_LASTS = "the disk lasts"
"""The beginning of a report's remark on a disk that fills."""
_REMARKED_NIGHTS = 14
_ALERTED_NIGHTS = 3
_MOST_PORTALS = 40
_MOST_REASONS = 3
_WHAT_TO_DO = "What to do on each verdict stands in docs/operations.md."


def needs_alert(report: NightReport, on: Collection[str]) -> bool:
    """Return whether a portal has a new verdict that is in `on`, or the disk is about to be full."""
    full = report.nights_left is not None and report.nights_left < _ALERTED_NIGHTS
    return full or any(line.verdict in on and not line.expected for line in report.scheduled)


def disk_remark(nights_left: int | None) -> list[str]:
    """Return the remark on a disk that has room for less than a fortnight, if it has."""
    if nights_left is None or nights_left >= _REMARKED_NIGHTS:
        return []
    return [f"{DISK_LASTS} {nights_left} more {'night' if nights_left == 1 else 'nights'} of the usual size"]


def digest(report: NightReport, path: Path) -> Message:
    """Return one message for the whole night: the headline, and bad portals with their first reasons."""
    bad, scheduled = report.bad, len(report.scheduled)
    summary = f"{len(bad)} of {scheduled} portals {'wants' if len(bad) == 1 else 'want'} a look" if bad else "good"
    blocks = [markdown_safe(f"{report.headline}; {report.sealed}.")]
    if bad:
        blocks.append("\n".join(map(_item, bad[:_MOST_PORTALS])))
    if len(bad) > _MOST_PORTALS:
        blocks.append(f"… and {len(bad) - _MOST_PORTALS} more.")
    blocks += [markdown_safe(remark) for remark in report.remarks]
    blocks.append(f"The whole report: `{path}`. {_WHAT_TO_DO}")
    title = f"{_name(report.kind)} {report.night}: {summary}"
    return Message(f"digest {report.night}", "alert", title, "\n\n".join(blocks), good=report.good)


def _item(line: PortalLine) -> str:
    reasons = [markdown_safe(text) for text in line.texts[:_MOST_REASONS]]
    more = len(line.reasons) - len(reasons)
    reasons += [f"and {more} more"] if more > 0 else []
    return f"- **{line.verdict}** `{line.portal}`" + (f": {'; '.join(reasons)}" if reasons else "")


def failure(error: Exception, night: date, kind: ArchiveKind) -> Message:
    """Return the message that a night could not be run, with the error."""
    body = f"{markdown_safe(printable(str(error) or type(error).__name__))}\n\nThe scheduler goes on; what is pending stays pending."
    return Message(f"error {night}", "alert", f"{_name(kind)} {night}: the night could not be run", body, good=False)


def silence(last: date, sealed: bool, night: date) -> Message:
    """Return the message that no night was sealed for too long."""
    since = f"since the night of {last}" if sealed else "at all so far"
    body = (
        f"No night has been sealed {since}, and the cut-off has passed.\n\n"
        "Look at `python scheduler.py status` and at the scheduler's own log."
    )
    return Message(f"silence {night}", "alert", f"{_name(ArchiveKind.LIVE)}: no night {since}", body, good=False)


def trial_message(now: str) -> tuple[str, str]:
    """Return title and text of a test message."""
    return "Lưu Trữ: a test", f"This is how a digest would reach you. Sent at {now}; nothing is wrong."


def _name(kind: ArchiveKind) -> str:
    return "Lưu Trữ" if kind is ArchiveKind.LIVE else "Lưu Trữ (rehearsal)"
