"""Quarantine doubtful pages alone: shortness, tables and pictures raise no doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.records import Attachment, Image
from pipelines.article import Article, Block, BlockKind
from pipelines.check import _is_other_script, check, is_foreign
from vietnam.date_forms import TZ
from vietnam.dates import Moment

NOW = datetime(2025, 3, 17, 20, 0, tzinfo=TZ)
PROSE = (
    "Sáng 14/3, xã Đồng Mộc đưa vào sử dụng trạm bơm nước sạch thứ hai, phục vụ hơn một nghìn hộ dân hai thôn phía đông. "
    "Công trình do huyện Thanh Lạc đầu tư trong mười tháng, gồm một trạm bơm, hai bể lắng và gần chín kilômét đường ống."
)
ENGLISH = (
    "The commune of Dong Moc opened its second pumping station this morning. It serves more than one thousand households "
    "in two hamlets and was built in ten months by the district. Water quality is tested every week, the chairman said, "
    "and the price will stay the same until the end of next year. Further works are planned."
)


def article(
    *texts: str, title: str = "Xã Đồng Mộc khánh thành trạm bơm", kind: BlockKind = BlockKind.PARAGRAPH
) -> Article:
    return Article("https://x.replica.test/1", title, tuple(Block(kind, text) for text in texts))


PDF = (Attachment("QĐ", "https://x.replica.test/1.pdf", "pdf"),)
PICTURES = tuple(Image(f"https://x.replica.test/{n}.jpg") for n in range(4))

GOOD = {
    "news": article(PROSE, PROSE),
    "short notice": article("Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3."),
    "one word": article("Có."),
    "tables only": article("1 | Đinh Văn Bạo | 1.200.000", "2 | Lò Thị Mẩy | 900.000", kind=BlockKind.TABLE_ROW),
    "numbers only": article(*(f"{n} | {n * 17} | {n * 3, 5}%" for n in range(90)), kind=BlockKind.TABLE_ROW),
    "photo story with captions": replace(article("Ảnh 1: thợ lắp đường ống.", kind=BlockKind.CAPTION), images=PICTURES),
    "photo story without a word": replace(article(), images=PICTURES),
    "attachment only": replace(article(), attachments=PDF),
    "English edition": article(ENGLISH, title="Dong Moc opens its second pumping station"),
    "an article about a portal": article(PROSE, title="Cổng thông tin điện tử huyện Thanh Lạc ra mắt giao diện mới"),
    "an article about a missing page": article("Trang bị xóa không tìm thấy, bà con báo về xã. " + PROSE),
    "an article that says it is being updated": article(PROSE, "Nội dung đang được cập nhật."),
    "one unreadable character in a long text": article(PROSE * 6 + "\ufffd"),
    "published on the day of the fetch": replace(article(PROSE), published=Moment(NOW.date())),
    "a quotation in Chinese": article(PROSE + " 水是生命之源"),
}

BAD = {
    "no title": (article(PROSE, title=" "), "no title"),
    "no text": (article(), "no body text"),
    "one picture and no text": (replace(article(), images=PICTURES[:1]), "no body text"),
    "TCVN3": (article("§ång chÝ Chñ tÞch UBND tØnh ph¸t biÓu chØ ®¹o t¹i héi nghÞ tæng kÕt c«ng t¸c n¨m"), "TCVN3"),
    "mojibake": (article("Há»™i nghá»‹ tá»•ng káº¿t cÃ´ng tÃ¡c nÄƒm cá»§a xÃ£"), "mojibake"),
    "unreadable signs": (article(PROSE + " \ufffd \ufffd \ufffd"), "unreadable"),
    "unreadable letters": (article("Xã Đ\ufffdng M\ufffdc kh\ufffdnh thành"), "mojibake"),
    "unreadable title": (article(PROSE, title="Xã Đ\ufffdng Mộc"), "unreadable"),
    "Chinese edition": (article("越南水利部今天在河内举行会议讨论农村供水计划和投资问题" * 4), "script"),
    "portal name": (article(PROSE, title="Cổng thông tin điện tử tỉnh Thanh Lạc"), "names the portal"),
    "portal name in capitals": (article(PROSE, title="TRANG THÔNG TIN ĐIỆN TỬ SỞ XÂY DỰNG"), "names the portal"),
    "menu": (article(PROSE, title="Thực đơn"), "names the portal"),
    "error title": (article(PROSE, title="Lỗi truy cập 404"), "error message"),
    "error body": (article("Bài viết không tồn tại hoặc đã bị xóa."), "error message"),
    "empty related list as the whole body": (article("Chi tiết bài viết tạm thời không có."), "error message"),
    "wrong URL": (article("Wrong URL"), "error message"),
    "script": (
        article('var a = {"x": 1}; function go() { document.write(a) } window.onload = go; $(this).show()'),
        "code",
    ),
    "tomorrow": (replace(article(PROSE), published=Moment(date(2025, 3, 18), time(8))), "after the fetch"),
    "nested too deep": (replace(article(PROSE), flags=("parser_gave_up",)), "nested too deep"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    assert check(GOOD[name], NOW) == ()


@pytest.mark.parametrize("name", BAD)
def test_set_aside_with_the_reason_in_words(name: str) -> None:
    bad, word = BAD[name]

    assert [word in str(reason) for reason in check(bad, NOW)] == [True]


def test_a_date_is_good_a_second_before_the_fetch_and_not_a_second_after() -> None:
    at = Moment(NOW.date(), time(20, 0, 0))

    assert check(replace(article(PROSE), published=at), NOW) == ()
    assert check(replace(article(PROSE), published=at), NOW - timedelta(seconds=1)) != ()


@pytest.mark.parametrize(
    ("text", "foreign"),
    [(ENGLISH, True), (ENGLISH[:100], False), (PROSE, False)],
    ids=["English", "short", "Vietnamese"],
)
def test_foreign_text_is_reported_when_it_is_long_enough(text: str, foreign: bool) -> None:
    assert is_foreign(text) is foreign


@given(
    st.text(st.sampled_from("aăđếxơ ,“ж한Ⅷ²\u0301"), max_size=12),
    st.integers(1, 60),
    st.text(st.sampled_from("aếж "), max_size=80),
)
def test_script_and_language_are_those_of_all_letters(part: str, times: int, end: str) -> None:
    text = part * times + end
    letters = [letter for letter in text if letter.isalpha()]
    other = [letter for letter in letters if ord(letter) > 0x24F and not 0x1E00 <= ord(letter) <= 0x1EFF]
    marked = [letter for letter in letters if letter in "ăđếơ"]
    assert _is_other_script(text) == (len(letters) >= 20 and len(other) * 2 > len(letters))
    assert is_foreign(text) == (len(letters) >= 250 and len(marked) * 50 < len(letters))
