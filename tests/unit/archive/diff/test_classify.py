"""Classify the changes of a revision: each class alone and mixed, nothing where nothing changed, and the word diff as proof."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff.classify import Change, changes
from archive.diff.words import SpanKind, diff_paragraphs
from archive.storage.texts import content_sha256

TITLE = "Xã An Bình khánh thành cầu Bến Đá"
LEAD = "Sáng 3/3, UBND xã An Bình khánh thành cầu Bến Đá, dài 12 m."
PLAN = "Cầu được xây theo Kế hoạch số 1284-KH/BCSĐ và Nghị quyết số 36-NQ/TW, tỷ lệ ủng hộ đạt 77,8%."
SAID = "Ông Trần Văn Lúa, Chủ tịch UBND xã Nguyễn Thị Mơ và ba hộ dân đã hiến 1.240 m2 đất."
LATER = "Công trình hoà vào tuyến đường liên thôn, thông xe hoàn toàn ngày 15 tháng 4 năm 2025."
SIGNED = "Lan Chi"
OLD = "\n\n".join((TITLE, LEAD, PLAN, SAID, LATER, SIGNED)) + "\n"
MORE = "Dịp này, đoàn thanh niên trồng 50 cây xanh hai bên đường dẫn."
ADDED, REMOVED = Change.PARAGRAPH_ADDED, Change.PARAGRAPH_REMOVED

PLANTED = {
    "figure": ([("12 m", "15 m")], {Change.NUMBER}),
    "per cent": ([("77,8%", "78,1%")], {Change.NUMBER}),
    "thousands": ([("1.240", "1.420")], {Change.NUMBER}),
    "number in words": ([("ba hộ", "mười hai hộ")], {Change.NUMBER}),
    "words to figures": ([("ba hộ", "3 hộ")], {Change.NUMBER}),
    "day and month": ([("Sáng 3/3", "Sáng 4/3")], {Change.DATE}),
    "part of the day": ([("Sáng 3/3", "Chiều 3/3")], {Change.WORDING}),
    "date in words": ([("15 tháng 4 năm", "16 tháng 4 năm")], {Change.DATE}),
    "year": ([("năm 2025", "năm 2026")], {Change.DATE}),
    "the Party's document": ([("1284-KH/BCSĐ", "1285-KH/BCSĐ")], {Change.DOCUMENT_NUMBER}),
    "organ of a document": ([("36-NQ/TW", "36-NQ/TU")], {Change.DOCUMENT_NUMBER}),
    "state document": ([("36-NQ/TW", "15/2025/NQ-HĐND")], {Change.DOCUMENT_NUMBER}),
    "name after a form of address": ([("Trần Văn Lúa", "Trần Văn Lụa")], {Change.NAME}),
    "name after an office": ([("Nguyễn Thị Mơ", "Nguyễn Thị Mận")], {Change.NAME}),
    "sign-off": ([("Lan Chi", "Mai Lâm")], {Change.NAME}),
    "sign-off with a label": ([("Lan Chi", "Tin, ảnh: Lan Chi")], {Change.WORDING}),
    "place": ([("Bến Đá, dài", "Bến Gỗ, dài")], {Change.WORDING}),
    "word": ([("khánh thành cầu Bến Đá, dài", "đưa vào sử dụng cầu Bến Đá, dài")], {Change.WORDING}),
    "tone mark": ([("Công trình", "Cống trình")], {Change.WORDING}),
    "tone style": ([("hoà vào", "hòa vào")], {Change.WORDING}),
    "letter case": ([("Ông Trần", "ông Trần")], {Change.WORDING}),
    "punctuation": ([("m2 đất.", "m2 đất!")], {Change.WORDING}),
    "way of writing a date": ([("Sáng 3/3", "Sáng 03/3")], {Change.WORDING}),
    "fact that moved": ([("m2 đất.", "m2 đất, dài 12 m."), (", dài 12 m.", ".", 1)], {Change.WORDING}),
    "paragraph added": ([(LATER, f"{LATER}\n\n{MORE}")], {ADDED}),
    "paragraph removed": ([(f"{PLAN}\n\n", "")], {REMOVED}),
    "paragraph replaced": ([(PLAN, MORE)], {ADDED, REMOVED}),
    "paragraphs in another order": ([(f"{PLAN}\n\n{SAID}", f"{SAID}\n\n{PLAN}")], {Change.WORDING}),
    "paragraph split": ([("36-NQ/TW, tỷ", "36-NQ/TW,\n\ntỷ")], {Change.SPACING}),
    "paragraph split and edited": ([("36-NQ/TW, tỷ lệ ủng hộ đạt 77,8%", "36-NQ/TW,\n\ntỷ lệ ủng hộ đạt 79%")], {Change.NUMBER}),
    "paragraphs joined and edited": ([(f"{LEAD}\n\n{PLAN}", f"{LEAD} {PLAN.replace('36-', '37-')}")], {Change.DOCUMENT_NUMBER}),
    "title": ([("khánh thành cầu Bến Đá\n", "có cầu mới\n")], {Change.TITLE}),
    "figure in the title": ([("cầu Bến Đá\n", "2 cầu\n")], {Change.TITLE, Change.NUMBER}),
    "blanks": ([("xã An Bình khánh", "xã  An\u00a0Bình khánh"), ("dân đã", "dân\nđã")], {Change.SPACING}),
    "a blank before a sign": ([("12 m.", "12 m .")], {Change.SPACING}),
    "figure and word": ([("12 m", "15 m"), ("hoàn toàn", "tạm thời")], {Change.NUMBER, Change.WORDING}),
    "figure that became another's": ([("1.240", "36"), ("12 m", "1240 m")], {Change.NUMBER}),
    "word before an office-holder": ([("Chủ tịch UBND xã", "Chủ tịch UBND Xã")], {Change.WORDING}),
    "impossible date": ([("ngày 15 tháng 4", "ngày 15 tháng 14")], {Change.DATE}),
    "paragraph moved and edited": ([(f"{PLAN}\n\n{SAID}", f"{SAID}\n\n{PLAN.replace('77,8', '78,1')}")], {Change.NUMBER}),
    "office in the title": ([(TITLE, "Phòng Văn hóa xã An Bình")], {Change.TITLE}),
    "figure and blanks": ([("12 m", "15 m"), ("dân đã", "dân  đã")], {Change.NUMBER}),
    "sentence with facts": ([("2025.", "2025. Ông Lê Văn Bưởi tặng 20 suất quà.")], {Change.NUMBER, Change.NAME, Change.WORDING}),
    "figure, name, paragraph and title": (
        [("77,8%", "78%"), ("Trần Văn Lúa", "Trần Văn Mùa"), (LATER, MORE), (TITLE, "Cầu mới ở An Bình")],
        {Change.NUMBER, Change.NAME, ADDED, REMOVED, Change.TITLE},
    ),
    "figure beside a paragraph that came": ([("77,8%", "78%"), (SAID, f"{MORE}\n\n{SAID}")], {Change.NUMBER, ADDED}),
}  # fmt: skip


def edited(edits: list[tuple[str, str]] | list[tuple[str, str, int]]) -> str:
    text = OLD
    for old, new, *count in edits:
        assert old in text
        text = text.replace(old, new, *count)
    return text


@pytest.mark.parametrize(("edits", "classes"), PLANTED.values(), ids=PLANTED)
def test_each_planted_edit_is_classed_right(edits: list[tuple[str, str]], classes: set[Change]) -> None:
    found = changes(OLD, edited(edits))
    assert set(found.classes) == classes
    assert list(found.classes) == sorted(classes)
    assert 0 < found.similarity <= 1
    back = changes(edited(edits), OLD)
    swapped = {ADDED: REMOVED, REMOVED: ADDED}
    assert set(back.classes) == {swapped.get(change, change) for change in classes}


@pytest.mark.parametrize(
    "same",
    [OLD, OLD.replace("\n\n", "\n"), OLD.replace(" ", "  "), unicodedata.normalize("NFD", OLD), OLD.replace("12 m", "12\u00a0m")],
    ids=["equal", "lines", "blanks", "decomposed", "no-break"],
)  # fmt: skip
def test_what_changes_only_spaces_and_composition_is_no_revision(same: str) -> None:
    """The identity of a text folds them, so that they never come to be classed."""
    assert content_sha256(same) == content_sha256(OLD)
    assert set(changes(OLD, same).classes) <= {Change.SPACING}
    assert changes(OLD, same).similarity == 1


def test_very_long_paragraphs_are_compared_by_what_they_hold() -> None:
    long = "T\n" + " ".join(f"đê dài {number} m" for number in range(2000))
    assert changes(long, long.replace(" 77 m", " 7777 m")).classes == (Change.NUMBER,)
    assert changes(long, long.replace(" 77 m", " 77 km")).classes == (Change.WORDING,)


def test_similarity_is_by_words() -> None:
    assert changes("Một\nhai ba bốn", "Một\nhai ba năm").similarity == 0.75
    assert changes("Một\nhai ba bốn", "Năm\nsáu bảy tám").similarity == 0
    assert changes("", "").similarity == 1


def test_the_same_few_words_over_and_over_do_not_hold_up_a_commit() -> None:
    started = time.perf_counter()
    changes("T\n" + "a b " * 20_000, "T\n" + "b a a " * 15_000)
    assert time.perf_counter() - started < 5


WORDS = st.sampled_from(
    ["đê", "đe", "hoà", "hòa", "xã", "12", "15", "3/3", "ông", "Trần", "Văn", "Lúa", "36-NQ/TW", "Bình."]
)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6)


@given(PARAGRAPHS)
def test_a_text_has_not_changed_from_itself(text: list[str]) -> None:
    assert changes("\n".join(text), "\n".join(text)) == changes("", "")
    assert all(span.mark in (SpanKind.SAME, SpanKind.GAP) for line in diff_paragraphs(text, text) for span in line)


@given(PARAGRAPHS, PARAGRAPHS)
def test_whatever_differs_has_a_class_and_only_that(old: list[str], new: list[str]) -> None:
    found = changes("\n".join(old), "\n".join(new))
    assert bool(found.classes) == (old != new)
    assert 0 <= found.similarity <= 1


@given(PARAGRAPHS, PARAGRAPHS)
def test_the_word_diff_applied_to_the_old_text_gives_the_new_one(old: list[str], new: list[str]) -> None:
    lines = diff_paragraphs(old, new, context=20)
    spans = [span for line in lines for span in line]
    if any(span.mark is SpanKind.GAP for span in spans):
        assert old == new
        return
    for mark, text in ((SpanKind.OLD, old), (SpanKind.NEW, new)):
        said = " ".join(span.text for span in spans if span.mark in (mark, SpanKind.SAME))
        assert said.replace("¶", " ").split() == " ".join(text).split()
