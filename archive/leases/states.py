"""Define the states and rows of the ledger."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from archive.leases.process_id import Owner, boot_seconds
from archive.messages.reason import Reason


class LeaseState(StrEnum):
    """State of a portal's night. The last five are terminal."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"  # a complete run is in the archive, whatever its verdict
    PARTIAL = "partial"  # stopped by a deadline or the cut-off; committed lines stay
    FAILED = "failed"  # every try ended without a complete run
    MISSED = "missed"  # never ran, and can no longer be fetched as of that night
    SKIPPED = "skipped"  # not on the schedule, for the reason given

    @property
    def terminal(self) -> bool:
        """True when the state changes no more by itself."""
        return self not in (LeaseState.PLANNED, LeaseState.RUNNING)


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """One row of the ledger.

    `due_at` is the earliest moment of the next try, `run` the name of the last recorded run. `tries` counts tries that
    ended without a record, `unanswered` those in which the portal did not answer at all. `beat` is the heartbeat in
    seconds after the start of the owner's machine.
    """

    portal: str
    night: date
    state: LeaseState
    due_at: datetime
    owner: Owner | None
    lease_until: datetime | None
    heartbeat: datetime | None
    tries: int
    fence: int
    reason: Reason | None
    exit_code: int | None
    run: str | None
    started_at: datetime | None
    finished_at: datetime | None
    unanswered: int = 0
    beat: float | None = None

    def claimable(self, now: datetime) -> bool:
        """Return whether it is planned and due, or runs under a lease that ended or an owner that is dead."""
        if self.state is LeaseState.PLANNED:
            return self.due_at <= now
        return self.state is LeaseState.RUNNING and self.is_abandoned(now)

    def is_abandoned(self, now: datetime) -> bool:
        """Return whether its lease has expired. On the owner's own machine no clock that jumps ends a lease."""
        if self.owner is None or self.lease_until is None or self.owner.is_dead():
            return True
        if self.beat is not None and self.heartbeat is not None and self.owner.on_this_boot():
            return boot_seconds() - self.beat > (self.lease_until - self.heartbeat).total_seconds()
        return self.lease_until < now

    def can_be_ended(self, now: datetime) -> bool:
        """Return whether it is pending and not running."""
        return self.state is LeaseState.PLANNED or (self.state is LeaseState.RUNNING and self.is_abandoned(now))


@dataclass(frozen=True, slots=True)
class Claim:
    """Right to run one portal's night until the lease ends. `recorded` is the last run of the ledger."""

    portal: str
    night: date
    owner: Owner
    fence: int
    tries: int
    recorded: str | None = None
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """Result of a try. PLANNED makes it pending again from `due` on; `run` names its record.

    `free` does not count the try; `unanswered` counts it among those of a silent portal instead.
    """

    state: LeaseState
    reason: Reason | None = None
    exit_code: int | None = None
    run: str | None = None
    due: datetime | None = None
    free: bool = False
    unanswered: bool = False


def lease_row(row: sqlite3.Row) -> LeaseRow:
    """Convert a row of `nights`."""
    values: dict[str, Any] = dict(row)
    for name in ("lease_until", "heartbeat", "started_at", "finished_at"):
        values[name] = datetime.fromisoformat(row[name]) if row[name] else None
    values["night"], values["due_at"] = date.fromisoformat(row["night"]), datetime.fromisoformat(row["due_at"])
    values["state"], values["reason"] = LeaseState(row["state"]), read_reason(row["reason"])
    values["owner"] = Owner.parse(row["owner"]) if row["owner"] else None
    return LeaseRow(**values)


def read_reason(text: str) -> Reason | None:
    """Read a reason as a row holds it: JSON of one with a code, else a sentence; None for the empty text."""
    if text.startswith('{"code":'):
        return Reason.parse(json.loads(text))
    return Reason.sentence(text) if text else None


def reason_text(reason: Reason | None) -> str:
    """Return what a row holds of a reason."""
    plain = "" if reason is None else reason.plain()
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def utc(moment: datetime) -> str:
    """Format an aware moment as rows hold it: UTC, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
