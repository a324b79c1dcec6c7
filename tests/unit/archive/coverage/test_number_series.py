"""Series of numbered documents: what counts as one, which numbers are missing, and what must not make or fill a hole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.coverage.number_series import NATIONAL, NumberSeriesSet, Series, issuer_of, read_series
from archive.index.rows import Mention

NEW_YEAR = date(2025, 1, 1)
READ_SINCE = {"caobang": NEW_YEAR, "quangtri": NEW_YEAR, "danang": NEW_YEAR}


def mention(number: int, day: date, kind: str = "QĐ", organ: str = "UBND", **changes: object) -> Mention:
    plain = Mention(
        night=day + timedelta(days=1),
        portal="cao_bang",
        province="caobang",
        id=f"cao_bang/{number}@0",
        number=number,
        letter="",
        year=None,
        type=kind,
        organ=organ,
        issued=day,
        issuer=None,
        published=day + timedelta(days=1),
        raw=f"{number}/{kind}-{organ}",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def issued(numbers: Iterable[int], since: date = NEW_YEAR, days: float = 1.5, **changes: object) -> list[Mention]:
    """One document every so many days, counted from 1 on a day."""
    return [mention(number, since + timedelta(days=int(number * days)), **changes) for number in numbers]  # type: ignore[arg-type]


def read(mentions: Sequence[Mention]) -> NumberSeriesSet:
    return read_series(mentions, READ_SINCE)


def only(mentions: Sequence[Mention]) -> Series:
    (series,) = read(mentions).series
    return series


def holes(series: Series) -> list[str]:
    return [hole.numbers for hole in series.gaps]


def test_missing_numbers_are_reported_with_the_days_of_their_neighbours() -> None:
    series = only(issued(number for number in range(1, 91) if number not in (14, 20, 21, 22)))
    assert (series.issuer, series.name, series.period) == ("caobang", "QĐ-UBND", "2025")
    assert (series.first, series.last, len(series.seen), series.missing) == (1, 90, 86, 4)
    assert holes(series) == ["14", "20–22"]
    assert (series.gaps[0].after, series.gaps[0].before) == (date(2025, 1, 20), date(2025, 1, 23))
    assert 0.94 < series.completeness < 86 / 90
    assert series.percent == 95  # of 95.5


def test_a_series_begins_again_at_new_year() -> None:
    found = read([*issued(range(1, 41)), *issued(range(1, 13), date(2026, 1, 1))])
    assert [(one.period, one.last, one.missing) for one in found.series] == [("2025", 40, 0), ("2026", 12, 0)]


def test_a_series_begins_again_when_provinces_merge() -> None:
    merged = date(2025, 7, 1)
    quang_tri: dict[str, Any] = {"portal": "quang_tri", "province": "quangtri"}
    found = read([*issued(range(1, 100), **quang_tri), *issued(range(1, 31), merged, **quang_tri)])
    assert [(one.period, one.first, one.last, one.missing) for one in found.series] == [
        ("2025 to 30/06", 1, 99, 0),
        ("2025 from 01/07", 1, 30, 0),
    ]


def test_a_province_that_absorbed_none_goes_on_counting() -> None:
    assert only(issued(range(1, 200))).missing == 0


@pytest.mark.parametrize(
    "foreign",
    [
        [mention(2841, date(2024, 11, 14), published=date(2025, 3, 3))],
        [mention(2841, date(2025, 2, 20), issued=None)],
        [mention(55, date(2025, 3, 20), issuer="UBND tỉnh Quảng Nam")],
        [mention(55, date(2025, 3, 20), issuer="Chủ tịch UBND xã Tân Lộ")],
        [mention(55, date(2025, 3, 20), issuer="UBND tỉnh Tam Lộ")],
        [mention(55, date(2025, 1, 9))],
        [mention(55, date(2025, 3, 20), letter="a")],
        [mention(55, date(2025, 3, 20), organ="SNV")],
        [mention(55, date(2025, 3, 20), year=2025)],
        [mention(55, date(2025, 3, 20), "NĐ", "CP", year=2025)],
        [mention(900, date(2025, 5, 11), issued=None), mention(901, date(2025, 5, 12), issued=None)],
    ],
    ids=[
        "last year's with its day",
        "last year's without a day",
        "another province's",
        "a commune's",
        "a place that is no province",
        "a day on which the count was far below",
        "a letter",
        "another organ",
        "the series with the year",
        "the state's",
        "two far above the count at its end",
    ],
)
def test_what_is_another_offices_neither_fills_a_hole_nor_makes_one(foreign: list[Mention]) -> None:
    series = only([*issued(number for number in range(1, 91) if number != 55), *foreign])
    assert (series.last, holes(series)) == (90, ["55"])


def test_a_number_that_only_an_undated_text_names_counts_where_its_day_fits() -> None:
    whole = issued(number for number in range(1, 91) if number != 55)
    undated = mention(55, date(2025, 3, 25), issued=None, published=date(2025, 4, 2))
    assert not holes(only([*whole, undated]))
    early = replace(undated, published=date(2025, 2, 2), night=date(2025, 2, 2))
    assert holes(only([*whole, early])) == ["55"]


def test_citations_alone_make_no_series() -> None:
    rng = Random(5)
    cited = [
        mention(
            rng.randint(1, 3000), date(2025, 1, 1) + timedelta(days=rng.randint(0, 300)), "QĐ", "TTg", portal=portal
        )
        for portal in ("a", "b", "c")
        for _ in range(60)
    ]
    found = read(cited)
    assert found.series == ()
    assert sum(found.thin.values()) == 1


def test_national_numbers_belong_to_the_state_whoever_names_them() -> None:
    portals = ("cao_bang", "da_nang")
    of_both = [
        replace(one, type="CT", organ="TTg", portal=portals[one.number % 2], province=None)
        for one in issued(range(1, 31))
    ]
    series = only(of_both)
    assert (series.issuer, series.missing) == (NATIONAL, 0)


def test_two_portals_of_a_province_tell_of_one_series() -> None:
    both = [replace(one, portal="so_noi_vu" if one.number % 3 else "cao_bang") for one in issued(range(1, 31))]
    assert only(both).missing == 0


def test_nothing_is_missing_before_a_portal_was_read() -> None:
    mentions = issued(range(40, 90))
    assert read_series(mentions, {"caobang": date(2025, 3, 3)}).series[0].first == 40
    assert read_series(mentions, {"caobang": NEW_YEAR}).series[0].first == 1


@pytest.mark.parametrize(
    ("organ", "issuer", "whose"),
    [
        ("UBND", None, "caobang"),
        ("UBND", "UBND thành phố Đà Nẵng", "danang"),
        ("UBND", "Ủy ban nhân dân tỉnh", "caobang"),
        ("UBND-KGVX", None, "caobang"),
        ("TU", "Ban Thường vụ Tỉnh ủy", "caobang"),
        ("SKH&CN", None, "caobang"),
        ("UBND", "UBND huyện Bến Tắm", None),
        ("TW", None, NATIONAL),
        ("BTC", None, NATIONAL),
        ("QH15", None, NATIONAL),
        ("VPCP", None, NATIONAL),
    ],
)
def test_whose_number_it_is(organ: str, issuer: str | None, whose: str | None) -> None:
    assert issuer_of(mention(1, NEW_YEAR, organ=organ, issuer=issuer)) == whose


def test_official_letters_of_all_units_are_one_series() -> None:
    letters = [
        replace(one, type="", organ=f"UBND-{('KT', 'NC', 'KGVX')[one.number % 3]}") for one in issued(range(1, 31))
    ]
    series = only(letters)
    assert (series.name, series.missing) == ("UBND", 0)


@given(
    missing=st.sets(st.integers(4, 119), max_size=30),
    seed=st.integers(0, 10_000),
    strangers=st.integers(0, 6),
)
def test_exactly_what_was_left_out_is_missing(missing: set[int], seed: int, strangers: int) -> None:
    """Whatever the order of mentions, days off by some, repeats in later articles, and numbers of other offices."""
    rng = Random(seed)
    mentions = []
    for number in set(range(1, 121)) - missing:
        day = NEW_YEAR + timedelta(days=number * 2 + rng.choice((0, 0, 0, 1)))
        mentions += [mention(number, day, published=day + timedelta(days=rng.randint(0, 30)))] * rng.choice((1, 1, 2))
    for _ in range(strangers):
        mentions.append(mention(rng.randint(400, 900), NEW_YEAR + timedelta(days=rng.randint(0, 200))))
        mentions.append(mention(rng.randint(1, 120), NEW_YEAR + timedelta(days=90), issuer="UBND xã Tân Lộ"))
    rng.shuffle(mentions)
    series = only(mentions)
    found = {number for hole in series.gaps for number in range(hole.first, hole.last + 1)}
    assert found == missing
    assert series.last == 120
