"""Judge a portal's end from many nights: moved, gone, or only silent. From records and lines alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from archive.messages.reason import joined
from archive.model.decommission import BAD_CERTIFICATE, NO_NAME, Decommission, DecommissionSign
from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import PageRecord, Run
from archive.storage.jsonl import canonical
from archive.storage.run_record import run_from, run_plain
from crawler.downloader.successor import refresh_target, successor_of
from crawler.spider.walk import wants_homepage
from crawler.verdicts.counts import NightCounts
from crawler.verdicts.decommissioned import DecommissionRule, assess_lines, dissolution, sign_of
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night
from vietnam.date_forms import TZ
from vietnam.provinces import PROVINCES, Status

FIRST = date(2025, 7, 10)
HOME = "https://www.ba-song.vn"
OWN = frozenset({"ba-song.vn", "www.ba-song.vn", "quangtri.gov.vn"})
MERGED = DecommissionRule(dissolution("ninhthuan", None, FIRST))
NOBODY = DecommissionRule()


def night(number: int) -> date:
    return FIRST + timedelta(days=number)


def line(outcome: Outcome, path: str = "/tin-tuc", detail: str | None = None, key: str | None = None) -> PageRecord:
    at = datetime(2025, 7, 10, 1, tzinfo=TZ)
    section, number = (None, None) if path == "/" else ("tin", None if key else 1)
    end = WalkEnd.FAILED if number and outcome is not Outcome.LISTING else None
    return PageRecord(
        f"{HOME}{path}", outcome, at, section=section, page_number=number, detail=detail, key=key, walk_end=end
    )


ROBOTS = line(Outcome.ROBOTS, "/robots.txt")
NAMELESS = (line(Outcome.UNREACHABLE, detail=NO_NAME),)
TIMEOUT = (line(Outcome.UNREACHABLE, detail="timeout"),)
UNTRUSTED = (line(Outcome.UNREACHABLE, detail=BAD_CERTIFICATE),)
NOT_FOUND = (ROBOTS, line(Outcome.GONE), line(Outcome.GONE, "/"), line(Outcome.GONE, "/tin/a.html", key="a"))
REDIRECTS = (ROBOTS, line(Outcome.MOVED, detail="khanhhoa.gov.vn"), line(Outcome.MOVED, "/su-kien", "khanhhoa.gov.vn"))
STANDS = (ROBOTS, line(Outcome.LISTING))
LOST = (ROBOTS, line(Outcome.GONE), line(Outcome.FRONT_PAGE, "/"))


@pytest.mark.parametrize(
    ("pages", "sign"),
    [
        pytest.param(NAMELESS, (DecommissionSign.NO_NAME, None), id="no such name"),
        pytest.param(UNTRUSTED, (DecommissionSign.CERTIFICATE, None), id="certificate"),
        pytest.param((*NAMELESS, *UNTRUSTED), (DecommissionSign.NO_NAME, None), id="both"),
        pytest.param(TIMEOUT, None, id="time-out"),
        pytest.param((*NAMELESS, *TIMEOUT), None, id="time-out once"),
        pytest.param(NOT_FOUND, (DecommissionSign.NOT_FOUND, None), id="404 everywhere"),
        pytest.param(NOT_FOUND[:2], None, id="404 of the list alone"),
        pytest.param(LOST, None, id="a front page that stands"),
        pytest.param(REDIRECTS, (DecommissionSign.MOVED, "khanhhoa.gov.vn"), id="moved"),
        pytest.param((*REDIRECTS, line(Outcome.LISTING, "/khac")), None, id="one list stands"),
        pytest.param((*STANDS, line(Outcome.MOVED, "/tin/a.html", "hue.gov.vn", "a")), None, id="an article moved"),
        pytest.param((*LOST[:2], line(Outcome.MOVED, "/", "hue.gov.vn")), (DecommissionSign.MOVED, "hue.gov.vn"), id="front page moved"),
        pytest.param((ROBOTS,), None, id="only robots.txt"),
        pytest.param((), None, id="nothing"),
    ],
)  # fmt: skip
def test_what_one_night_shows(pages: tuple[PageRecord, ...], sign: tuple[DecommissionSign, str | None] | None) -> None:
    assert sign_of(pages) == sign


def judge_nights(
    nights: Sequence[tuple[int, tuple[PageRecord, ...]]],
    ends: DecommissionRule = MERGED,
    deaf: frozenset[date] = frozenset(),
) -> list[Run]:
    """Return the records of these nights, oldest first, each judged with those before it."""
    runs: list[Run] = []
    for number, pages in nights:
        before = runs[::-1]
        end = assess_lines(pages, night(number), before, ends, deaf)
        outcomes: dict[Outcome, int] = {}
        for page in pages:
            outcomes[page.outcome] = outcomes.get(page.outcome, 0) + 1
        counts = NightCounts(night(number), outcomes, {}, {}, 0, 0)
        verdict, reasons = judge_night(counts, History(), end)
        at = datetime(2025, 7, 10, 1, tzinfo=TZ) + timedelta(days=number)
        runs.append(
            Run(
                "ben_da",
                night(number),
                "ben_da",
                ArchiveKind.LIVE,
                at,
                at,
                True,
                FinishReason.FINISHED,
                verdict,
                reasons,
                0,
                1,
                0,
                away=end.sign,
            )
        )
    return runs


def verdicts(runs: Sequence[Run]) -> list[Verdict]:
    return [run.verdict for run in runs]


@pytest.mark.parametrize("pages", [NAMELESS, UNTRUSTED, NOT_FOUND], ids=["name", "certificate", "404"])
def test_a_dissolved_portal_is_gone_on_the_fourteenth_night(pages: tuple[PageRecord, ...]) -> None:
    runs = judge_nights([(number, pages) for number in range(14)])
    assert Verdict.GONE not in verdicts(runs)[:13]
    assert runs[13].verdict is Verdict.GONE
    away = runs[13].away
    assert away is not None
    assert (away.since, away.nights, away.recorded) == (night(0), 14, night(13))
    assert str(runs[13].reasons[1]).startswith("gone since 2025-07-10 (")
    assert "Ninh Thuận became part of Khánh Hòa on 2025-07-01; it is asked again once a month" in str(
        runs[13].reasons[1]
    )
    assert "1 night now: after 14 nights it is recorded as gone" in joined(runs[0].reasons)


def test_a_portal_that_nobody_dissolved_stays_unreachable() -> None:
    runs = judge_nights([(number, NAMELESS) for number in range(60)], NOBODY)
    assert set(verdicts(runs)) == {Verdict.UNREACHABLE}
    assert "60 nights now: should it have been dissolved, declare `dissolved` in its file" in str(runs[-1].reasons[-1])


def test_one_that_only_times_out_stays_unreachable() -> None:
    runs = judge_nights([(number, TIMEOUT) for number in range(60)])
    assert set(verdicts(runs)) == {Verdict.UNREACHABLE}
    assert {run.away for run in runs} == {None}


def test_a_time_out_and_a_network_that_is_away_count_nothing_and_end_nothing() -> None:
    nights = [(number, NAMELESS) for number in range(13)] + [(13, TIMEOUT), (14, NAMELESS), (15, NAMELESS)]
    runs = judge_nights(nights, deaf=frozenset({night(4)}))
    assert [run.away.nights if run.away else 0 for run in runs] == [1, 2, 3, 4, 0, 5, 6, 7, 8, 9, 10, 11, 12, 0, 13, 14]
    assert [run.night for run in runs if run.verdict is Verdict.GONE] == [night(15)]


def test_an_answer_ends_the_count() -> None:
    nights = [(number, NAMELESS) for number in range(13)] + [(13, STANDS), (14, NAMELESS)]
    runs = judge_nights(nights)
    assert runs[-1].away == Decommission(DecommissionSign.NO_NAME, night(14), 1, dissolved=True)


@pytest.mark.parametrize("pages", [NAMELESS, TIMEOUT, NOT_FOUND], ids=["name", "time-out", "404"])
def test_asked_again_after_a_month_it_is_still_gone(pages: tuple[PageRecord, ...]) -> None:
    runs = judge_nights([*((number, NAMELESS) for number in range(14)), (43, pages)])
    away = runs[-1].away
    assert runs[-1].verdict is Verdict.GONE
    assert away is not None
    assert (away.since, away.recorded) == (night(0), night(13))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([(number, NAMELESS) for number in range(14)], "gone since 2025-07-10"),
        ([(0, REDIRECTS)], "moved to khanhhoa.gov.vn"),
    ],
    ids=["gone", "moved"],
)
def test_a_portal_that_answers_again_is_reported_and_counts_anew(
    before: list[tuple[int, tuple[PageRecord, ...]]], words: str
) -> None:
    runs = judge_nights([*before, (40, STANDS), (41, NAMELESS)])
    assert runs[-2].away is None
    assert any(
        str(reason).startswith("it answers again: it was recorded on ") and words in str(reason)
        for reason in runs[-2].reasons
    )
    assert runs[-1].verdict is Verdict.UNREACHABLE


def test_a_portal_that_moved_is_reported_in_words() -> None:
    (run,) = judge_nights([(0, REDIRECTS)])
    assert run.verdict is Verdict.MOVED
    assert str(run.reasons[1]).startswith(
        "moved to khanhhoa.gov.vn (Khánh Hòa): its lists or its front page redirect there"
    )
    assert run.away == Decommission(DecommissionSign.MOVED, night(0), to="khanhhoa.gov.vn", recorded=night(0))


def test_the_record_keeps_it_and_an_older_one_has_none() -> None:
    for run in judge_nights([(number, NAMELESS) for number in range(14)]):
        assert run_from(canonical(run_plain(run))).away == run.away
    plain = run_plain(replace(run, away=None))
    assert "away" not in plain
    assert run_from(canonical(plain)).away is None


@pytest.mark.parametrize(
    ("slug", "declared", "words"),
    [
        ("ninhthuan", None, "Ninh Thuận became part of Khánh Hòa on 2025-07-01"),
        ("khanhhoa", None, None),
        (None, None, None),
        (None, date(2025, 3, 1), "the portal is declared dissolved since 2025-03-01"),
        ("khanhhoa", date(2025, 7, 11), None),
    ],
)
def test_who_may_be_gone(slug: str | None, declared: date | None, words: str | None) -> None:
    assert str(dissolution(slug, declared, FIRST)) == str(words)


def test_every_merged_province_may_be_gone_from_its_day_on() -> None:
    for known in PROVINCES.values():
        assert (dissolution(known.slug, None, date(2025, 7, 1)) is not None) == (known.status is Status.MERGED)
        assert dissolution(known.slug, None, date(2025, 6, 30)) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://khanhhoa.gov.vn/", "khanhhoa.gov.vn"),
        ("https://www.khanhhoa.gov.vn.replica.test/tin", "www.khanhhoa.gov.vn"),
        ("http://sokhcn.khanhhoa.gov.vn:80/tin", "sokhcn.khanhhoa.gov.vn"),
        ("https://xa-moi.vn/", "xa-moi.vn"),
        ("https://www.xa-moi.vn/", "www.xa-moi.vn"),
        ("https://www.ba-song.vn/tin", None),
        ("https://quangtri.gov.vn/", None),
        ("https://sso.khanhhoa.gov.vn/login", None),
        ("https://dangnhap.khanhhoa.gov.vn/", None),
        ("https://khanhhoa.gov.vn.example.vn/", None),
        ("https://haiphong.gov.vn/", "haiphong.gov.vn"),
        ("https://haiduong.haiphong.gov.vn/", None),
        ("https://www.haiduong.haiphong.gov.vn/tin", None),
        ("https://thanhphohaiphong.gov.vn/", None),
        ("https://phuong.xa-moi.vn/", "phuong.xa-moi.vn"),
        ("https://example.vn/", None),
        ("https://[khanhhoa.gov.vn/", None),
        ("/tin", None),
    ],
)
def test_a_successor_is_a_host_that_is_known(url: str, host: str | None) -> None:
    assert successor_of(url, OWN, ("xa-moi.vn",)) == host


def test_a_ward_below_a_declared_successor_is_none() -> None:
    assert successor_of("https://haiduong.haiphong.gov.vn/", OWN, ("haiphong.gov.vn",)) is None


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ('<meta http-equiv="refresh" content="0; url=https://hue.gov.vn/">', "https://hue.gov.vn/"),
        ("<META HTTP-EQUIV=Refresh CONTENT='5;URL=/moi'>", f"{HOME}/moi"),
        ("<script>window.location.href = 'https://hue.gov.vn/a';</script>", "https://hue.gov.vn/a"),
        ('<script>location.replace("https://hue.gov.vn/")</script>', "https://hue.gov.vn/"),
        ('<a href="https://hue.gov.vn/">Huế</a>', None),
        ('<meta http-equiv="refresh" content="300">', None),
        ('<meta http-equiv="refresh" content="0; url=https://hue.gov.vn/">' + " " * 5000, None),
    ],
    ids=["meta", "meta in capitals", "href", "replace", "a link", "itself", "a long page"],
)
def test_where_a_short_page_sends_a_browser(body: str, target: str | None) -> None:
    assert refresh_target(body.encode(), f"{HOME}/") == target


@pytest.mark.parametrize(
    ("pages", "wanted"),
    [
        pytest.param((ROBOTS, line(Outcome.GONE), line(Outcome.SOFT_404, "/su-kien")), True, id="lists away"),
        pytest.param(NOT_FOUND, False, id="asked already"),
        pytest.param(REDIRECTS, False, id="moved"),
        pytest.param((*STANDS,), False, id="stands"),
        pytest.param((ROBOTS, line(Outcome.SERVER_ERROR)), False, id="server error"),
        pytest.param(NAMELESS, False, id="silent"),
        pytest.param((), False, id="nothing"),
    ],
)
def test_when_the_front_page_is_asked_for(pages: tuple[PageRecord, ...], wanted: bool) -> None:
    assert wants_homepage(pages) is wanted
