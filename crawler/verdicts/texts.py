"""Findings of the texts: much shorter than usual, dated long ago, without a date. Each may be a layout that lost something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import exp, log, sqrt
from statistics import median

from archive.messages.reason import Reason
from archive.model.enums import Verdict
from archive.model.run_metrics import Measures
from crawler.verdicts.baseline import more
from crawler.verdicts.counts import VerdictFinding
from crawler.verdicts.history import NightVolume

_BEFORE = 84
_WINDOWS = (1, 2, 3, 5, 8, 13)
_TEXTS = 30  # of history, before their length says what is usual
_SHORTER, _DEVIATIONS = 0.6, 4.5
_SPREAD, _NIGHTLY = (
    0.35,
    0.2,
)  # of the logarithm of a text's length: the least of one text, and what a night's have in common
_OLD, _OLD_TIMES, _OLD_NIGHTS = 21, 5, 3  # days; times the usual; nights in a row: one may be an upload of old texts
_UNDATED, _UNDATED_TEXTS = 0.5, 2  # the share, and how many of the last nights: one may be odd
_SHORT_DEVIATIONS = 2  # where another sign says the same


def text_findings(nights: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Judge the new texts of the last of these nights against those before it."""
    if not nights[-1].measures.texts or nights[-1].look_back:
        return
    ordinary = [seen.measures for seen in nights if seen.measures.texts and not seen.look_back]
    yield from _shorter(ordinary)
    yield from _old(ordinary)
    yield from _undated(ordinary)


def _shorter(nights: Sequence[Measures]) -> Iterator[VerdictFinding]:
    for count in _WINDOWS:
        window, before = nights[-count:], nights[-count - _BEFORE : -count]
        if len(window) < count or sum(one.texts for one in before) < _TEXTS:
            return
        now, usual, deviations = _against(window, before)
        if now - usual < log(_SHORTER) and deviations < -_DEVIATIONS:
            texts = sum(one.texts for one in window)
            found = Reason.of("texts_shorter", texts=texts, bytes=round(exp(now)), usual=round(exp(usual)))
            yield VerdictFinding(Verdict.SUSPICIOUS, found, 2, "shorter")
            return


def shortened(nights: Sequence[Measures]) -> bool:
    """Return whether the new texts of the last of these nights are so short that they bear out another sign of a lost body."""
    before = [one for one in nights[:-1] if one.texts][-_BEFORE:]
    if not nights[-1].texts or sum(one.texts for one in before) < _TEXTS:
        return False
    now, usual, deviations = _against(nights[-1:], before)
    return now - usual < log(_SHORTER) and deviations < -_SHORT_DEVIATIONS


def _against(window: Sequence[Measures], before: Sequence[Measures]) -> tuple[float, float, float]:
    """Return the logarithms of the length of a window's texts and of the usual one, and the robust deviations between."""
    usual = _middle(before, _length)
    spread = max(_SPREAD, 1.4826 * median(abs(_length(one) - usual) * sqrt(one.texts) for one in before))
    texts = sum(one.texts for one in window)
    now = sum(_length(one) * one.texts for one in window) / texts
    return now, usual, (now - usual) / sqrt(spread**2 / texts + _NIGHTLY**2 / len(window))


def _old(nights: Sequence[Measures]) -> Iterator[VerdictFinding]:
    dated = [one for one in nights if one.lag_days is not None]
    window, before = dated[-_OLD_NIGHTS:], dated[-_OLD_NIGHTS - _BEFORE : -_OLD_NIGHTS]
    if sum(one.dated for one in before) < _TEXTS:
        return
    most = sorted(map(_lag, before))[len(before) * 9 // 10]
    if min(map(_lag, window)) > max(_OLD, _OLD_TIMES * most):
        days, usual = round(_middle(window, _lag)), round(_middle(before, _lag))
        found = Reason.of("texts_old", nights=_OLD_NIGHTS, days=days, usual=usual)
        yield VerdictFinding(Verdict.SUSPICIOUS, found, 1, "old")


def _undated(nights: Sequence[Measures]) -> Iterator[VerdictFinding]:
    tonight, before = nights[-1], [(one.texts - one.dated, one.texts) for one in nights[-_BEFORE - 1 : -1]]
    undated, texts = sum(one for one, _ in before), sum(whole for _, whole in before)
    missing = tonight.texts - tonight.dated
    if texts >= _TEXTS and more(missing, tonight.texts, before, _UNDATED, least=_UNDATED_TEXTS):
        usual = round(100 * undated / texts)
        found = Reason.of("texts_undated", count=missing, texts=tonight.texts, usual=usual)
        yield VerdictFinding(Verdict.SUSPICIOUS, found, 1, "undated")


def _length(one: Measures) -> float:
    return log(max(one.text_bytes or 1, 1))


def _lag(one: Measures) -> float:
    return float(one.lag_days or 0)


def _middle(nights: Sequence[Measures], value: Callable[[Measures], float]) -> float:
    """Return the median of nightly medians, each counted as often as it has texts."""
    ranked = sorted((value(one), one.texts) for one in nights)
    half, passed = sum(texts for _, texts in ranked) / 2, 0
    for number, texts in ranked:
        passed += texts
        if passed >= half:
            return number
    return 0.0
