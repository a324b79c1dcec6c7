"""Words as they are looked for: where they stand, and what they are with and without diacritics."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vietnam.words import LONGEST, folded_words, words


@pytest.mark.parametrize(
    ("text", "exact", "plain"),
    [
        ("Nghị quyết số 36-NQ/TW", "nghị quyết số 36 nq tw", "nghi quyet so 36 nq tw"),
        ("15/2025/NQ-HĐND", "15 2025 nq hđnd", "15 2025 nq hdnd"),
        ("Hoà, hòa; HOÀ", "hòa hòa hòa", "hoa hoa hoa"),
        ("thuý thúy", "thúy thúy", "thuy thuy"),
        ("ngày 03/03/2025, 007 và 0", "ngày 3 3 2025 7 và 0", "ngay 3 3 2025 7 va 0"),
        ("1.250,5 m2", "1 250 5 m2", "1 250 5 m2"),
        ("Đắk Lắk ÐẮK", "đắk lắk đắk", "dak lak dak"),
        ("gạch_dưới", "gạch dưới", "gach duoi"),
        (unicodedata.normalize("NFD", "Quảng Trị"), "quảng trị", "quang tri"),
        ("漢字 ３６ Ｑ", "漢字 36 ｑ", "漢字 36 ｑ"),
        ("* ( ) \" ' - \u0301 \u200b \x00", "", ""),
    ],
)
def test_words(text: str, exact: str, plain: str) -> None:
    found = list(words(text))
    assert " ".join(word.exact for word in found) == exact
    assert " ".join(word.plain for word in found) == plain


def test_a_word_has_an_end() -> None:
    word = next(words("a" * 5000))
    assert (word.end, len(word.exact), len(word.plain)) == (5000, LONGEST, LONGEST)


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_any_text_has_words_that_every_database_takes(text: str) -> None:
    found = list(words(text))
    assert folded_words(text) == [(word.exact, word.plain) for word in found]
    for word in found:
        assert text[word.start : word.end]
        for form in (word.exact, word.plain):
            assert form == form.strip()
            assert 0 < len(form) <= LONGEST
            assert not any(char.isspace() or (char.isascii() and not char.isalnum()) for char in form)
            assert "¶" not in form
    assert [word.start for word in found] == sorted({word.start for word in found})
