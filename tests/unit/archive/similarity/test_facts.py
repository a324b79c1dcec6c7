"""Read the facts of a sentence: document numbers, dates, persons and figures, and nothing that only looks like them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.facts import FactKind, facts

D, T, N, P = FactKind.DOCUMENT_NUMBER, FactKind.DATE, FactKind.NUMBER, FactKind.NAME


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("theo Kế hoạch số 1284-KH/BCSĐ", [(D, "1284-KH/BCSĐ")]),
        ("Nghị quyết 15/2025/NQ-HĐND ngày 3/3/2025", [(D, "15/2025/NQ-HĐND"), (T, "3/3/2025")]),
        ("Sáng 3/3, đoàn gồm 12 người", [(T, "3/3"), (N, "12")]),
        ("Từ ngày 1-3, tuyến xe chạy", [(T, "1-3")]),
        ("được 1/3 số hộ, rồi 28/02 và 20/12", [(N, "1"), (N, "3"), (T, "28/02"), (T, "20/12")]),
        ("ngày 3 tháng 4 năm 2025", [(T, "3 tháng 4 năm 2025")]),
        ("trong tháng 3/2025, quý II năm 2026, giai đoạn 2021-2025",
         [(T, "tháng 3/2025"), (T, "quý II năm 2026"), (T, "2021-2025")]),
        ("trong 3 tháng và 5 ngày", [(N, "3"), (N, "5")]),
        ("lúc 7h30 sáng thứ Ba", [(T, "7h30 sáng"), (T, "thứ Ba")]),
        ("lần thứ hai, lần thứ 5, khóa XV", [(N, "5"), (N, "XV")]),
        ("đạt 77,8% và +4,6 điểm, 1.240 hộ", [(N, "77,8%"), (N, "+4,6"), (N, "1.240")]),
        ("Ông Trần Lúa và bà Nguyễn Thị Mơ", [(P, "Trần Lúa"), (P, "Nguyễn Thị Mơ")]),
        ("Chủ tịch UBND tỉnh Nguyễn Văn Bảo dự", [(P, "Nguyễn Văn Bảo")]),
        ("Thượng tá Lâm Quốc Trí cho biết", [(P, "Lâm Quốc Trí")]),
        ("ở đường Lê Thánh Tông, xã Trần Văn Thời, tỉnh Thái Bình, Thành phố Hồ Chí Minh", []),
        ("Đoàn TNCS và Đoàn Thanh niên đến Đông Hà, Cao Bằng, Lâm Đồng", []),
        ("QUANG DUY", [(P, "QUANG DUY")]),
    ],
    ids=["party", "state", "day", "dash", "fraction", "in words", "month", "length of time", "weekday", "ordinal", "figures",
         "address", "office", "rank", "places", "bodies", "sign-off"],
)  # fmt: skip
def test_facts_are_found_where_they_stand(text: str, found: list[tuple[FactKind, str]]) -> None:
    assert [(fact.kind, text[fact.start : fact.end].strip("()")) for fact in facts(text)] == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sáng 03/3", "Chiều 3/3"),
        ("ngày 5/4/2025", "ngày 05 tháng 4 năm 2025"),
        ("1.240 hộ", "1240 hộ"),
        ("78 %", "78%"),
    ],
    ids=["zero", "in words", "thousands", "sign"],
)
def test_one_fact_written_in_two_ways_is_one(one: str, other: str) -> None:
    assert [(fact.kind, fact.value) for fact in facts(one)] == [(fact.kind, fact.value) for fact in facts(other)]


@given(st.text(st.sampled_from("Trần Văn ngày thứ hai 0123/.-,% NQ TWĐ")))
def test_no_two_facts_overlap(text: str) -> None:
    found = facts(text)
    assert all(0 <= fact.start < fact.end <= len(text) for fact in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
