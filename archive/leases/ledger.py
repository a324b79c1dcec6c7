"""Track which (portal, night) is pending, running or ended: leases, heartbeats and fences in `ledger.db`.

The only database of an archive that cannot be rebuilt from its files. A portal's night is one row. A runner claims it
in one write transaction, so two schedulers never run the same one, and a dead scheduler is replaced when its lease ends
(at once when it is known to be dead on this host). Every claim gets a higher fence. A process that was paused, lost its
lease and woke up holds an old fence, and both the ledger and the store (`archive.leases.fencing`) refuse it.

`now` is an argument everywhere and must be aware; rows hold UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.errors import ArchiveUnusable, StaleClaim
from archive.leases.fencing import highest_fence
from archive.leases.process_id import Owner, boot_seconds
from archive.leases.states import AttemptResult, Claim, LeaseRow, LeaseState, lease_row, reason_text, utc
from archive.messages.reason import Reason
from archive.storage.sqlite_journal import journal_for, plainly

_SCHEMA = """
CREATE TABLE IF NOT EXISTS nights (
  portal TEXT NOT NULL, night TEXT NOT NULL, state TEXT NOT NULL, due_at TEXT NOT NULL,
  owner TEXT, lease_until TEXT, heartbeat TEXT, tries INTEGER NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', exit_code INTEGER, run TEXT, started_at TEXT, finished_at TEXT,
  PRIMARY KEY (night, portal)) WITHOUT ROWID
