"""Find the checkable facts of a sentence with their places: document numbers, dates, figures, and persons' names.

The comparison of two versions weighs facts apart: `12` that became `15` is another matter than a changed verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from vietnam.date_forms import clock_spans, day_spans
from vietnam.documents import read_document_numbers
from vietnam.letters import fold, fold_spaces
from vietnam.persons import person_spans


class FactKind(StrEnum):
    """Kind of a fact. DATE is a day, month, year, quarter, weekday or time of day."""

    DOCUMENT_NUMBER = "document_number"
    DATE = "date"
    NAME = "name"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact at `start` to `end` of its text. `value` unites spellings: `03/3` and `3/3`, `1.240` and `1240`."""

    kind: FactKind
    value: str
    start: int
    end: int


_DAY_WORDS = r"ngày|sáng|trưa|chiều|tối|đêm|hôm|nay|qua|mùng|từ|đến|tới|hết|trước|sau|vào|và"
_DAY = r"0?[1-9]|[12]\d|3[01]"
_SHORT = rf"(?P<d>{_DAY})\s?[/\-.]\s?(?P<m>0?[1-9]|1[0-2])(?![\d/%]|[.,\-]\d)"
_YEAR = r"(?:19|20)\d\d"
_FORMS = (
    rf"(?<!\w)(?:ngày\s+)?(?P<d>{_DAY})\s+tháng\s+(?P<m>\d{{1,2}})(?!\w)",
    # `3/3` alone may be a fraction: it is a day only beside a word of the day or in brackets.
    rf"(?<!\w)(?:{_DAY_WORDS})[\s,(]+(?:ngày\s+)?{_SHORT}",
    rf"\(\s?{_SHORT}\s?\)",
    rf"(?<![\w/.,])(?:tháng\s+)?(?P<m>0?[1-9]|1[0-2])\s?[/\-]\s?(?P<y>{_YEAR})(?![\d/]|[.,\-]\d)",
    rf"(?<!\w)tháng\s+(?P<m>\d{{1,2}})(?:\s+năm\s+(?P<y>{_YEAR}))?(?![\w%]|[.,/]\d)",
    rf"(?<!\w)quý\s+(?:[IV]{{1,3}}|[1-4])(?:(?:\s?/\s?|\s+năm\s+){_YEAR})?(?!\w)",
    rf"(?<![\w/.,])(?:năm\s+)?{_YEAR}\s?[-–]\s?{_YEAR}(?!\w)",
    rf"(?<!\w)năm\s+(?P<y>{_YEAR})(?!\w)",
    rf"(?<!\w)ngày\s+(?P<d>{_DAY})(?![\w%]|[.,/\-]\d)",
    r"(?<!\w)(?:sáng|trưa|chiều|tối|đêm|ngày|vào)\s+(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy)|chủ\s+nhật)(?!\w)",
)
_DATES = (
    *(re.compile(form, re.IGNORECASE) for form in _FORMS),
    # `lần thứ hai` is the second time; the weekday has a capital.
    re.compile(r"(?<!\w)(?<!lần )(?:[Tt]hứ\s+(?:Hai|Ba|Tư|Năm|Sáu|Bảy|[2-7])|[Cc]hủ\s+[Nn]hật)(?!\w)"),
)
_SLASHED = re.compile(rf"(?<![\w/.,])(?P<d>{_DAY})/(?P<m>0?[1-9]|1[0-2])(?![\d/%]|[.,\-]\d)")
_NUMBER = re.compile(r"(?<![\d])(?<!\d[.,])[+\-−]?\d+(?:[.,]\d+)*(?:\s?%)?")
_ROMAN = re.compile(
    r"(?<!\w)(?:khóa|khoá|kỳ|lần\s+thứ|thứ|cấp|hạng|loại|đợt|vùng|khu|phần|chương|mục)\s+(?P<n>[IVXLC]{1,6})(?!\w)"
)
_THOUSANDS = re.compile(r"[+\-−]?\d{1,3}(?:\.\d{3})+(?:,\d+)?%?")
_NUMBER_WORDS = frozenset(
    "không một hai ba bốn tư năm sáu bảy bẩy tám chín mười mươi mốt lăm nhăm linh lẻ chục trăm nghìn ngàn vạn triệu tỷ tỉ rưỡi"
    .split()
)  # fmt: skip


def is_number_word(word: str) -> bool:
    """Return whether a word alone can be a number or a part of one; `năm` is a year as well, only context decides."""
    return word.lower() in _NUMBER_WORDS


def facts(text: str) -> tuple[Fact, ...]:
    """Return every fact of a text (NFC) in its order; none overlaps another.

    Where one place could be read as two, the more particular wins: document number, date, name, number.
    """
    found: list[Fact] = []
    taken = bytearray(len(text))
    for source in (_documents, _dates, _names, _numbers):
        for fact in source(text):
            if not any(taken[fact.start : fact.end]):
                taken[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
                found.append(fact)
    return tuple(sorted(found, key=lambda fact: fact.start))


def _documents(text: str) -> Iterator[Fact]:
    end = 0
    for cited in read_document_numbers(text):
        start = text.find(cited.raw, end)
        if start >= 0:  # not so where the text has invisible characters
            end = start + len(cited.raw)
            yield Fact(FactKind.DOCUMENT_NUMBER, re.sub(r"\s", "", cited.raw).replace("–", "-"), start, end)


def _dates(text: str) -> Iterator[Fact]:
    for start, end, day in day_spans(text):
        yield Fact(FactKind.DATE, day, start, end)
    for start, end in clock_spans(text):
        yield Fact(FactKind.DATE, fold(text[start:end]), start, end)
    for form in _DATES:
        for found in form.finditer(text):
            start = found.start("d") if found.groupdict().get("d") else found.start()
            yield Fact(FactKind.DATE, _day(found), start, found.end())
    for found in _SLASHED.finditer(text):
        # no fraction is above one, or has a zero in front
        if int(found["d"]) > int(found["m"]) or "0" in (found["d"][0], found["m"][0]):
            yield Fact(FactKind.DATE, _day(found), *found.span())


def _day(found: re.Match[str]) -> str:
    parts = found.groupdict()
    known = [parts.get(name) for name in ("y", "m", "d")]
    return "-".join(str(int(part or 0)) for part in known) if any(known) else fold(found[0])


def _names(text: str) -> Iterator[Fact]:
    for start, end in person_spans(text):
        yield Fact(FactKind.NAME, fold_spaces(text[start:end]), start, end)


def _numbers(text: str) -> Iterator[Fact]:
    for found in _NUMBER.finditer(text):
        plain = re.sub(r"\s", "", found[0])
        yield Fact(FactKind.NUMBER, plain.replace(".", "") if _THOUSANDS.fullmatch(plain) else plain, *found.span())
    for found in _ROMAN.finditer(text):
        yield Fact(FactKind.NUMBER, found["n"], *found.span("n"))
