"""A night in its archive and its ledger: a row for each portal, and the exit code that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from archive.errors import ExitCode
from archive.leases.ledger import Ledger
from archive.leases.states import LeaseState
from archive.messages.reason import Reason
from archive.model.enums import Event, Outcome, Verdict
from archive.model.records import Run
from archive.store import Archive

_EXPECTED = {Outcome.ARTICLE, Outcome.LISTING, Outcome.ROBOTS, Outcome.NOT_MODIFIED}


@dataclass(frozen=True, slots=True)
class NightRow:
    """One portal's night: its state in the ledger and, where there is one, the record of its last run.

    `began` and `ended` are those of its last try by the machine's clock, also in a rehearsal.
    """

    portal: str
    state: LeaseState
    reason: Reason | None
    run: Run | None
    began: datetime | None = None
    ended: datetime | None = None
    tries: int = 0

    @property
    def verdict(self) -> str:
        """The verdict, or the ledger's state where no run was closed."""
        return self.run.verdict.value if self.run is not None else self.state.value

    @property
    def good(self) -> bool:
        """Return whether the portal needs no attention."""
        if self.state is LeaseState.SKIPPED:
            return True
        good = self.run is not None and self.run.verdict in (Verdict.GOOD, Verdict.QUIET)
        return (good or self.expected) and self.state is LeaseState.DONE

    @property
    def expected(self) -> bool:
        """Return whether a dissolved portal did not answer and that was reported before.

        It is reported on the first such night, and on the night on which the portal is recorded as gone.
        """
        away = self.run.away if self.run is not None else None
        if self.run is None or away is None or not away.dissolved or self.run.verdict is Verdict.MOVED:
            return False
        return away.since < self.run.night and (away.recorded is None or away.recorded < self.run.night)

    @property
    def _unremarkable(self) -> bool:
        """Return whether nothing was wrong and nothing left out, so that its reasons need no attention."""
        return self.good and self.state is not LeaseState.SKIPPED and not self.expected

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of the run, else that of the ledger's row."""
        return self.run.reasons if self.run is not None and self.run.reasons else (self.reason,) if self.reason else ()

    @property
    def shown_reasons(self) -> tuple[Reason, ...]:
        """The reasons that need attention: of a good night only the boilerplate candidates, which need a decision."""
        return tuple(reason for reason in self.reasons if not self._unremarkable or str(reason).startswith("residue:"))

    def events(self, event: Event) -> int:
        """Return the number of lines of this kind that the run wrote."""
        return self.run.events.get(event.value, 0) if self.run is not None else 0


def night_rows(archive: Archive, ledger: Ledger, night: date) -> list[NightRow]:
    """Return a row for every portal of a night in the ledger, by name."""
    rows = []
    for row in ledger.of_night(night):
        run = last_run(archive, row.portal, night) if row.state.terminal else None
        same = run is not None and run.run == row.run
        times = row.started_at, row.finished_at if row.state.terminal else None
        rows.append(NightRow(row.portal, row.state, row.reason, run if same else None, *times, row.tries))
    return rows


def exit_code(rows: list[NightRow]) -> ExitCode:
    """Return GOOD when every portal's night was good or quiet, INTERRUPTED while some are pending, else FINDINGS."""
    if any(not row.state.terminal for row in rows):
        return ExitCode.INTERRUPTED
    return ExitCode.GOOD if all(row.good for row in rows) else ExitCode.FINDINGS


def other_outcomes(run: Run) -> dict[str, int]:
    """Return the number of outcomes beside articles, lists, robots.txt and unchanged pages, commonest first."""
    others = {name: count for name, count in run.outcomes.items() if Outcome(name) not in _EXPECTED and count}
    return dict(sorted(others.items(), key=lambda item: (-item[1], item[0])))


def last_run(archive: Archive, portal: str, night: date) -> Run | None:
    """Return the newest closed crawl of a portal's night. A run that only read captures again is no crawl."""
    runs = [run for run in archive.runs(night, portal) if run.crawled]
    return max(runs, key=lambda run: int(run.run.partition(".")[2] or 1), default=None)
