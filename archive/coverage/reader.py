"""Read the facts of coverage: the index for runs and dates, the manifests for missed nights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from archive.coverage.calendar import (
    DayState,
    DecommissionPeriod,
    PortalCoverage,
    PortalKnowledge,
    cover,
    nights_between,
)
from archive.errors import UsageError, did_you_mean
from archive.index.transaction import Queries
from archive.messages.reason import Reason
from archive.model.decommission import DecommissionSign
from archive.storage.manifest import seals_on_disk
from archive.store import Archive


def span(archive: Archive, since: date | None, until: date | None) -> tuple[date, date]:
    """Return the days from `since` to `until`; by default from the archive's first night to its last.

    Raises UsageError when nothing was crawled yet or the span ends before it begins.
    """
    with archive.index.reading() as queries:
        first, last = queries.coverage.first_night(), queries.coverage.last_night()
    if first is None or last is None:
        raise UsageError("nothing was crawled yet; coverage has days to tell after the first night")
    since, until = since or first, until or last
    if until < since:
        raise UsageError(f"--until {until} lies before --since {since}")
    return since, until


def require_known(archive: Archive, portal: str | None, since: date | None, until: date | None) -> None:
    """Require that the archive has nights of the portal, and a night from `since` to `until`, where these are named.

    Raises UsageError with what was probably meant: nothing found there would be no answer.
    """
    opened = archive.paths.open_runs()
    if portal is not None:
        with archive.index.reading() as queries:
            known = {*queries.coverage.portals(), *(folder.name.partition(".")[0] for _, folder in opened)}
        if portal not in known:
            nights = archive.paths.nights()
            known |= {name for night in nights for seal in seals_on_disk(archive.paths, night) for name in seal.missed}
        if portal not in known:
            raise _unknown_portal(portal, known)
    if since is None and until is None:
        return
    first, last = since or date.min, until or date.max
    nights = sorted({*archive.paths.nights(), *(night for night, _ in opened)})
    if last < first:
        raise UsageError(f"--until {until} lies before --since {since}")
    if not any(first <= night <= last for night in nights):
        beside = [*[night for night in nights if night < first][-1:], *[night for night in nights if night > last][:1]]
        named = f"of {first}" if first == last else f"from {since or 'the beginning'} to {until or 'now'}"
        nearest = f"did you mean {' or '.join(map(str, beside))}?" if beside else "nothing was crawled yet"
        raise UsageError(f"the archive has no night {named}; {nearest}")


def _unknown_portal(portal: str, known: Collection[str]) -> UsageError:
    return UsageError(f"the archive has no night of {portal}; {did_you_mean(portal, known)}")


def read_coverage(
    archive: Archive, since: date, until: date, portals: Collection[str] = (), provinces: Collection[str] = ()
) -> list[PortalCoverage]:
    """Read the coverage of each portal, by name; of all portals of the archive unless some are named.

    With `provinces` (slugs) only of portals that were crawled while they belonged to one of them.

    Raises UsageError for a portal the archive has never crawled nor missed.
    """
    missed: dict[str, dict[date, Reason]] = defaultdict(dict)
    sealed = set()
    for night in archive.paths.nights():
        seals = seals_on_disk(archive.paths, night)
        sealed |= {night} if seals else set()
        for seal in seals:
            for portal, reason in seal.missed.items():
                missed[portal][night] = reason
    with archive.index.reading() as queries:
        every = sorted({*queries.coverage.portals(), *missed})
        for portal in sorted(set(portals) - set(every)):
            raise _unknown_portal(portal, every)
        belonged = queries.coverage.portals_of(provinces)
        wanted = [one for one in every if (not provinces or one in belonged) and (not portals or one in portals)]
        return list(cover_portals(queries, wanted, (since, until), missed, sealed))


def cover_portals(
    queries: Queries,
    portals: Iterable[str],
    span: tuple[date, date],
    missed: Mapping[str, Mapping[date, Reason]],
    sealed: Collection[date],
    runs_until: date | None = None,
) -> Iterator[PortalCoverage]:
    """Yield the coverage of portals in a span of nights, both ends included.

    `missed`: the missed nights of each portal. `sealed`: sealed nights; later ones have no state yet. Runs up to
    `runs_until` (default: the end of the span) count as catching up.
    """
    since, until = span
    nights, last = nights_between(since, until), max(sealed, default=date.min)
    unsealed = frozenset(night for night in nights if night not in sealed and night > last)
    for portal in portals:
        first = queries.coverage.first_night(portal)
        runs = queries.runs.between(portal, since, runs_until or until)
        dates = queries.coverage.published_by_day(portal, since, until)
        absent = decommission_periods(queries, portal)
        known = PortalKnowledge(first, runs, missed.get(portal, {}), dates, absent)
        yield cover(portal, known, nights, unsealed)


def decommission_periods(queries: Queries, portal: str) -> list[DecommissionPeriod]:
    """Return the periods in which a portal was moved or gone, oldest first.

    A period recorded as gone may contain an earlier record of a move.
    """
    found: list[DecommissionPeriod] = []
    for run in queries.runs.decommissions(portal):
        if run.away is None or (found and found[-1].covers(run.night)):
            continue
        until = queries.runs.answered_after(portal, run.night, run.run)
        state = DayState.MOVED if run.away.sign is DecommissionSign.MOVED else DayState.GONE
        found.append(
            DecommissionPeriod(
                state, run.away.since, until, Reason.of("recorded_on", was=run.away.reason, day=str(run.away.recorded))
            )
        )
    return found
