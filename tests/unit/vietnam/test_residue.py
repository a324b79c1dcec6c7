"""Widget lines: recognised by what they are, in any dress; the same words in a sentence stay."""

from __future__ import annotations

import csv
import re
import time
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testing.recorded import ABSENT, GUIDE
from tests.unit.vietnam.widget_lines import PROSE, WIDGETS
from vietnam import residue, residue_forms
from vietnam.letters import fold
from vietnam.residue import find_residue, is_residue, residue_kind, strip_residue

TABLE = GUIDE / "residue.csv"
FORMS = tomllib.loads(Path(residue.__file__).with_name("residue.toml").read_text("utf-8"))

LINES = [(kind, line) for kind, lines in WIDGETS.items() for line in lines]


def test_enough_is_tried() -> None:
    assert len(LINES) >= 120
    assert len(PROSE) >= 70


@pytest.mark.parametrize(("kind", "line"), LINES, ids=[line for _, line in LINES])
def test_widget(kind: str, line: str) -> None:
    assert residue_kind(line) == kind


@pytest.mark.parametrize("forms", [residue_forms.FORMS, residue_forms.IN_COMPANY], ids=["whole lines", "in company"])
def test_a_group_leaves_out_no_form(forms: tuple[residue_forms.ResidueForm, ...]) -> None:
    groups = residue_forms.in_groups(forms)
    assert tuple(form for _, group in groups for form in group) == forms
    for line in {fold(line) for _, line in LINES}:
        near = [form for pattern, group in groups if pattern.match(line) for form in group]
        assert [form for form in forms if form.pattern.match(line) and form not in near] == []


@given(st.text(st.sampled_from('ab_©+-. é|"1²\n '), max_size=8))
def test_only_signs_around_the_words_are_taken_off(line: str) -> None:
    assert residue._bare(line) == re.sub(r"^[^\w©]+|[^\w+\-]+$", "", line)


DRESS = {
    "upper case": str.upper,
    "lower case": str.lower,
    "decomposed": lambda line: unicodedata.normalize("NFD", line),
    "no-break": lambda line: f"\u00a0{line.replace(' ', chr(0xA0))}\u200b ",
    "wide": lambda line: f"\t{line.replace(' ', '   ')}  ",
}


@pytest.mark.parametrize("dress", DRESS.values(), ids=list(DRESS))
@pytest.mark.parametrize("kind", WIDGETS)
def test_dress_makes_no_difference(kind: str, dress: object) -> None:
    assert callable(dress)
    # A footer's form needs its capitals: in lower case it could be a sentence.
    own = ("copyright footer", "licence footer", "contact footer")
    if dress is str.lower and kind in own:
        return
    for line in WIDGETS[kind]:
        assert is_residue(dress(line)), line


@pytest.mark.parametrize("around", ["• {}", "[ {} ]", "{}:", "» {}", "{} …", "| {} |", "- {}", "\uf09a {}"])
def test_signs_around_a_label_make_no_difference(around: str) -> None:
    for line in ("Tin liên quan", "Chia sẻ", "Quay lại", "Lượt xem: 12", "Ý kiến bạn đọc", "Đăng nhập"):
        assert is_residue(around.format(line)), around.format(line)


@given(st.integers(0, 10**9), st.sampled_from(["{}", "{:,}"]), st.sampled_from([",", "."]))
def test_any_number_counts(number: int, form: str, thousands: str) -> None:
    shown = form.format(number).replace(",", thousands)
    for line in ("Hôm nay: {}", "Đã truy cập: {}", "Lượt xem: {}", "{} lượt xem", "Trực tuyến : {}", "{} bình luận"):
        assert is_residue(line.format(shown))


@pytest.mark.parametrize("line", PROSE)
def test_text_stays(line: str) -> None:
    assert residue_kind(line) is None
    assert strip_residue(["Một câu mở đầu của bài.", line, "Một câu kết thúc của bài."])[1] == []


LONG = "Sau khi nghe báo cáo, các đại biểu đã thảo luận về những giải pháp cần triển khai ngay trong quý tới ở từng xã."


