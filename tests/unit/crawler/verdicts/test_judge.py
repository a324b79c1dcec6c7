"""The verdict of a night and its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from archive.messages.reason import Reason, joined
from archive.model.enums import Outcome, Verdict, WalkEnd
from archive.model.records import SectionWalk
from archive.model.run_metrics import Measures
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night

WALK = SectionWalk(pages=1, listed=10, fresh=3, end=WalkEnd.KNOWN)
TONIGHT = date(2025, 3, 12)
GOOD = NightCounts(
    day=TONIGHT,
    outcomes={Outcome.LISTING: 1, Outcome.ARTICLE: 3, Outcome.ROBOTS: 1},
    sections={"tin-trong-tinh": WALK},
    of_articles={Outcome.ARTICLE: 3},
    listed=10,
    new=3,
)
USUAL = [10] * 7


def history(listed: Sequence[int]) -> History:
    """Nights before tonight, each with one section that listed so many entries."""
    past = History()
    for ago in range(len(listed), 0, -1):
        walk = replace(WALK, listed=listed[-ago])
        past.note(TONIGHT - timedelta(days=ago), {"tin-trong-tinh": walk}, Measures(), 0, 0)
    return past


def outcomes(**counts: int) -> dict[Outcome, int]:
    return {Outcome(name): count for name, count in counts.items()}


def section(end: WalkEnd | None, pages: int = 1) -> dict[str, SectionWalk]:
    return {"tin-trong-tinh": SectionWalk(pages, 0, 0, end)}


def few(listed: int) -> dict[str, SectionWalk]:
    return {"tin-trong-tinh": replace(WALK, listed=listed, fresh=1)}


NONE: dict[Outcome, int] = {}
CASES = {
    "good": (GOOD, USUAL, Verdict.GOOD, ""),
    "nothing new": (replace(GOOD, new=0, of_articles=NONE), USUAL, Verdict.QUIET, "already known"),
    "looks without change": (
        replace(GOOD, new=0, of_articles=outcomes(not_modified=3)),
        USUAL,
        Verdict.QUIET,
        "already known",
    ),
    "few listed": (
        replace(GOOD, sections=few(2)),
        USUAL,
        Verdict.SUSPICIOUS,
        "2 entries were listed where at least 10 are usual",
    ),
    "few listed, no history": (replace(GOOD, sections=few(2)), [10], Verdict.GOOD, "no history yet"),
    "nobody answers": (
        replace(GOOD, outcomes=outcomes(unreachable=3), sections=section(WalkEnd.FAILED), of_articles=NONE),
        USUAL,
        Verdict.UNREACHABLE,
        "none of 3 requests was answered",
    ),
    "challenge": (replace(GOOD, outcomes=outcomes(listing=1, challenge=1)), USUAL, Verdict.BLOCKED, "cookie challenge"),
    "firewall": (replace(GOOD, outcomes=outcomes(firewall=1)), USUAL, Verdict.BLOCKED, "a firewall's refusal"),
    "robot check": (replace(GOOD, outcomes=outcomes(robot_check=1)), USUAL, Verdict.BLOCKED, "robot check"),
    "429": (replace(GOOD, outcomes=outcomes(rate_limited=2)), USUAL, Verdict.BLOCKED, "2 times too many requests"),
    "403 on the list": (
        replace(GOOD, outcomes=outcomes(refused=1), sections=section(WalkEnd.FAILED), of_articles=NONE),
        USUAL,
        Verdict.BLOCKED,
        "refused",
    ),
    "403 on one article of many": (
        replace(GOOD, outcomes=outcomes(refused=1, article=9), of_articles=outcomes(article=9, refused=1)),
        USUAL,
        Verdict.GOOD,
        "",
    ),
    "robots.txt forbids": (
        replace(GOOD, outcomes=outcomes(robots=1, robots_denied=1), sections=section(WalkEnd.FAILED), of_articles=NONE),
        USUAL,
        Verdict.BLOCKED,
        "robots.txt forbids it",
    ),
    "empty list": (
        replace(GOOD, sections=section(WalkEnd.EMPTY), outcomes=outcomes(empty=1), of_articles=NONE),
        USUAL,
        Verdict.BROKEN,
        "section tin-trong-tinh listed 0 articles; at least 10 were usual: the list selector no longer fits or the portal is",
    ),
    "list unreadable": (
        replace(GOOD, sections=section(WalkEnd.FAILED), outcomes=outcomes(server_error=3), of_articles=NONE),
        USUAL,
        Verdict.BROKEN,
        "page 1 of its list could not be read",
    ),
    "second page unreadable": (
        replace(GOOD, sections=section(WalkEnd.FAILED, 2)),
        USUAL,
        Verdict.SUSPICIOUS,
        "page 2 of its list could not be read",
    ),
    "endless list": (
        replace(GOOD, sections=section(WalkEnd.PAGE_LIMIT, 200)),
        USUAL,
        Verdict.SUSPICIOUS,
        "no end after 200 pages",
    ),
    "walk without end": (replace(GOOD, sections=section(None)), USUAL, Verdict.BROKEN, "was not walked to an end"),
    "one withdrawn article and nothing else": (
        replace(GOOD, new=0, of_articles=outcomes(gone=1), withdrawn=1),
        USUAL,
        Verdict.QUIET,
        "already known",
    ),
    "everything withdrawn at once": (
        replace(GOOD, new=0, of_articles=outcomes(gone=3), withdrawn=3),
        USUAL,
        Verdict.BROKEN,
        "mostly gone (3)",
    ),
    "one new article that is not there": (
        replace(GOOD, new=0, of_articles=outcomes(soft_404=1)),
        USUAL,
        Verdict.BROKEN,
        "mostly soft_404 (1)",
    ),
    "no article readable": (
        replace(GOOD, of_articles=outcomes(soft_404=5)),
        USUAL,
        Verdict.BROKEN,
        "5 articles were asked for and none could be read: mostly soft_404 (5)",
    ),
    "every article raised": (replace(GOOD, of_articles=outcomes(error=3)), USUAL, Verdict.BROKEN, "mostly error (3)"),
    "a quarter that our reading failed on": (
        replace(GOOD, of_articles=outcomes(article=6, error=1, extract_timeout=1)),
        USUAL,
        Verdict.SUSPICIOUS,
        "25% of the articles could not be read",
    ),
    "a quarter whose readers died": (
        replace(GOOD, of_articles=outcomes(article=6, extract_memory=2)),
        USUAL,
        Verdict.SUSPICIOUS,
        "25% of the articles could not be read: mostly extract_memory (2)",
    ),
    "half unreadable": (
        replace(GOOD, of_articles=outcomes(article=5, extract_timeout=5)),
        USUAL,
        Verdict.SUSPICIOUS,
        "50% of the articles could not be read",
    ),
    "failed lists are no articles": (replace(GOOD, outcomes=outcomes(article=3, error=8)), USUAL, Verdict.GOOD, ""),
    "layouts miss": (replace(GOOD, misses=2), USUAL, Verdict.SUSPICIOUS, "2 of 3 articles fit no layout"),
    "many in quarantine": (replace(GOOD, quarantined=3), USUAL, Verdict.SUSPICIOUS, "3 of 3 articles were set aside"),
    "two in quarantine": (replace(GOOD, quarantined=2), USUAL, Verdict.GOOD, ""),
    "stopped": (replace(GOOD, stopped=Reason.sentence("SIGTERM")), USUAL, Verdict.INTERRUPTED, "SIGTERM"),
}


@pytest.mark.parametrize(("night", "before", "verdict", "reason"), CASES.values(), ids=CASES.keys())
def test_a_night_is_judged_with_its_reason(
    night: NightCounts, before: Sequence[int], verdict: Verdict, reason: str
) -> None:
    found, reasons = judge_night(night, history(before))
    assert found is verdict
    assert reason in joined(reasons)


@pytest.mark.parametrize("nights", range(7))
def test_under_seven_nights_the_first_reason_says_so(nights: int) -> None:
    assert judge_night(GOOD, history([10] * nights)) == (Verdict.GOOD, (Reason.of("no_history"),))
    found, reasons = judge_night(replace(GOOD, sections=section(WalkEnd.EMPTY)), history([10] * nights))
    assert found is Verdict.BROKEN
    assert str(reasons[0]) == "no history yet"
    assert len(reasons) == 2


def test_a_good_night_with_history_needs_no_words() -> None:
    assert judge_night(GOOD, history(USUAL)) == (Verdict.GOOD, ())


def test_where_nobody_answered_nothing_else_is_reported() -> None:
    night = replace(
        GOOD, outcomes=outcomes(unreachable=3), sections=section(WalkEnd.FAILED), of_articles=outcomes(unreachable=2)
    )
    assert judge_night(night, history(USUAL)) == (
        Verdict.UNREACHABLE,
        (Reason.of("none_answered", requests=3),),
    )


def test_the_worst_finding_names_the_night_and_the_others_follow() -> None:
    night = replace(GOOD, outcomes=outcomes(challenge=1), sections=section(None), misses=3)
    verdict, reasons = judge_night(night, history(USUAL))
    assert verdict is Verdict.BLOCKED
    assert len(reasons) == 3
    assert "cookie challenge" in str(reasons[0])
