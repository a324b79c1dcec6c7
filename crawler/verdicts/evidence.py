"""Findings from evidence that is not the crawl's own: the portal's witnesses, its metadata, its texts beside each other.

Rules that read a portal wrongly read it wrongly every night, so its own history shows nothing. These findings hold for
weeks: they are reported when first found and after four weeks, and in between they are notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.messages.reason import Reason
from archive.model.enums import Verdict, WalkEnd
from archive.model.records import SectionWalk
from crawler.verdicts.counts import NightCounts, VerdictFinding
from crawler.verdicts.history import NightVolume

# Entries of a witness, and their share: an entry or two may be younger than a cached list, or stand in no section.
_UNLISTED, _UNLISTED_SHARE = 3, 0.2
_WHOLE = (WalkEnd.LAST_PAGE, WalkEnd.REPEATED)  # ends at which a list has shown all that it ever will
_FULL, _FULL_NIGHTS = 5, 3  # entries of a full first page; nights running, tonight's included
_PARAMETERS = ("line", "section")  # of a reason: what tells two findings of one kind apart


def evidence_findings(night: NightCounts, past: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Compare what the night read with what the portal shows elsewhere. `past` are the good nights before, oldest first."""
    for reason in (*_lost(night), *_totals(night, past), *_full_pages(night, past), *_texts(night)):
        yield VerdictFinding(Verdict.SUSPICIOUS, reason, 1, subject_of(reason))
    for reason in _noted(night):
        yield VerdictFinding(None, reason, 0, subject_of(reason))


def subject_of(reason: Reason) -> str:
    """Return what a reason is about, equal for the same finding of two nights; a reason that repeats one has its subject."""
    params = dict(reason.params)
    repeated = params.get("reason")
    if isinstance(repeated, Reason):
        return subject_of(repeated)
    return " ".join([reason.code, *(str(params[name]) for name in _PARAMETERS if name in params)])


def subjects(reasons: Iterable[Reason]) -> set[str]:
    """Return what the reasons of a night are about."""
    return {subject_of(reason) for reason in reasons}


def _lost(night: NightCounts) -> Iterator[Reason]:
    for found in night.witnesses:
        if found.entries is None or not _is_many(found.unlisted, found.entries):
            continue
        if (day := found.witness.day) is None:
            yield Reason.of("feed_unlisted", count=found.unlisted, n=found.entries, url=found.first)
        else:
            yield Reason.of("day_unlisted", count=found.unlisted, n=found.entries, url=found.first, day=day)


def _noted(night: NightCounts) -> Iterator[Reason]:
    """Report witnesses that were silent, and the few entries of a whole day's archive that no list showed."""
    for found in night.witnesses:
        day, few = found.witness.day, found.unlisted
        if found.entries is None:
            yield Reason.of("witness_silent", url=found.witness.url)
        elif day is not None and few and not _is_many(few, found.entries):
            yield Reason.of("day_unlisted_few", count=few, n=found.entries, url=found.first, day=day)


def _totals(night: NightCounts, past: Sequence[NightVolume]) -> Iterator[Reason]:
    """Judge sections whose list says how many articles it holds: those that no walk will ever show, or no longer shows."""
    for name, walk in night.sections.items():
        if walk.total is None or walk.ever_listed is None:
            continue
        if walk.end in _WHOLE and _is_many(walk.total - walk.listed, walk.total):
            yield Reason.of("total_unlisted", section=name, count=walk.total - walk.listed, n=walk.total)
        last = next((seen.sections[name].walk for seen in reversed(past) if name in seen.sections), None)
        if walk.end is WalkEnd.KNOWN and last is not None and last.total is not None and last.ever_listed is not None:
            # Withdrawn articles leave the total and were listed: the difference only grows by articles never listed.
            lost = (walk.total - walk.ever_listed) - (last.total - last.ever_listed)
            if _is_many(lost, walk.total - last.total):
                yield Reason.of("total_grew_unlisted", section=name, count=lost, n=walk.total - last.total)


def _is_many(unlisted: int, entries: int) -> bool:
    return unlisted >= _UNLISTED and unlisted >= _UNLISTED_SHARE * entries


def _full_pages(night: NightCounts, past: Sequence[NightVolume]) -> Iterator[Reason]:
    """Judge first pages that are all new each night: what was published behind them is never listed."""
    for name, walk in night.sections.items():
        earlier = [seen.sections.get(name) for seen in past[1 - _FULL_NIGHTS :]]
        walks = [walk, *(one.walk for one in earlier if one is not None)]
        full = [one for one in walks if _all_new(one) and one.listed == walk.listed >= _FULL]
        if len(full) == _FULL_NIGHTS:
            yield Reason.of("list_all_new", section=name, count=walk.listed, n=_FULL_NIGHTS)


def _all_new(walk: SectionWalk) -> bool:
    ended = walk.pages == 1 and walk.end is WalkEnd.LAST_PAGE
    return ended and not walk.first and walk.fresh == walk.listed


def _texts(night: NightCounts) -> Iterator[Reason]:
    texts = night.new_texts
    if texts.line:
        yield Reason.of("texts_share_line", count=texts.holding, n=texts.texts, line=texts.line[:100])
    if texts.clocks:
        yield Reason.of("minutes_unread", count=texts.clocks, n=texts.texts)
    if texts.authors:
        yield Reason.of("authors_unread", count=texts.authors, n=texts.texts)