@pytest.mark.parametrize(
    "word", ["Đánh giá", "Hôm nay", "Hỏi đáp", "Giới thiệu", "Thông tin báo chí", "Lịch công tác", "Thảo luận", "Video"]
)
def test_a_word_that_could_be_a_heading(word: str) -> None:
    """Between paragraphs it is one; after the last text, or beside a button, it is not."""
    assert is_residue(word)
    assert find_residue([LONG, "", word, "", LONG]) == frozenset()
    assert find_residue([LONG, "Lan Chi", word]) == {2}
    assert find_residue([LONG, word, "", "Chia sẻ", LONG]) == {1, 3}
    assert find_residue([word, LONG]) == frozenset(), "a title"


@pytest.mark.parametrize("word", ["In", "Lưu", "|", "Email", "Tags", "Chia sẻ", "Tin liên quan", "Trang chủ"])
def test_a_button_goes_anywhere(word: str) -> None:
    assert find_residue([word, LONG, word, LONG, word]) == {0, 2, 4}


FURTHER = """
    Đánh giá của bạn|Bạn thấy bài viết này hữu ích không?|Nội dung này có hữu ích không?|Số ký tự được gõ là 500|Họ và tên *
    (*) Thông tin bắt buộc|Mời bạn xem thêm|Xem nhiều trong ngày|Các tin trước|1 2 3 4 5 ... Tiếp|Gửi tin này|Email cho bạn bè
    Nhập email của bạn|Bản để in|Tốc độ đọc: 1x|Tự động chuyển|Chọn ngôn ngữ|Theo dõi Zalo OA|Chưa có đánh giá
""".replace("\n", "|").split("|")
NO_WIDGETS = [
    "Các nội dung sau:",
    "Theo dõi kênh mương nội đồng",
    "Điều khoản thi hành",
    "Đánh giá của bạn đọc về chất lượng phục vụ",
    "Thông tin này có hữu ích không? Câu trả lời thuộc về người dân",
    "Mời bạn đọc gửi bài dự thi về tòa soạn trước ngày 30/4",
    "Tự động chuyển mạch khi mất điện lưới",
]


@pytest.mark.parametrize("line", [line.strip() for line in FURTHER if line.strip()])
def test_wordings_of_further_portals(line: str) -> None:
    assert is_residue(line)
    assert is_residue(line.upper())


@pytest.mark.parametrize("line", NO_WIDGETS)
def test_what_only_begins_like_them(line: str) -> None:
    assert not is_residue(line)


@pytest.mark.parametrize("buttons", [["A", "A+", "A-"], ["a", "a-", "a+"], ["Cỡ chữ", "A", "A+"], ["A-", "A", "A+"]])
def test_a_row_of_size_buttons_set_as_lines(buttons: list[str]) -> None:
    assert find_residue([*buttons, LONG, "A", LONG]) == {0, 1, 2}


@pytest.mark.parametrize("dress", [str, str.upper, str.lower])
def test_an_owners_line_after_the_text_in_any_case(dress: type[str]) -> None:
    lines = [LONG, "Lan Chi", dress("Bản quyền thuộc về Văn phòng UBND tỉnh"), dress("Điện thoại: 0233.385123")]
    assert find_residue(lines) == {2, 3}
    assert find_residue([LONG, "Bản quyền của tác phẩm thuộc về tác giả và đồng tác giả", LONG]) == frozenset()


@pytest.mark.parametrize("dress", [str, str.upper, str.lower])
def test_a_licence_line_in_any_case(dress: type[str]) -> None:
    for line in ("Giấy phép số: 18/GP-TTĐT, cấp ngày 12/05/2021.", "Giấy phép hoạt động số 7/GP-STTTT ngày 1-2-2020"):
        assert is_residue(dress(line))
        assert not is_residue(dress(f"{line.rstrip('.')} đã bị thu hồi sau khi kiểm tra"))


@pytest.mark.parametrize("label", ["Làng nghề truyền thống", "Truyền thông chính sách", "GÓP Ý HIẾN KẾ"])
def test_section_labels_only_last(label: str) -> None:
    assert is_residue(label)
    assert find_residue([label, LONG, label, LONG]) == frozenset()
    assert find_residue([label, LONG, "Chia sẻ", label, "In", label]) == {2, 3, 4, 5}


