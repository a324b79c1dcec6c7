"""Find số ký hiệu, the numbers of official documents (`15/2025/NQ-HĐND`, `36-NQ/TW`, `24/2018/QH14`), in texts.

The form is that of Decree 30/2020/NĐ-CP for state bodies (number, slash, type, hyphen, organ; laws and circulars with
the year) and of the Party's rules (number, hyphen, type, slash, organ).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from vietnam.letters import clean_letters

# Abbreviations of document types: Decree 30/2020/NĐ-CP appendix III, the Party's rules, and those portals use.
_TYPES = frozenset(
    "NQ QĐ QĐi CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB TT TTLT NĐ NQLT CTLT L PL"
    " LCT SL KL CV TCT GP GPXB GCN TM BĐ LT QT ĐC HDLN HDLT KHLT BCLT QĐLT TBKL KLGS KLTTr ĐL VBHN".split()
)
_UPPER = "A-ZĐÀ-ÖØ-ÝĂĨŨƠƯẠ-Ỹ"
_WORD = rf"[{_UPPER}][^\W\d_]{{0,13}}(?:&[{_UPPER}][^\W_]{{0,7}})*\d{{0,3}}"
# The first digit is read before what stands in front of it: so the engine looks at digits alone.
_NUMBER = r"(?P<number>\d(?<![\w/.,\-–&]\d)(?<!\d \d)\d{0,5}[a-zđ]?)"
_STATE = re.compile(
    rf"{_NUMBER} ?/ ?(?:(?P<year>\d{{4}}|\d{{2}}) ?/ ?)?(?P<type>{_WORD})"
    rf"(?P<organ>(?: ?[-–] ?{_WORD}){{0,4}})(?![\w/])"
)
_PARTY = re.compile(rf"{_NUMBER} ?[-–] ?(?P<type>{_WORD}) ?/ ?(?P<organ>{_WORD}(?:[-–]{_WORD}){{0,3}})(?![\w/])")
# What a count of cities or countries is followed by: `3/TP-HCM`.
_PLACES = frozenset(("TP", "VN"))
# Forms to be filled in are numbered like documents: `mẫu số 02/HĐBC-QH`.
_FORM = re.compile(r"\bmẫu(?: số)?:? ?$", re.IGNORECASE)
_NUMBERED_ORGAN = re.compile(r"(?:QH|UBTVQH|HĐNN|LCT|CTN|TTg)\d{0,2}")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A cited document.

    `number` may end in a letter. `type` is the type's abbreviation, empty for official letters and laws, which have
    none. `organ` is the issuing body and `raw` the citation as the text has it.
    """

    number: str
    year: int | None
    type: str
    organ: str
    raw: str


