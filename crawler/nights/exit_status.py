"""How a try at a portal's night ended, and what the ledger is told: pure, but for the probe it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, ExitCode
from archive.leases.ledger import AttemptResult, Claim, LeaseState
from crawler.config.settings_file import NightSettings
from crawler.nights.subprocess import ProcessExit
from crawler.spider.recorder import UNREACHABLE

__all__ = ["NightWindow", "archive_error", "ending_of", "failed_try"]


@dataclass(frozen=True, slots=True)
class NightWindow:
    """The rest of a night: until when, how long before another try, and when a silent portal is asked again.

    `until` is None for a night that a person runs at any hour: it waits for nobody.
    """

    until: datetime | None
    retry: timedelta
    silent_for: timedelta
    silent_tries: int

    @classmethod
    def of(cls, settings: NightSettings, until: datetime | None, retry: timedelta) -> NightWindow:
        """The window as the settings have it."""
        return cls(until, retry, settings.retry_unreachable, settings.unreachable_tries)

    def asks_again(self, unanswered: int, now: datetime) -> bool:
        """Whether a portal that was silent so many times before, and now again, is asked once more tonight."""
        return self.until is not None and unanswered + 1 < self.silent_tries and now + self.silent_for < self.until


def ending_of(
    claim: Claim,
    ended: ProcessExit,
    finish: str | None,
    now: datetime,
    window: NightWindow,
    max_tries: int,
    *,
    stopped: bool,
) -> AttemptResult:
    """What becomes of a try that left no complete record.

    `finish` is the crawl's own word on why it ended, `stopped` says that this scheduler is being stopped.
    """
    code = ended.told.code if ended.told is not None else ExitCode.BUG
    if ended.told is None:
        if ended.code == ExitCode.INTERRUPTED and finish == UNREACHABLE:
            reason = f"unreachable: {ended.last_line or 'it did not answer'}"
            return AttemptResult(LeaseState.PLANNED, reason, ended.code, due=now + window.silent_for, unanswered=True)
        if ended.code == ExitCode.TIME_LIMIT:
            return AttemptResult(LeaseState.PARTIAL, ended.reason, ended.code)
        if ended.code == ExitCode.INTERRUPTED and stopped:  # systemd tells the whole group at once
            return AttemptResult(LeaseState.PLANNED, ended.reason, ended.code, free=True)
        return failed_try(claim, ended.reason, ended.code, now + window.retry, max_tries)
    if code == ExitCode.TIME_LIMIT:
        return AttemptResult(LeaseState.PARTIAL, ended.reason, code)
    return AttemptResult(LeaseState.PLANNED, ended.reason, code, free=True)


def failed_try(claim: Claim, reason: str, code: int | None, due: datetime, max_tries: int) -> AttemptResult:
    """Owed again, unless that was the last of its tries."""
    if claim.tries < max_tries:
        return AttemptResult(LeaseState.PLANNED, reason, code, due=due)
    tries = f" ({claim.tries} tries)" if claim.tries > 1 else ""
    return AttemptResult(LeaseState.FAILED, reason + tries, code)


def archive_error(claim: Claim, ended: ProcessExit, probe: Callable[[str], None]) -> ArchiveError | None:
    """What a crawl found wrong with the archive as a whole; None when it was only with this portal's own files.

    `probe` writes to the archive's disk on behalf of a portal, or raises what forbids it.
    """
    if ended.told is not None:
        return None
    if ended.code == ExitCode.ARCHIVE_UNUSABLE:
        return ArchiveUnusable(f"{claim.portal}: {ended.reason}")
    if ended.code == ExitCode.DISK_FULL:
        try:
            probe(claim.portal)
        except ArchiveError:
            return DiskFull(f"{claim.portal}: {ended.reason}")
    return None
