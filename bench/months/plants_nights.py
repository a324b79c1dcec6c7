"""On which night a thing is told: the looks as the crawl makes them, over the nights that are run and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from crawler.config.lookback import next_lookback
from crawler.spider.stop_rule import look_for_vanished, next_look
from crawler.spiders.da_nang import DaNang

__all__ = ["LOOKBACK_DAYS", "DueNight", "Nights"]

LOOKBACK_DAYS = 14
"""Days from one look-back to the next in a planted month, so that one falls into it whatever the portal's night is."""


@dataclass(frozen=True, slots=True)
class DueNight:
    """The night that tells something; None: none of those that are run."""

    night: date | None = None


@dataclass(frozen=True, slots=True)
class Nights:
    """The nights that are run. On `refused` ones the portal answers 503, on `empty` ones it finds nothing (404)."""

    run: tuple[date, ...]
    refused: frozenset[date] = frozenset()
    empty: frozenset[date] = frozenset()

    def at(self, day: date) -> date | None:
        """The first night from this day on in which the portal answers."""
        down = self.refused | self.empty
        return next((night for night in self.run if night >= day and night not in down), None)

    @property
    def lookbacks(self) -> tuple[date, ...]:
        """The nights in which a look-back begins."""
        found: list[date] = []
        first = self.at(self.run[0])
        while first is not None:
            due = next_lookback(DaNang.name, LOOKBACK_DAYS, first, found[-1] if found else None)
            night = self.at(due)
            if night is None:
                break
            found.append(night)
        return tuple(found)

    def look(self, kept: date, since: date) -> DueNight:
        """The first look from `since` on at an article that was kept in the night `kept`."""
        night: date | None = kept
        while night is not None:
            due = next_look(kept, night, DaNang.looks)
            night = self.at(due) if due else None
            if night is not None and night >= since:
                return DueNight(night)
        return DueNight()

    def gone(self, vanished: date) -> DueNight:
        """The look that calls an article gone, which vanished in the night `vanished`."""
        return self._look_for(vanished, vanished, vanished + timedelta(days=DaNang.gone_after))

    def returned(self, vanished: date, gone: date, until: date) -> DueNight:
        """The look that finds it back where it stands again from `until` on."""
        return self._look_for(vanished, gone, until)

    def _look_for(self, vanished: date, after: date, least: date) -> DueNight:
        night: date | None = after
        while night is not None:
            night = self.at(look_for_vanished(vanished, night, DaNang.gone_after))
            if night is not None and night >= least:
                return DueNight(night)
        return DueNight()
