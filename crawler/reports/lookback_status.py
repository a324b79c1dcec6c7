"""Each portal's look-backs for `scheduler.py status`: the night of the next one, and the result of the last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rich.table import Table

from archive.index.queries.lookbacks import LastLookback
from archive.store import Archive
from crawler.config.run_options import next_lookback
from crawler.config.settings_file import NightSettings

_TOTALS = ("pages", "requests", "listed", "found", "kept", "late")


@dataclass(frozen=True, slots=True)
class LookbackStatus:
    """One portal's look-backs. `next` is the first night in which one is due, None where they are switched off."""

    portal: str
    next: date | None
    last: LastLookback | None

    def last_in_words(self, night: date | None) -> str:
        """Return the last look-back in words, after the night `night`. A cut one goes on until the next one is due."""
        if self.last is None:
            return "never"
        total, last = self.last.total, self.last
        nights = f" in {last.nights} nights" if last.nights > 1 else ""
        late = f" ({total.late} late)" if total.late else ""
        goes_on = self.next is not None and (night is None or night < self.next)
        state = "complete" if last.complete else "cut, goes on next night" if goes_on else "cut"
        return f"{last.began}: {total.pages} pages{nights}, {total.found} found{late}, {state}"

    @property
    def plain(self) -> dict[str, object]:
        """As JSON values."""
        last: dict[str, object] | None = None
        if self.last is not None:
            last = {"began": self.last.began.isoformat(), "nights": self.last.nights, "complete": self.last.complete}
            last |= {name: getattr(self.last.total, name) for name in _TOTALS}
        return {"portal": self.portal, "next": self.next.isoformat() if self.next else None, "last": last}


def lookback_statuses(archive: Archive, settings: NightSettings, portals: Iterable[str]) -> list[LookbackStatus]:
    """Return the status of the portals that were walked at least once, by name."""
    found = []
    with archive.index.reading() as queries:
        for portal in sorted(portals):
            first, days = queries.lookbacks.first_walk(portal), settings.lookback_of(portal).days
            if first is not None:
                last = queries.lookbacks.latest(portal)
                due = next_lookback(portal, days, first, last.began if last else None) if days else None
                found.append(LookbackStatus(portal, due, last))
    return found


def lookback_table(statuses: Iterable[LookbackStatus], night: date | None) -> Table:
    """Return a table with a row for each portal. `night` is the last night: a look-back may be due since then."""
    columns = ("portal", "next look-back", "last look-back")
    table = Table(*columns, title="look-backs", title_justify="left", box=None, pad_edge=False)
    for status in statuses:
        due = "due since " if status.next and night and status.next <= night else ""
        table.add_row(status.portal, f"{due}{status.next or 'off'}", status.last_in_words(night))
    return table
