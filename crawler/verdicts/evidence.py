"""Findings from evidence that is not the crawl's own: the portal's feed, its metadata, its texts beside each other.

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

# Entries of the feed, and their share: an entry or two may be younger than a cached list.
_UNLISTED, _UNLISTED_SHARE = 3, 0.2
_FULL, _FULL_NIGHTS = 5, 3  # entries of a full first page; nights running, tonight's included
_PARAMETERS = ("line", "section")  # of a reason: what tells two findings of one kind apart


def evidence_findings(night: NightCounts, past: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Compare what the night read with what the portal shows elsewhere. `past` are the good nights before, oldest first."""
    for reason in (*_feed(night), *_full_pages(night, past), *_texts(night)):
        yield VerdictFinding(Verdict.SUSPICIOUS, reason, 1, subject_of(reason))


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


def _feed(night: NightCounts) -> Iterator[Reason]:
    feed = night.feed
    if feed is not None and feed.unlisted >= _UNLISTED and feed.unlisted >= _UNLISTED_SHARE * feed.entries:
        yield Reason.of("feed_unlisted", count=feed.unlisted, n=feed.entries, url=feed.first)


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
