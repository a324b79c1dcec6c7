"""Read the series of numbered documents from the index, and the failed nights behind their gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from archive.coverage.calendar import Day, PortalCoverage
from archive.coverage.number_series import NumberGap, NumberSeriesSet, Series, read_series
from archive.coverage.reader import read_coverage, span
from archive.index.rows import Mention
from archive.store import Archive
from vietnam.documents import DocumentNumber

_LATER = timedelta(days=7)  # a document stands on a page within a week, or is late
_SOON = timedelta(days=3)  # what stands on a list stands there longer


def read_number_series(archive: Archive) -> NumberSeriesSet:
    """Read the series that count."""
    with archive.index.reading() as queries:
        mentions = queries.documents.mentions()
        first = {name: queries.coverage.first_night(name) for name in queries.coverage.portals()}
    belongs = {mention.portal: mention.province for mention in mentions if mention.province}
    mentions = [one if one.province else replace(one, province=belongs.get(one.portal)) for one in mentions]
    since: dict[str, date] = {}
    for name, night in first.items():
        issuer = belongs.get(name, name)
        if night is not None:
            since[issuer] = min(night, since.get(issuer, night))
    return read_series(mentions, since)


def mentions_of(archive: Archive, wanted: DocumentNumber, year: int | None = None) -> list[Mention]:
    """Return the mentions of a number in the order of the files; of one year (as far as it is known) if given."""
    with archive.index.reading() as queries:
        mentions = queries.documents.mentions(int("".join(sign for sign in wanted.number if sign.isdigit())))
    of_year = year or wanted.year
    return [
        one
        for one in mentions
        if (one.type, one.organ) == (wanted.type, wanted.organ)
        and f"{one.number}{one.letter}" == wanted.number.lstrip("0")
        and (of_year is None or (one.year or one.day.year) == of_year)
    ]


def portals_of(series: Series) -> list[str]:
    """Return the portals whose texts name its numbers, by name."""
    return sorted({mention.portal for mentions in series.seen.values() for mention in mentions})


def coverage_of(archive: Archive, series: Sequence[Series]) -> Mapping[str, PortalCoverage]:
    """Return the coverage of every portal that names numbers of these series."""
    names = {name for one in series for name in portals_of(one)}
    if not names:
        return {}
    since, until = span(archive, None, None)
    return {covered.portal: covered for covered in read_coverage(archive, since, until, names)}


def failed_nights(gap: NumberGap, series: Series, covered: Mapping[str, PortalCoverage]) -> list[tuple[str, Day]]:
    """Return the nights that could have shown a gap's documents, with the portal unread and not caught up on soon."""
    since = gap.after or series.since
    until = (gap.before or since) + _LATER
    found = []
    for name in portals_of(series):
        found += [(name, day) for day in covered[name].gaps if since <= day.day <= until and not _soon(day)]
    return found


def _soon(day: Day) -> bool:
    return day.caught_up is not None and day.caught_up - day.day <= _SOON
