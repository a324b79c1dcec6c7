"""Compare a second reading with the first: field by field, and word by word with the diacritics intact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cli.output import plain_line
from archive.diff.words import SpanKind, diff_paragraphs
from archive.index.reader import Unreadable
from archive.model.enums import ArchiveKind, Event
from archive.model.records import Attachment, Capture, CapturePlace, CaptureRef, Image
from archive.storage.jsonl import ArticleLine, decode_article, encode_article
from archive.storage.texts import content_sha256
from pipelines.article import Article, Block, BlockKind, PublishedFrom
from pipelines.extract import extract
from pipelines.reread import Field, compare, reread
from testing.ba_song_pages import article as page
from testing.portals.first.ba_song import PlainSpider
from vietnam.date_forms import TZ
from vietnam.dates import Moment

FETCHED = datetime(2025, 3, 5, 23, 59, 59, tzinfo=TZ)
LEAD = Block(BlockKind.LEAD, "Đê được nâng cấp trước mùa lũ.")
BODY = Block(BlockKind.PARAGRAPH, "Đoàn đã kiểm tra ba đoạn đê xung yếu.")
CAPTION = Block(BlockKind.CAPTION, "Đoạn đê qua thôn Hạ.")
SIGNOFF = Block(BlockKind.SIGNOFF, "Lan Chi")
ARTICLE = Article(
    url="https://www.ba-song.vn.replica.test/tin/de.html",
    title="Họp về đê",
    blocks=(LEAD, BODY, CAPTION, SIGNOFF),
    published=Moment(date(2025, 3, 4), None),
    published_raw="04/03/2025",
    published_from=PublishedFrom.TITLE_BLOCK,
    author="Lan Chi",
    attachments=(Attachment("bao-cao.pdf", "https://www.ba-song.vn.replica.test/bao-cao.pdf", "application/pdf"),),
    images=(Image("https://www.ba-song.vn.replica.test/de.jpg", CAPTION.text),),
    layout="plain",
    extractor="trafilatura 0",
)
LINE = ArticleLine(
    event=Event.NEW,
    id="ba_song/de@0011223344556677",
    seq=0,
    portal="ba_song",
    section="tin",
    url=ARTICLE.url,
    key="de",
    title=ARTICLE.title,
    published="2025-03-04",
    published_raw=ARTICLE.published_raw,
    published_from="title_block",
    author=ARTICLE.author,
    fetched_at=FETCHED,
    via="replica",
    file="000_0011223344556677.txt",
    sha256="00",
    content_sha256=content_sha256(ARTICLE.content()),
    bytes=1,
    warc=CaptureRef("pages-00001.warc.gz", 0, 1, "00"),
    layout="plain",
    extractor="trafilatura 0",
    attachments=ARTICLE.attachments,
    images=ARTICLE.images,
)
KEPT = (ARTICLE.title, *(block.text for block in ARTICLE.blocks))


def test_the_same_reading_changes_nothing_whatever_read_it() -> None:
    assert compare(LINE, KEPT, replace(ARTICLE, extractor="trafilatura 9", restored=3, removed=("Xem thêm",))) == ()


def blocks(*parts: Block) -> Article:
    return replace(ARTICLE, blocks=parts)


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (replace(ARTICLE, title="Họp bàn về đê"), {Field.TITLE, Field.CONTENT}),
        (replace(ARTICLE, published=None), {Field.PUBLISHED}),
        (replace(ARTICLE, published_raw="Thứ Ba, 04/03/2025"), {Field.PUBLISHED}),
        (replace(ARTICLE, author=None), {Field.AUTHOR}),
        (replace(ARTICLE, layout="none"), {Field.LAYOUT}),
        (replace(ARTICLE, attachments=()), {Field.ATTACHMENTS}),
        (replace(ARTICLE, images=()), {Field.IMAGES}),
        (blocks(LEAD, CAPTION, SIGNOFF), {Field.BODY, Field.CONTENT}),
        (blocks(LEAD, BODY, SIGNOFF), {Field.CAPTIONS, Field.CONTENT}),
        (blocks(LEAD, BODY, replace(CAPTION, text="Đoạn đê qua thôn Thượng."), SIGNOFF), {Field.CAPTIONS, Field.CONTENT}),
        (blocks(replace(LEAD, text="Đê cao thêm."), BODY, CAPTION, SIGNOFF), {Field.LEAD, Field.CONTENT}),
        (blocks(LEAD, replace(BODY, text="Đoàn đã kiểm tra"), replace(BODY, text="ba đoạn đê xung yếu."), CAPTION, SIGNOFF),
         {Field.BODY}),
        (blocks(BODY, LEAD, CAPTION, SIGNOFF), {Field.BODY, Field.CONTENT}),
    ],
    ids=["title", "no date", "date line", "author", "layout", "attachment", "image", "body", "caption", "other caption",
         "lead", "split paragraph", "order"],
)  # fmt: skip
def test_each_field_is_reported_by_its_name(now: Article, changed: set[Field]) -> None:
    assert {change.field for change in compare(LINE, KEPT, now)} == changed


def test_a_duplicate_is_compared_by_its_content_and_not_by_anothers_paragraphs() -> None:
    copied = replace(LINE, event=Event.DUPLICATE, file=None, sha256=None, bytes=None)
    joined = (KEPT[0], " ".join(KEPT[1:]))
    assert compare(copied, joined, ARTICLE) == ()
    assert {change.field for change in compare(copied, joined, blocks(BODY))} == {Field.BODY, Field.CONTENT}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (["Mưa lớn ở vùng núi."], ["Mưa rất lớn ở vùng núi."], ["Mưa {+rất+} lớn ở vùng núi."]),
        (["Nhà hoà giải thành."], ["Nhà hòa giải thành."], ["Nhà [-hoà-] {+hòa+} giải thành."]),
        (["Một.", "Hai.", "Ba.", "Bốn.", "In trang"], ["Một.", "Hai.", "Ba.", "Bốn."],
         ["… 3 unchanged paragraphs …", "Bốn.", "[-In trang-]"]),
        (["Một hai ba bốn."], ["Một hai", "ba bốn."], ["Một hai {+¶+} ba bốn."]),
        (["Xã An Bình họp."], ["Cầu mới thông xe hôm nay."], ["[-Xã An Bình họp.-] {+Cầu mới thông xe hôm nay.+}"]),
        (["Một."], ["Một."], ["… 1 unchanged paragraph …"]),
        ([], ["Một."], ["{+Một.+}"]),
    ],
    ids=["word", "tone mark", "residue", "split", "another text", "same", "from nothing"],
)  # fmt: skip
def test_changed_words_are_marked(old: list[str], new: list[str], shown: list[str]) -> None:
    assert [plain_line(spans) for spans in diff_paragraphs(old, new)] == shown


WORDS = st.lists(st.sampled_from(["đê", "đe", "hoà", "hòa", "xã", "An", "Bình."]), min_size=1, max_size=8).map(" ".join)
TEXTS = st.lists(WORDS, max_size=6)


@given(TEXTS, TEXTS)
def test_a_diff_holds_every_word_of_both_texts_in_order(old: list[str], new: list[str]) -> None:
    lines = diff_paragraphs(old, new, context=10)
    for mark, text in ((SpanKind.OLD, old), (SpanKind.NEW, new)):
        said = [span.text for spans in lines for span in spans if span.mark in (mark, SpanKind.SAME)]
        if not any(span.mark is SpanKind.GAP for spans in lines for span in spans):
            assert " ".join(said).replace("¶ ", "").replace(" ¶", "").replace("¶", "").split() == " ".join(text).split()


def test_what_the_portal_wrote_cannot_steer_the_terminal() -> None:
    (spans,) = diff_paragraphs(["a b c"], ["a b \x1b[2J c"])
    assert "\x1b" not in plain_line(spans)


HTML = (("Content-Type", "text/html; charset=utf-8"),)


def capture(body: bytes, *headers: tuple[str, str]) -> Capture:
    return Capture(ARTICLE.url, 200, (*HTML, *headers), body, FETCHED, ArchiveKind.REPLICA)


def test_a_capture_is_read_as_the_crawl_reads_it() -> None:
    article = reread(capture(page(1)), ARTICLE.url, PlainSpider.layouts, FETCHED, 1 << 20, extract)
    assert (article.title, article.layout, len(article.blocks)) == (
        "Xã An Bình 1 mở lớp học bơi cho trẻ em",
        "plain",
        4,
    )


@pytest.mark.parametrize(
    ("taken", "limit", "message"),
    [
        (capture(b"\x1f\x8b\x08\x00abc", ("Content-Encoding", "gzip")), 1 << 20, "truncated"),
        (capture(b"\x1b\x00xyz", ("content-encoding", "br")), 1 << 20, "unknown_encoding"),
    ],
    ids=["cut", "unknown"],
)
def test_a_body_that_does_not_decode_is_unreadable(taken: Capture, limit: int, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        reread(taken, ARTICLE.url, PlainSpider.layouts, FETCHED, limit, extract)


def test_a_line_carries_the_place_of_what_was_read_again() -> None:
    place = CapturePlace(date(2025, 3, 3), "ba_song.2", "pages-00002.warc.gz", 17, 400, "ab")
    line = replace(LINE, event=Event.REREAD, warc=None, read_from=place)
    assert decode_article(encode_article(line).rstrip(b"\n")) == line


def test_lines_written_before_second_readings_were_known_can_be_read() -> None:
    raw = encode_article(LINE).replace(b',"read_from":null', b"")
    assert b"read_from" not in raw
    assert decode_article(raw.rstrip(b"\n")) == LINE
