"""Findings of the layouts: pages that fit none, and sampled pages of which a layout loses text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.messages.reason import Reason
from archive.model.enums import Verdict
from crawler.verdicts.baseline import IMPROBABLE, more
from crawler.verdicts.counts import NightCounts, VerdictFinding
from crawler.verdicts.history import NightVolume
from crawler.verdicts.texts import shortened
from pipelines.sandbox.crosscheck_stats import Misfit

_SHARE = 0.3  # of the pages read: above it, something is wrong unless it always was so
_ALL_IMPROBABLE = 0.05  # where no page at all fits, one may be enough: a redesign shows so
_CHECKED_NIGHTS = 3  # nights with sampled pages before tonight: a page lost there and one tonight are two


def layout_findings(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Compare the layouts' results on the run's pages with their usual results."""
    yield from _unfitting(night, before)
    for misfit in night.misfits:
        yield _lossy(misfit, night, before)


def _unfitting(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    read = night.laid or night.articles
    improbable = _ALL_IMPROBABLE if night.misses == read else IMPROBABLE
    least = 1 if night.misses == read else 2
    if not more(night.misses, read, ((seen.misses, seen.laid) for seen in before), _SHARE, improbable, least):
        return
    missed, pages = sum(seen.misses for seen in before), sum(seen.laid for seen in before)
    cause = Reason.of("redesigned_or_odd" if night.misses == read == 1 and before else "redesigned")
    found = Reason.of("no_layout", count=night.misses, n=read, cause=cause)
    if pages:
        usual = round(100 * missed / pages)
        found = Reason.of("no_layout_usual", count=night.misses, n=read, usual=usual, cause=cause)
    yield VerdictFinding(Verdict.SUSPICIOUS, found, 3)


def _lossy(misfit: Misfit, night: NightCounts, before: Sequence[NightVolume]) -> VerdictFinding:
    """Judge what the sampled pages lose. Any layout may lose text of one odd page: one counts where another sign agrees."""
    sure = not before or misfit.lacking > 1 or _borne_out(misfit, night, before)
    found = Reason.of(
        "layout_loses" if sure else "layout_loses_or_odd",
        layout=misfit.layout,
        percent=misfit.percent,
        lacking=misfit.lacking,
        pages=misfit.pages,
    )
    return VerdictFinding(Verdict.SUSPICIOUS if sure else None, found, 2)


def _borne_out(misfit: Misfit, night: NightCounts, before: Sequence[NightVolume]) -> bool:
    """Return whether earlier sampled pages or the length of the new texts show the same loss."""
    checked = [seen for seen in before if seen.checked][-_CHECKED_NIGHTS:]
    if misfit.pages == 1 and any(seen.disagreeing for seen in checked):
        return True
    return shortened([*(seen.measures for seen in before if not seen.look_back), night.measures])
