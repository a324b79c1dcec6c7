"""The nights of one archive in the ledger: plan the current one, record missed ones, seal what has ended.

Nights are worked through in their order, because seals are chained: earlier nights are ended first. A night of which
nothing was fetched is recorded as missed, since its pages cannot be fetched any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from archive.errors import ArchiveError, RunBusy, UsageError
from archive.ingest.placement import free
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import AttemptResult, Claim, LeaseRow, LeaseState
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.sealing.signatures import load_key
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.storage.manifest import Seal
from archive.storage.paths import Paths
from archive.store import Archive
from crawler.catalog.portals import PortalInfo, why_skipped
from crawler.clock import Clock
from crawler.config.settings_file import NightSettings
from crawler.nights.orphaned_runs import close_leftover, fresh_run
from crawler.nights.runner import LEASE
from crawler.nights.seal_dates import date_seal
from crawler.verdicts.decommissioned import why_unscheduled
from vietnam.date_forms import TZ

LONGEST_GAP = timedelta(days=31)
"""A longer gap between nights is taken for a wrong clock rather than for a host that was off."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The nights of one archive by its ledger, its seals and the settings.

    `trouble` are the nights and runs that could not be ended or sealed, in words; the next tick tries them again.
    """

    archive: Archive
    ledger: Ledger
    settings: NightSettings
    portals: dict[str, PortalInfo]
    owner: Owner = field(default_factory=Owner.current)
    trouble: list[str] = field(default_factory=list)
    _off: dict[tuple[str, date], Reason | None] = field(default_factory=dict)

    @property
    def kind(self) -> ArchiveKind:
        """Live or rehearsed."""
        return self.archive.identity.kind

    def scheduled(self, night: date) -> list[str]:
        """Return the portals on the schedule of a night."""
        return [name for name in self.portals if self.why_off(name, night) is None]

    def why_off(self, name: str, night: date) -> Reason | None:
        """Return why a portal is not on a night's schedule, or None when it is.

        The settings leave it out, or it is decommissioned.
        """
        if (name, night) not in self._off:
            reason = why_skipped(self.portals[name], self.settings, self.kind)
            days = self.settings.gone_ask_days
            self._off[name, night] = reason or why_unscheduled(self.archive, name, night, days)
        return self._off[name, night]

    def plan(self, night: date, now: datetime) -> None:
        """Add every portal to the ledger: pending when it is on the schedule, else skipped with the reason. Idempotent."""
        self.ledger.plan(night, self.scheduled(night), now)
        known = {row.portal for row in self.ledger.of_night(night)}
        for name in self.portals:
            reason = self.why_off(name, night)
            if reason is not None and name not in known:
                self.ledger.end(name, night, LeaseState.SKIPPED, reason, now)

    def plan_again(self, night: date, names: Collection[str], now: datetime) -> None:
        """Make the named portals pending, also those whose night has ended: a person asked for them."""
        self.ledger.plan(night, names, now)
        for name in names:
            self.ledger.reopen(name, night, now)

    def last_night(self) -> date | None:
        """Return the latest night in the ledger or under a seal."""
        sealed = self.archive.last_seal()
        return max([*self.ledger.nights(), *([sealed.night] if sealed else [])], default=None)

    def refuse_clock(self, night: date) -> None:
        """Raise UsageError when the clock's night lies before one that is known, or before the archive was made."""
        last, made = self.last_night(), self.archive.identity.made_at
        since = [last] if last is not None else [made.astimezone(TZ).date() - timedelta(days=1)] if made else []
        if self.kind is ArchiveKind.LIVE and since and night < since[0]:
            known = "the last known night is" if last is not None else "the archive was made after"
            raise UsageError(
                f"this machine's clock says that the night of {night} is on, and {known} {since[0]}: set the clock right; "
                f"no night is run before it is"
            )

    def refuse_past(self, night: date) -> None:
        """Raise UsageError for a live night before the last sealed one."""
        sealed = self.archive.last_seal()
        if self.kind is ArchiveKind.LIVE and sealed is not None and night < sealed.night:
            raise UsageError(
                f"{night} lies before the last sealed night {sealed.night}: a live page cannot be fetched as of then; "
                f"run --night {sealed.night} or later, and check this machine's clock"
            )

    def end_before(self, night: date, now: datetime, longest: timedelta | None = LONGEST_GAP) -> list[Seal]:
        """End and seal every night before this one; portals that never ran are missed. Live archives only.

        Raises:
            UsageError: More nights than `longest` lie between: a clock that jumped must not record years of misses.
        """
        last = self.last_night()
        if last is None or self.kind is not ArchiveKind.LIVE:
            return []
        if longest is not None and night - last > longest:
            raise UsageError(
                f"the last night was {last} and this machine's clock says {night}: set the clock right, or if it is, "
                f"run `python scheduler.py --once --night {night}` and the nights between are recorded as missed"
            )
        for number in range(1, (night - last).days):
            missed = last + timedelta(days=number)
            for name in self.scheduled(missed):
                self.ledger.end(name, missed, LeaseState.MISSED, Reason.of("no_scheduler"), now)
        seals = []
        sealed = self.archive.last_seal()
        for earlier in [past for past in self.ledger.nights() if past < night and (not sealed or past >= sealed.night)]:
            try:
                self.end(earlier, now)
                seals += self.seal(earlier)
            except (ArchiveError, OSError) as error:  # this night is run all the same; seals wait, for they are chained
                self.trouble.append(f"{earlier} cannot be sealed: {error}")
        return seals

    def end(self, night: date, now: datetime) -> None:
        """End what is still pending of a night: partial where a crawl had started, else missed."""
        sealed = self.archive.last_seal()
        if sealed is not None and night <= sealed.night and self.ledger.has_ended(night):
            return
        self.plan(night, now)
        for row in self.ledger.of_night(night):
            if row.can_be_ended(now):
                claim = self.ledger.claim_to_end(row.portal, night, self.owner, now, LEASE)
                if claim is not None:
                    self.ledger.finish(claim, now, self._ending(row, claim, now))

    def _ending(self, row: LeaseRow, claim: Claim, now: datetime) -> AttemptResult:
        """Close the portal's run under a new fence, so that a crawl which outlived its scheduler stores nothing more."""
        state = LeaseState.PARTIAL if row.started_at is not None else LeaseState.MISSED
        clock = f"{self.settings.cut_off:%H:%M}"
        reason = Reason.of("cut_off", clock=clock)
        if row.reason is not None:
            reason = Reason.of("cut_off_after", clock=clock, why=row.reason)
        try:
            held = self.archive.free(claim.portal, claim.night, claim.fence)
            if held is not None:
                return AttemptResult(LeaseState.PLANNED, Reason.of("waits", why=held))  # tried again at the next tick
            self.archive.raise_fence(claim.portal, claim.night, claim.fence)
            run = fresh_run(self.archive, claim)
            if run is not None:
                return AttemptResult(LeaseState.DONE, run=run.run)
            run = close_leftover(self.archive, claim.portal, claim.night, state, reason, now, claim.fence)
        except (ArchiveError, OSError) as error:
            self.trouble.append(f"{claim.portal} of {claim.night} cannot be ended: {error}")
            return AttemptResult(LeaseState.PLANNED, Reason.of_error(error))
        return AttemptResult(state, reason, run=run.run if run else None)

    def seal(self, night: date) -> list[Seal]:
        """Seal the night when all its portals have ended and something is not sealed yet. Return the new seal, if any."""
        rows = [row for row in self.ledger.of_night(night) if row.state is not LeaseState.SKIPPED]
        if not rows or not all(row.state.terminal for row in rows) or not self._whole(night):
            return []
        before = self.archive.last_seal()
        if before is not None and before.night > night and night not in self.archive.unsealed_nights():
            return []
        self.archive.finish_closing()
        if not self._backfills_closed(night):
            return []
        key = load_key(self.settings.signing_key) if self.settings.signing_key else None
        lost = [row for row in rows if row.state is not LeaseState.DONE and row.run is None]
        missed = {row.portal: row.reason or Reason.sentence("") for row in lost}
        seal = self.archive.seal(night, missed, key)
        self._fill_search()
        known = before is not None and (before.night, before.number) == (seal.night, seal.number)
        if not known and self.kind is ArchiveKind.LIVE:
            self.trouble.extend(date_seal(self.archive.paths, seal, self.settings))
        return [] if known else [seal]

    def _fill_search(self) -> None:
        """Add the sealed texts to the search index. What fails is made up for by a later seal or the next search."""
        try:
            with SearchIndex.of(self.archive) as search:
                catch_up(self.archive, search)
        except (ArchiveError, OSError) as error:
            self.trouble.append(f"the texts of the last night cannot be searched yet: {error}")

    def _backfills_closed(self, night: date) -> bool:
        """Close the runs of killed backfills, which have no row in the ledger. Return False while one still runs."""
        for portal in self.archive.open_runs(night):
            died = Reason.of("process_died")
            try:
                close_leftover(self.archive, portal, night, LeaseState.PARTIAL, died, Clock().now())
            except RunBusy:
                return False
            except (ArchiveError, OSError) as error:
                self.trouble.append(f"{night} cannot be sealed: {error}")
                return False
        return True

    def recorded(self, night: date) -> dict[str, str | None]:
        """Return the last recorded run of each portal's night, None where it has none."""
        return {row.portal: row.run for row in self.ledger.of_night(night)}

    def unended(self, night: date, names: Collection[str], asked: Mapping[str, str | None]) -> set[str]:
        """Return those of these portals whose night is pending and has no record that `asked` does not have.

        One that ended and was made pending again has a newer record: whoever waited for its end has it.
        """
        rows = [row for row in self.ledger.of_night(night) if row.portal in names and not row.state.terminal]
        return {row.portal for row in rows if row.run == asked.get(row.portal)}

    def _unsealed(self, night: date) -> bool:
        sealed = self.archive.last_seal()
        pending = any(row.state is not LeaseState.SKIPPED for row in self.ledger.of_night(night))
        return pending and (sealed is None or night > sealed.night)

    def _whole(self, night: date) -> bool:
        """Return whether every scheduled portal is in the ledger and earlier nights are sealed, or the night itself is."""
        sealed = self.archive.last_seal()
        if self.kind is ArchiveKind.REPLICA or (sealed is not None and sealed.night == night):
            return True
        if any(past < night and not self.ledger.has_ended(past) for past in self.ledger.nights()):
            return False  # seals are chained: the earlier night comes first
        if any(past < night and self._unsealed(past) for past in self.ledger.nights()):
            return False
        return set(self.scheduled(night)) <= {row.portal for row in self.ledger.of_night(night)}


def reclaim_expired_leases(paths: Paths, ledger: Ledger, owner: Owner, now: datetime) -> None:
    """Make pending what ran under a lease that has expired, and kill the crawl if it still runs on this machine.

    Must run before the index is opened: a crawl paused mid-commit holds its lock.
    """
    for row in ledger.pending(now):
        if row.state is not LeaseState.RUNNING:
            continue
        claim = ledger.claim_to_end(row.portal, row.night, owner, now, LEASE)
        if claim is not None:
            free(paths, row.portal, row.night, claim.fence)
            reason = row.reason or Reason.of("scheduler_gone")
            ledger.finish(claim, now, AttemptResult(LeaseState.PLANNED, reason, row.exit_code, due=now))
