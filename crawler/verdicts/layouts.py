"""Findings of the layouts: pages that fit none, and sampled pages of which a layout loses text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.model.enums import Verdict
from crawler.verdicts.baseline import IMPROBABLE, more
from crawler.verdicts.counts import NightCounts, VerdictFinding
from crawler.verdicts.history import NightVolume
from crawler.verdicts.texts import shortened
from pipelines.sandbox.crosscheck_stats import Misfit

__all__ = ["layout_findings"]

_SHARE = 0.3  # of the pages read: above it, something is wrong unless it always was so
_ALL_IMPROBABLE = 0.05  # where no page at all fits, one may be enough: a redesign shows so
_CHECKED_NIGHTS = 3  # nights with sampled pages before tonight: a page lost there and one tonight are two


def layout_findings(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """What the layouts made of tonight's pages, beside what they usually make of them."""
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
    usual = f"; {100 * missed / pages:.0f} % were usual" if pages else ""
    cause = "the article page was redesigned or a layout is missing"
    if night.misses == read == 1 and before:
        cause = "the article page was redesigned, or it is one odd page; look at it in a browser"
    fit = "fits" if read == 1 else "fit"
    yield VerdictFinding(Verdict.SUSPICIOUS, f"{night.misses} of {read} articles {fit} no layout{usual}: {cause}", 3)


def _lossy(misfit: Misfit, night: NightCounts, before: Sequence[NightVolume]) -> VerdictFinding:
    """Any layout may lose text of one odd page: a single one is told where another sign says the same."""
    words = (
        f"layout {misfit.layout} misses {misfit.percent} % of what the whole page has on {misfit.lacking} of"
        f" {misfit.pages} sampled pages: the layout no longer fits"
    )
    if not before or misfit.lacking > 1:
        return VerdictFinding(Verdict.SUSPICIOUS, words, 2)
    checked = [seen for seen in before if seen.checked][-_CHECKED_NIGHTS:]
    again = misfit.pages == 1 and any(seen.disagreeing for seen in checked)
    short = shortened([*(seen.measures for seen in before if not seen.look_back), night.measures])
    if again or short:
        return VerdictFinding(Verdict.SUSPICIOUS, words, 2)
    return VerdictFinding(None, f"{words}, or it is one odd page: compare it with its text", 2)
