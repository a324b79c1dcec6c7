"""What the schedule asks at a moment: plan tonight, record what was missed, seal what has ended.

Nights are worked through in their order, because seals are chained: whatever lies before tonight is ended first. A night
of which nothing was fetched cannot be fetched as of then any more: it is recorded as missed, never passed over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.errors import RunBusy, UsageError
from archive.ledger import Ledger, Standing, State
from archive.manifest import Seal, load_key
from archive.records import Kind
from archive.store import Archive
from crawler.clock import Clock
from crawler.leftovers import close_leftover, place_finished
from crawler.nightsettings import NightSettings
from crawler.portals import Portal, why_skipped

__all__ = ["LONGEST_GAP", "Schedule"]

LONGEST_GAP = timedelta(days=31)
"""A longer gap of nights is taken for a wrong clock rather than for a host that was off."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The nights of one archive as the ledger, the seals and the settings have them."""

    archive: Archive
    ledger: Ledger
    settings: NightSettings
    portals: dict[str, Portal]

    @property
    def kind(self) -> Kind:
        """Whether these nights are live or rehearsed."""
        return self.archive.identity.kind

    def scheduled(self) -> list[str]:
        """The portals on the schedule."""
        return [name for name, portal in self.portals.items() if why_skipped(portal, self.settings, self.kind) is None]

    def plan(self, night: date, now: datetime) -> None:
        """Owe every portal on the schedule and record those that are off it with the reason. Doing it again adds nothing."""
        self.ledger.plan(night, self.scheduled(), now)
        known = {row.portal for row in self.ledger.of(night)}
        for name, portal in self.portals.items():
            reason = why_skipped(portal, self.settings, self.kind)
            if reason is not None and name not in known:
                self.ledger.settle(name, night, State.SKIPPED, reason, now)

    def plan_again(self, night: date, names: Collection[str], now: datetime) -> None:
        """Owe the named portals, also those whose night has ended: a person asked for them."""
        self.ledger.plan(night, names, now)
        for name in names:
            self.ledger.reopen(name, night, now)

    def last_night(self) -> date | None:
        """The latest night that the ledger or a seal knows."""
        sealed = self.archive.last_seal()
        return max([*self.ledger.nights(), *([sealed.night] if sealed else [])], default=None)

    def refuse_past(self, night: date) -> None:
        """Raises UsageError for a live night before the last seal's, or a clock that says so."""
        sealed = self.archive.last_seal()
        if self.kind is Kind.LIVE and sealed is not None and night < sealed.night:
            raise UsageError(
                f"{night} lies before the last sealed night {sealed.night}: a live page cannot be fetched as of then; "
                f"run --night {sealed.night} or later, and check this machine's clock"
            )

    def end_before(self, night: date, now: datetime, longest: timedelta | None = LONGEST_GAP) -> list[Seal]:
        """End and seal every night before this one; what never ran is missed. Live archives only.

        Raises UsageError when more nights than `longest` lie between: a clock that jumped must not write years of misses.
        """
        last = self.last_night()
        if last is None or self.kind is not Kind.LIVE:
            return []
        if longest is not None and night - last > longest:
            raise UsageError(
                f"the last night was {last} and this machine's clock says {night}: set the clock right, or if it is, "
                f"run `python scheduler.py --once --night {night}` and the nights between are recorded as missed"
            )
        for number in range(1, (night - last).days):
            self._miss(last + timedelta(days=number), now)
        seals = []
        sealed = self.archive.last_seal()
        for earlier in [past for past in self.ledger.nights() if past < night and (not sealed or past >= sealed.night)]:
            self.end(earlier, now)
            seals += self.seal(earlier)
        return seals

    def _miss(self, night: date, now: datetime) -> None:
        for name in self.scheduled():
            self.ledger.settle(name, night, State.MISSED, "no scheduler ran that night", now)

    def end(self, night: date, now: datetime) -> None:
        """End what is still owed of a night: partial where something was fetched, missed where nothing was."""
        sealed = self.archive.last_seal()
        if sealed is not None and night <= sealed.night and self.ledger.ended(night):
            return
        self.plan(night, now)
        for row in self.ledger.of(night):
            if not row.state.terminal and (row.state is State.PLANNED or row.abandoned(now)):
                self._end_one(row, now)

    def _end_one(self, row: Standing, now: datetime) -> None:
        began = row.started_at is not None
        state = State.PARTIAL if began else State.MISSED
        reason = f"not finished by the cut-off of {self.settings.cut_off:%H:%M}"
        reason = f"{reason} ({row.reason})" if row.reason else reason
        place_finished(self.archive)
        try:
            run = close_leftover(self.archive, row.portal, row.night, state, reason, now)
        except RunBusy:
            return  # its crawl lives on without its scheduler; asked again at the next bell
        self.ledger.settle(row.portal, row.night, state, reason, now, run.run if run else None)

    def seal(self, night: date) -> list[Seal]:
        """Seal the night when every portal that it owes has ended and something is not sealed yet; the new seal, if any."""
        rows = [row for row in self.ledger.of(night) if row.state is not State.SKIPPED]
        if not rows or not all(row.state.terminal for row in rows) or not self._whole(night):
            return []
        before = self.archive.last_seal()
        if before is not None and before.night > night and night not in self.archive.unsealed_nights():
            return []
        place_finished(self.archive)
        if not self._strays_closed(night):
            return []
        key = load_key(self.settings.signing_key) if self.settings.signing_key else None
        missed = {row.portal: row.reason for row in rows if row.state is not State.DONE and row.run is None}
        seal = self.archive.seal(night, missed, key)
        known = before is not None and (before.night, before.number) == (seal.night, seal.number)
        return [] if known else [seal]

    def _strays_closed(self, night: date) -> bool:
        """Close what a backfill that was killed left open, which no row of the ledger owes; False while one still runs."""
        for portal in self.archive.open_runs(night):
            try:
                close_leftover(self.archive, portal, night, State.PARTIAL, "its process died", Clock().now())
            except RunBusy:
                return False
        return True

    def ended(self, night: date, names: Collection[str]) -> bool:
        """Whether these portals' nights are terminal."""
        return all(row.state.terminal for row in self.ledger.of(night) if row.portal in names)

    def _whole(self, night: date) -> bool:
        """Whether nothing more is to come: a live night owes every scheduled portal, unless it was sealed before."""
        sealed = self.archive.last_seal()
        if self.kind is Kind.REPLICA or (sealed is not None and sealed.night == night):
            return True
        if any(past < night and not self.ledger.ended(past) for past in self.ledger.nights()):
            return False  # seals are chained: the earlier night comes first
        return set(self.scheduled()) <= {row.portal for row in self.ledger.of(night)}
