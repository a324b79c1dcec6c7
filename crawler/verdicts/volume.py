"""Findings of the volume: nothing new for longer than is usual, or far less; for the portal and for each section.

A count is held against what was usual on such days before, never against a fixed number: a portal of two articles a week
may be silent for a fortnight, one of twenty a day not for two. What is improbable over one night is reported tonight, what is
improbable only over weeks (a slow decay, a section that dried up) when the weeks are full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archive.messages.reason import Reason
from archive.model.enums import Verdict
from crawler.verdicts.baseline import rate, usual
from crawler.verdicts.counts import VerdictFinding
from crawler.verdicts.history import NightVolume, VolumeHistory
from vietnam.holidays import DayType

_BEFORE = 84  # nights from which what is usual is taken
_LEAST, _LEAST_SECTION = 14, 28  # fewer nights than this say too little for a judgement over several
_SILENT_PORTAL, _SILENT_SECTION = 1e-4, 1e-5
_LEAST_SILENT = 3  # nights: a newsroom may be away for two, and what is written then comes later
_LONGER = 1.5  # than the longest silence before
# Nights, nights before them that are left out of what is usual (a decay was under way), the share of the usual below
# which a number is looked at, and how improbable it has to be.
_FALLEN = ((1, 5, 0.1, 2e-5), (7, 0, 0.35, 1e-4), (14, 7, 0.4, 3e-4), (28, 28, 0.5, 8e-4))
_MOST_TIMES = 1.6  # more than the days of a window are ever worth beside any days: a workday among weekends is 1.4


def volume_findings(nights: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Judge the volume of the last of these nights against those before it."""
    portal = _ordinary(nights, None)
    if not portal or portal[-1].day != nights[-1].day or len(portal) <= _LEAST:
        return
    found = list(_silent(portal, None, None))
    found = found or list(_fallen(portal))
    yield from found
    if found or len(nights[-1].sections) < 2:
        return
    factors = None
    for name, tonight in nights[-1].sections.items():
        if tonight.fresh:
            continue
        section = _ordinary(nights, name)
        if len(section) > _LEAST and _trailing(section) >= _LEAST_SILENT:
            factors = factors or usual(portal[-_BEFORE:]).factors
            yield from _silent(section, name, factors)


def _ordinary(nights: Sequence[NightVolume], section: str | None) -> list[VolumeHistory]:
    """Return the observations of a section or of the portal, without those that touch Tết."""
    seen = ((one.portal if section is None else one.sections.get(section)) for one in nights)
    return [one for one in seen if one is not None and one.days and not one.tet]


def _silent(
    observed: Sequence[VolumeHistory], section: str | None, factors: Mapping[DayType, float] | None
) -> Iterator[VerdictFinding]:
    """Nothing new for nights on end."""
    silence = _trailing(observed)
    before = observed[: len(observed) - silence][-_BEFORE:]
    if silence < _LEAST_SILENT or len(before) < (_LEAST_SECTION if section else _LEAST):
        return
    was = usual(before, factors)
    likely = was.at_most(0, was.expected(observed[len(observed) - silence :]), silence)
    if likely > (_SILENT_SECTION if section else _SILENT_PORTAL) or silence < _LONGER * _longest(before):
        return
    nights = (observed[-1].day - before[-1].day).days
    if section:
        silent = Reason.of("section_silent", section=section, n=nights, rate=rate(was.week))
        yield VerdictFinding(Verdict.THIN, silent, 1, f"silent {section}")
    else:
        yield VerdictFinding(Verdict.THIN, Reason.of("portal_silent", n=nights, rate=rate(was.week)), 2, "volume")


def _fallen(observed: Sequence[VolumeHistory]) -> Iterator[VerdictFinding]:
    """Judge whether there is far less than usual over one night or several weeks, by the longest window that shows it."""
    for nights, apart, share, improbable in reversed(_FALLEN):
        before = observed[: -nights - apart][-_BEFORE:]
        window = observed[-nights:]
        count = sum(one.fresh for one in window)
        if len(before) < max(_LEAST, nights) or (nights == 1 and not count):  # of one silent night says `_silent` more
            continue
        a_day = sum(one.fresh for one in before) / sum(len(one.days) for one in before)
        if count > share * _MOST_TIMES * a_day * sum(len(one.days) for one in window):
            continue  # most nights end here, without a closer look
        was = usual(before)
        expected = was.expected(window)
        if count < share * expected and was.at_most(count, expected, nights) < improbable:
            fell = Reason.of("volume_fell", count=count, n=nights, usual=round(expected), rate=rate(was.week))
            yield VerdictFinding(Verdict.THIN, fell, 1, "volume")
            return


def _trailing(observed: Sequence[VolumeHistory]) -> int:
    """Return how many of the last observations showed nothing new."""
    count = 0
    for one in reversed(observed):
        if one.fresh:
            break
        count += 1
    return count


def _longest(observed: Sequence[VolumeHistory]) -> int:
    """Return the longest run of observations that showed nothing new."""
    longest = run = 0
    for one in observed:
        run = 0 if one.fresh else run + 1
        longest = max(longest, run)
    return longest