"""
_SECOND_FORMAT = (
    "ALTER TABLE nights ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE fences (last INTEGER NOT NULL)",
    "INSERT INTO fences SELECT COALESCE(MAX(fence), 0) FROM nights",
)
_THIRD_FORMAT = "ALTER TABLE nights ADD COLUMN beat REAL"
_FORMAT = 3


class Ledger(AbstractContextManager["Ledger"]):
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
        written = self._format()
        if written > _FORMAT:
            raise ArchiveUnusable(f"{self.path} has format {written}; this program reads up to {_FORMAT}: update it")
        wanted = journal_for(sqlite3.sqlite_version_info)
        if written < _FORMAT or (self.journal() == "wal") != (wanted == "WAL"):
            self._db.execute(f"PRAGMA journal_mode={wanted}")
        if written < _FORMAT:
            with self._write():
                self._make(self._format())  # read again: another process may just have made it
        known = highest_fence(self.path.parent / "open")  # a ledger that was lost or restored must not count backwards
        if known > int(self._db.execute("SELECT last FROM fences").fetchone()[0]):
            with self._write():
                self._db.execute("UPDATE fences SET last = MAX(last, ?)", (known,))

    def _make(self, written: int) -> None:
        if written < 1:
            self._db.execute(_SCHEMA)
        if written < 2:
            for statement in _SECOND_FORMAT:
                self._db.execute(statement)
        if written < 3:
            self._db.execute(_THIRD_FORMAT)
        self._db.execute(f"PRAGMA user_version={_FORMAT}")

    def _format(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def __exit__(self, *exc: object) -> None:
        self._db.close()

    def plan(self, night: date, portals: Iterable[str], now: datetime) -> int:
        """Add each portal's night that the ledger does not know yet as pending; returns how many were added."""
        with self._write():
            before = self._db.total_changes
            for portal in portals:
                self._db.execute(
                    "INSERT OR IGNORE INTO nights (portal, night, state, due_at) VALUES (?, ?, 'planned', ?)",
                    (portal, night.isoformat(), utc(now)),
                )
            return self._db.total_changes - before

    def end(
        self, portal: str, night: date, state: LeaseState, reason: Reason | None, now: datetime, run: str | None = None
    ) -> bool:
        """End a portal's night that is not running (missed, skipped); False if it is claimed or has ended."""
        with self._write():
            row = self._row(portal, night)
            if row is not None and not row.can_be_ended(now):
                return False
            self._db.execute(
                "INSERT INTO nights (portal, night, state, due_at, reason, finished_at, run) VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (night, portal) DO UPDATE SET state = excluded.state, reason = excluded.reason, "
                "finished_at = excluded.finished_at, run = COALESCE(excluded.run, run), owner = NULL, lease_until = NULL",
                (portal, night.isoformat(), state.value, utc(now), reason_text(reason), utc(now), run),
            )
            return True

    def claim(self, portal: str, night: date, owner: Owner, now: datetime, lease: timedelta) -> Claim | None:
        """Claim a portal's night that is due, in one write transaction; None when another holds it or it has ended."""
        with self._write():
            row = self._row(portal, night)
            if row is None or not row.claimable(now):
                return None
            started = "tries = tries + 1, reason = '', exit_code = NULL, started_at = ?, finished_at = NULL"
            self._update(portal, night, started, utc(now))
            return self._take(row, owner, now, lease, row.tries + 1)

    def claim_to_end(self, portal: str, night: date, owner: Owner, now: datetime, lease: timedelta) -> Claim | None:
        """Claim a pending portal's night that is not running, due or not, to end it: no try is counted."""
        with self._write():
            row = self._row(portal, night)
            return self._take(row, owner, now, lease, row.tries) if row and row.can_be_ended(now) else None

    def _take(self, row: LeaseRow, owner: Owner, now: datetime, lease: timedelta, tries: int) -> Claim:
        self._db.execute("UPDATE fences SET last = last + 1")
        fence = int(self._db.execute("SELECT last FROM fences").fetchone()[0])
        claimed = "state = 'running', owner = ?, lease_until = ?, heartbeat = ?, beat = ?, fence = ?"
        values = (str(owner), utc(now + lease), utc(now), boot_seconds(), fence)
        self._update(row.portal, row.night, claimed, *values)
        return Claim(row.portal, row.night, owner, fence, tries, row.run, row.unanswered)

    def heartbeat(self, claim: Claim, now: datetime, lease: timedelta) -> None:
        """Prolong the lease. Raises StaleClaim when another process took over."""
        with self._write():
            self._require_held(claim)
            values = (utc(now), utc(now + lease), boot_seconds())
            self._update(claim.portal, claim.night, "heartbeat = ?, lease_until = ?, beat = ?", *values)

    def finish(self, claim: Claim, now: datetime, ending: AttemptResult) -> None:
        """Record the result of the claimed try. Raises StaleClaim when another process took over."""
        uncounted = int(ending.free or ending.unanswered)
        due, reason = utc(ending.due or now), reason_text(ending.reason)
        ended = (ending.state.value, due, reason, ending.exit_code, ending.run)
        with self._write():
            self._require_held(claim)
            self._update(
                claim.portal, claim.night,
                "state = ?, due_at = ?, reason = ?, exit_code = ?, run = COALESCE(?, run), tries = tries - ?, "
                "unanswered = unanswered + ?, finished_at = ?, owner = NULL, lease_until = NULL",
                *ended, uncounted, int(ending.unanswered), utc(now),
            )  # fmt: skip

    def postpone(self, portal: str, night: date, due: datetime, reason: Reason) -> None:
        """Move the due time of a planned portal's night, with the reason; one that runs or has ended stays as it is."""
        with self._write():
            self._db.execute(
                "UPDATE nights SET due_at = ?, reason = ? WHERE portal = ? AND night = ? AND state = 'planned'",
                (utc(due), reason_text(reason), portal, night.isoformat()),
            )

    def reopen(self, portal: str, night: date, now: datetime) -> bool:
        """Make a portal's night pending now, for a person who named it; False when it has not ended.

        A planned night that waits for its next try becomes due at once.
        """
        with self._write():
            row = self._row(portal, night)
            if row is None or row.state is LeaseState.RUNNING:
                return False
            pending = (
                "due_at = ?, tries = iif(state = 'planned', tries, 0), unanswered = iif(state = 'planned', unanswered, 0), "
                "reason = iif(state = 'planned', reason, ''), state = 'planned'"
            )
            self._update(portal, night, pending, utc(now))
            return row.state.terminal

    def pending(self, now: datetime) -> list[LeaseRow]:
        """Return every row that can be claimed now: newest night first, portals by name."""
        rows = self._select("SELECT * FROM nights WHERE state IN ('planned', 'running')")
        return sorted((r for r in rows if r.claimable(now)), key=lambda r: (-r.night.toordinal(), r.portal))

    def of_night(self, night: date) -> list[LeaseRow]:
        """Return every portal of a night, by name."""
        return self._select("SELECT * FROM nights WHERE night = ? ORDER BY portal", night.isoformat())

    def nights(self) -> list[date]:
        """Return every night of the ledger, oldest first."""
        with plainly(self.path):
            rows = self._db.execute("SELECT DISTINCT night FROM nights ORDER BY night").fetchall()
        return [date.fromisoformat(row[0]) for row in rows]

    def has_ended(self, night: date) -> bool:
        """Return whether every portal of the night is terminal."""
        return all(row.state.terminal for row in self.of_night(night))

    def journal(self) -> str:
        """Return the journal mode in force: `wal` only where SQLite has the WAL-reset fix, else `delete`."""
        with plainly(self.path):
            return str(self._db.execute("PRAGMA journal_mode").fetchone()[0])

    def _require_held(self, claim: Claim) -> None:
        row = self._row(claim.portal, claim.night)
        if row is None or row.fence != claim.fence or row.state is not LeaseState.RUNNING:
            by = f" by {row.owner.host} pid {row.owner.pid}" if row is not None and row.owner is not None else ""
            raise StaleClaim(f"{claim.portal} of {claim.night} was taken over{by}: this run stops and writes nothing")

    def _row(self, portal: str, night: date) -> LeaseRow | None:
        query = "SELECT * FROM nights WHERE portal = ? AND night = ?"
        return next(iter(self._select(query, portal, night.isoformat())), None)

    def _select(self, query: str, *values: str) -> list[LeaseRow]:
        with plainly(self.path):
            return [lease_row(row) for row in self._db.execute(query, values).fetchall()]

    def _update(self, portal: str, night: date, changes: str, *values: str | float | None) -> None:
        query = f"UPDATE nights SET {changes} WHERE portal = ? AND night = ?"  # noqa: S608  # columns of ours
        self._db.execute(query, (*values, portal, night.isoformat()))

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
