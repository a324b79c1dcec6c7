"""Run the resident scheduler's due work at a moment that a row chooses, over fake crawls; live rules, and no network.

It is the real night service, schedule, runner, ledger and seal; the clock and the crawls are the row's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

from rich.console import Console

from archive.leases.states import LeaseRow
from archive.model.enums import ArchiveKind
from archive.model.records import Run
from archive.store import Archive
from crawler.catalog.portals import PortalInfo
from crawler.config.settings_file import NightSettings
from crawler.nights import service as nights
from crawler.nights.runner import RunnerOptions
from crawler.portal import Sure
from faults.process.commands import lease_row
from faults.process.fake_crawl import fake_crawl_command
from faults.process.subprocesses import ChildExit, start
from vietnam.date_forms import TZ

_ID = UUID("5d0a3f7e-1b7c-4c3a-9a5d-3f0b5e6c7d81")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of March 2025 in Viet Nam."""
    return datetime.combine(date(2025, 3, day), time(hour, minute), TZ)


@dataclass(slots=True)
class SchedulerStub:
    """An archive of the live kind, its portals, and how each is to behave."""

    folder: Path
    ways: dict[str, str] = field(default_factory=lambda: {"ben_da": "good"})
    settings: NightSettings = field(default_factory=lambda: NightSettings(contact="a@ben-da.vn", jobs=1))
    grace: float = 20.0
    retry: float = 0.0

    def __post_init__(self) -> None:
        Archive.create(self.root, ArchiveKind.LIVE, _ID, at(1, 12)).close()

    @property
    def root(self) -> Path:
        """The archive."""
        return self.folder / "archive"

    def run_due(self, moment: Callable[[], datetime] | datetime) -> ChildExit:
        """Run what is due once, in a process of its own, to its end."""
        return start(self.due_work(moment)).end()

    def due_work(self, moment: Callable[[], datetime] | datetime) -> Callable[[Callable[[str], None]], None]:
        """Return the work of a process that runs what is due.

        The clock shows the moment, or what the function returns.
        """
        clock = moment if callable(moment) else lambda: moment

        def run_due(say: Callable[[str], None]) -> None:
            nights.clock = clock  # in this process alone
            retry, grace = timedelta(seconds=self.retry), timedelta(seconds=self.grace)
            ways = RunnerOptions(self.settings.jobs, retry, grace, self.folder / "log", self._command)
            asked = nights.RunRequest(self.root, self.settings, ArchiveKind.LIVE, (), None, ways)
            service = nights.NightService(asked, Console(file=StringIO()))
            service._portals = {
                name: PortalInfo(name, name, frozenset({f"{name}.vn"}), Sure.RECORDED) for name in self.ways
            }
            say(f"rang {service.run_due().name}")

        return run_due

    def _command(self, portal: str, night: date) -> list[str]:
        return fake_crawl_command(portal, night, self.root, self.ways[portal])

    def runs(self, day: int) -> list[Run]:
        """Return the closed runs of a night."""
        with Archive.open(self.root, read_only=True) as archive:
            return archive.runs(date(2025, 3, day))

    def row(self, day: int, portal: str = "ben_da") -> LeaseRow:
        """Return a portal's night in the ledger. Raises CheckFailure when it is silently absent."""
        return lease_row(self.root, portal, date(2025, 3, day))

    def states(self, *days: int) -> str:
        """Return the states of nights, in one word each."""
        return " ".join(self.row(day).state.value for day in days)
