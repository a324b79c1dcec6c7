"""The clean stage on an article and on a plain text, and its command."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.records import Attachment, Image
from pipelines.article import Article, Block, BlockKind
from pipelines.clean import clean, clean_text, main
from testing.recorded import ABSENT, DATA

SAMPLES = DATA / "samples"


P = BlockKind.PARAGRAPH


OPENING = "Sáng 03/3/2025, xã Tân Hòa ra mắt tổ công nghệ số cộng đồng với mười hai thành viên từ các thôn."


CLOSING = "Dịp này, xã trao năm bộ máy tính cho nhà văn hóa thôn./."


def article(*blocks: str | Block, author: str | None = None) -> Article:
    made = tuple(Block(P, block) if isinstance(block, str) else block for block in blocks)
    return Article("https://tinh.replica.test/tin/1", "Xã Tân Hòa ra mắt tổ công nghệ số", made, author=author)


def texts(cleaned: Article) -> list[str]:
    return [block.text for block in cleaned.blocks]


def test_widgets_go_and_are_listed() -> None:
    cleaned = clean(
        article("Chia sẻ", OPENING, "Đánh giá", "X", "(Nhấn vào ngôi sao để đánh giá)", CLOSING, "Lượt xem: 12")
    )
    assert texts(cleaned) == [OPENING, CLOSING]
    assert cleaned.removed == ("Chia sẻ", "Đánh giá", "X", "(Nhấn vào ngôi sao để đánh giá)", "Lượt xem: 12")


def test_what_was_removed_before_stays_listed() -> None:
    cleaned = clean(replace(article(OPENING, "In"), removed=("Tin nổi bật",)))
    assert cleaned.removed == ("Tin nổi bật", "In")


@pytest.mark.parametrize("kind", [BlockKind.PARAGRAPH, BlockKind.HEADING])
def test_signoff_is_marked_and_names_the_author(kind: BlockKind) -> None:
    cleaned = clean(article(OPENING, CLOSING, Block(kind, "Tác giả: NVK"), "Tin liên quan"))
    assert cleaned.blocks[-1] == Block(BlockKind.SIGNOFF, "Tác giả: NVK")
    assert cleaned.author == "NVK"


def test_writer_and_source_are_both_signoff() -> None:
    cleaned = clean(article(OPENING, "Lan Chi", "Nguồn: Báo tỉnh"))
    assert [block.kind for block in cleaned.blocks] == [P, BlockKind.SIGNOFF, BlockKind.SIGNOFF]
    assert cleaned.author == "Lan Chi"


def test_the_page_names_the_author_first() -> None:
    assert clean(article(OPENING, "NVK", author="Nguyễn Văn Khoa")).author == "Nguyễn Văn Khoa"


@pytest.mark.parametrize("kind", [BlockKind.CAPTION, BlockKind.TABLE_ROW, BlockKind.LIST_ITEM, BlockKind.LEAD])
def test_a_name_in_another_kind_of_block_signs_nothing(kind: BlockKind) -> None:
    cleaned = clean(article(OPENING, Block(kind, "Lan Chi")))
    assert cleaned.blocks[-1].kind is kind
    assert cleaned.author is None


def test_a_single_block_is_the_text() -> None:
    assert clean(article("Lan Chi")).blocks == (Block(P, "Lan Chi"),)


def test_letters_of_every_part() -> None:
    nfd = unicodedata.normalize("NFD", "Tổ\u200b công\u00a0nghệ  số")
    made = replace(
        article(nfd, "\u200b ", author=nfd),
        title=nfd,
        published_raw=f" {nfd}",
        attachments=(Attachment(nfd, "https://tinh.replica.test/a%CC%81.pdf", "application/pdf"),),
        images=(Image("https://tinh.replica.test/a\u0301.jpg", nfd),),
    )
    cleaned = clean(made)
    parts = [cleaned.title, cleaned.published_raw, cleaned.author, *texts(cleaned)]
    assert [*parts, cleaned.attachments[0].name, cleaned.images[0].caption] == ["Tổ công nghệ số"] * 6
    assert cleaned.images[0].url == made.images[0].url, "addresses are never normalised"


WORDS = st.sampled_from(
    [OPENING, CLOSING, "Lan Chi", "Đánh giá", "93", "Chia sẻ", "Video", "Hôm nay: 12", " ", "Nguồn: Báo tỉnh"]
)


@given(st.lists(st.tuples(st.sampled_from(BlockKind), WORDS)))
def test_cleaning_twice_changes_nothing(blocks: list[tuple[BlockKind, str]]) -> None:
    once = clean(article(*(Block(kind, text) for kind, text in blocks)))
    assert clean(once) == once


def test_a_widget_before_a_sign_off_goes_with_the_one_behind_it() -> None:
    """Once the last widget is gone the sign-off ends the page, and what stands before it ends the text."""
    said = "Sáng 03/3/2025, xã Tân Hòa ra mắt tổ công nghệ số cộng đồng với mười hai thành viên từ các thôn."
    parts = [
        (BlockKind.LEAD, said),
        (BlockKind.LEAD, "Đánh giá"),
        (BlockKind.SIGNOFF, said),
        (BlockKind.LEAD, "Đánh giá"),
    ]
    cleaned = clean(article(*(Block(kind, text) for kind, text in parts)))
    assert [block.text for block in cleaned.blocks] == [said, said]
    assert clean(cleaned) == cleaned


def test_plain_text() -> None:
    text = f"\n|\n  • :\nTiêu đề\n\n\n{OPENING} \n\u00a0\nLan Chi\r\n\nTin nổi bật Tin nổi bật\n"
    assert clean_text(text) == f"Tiêu đề\n\n{OPENING}\n\nLan Chi\n"


def test_lines_stay_as_they_stand() -> None:
    assert clean_text("Dòng  một\ndòng hai\n\n  thụt vào") == "Dòng  một\ndòng hai\n\n  thụt vào\n"


@pytest.mark.parametrize("text", ["", "\n \n", "|\n\nIn\n"])
def test_nothing_left_is_the_empty_text(text: str) -> None:
    assert clean_text(text) == ""


@given(st.lists(WORDS).map("\n".join) | st.text())
def test_plain_text_is_final(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == "" or (once.endswith("\n") and not once.endswith("\n\n"))


def test_bad_input_is_one_line_and_code_2(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"Ti\xeau \xf0\xec")
    for path, said in ((bad, "not UTF-8"), (tmp_path, "is a directory"), (tmp_path / "none.txt", "no such file")):
        assert main([str(path)]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert str(path) in err
        assert said in err


def test_good_files_are_printed_beside_a_bad_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.txt"
    good.write_text(CLOSING, "utf-8")
    assert main([str(tmp_path / "none.txt"), str(good)]) == 2
    assert capfd.readouterr().out == f"{CLOSING}\n"


def test_samples_lose_their_residue_and_nothing_else() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(ABSENT)
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
    assert len(expected) == 5
    for name, known in expected.items():
        before = [
            line.strip()
            for line in (SAMPLES / name).read_text("utf-8").replace("\u00a0", " ").split("\n")
            if line.strip()
        ]
        after = [line.strip() for line in clean_text((SAMPLES / name).read_text("utf-8")).split("\n") if line]
        assert after == [line for line in before if line not in known["residue"]], name
        assert (len(after), after[-1]) == (known["text_lines"], known["last"]), name
        assert clean(article(*after)).author == known["author"], name


def test_widgets_between_the_text_and_a_byline_from_elsewhere_go() -> None:
    lines = ["Bản quyền thuộc về Văn phòng UBND tỉnh", "Điện thoại: 0233.385123", "Email: bbt@tinh.gov.vn"]
    widgets = tuple(Block(BlockKind.PARAGRAPH, line) for line in lines)
    text = Block(
        BlockKind.PARAGRAPH, "Theo kế hoạch, các xã bãi ngang hoàn thành việc trồng cây trước mùa mưa năm nay."
    )
    byline = Block(BlockKind.SIGNOFF, "Lê Thị Lan")
    cleaned = clean(Article("https://tinh.replica.test/tin/1", "Trồng cây chắn cát", (text, *widgets, byline)))
    assert cleaned.blocks == (text, byline)
    assert cleaned.removed == tuple(lines)


def test_a_caption_goes_with_its_block_and_stays_otherwise() -> None:
    images = (
        Image("https://x/a.jpg", " Chia  sẻ"),
        Image("https://x/b.jpg", "Lễ ra mắt"),
        Image("https://x/c.jpg", "Tin nổi bật"),
    )
    made = replace(article("Chia sẻ", OPENING, CLOSING), images=images, removed=("Tin  nổi bật",))
    assert [image.caption for image in clean(made).images] == ["", "Lễ ra mắt", ""]
    assert clean(made).removed == ("Tin  nổi bật", "Chia sẻ")


def test_what_the_page_does_not_say_stays_unsaid() -> None:
    for nothing in (None, "", " \u200b"):
        cleaned = clean(replace(article(OPENING, CLOSING), published_raw=nothing, author=nothing))
        assert (cleaned.published_raw, cleaned.author) == (None, None)


@pytest.mark.parametrize(
    ("kinds", "marked"),
    [
        ([P, BlockKind.SIGNOFF, BlockKind.SIGNOFF], [P, BlockKind.SIGNOFF, BlockKind.SIGNOFF]),
        ([P, BlockKind.CAPTION, P], [P, BlockKind.CAPTION, BlockKind.SIGNOFF]),
        ([P, P, BlockKind.CAPTION], [P, P, BlockKind.CAPTION]),
        ([P, BlockKind.HEADING, P], [P, BlockKind.SIGNOFF, BlockKind.SIGNOFF]),
    ],
)
def test_a_sign_off_of_two_lines_is_marked_where_its_blocks_may_sign(
    kinds: list[BlockKind], marked: list[BlockKind]
) -> None:
    texts_of = (OPENING, "Lan Chi", "Nguồn: Báo tỉnh")
    cleaned = clean(article(*(Block(kind, text) for kind, text in zip(kinds, texts_of, strict=True))))
    assert [block.kind for block in cleaned.blocks] == marked


def test_a_reader_that_has_seen_enough_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def __init__(self, handle: int) -> None:
            self.buffer = self
            self._handle = handle

        def write(self, data: bytes) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            return self._handle

    good = tmp_path / "good.txt"
    good.write_text(CLOSING, "utf-8")
    with (tmp_path / "out").open("wb") as out:
        monkeypatch.setattr("sys.stdout", Closed(out.fileno()))
        assert main([str(good), str(tmp_path / "none.txt")]) == 0


def test_a_text_of_two_blocks_can_be_signed() -> None:
    assert clean(article(OPENING, "Lan Chi")).blocks == (Block(P, OPENING), Block(BlockKind.SIGNOFF, "Lan Chi"))


def test_once_a_sign_off_is_marked_what_stands_before_it_ends_the_text() -> None:
    cleaned = clean(article(OPENING, CLOSING, "Đánh giá", "Lan Chi"))
    assert (texts(cleaned), cleaned.removed) == ([OPENING, CLOSING, "Lan Chi"], ("Đánh giá",))


def test_letters_and_blanks_at_both_ends_of_a_text_stay() -> None:
    assert clean_text("\n  Xã A\n\n\n\nxã X\n\n") == "  Xã A\n\nxã X\n"
    assert clean_text("X là một biến số của bài toán này, và XX") == "X là một biến số của bài toán này, và XX\n"
