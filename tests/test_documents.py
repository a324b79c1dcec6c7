"""Số ký hiệu in running text."""

from __future__ import annotations

import unicodedata

import pytest

from vietnam.documents import DocumentNumber, document_numbers, read_document_numbers

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
