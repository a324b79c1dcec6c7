"""Find lines that the new texts of one night share, and parts that only their metadata states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from pipelines.article import Article, Block, BlockKind, StatedMetadata
from pipelines.boilerplate.new_texts import LEAST, NewTextFacts, NewTexts
from vietnam.dates import Moment

SUBJECTS = ("lúa chín sớm", "cầu treo mới", "lớp học đêm", "giếng làng", "chợ phiên", "đội bóng nữ", "vườn ươm")


def article(number: int, *lines: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Article:
    own = f"Bà con thôn {number} nói về {SUBJECTS[number % 7]} trong buổi họp chiều qua."
    blocks = (Block(BlockKind.PARAGRAPH, own), *(Block(kind, line) for line in lines))
    return Article("https://doi-che.replica.test/a", f"Bài {number}", blocks)


def facts(articles: list[Article]) -> NewTextFacts:
    found = NewTexts()
    for each in articles:
        found.add(each)
    return found.facts()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param("null", BlockKind.PARAGRAPH, id="a word of the program"),
        pytest.param("Chia sẻ bài này lên mạng xã hội Gạch Đỏ", BlockKind.LIST_ITEM, id="a share bar"),
        pytest.param(
            "Trang tin của xã là nơi bà con gửi gắm điều hay, xin mời đọc mỗi ngày và góp lời cho quê hương mình đẹp hơn.",
            BlockKind.LEAD,
            id="the portal's own words in place of the lead",
        ),
    ],
)
def test_a_line_of_the_page_in_most_texts(line: str, kind: BlockKind) -> None:
    texts = [article(number, *([line] if number else []), kind=kind) for number in range(6)]
    assert facts(texts) == NewTextFacts(6, line, 5)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param("Tin, ảnh: Nguyễn Thị Mận", BlockKind.PARAGRAPH, id="a sign-off"),
        pytest.param("Mận Nguyễn", BlockKind.SIGNOFF, id="a sign-off that was read"),
        pytest.param("Căn cứ Luật Tổ chức chính quyền địa phương;", BlockKind.PARAGRAPH, id="legal grounds"),
        pytest.param("Nơi nhận:", BlockKind.PARAGRAPH, id="a document's form"),
        pytest.param("TT | Họ và tên | Thôn", BlockKind.TABLE_ROW, id="the head of a table"),
        pytest.param("* * *", BlockKind.PARAGRAPH, id="no words"),
    ],
)
def test_a_line_that_texts_share_by_nature(line: str, kind: BlockKind) -> None:
    assert facts([article(number, line, kind=kind) for number in range(6)]).line == ""


def test_few_texts_half_of_them_and_one_text_many_times_say_nothing() -> None:
    assert facts([article(number, "null") for number in range(LEAST - 1)]) == NewTextFacts(4)
    assert facts([article(number, *(["null"] * (number % 2))) for number in range(6)]).line == ""
    assert facts([article(0, "null")] * 9) == NewTextFacts(1)


def stated(number: int, author: str = "", clock: str = "", hour: int | None = None) -> Article:
    moment = Moment(date(2025, 3, 3), None if hour is None else time(hour))
    return replace(article(number), stated=StatedMetadata(clock, author), published=moment)


def test_a_part_that_all_texts_lack_and_the_metadata_states() -> None:
    names = ("Lò Thị Mùi", "Bế Văn Quý")
    lost = [stated(number, names[number % 2], f"08:{number:02}") for number in range(6)]
    assert facts(lost) == NewTextFacts(6, clocks=6, authors=6)
    timed = stated(6, names[0], hour=8)
    signed = replace(article(6), author="Lò Thị Mùi")
    assert facts([*lost, timed]).clocks == 0, "one text has its time: the rest were written without"
    assert facts([*lost, signed]).authors == 0, "one text has its author"


def test_metadata_that_says_nothing_of_the_articles() -> None:
    assert facts([stated(number, "Cổng Đồi Chè", "07:00") for number in range(6)]) == NewTextFacts(6), "equal in all"
    few = [stated(number, f"Lò Văn {'ABCD'[number]}", f"08:{number:02}") for number in range(4)]
    assert facts([*few, stated(4), stated(5)]) == NewTextFacts(6), "stated by four"
    assert facts([stated(number) for number in range(6)]) == NewTextFacts(6), "no metadata"
