"""Cache each portal's days, a year at a time, until a night of that year brings something.

A manifest is read once: it never changes. A damaged one gives no missed portal; the year is shown all the same, with a
note.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from archive.coverage.calendar import PortalCoverage, nights_between
from archive.coverage.number_gaps import read_number_series
from archive.coverage.number_series import NumberSeriesSet
from archive.coverage.reader import cover_portals
from archive.errors import ArchiveError
from archive.index.queries.web import CacheStamp
from archive.messages.reason import Reason
from archive.storage.manifest import seals_on_disk
from archive.store import Archive

_YEARS = 6  # remembered
_SECONDS = 60.0  # for a year that is not cached yet
_AFTER = timedelta(days=62)  # in which a gap of December may have been caught up on


@dataclass(frozen=True, slots=True)
class YearDays:
    """Days of one year: each portal's, the archive's first and last night, and the nights with a damaged seal."""

    year: int
    portals: tuple[PortalCoverage, ...]
    first: date
    last: date
    damaged: tuple[date, ...] = ()

    def of(self, portal: str) -> PortalCoverage | None:
        """Return one portal's days."""
        return next((known for known in self.portals if known.portal == portal), None)

    @property
    def by_day(self) -> list[tuple[int, date]]:
        """The year's days up to the last night, with their indices."""
        return list(enumerate(nights_between(date(self.year, 1, 1), min(date(self.year, 12, 31), self.last))))

    @property
    def length(self) -> int:
        """Count of days in the whole year."""
        return (date(self.year + 1, 1, 1) - date(self.year, 1, 1)).days


class DayCache:
    """Cached years of one archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._years: OrderedDict[int, tuple[CacheStamp, YearDays]] = OrderedDict()
        self._seals: dict[date, tuple[tuple[str, ...], Mapping[str, Reason] | None]] = {}
        self._lock = Lock()

    def span(self) -> tuple[date, date] | None:
        """Return the archive's first and last night; None before the first."""
        with self._archive.index.reading(_SECONDS) as queries:
            first, last = queries.coverage.first_night(), queries.coverage.last_night()
        return (first, last) if first and last else None

    def year(self, year: int) -> YearDays | None:
        """Return a year's days; None before the first night."""
        span = self.span()
        if span is None:
            return None
        since, until = date(year, 1, 1), date(year, 12, 31)
        with self._lock:  # a second request waits instead of reading it all again
            with self._archive.index.reading(_SECONDS) as queries:
                stamp = queries.web.cache_stamp(since, until + _AFTER)
            known = self._years.get(year)
            if known is None or known[0] != stamp or (known[1].first, known[1].last) != span:
                known = stamp, self._read(year, span)
                self._years[year] = known
            self._years.move_to_end(year)
            while len(self._years) > _YEARS:
                self._years.popitem(last=False)
        return known[1]

    def _read(self, year: int, span: tuple[date, date]) -> YearDays:
        since, until = date(year, 1, 1), date(year, 12, 31)
        missed: dict[str, dict[date, Reason]] = defaultdict(dict)
        sealed, damaged = set(), []
        for night in nights_between(max(since, span[0]), min(until, span[1])):
            names, reasons = self._missed(night)
            sealed |= {night} if names else set()
            damaged += [night] if reasons is None else []
            for portal, reason in (reasons or {}).items():
                missed[portal][night] = reason
        known = (since, min(until, span[1]))
        with self._archive.index.reading(_SECONDS) as queries:
            portals = sorted({*queries.coverage.portals(), *missed})
            found = tuple(cover_portals(queries, portals, known, missed, sealed, until + _AFTER))
        return YearDays(year, found, span[0], span[1], tuple(damaged))

    def _missed(self, night: date) -> tuple[tuple[str, ...], Mapping[str, Reason] | None]:
        """Return the names of a night's manifests and their missed portals, None for those when one is damaged."""
        folder = self._archive.paths.night(night)
        found = ((path, path.stat()) for path in sorted(folder.glob("manifest-*.json")))
        names = tuple(f"{path.name} {at.st_size} {at.st_mtime_ns}" for path, at in found)
        known = self._seals.get(night)
        if known is None or known[0] != names:
            try:
                seals = seals_on_disk(self._archive.paths, night)
                known = names, {portal: reason for seal in seals for portal, reason in seal.missed.items()}
            except (ArchiveError, OSError):
                known = names, None
            self._seals[night] = known
        return known


@dataclass(slots=True)
class SeriesCache:
    """Cached series of one archive, until a night brings something."""

    _known: tuple[CacheStamp, NumberSeriesSet] | None = None
    _lock: Lock = field(default_factory=Lock)

    def read(self, archive: Archive) -> NumberSeriesSet:
        """Return all series that count."""
        with self._lock:
            with archive.index.reading() as queries:
                stamp = queries.web.cache_stamp(date.min, date.max)
            if self._known is None or self._known[0] != stamp:
                self._known = stamp, read_number_series(archive)
            return self._known[1]
