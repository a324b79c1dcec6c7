"""Parse a line of search, and refuse one that asks nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.search.query import DayRange, Query, Term, TermGroup, parse


def shown(query: Query) -> list[str]:
    """Return the terms in a short form: `title:` and `-` before, `*` behind, words joined by `+`."""
    return [
        f"{'-' * term.without}{'title:' * term.in_title}{'+'.join(term.plain)}{'*' * term.prefix}"
        for term in query.terms
    ]


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("nghị  quyết 36", ["nghi", "quyet", "36"]),
        ('"Ủy ban nhân dân"', ["uy+ban+nhan+dan"]),
        ("“hội nghị” «bế mạc» „tổng kết”", ["hoi+nghi", "be+mac", "tong+ket"]),
        ("36-NQ/TW", ["36+nq+tw"]),
        ("cầu -hội -\"bế mạc\"", ["cau", "-hoi", "-be+mac"]),
        ("nghi* \"phê duy*\"", ["nghi*", "phe+duy*"]),
        ('title:cầu title:"Bến Đá" -title:đường', ["title:cau", "title:ben+da", "-title:duong"]),
        ('cầu"bến đá"', ["cau", "ben+da"]),
        ("cầu - đường & (sông)", ["cau", "duong", "song"]),
        ("cầu cầu CẦU", ["cau"]),
        ("10:30 https://quangtri.gov.vn/tin?a=b", ["10+30", "https+quangtri+gov+vn+tin+a+b"]),
        ("NEAR(cầu, 5) OR đường AND NOT x", ["near+cau", "5", "or", "duong", "and", "not", "x"]),
        ("body:cầu; rowid:1 {title}: ^x", ["body+cau", "rowid+1", "title", "x"]),
        ("cầu\n\x00\x1b[31mđường", ["cau", "31mduong"]),
    ],
)  # fmt: skip
def test_terms(line: str, terms: list[str]) -> None:
    assert shown(parse(line)) == terms


def test_words_keep_their_diacritics_beside() -> None:
    assert parse("Hoà").terms == (Term(("hòa",), ("hoa",)),)
    assert parse("hoà hòa").terms == (Term(("hòa",), ("hoa",)),)
    assert parse("ma mà").terms == (Term(("ma",), ("ma",)), Term(("mà",), ("ma",)))


@pytest.mark.parametrize("spelled", ["quangtri", '"Quảng Trị"', "quang_tri", '"tỉnh Quảng Trị"'])
def test_a_province_of_today_means_its_predecessors_too(spelled: str) -> None:
    assert parse(f"province:{spelled}").provinces == TermGroup(frozenset({"quangtri", "quangbinh"}))
    assert parse("province:quangbinh").provinces == TermGroup(frozenset({"quangbinh"}))


def test_filters_add_up_and_are_left_out() -> None:
    query = parse("portal:da_nang portal:quang_tri -portal:hue event:new -event:attachment", options=[("portal", "x")])
    assert query.portals == TermGroup(frozenset({"da_nang", "quang_tri", "x"}), frozenset({"hue"}))
    assert query.events == TermGroup(frozenset({"new"}), frozenset({"attachment"}))


@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-03-04", date(2025, 3, 4), date(2025, 3, 4)),
        ("2025-3..2025-04", date(2025, 3, 1), date(2025, 4, 30)),
        ("2025-03-04..", date(2025, 3, 4), None),
        ("..2025", None, date(2025, 12, 31)),
    ],
)
def test_days(value: str, since: date | None, until: date | None) -> None:
    assert parse(f"published:{value}").published == DayRange(since, until)
    assert parse("x", options=[("crawled", value)]).crawled == DayRange(since, until)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "name words, a"),
        ("  - & ", "name words, a"),
        ("-hội", "name words, a"),
        ('"hội nghị', "character 1 is not closed"),
        ("cầu “hội", "character 5 is not closed"),
        ('cầu ""', "there is no word in the quotation marks"),
        ('"--"', "there is no word in --"),
        ("*", "there is no word in \\*"),
        ("ng*", "would find nearly every text; write 3 letters"),
        ("n*hi", "does not stand at the end"),
        ("province:", "province: names nothing; write it as province:quangtri"),
        ("province: x", "province: names nothing"),
        ("provnce:quangtri", "there is no filter provnce:; did you mean province:quangtri"),
        ("province:atlantis", "atlantis"),
        ("event:gone", "'gone' is no event with a text; those are new, near_duplicate, revision"),
        ("published:hôm-qua", "'hôm-qua' is no span of days; write it as published:2025-03"),
        ("published:2025-02-30", "is no span of days"),
        ("published:2025-04..2025-03", "no day lies in"),
        ("crawled:..", "no day lies in"),
        ("-published:2025", "stands once and without a minus"),
        ("published:2025 published:2024", "stands once"),
        ("x" * 1001, "the question has 1001 characters; 1000 are read at most"),
        (" ".join(f"w{n}" for n in range(65)), "more than 64 words"),
        ("a-" * 65, "more than 64 words"),
    ],
)
def test_what_asks_nothing_is_said_in_one_line(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse(line)
    assert "\n" not in str(caught.value)


@settings(max_examples=500)
@given(
    st.text(
        alphabet=st.one_of(
            st.characters(),
            st.sampled_from(' "“”«»-*:'),
        ),
        max_size=40,
    )
)
def test_any_line_is_a_question_or_one_line_that_says_why_not(line: str) -> None:
    try:
        query = parse(line)
    except UsageError as error:
        assert str(error).isprintable()  # noqa: PT017 - either is right
    else:
        assert all(term.plain and len(term.plain) == len(term.exact) for term in query.terms)
