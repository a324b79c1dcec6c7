"""Judge a portal's night: from its own counts, against its own history, with reasons a person can act on.

Findings of the night alone (nobody answered, a list is empty, pages fit no layout) are reported every night they hold. Those
that need weeks (volume, length and age of texts) hold for weeks as well: they are reported when first found and after four
weeks, and in between they stand among the reasons without making another bad night.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from archive.messages.reason import Reason
from archive.model.enums import Verdict
from crawler.verdicts.counts import NightCounts, VerdictFinding
from crawler.verdicts.decommissioned import DecommissionAssessment, decommission_findings
from crawler.verdicts.evidence import evidence_findings, subjects
from crawler.verdicts.history import History, NightVolume
from crawler.verdicts.layouts import layout_findings
from crawler.verdicts.listings import walk_findings
from crawler.verdicts.requests import answer_findings, article_findings
from crawler.verdicts.texts import text_findings
from crawler.verdicts.volume import volume_findings
from vietnam.holidays import DayType, day_type, holiday_name

HISTORY_NIGHTS = 7  # fewer nights than this say nothing of what is usual
# Reported again only after four weeks: an operator who looked and found the newsroom silent would learn to pass over
# it.
_REPORTED = (0, 28)  # nights after it was first found
_EXPLAINS = (Verdict.MOVED, Verdict.GONE, Verdict.UNREACHABLE)  # every list and article
_APART = 7  # nights without it, after which it is found anew

# The worst finding names the night.
_ORDER = (
    Verdict.INTERRUPTED,
    Verdict.MOVED,
    Verdict.GONE,
    Verdict.UNREACHABLE,
    Verdict.BLOCKED,
    Verdict.BROKEN,
    Verdict.SUSPICIOUS,
    Verdict.THIN,
    None,
    Verdict.QUIET,
    Verdict.GOOD,
)


def judge_night(
    night: NightCounts, history: History, end: DecommissionAssessment | None = None
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Return the verdict and its reasons, heaviest first; `no history yet` comes first while there are under seven nights.

    `history` are the portal's nights before this one; it is not changed. `end` is the assessment of whether the portal is
    decommissioned.
    """
    before = history.seen if history.nights >= HISTORY_NIGHTS else []
    findings = list(decommission_findings(end)) if end is not None else []
    if not any(found.verdict for found in findings):  # a portal's end explains everything else
        findings += answer_findings(night)
    if not any(found.verdict in _EXPLAINS for found in findings):
        findings += [*walk_findings(night, before), *article_findings(night, before), *layout_findings(night, before)]
    if before and not any(found.verdict for found in findings):
        findings += _over_nights(night, history)
    if not any(found.verdict in _EXPLAINS for found in findings):
        findings += _evident(night, history)
    if not any(found.verdict for found in findings):
        findings += _quiet(night)
    findings.sort(key=lambda found: (_ORDER.index(found.verdict), -found.weight))
    verdict = next((found.verdict for found in findings if found.verdict), Verdict.GOOD)
    reasons = [found.reason for found in findings]
    if history.nights < HISTORY_NIGHTS:
        reasons.insert(0, Reason.of("no_history"))
    return verdict, tuple(reasons)


def _over_nights(night: NightCounts, history: History) -> Iterator[VerdictFinding]:
    after = history.copy()
    if not after.note(night.day, night.sections, night.measures, night.misses, night.laid):
        return
    for found in _slow(after.seen):
        yield _as_due(found, _held(after.seen, found.subject))


def _evident(night: NightCounts, history: History) -> Iterator[VerdictFinding]:
    """Yield what the portal's own evidence contradicts; these findings are recorded in the reasons of earlier nights."""
    earlier = [seen for seen in history.seen if seen.day < night.day]
    reported = [subjects(seen.reasons) for seen in earlier[-_REPORTED[-1] - 1 :]]
    for found in evidence_findings(night, earlier):
        yield _as_due(found, _nights_held(found.subject, reported))


def _as_due(found: VerdictFinding, held: int) -> VerdictFinding:
    if held in _REPORTED:
        return found
    return VerdictFinding(None, Reason.of("first_told", reason=found.reason, n=held), found.weight, found.subject)


def _nights_held(subject: str, reported: Sequence[Collection[str]]) -> int:
    """Return how many nights ago a finding was first reported, with no long pause since; `reported` has the nights' subjects."""
    held = 0
    for ago, those in enumerate(reversed(reported), 1):
        if ago > held + _APART:
            break
        if subject in those:
            held = ago
    return held


def _slow(nights: Sequence[NightVolume]) -> list[VerdictFinding]:
    return [*volume_findings(nights), *text_findings(nights)]


def _held(nights: Sequence[NightVolume], subject: str) -> int:
    """Return how many nights ago the same was first found, with no long pause since."""
    held = 0
    for ago in range(1, min(_REPORTED[-1] + 2, len(nights))):
        if ago > held + _APART:
            break
        if any(found.subject == subject for found in _slow(nights[:-ago])):
            held = ago
    return held


def _quiet(night: NightCounts) -> list[VerdictFinding]:
    if night.new:
        return []
    kind = day_type(night.day)
    if kind is DayType.TET:
        why = Reason.of("quiet_tet")
    elif kind is DayType.HOLIDAY:
        why = Reason.of("quiet_public_holiday", holiday=holiday_name(night.day) or "")
    else:
        why = Reason.of("quiet_all_known")
    return [VerdictFinding(Verdict.QUIET, why)]
