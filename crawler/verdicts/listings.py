"""Findings of the lists: how each section's walk ended, and whether it showed what it usually shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.messages.reason import Reason
from archive.model.enums import Verdict, WalkEnd
from archive.model.records import SectionWalk
from crawler.verdicts.counts import TRANSIENT, NightCounts, VerdictFinding
from crawler.verdicts.history import NightVolume, VolumeHistory

_NIGHTS = 84
_LEAST = 7  # nights of a section before its lists say what is usual
_SHORT = 0.5  # of the fewest entries that the lists usually show
_RANK = 2  # what usually is fewest: two odd nights do not make it usual


def walk_findings(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Judge the walks of the run's sections, alone and against the nights before."""
    for name, walk in night.sections.items():
        past = [seen.sections[name] for seen in before[-_NIGHTS:] if name in seen.sections]
        if walk.end is WalkEnd.EMPTY:
            yield _emptied(name, past) if _is_emptied(name, night) else _empty(name, past)
        elif walk.end is WalkEnd.FAILED:
            yield _failed(night, name, walk, before)
        elif walk.end is WalkEnd.PAGE_LIMIT:
            yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("list_endless", section=name, pages=walk.pages), 2)
        elif walk.end is None:
            yield VerdictFinding(Verdict.BROKEN, Reason.of("list_unfinished", section=name), 1)
        else:
            yield from _short(name, walk, past)
            yield from _repeated(name, walk, past)


def _is_emptied(name: str, night: NightCounts) -> bool:
    """Return whether a list says that it is empty while the same portal's other lists are read: no selector is wrong."""
    others = (walk for other, walk in night.sections.items() if other != name)
    return name in night.emptied and any(walk.listed and walk.end and walk.end.complete for walk in others)


def _emptied(name: str, past: Sequence[VolumeHistory]) -> VerdictFinding:
    return VerdictFinding(None, Reason.of("section_emptied", section=name, usual=_fewest(past)), 1)


def _empty(name: str, past: Sequence[VolumeHistory]) -> VerdictFinding:
    usual = _fewest(past)
    found = Reason.of("lists_empty", section=name, listed=0)
    if usual:
        found = Reason.of("lists_empty_usual", section=name, listed=0, usual=usual)
    return VerdictFinding(Verdict.BROKEN, found, 3)


def _failed(night: NightCounts, name: str, walk: SectionWalk, before: Sequence[NightVolume]) -> VerdictFinding:
    outcome = night.failed.get(name)
    others = any(other.end is not None and other.end.complete for other in night.sections.values())
    if outcome in TRANSIENT and (others or walk.pages > 1) and before and name in before[-1].sections:
        return VerdictFinding(None, Reason.of("list_unread_once", section=name, page=walk.pages), 1)
    verdict = Verdict.SUSPICIOUS if walk.pages > 1 else Verdict.BROKEN
    found = Reason.of("list_unread", section=name, page=walk.pages)
    if outcome is not None:
        found = Reason.of("list_unread_outcome", section=name, page=walk.pages, outcome=outcome.value)
    return VerdictFinding(verdict, found, 2)


def _fewest(past: Sequence[VolumeHistory]) -> int:
    """Return the fewest entries that a section usually lists; 0 while that is not known."""
    return sorted(one.walk.listed for one in past)[_RANK] if len(past) >= _LEAST else 0


def _short(name: str, walk: SectionWalk, past: Sequence[VolumeHistory]) -> Iterator[VerdictFinding]:
    usual = _fewest(past)
    if walk.listed < _SHORT * usual:
        found = Reason.of("list_short", section=name, listed=walk.listed, usual=usual)
        yield VerdictFinding(Verdict.SUSPICIOUS, found, 2)


def _repeated(name: str, walk: SectionWalk, past: Sequence[VolumeHistory]) -> Iterator[VerdictFinding]:
    """Judge a page that brought nothing new where the second should. Entries may be missed when none before it was known."""
    again = walk.end is WalkEnd.FIRST_AGAIN
    if not again and (walk.end is not WalkEnd.REPEATED or walk.pages != 2):
        return
    went_on = [one for one in past if one.walk.pages > 2 or (one.walk.pages == 2 and one.walk.end is WalkEnd.KNOWN)]
    if 0 < walk.fresh == walk.listed and not walk.first:
        yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("paging_all_new", section=name, count=walk.fresh), 2)
    elif len(went_on) >= 3:
        pages = max(one.walk.pages for one in went_on)
        yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("paging_repeats", section=name, pages=pages), 1)
    elif again:
        yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("paging_first_again", section=name, count=walk.listed), 1)
