"""Judge a portal's night: from its own counts, against its own history, with reasons a person can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from archive.records import Outcome, SectionWalk, Verdict, WalkEnd
from pipelines.misfits import Misfit

__all__ = ["HISTORY_NIGHTS", "NightCounts", "judge_night"]

HISTORY_NIGHTS = 7  # fewer nights than this say nothing of what is usual
MISSES_SHARE = 0.3  # of the articles read, pages that fit no layout
QUARANTINE_SHARE = 0.3
THIN_SHARE = 0.3  # of the usual number of listed articles
SOFT_SHARE = 0.3
FEW = 3  # fewer kept articles than this may be withdrawn on a night when nothing else was asked for

_BLOCKING = {
    Outcome.CHALLENGE: "a cookie challenge",
    Outcome.ROBOT_CHECK: "a robot check",
    Outcome.RATE_LIMITED: "too many requests (429)",
    Outcome.REFUSED: "access refused (401, 403)",
    Outcome.ROBOTS_DENIED: "robots.txt forbids it",
}
_ANSWERS = frozenset(Outcome) - {Outcome.UNREACHABLE, Outcome.GUARD_DENIED}
# Everything else means that an article was there, or may have been, and could not be read.
_ANSWERED = (Outcome.ARTICLE, Outcome.NOT_MODIFIED, Outcome.GONE, Outcome.SOFT_404)


@dataclass(frozen=True, slots=True)
class NightCounts:
    """What one night of a portal counted.

    `outcomes` counts every line; `of_articles` counts, for each article that was asked for, what its last line said.
    `new` counts articles that brought something to keep, `listed` the entries that the sections showed; `misses` are
    articles that fit no layout, `quarantined` those set aside, `misfits` the layouts that lose text on sampled pages.
    `withdrawn` are articles kept before that vanished tonight; `stopped` says why a crawl did not end by itself.
    """

    outcomes: Mapping[Outcome, int]
    of_articles: Mapping[Outcome, int]
    sections: Mapping[str, SectionWalk]
    listed: int
    new: int
    quarantined: int = 0
    misses: int = 0
    withdrawn: int = 0
    misfits: tuple[Misfit, ...] = ()
    stopped: str | None = None

    @property
    def wanted(self) -> int:
        """The number of articles asked for."""
        return sum(self.of_articles.values())

    @property
    def articles(self) -> int:
        """The number of articles read, doubtful ones included."""
        return self.of_articles.get(Outcome.ARTICLE, 0)

    def share(self, *outcomes: Outcome) -> float:
        """The share of these outcomes among the articles asked for."""
        return sum(self.of_articles.get(outcome, 0) for outcome in outcomes) / max(self.wanted, 1)


Finding = tuple[Verdict, str]

# The worst finding names the night.
_ORDER = (
    Verdict.INTERRUPTED,
    Verdict.UNREACHABLE,
    Verdict.BLOCKED,
    Verdict.BROKEN,
    Verdict.SUSPICIOUS,
    Verdict.THIN,
    Verdict.QUIET,
    Verdict.GOOD,
)


def judge_night(night: NightCounts, listed_before: Sequence[int]) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict and its reasons, the first reason being `no history yet` while there are under seven nights.

    `listed_before` are the numbers of listed entries of the portal's earlier complete nights, newest first.
    """
    findings = [*_stopped(night), *_unreachable(night), *_blocked(night), *_sections(night), *_articles(night)]
    if not findings:
        findings = [*_thin(night, listed_before), *_quiet(night)]
    verdict = min((found for found, _ in findings), key=_ORDER.index, default=Verdict.GOOD)
    reasons = [words for _, words in sorted(findings, key=lambda finding: _ORDER.index(finding[0]))]
    if len(listed_before) < HISTORY_NIGHTS:
        reasons.insert(0, "no history yet")
    return verdict, tuple(reasons)


def _stopped(night: NightCounts) -> list[Finding]:
    if night.stopped is None:
        return []
    return [
        (Verdict.INTERRUPTED, f"the crawl was stopped before its end ({night.stopped}); what is owed comes next time")
    ]


def _unreachable(night: NightCounts) -> list[Finding]:
    answered = sum(count for outcome, count in night.outcomes.items() if outcome in _ANSWERS)
    failed = night.outcomes.get(Outcome.UNREACHABLE, 0)
    if failed and not answered:
        return [
            (Verdict.UNREACHABLE, f"none of {failed} requests was answered: the portal or the network here is down")
        ]
    return []


