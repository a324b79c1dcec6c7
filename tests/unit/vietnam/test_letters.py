"""Letters: bytes to one stored form, folded forms for comparison, text typed for another font or decoded wrongly."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from webencodings.labels import LABELS  # type: ignore[import-untyped]  # ships no types

from vietnam import letters
from vietnam.letters import (
    _MOJIBAKE,
    _MOJIBAKE_SIGNS,
    _TCVN3,
    _TCVN3_SIGNS,
    clean_letters,
    decode,
    fold,
    fold_spaces,
    is_legacy_font,
    is_mojibake,
    nfc,
    strip_diacritics,
)

SENTENCE = (
    "Ủy ban nhân dân tỉnh họp phiên thường kỳ: Độc lập – Tự do, hoà bình, quý III, thuở ấy, ngoằn ngoèo; ỹ ữ ẵ ặ ẫ ộ."
)
TONES = "\u0300\u0301\u0309\u0303\u0323"


def as_windows_1258(text: str) -> bytes:
    """Encode the text as a windows-1258 editor saves it: vowels with their hook, the tone as a character of its own."""
    body = b""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in TONES)
        vowel = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        body += (vowel + tone).encode("cp1258")
    return body


@pytest.mark.parametrize("declared", ["utf-8", None, "windows-1258", "iso-8859-1", "no-such-encoding", "'UTF-8'"])
def test_utf8_is_read_whatever_is_declared(declared: str | None) -> None:
    read = decode(SENTENCE.encode(), declared)
    assert (read.text, read.encoding, read.replaced) == (SENTENCE, "utf-8", 0)


@pytest.mark.parametrize("declared", ["windows-1258", "cp1258", None, "utf-8", "UTF-8", "iso-8859-1", "base64"])
def test_windows_1258_is_read_whatever_is_declared(declared: str | None) -> None:
    read = decode(as_windows_1258(SENTENCE), declared)
    assert (read.text, read.encoding, read.replaced) == (SENTENCE, "windows-1258", 0)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"\xef\xbb\xbf" + SENTENCE.encode(), "utf-8"),
        (b"\xff\xfe" + SENTENCE.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + SENTENCE.encode("utf-16-be"), "utf-16-be"),
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be"],
)
def test_byte_order_mark_decides(body: bytes, encoding: str) -> None:
    assert decode(body, "windows-1252") == decode(body, None)
    assert (decode(body, None).text, decode(body, None).encoding) == (SENTENCE, encoding)


def test_cut_utf8_stays_utf8_and_its_loss_is_counted() -> None:
    read = decode(SENTENCE.encode()[:-2], "utf-8")
    assert (read.encoding, read.replaced) == ("utf-8", 1)
    assert read.text.startswith(SENTENCE[:-3])


def test_western_text_stays_western() -> None:
    assert decode("Crème brûlée à l'hôtel".encode("cp1252"), "iso-8859-1").text == "Crème brûlée à l'hôtel"


def test_another_declared_encoding_is_followed() -> None:
    assert decode("越南".encode("gb18030"), "gb18030").text == "越南"


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "windows-1258", "latin-1", "shift_jis", "rot13"]))
def test_decoding_never_fails(body: bytes, declared: str | None) -> None:
    read = decode(body, declared)
    assert read.text == nfc(read.text)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (unicodedata.normalize("NFD", "Nghị quyết Đại hội"), "Nghị quyết Đại hội"),
        ("Thu\u0306\u031b ", "Thư\u0306 "),
        ("Quảng\u00a0Trị\u2003họp", "Quảng Trị họp"),
        ("Quảng\u200b Trị\ufeff\u200e", "Quảng Trị"),
        ("khoa\u00adhọc \u202eđảo\u202c", "khoahọc đảo"),
        ("thẻ\U000e0041\U000e007f", "thẻ"),
        ("số\x00 không\x07", "số không"),
        ("một\ud800 nửa", "một\ufffd nửa"),
        ("dòng\r\nhai\rba\u2028bốn", "dòng\nhai\nba\nbốn"),
        ("a\u200b\u0301", "á"),
        ("giữ\tnguyên  hai dấu cách", "giữ\tnguyên  hai dấu cách"),
    ],
    ids=[
        "nfd",
        "mark order",
        "blanks",
        "zero width",
        "soft hyphen, bidi",
        "tags",
        "nul",
        "surrogate",
        "ends",
        "split",
        "kept",
    ],
)
def test_stored_form(written: str, stored: str) -> None:
    assert clean_letters(written) == nfc(stored)


@given(st.text())
@example("\u1fb2\u0345")
@example("oa\u0300\u0323")
def test_stored_form_and_folded_forms_are_final(text: str) -> None:
    for form in (clean_letters, fold, fold_spaces, strip_diacritics, nfc):
        once = form(text)
        assert form(once) == once, form.__name__


VIETNAMESE = st.text(
    alphabet="aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđbcghklmnpqrstvx ,.\n"
)


@given(VIETNAMESE)
def test_no_word_changes(text: str) -> None:
    assert clean_letters(text) == text
    assert clean_letters(unicodedata.normalize("NFD", text)) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà bình", "Hòa  Bình"),
        ("THUỶ SẢN", "thủy sản"),
        ("khoẻ", "khỏe"),
        ("quý", "qúy"),
        ("Hoàn", "hòan"),
        ("Ð\u0061k", "Đak"),
        (unicodedata.normalize("NFD", "Đắk Lắk"), "đắk\u00a0lắk"),
    ],
)
def test_fold_meets(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("hòa", "họa"), ("má", "mà"), ("tuý", "tùy"), ("đa", "da")])
def test_fold_keeps_words_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_strip_diacritics(form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, "Nghị quyết Đại hội ĐẢNG số 12: “Ở Huế”, Ðà Nẵng, ÿ ß")
    assert strip_diacritics(text) == "nghi quyet dai hoi dang so 12: “o hue”, da nang, y ß"


LEGACY = [
    "Céng hoµ x· héi chñ nghÜa ViÖt Nam",
    "§éc lËp - Tù do - H¹nh phóc",
    "Uû ban nh©n d©n tØnh Qu¶ng TrÞ",
    "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
    "Ñoäc laäp - Töï do - Haïnh phuùc",
    "UÛy ban nhaân daân tænh Quaûng Trò",
]


@pytest.mark.parametrize("text", LEGACY)
def test_legacy_font_is_reported_and_not_repaired(text: str) -> None:
    assert is_legacy_font(text)
    assert not is_mojibake(text)
    assert clean_letters(text) == text


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1258"])
def test_mojibake_is_reported(encoding: str) -> None:
    assert is_mojibake(SENTENCE.encode().decode(encoding, "replace"))


@pytest.mark.parametrize(
    "text",
    ["Há»™i nghá»‹", "H\ufffdi ngh\ufffd t\ufffdnh", "H?i ngh? th??ng k? c?a t?nh m?i b?t ??u"],
    ids=["short", "lost", "?"],
)
def test_lost_letters_are_reported(text: str) -> None:
    assert is_mojibake(text)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "THỊ XÃ” và “CHÂU Á»",
        "Crème brûlée, naïve café",
        "Müller, Citroën, São Paulo, Düsseldorf",
        "Hội nghị OCOP® 2025: nhiệt độ 25°C, diện tích 3 m², 50% ± 2",
        "«tốt», «khá» và «đạt»",
        "Ai? Ở đâu? https://tinh.replica.test/tim?tu=khoa",
        "",
    ],
)
def test_sound_text_is_neither(text: str) -> None:
    assert not is_mojibake(text)
    assert not is_legacy_font(text)


@pytest.mark.parametrize(
    "declared",
    ["punycode", "idna", "utf-7", "unicode_escape", "rot13", "zlib", "utf-32", "iso-2022-kr", "x-user-defined"],
)
def test_a_label_that_no_browser_knows_declares_nothing(declared: str) -> None:
    body = "Ủy ban nhân dân tỉnh".encode()
    assert decode(body[:-3] + b"\xff", declared) == decode(body[:-3] + b"\xff", None)


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_of_browsers_reads_without_an_error(label: str) -> None:
    text = decode(b"a\xe1\xff\x00b\xd8" * 50, label).text
    assert text
    assert not re.search("[\ud800-\udfff]", text)


MANY = 100_000
RUNS = {
    "unsorted pairs": "a" + "\u0301\u0323" * MANY,
    "in a word": "tin" + "\u0323\u0301" * MANY + "h",
    "of many letters": ("e" + "\u0301\u0323" * 100) * (MANY // 100),
    "without a letter": "\u0301\u0323" * MANY,
}


@pytest.mark.parametrize("text", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("form", [nfc, fold, strip_diacritics, clean_letters])
def test_marks_without_end_cost_no_quadratic_time_and_thirty_stay(form: Callable[[str], str], text: str) -> None:
    started = time.process_time()
    formed = form(text)
    assert time.process_time() - started < 2  # 40 s where the marks are sorted
    assert len(max(re.findall("[\u0300-\u036f]+", formed), key=len, default="")) <= 30


def test_no_run_of_a_language_is_cut() -> None:
    for text in ("a" + "\u0301\u0323" * 15, "Tiếng Việt: ngả, ngã, nặng".replace("ả", "a\u0309"), "\u0e01\u0e33" * 50):
        assert nfc(text) == unicodedata.normalize("NFC", text)


def test_every_character_is_cleaned_alike_beside_any_other() -> None:
    printed = [chr(code) for code in range(0x110000) if chr(code).isprintable()]
    for start in range(0, len(printed), 500):
        text = "".join(printed[start : start + 500])
        assert clean_letters(text) == clean_letters(f"\x00{text}")


@given(st.text(st.sampled_from("AaĐĐÐðộò\u0301\u0323oaeuyẞİ \u00a0\n")))
def test_folding_a_text_is_folding_its_characters_in_place(text: str) -> None:
    assert fold(text) == fold(text + " " + "\u1ea1" * 500).removesuffix("\u1ea1" * 500).rstrip(" ")


@pytest.mark.parametrize(
    ("pattern", "signs"), [(_MOJIBAKE, _MOJIBAKE_SIGNS), (_TCVN3, _TCVN3_SIGNS)], ids=["mojibake", "TCVN3"]
)
def test_whatever_a_pattern_finds_has_one_of_its_signs(pattern: re.Pattern[str], signs: str) -> None:
    letters = [chr(code) for code in (*range(0x20, 0x250), *range(0x1E00, 0x2200))]
    for first in set(letters) - set(signs):
        pairs = " ".join(first + second for second in letters)
        assert not [found for found in pattern.findall(pairs) if not set(found) & set(signs)]


def test_letters_that_join_no_others_fold_as_their_parts_do() -> None:
    plain = [letter for letter in map(chr, range(0x3000)) if letters._PLAIN.fullmatch(letter)]
    for first in plain:
        for second in ("", *"oOuUaey ộ"):
            for text in (first + second, second + first):
                assert letters._fold(text) == letters._fold_decomposed(text)
    assert letters._PLAIN.fullmatch("Hoà\u0301") is None
