"""A composed year, night after night: which portals there are, what is planted, and the nights' seals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from pathlib import Path
from random import Random

from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.store import Archive
from bench.runner import new_archive
from bench.year.document_series import IssuedDocument, Series, gazetted_series, series_of
from bench.year.newsroom import Newsroom, ReleaseWire
from bench.year.portal_year import PortalYear, before_first
from bench.year.states import Calendar, State, calendar_of
from crawler.verdicts.decommissioned import why_unscheduled
from replicas.sites.catalogue import EVERY
from replicas.sites.domino import CongBaoSonLa
from vietnam.provinces import PROVINCES, predecessors, province_of_host

FIRST = date(2025, 3, 3)
"""From here a year holds the mergers of 1 July 2025, the public holidays, a New Year and Tết."""
_OFFLINE = {
    "ninh_thuan": (date(2025, 8, 1), State.GONE),
    "bac_giang": (date(2025, 9, 15), State.MOVED),
    "vinh_phuc": (date(2025, 10, 6), State.GONE),
}
"""Moments at which portals of merged provinces go offline, and the way they do; until then they are as quiet as an office that closed."""
_ASK_DAYS = 30  # how often one that is gone is asked again
_RUN_STATES = (State.GOOD, State.UNREACHABLE, State.BLOCKED, State.FAILED, State.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class PlantedYear:
    """Hold what was composed: portals, nights, planted states, each portal's series and the documents that it published."""

    portals: tuple[str, ...]
    nights: tuple[date, ...]
    calendar: Calendar
    series: dict[str, list[Series]]
    published: dict[str, list[IssuedDocument]]
    articles: int


# Composed and not crawled: a crawl takes about two seconds for each portal and night, so a year of all portals would
# take most of a day.
def compose_year(
    folder: Path,
    portals: Sequence[str],
    first: date,
    nights: int,
    seed: int,
    volume: float,
    report: Callable[[date, int, int], None] = lambda night, number, articles: None,
    calendar: Calendar | None = None,
) -> PlantedYear:
    """Make the archive; `calendar` is drawn unless it is given.

    Raises UsageError for a folder that holds nights already, DiskFull when the disk is full.
    """
    new_archive(folder)
    run = tuple(first + timedelta(days=number) for number in range(nights))
    calendar = calendar or calendar_of(Random(f"{seed} states"), portals, run, _OFFLINE)
    wire = ReleaseWire()
    rooms = {portal: _room(portal, seed, volume, wire) for portal in portals}
    articles = 0
    with Archive.open(folder, ArchiveKind.REPLICA) as archive:
        years = {portal: PortalYear(archive, room) for portal, room in rooms.items()}
        before_first(years.values(), first)
        for number, night in enumerate(run, 1):
            missed = {}
            for portal, year in years.items():
                articles += year.publish(night)
                state = calendar.of(portal, night)
                away = state in (State.GONE, State.MOVED) and why_unscheduled(archive, portal, night, _ASK_DAYS) is None
                if away or state in _RUN_STATES:
                    year.run(night, state)
                elif state is State.MISSED:
                    missed[portal] = calendar.reasons[portal, night]
            archive.seal(night, {name: Reason.sentence(why) for name, why in missed.items()})
            report(night, number, articles)
    series = {portal: room.series for portal, room in rooms.items()}
    published = {portal: room.known for portal, room in rooms.items()}
    return PlantedYear(tuple(portals), run, calendar, series, published, articles)


def _room(portal: str, seed: int, volume: float, wire: ReleaseWire) -> Newsroom:
    site, rng = EVERY[portal], Random(f"{seed} {portal}")
    size = volume * exp(rng.uniform(log(0.6), log(5)))
    province = province_of_host(site.host)
    if province is not None and issubclass(site, CongBaoSonLa):
        return Newsroom(site, rng, province.name, province.slug, size, [gazetted_series()], wire)
    is_government = province is not None and site.host.removeprefix("www.") == province.domain
    if province is None or not is_government:
        return Newsroom(site, rng, "huyện Tam Lộ", province.slug if province else None, size, [], wire)
    ends = province.since
    host = PROVINCES[province.merged_into].domain if province.merged_into else None
    restarts = tuple({one.since for one in predecessors(province.slug) if one.since is not None})
    series = series_of(rng, restarts, ends)
    return Newsroom(site, rng, PROVINCES[province.slug].name, province.slug, size, series, wire, host, ends)
