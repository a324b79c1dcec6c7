"""The progress of running nights: a live table on a terminal, plain log lines elsewhere, never both.

A crawl process appends lines to its progress file (environment PROGRESS_FILE), each a JSON object with `requests`, `listed`,
`new` and `outcomes`, all counted from the start of the run; the last line counts.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from archive.leases.states import LeaseState
from archive.messages.reason import Reason, joined
from archive.model.enums import Outcome, first_texts
from archive.model.records import Run

_SHOWN_OUTCOMES = 3
_TAIL = 8192


@dataclass(frozen=True, slots=True)
class ProgressCounts:
    """The counts of a run so far, and the reason for its end once it has ended."""

    requests: int = 0
    listed: int = 0
    new: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    finish: str | None = None

    @property
    def answered(self) -> int:
        """The number of requests that got any response."""
        return sum(count for name, count in self.outcomes.items() if name != Outcome.UNREACHABLE.value)


class ProgressView(Protocol):
    """A display of the events of a night."""

    def started(self, portal: str, night: date, tries: int) -> None:
        """Show that a crawl process began."""

    def counted(self, portal: str, counts: ProgressCounts) -> None:
        """Show the counts of a running portal."""

    def ended(self, portal: str, night: date, state: LeaseState, run: Run | None, reason: Reason | None) -> None:
        """Show that a try ended; without a record of its run, `reason` is why."""

    def message(self, message: str) -> None:
        """Show a remark."""

    def close(self) -> None:
        """End the display."""


def read_counts(path: Path) -> ProgressCounts | None:
    """Return the last whole line of a progress file; None while there is none. Torn and foreign lines are skipped."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - _TAIL))
            lines = stream.read().split(b"\n")[:-1]
    except OSError:
        return None
    for line in reversed(lines):
        try:
            counts = json.loads(line)
            outcomes = {str(name): int(count) for name, count in counts.get("outcomes", {}).items()}
            requests, listed, new = (int(counts.get(name, 0)) for name in ("requests", "listed", "new"))
            return ProgressCounts(requests, listed, new, outcomes, counts.get("finish"))
        except (ValueError, TypeError, AttributeError):
            continue
    return None


def outcome_words(outcomes: Mapping[str, int]) -> str:
    """Return the commonest outcomes, most first: `article 12, listing 4`."""
    order = sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN_OUTCOMES]
    return ", ".join(f"{name} {count}" for name, count in order if count)


class PlainProgress:
    """A display of one log line per event."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def started(self, portal: str, night: date, tries: int) -> None:
        """Log or show that a crawl process began."""
        self._log.info("%s %s started%s", night, portal, f", try {tries}" if tries > 1 else "")

    def counted(self, portal: str, counts: ProgressCounts) -> None:
        """Log nothing: the end has the counts."""

    def ended(self, portal: str, night: date, state: LeaseState, run: Run | None, reason: Reason | None) -> None:
        """Log the end of a try."""
        if run is None:
            self._log.warning("%s %s %s: %s", night, portal, _words(state), reason or "")
            return
        why = f" ({joined(run.reasons)})" if run.reasons else ""
        new = first_texts(run.events)
        self._log.info(
            "%s %s %s: listed %d, new %d, requests %d, %s%s",
            *(night, portal, _words(state), run.listed, new, run.requests, run.verdict, why),
        )

    def message(self, message: str) -> None:
        """Show a remark."""
        self._log.info("%s", message)

    def close(self) -> None:
        """Do nothing."""


def _words(state: LeaseState) -> str:
    return "is pending again" if state is LeaseState.PLANNED else state.value


@dataclass(slots=True)
class _Row:
    state: str
    counts: ProgressCounts = field(default_factory=ProgressCounts)


class LiveProgress:
    """A table that stays in place, one row per portal, drawn at most four times a second."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._night: date | None = None
        self._rows: dict[str, _Row] = {}
        self._live: Live | None = None

    def started(self, portal: str, night: date, tries: int) -> None:
        """Add a row; another night begins a new table."""
        if self._night != night:
            self.close()
            self._night, self._rows = night, {}
        if self._live is None:
            self._live = Live(console=self._console, refresh_per_second=4, get_renderable=self._table)
            self._live.start()
        self._rows[portal] = _Row("running" if tries == 1 else f"running, try {tries}")

    def counted(self, portal: str, counts: ProgressCounts) -> None:
        """Show the counts of a running portal."""
        if portal in self._rows:
            self._rows[portal].counts = counts

    def ended(self, portal: str, night: date, state: LeaseState, run: Run | None, reason: Reason | None) -> None:
        """Show the verdict in the row, or the reason why there is none."""
        row = self._rows.setdefault(portal, _Row(""))
        row.state = f"{_words(state)}: {reason or ''}" if run is None else run.verdict.value
        if run is not None:
            row.counts = ProgressCounts(run.requests, run.listed, first_texts(run.events), run.outcomes)

    def message(self, message: str) -> None:
        """Print a remark above the table."""
        self._console.print(message, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the table as it is and release the terminal."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _table(self) -> Table:
        counts = (Column(name, justify="right") for name in ("requests", "listed", "new"))
        columns: list[Column | str] = ["portal", *counts, "outcomes so far", "state"]
        table = Table(*columns, title=f"night {self._night}", box=None, pad_edge=False, title_justify="left")
        for portal, row in sorted(self._rows.items()):
            numbers = (str(row.counts.requests), str(row.counts.listed), str(row.counts.new))
            table.add_row(portal, *numbers, outcome_words(row.counts.outcomes), Text(row.state))
        return table


def progress_view(console: Console, log: Callable[[], logging.Logger]) -> ProgressView:
    """Return the live table where there is a terminal, log lines where there is none."""
    return LiveProgress(console) if console.is_terminal else PlainProgress(log())