def _blocked(night: NightCounts) -> list[Finding]:
    found = []
    for outcome, words in _BLOCKING.items():
        count = night.outcomes.get(outcome, 0)
        walks_failed = any(walk.end is WalkEnd.FAILED for walk in night.sections.values())
        decisive = outcome in (Outcome.CHALLENGE, Outcome.ROBOT_CHECK, Outcome.RATE_LIMITED)
        if count and (decisive or walks_failed or night.share(outcome) > SOFT_SHARE):
            found.append(
                (Verdict.BLOCKED, f"{_times(count)} {words}: recorded and not bypassed; ask the portal's office")
            )
    return found


def _sections(night: NightCounts) -> list[Finding]:
    found = []
    for name, walk in night.sections.items():
        if walk.end is WalkEnd.EMPTY:
            words = f"section {name} listed 0 articles: the list selector no longer fits or the portal is down"
            found.append((Verdict.BROKEN, words))
        elif walk.end is WalkEnd.FAILED:
            words = f"section {name}: page {walk.pages} of its list could not be read; the walk is repeated next time"
            found.append((Verdict.SUSPICIOUS if walk.pages > 1 else Verdict.BROKEN, words))
        elif walk.end is WalkEnd.PAGE_LIMIT:
            words = f"section {name} had no end after {walk.pages} pages: its paging repeats or was changed"
            found.append((Verdict.SUSPICIOUS, words))
        elif walk.end is None:
            found.append((Verdict.BROKEN, f"section {name} was not walked to an end"))
    return found


def _articles(night: NightCounts) -> list[Finding]:
    found = []
    only_withdrawn = night.withdrawn == night.wanted < FEW
    if night.wanted and not only_withdrawn and not night.articles and not night.of_articles.get(Outcome.NOT_MODIFIED):
        words = f"{night.wanted} articles were asked for and none could be read: {_most(night)}"
        found.append((Verdict.BROKEN, words))
    elif night.wanted and (unread := 1 - night.share(*_ANSWERED)) > SOFT_SHARE:
        found.append((Verdict.SUSPICIOUS, f"{unread:.0%} of the articles could not be read: {_most(night)}"))
    gone = night.share(Outcome.SOFT_404, Outcome.GONE)
    if night.articles and gone > SOFT_SHARE and night.wanted >= 10:
        found.append((Verdict.SUSPICIOUS, f"{gone:.0%} of the articles asked for are gone"))
    if night.misses > MISSES_SHARE * night.articles:
        words = (
            f"{night.misses} of {night.articles} pages fit no layout: the portal was redesigned or a layout is missing"
        )
        found.append((Verdict.SUSPICIOUS, words))
    for misfit in night.misfits:
        words = (
            f"layout {misfit.layout} misses {misfit.percent} % of what the whole page has on {misfit.lacking} of"
            f" {misfit.pages} sampled pages: the layout no longer fits"
        )
        found.append((Verdict.SUSPICIOUS, words))
    if night.quarantined > QUARANTINE_SHARE * night.articles:
        found.append(
            (Verdict.SUSPICIOUS, f"{night.quarantined} of {night.articles} articles were set aside by the checks")
        )
    return found


def _thin(night: NightCounts, listed_before: Sequence[int]) -> list[Finding]:
    if len(listed_before) < HISTORY_NIGHTS:
        return []
    usual = median(listed_before[: 4 * HISTORY_NIGHTS])
    if night.listed < THIN_SHARE * usual:
        return [
            (Verdict.THIN, f"{night.listed} entries were listed where {usual:g} are usual: look at the portal's lists")
        ]
    return []


def _quiet(night: NightCounts) -> list[Finding]:
    if night.new:
        return []
    return [(Verdict.QUIET, "everything that was listed is already known")]


def _most(night: NightCounts) -> str:
    """What most of the articles came to instead, in the words of the record."""
    bad = {outcome: count for outcome, count in night.of_articles.items() if outcome is not Outcome.ARTICLE}
    if not bad:
        return "no answer came"
    outcome = max(bad, key=lambda key: bad[key])
    return f"mostly {outcome.value} ({bad[outcome]})"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