def test_labels_of_the_portal() -> None:
    assert find_residue(["Tiếng nói cử tri", LONG, "TIẾNG NÓI CỬ TRI:"], labels=["Tiếng nói cử tri"]) == {2}


CLUSTERS = {
    "rating box": ["Đánh giá", "", "X", "(Rê chuột vào ngôi sao để chọn điểm)", "Rất tốt", "Tốt"],
    "counter in two columns": ["Hôm nay:", "93", "Hôm qua:", "120", "Đã truy cập:", "1176123"],
    "comment form": ["Gửi bình luận", "Họ và tên", "Email", "Nội dung", "Mã an toàn", "Gửi"],
    "footer": ["© Cổng thông tin điện tử", "Địa chỉ: Số 9 Trần Phú", "Điện thoại: 0233 385 1234", "6 Lê Lai, Đông Hà, Quảng Trị"],
    "pager": ["Tin đã đưa", "1", "2", "3", "Trang sau"],
}  # fmt: skip


@pytest.mark.parametrize("cluster", CLUSTERS.values(), ids=list(CLUSTERS))
def test_clusters_go_whole(cluster: list[str]) -> None:
    kept, removed = strip_residue([LONG, "", "Lan Chi", "", *cluster])
    assert [line for line in kept if line] == [LONG, "Lan Chi"]
    assert removed == [line for line in cluster if line]


@pytest.mark.parametrize(
    "lines",
    [
        [LONG, "Địa chỉ: Số 9 Trần Phú", "Điện thoại: 0233 385 1234"],
        [LONG, "Họ và tên", "Nội dung", LONG],
        ["Diện tích", "93", "Chia sẻ", LONG],
        ["Tổng số", "12", LONG],
        ["Đánh giá"],
        [],
    ],
)
def test_ordinary_lines_stay_without_company(lines: list[str]) -> None:
    assert strip_residue(lines)[0] == [line for line in lines if line != "Chia sẻ"]


@given(st.lists(st.sampled_from([LONG, "", "Lan Chi", "Đánh giá", "93", "Chia sẻ", "X", "Hôm nay", "Họ tên", "Video"])))
def test_stripping_is_complete_and_final(lines: list[str]) -> None:
    kept, removed = strip_residue(lines)
    assert sorted(kept + removed) == sorted(lines)
    assert strip_residue(kept)[0] == kept
    assert kept.count(LONG) == lines.count(LONG)
    assert kept.count("Lan Chi") == lines.count("Lan Chi")


def test_hostile_lines_take_no_time() -> None:
    lines = [
        "1 " * 140,
        "trang chủ > " * 22,
        "- " * 149,
        "description: " * 20,
        "a+" * 140,
        "12 Lê, " * 40,
        "đã xem " * 40,
    ]
    lines += ["Giấy phép " * 28, "chia sẻ qua " * 22, "tìm kiếm theo ngày, " * 14, "12 lượt " * 35]
    begun = time.perf_counter()
    for line in lines:
        residue_kind(line)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind not in ("words", "section_labels")])
def test_forms_are_written_as_they_are_read(kind: str) -> None:
    """Lines are folded before they are compared, so a capital in a pattern would never meet one."""
    assert set(FORMS[kind]) <= {"button", "sure", "edge", "near", "alone", "proper"}
    for strength in ("button", "sure", "edge", "near"):
        for pattern in FORMS[kind].get(strength, []):
            assert pattern == pattern.lower() == unicodedata.normalize("NFC", pattern)


def test_phrases_of_the_field_guide() -> None:
    if not TABLE.is_file():
        pytest.skip(ABSENT)
    with TABLE.open(encoding="utf-8", newline="") as lines:
        phrases = [row["phrase"] for row in csv.DictReader(lines)]
    assert len(phrases) == 188
    for dressed in (str, str.upper, lambda phrase: unicodedata.normalize("NFD", phrase)):
        assert [phrase for phrase in phrases if not is_residue(dressed(phrase))] == []
