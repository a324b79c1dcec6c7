"""The provinces: 34 of today, 29 that ended on 1 July 2025, and a helpful error for any other slug."""

from __future__ import annotations

from datetime import date

import pytest

from vietnam.provinces import PROVINCES, Province, Status, UnknownProvince, is_province_name, province, successor

MERGED = [known for known in PROVINCES.values() if known.status is Status.MERGED]


def test_counts() -> None:
    assert (len(PROVINCES), len(MERGED)) == (63, 29)


@pytest.mark.parametrize("found", PROVINCES.values(), ids=lambda known: known.slug)
def test_each_is_whole(found: Province) -> None:
    assert found.domain == f"{found.slug}.gov.vn"
    assert PROVINCES[found.slug] is found
    assert (found.merged_into is None) == (found.since is None) == (found.status is Status.CURRENT)


@pytest.mark.parametrize("found", MERGED, ids=lambda known: known.slug)
def test_merged_into_one_of_today(found: Province) -> None:
    assert successor(found.slug).status is Status.CURRENT
    assert found.since == date(2025, 7, 1)


def test_one_of_today_is_its_own_successor() -> None:
    assert successor("quangtri") is province("quangtri")


@pytest.mark.parametrize(
    ("slug", "hint"),
    [("quangtry", "quangtri"), ("Quảng Trị", "quangtri"), ("quang_ninh", "quangninh"), ("???", "provinces.csv")],
)
def test_unknown_slug_names_the_closest(slug: str, hint: str) -> None:
    with pytest.raises(UnknownProvince, match=hint) as raised:
        province(slug)
    assert isinstance(raised.value, KeyError)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("words", "is_one"), [("QUẢNG TRỊ", True), ("Thanh Hoá", True), ("Hồng Nguyệt", False)])
def test_names(words: str, is_one: bool) -> None:
    assert is_province_name(words) is is_one
