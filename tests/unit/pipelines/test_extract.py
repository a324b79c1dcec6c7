"""Reading by a layout: every block of a composed page comes out verbatim, in order, and nothing else does."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article import Article, BlockKind, Layout, PublishedFrom
from pipelines.clean import clean
from pipelines.extract import extract, main
from replicas.articles import article_url, articles, render_article
from testing.article_pages import (
    BASE,
    LEAD,
    ONE,
    PLAIN,
    PLAIN_RAW,
    RELATED,
    SHAPES,
    TITLE,
    TWO,
    ArticleShape,
    page,
    plain,
)
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 17, 20, 0, tzinfo=TZ)
URL = f"{BASE}/tin/tram-12.html"


def read(html: str, *layouts: Layout, url: str = URL, now: datetime = NOW) -> Article:
    return extract(html.encode(), url, layouts, now)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_shape_is_read_block_by_block(shape: ArticleShape) -> None:
    article = read(shape.html, shape.layout)

    assert article.layout == shape.layout.name
    assert article.title == shape.title
    assert [(x.kind.value, x.text) for x in article.blocks] == [(x.kind.value, x.text) for x in shape.blocks]
    assert (article.published.isoformat() if article.published else None) == shape.published
    assert article.published_raw == shape.raw
    assert article.published_from is PublishedFrom.TITLE_BLOCK
    assert tuple((a.name, a.url, a.type) for a in article.attachments) == shape.attachments
    if shape.author:
        assert article.author == shape.author


@pytest.mark.parametrize("shape", [s for s in SHAPES if len(s.blocks) > 2], ids=lambda s: s.name)
def test_generic_reading_keeps_the_long_paragraphs_and_leaks_no_furniture(shape: ArticleShape) -> None:
    article = read(shape.html)
    text = article.text()

    assert article.layout == "none"
    assert article.title == TITLE
    lost = [x.text for x in shape.blocks if len(x.text) > 100 and x.text not in text]
    assert [x for x in lost if f'content="{x}"' not in shape.html] == []
    assert [w for w in (RELATED, "truy cập", "Giấy phép", "Thực đơn", "Tin nổi bật", "đánh giá") if w in text] == []
    assert article.published is not None
    assert article.published.isoformat() == shape.published


def test_generic_short_notice_is_not_the_whole_page() -> None:
    article = read(plain("<p>Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3 để súc rửa bể.</p>"))

    assert [block.text for block in article.blocks] == ["Xã tạm ngừng cấp nước từ 8 giờ ngày 20/3 để súc rửa bể."]


@pytest.mark.parametrize(
    ("where", "html", "source", "raw"),
    [
        ("title block", plain(f"<p>{ONE}</p>"), PublishedFrom.TITLE_BLOCK, PLAIN_RAW),
        (
            "article:published_time",
            page(
                f"<h1 class=t>{TITLE}</h1><div class=c><p>{ONE}</p></div>",
                "<meta property='article:published_time' content='2025-03-14T16:20:00+07:00'>",
            ),
            PublishedFrom.METADATA,
            None,
        ),
        (
            "JSON-LD",
            page(
                f"<h1 class=t>{TITLE}</h1><div class=c><p>{ONE}</p></div>",
                '<script type="application/ld+json">'
                '{"@graph":[{"@type":"NewsArticle","datePublished":"2025-03-14T16:20:00+07:00"}]}</script>',
            ),
            PublishedFrom.METADATA,
            None,
        ),
        (
            "broken JSON-LD",
            page(
                f"<h1 class=t>{TITLE}</h1><div class=c><p>{ONE}</p></div>",
                '<script type="application/ld+json">{"headline":"a "b" c","datePublished":"2025-03-14T16:20:00+07:00"}</script>',
            ),
            PublishedFrom.METADATA,
            None,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_published_comes_from_the_first_source_that_tells(
    where: str, html: str, source: PublishedFrom, raw: str | None
) -> None:
    article = read(html, PLAIN)

    assert article.published is not None
    assert article.published.isoformat() == "2025-03-14T16:20:00+07:00"
    assert (article.published_from, article.published_raw) == (source, raw)


@pytest.mark.parametrize("layouts", [(PLAIN,), ()], ids=["layout", "generic"])
def test_an_impossible_date_is_no_date_and_its_line_is_kept(layouts: tuple[Layout, ...]) -> None:
    shown = "Ngày đăng: 31/02/2025 25:61"
    html = plain(f"<p>{ONE}</p><p>{TWO}</p>")
    assert html.count(PLAIN_RAW) == 1
    article = read(html.replace(PLAIN_RAW, shown), *layouts)

    assert (article.published, article.published_from, article.published_raw) == (None, PublishedFrom.NONE, shown)
    assert article.text().count(shown) == 1
    assert shown not in article.content()

    stated = "<meta property='article:published_time' content='2025-03-14T16:20:00+07:00'></head>"
    article = read(html.replace(PLAIN_RAW, shown).replace("</head>", stated), *layouts)
    assert (article.published_from, article.published_raw) == (PublishedFrom.METADATA, shown)


def test_published_from_a_dated_folder_of_the_address() -> None:
    html = page(f"<h1 class=t>{TITLE}</h1><div class=c><p>{ONE}</p></div>")
    article = read(html, PLAIN, url=f"{BASE}/portal/Pages/2025-3-14/Tram-bomx12.aspx")

    assert article.published is not None
    assert article.published.isoformat() == "2025-03-14"
    assert article.published_from is PublishedFrom.URL


def test_a_date_after_the_fetch_is_no_date() -> None:
    article = read(plain(f"<p>{ONE}</p>"), PLAIN, now=datetime(2025, 3, 14, 9, 0, tzinfo=TZ) - timedelta(days=2))

    assert article.published is None
    assert article.published_from is PublishedFrom.NONE


def test_sources_that_differ_by_more_than_a_day_are_flagged() -> None:
    head = "<meta property='article:published_time' content='2025-03-11T16:20:00+07:00'>"
    html = plain(f"<p>{ONE}</p>").replace("</head>", f"{head}</head>")

    assert read(html, PLAIN).flags == ("dates_disagree",)


def test_a_lead_that_only_announces_the_first_words_is_not_doubled() -> None:
    layout = Layout("m", "div.c", ("h1.t",), ("p.d",), ("div.c",), lead=("meta[name=description]::attr(content)",))
    html = plain(f"<p>{ONE}</p><p>{TWO}</p>").replace(
        "</head>", f"<meta name=description content='{ONE[:90]}...'></head>"
    )
    article = read(html, layout)

    assert [block.text for block in article.blocks] == [ONE, TWO]
    assert article.removed == (f"{ONE[:90]}...",)


def test_a_layout_that_does_not_fit_leaves_the_page_to_the_generic_reading() -> None:
    article = read(plain(f"<p>{ONE}</p><p>{TWO}</p>"), Layout("x", ".nothing", ("h1",), ("p",), ("div",)))

    assert article.layout == "none"


def test_the_page_says_which_of_two_layouts_it_has() -> None:
    newer = Layout("newer", "article.new", ("h1.t",), ("p.d",), ("div.c",))

    assert read(plain(f"<p>{ONE}</p>"), newer, PLAIN).layout == "plain"


@pytest.mark.parametrize(
    "html",
    ["", " ", "<", "<html>", "\x00\x01", "<!-- -->", "<body><p", "{}", "<?xml version='1.0' encoding='utf-16'?><a/>"],
    ids=repr,
)
def test_no_page_raises(html: str) -> None:
    assert read(html, PLAIN).blocks in ((), read(html).blocks)


def test_nesting_beyond_the_parser_is_reported() -> None:
    assert "parser_gave_up" in read(plain("<div>" * 3000 + ONE), PLAIN).flags


ATTACHMENTS = [
    ("<a href='/f/Báo cáo.docx'>Báo cáo quý</a>", "Báo cáo quý", "/f/Báo%20cáo.docx", "docx"),
    ("<a href='a.PDF'>Tải về</a>", "a.PDF", "/tin/a.PDF", "pdf"),
    (
        "<a href='/documents/1/2/vb.xlsx/77-aa?t=170'>Văn bản</a>",
        "Văn bản",
        "/documents/1/2/vb.xlsx/77-aa?t=170",
        "xlsx",
    ),
    ("<a href='#' onclick=\"downloadFile('Kế hoạch','/u/9/qd.pdf')\">Tải</a>", "Kế hoạch", "/u/9/qd.pdf", "pdf"),
    ("<a onclick=\"return downloadFile('/u/9/qd.zip', 'Hồ sơ 7')\">x</a>", "Hồ sơ 7", "/u/9/qd.zip", "zip"),
    (
        "<iframe src='https://docs.google.com/viewer?embedded=true&url=https%3A%2F%2Fx.test%2Fa.doc'></iframe>",
        "a.doc",
        "https://x.test/a.doc",
        "doc",
    ),
    (
        "<iframe src='https://view.officeapps.live.com/op/embed.aspx?src=https://x.test/b.xls&wd=1'></iframe>",
        "b.xls",
        "https://x.test/b.xls",
        "xls",
    ),
    (
        "<iframe src='https://drive.google.com/file/d/1AbCdEfGhIjKlMn/preview' title='Phụ lục'></iframe>",
        "Phụ lục",
        "https://drive.google.com/file/d/1AbCdEfGhIjKlMn/preview",
        "",
    ),
    ("<object data='/f/c.pdf'></object>", "c.pdf", "/f/c.pdf", "pdf"),
    ("<embed src='/f/d.rar'>", "d.rar", "/f/d.rar", "rar"),
    ("<iframe src='/pdf/viewer.html?file=/upload/a%20b.pdf'></iframe>", "a b.pdf", "/upload/a%20b.pdf", "pdf"),
]


@pytest.mark.parametrize(("markup", "name", "path", "type_"), ATTACHMENTS, ids=[row[1] for row in ATTACHMENTS])
@pytest.mark.parametrize("layouts", [(PLAIN,), ()], ids=["by layout", "generic"])
def test_attachments(markup: str, name: str, path: str, type_: str, layouts: tuple[Layout, ...]) -> None:
    article = read(plain(f"<p>{ONE}</p><p>{markup}</p><p>{markup}</p>"), *layouts)

    assert [(a.name, a.url, a.type) for a in article.attachments] == [(name, urljoin(BASE, path), type_)]


def test_an_address_in_decomposed_letters_stays_as_served() -> None:
    name = unicodedata.normalize("NFD", "/f/tòa cửa.pdf")
    article = read(plain(f"<p>{ONE}</p><p><a href='{name}'>Tệp</a></p>"), PLAIN)

    assert article.attachments[0].url == f"{BASE}{name}".replace(" ", "%20")


def test_pictures_are_the_full_ones_with_their_captions() -> None:
    body = (
        "<figure><img src='/App/images/bg_trans.png' data-original='/u/1.jpg'><figcaption>Chú thích một</figcaption></figure>"
        f"<p><img src='//cdn.test/2.jpg'></p><p>{ONE}</p><p style='text-align:center'>"
        "<img src='data:image/png;base64,AA' data-src='3.jpg'>"
        "<em>Chú thích ba</em></p>"
    )
    article = read(plain(body), PLAIN)

    assert [(i.url, i.caption) for i in article.images] == [
        (f"{BASE}/u/1.jpg", "Chú thích một"),
        ("https://cdn.test/2.jpg", ""),
        (f"{BASE}/tin/3.jpg", "Chú thích ba"),
    ]


@pytest.mark.parametrize("declared", ["windows-1258", None, "utf-8"])
def test_letters_of_windows_1258_are_composed(declared: str | None) -> None:
    text = unicodedata.normalize("NFC", plain(f"<p>{ONE}</p><p>{TWO}</p>")).replace('<meta charset="utf-8">', "")
    served = b"".join(_cp1258(c) for c in text)
    article = extract(served, URL, (PLAIN,), NOW, declared)

    assert [block.text for block in article.blocks] == [ONE, TWO]


def _cp1258(character: str) -> bytes:
    """Encode as the code page has it: a letter with its hook or circumflex, then the tone."""
    try:
        return character.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", character)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0309\u0303\u0323")
        return unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)).encode(
            "cp1258"
        ) + tones.encode("cp1258")


WORDS = st.sampled_from(
    "Xã huyện hội nghị sáng nay về việc đồng chí tổ chức 12 2025 kế hoạch có là (Ảnh) “mới”, nước.".split()
)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=30).map(" ".join), min_size=1, max_size=12)
WRAPPERS = st.sampled_from(
    [
        "<p>{}</p>",
        "<div>{}</div>",
        "<div><div><p>{}</p></div></div>",
        "<center>{}</center>",
        "<p><span><span><b>{}</b></span></span></p>",
        "{}<br>",
        "{}<br/><br/>",
        "<p align=right><em>{}</em></p>",
        "<section>{}</section>",
        "<p><a href='/x'>{}</a></p>",
        "<blockquote><div>{}</div></blockquote>",
        "<table><tr><td>{}</td></tr></table>",
        "<p>{}<p></p>",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.data(), PARAGRAPHS)
def test_any_paragraphs_in_any_wrappers_come_out_verbatim_and_in_order(data: st.DataObject, texts: list[str]) -> None:
    body = "".join(data.draw(WRAPPERS).format(text) for text in texts)
    article = read(plain(f"<p>{LEAD}</p>{body}"), PLAIN)

    assert [block.text for block in article.blocks] == [LEAD, *texts]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    article = extract(text.encode("utf-8", "surrogatepass"), URL, (PLAIN,), NOW)

    assert all(block.text == " ".join(block.text.split()) and block.text for block in article.blocks)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "<table>",
                "<tr>",
                "<td>",
                "</td>",
                "<b>",
                "<br>",
                "x ",
                "<li>",
                "<center>",
                "<a href=/y>",
            ]
        )
    )
)
def test_broken_markup_loses_no_letter(parts: list[str]) -> None:
    article = read(plain("".join(parts)), PLAIN)
    said = sum(block.text.count("x") for block in article.blocks if block.kind is not BlockKind.LEAD)

    assert said == parts.count("x ")


def test_the_command_prints_the_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "trang.html"
    saved.write_text(plain(f"<p>{ONE}</p>"), encoding="utf-8")

    assert main([str(saved), "--url", URL, "--now", NOW.isoformat()]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["title"], printed["layout"], printed["blocks"]) == (
        TITLE,
        "none",
        [{"kind": "paragraph", "text": ONE}],
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{missing}", "--url", URL], "cannot read {missing}: no such file or directory\n"),
        (["{folder}", "--url", URL], "cannot read {folder}: is a directory\n"),
        (["{saved}", "--url", URL, "--portal", "quang_try"], "no portal quang_try: did you mean quang_tri"),
        (["{saved}", "--url", URL, "--portal", "zzzz"], "no portal zzzz: see `scrapy list`\n"),
        (["{saved}", "--url", URL, "--now", "today"], "--now today: give an ISO 8601 time"),
    ],
    ids=["missing file", "a folder", "misspelled portal", "unknown portal", "no time"],
)
def test_the_command_says_in_one_line_what_is_wrong(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "trang.html"
    saved.write_text(plain(f"<p>{ONE}</p>"), encoding="utf-8")
    names = {"missing": tmp_path / "none.html", "folder": tmp_path, "saved": saved}

    assert main([argument.format(**names) for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(message.format(**names))
    assert error.count("\n") == 1


def test_the_command_uses_a_portals_layouts_only_when_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = articles("quang_tri")[0]
    saved = tmp_path / "trang.html"
    saved.write_text(render_article("quang_tri", article, NOW.date()), encoding="utf-8")
    command = [str(saved), "--url", article_url("quang_tri", article), "--now", NOW.isoformat()]
    layouts = []
    for portal in ([], ["--portal", "quang_tri"]):
        assert main([*command, *portal]) == 0
        layouts.append(json.loads(capsys.readouterr().out)["layout"])

    assert layouts[0] == "none"
    assert layouts[1] != "none"


def test_blocks_that_the_engine_loses_are_put_back_and_counted() -> None:
    article = read(plain("<p>Có.</p><h2>Danh mục</h2><h2>Phụ lục</h2>"), PLAIN)

    assert [block.text for block in article.blocks] == ["Có.", "Danh mục", "Phụ lục"]
    assert article.restored == 3


LINKED = [f"<a href='/tin/{n}.html'>Xã Tân Hòa khánh thành công trình nước sạch số {n}</a>" for n in range(3)]
LISTS = {
    "a list": ("<p><b>Tin liên quan:</b></p><ul>" + "".join(f"<li>{link}</li>" for link in LINKED) + "</ul>", []),
    "paragraphs with days": ("<h3>CÁC TIN KHÁC</h3>" + "".join(f"<p>{x} (03/03/2025)</p>" for x in LINKED), []),
    "files": ("<p>Xem thêm:</p><p><a href='/tep/ke-hoach.pdf'>Kế hoạch số 12/KH-UBND của xã Tân Hòa</a></p>", [1]),
    "no such label": (
        "<p>Căn cứ pháp lý:</p><p><a href='/van-ban/30'>Nghị định số 30/2020/NĐ-CP về văn thư</a></p>",
        [0, 1],
    ),
}


@pytest.mark.parametrize(("box", "kept"), LISTS.values(), ids=list(LISTS))
def test_linked_titles_below_a_label_of_others_are_no_text(box: str, kept: list[int]) -> None:
    article = clean(read(plain(f"<p>{ONE}</p><p>{TWO}</p><p>Lan Chi</p>{box}"), PLAIN))
    lines = [line for line in box.replace("</p>", "\n").replace("<p>", "").splitlines() if line]
    shown = [re.sub(r"<[^>]+>", "", lines[at]) for at in kept]

    assert [block.text for block in article.blocks] == [ONE, TWO, "Lan Chi", *shown]
    assert kept or article.author == "Lan Chi"
    assert kept or len(article.removed) == 4


@pytest.mark.parametrize("label", ["Tác giả: ", "Tác giả ", "Tác giả : ", "Người viết:", ""])
def test_a_byline_beside_the_body_is_the_last_line_and_names_the_writer(label: str) -> None:
    html = plain(f"<p>{ONE}</p>").replace("</body>", f'<div class="tg"><b>{label}</b>Lê Thị Lan</div></body>')
    article = read(html, replace(PLAIN, author=("div.tg",)))

    assert article.author == "Lê Thị Lan"
    assert (article.blocks[-1].kind, article.blocks[-1].text) == (BlockKind.SIGNOFF, f"{label}Lê Thị Lan")
