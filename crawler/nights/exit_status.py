"""From the end of a crawl process to the result of the attempt in the ledger. Pure, but for the probe it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, ExitCode
from archive.leases.states import AttemptResult, Claim, LeaseState
from archive.messages.reason import Reason
from archive.model.enums import FinishReason
from crawler.config.settings_file import NightSettings
from crawler.nights.crawl_process import ProcessExit


@dataclass(frozen=True, slots=True)
class NightWindow:
    """The rest of a night: its end, the pause before another try, and when a portal that did not answer is tried again.

    `until` is None for a night that a person runs by hand: no portal is waited for.
    """

    until: datetime | None
    retry: timedelta
    silent_for: timedelta
    silent_tries: int

    @classmethod
    def of(cls, settings: NightSettings, until: datetime | None, retry: timedelta) -> NightWindow:
        """Return the window that the settings give."""
        return cls(until, retry, settings.retry_unreachable, settings.unreachable_tries)

    def tries_again(self, unanswered: int, now: datetime) -> bool:
        """Return whether a portal that did not answer so many times before, and now again, is tried once more this night."""
        return self.until is not None and unanswered + 1 < self.silent_tries and now + self.silent_for < self.until


def attempt_result(
    claim: Claim,
    ended: ProcessExit,
    finish: str | None,
    now: datetime,
    window: NightWindow,
    max_tries: int,
    *,
    stopping: bool,
) -> AttemptResult:
    """Return the result of an attempt that left no complete record.

    `finish` is the reason for its end that the crawl itself wrote, `stopping` whether this scheduler is being stopped.
    """
    code = ended.stopped.code if ended.stopped is not None else ExitCode.BUG
    if ended.stopped is None:
        if ended.code == ExitCode.INTERRUPTED and finish == FinishReason.UNREACHABLE:
            last = Reason.sentence(ended.last_line) if ended.last_line else Reason.of("did_not_answer")
            reason = Reason.of("unreachable", why=last)
            return AttemptResult(LeaseState.PLANNED, reason, ended.code, due=now + window.silent_for, unanswered=True)
        if ended.code == ExitCode.TIME_LIMIT:
            return AttemptResult(LeaseState.PARTIAL, ended.reason, ended.code)
        if ended.code == ExitCode.INTERRUPTED and stopping:  # systemd signals the whole group at once
            return AttemptResult(LeaseState.PLANNED, ended.reason, ended.code, free=True)
        return failed_try(claim, ended.reason, ended.code, now + window.retry, max_tries)
    if code == ExitCode.TIME_LIMIT:
        return AttemptResult(LeaseState.PARTIAL, ended.reason, code)
    return AttemptResult(LeaseState.PLANNED, ended.reason, code, free=True)


def failed_try(claim: Claim, reason: Reason, code: int | None, due: datetime, max_tries: int) -> AttemptResult:
    """Return that the portal is pending again, or that it failed when this was the last of its tries."""
    if claim.tries < max_tries:
        return AttemptResult(LeaseState.PLANNED, reason, code, due=due)
    if claim.tries > 1:
        reason = Reason.of("after_tries", reason=reason, tries=claim.tries)
    return AttemptResult(LeaseState.FAILED, reason, code)


def archive_error(claim: Claim, ended: ProcessExit, probe: Callable[[str], None]) -> ArchiveError | None:
    """Return what a crawl found wrong with the whole archive; None when only this portal's own files are concerned.

    `probe` writes to the archive's disk for a portal, or raises what prevents that.
    """
    if ended.stopped is not None:
        return None
    if ended.code == ExitCode.ARCHIVE_UNUSABLE:
        return ArchiveUnusable(f"{claim.portal}: {ended.reason}")
    if ended.code == ExitCode.DISK_FULL:
        try:
            probe(claim.portal)
        except ArchiveError:
            return DiskFull(f"{claim.portal}: {ended.reason}")
    return None
