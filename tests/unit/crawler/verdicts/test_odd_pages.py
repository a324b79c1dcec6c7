"""A night of few articles: one odd page is told apart from a fault where history or another sign allows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import Run, SectionWalk
from archive.model.run_metrics import Measures
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night
from pipelines.sandbox.crosscheck_stats import Misfit
from vietnam.date_forms import TZ

FIRST, NIGHTS = date(2025, 3, 3), 60
WALK = {"tin": SectionWalk(pages=1, listed=10, fresh=2, end=WalkEnd.KNOWN)}
READ = Measures({"article": 2}, texts=2, text_bytes=3000, dated=2, lag_days=1)
ONE = replace(READ, asked={"article": 1}, texts=1, dated=1)
CHECKED = {"layout own": 2, "crosscheck pages": 1}
DISAGREES = CHECKED | {"crosscheck disagree": 1}


def past(measures: Sequence[Measures] = (READ,), extraction: Sequence[dict[str, int]] = (CHECKED,)) -> History:
    """Sixty nights; the last ones have these measures and extraction counts, those before them the first of each."""
    history = History()
    for number in range(NIGHTS):
        night, left = FIRST + timedelta(days=number), NIGHTS - number
        began = datetime(night.year, night.month, night.day, 1, 5, tzinfo=TZ)
        one = measures[-left] if left < len(measures) else measures[0]
        counts = extraction[-left] if left < len(extraction) else extraction[0]
        history.add(Run("mo_phong", night, "mo_phong", ArchiveKind.REPLICA, began, began, True, FinishReason.FINISHED, Verdict.GOOD, (), 0,
                        0, 0, sections=WALK, extraction=dict(counts), measures=one))  # fmt: skip
    return history


def tonight(measures: Measures, **changes: object) -> NightCounts:
    asked = {Outcome(name): count for name, count in measures.asked.items()}
    counts = NightCounts(FIRST + timedelta(days=NIGHTS - 1), {Outcome.LISTING: 1, **asked}, asked, WALK, 10,
                         measures.texts, laid=asked.get(Outcome.ARTICLE, 0), measures=measures)  # fmt: skip
    return replace(counts, **changes)  # type: ignore[arg-type]  # of the fields' types


ODD = {"layout own": 1, "layout none": 1}


@pytest.mark.parametrize(
    ("odd", "verdict"),
    [(0, Verdict.SUSPICIOUS), (2, Verdict.SUSPICIOUS), (5, Verdict.SUSPICIOUS), (8, Verdict.GOOD)],
    ids=["never", "1.7 in 100", "4.2 in 100", "6.7 in 100"],
)
def test_the_only_article_of_a_night_that_fits_no_layout_is_reported_that_night_unless_it_is_common(
    odd: int, verdict: Verdict
) -> None:
    history = past(extraction=[CHECKED, *[ODD] * odd, *[CHECKED] * 20])
    found, reasons = judge_night(tonight(ONE, misses=1), history)
    assert found is verdict
    if odd == 2:
        assert tuple(map(str, reasons)) == (
            "1 of 1 articles fits no layout; 2 % were usual: the article page was redesigned, or it is one odd page; look"
            " at it in a browser",
        )


def test_all_of_several_articles_without_a_layout_are_reported_that_night_even_where_odd_pages_are_common() -> None:
    history = past(extraction=[CHECKED, *[ODD] * 12, *[CHECKED] * 20])
    verdict, reasons = judge_night(tonight(READ, misses=2), history)
    assert (verdict, str(reasons[0])[:46]) == (Verdict.SUSPICIOUS, "2 of 2 articles fit no layout; 10 % were usual")


def test_one_of_several_articles_without_a_layout_is_no_redesign() -> None:
    three = replace(READ, asked={"article": 3}, texts=3, dated=3)
    assert judge_night(tonight(three, misses=1), past()) == (Verdict.GOOD, ())


LOST = (Misfit("own", 1, 1, 45),)


def test_a_single_sampled_page_that_lost_text_is_a_note() -> None:
    verdict, reasons = judge_night(tonight(READ, misfits=LOST), past())
    assert verdict is Verdict.GOOD
    assert str(reasons[0]).endswith("or it is one odd page: compare it with its text")


@pytest.mark.parametrize(
    ("night", "history"),
    [
        (tonight(replace(READ, text_bytes=900), misfits=LOST), past()),
        (tonight(READ, misfits=LOST), past(extraction=[CHECKED, DISAGREES, CHECKED])),
        (tonight(READ, misfits=(Misfit("own", 3, 2, 45),)), past()),
    ],
    ids=["texts are short as well", "two nights ago one too", "two pages"],
)
def test_a_layout_that_loses_text_is_reported_where_another_sign_says_the_same(
    night: NightCounts, history: History
) -> None:
    verdict, reasons = judge_night(night, history)
    assert verdict is Verdict.SUSPICIOUS
    assert "the layout no longer fits" in str(reasons[0])


def test_one_text_without_a_date_waits_for_the_second() -> None:
    lone = replace(ONE, dated=0, lag_days=None)
    assert judge_night(tonight(lone), past())[0] is Verdict.GOOD
    assert judge_night(tonight(lone), past([READ, lone]))[0] is Verdict.SUSPICIOUS


def test_articles_that_fail_for_a_moment_are_a_note_and_the_night_after_it_bad() -> None:
    failed = replace(READ, asked={"article": 4, "unreachable": 3})
    verdict, reasons = judge_night(tonight(failed), past())
    assert (verdict, str(reasons[0])[:43]) == (Verdict.GOOD, "43% of the articles could not be read: most")
    assert judge_night(tonight(failed), past([READ, failed]))[0] is Verdict.SUSPICIOUS
    errors = replace(READ, asked={"article": 4, "error": 3})
    assert judge_night(tonight(errors), past())[0] is Verdict.SUSPICIOUS
