"""Composed rows of a night: what a report, an alert and the metrics are made from."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from archive.leases.states import LeaseState
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, FinishReason, Verdict
from archive.model.records import Run
from crawler.reports.night_table import NightRow
from vietnam.date_forms import TZ

NIGHT = date(2025, 3, 5)
BEGAN = datetime(2025, 3, 5, 1, 0, tzinfo=TZ)


def row(
    portal: str, verdict: Verdict | LeaseState = Verdict.GOOD, *reasons: str, new: int = 12, minutes: int = 5
) -> NightRow:
    """Return a portal's night that ended with this verdict, or with no run in this state of the ledger."""
    ended = BEGAN + timedelta(minutes=minutes)
    if isinstance(verdict, LeaseState):
        return NightRow(
            portal, verdict, Reason.sentence("; ".join(reasons)) if reasons else None, None, BEGAN, ended, 3
        )
    events = {"new": new, "revision": 1, "gone": 1} if new else {}
    outcomes = {"article": new, "listing": 3, "soft_404": 2 if verdict is Verdict.THIN else 0}
    run = Run(
        portal, NIGHT, portal, ArchiveKind.LIVE, BEGAN, ended, True, FinishReason.FINISHED, verdict,
        tuple(map(Reason.sentence, reasons)), 20, 31, 2_500_000,
        outcomes, events,
    )  # fmt: skip
    return NightRow(portal, LeaseState.DONE, None, run, BEGAN, ended, 1)


def thirty_four(bad: int = 3) -> list[NightRow]:
    """As many portals as there are provinces; the first `bad` of them each bad in another way."""
    ways: list[Verdict | LeaseState] = [
        *(Verdict.THIN, Verdict.BLOCKED, LeaseState.FAILED, Verdict.BROKEN, Verdict.SUSPICIOUS, LeaseState.MISSED),
        *(Verdict.UNREACHABLE, Verdict.INTERRUPTED, LeaseState.PARTIAL),
    ]
    rows = []
    for number in range(34):
        name = f"tinh_thanh_pho_{number:02d}"
        if number < bad:
            why = (
                f"chuyên mục tin-trong-tinh-{number} listed 0 articles; 20 were usual: the list selector no longer fits"
            )
            rows.append(row(name, ways[number % len(ways)], why, "and a second reason", new=0))
        else:
            rows.append(row(name, Verdict.QUIET if number % 9 == 0 else Verdict.GOOD, minutes=number))
    return rows
