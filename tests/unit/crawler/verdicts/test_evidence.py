"""Hold a night against what the portal shows elsewhere, which may say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from archive.messages.reason import Reason, joined
from archive.model.enums import Verdict, WalkEnd
from archive.model.records import SectionWalk
from archive.model.run_metrics import Measures
from crawler.listings.empty_notice import states_no_articles
from crawler.listings.witness import Witness, WitnessComparison
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night
from pipelines.boilerplate.new_texts import NewTextFacts
from tests.unit.crawler.verdicts.test_judge import GOOD, TONIGHT, USUAL, WALK, history

FEED = Witness("https://doi-che.replica.test/rss/home.rss")
DAY = Witness("https://doi-che.replica.test/tin-tuc/xem-theo-ngay-03-03-2025.htm", date(2025, 3, 3))


def witnessed(witness: Witness, entries: int | None, unlisted: int = 0) -> NightCounts:
    found = WitnessComparison(witness, entries, unlisted, "https://doi-che.replica.test/tin-3")
    return replace(GOOD, witnesses=(found,))


def counted(walk: SectionWalk) -> NightCounts:
    return replace(GOOD, sections={"tin-tuc": walk})


LOST = witnessed(FEED, 20, 5)
SHARED = replace(GOOD, new_texts=NewTextFacts(6, "Chia sẻ bài này", 5))


@pytest.mark.parametrize(
    ("night", "words"),
    [
        (LOST, "5 of 20 entries of the portal's feed were never listed by any section, the first is https://doi-che"),
        (witnessed(DAY, 9, 3), "3 of 9 articles that the portal's archive names for 2025-03-03 were never listed"),
        (
            counted(SectionWalk(2, 12, 0, WalkEnd.REPEATED, total=761, ever_listed=12)),
            "holds 761 articles and ended before it had shown 749",
        ),
        (
            counted(SectionWalk(7, 80, 0, WalkEnd.LAST_PAGE, True, 100, 80)),
            "holds 100 articles and ended before it had shown 20",
        ),
        (SHARED, "5 of 6 new texts hold the same line (Chia sẻ bài này)"),
        (replace(GOOD, new_texts=NewTextFacts(6, clocks=5)), "the metadata of 5 pages states one"),
        (replace(GOOD, new_texts=NewTextFacts(6, authors=5)), "the metadata of 5 pages names one"),
    ],
)
@pytest.mark.parametrize("nights", [0, 7])
def test_a_good_night_that_its_portal_contradicts(night: NightCounts, words: str, nights: int) -> None:
    verdict, reasons = judge_night(night, history(USUAL[:nights]))
    assert verdict is Verdict.SUSPICIOUS
    assert words in joined(reasons)


@pytest.mark.parametrize(
    "night",
    [
        pytest.param(witnessed(FEED, 20, 2), id="two entries may be younger than a cached list"),
        pytest.param(witnessed(FEED, 20, 3), id="three of twenty"),
        pytest.param(witnessed(FEED, 0), id="a feed without days"),
        pytest.param(witnessed(DAY, 20), id="all of a day's archive were listed"),
        pytest.param(replace(GOOD, new_texts=NewTextFacts(4)), id="few texts"),
    ],
)
def test_evidence_that_says_nothing(night: NightCounts) -> None:
    assert judge_night(night, history(USUAL)) == (Verdict.GOOD, ())


@pytest.mark.parametrize(
    ("night", "code"),
    [
        pytest.param(witnessed(FEED, None), "witness_silent", id="a feed that did not answer"),
        pytest.param(witnessed(DAY, None), "witness_silent", id="an archive that names nothing"),
        pytest.param(witnessed(DAY, 20, 2), "day_unlisted_few", id="two of a whole day"),
    ],
)
def test_what_is_not_known_or_little_is_noted_in_a_good_night(night: NightCounts, code: str) -> None:
    verdict, reasons = judge_night(night, history(USUAL))
    assert (verdict, [reason.code for reason in reasons]) == (Verdict.GOOD, [code])


def test_few_entries_noted_before_do_not_silence_many() -> None:
    past = history(USUAL)
    past.seen[-1] = replace(past.seen[-1], reasons=judge_night(witnessed(DAY, 20, 2), past)[1])
    assert judge_night(witnessed(DAY, 20, 9), past)[0] is Verdict.SUSPICIOUS


HOLDS = SectionWalk(1, 12, 2, WalkEnd.KNOWN, total=700, ever_listed=300)


@pytest.mark.parametrize(
    ("last", "tonight", "lost"),
    [
        pytest.param(HOLDS, replace(HOLDS, total=705, ever_listed=302), ["3 of them"], id="grew by five, two listed"),
        pytest.param(HOLDS, replace(HOLDS, total=702, ever_listed=302), [], id="all new ones listed"),
        pytest.param(HOLDS, replace(HOLDS, total=690, ever_listed=302), [], id="ten were withdrawn"),
        pytest.param(HOLDS, replace(HOLDS, total=704, ever_listed=302), [], id="two more than listed"),
        pytest.param(HOLDS, replace(HOLDS, total=760, ever_listed=350), [], id="ten of sixty, moved in from elsewhere"),
        pytest.param(replace(HOLDS, total=None, ever_listed=None), HOLDS, [], id="the last night's list stated none"),
        pytest.param(HOLDS, replace(HOLDS, total=None, ever_listed=None), [], id="tonight's list states none"),
        pytest.param(HOLDS, replace(HOLDS, total=9999, end=WalkEnd.FAILED), [], id="the walk failed"),
        pytest.param(
            HOLDS, replace(HOLDS, listed=690, end=WalkEnd.LAST_PAGE), [], id="the last page, nearly all shown"
        ),
    ],
)
def test_a_total_that_grew_by_more_than_was_listed(last: SectionWalk, tonight: SectionWalk, lost: list[str]) -> None:
    past = History()
    past.note(TONIGHT - timedelta(days=1), {"tin-tuc": last}, Measures(), 0, 0)
    reasons = judge_night(counted(tonight), past)[1]
    found = [str(reason) for reason in reasons if reason.code in ("total_unlisted", "total_grew_unlisted")]
    assert len(found) == len(lost)
    assert all(words in reason for words, reason in zip(lost, found, strict=True))


def repeated(night: NightCounts, nights: int) -> list[Verdict]:
    """Return the verdicts of the same night over and over."""
    past, verdicts = history(USUAL), []
    for number in range(nights):
        day = TONIGHT + timedelta(days=number)
        verdict, reasons = judge_night(replace(night, day=day), past)
        verdicts.append(verdict)
        past.note(day, night.sections, Measures(), 0, 0)
        past.seen[-1] = replace(past.seen[-1], reasons=reasons)
    return verdicts


@pytest.mark.parametrize("night", [LOST, SHARED])
def test_what_holds_is_reported_at_first_and_after_four_weeks(night: NightCounts) -> None:
    verdicts = repeated(night, 40)
    assert [number for number, verdict in enumerate(verdicts) if verdict is Verdict.SUSPICIOUS] == [0, 28]
    assert {verdict for verdict in verdicts if verdict is not Verdict.SUSPICIOUS} == {Verdict.GOOD}


def test_another_line_is_another_finding() -> None:
    past = history(USUAL)
    _, reasons = judge_night(SHARED, past)
    again = Reason.of("first_told", reason=reasons[0], n=1)
    past.seen[-1] = replace(past.seen[-1], reasons=(again,))
    assert judge_night(SHARED, past)[0] is Verdict.GOOD
    other = replace(SHARED, new_texts=NewTextFacts(6, "null", 6))
    assert judge_night(other, past)[0] is Verdict.SUSPICIOUS


FULL = SectionWalk(pages=1, listed=10, fresh=10, end=WalkEnd.LAST_PAGE)


def judged(walks: Sequence[SectionWalk], name: str = "tin-tuc") -> str:
    """Judge the last of these walks after the others."""
    past = History()
    for ago, walk in zip(range(len(walks) - 1, 0, -1), walks, strict=False):
        past.note(TONIGHT - timedelta(days=ago), {name: walk}, Measures(), 0, 0)
    verdict, reasons = judge_night(replace(GOOD, sections={name: walks[-1]}), past)
    alarms = [str(reason) for reason in reasons if reason.code == "list_all_new"]
    assert (verdict is Verdict.SUSPICIOUS) is bool(alarms)
    return "".join(alarms)


@pytest.mark.parametrize(
    ("walks", "words"),
    [
        pytest.param([replace(FULL, fresh=4), FULL, FULL, FULL], "section tin-tuc: in 3 nights running, all 10", id="pages"),
        pytest.param([replace(FULL, first=True, fresh=20, listed=20)] + [replace(FULL, listed=20, fresh=20)] * 3, "all 20", id="feed"),
        pytest.param([replace(FULL, listed=5, fresh=5)] * 9, "all 5 entries", id="a short list, for long"),
    ],
)  # fmt: skip
def test_a_full_page_of_new_entries_each_night_and_no_second_page(walks: list[SectionWalk], words: str) -> None:
    assert words in judged(walks)


@pytest.mark.parametrize(
    "walks",
    [
        pytest.param([FULL, FULL], id="two nights"),
        pytest.param(
            [FULL, replace(FULL, fresh=9), FULL, FULL], id="one entry was known the night before the last two"
        ),
        pytest.param([FULL, FULL, replace(FULL, pages=2, end=WalkEnd.KNOWN)], id="the second page is asked for"),
        pytest.param([FULL, FULL, replace(FULL, listed=7, fresh=7)], id="a list that is as long as the day's news"),
        pytest.param([replace(FULL, listed=2, fresh=2)] * 3, id="two entries"),
        pytest.param([FULL, FULL, replace(FULL, first=True)], id="a first walk"),
        pytest.param([WALK, FULL, FULL], id="one night showed what was known"),
    ],
)
def test_a_page_that_is_not_full_of_new_entries_each_night(walks: list[SectionWalk]) -> None:
    assert judged(walks) == ""


@pytest.mark.parametrize(
    "notice",
    [
        "<div class='x'>Chuyên mục hiện chưa có bài viết nào.</div>",
        "<td><font>Không có dữ liệu</font></td>",
        "<h2>Nothing Found</h2><p>x</p>",
    ],
)
def test_a_category_that_says_that_it_is_empty(notice: str) -> None:
    assert states_no_articles(f"<html><body><ul><li><a href='/a'>Trang chủ</a></li></ul>{notice}</body></html>")
    walks = {"y-te": SectionWalk(1, 0, 0, WalkEnd.EMPTY), "tin-trong-tinh": WALK}
    verdict, reasons = judge_night(replace(GOOD, sections=walks, emptied=frozenset({"y-te"})), history(USUAL))
    assert (verdict, [reason.code for reason in reasons]) == (Verdict.GOOD, ["section_emptied"])


@pytest.mark.parametrize(
    "page",
    [
        "<p>Xã không có dữ liệu nào về trận lụt năm ấy, nên bà con kể lại cho con cháu nghe mỗi khi mưa về, từ năm này qua năm khác.</p>",
        "<script>x = '<b>Không có dữ liệu</b>'</script>",
        "<div>Chưa có bình luận</div>",
        "<div>Không có bình luận nào</div>",
        "",
    ],
)
def test_a_page_that_does_not_say_that_it_is_empty(page: str) -> None:
    assert not states_no_articles(page)


def test_a_list_that_says_that_it_is_empty_beside_no_list_that_is_read() -> None:
    walks = {name: SectionWalk(1, 0, 0, WalkEnd.EMPTY) for name in ("y-te", "tin-trong-tinh")}
    night = replace(GOOD, sections=walks, emptied=frozenset(walks))
    assert judge_night(night, history(USUAL))[0] is Verdict.BROKEN
    silent = {"y-te": walks["y-te"], "tin-trong-tinh": WALK}
    assert judge_night(replace(GOOD, sections=silent), history(USUAL))[0] is Verdict.BROKEN, "the page does not say so"
