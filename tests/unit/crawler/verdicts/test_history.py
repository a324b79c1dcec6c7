"""Judge a night by earlier ones, and name what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from archive.messages.reason import Reason, joined
from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import Run, SectionWalk
from archive.model.run_metrics import Measures
from crawler.verdicts.baseline import binomial_tail, excess, rate, usual
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.history import NIGHTS, History, covered_day
from crawler.verdicts.judge import judge_night
from vietnam.date_forms import TZ
from vietnam.holidays import DayType

FIRST = date(2025, 3, 3)  # a Monday; no holiday before 7 April
READ = Measures({"article": 6}, texts=6, text_bytes=3000, dated=6, lag_days=1)


def walk(fresh: int, **changes: object) -> SectionWalk:
    known = SectionWalk(pages=2 if fresh else 1, listed=20 if fresh else 10, fresh=fresh, end=WalkEnd.KNOWN)
    return replace(known, **changes)  # type: ignore[arg-type]  # of the fields' types


def run(night: date, sections: dict[str, SectionWalk], **changes: object) -> Run:
    began = datetime(night.year, night.month, night.day, 1, 5, tzinfo=TZ)
    record = Run("mo_phong", night, "mo_phong", ArchiveKind.REPLICA, began, began, True, FinishReason.FINISHED, Verdict.GOOD, (), 0, 0, 0,
                 sections=sections, extraction={"layout own": 6}, measures=READ)  # fmt: skip
    return replace(record, **changes)  # type: ignore[arg-type]  # of the fields' types


def nights(count: int, fresh: Callable[[date], dict[str, int]], first: date = FIRST) -> list[Run]:
    """Return the records of so many nights in a row, oldest first; `fresh` gives what each section brought on a day."""
    days = [first + timedelta(days=number) for number in range(count)]
    return [run(day, {name: walk(new) for name, new in fresh(day - timedelta(days=1)).items()}) for day in days]


def past(records: list[Run]) -> History:
    return History.of(reversed(records))


def tonight(night: date, sections: dict[str, SectionWalk], measures: Measures = READ) -> NightCounts:
    asked = {Outcome(name): count for name, count in measures.asked.items()}
    outcomes = {Outcome.LISTING: 2, **asked}
    new = measures.texts
    return NightCounts(night - timedelta(days=1), outcomes, asked, sections, 20, new, laid=new, measures=measures)


def six(day: date) -> dict[str, int]:
    """Six articles on a workday in one section, a third of it in another; little on weekends."""
    return {"tin": 6, "su-kien": 2} if day.weekday() < 5 else {"tin": 1, "su-kien": 0}


@pytest.mark.parametrize(
    ("began", "day"),
    [
        (datetime(2025, 3, 4, 1, 5, tzinfo=TZ), date(2025, 3, 3)),
        (datetime(2025, 3, 3, 23, 59, 59, tzinfo=TZ), date(2025, 3, 3)),
        (datetime(2025, 3, 3, 18, 5, tzinfo=UTC), date(2025, 3, 3)),
        (datetime(2025, 3, 3, 13, 0, tzinfo=TZ), date(2025, 3, 3)),
    ],
    ids=["after midnight", "just before it", "the same in UTC", "in the afternoon"],
)
def test_a_night_shows_the_news_of_a_day(began: datetime, day: date) -> None:
    assert covered_day(began) == day


def test_after_missed_nights_a_night_covers_several_days() -> None:
    history = past([run(FIRST, {"tin": walk(6)}), run(FIRST + timedelta(days=4), {"tin": walk(20)})])
    seen = history.seen[-1]
    assert seen.portal is not None
    assert (seen.portal.fresh, seen.portal.days) == (20, (DayType.WORKDAY,) * 4)
    assert seen.sections["tin"].days == (DayType.WORKDAY,) * 4


def test_an_interrupted_night_is_no_history_and_what_it_showed_counts_for_the_next() -> None:
    broken = run(FIRST + timedelta(days=1), {"tin": walk(4)}, complete=False)
    history = past([run(FIRST, {"tin": walk(6)}), broken, run(FIRST + timedelta(days=2), {"tin": walk(5)})])
    assert [seen.day for seen in history.seen] == [FIRST - timedelta(days=1), FIRST + timedelta(days=1)]
    assert history.seen[-1].sections["tin"].fresh == 9
    assert history.seen[-1].sections["tin"].days == (DayType.WORKDAY,) * 2


def test_a_section_whose_list_failed_covers_more_days_than_the_others() -> None:
    failed = SectionWalk(1, 0, 0, WalkEnd.FAILED)
    days = [FIRST + timedelta(days=number) for number in range(3)]
    history = past([run(days[0], {"a": walk(1), "b": walk(1)}), run(days[1], {"a": walk(1), "b": failed}),
                    run(days[2], {"a": walk(1), "b": walk(2)})])  # fmt: skip
    assert "b" not in history.seen[1].sections
    assert (len(history.seen[2].sections["a"].days), len(history.seen[2].sections["b"].days)) == (1, 2)


def test_a_first_walk_is_no_news() -> None:
    first = run(FIRST, {"tin": walk(180, first=True, end=WalkEnd.SINCE)})
    history = past([first, run(FIRST + timedelta(days=1), {"tin": walk(6)})])
    assert (history.seen[0].portal, history.seen[0].sections, history.seen[0].look_back) == (None, {}, True)
    assert history.seen[1].portal is not None
    assert history.seen[1].portal.fresh == 6


def test_a_night_that_is_run_again_is_one_night() -> None:
    history = past([*nights(20, six), run(FIRST + timedelta(days=19), {"tin": walk(0), "su-kien": walk(0)})])
    assert history.nights == 20
    again = tonight(FIRST + timedelta(days=19), {"tin": walk(0), "su-kien": walk(0)}, Measures())
    assert judge_night(again, past(nights(20, six)))[0] is Verdict.QUIET


def test_history_does_not_grow_without_end_and_judging_does_not_change_it() -> None:
    history = past(nights(NIGHTS + 30, six))
    before = list(history.seen)
    judge_night(tonight(FIRST + timedelta(days=NIGHTS + 30), {"tin": walk(0), "su-kien": walk(0)}), history)
    assert (history.nights, history.seen) == (NIGHTS, before)


def test_records_without_measures_are_history_too() -> None:
    history = past([replace(record, measures=None) for record in nights(30, six)])
    assert judge_night(tonight(FIRST + timedelta(days=30), {"tin": walk(6), "su-kien": walk(2)}), history) == (
        Verdict.GOOD,
        (),
    )


def test_what_is_usual_is_computed_by_kind_of_day_and_without_bursts() -> None:
    burst = FIRST + timedelta(days=9)
    seen = past(nights(28, lambda day: {"tin": 90 if day == burst else six(day)["tin"]})).seen
    was = usual([one.portal for one in seen if one.portal and one.portal.days])
    assert was.level == pytest.approx(6, abs=0.2)
    assert was.factors[DayType.SUNDAY] == pytest.approx(1 / 6, abs=0.05)
    assert was.factors[DayType.HOLIDAY] == 0.3  # never seen: what is common among portals


SILENT = {"tin": walk(0), "su-kien": walk(0)}


def test_a_portal_that_is_silent_on_workdays_is_thin_and_says_since_when() -> None:
    records = nights(54, six) + nights(3, lambda day: {"tin": 0, "su-kien": 0}, FIRST + timedelta(days=54))
    first_told = [judge_night(tonight(record.night, SILENT, Measures()), past(records[:place]))
                  for place, record in enumerate(records) if place >= 54]  # fmt: skip
    verdicts = [verdict for verdict, _ in first_told]
    assert Verdict.THIN in verdicts
    headline = first_told[verdicts.index(Verdict.THIN)][1][0]
    assert "the portal has shown nothing new for" in str(headline)
    assert "a week were usual" in str(headline) or "a day were usual" in str(headline)


def test_what_still_holds_is_reported_again_after_four_weeks_and_stands_as_a_note_between() -> None:
    records = nights(40, six)
    verdicts = []
    for number in range(40, 84):
        night = FIRST + timedelta(days=number)
        sections = {"tin": walk(six(night - timedelta(days=1))["tin"]), "su-kien": walk(0)}
        verdict, reasons = judge_night(tonight(night, sections), past(records))
        verdicts.append((verdict, any("section su-kien has shown nothing new" in str(reason) for reason in reasons)))
        records.append(run(night, sections))
    thin = [place for place, (verdict, _) in enumerate(verdicts) if verdict is Verdict.THIN]
    assert len(thin) == 2
    assert thin[1] - thin[0] == 28
    assert all(said for _, said in verdicts[thin[0] :])


@pytest.mark.parametrize("per_week", [0.5, 1, 2])
def test_a_portal_of_few_articles_may_be_silent_for_days(per_week: float) -> None:
    rng = Random(per_week)
    records = nights(150, lambda day: {"tin": int(rng.random() < per_week / 7)})
    verdicts = []
    for number in range(100, 150):
        fresh = records[number].sections["tin"].fresh
        measures = replace(READ, asked={"article": fresh}, texts=fresh, dated=fresh)
        counts = tonight(FIRST + timedelta(days=number), {"tin": walk(fresh)}, measures)
        verdicts.append(judge_night(counts, past(records[:number]))[0])
    assert set(verdicts) <= {Verdict.GOOD, Verdict.QUIET}
    assert Verdict.QUIET in verdicts


@pytest.mark.parametrize(
    ("night", "words"),
    [
        (date(2026, 2, 18), "Tết: nothing new is usual"),
        (date(2026, 5, 1), "public holiday (Ngày Chiến thắng): nothing new is usual"),
        (date(2026, 3, 4), "everything that was listed is already known"),
    ],
    ids=["Tết", "30 April", "any other day"],
)
def test_a_quiet_night_says_why(night: date, words: str) -> None:
    history = past(nights(60, lambda day: {"tin": int(day.weekday() == 0)}, night - timedelta(days=60)))
    verdict, reasons = judge_night(tonight(night, {"tin": walk(0)}, Measures()), history)
    assert (verdict, joined(reasons)) == (Verdict.QUIET, words)


def test_tet_is_no_silence_for_any_portal() -> None:
    first, holiday = date(2025, 12, 1), range(74, 85)  # 13 to 24 February 2026
    records = nights(86, lambda day: {"tin": 0 if (day - first).days in holiday else 40}, first)
    for number in range(75, 86):
        counts = tonight(first + timedelta(days=number), {"tin": walk(0)}, Measures())
        assert judge_night(counts, past(records[:number])) == (Verdict.QUIET, (Reason.of("quiet_tet"),))


FULL = {"tin": walk(6), "su-kien": walk(2)}
FOUND = {
    "texts lost most of the body": (FULL, replace(READ, text_bytes=500), "have 500 bytes each where 3000 are usual"),
    "texts without dates": (FULL, replace(READ, dated=0, lag_days=None), "6 of 6 new texts have no publication date"),
    "one page for every address": (FULL, replace(READ, identical=6), "6 of 6 articles have the text of another one"),
    "all known under other addresses": (
        FULL,
        replace(READ, asked={"article": 12}, repeated=12),
        "12 of 12 articles were kept before under other addresses",
    ),
    "a part of the list": (
        {"tin": walk(0, listed=4), "su-kien": walk(2)},
        READ,
        "section tin: 4 entries were listed where at least 20 are usual",
    ),
    "paging repeats page 1": (
        {"tin": walk(6, listed=10, end=WalkEnd.REPEATED), "su-kien": walk(2)},
        READ,
        "section tin: page 2 repeats page 1, and up to 2 pages were read before",
    ),
    "page 2 is page 1 again": (
        {"tin": walk(6, listed=10, end=WalkEnd.FIRST_AGAIN), "su-kien": walk(2)},
        READ,
        "section tin: page 2 repeats page 1, and up to 2 pages were read before",
    ),
    "paging repeats a page of news": (
        {"tin": walk(10, listed=10, end=WalkEnd.REPEATED), "su-kien": walk(2)},
        READ,
        "section tin: all 10 entries of page 1 are new and page 2 repeats it",
    ),
}


@pytest.mark.parametrize(("sections", "measures", "words"), FOUND.values(), ids=FOUND.keys())
def test_what_history_shows_to_be_wrong_is_suspicious(
    sections: dict[str, SectionWalk], measures: Measures, words: str
) -> None:
    verdict, reasons = judge_night(tonight(FIRST + timedelta(days=40), sections, measures), past(nights(40, six)))
    assert verdict is Verdict.SUSPICIOUS
    assert words in str(reasons[0])


def test_the_same_night_is_good_where_it_was_always_so() -> None:
    """A portal that shows no dates is judged by its own past."""
    undated = replace(READ, dated=0, lag_days=None)
    records = [replace(record, measures=undated) for record in nights(40, six)]
    counts = tonight(FIRST + timedelta(days=40), FULL, undated)
    assert judge_night(counts, past(records)) == (Verdict.GOOD, ())


@pytest.mark.parametrize("earlier", [WalkEnd.REPEATED, WalkEnd.FIRST_AGAIN], ids=["once taken for an end", "as ever"])
def test_a_second_page_that_is_the_first_again_is_never_good(earlier: WalkEnd) -> None:
    records = [
        replace(one, sections={"tin": walk(6, listed=10, end=earlier), "su-kien": walk(2)}) for one in nights(40, six)
    ]
    again = {"tin": walk(6, listed=10, end=WalkEnd.FIRST_AGAIN), "su-kien": walk(2)}
    verdict, reasons = judge_night(tonight(FIRST + timedelta(days=40), again), past(records))
    assert verdict is Verdict.SUSPICIOUS
    assert reasons[0] == Reason.of("paging_first_again", section="tin", count=10)


def test_lists_that_show_old_entries_are_reported_after_three_nights() -> None:
    records, old = nights(40, six), replace(READ, lag_days=300)
    verdicts = []
    for number in range(40, 43):
        night = FIRST + timedelta(days=number)
        verdicts.append(judge_night(tonight(night, FULL, old), past(records))[0])
        records.append(run(night, FULL, measures=old))
    assert verdicts == [Verdict.GOOD, Verdict.GOOD, Verdict.SUSPICIOUS]


def test_a_list_that_fails_once_is_a_note_and_twice_a_bad_night() -> None:
    records, failed = nights(40, six), {"tin": SectionWalk(1, 0, 0, WalkEnd.FAILED), "su-kien": walk(2)}
    night = FIRST + timedelta(days=40)
    counts = replace(tonight(night, failed), failed={"tin": Outcome.SERVER_ERROR})
    verdict, reasons = judge_night(counts, past(records))
    assert (verdict, len(reasons)) == (Verdict.GOOD, 1)
    again = replace(tonight(night + timedelta(days=1), failed), failed={"tin": Outcome.SERVER_ERROR})
    assert judge_night(again, past([*records, run(night, failed)]))[0] is Verdict.BROKEN
    gone = replace(counts, failed={"tin": Outcome.GONE})
    assert judge_night(gone, past(records))[0] is Verdict.BROKEN


def test_a_slow_decay_is_found_within_weeks() -> None:
    rng = Random(5)
    records, found = nights(112, lambda day: {"tin": 20 + rng.randint(-5, 5)}), None
    for number in range(112, 200):
        night = FIRST + timedelta(days=number)
        sections = {"tin": walk(round(20 * 0.5 ** ((number - 112) / 30)))}
        verdict, reasons = judge_night(tonight(night, sections), past(records))
        if verdict is Verdict.THIN:
            found = number - 112
            assert "new entries in 28 nights where" in str(reasons[0])
            break
        records.append(run(night, sections))
    assert found is not None
    assert 21 <= found <= 60


@pytest.mark.parametrize(
    ("count", "of", "share", "expected"), [(0, 5, 0.1, 1), (5, 5, 0.5, 1 / 32), (1, 1, 0.02, 0.02)]
)
def test_a_binomial_tail_is_exact(count: int, of: int, share: float, expected: float) -> None:
    assert binomial_tail(count, of, share) == pytest.approx(expected)


def test_a_share_is_more_than_usual_only_where_history_says_so() -> None:
    assert excess(1, 1, 0, 10, 0.3)  # too little history: the floor alone
    assert not excess(1, 4, 0, 10, 0.3)
    assert excess(1, 1, 0, 500, 0.3)  # never before
    assert not excess(1, 3, 0, 500, 0.3)  # one of several may be odd
    assert not excess(1, 1, 10, 500, 0.3)  # happens now and then
    assert excess(4, 5, 10, 500, 0.3)


@pytest.mark.parametrize(("week", "words"), [(42, "6 a day"), (3, "3 a week"), (0.7, "3 a month")])
def test_a_rate_is_written_as_a_person_says_it(week: float, words: str) -> None:
    assert str(rate(week)) == words
