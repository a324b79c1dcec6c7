"""Find lines that a portal repeats wherever they stand, and leave those that a text repeats."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, time

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from crawler.spider.crawl import PortalCrawler
from pipelines.boilerplate.candidates import BoilerplateCandidate, LineRole, find_candidates
from pipelines.boilerplate.positions import locate_blocks
from pipelines.boilerplate.recurring_lines import LEAST, ComparedArticle, exclusion_reason
from pipelines.line_shape import shape_of
from replicas import LAST_NIGHT
from replicas.articles import PORTALS, article_url, articles, render_article
from tests.unit.pipelines.boilerplate.repeated_lines import LAYOUT, ExtraMarkup, Piece, compared, sentence
from vietnam.date_forms import TZ

MANY = 36
LATE = datetime.combine(LAST_NIGHT, time(23, 59, 59), TZ)
SPIDERS = get_spider_loader(Settings({"SPIDER_MODULES": ["crawler.spiders"]}))


def suspects(planted: ExtraMarkup, count: int = MANY) -> tuple[BoilerplateCandidate, ...]:
    return find_candidates([compared(number, planted) for number in range(count)])


def every(markup: str, step: int = 1, of: int = 0) -> Piece:
    """Return the same markup in every `step`-th article; `{n}` is a number that changes."""
    return lambda number: markup.format(n=1200 + number * 37) if number % step == of else ""


AUTHORS = ("Trần Mai Hoa", "Lê Quốc Bảo", "Minh Thư", "T.H")
SIGNED = [
    pytest.param('<p style="text-align: right;"><strong>{}</strong></p>', id="right-bold"),
    pytest.param("<p>{}</p>", id="plain"),
    pytest.param('<p class="ky-ten">{}</p>', id="own-class"),
    pytest.param('<div class="abc"><div>{}</div></div>', id="box-whose-class-says-nothing"),
    pytest.param('<div style="text-align: right">{}</div>', id="box-without-a-name"),
]
SIGN: Piece = lambda number: f'<p style="text-align: right;"><strong>{AUTHORS[number % 4]}</strong></p>'  # noqa: E731

WIDGETS = {
    "box-before-the-text": (
        ExtraMarkup(head=[every('<div class="app-box"><p>Cài ứng dụng Ba Sông Số để nhận tin sớm</p></div>')]),
        ["Cài ứng dụng Ba Sông Số để nhận tin sớm"], LineRole.BEFORE,
    ),
    "box-amid-the-text-with-numbers": (
        ExtraMarkup(middle=[every('<div class="binh-chon"><span>Đã có {n} người bình chọn cho mục này</span></div>', 2)]),
        ["Đã có 1200 người bình chọn cho mục này"], LineRole.AMONG,
    ),
    "paragraph-amid-the-text-of-every-article": (
        ExtraMarkup(middle=[every("<p>Mời quý vị theo dõi trang Zalo của Cổng Ba Sông để xem thêm hình ảnh.</p>")]),
        ["Mời quý vị theo dõi trang Zalo của Cổng Ba Sông để xem thêm hình ảnh."], LineRole.AMONG,
    ),
    "counter-as-last-paragraph": (
        ExtraMarkup(tail=[every("<p>Bài này đã được {n} bạn đọc mở xem.</p>")]),
        ["Bài này đã được 1200 bạn đọc mở xem."], LineRole.AFTER,
    ),
    "section-label-after-the-sign-off": (
        ExtraMarkup(end=[SIGN, every("<p>Nhịp sống vùng sông</p>", 3, 2)]),
        ["Nhịp sống vùng sông"], LineRole.AFTER,
    ),
    "section-label-that-the-menu-names": (
        ExtraMarkup(end=[every("<div>Nhịp sống vùng sông</div>", 3, 2)]),
        ["Nhịp sống vùng sông"], LineRole.AFTER,
    ),
    "box-with-an-id-that-changes": (
        ExtraMarkup(tail=[every('<div id="nghe-{n}"><p>Nghe bản tin bằng giọng đọc máy</p></div>', 2)]),
        ["Nghe bản tin bằng giọng đọc máy"], LineRole.AFTER,
    ),
    "box-of-links-under-a-heading": (
        ExtraMarkup(tail=[every('<div class="dong-su-kien"><h4>Cùng dòng sự kiện ấy</h4><ul><li><a href="/tin/x{n}.html">'
                            'Chuyện thứ {n} ở bến sông</a></li></ul></div>')]),
        ["Cùng dòng sự kiện ấy", "Chuyện thứ 1200 ở bến sông"], LineRole.AFTER,
    ),
    "name-of-a-column-amid-the-text": (
        ExtraMarkup(middle=[every('<div class="chuyen-muc"><p>Góc Bạn Đọc</p><p>Gửi bài về cho chúng tôi</p></div>')]),
        ["Góc Bạn Đọc", "Gửi bài về cho chúng tôi"], LineRole.AMONG,
    ),
    "name-of-a-site-behind-the-sign-off": (
        ExtraMarkup(end=[SIGN, every('<div class="dich-vu">Cổng Dịch vụ công Quốc gia</div>', 2)]),
        ["Cổng Dịch vụ công Quốc gia"], LineRole.AFTER,
    ),
    "banner-with-one-picture": (
        ExtraMarkup(middle=[every('<div class="bang-ron"><img src="/anh/bang-ron.gif"><p>Ba Sông đồng lòng vượt lũ</p></div>')]),
        ["Ba Sông đồng lòng vượt lũ"], LineRole.AMONG,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("planted", "lines", "where"), WIDGETS.values(), ids=WIDGETS)
def test_a_widget_is_found_where_it_stands(planted: ExtraMarkup, lines: list[str], where: LineRole) -> None:
    found = suspects(planted)

    assert sorted(suspect.line for suspect in found) == sorted(lines)
    assert {suspect.where for suspect in found} == {where}


DECISION = """<p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>Độc lập - Tự do - Hạnh phúc</p>
<p>Căn cứ Luật Tổ chức chính quyền địa phương;</p><p>Theo đề nghị của Giám đốc Sở Nội vụ,</p><p>QUYẾT ĐỊNH:</p>
<p>Điều 1. Phê duyệt kế hoạch số {n}.</p><p>Quyết định này có hiệu lực kể từ ngày ký./.</p>"""
RECIPIENTS = """<p><b>Nơi nhận:</b></p><p>- Như Điều 3;</p><p>- Lưu: VT, NC.</p><p>TM. ỦY BAN NHÂN DÂN</p>
<p>KT. CHỦ TỊCH</p><p>PHÓ CHỦ TỊCH</p>"""
FACT: Piece = lambda number: sentence(number * 5 + 2)[:55]  # noqa: E731
OF_TEXTS = {
    "decisions": ExtraMarkup(head=[every(DECISION, 3)], tail=[every(RECIPIENTS, 3)]),
    "nothing-but-decisions": ExtraMarkup(head=[every(DECISION)], tail=[every(RECIPIENTS)]),
    "dateline-of-its-own": ExtraMarkup(head=[every("<p>(Cổng TTĐT) -</p>")]),
    "speeches": ExtraMarkup(head=[every("<p>Kính thưa các đồng chí,</p>", 2)]),
    "caption-that-recurs": ExtraMarkup(middle=[every('<p><img src="/anh/{n}.jpg"></p><p align="center">Ảnh minh họa</p>')]),
    "caption-with-a-class": ExtraMarkup(middle=[every('<div class="hinh"><img src="/anh/{n}.jpg"><p class="chu-thich">'
                                                  "Một góc bến sông</p></div>", 2)]),
    "footer-of-press-releases": ExtraMarkup(tail=[every("<p>THÔNG TIN LIÊN HỆ</p><p>Phòng Truyền thông, Hợp tác xã Bến Mới, "
                                                    "điện thoại 0000 123 456</p>", 5)]),
    "box-of-facts": ExtraMarkup(middle=[lambda number: '<div class="ho-so"><p>Đơn vị thực hiện công trình</p>'
                                                   f"<p>{FACT(number)}</p></div>" if number % 2 else ""]),
    "heading-in-a-box-of-facts": ExtraMarkup(middle=[lambda number: '<div class="ho-so"><h4>Thông tin công trình</h4>'
                                                                f"<p>{FACT(number)}</p></div>" if number % 2 else ""]),
    "heading-of-a-genre": ExtraMarkup(middle=[every("<h3>Diễn biến chính</h3>", 2)]),
    "words-before-a-list": ExtraMarkup(middle=[every("<p><strong>Các nội dung chính gồm:</strong></p>", 2)]),
    "head-of-tables": ExtraMarkup(middle=[every("<table><tr><td>TT</td><td>Đơn vị</td><td>Số lượng</td></tr>"
                              "<tr><td>1</td><td>Xã Cồn Lau</td><td>{n}</td></tr></table>", 2)]),
    "last-words-of-a-genre": ExtraMarkup(tail=[every("<p>Bản tin phát lúc {n} giờ.</p>", 3)]),
    "pen-name": ExtraMarkup(end=[every("<p>Sóng Nước</p>", 3)]),
    "office-after-the-writer": ExtraMarkup(end=[SIGN, every('<p class="text-right">Văn phòng UBND tỉnh</p>')]),
    "office-in-a-box-of-its-own": ExtraMarkup(end=[every('<div class="cuoi"><p>Văn phòng UBND tỉnh</p></div>')]),
    "office-above-the-text": ExtraMarkup(head=[every('<div class="dau"><p>Văn phòng UBND tỉnh</p></div>')]),
    "name-amid-the-text": ExtraMarkup(middle=[every("<p>Trần Mai Hoa</p>", 2)]),
    "photographer-after-the-writer": ExtraMarkup(end=[SIGN, every("<p>Ảnh: Minh Thư</p>", 2)]),
    "source": ExtraMarkup(end=[every("<p><em>(Theo Báo Ba Sông)</em></p>", 2)]),
}  # fmt: skip


@pytest.mark.parametrize("planted", OF_TEXTS.values(), ids=OF_TEXTS)
def test_what_a_text_repeats_is_no_suspect(planted: ExtraMarkup) -> None:
    assert suspects(planted) == ()


@pytest.mark.parametrize("dress", SIGNED)
@pytest.mark.parametrize("authors", [AUTHORS, AUTHORS[:1]], ids=["four-authors", "one-author"])
def test_sign_offs_recur_by_nature(dress: str, authors: tuple[str, ...]) -> None:
    planted = ExtraMarkup(end=[lambda number: dress.format(authors[number % len(authors)])])

    assert suspects(planted) == ()


def test_all_at_once() -> None:
    """All widgets and all that texts repeat on one portal: every widget is found, nothing else."""
    # Below other lines the office's box would stand amid the text, where nobody signs.
    of_texts = [planted for name, planted in OF_TEXTS.items() if name != "office-above-the-text"]
    every_one = [*of_texts, *(widget for widget, _, _ in WIDGETS.values())]
    planted = ExtraMarkup(
        head=[piece for one in every_one for piece in one.head],
        middle=[piece for one in every_one for piece in one.middle],
        tail=[piece for one in every_one for piece in one.tail],
        end=[
            SIGN,
            every("<p>Nhịp sống vùng sông</p>", 3, 2),
            every('<div class="dich-vu">Cổng Dịch vụ công Quốc gia</div>', 2),
        ],
    )
    wanted = {line for _, lines, _ in WIDGETS.values() for line in lines}

    assert {suspect.line for suspect in suspects(planted, 60)} == wanted


def test_the_order_of_the_articles_does_not_matter() -> None:
    planted = ExtraMarkup(
        end=[SIGN, every("<p>Nhịp sống vùng sông</p>", 3, 2)], head=[every('<div class="q">Mở tin {n} ra</div>')]
    )
    articles = [compared(number, planted) for number in range(MANY)]
    first = find_candidates(articles)

    for seed in range(5):
        random.Random(seed).shuffle(articles)
        assert find_candidates(articles) == first
    assert len(first) == 2


def test_a_few_articles_or_one_day_teach_nothing() -> None:
    planted = ExtraMarkup(head=[every('<div class="q">Mở ứng dụng ra xem</div>')])
    one_day = [replace(compared(number, planted), day=compared(0, planted).day) for number in range(MANY)]

    assert suspects(planted, LEAST - 1) == ()
    assert find_candidates(one_day) == ()
    assert len(suspects(planted, LEAST)) == 1


def test_a_suspect_tells_its_evidence() -> None:
    (suspect,) = suspects(
        ExtraMarkup(head=[every('<div class="app-box"><p>Cài ứng dụng Ba Sông Số ngay</p></div>', 2)])
    )

    assert (suspect.count, suspect.total, suspect.scope) == (18, 36, "")
    assert suspect.box == ("div.app-box",)
    assert suspect.examples[0].startswith("ba_song/tin-34@")
    assert "alone in its box div.app-box" in suspect.because


def test_text_in_the_box_of_one_article_makes_it_no_widget() -> None:
    long = "Đoạn văn dài do người viết đặt nhầm vào khung, kể lại chuyện dựng cầu tạm qua sông trong ba ngày mưa liền."
    box = '<div class="khung"><p>{}</p></div>'
    planted = ExtraMarkup(middle=[lambda number: box.format(long if number == 7 else "Góc nhìn của bạn đọc xa gần")])

    assert [suspect.box for suspect in suspects(planted)] == [()]  # in every article, so still a suspect, by its line


def test_by_text_alone_only_what_stands_everywhere_is_a_suspect() -> None:
    planted = ExtraMarkup(end=[SIGN], head=[every('<div class="q">Mở ứng dụng ra xem ngay</div>')])
    bare = [
        replace(article, blocks=tuple(replace(block, path=None, linked=False, entry=False) for block in article.blocks))
        for article in (compared(number, planted) for number in range(MANY))
    ]

    assert [suspect.line for suspect in find_candidates(bare)] == ["Mở ứng dụng ra xem ngay"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Nơi nhận:", "a formula that belongs to texts"),
        ("Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;", "a formula that belongs to texts"),
        ("Trần Mai Hoa", "a sign-off"),
        ("Cài ứng dụng Ba Sông Số", None),
    ],
)
def test_what_is_never_taken(line: str, why: str | None) -> None:
    assert exclusion_reason(line) == why


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("Lượt đọc: 1.204", "lượt đọc: #"),
        ("  LƯỢT ĐỌC:  7 ", "lượt đọc: #"),
        ("Lu\u031bo\u031b\u0323t đọc: 12", "lượt đọc: #"),
        ("• Cập nhật lúc 08:15 ngày 03/03/2025.", "cập nhật lúc # ngày #"),
        ("lượt đọc: #", "lượt đọc: #"),
    ],
)
def test_shapes(line: str, shape: str) -> None:
    assert shape_of(line) == shape


def test_the_layout_of_these_pages_reads_them() -> None:
    assert LAYOUT.name == "plain"
    assert len(compared(3, ExtraMarkup()).blocks) == 4


@pytest.mark.parametrize("portal", PORTALS)
def test_the_composed_portals_repeat_nothing(portal: str) -> None:
    """Their articles share sign-offs, captions and formulas; their widgets are known."""
    spider = SPIDERS.load(portal)
    assert issubclass(spider, PortalCrawler)
    found = []
    for article in articles(portal):
        page, url = render_article(portal, article, LAST_NIGHT).encode(), article_url(portal, article)
        found.append(
            ComparedArticle(
                article.key, article.day, article.section, locate_blocks(page, url, spider.read_with(), LATE)
            )
        )

    assert find_candidates(found) == ()