# What stands behind a number: `ngày 12/5/2025`, `ngày 12 tháng 5 năm 2025`, the next cell of a table.
_DAY = r"(?P<day>\d{1,2})(?: ?[/.\-] ?| tháng )(?P<month>\d{1,2})(?: ?[/.\-] ?| năm )(?P<of>\d{4})(?!\d)"
_ISSUED = re.compile(rf"[ ,]{{0,2}}(?:\(? ?(?:ban hành )?ngày |\| ?){_DAY}", re.IGNORECASE)
# Of the document itself the number stands at its head, and place and day some words on.
_HEAD = re.compile(r"số ?: ?$", re.IGNORECASE)
_PLACE_AND_DAY = re.compile(rf"ngày {_DAY}", re.IGNORECASE)
_FAR = 160
_ISSUER = re.compile(
    r"[ ,)]{0,3}(?:của|do) (?P<by>(?:Chủ tịch |Thường trực |Ban Thường vụ )?(?:UBND|HĐND|Ủy ban nhân dân|Hội đồng nhân dân|"
    r"Tỉnh ủy|Thành ủy)[^,.;:()|\n]{0,60}?)(?= (?:về|ban hành|quy định|phê duyệt|v/v|và)\b|[,.;:()|\n]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CitationContext:
    """Day and issuer that a text gives beside a document number.

    `raw` is the number as `document_numbers` has it; `day` and `by` are None where the text gives none.
    """

    raw: str
    day: date | None = None
    by: str | None = None


def _year(written: str | None) -> int | None:
    """Return the year; two digits were usual until 2005."""
    if written is None:
        return None
    year = int(written)
    return year if year > 99 else year + (1900 if year > 44 else 2000)


def _is_code(word: str) -> bool:
    """Return whether a word is an abbreviation: lower case only in its middle or at its end (`TTg`, `CTr`)."""
    return sum(c.isupper() for c in word) >= 2 and sum(c.islower() for c in word) <= 2


def _state(found: re.Match[str]) -> DocumentNumber | None:
    year = _year(found["year"])
    kind = found["type"]
    organs = [word for word in re.split(r" ?[-–] ?", found["organ"]) if word]
    if year is not None and not 1945 <= year <= 2100:
        return None
    raw = found[0]
    if kind in _TYPES and organs and _is_code(organs[0]):
        loose = [i for i, word in enumerate(organs) if i and not _is_code(word)]
        organs = organs[: loose[0]] if loose else organs
        return DocumentNumber(found["number"], year, kind, "-".join(organs), raw)
    if year is not None and not organs and _NUMBERED_ORGAN.fullmatch(kind):
        return DocumentNumber(found["number"], year, "", kind, raw)
    if kind in _PLACES:
        return None
    # An official letter names its organ and the unit that wrote it.
    if year is None and organs and " " not in found["organ"] and _is_code(kind) and all(_is_code(o) for o in organs):
        return DocumentNumber(found["number"], None, "", "-".join([kind, *organs]), raw)
    return None


def _party(found: re.Match[str]) -> DocumentNumber | None:
    if found["type"] not in _TYPES or not _is_code(re.split("[-–]", found["organ"])[0]):
        return None
    return DocumentNumber(found["number"], None, found["type"], found["organ"], found[0])


def read_document_numbers(text: str) -> Iterator[DocumentNumber]:
    """Yield every citation in the text's order, repeats included. Dates, fractions and addresses are none."""
    return (cited for _, cited in _found(clean_letters(text)))


def _found(text: str) -> list[tuple[int, DocumentNumber]]:
    """Return each citation with its start."""
    if "/" not in text:
        return []
    found = [(match.start(), _state(match)) for match in _STATE.finditer(text)]
    found += [(match.start(), _party(match)) for match in _PARTY.finditer(text)]
    read = [(start, cited) for start, cited in found if cited and not _FORM.search(text, max(0, start - 10), start)]
    return sorted(read, key=lambda pair: pair[0])


def document_numbers(text: str) -> tuple[str, ...]:
    """Return the citations as the text has them, in order, each once; spaces around signs make no difference."""
    return read_citations(text)[0]


def read_number(raw: str) -> DocumentNumber | None:
    """Return the parts of one number as a line of the archive has it; None when it is none."""
    return next(read_document_numbers(raw), None)


def cited_documents(text: str) -> tuple[CitationContext, ...]:
    """Return day and issuer beside each number, once per number: the first place that gives either."""
    return read_citations(text)[1]


def read_citations(text: str) -> tuple[tuple[str, ...], tuple[CitationContext, ...]]:
    """Return what `document_numbers` and `cited_documents` do, by one reading of the text."""
    text = clean_letters(text)
    names: dict[str, str] = {}
    contexts: dict[str, CitationContext] = {}
    for start, cited in _found(text):
        number = cited.raw.replace(" ", "")
        raw = names.setdefault(number, cited.raw)
        if number not in contexts:
            day, by = _beside(text, start, start + len(cited.raw))
            if day is not None or by is not None:
                contexts[number] = CitationContext(raw, day, by)
    return tuple(names.values()), tuple(contexts.values())


def _beside(text: str, start: int, end: int) -> tuple[date | None, str | None]:
    found = _ISSUED.match(text, end)
    day = _date(found) if found else None
    issuer = _ISSUER.match(text, found.end() if found and day else end)
    if day is None and _HEAD.search(text, max(0, start - 6), start):
        head = _PLACE_AND_DAY.search(text, end, end + _FAR)
        day = _date(head) if head else None
    return day, " ".join(issuer["by"].split()) if issuer else None


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["of"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
