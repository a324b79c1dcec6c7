"""The provinces: 34 of today, 29 that ended on 1 July 2025, and a helpful error for any other slug."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from testing.recorded import ABSENT, GUIDE
from vietnam.provinces import (
    PROVINCES,
    Province,
    Status,
    UnknownProvince,
    find_province,
    is_commune_host,
    is_province_name,
    predecessors,
    province,
    province_of_host,
    successor,
    with_predecessors,
)

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


@pytest.mark.parametrize(
    "words",
    ["quangtri", "Quảng Trị", "quang tri", "tỉnh Quảng Trị", "TỈNH QUẢNG TRỊ", "quang_tri"],
)
def test_a_province_is_found_however_it_is_written(words: str) -> None:
    assert find_province(words).slug == "quangtri"


@pytest.mark.parametrize("words", ["Thành phố Đà Nẵng", "TP. Đà Nẵng", "TP Đà Nẵng", "Da Nang"])
def test_a_city_is_found_however_it_is_written(words: str) -> None:
    assert find_province(words).slug == "danang"


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("TP.HCM", "hochiminhcity"),
        ("TP HCM", "hochiminhcity"),
        ("thành phố Hồ Chí Minh", "hochiminhcity"),
        ("Hồ Chí Minh", "hochiminhcity"),
        ("Thừa Thiên - Huế", "hue"),
        ("Đắc Lắc", "daklak"),
        ("Đăk Lăk", "daklak"),
        ("Bắc Cạn", "backan"),
        ("Ba Ria Vung Tau", "baria-vungtau"),
        ("Bà Rịa–Vũng Tàu", "baria-vungtau"),
        ("KHÁNH HOÀ", "khanhhoa"),
        ("www.quangtri.gov.vn", "quangtri"),
        ("https://sokhcn.quangtri.gov.vn/tin", "quangtri"),
    ],
)
def test_other_spellings_and_addresses_are_known(words: str, slug: str) -> None:
    assert find_province(words).slug == slug


@pytest.mark.parametrize("words", ["", "...", "[", "https://[", "example.vn", "\n"])
def test_what_is_no_province_is_reported_in_one_line(words: str) -> None:
    with pytest.raises(UnknownProvince) as raised:
        find_province(words)
    assert "\n" not in str(raised.value)


def test_the_registry_is_that_of_the_field_guide() -> None:
    guide = GUIDE / "provinces.csv"
    if not guide.exists():
        pytest.skip(ABSENT)
    own = Path(__file__).parents[3] / "vietnam" / "provinces.csv"
    assert own.read_text(encoding="utf-8").split() == guide.read_text(encoding="utf-8").split()


def test_who_cannot_be_found_is_reported_with_the_closest() -> None:
    with pytest.raises(UnknownProvince, match="quangtri"):
        find_province("Quảng Trịi")


def test_every_province_is_found_by_its_own_names() -> None:
    for known in PROVINCES.values():
        assert find_province(known.name) == find_province(known.slug) == find_province(f"tỉnh {known.name}") == known


def test_a_province_of_today_stands_for_those_it_absorbed() -> None:
    assert {known.slug for known in predecessors("quangtri")} == {"quangbinh"}
    assert with_predecessors("quangtri") == {"quangtri", "quangbinh"}
    assert with_predecessors("quangbinh") == {"quangbinh"}
    merged = [known.slug for known in PROVINCES.values() if known.status is Status.MERGED]
    absorbed = [known.slug for today in PROVINCES for known in predecessors(today)]
    assert sorted(absorbed) == sorted(merged)
    assert len(merged) == 29


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("www.quangtri.gov.vn", "quangtri"),
        ("sokhcn.quangtri.gov.vn:443", "quangtri"),
        ("QuangTri.gov.vn.", "quangtri"),
        ("quangtri.gov.vn.example.vn", None),
        ("notquangtri.gov.vn", None),
        ("chinhphu.vn", None),
    ],
)
def test_a_host_belongs_to_the_province_of_its_domain(host: str, slug: str | None) -> None:
    found = province_of_host(host)
    assert (found.slug if found else None) == slug


@pytest.mark.parametrize(
    ("host", "commune"),
    [
        ("haiduong.haiphong.gov.vn", True),
        ("www.haiduong.haiphong.gov.vn", True),
        ("HaiDuong.HaiPhong.gov.vn:443", True),
        ("baclieu.camau.gov.vn", True),
        ("haiphong.gov.vn", False),
        ("www.haiphong.gov.vn", False),
        ("haiduong.gov.vn", False),
        ("sonnptnt.haiphong.gov.vn", False),
        ("thanhphohaiphong.gov.vn", False),
        ("haiduong.vn", False),
    ],
)
def test_a_commune_bears_the_name_of_a_former_province(host: str, commune: bool) -> None:
    assert is_commune_host(host) is commune


def test_a_host_that_only_looks_like_a_citys_belongs_to_no_province() -> None:
    assert province_of_host("thanhphohaiphong.gov.vn") is None
    with pytest.raises(UnknownProvince):
        find_province("https://thanhphohaiphong.gov.vn/tin-tuc")
    assert find_province("https://haiduong.haiphong.gov.vn/").slug == "haiphong"
