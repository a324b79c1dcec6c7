"""Which (portal, night) is owed, running, ended: leases, heartbeats and fences in `ledger.db`.

The one database of an archive that cannot be made again from its files. A portal's night is one row; whoever runs it
claims it in one write transaction, so two schedulers never run the same one, and a scheduler that died is taken over
when its lease ends (at once when it is known to be dead on this host). Every claim gets a higher fence; a process that
was paused, lost its lease and woke up holds an old fence, and the ledger refuses it.

`now` is an argument everywhere and must be aware; rows hold UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from archive.errors import ArchiveError, ArchiveUnusable
from archive.journal import journal_for, plainly
from archive.owner import Owner

__all__ = ["Claim", "Ending", "Ledger", "StaleClaim", "Standing", "State"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS nights (
  portal TEXT NOT NULL, night TEXT NOT NULL, state TEXT NOT NULL, due_at TEXT NOT NULL,
  owner TEXT, lease_until TEXT, heartbeat TEXT, tries INTEGER NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', exit_code INTEGER, run TEXT, started_at TEXT, finished_at TEXT,
  PRIMARY KEY (night, portal)) WITHOUT ROWID
"""
_FORMAT = 1


class State(StrEnum):
    """How a portal's night stands. The last five are terminal."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"  # a complete run is in the archive, whatever its verdict
    PARTIAL = "partial"  # stopped by a deadline or the cut-off; what was committed is kept
    FAILED = "failed"  # every try ended without a complete run
    MISSED = "missed"  # never ran, and can no longer be fetched as of that night
    SKIPPED = "skipped"  # not on the schedule, for the reason given

    @property
    def terminal(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self not in (State.PLANNED, State.RUNNING)


class StaleClaim(ArchiveError):
    """The portal's night was taken over by another process; the old holder must stop and write nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One row. `due_at` is the earliest moment of the next try, `run` the name of the last run that was recorded."""

    portal: str
    night: date
    state: State
    due_at: datetime
    owner: Owner | None
    lease_until: datetime | None
    heartbeat: datetime | None
    tries: int
    fence: int
    reason: str
    exit_code: int | None
    run: str | None
    started_at: datetime | None
    finished_at: datetime | None

    def claimable(self, now: datetime) -> bool:
        """Planned and due, or running under a lease that ended or an owner that is dead."""
        if self.state is State.PLANNED:
            return self.due_at <= now
        return self.state is State.RUNNING and self.abandoned(now)

    def abandoned(self, now: datetime) -> bool:
        """Whether nobody holds it any more."""
        if self.owner is None or self.lease_until is None:
            return True
        return self.lease_until < now or self.owner.gone()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one portal's night until the lease ends. `recorded` is the last run the ledger knew of."""

    portal: str
    night: date
    owner: Owner
    fence: int
    tries: int
    recorded: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a try ended. PLANNED owes it again from `due` on; `free` does not count the try. `run` names what it left."""

    state: State
    reason: str = ""
    exit_code: int | None = None
    run: str | None = None
    due: datetime | None = None
    free: bool = False


class Ledger:
    """`ledger.db` of an archive. Use it in one thread, as a context manager."""

    def __init__(self, path: Path, timeout: float = 10.0) -> None:
        """Open or make the ledger. `timeout`: seconds to wait for another writer. Raises the errors of `plainly`."""
        self.path = path
        with plainly(path):
            self._db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA synchronous=FULL")
        written = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if written > _FORMAT:
            raise ArchiveUnusable(f"{self.path} has format {written}; this program reads up to {_FORMAT}: update it")
        if written < _FORMAT:
            self._db.execute(f"PRAGMA journal_mode={journal_for(sqlite3.sqlite_version_info)}")
            with self._write():
                self._db.execute(_SCHEMA)
                self._db.execute(f"PRAGMA user_version={_FORMAT}")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()

    def plan(self, night: date, portals: Iterable[str], now: datetime) -> int:
        """Owe each portal's night that the ledger does not know yet; returns how many were added."""
        with self._write():
            before = self._db.total_changes
            for portal in portals:
                self._db.execute(
                    "INSERT OR IGNORE INTO nights (portal, night, state, due_at) VALUES (?, ?, 'planned', ?)",
                    (portal, night.isoformat(), _utc(now)),
                )
            return self._db.total_changes - before

    def settle(
        self, portal: str, night: date, state: State, reason: str, now: datetime, run: str | None = None
    ) -> bool:
        """End a portal's night that nobody runs (missed, skipped, stopped at the cut-off); False if it is taken."""
        with self._write():
            row = self._row(portal, night)
            if row is not None and (row.state.terminal or (row.state is State.RUNNING and not row.abandoned(now))):
                return False
            self._db.execute(
                "INSERT INTO nights (portal, night, state, due_at, reason, finished_at, run) VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (night, portal) DO UPDATE SET state = excluded.state, reason = excluded.reason, "
                "finished_at = excluded.finished_at, run = COALESCE(excluded.run, run), owner = NULL, lease_until = NULL",
                (portal, night.isoformat(), state.value, _utc(now), reason, _utc(now), run),
            )
            return True

    def claim(self, portal: str, night: date, owner: Owner, now: datetime, lease: timedelta) -> Claim | None:
        """Take a portal's night that is due, or None when another holds it or it has ended. One write transaction."""
        with self._write():
            row = self._row(portal, night)
            if row is None or not row.claimable(now):
                return None
            fence = int(self._db.execute("SELECT COALESCE(MAX(fence), 0) + 1 FROM nights").fetchone()[0])
            self._db.execute(
                "UPDATE nights SET state = 'running', owner = ?, lease_until = ?, heartbeat = ?, tries = tries + 1, "
                "fence = ?, reason = '', exit_code = NULL, started_at = ?, finished_at = NULL "
                "WHERE portal = ? AND night = ?",
                (str(owner), _utc(now + lease), _utc(now), fence, _utc(now), portal, night.isoformat()),
            )
            return Claim(portal, night, owner, fence, row.tries + 1, row.run)

    def heartbeat(self, claim: Claim, now: datetime, lease: timedelta) -> None:
        """Prolong the lease. Raises StaleClaim when another took over."""
        with self._write():
            self._held(claim)
            self._db.execute(
                "UPDATE nights SET heartbeat = ?, lease_until = ? WHERE portal = ? AND night = ?",
                (_utc(now), _utc(now + lease), claim.portal, claim.night.isoformat()),
            )

    def finish(self, claim: Claim, now: datetime, ending: Ending) -> None:
        """Record how the claimed try ended. Raises StaleClaim when another took over."""
        with self._write():
            self._held(claim)
            self._db.execute(
                "UPDATE nights SET state = ?, due_at = ?, reason = ?, exit_code = ?, run = COALESCE(?, run), "
                "tries = tries - ?, finished_at = ?, owner = NULL, lease_until = NULL WHERE portal = ? AND night = ?",
                (
                    *(ending.state.value, _utc(ending.due or now), ending.reason, ending.exit_code, ending.run),
                    *(int(ending.free), _utc(now), claim.portal, claim.night.isoformat()),
                ),
            )

    def reopen(self, portal: str, night: date, now: datetime) -> bool:
        """Owe an ended portal's night once more because a person asked by name; False unless it had ended."""
        with self._write():
            row = self._row(portal, night)
            if row is None or not row.state.terminal:
                return False
            self._db.execute(
                "UPDATE nights SET state = 'planned', due_at = ?, tries = 0, reason = '' "
                "WHERE portal = ? AND night = ?",
                (_utc(now), portal, night.isoformat()),
            )
            return True

    def owed(self, now: datetime) -> list[Standing]:
        """Everything that can be claimed now: newest night first, portals by name."""
        rows = self._select("SELECT * FROM nights WHERE state IN ('planned', 'running')")
        return sorted((r for r in rows if r.claimable(now)), key=lambda r: (-r.night.toordinal(), r.portal))

    def of(self, night: date) -> list[Standing]:
        """Every portal of a night, by name."""
        return self._select("SELECT * FROM nights WHERE night = ? ORDER BY portal", night.isoformat())

    def nights(self) -> list[date]:
        """Every night the ledger knows, oldest first."""
        with plainly(self.path):
            rows = self._db.execute("SELECT DISTINCT night FROM nights ORDER BY night").fetchall()
        return [date.fromisoformat(row[0]) for row in rows]

    def ended(self, night: date) -> bool:
        """Whether every owed portal of the night is terminal."""
        return all(row.state.terminal for row in self.of(night))

    def journal(self) -> str:
        """The journal mode in force: `wal` only where SQLite has the WAL-reset fix, else `delete`."""
        with plainly(self.path):
            return str(self._db.execute("PRAGMA journal_mode").fetchone()[0])

    def _held(self, claim: Claim) -> None:
        row = self._row(claim.portal, claim.night)
        if row is None or row.fence != claim.fence or row.state is not State.RUNNING:
            by = f" by {row.owner.host} pid {row.owner.pid}" if row is not None and row.owner is not None else ""
            raise StaleClaim(f"{claim.portal} of {claim.night} was taken over{by}: this run stops and writes nothing")

    def _row(self, portal: str, night: date) -> Standing | None:
        query = "SELECT * FROM nights WHERE portal = ? AND night = ?"
        return next(iter(self._select(query, portal, night.isoformat())), None)

    def _select(self, query: str, *values: str) -> list[Standing]:
        with plainly(self.path):
            return [_standing(row) for row in self._db.execute(query, values).fetchall()]

    @contextmanager
    def _write(self) -> Iterator[None]:
        with plainly(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(
        portal=row["portal"],
        night=date.fromisoformat(row["night"]),
        state=State(row["state"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        owner=Owner.parse(row["owner"]) if row["owner"] else None,
        lease_until=_at(row["lease_until"]),
        heartbeat=_at(row["heartbeat"]),
        tries=row["tries"],
        fence=row["fence"],
        reason=row["reason"],
        exit_code=row["exit_code"],
        run=row["run"],
        started_at=_at(row["started_at"]),
        finished_at=_at(row["finished_at"]),
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
