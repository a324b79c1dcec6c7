"""The state of the archive at a moment: the last night, running crawls, the last seal, nights for which the disk lasts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from archive.leases.ledger import Ledger
from archive.leases.states import LeaseRow, LeaseState
from archive.model.enums import ArchiveKind
from archive.storage.manifest import Seal, seals_on_disk
from archive.store import Archive
from crawler.config.settings_file import NightSettings
from crawler.disk_space import DiskSpace, StatVfs, free_space, nights_left
from crawler.reports.night_table import NightRow, night_rows

USUAL_NIGHTS = 7
"""The number of nights over which the usual size is the median."""


@dataclass(frozen=True, slots=True)
class MetricsSnapshot:
    """The state at a moment. `night` is the last one in the ledger, `sizes` the bytes of the last sealed nights, newest first."""

    kind: ArchiveKind
    night: date | None
    rows: tuple[NightRow, ...]
    running: tuple[LeaseRow, ...]
    sealed: Seal | None
    next_start: datetime
    journal: str
    room: DiskSpace | None
    wanted: int
    sizes: tuple[int, ...]

    @property
    def usual(self) -> int | None:
        """The median of the sizes; None before the first sealed night."""
        return int(median(self.sizes)) if self.sizes else None

    @property
    def nights_left(self) -> int | None:
        """The number of nights until new work stops for want of room."""
        return None if self.room is None else nights_left(self.room.free, self.wanted, self.sizes)

    @property
    def states(self) -> dict[LeaseState, int]:
        """The number of portals of the last night by state."""
        return {state: sum(row.state is state for row in self.rows) for state in LeaseState}


def gather(
    store: Archive, ledger: Ledger, settings: NightSettings, now: datetime, statvfs: StatVfs = os.statvfs
) -> MetricsSnapshot:
    """Read the state. Change nothing."""
    nights = ledger.nights()
    try:
        left = free_space(store.paths.root, statvfs)
    except OSError:
        left = None
    return MetricsSnapshot(
        kind=store.identity.kind,
        night=nights[-1] if nights else None,
        rows=tuple(night_rows(store, ledger, nights[-1])) if nights else (),
        running=tuple(
            row for night in nights[-7:] for row in ledger.of_night(night) if row.state is LeaseState.RUNNING
        ),
        sealed=store.last_seal(),
        next_start=settings.next_start(now),
        journal=ledger.journal(),
        room=left,
        wanted=settings.min_free,
        sizes=tuple(night_sizes(store)),
    )


def night_sizes(store: Archive, nights: int = USUAL_NIGHTS) -> list[int]:
    """Return the bytes of the last sealed nights by their seals, newest first. Nights without files are skipped."""
    sizes: list[int] = []
    for night in reversed(store.paths.nights()):
        if len(sizes) == nights:
            break
        size = sum(entry.size for seal in seals_on_disk(store.paths, night) for entry in seal.files)
        sizes += [size] if size else []
    return sizes
