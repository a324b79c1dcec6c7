"""Số ký hiệu in running text."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from vietnam.documents import (
    CitationContext,
    DocumentNumber,
    cited_documents,
    document_numbers,
    read_citations,
    read_document_numbers,
)

CITED = [
    ("1234/QĐ-UBND", "1234", None, "QĐ", "UBND"),
    ("36-NQ/TW", "36", None, "NQ", "TW"),
    ("15/2025/NQ-HĐND", "15", 2025, "NQ", "HĐND"),
    ("1284-KH/BCSĐ", "1284", None, "KH", "BCSĐ"),
    ("07-NQ/TU", "07", None, "NQ", "TU"),
    ("357/2025/NĐ-CP", "357", 2025, "NĐ", "CP"),
    ("102/GP-BTTTT", "102", None, "GP", "BTTTT"),
    ("12/CT-TTg", "12", None, "CT", "TTg"),
    ("45/TB-VPCP", "45", None, "TB", "VPCP"),
    ("24/2018/QH14", "24", 2018, "", "QH14"),
    ("12/2024/UBTVQH15", "12", 2024, "", "UBTVQH15"),
    ("01/2024/TTLT-BTC-BKHCN", "01", 2024, "TTLT", "BTC-BKHCN"),
    ("19-CTr/TU", "19", None, "CTr", "TU"),
    ("11/BC-SKH&CN", "11", None, "BC", "SKH&CN"),
    ("1234/UBND-KGVX", "1234", None, "", "UBND-KGVX"),
    ("12a/KH-UBND", "12a", None, "KH", "UBND"),
    ("34/99/QĐ-BNN", "34", 1999, "QĐ", "BNN"),
    ("56 /QĐ-UBND", "56", None, "QĐ", "UBND"),
    ("02/VBHN-VPQH", "02", None, "VBHN", "VPQH"),
    ("80-HD/BTGTW", "80", None, "HD", "BTGTW"),
]


@pytest.mark.parametrize(("raw", "number", "year", "kind", "organ"), CITED, ids=[cited[0] for cited in CITED])
@pytest.mark.parametrize("around", ["{}", "Theo Văn bản số {}, các sở thực hiện.", "(số {})", "Số: {} ngày 05/3/2026;"])
def test_each_part_is_read(raw: str, number: str, year: int | None, kind: str, organ: str, around: str) -> None:
    assert list(read_document_numbers(around.format(raw))) == [DocumentNumber(number, year, kind, organ, raw)]


@pytest.mark.parametrize(
    "text",
    [
        "ngày 30/01/2023",
        "1/2 diện tích, 63/63 tỉnh, 24/7",
        "trực 24/24-7 ngày",
        "COVID-19/SARS-CoV",
        "đội F-16/ABC",
        "https://tinh.replica.test/12/QĐ-UBND.html",
        "tốc độ 60km/h",
        "giai đoạn 2021-2025/năm",
        "3/TP-HCM",
        "lớp 12/A",
        "tháng 12/2025",
        "12/3000/QĐ-UBND",
        "theo mẫu số 02/HĐBC-QH",
        "",
    ],
)
def test_none_is_read(text: str) -> None:
    assert document_numbers(text) == ()


def test_in_order_and_each_once() -> None:
    text = "Nghị quyết 57-NQ/TW; Quyết định 8/QĐ-UBND; lại Nghị quyết số 57-NQ/TW và 8 /QĐ-UBND; Kế hoạch 9/KH-UBND."
    assert document_numbers(text) == ("57-NQ/TW", "8/QĐ-UBND", "9/KH-UBND")


def test_decomposed_text_gives_composed_numbers() -> None:
    assert document_numbers(unicodedata.normalize("NFD", "số 12/QĐ-UBND")) == ("12/QĐ-UBND",)


@pytest.mark.parametrize(
    ("text", "day", "by"),
    [
        ("Quyết định số 7/QĐ-UBND ngày 05/3/2026 của UBND tỉnh về việc giao đất.", date(2026, 3, 5), "UBND tỉnh"),
        (
            "Quyết định 7/QĐ-UBND, ngày 5-3-2026 của Chủ tịch UBND xã Tân Lộ.",
            date(2026, 3, 5),
            "Chủ tịch UBND xã Tân Lộ",
        ),
        ("Kế hoạch 7/QĐ-UBND (ngày 5.3.2026)", date(2026, 3, 5), None),
        ("7/QĐ-UBND ngày 5 tháng 3 năm 2026", date(2026, 3, 5), None),
        ("7/QĐ-UBND | 05/03/2026 | Về việc giao đất", date(2026, 3, 5), None),
        ("Số: 7/QĐ-UBND\n\nTam Lộ, ngày 05 tháng 3 năm 2026\n\nQUYẾT ĐỊNH", date(2026, 3, 5), None),
        ("7/QĐ-UBND của Ủy ban nhân dân thành phố Đà Nẵng quy định giá", None, "Ủy ban nhân dân thành phố Đà Nẵng"),
        ("7/QĐ-UBND do HĐND tỉnh ban hành", None, "HĐND tỉnh"),
        ("7/QĐ-UBND ngày 31/02/2026 của UBND tỉnh", None, None),
    ],
    ids=[
        "slashes",
        "hyphens and a commune",
        "brackets",
        "in words",
        "a table",
        "a head",
        "no day",
        "do",
        "no such day",
    ],
)
def test_what_stands_beside_a_number_is_read(text: str, day: date | None, by: str | None) -> None:
    assert cited_documents(text) == ((CitationContext("7/QĐ-UBND", day, by),) if day or by else ())


def test_a_day_is_that_of_the_number_before_it() -> None:
    text = "Căn cứ 7/QĐ-UBND và 8/QĐ-UBND ngày 05/3/2026; sau đó 7 /QĐ-UBND ngày 04/3/2026. Ngày 01/01/2026, tỉnh họp."
    assert cited_documents(text) == (
        CitationContext("8/QĐ-UBND", date(2026, 3, 5)),
        CitationContext("7/QĐ-UBND", date(2026, 3, 4)),
    )


def test_one_reading_gives_the_numbers_and_what_stands_beside_them() -> None:
    text = "Căn cứ 8/QĐ-UBND; 1 7/QĐ-UBND, 17/QĐ-UBND ngày 05/3/2026, mẫu số 9/QĐ-UBND và -6/QĐ-UBND"
    assert read_citations(text) == (
        ("8/QĐ-UBND", "17/QĐ-UBND"),
        (CitationContext("17/QĐ-UBND", date(2026, 3, 5)),),
    )
    assert read_citations("Không số nào") == ((), ())
