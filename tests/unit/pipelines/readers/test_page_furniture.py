"""Read the article and nothing that stands around it, whatever the elements are called.

Every kind has three pages that differ in all but the fault.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.article import Article
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import extract
from vietnam.date_forms import TZ

URL = "https://xa.replica.test/tin/hop-dan-31.html"
NOW = datetime(2025, 4, 20, 20, 0, tzinfo=TZ)
TITLE = "Xã Khe Lang sửa xong đập tràn trước mùa mưa"
ONE = "Sáng 12/4, tổ thợ của xã Khe Lang đổ mẻ bê tông cuối cùng ở đập tràn thôn Nà Hoi, sớm hơn kế hoạch chín ngày."
TWO = "Đập dài 46 mét, cao 2,2 mét, giữ nước tưới cho 38 héc-ta ruộng hai vụ của ba thôn phía dưới suối Nậm Lang."
THREE = "Bà con đóng góp 620 ngày công và toàn bộ cát sỏi; phần xi măng, sắt thép do ngân sách xã chi trả."
MENU = "<ul><li><a href='/'>Trang chủ</a></li><li><a href='/gioi-thieu'>Giới thiệu</a></li><li><a href='/tin'>Tin tức</a></li></ul>"
OTHERS = (
    "<h3>Tin khác</h3><ul>"
    + "".join(
        f"<li><a href='/tin/{n}'>Thôn Nà Hoi số {n} thu hoạch xong vụ lạc xuân</a> (0{n}/04/2025)</li>"
        for n in range(1, 4)
    )
    + "</ul>"
)
TEXT = f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"
FEET = {
    "contacts": "<div class='duoi-cung'><p>Đơn vị chủ quản: UBND xã Khe Lang. Trụ sở: thôn Nà Mon. Điện thoại: 0206 111 222</p></div>",
    "table": "<table class='bang'><tr><td>© 2025 Trang thông tin xã Khe Lang<br>Chịu trách nhiệm chính: ông Hoàng Văn Páo<br>"
    "Email: khelang@xa.replica.test</td></tr></table>",
    "section": "<section class='s9'><div>Bản quyền thuộc về UBND xã Khe Lang, huyện Mường Lay. Ghi rõ nguồn khi phát hành lại.</div>"
    "<div>Đường dây nóng: 0206 333 444</div></section>",
}


def page(
    inner: str, *, foot: str = "contacts", others: str = OTHERS, head: str = TITLE, title: str = f"<h1>{TITLE}</h1>"
) -> bytes:
    block = f"{title}<div class='gio'>Thứ Bảy, 12/04/2025 16:45</div>"
    return (
        f"<html><head><title>{head}</title></head><body><div class='tren'>{MENU}</div><div class='than'><div class='trai'>{block}{inner}"
        f"<div class='nua'>{others}</div></div><div class='phai'><h3>Thông báo</h3><ul><li><a href='/tb/1'>Lịch tiếp công dân</a></li></ul>"
        f"</div></div>{FEET[foot]}</body></html>"
    ).encode()


def read(body: bytes) -> Article:
    return clean(extract(body, URL, (), NOW))


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


@pytest.mark.parametrize("foot", FEET)
@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        ("<p>Mất điện thôn Nà Mon từ 8h đến 10h.</p>", ["Mất điện thôn Nà Mon từ 8h đến 10h."]),
        (
            "<div class='tho'>Suối về qua bản em<br>Nước trong như mắt đá<br>Đập mới xây bên núi<br>Ruộng bậc xanh như lá</div>",
            ["Suối về qua bản em", "Nước trong như mắt đá", "Đập mới xây bên núi", "Ruộng bậc xanh như lá"],
        ),
        ("<p><img src='/anh/do-hoa.png' alt='Đồ họa đập tràn'></p>", ["Đồ họa đập tràn"]),
        ("<iframe src='/viewer.html?file=/tep/tb-31.pdf'></iframe>", []),
        (TEXT, [ONE, TWO, THREE]),
    ],
    ids=["sentence", "poem", "picture", "viewer", "text"],
)
def test_the_foot_is_never_the_article(inner: str, lines: list[str], foot: str) -> None:
    article = read(page(inner, foot=foot))

    assert texts(article) == lines
    assert article.published is not None
    assert article.published.isoformat() == "2025-04-12T16:45:00+07:00"


@pytest.mark.parametrize("foot", FEET)
def test_a_page_with_nothing_below_its_title_has_no_text(foot: str) -> None:
    assert texts(read(page("", foot=foot))) == []


def test_a_notice_may_end_in_an_address() -> None:
    end = "<p>Địa chỉ: nhà văn hóa thôn Nà Hoi. Điện thoại: 0206 555 666.</p>"

    assert texts(read(page(f"<div class='noi'><p>{ONE}</p>{end}</div>")))[-1].startswith("Địa chỉ: nhà văn hóa")


@pytest.mark.parametrize(
    "comments",
    [
        "<h4>Bình luận (2)</h4><ul><li><b>Bạn đọc</b><p>{}</p></li></ul>",
        "<div class='bl'><p><b>Ý kiến bạn đọc</b></p><div><span>Páo</span><p>{}</p></div></div>",
        "<div id='comments'><h3>One thought on “Xã Khe Lang”</h3><ol class='commentlist'><li><p>{}</p></li></ol></div>",
        "<h3>Gửi bình luận</h3><form><textarea></textarea></form><p>{}</p>",
    ],
    ids=["heading", "label", "wordpress", "form"],
)
def test_comments_end_the_article(comments: str) -> None:
    said = "Đập xây chắc chắn lắm, mong xã làm thêm đường xuống bãi đá cho bà con đi lại dễ dàng hơn trong mùa mưa lũ."

    assert texts(read(page(TEXT + comments.format(said)))) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "inner",
    [
        f"<aside class='noi-dung'>{TEXT}</aside>",
        f"<div class='bai'><div role='complementary'>{TEXT}</div></div>",
        f"<aside><div><div>{ONE}</div><div>{TWO}</div><div>{THREE}</div></div></aside>",
    ],
    ids=["aside", "role", "divs"],
)
def test_an_aside_with_the_text_is_the_text(inner: str) -> None:
    assert texts(read(page(inner))) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "aside",
    [
        "<aside><h3>Đọc nhiều</h3><ul><li><a href='/tin/7'>Xã Khe Lang họp bàn làm đường lên nương chè</a></li></ul></aside>",
        "<aside class='hop'><p>Tổng đài giải đáp chính sách của xã làm việc từ thứ hai đến thứ sáu hằng tuần.</p></aside>",
        "<div role='complementary'><p><a href='/tin/8'>Thôn Nà Mon đón bằng làng nghề mây tre đan của tỉnh</a></p></div>",
    ],
    ids=["links", "box", "role"],
)
def test_an_aside_beside_the_text_is_furniture(aside: str) -> None:
    assert texts(read(page(f"<div class='bai'>{TEXT}</div>{aside}"))) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("large", "small"),
    [
        ("d-none d-lg-block", "d-block d-lg-none"),
        ("hidden-xs", "visible-xs"),
        ("noi-dung-pc", "noi-dung-mobile"),
        ("hidden md:block", "md:hidden"),
    ],
)
def test_a_paragraph_for_two_sizes_of_screen_stands_once(large: str, small: str) -> None:
    twins = f"<div class='{large}'><p>{ONE}</p></div><div class='{small}'><p>{ONE}</p></div><p>{TWO}</p><p>{THREE}</p>"

    assert texts(read(page(twins))) == [ONE, TWO, THREE]


def test_a_refrain_is_no_twin() -> None:
    assert texts(read(page(f"<div class='bai'><p>{ONE}</p><p>{TWO}</p><p>{ONE}</p></div>"))) == [ONE, TWO, ONE]


@pytest.mark.parametrize(
    "hidden", ["hide-accessible", "a11y-hidden", "element-invisible", "assistive-text", "visually-hidden", "sr-only"]
)
def test_words_for_screen_readers_are_no_text(hidden: str) -> None:
    title = f"<h4><a href='javascript:;'><span class='x {hidden}'>null</span></a><span class='ten'>{TITLE}</span></h4>"
    article = read(
        page(f"<span class='{hidden}'>Nội dung chính của trang bắt đầu từ dòng này trở xuống</span>{TEXT}", title=title)
    )

    assert (article.title, texts(article)) == (TITLE, [ONE, TWO, THREE])


@pytest.mark.parametrize(
    "grounds",
    [
        "Căn cứ <a href='/vb/1'>Nghị định số 12/2024/NĐ-CP ngày 01/02/2024 của Chính phủ</a>; <a href='/vb/2'>Thông tư số 05/2024/TT-BXD</a>.",
        "<a href='/vb/3'>Căn cứ Luật Thủy lợi số 08/2017/QH14 ngày 19 tháng 6 năm 2017 của Quốc hội;</a>",
        "Thực hiện <a href='/vb/4'>Kế hoạch số 41/KH-UBND ngày 03/3/2025 của Ủy ban nhân dân huyện Mường Lay về phòng, chống thiên tai</a>,",
        "Nguồn: <a href='https://bao.replica.test/dap-tran'>https://bao.replica.test/dap-tran-khe-lang-xong-som</a>",
    ],
    ids=["acts", "law", "plan", "source"],
)
def test_grounds_and_sources_full_of_links_are_text(grounds: str) -> None:
    lines = texts(read(page(f"<p>{ONE}</p><p>{TWO}</p><p>{grounds}</p>")))

    assert lines[:2] == [ONE, TWO]
    assert len(lines) == 3


@pytest.mark.parametrize(
    "head",
    [
        f"{TITLE} | UBND xã Khe Lang",
        f"{TITLE} - Sở Nông nghiệp và Môi trường",
        f"{TITLE} - Cổng Khe Lang - Nhịp sống vùng cao",
        f"Khe Lang hôm nay | {TITLE}",
    ],
)
@pytest.mark.parametrize(
    "title", ["<div class='ten'>{}</div>", "<h4><span>Trở lại</span> <span class='t'>{}</span></h4>", ""]
)
def test_the_title_is_without_the_site(head: str, title: str) -> None:
    named = "" if "Khe Lang hôm nay" not in head and "Nhịp" not in head else head.replace(TITLE, "").strip(" |-")
    body = page(TEXT, head=head, title=title.format(TITLE))
    body = body.replace(b"<head>", f"<head><meta property='og:site_name' content='{named}'>".encode())

    assert read(body).title == TITLE


@pytest.mark.parametrize(
    "line",
    ["Average (0 Votes)", "Be the first to comment", "Please sign in to comment.", "No comments yet. Be the first."],
)
def test_what_liferay_says_in_english_is_no_text(line: str) -> None:
    assert texts(read(page(f"<div class='bai'>{TEXT}<div>{line}</div></div>"))) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("inner", "clock"),
    [
        ("<meta itemprop='datePublished' content='2025-04-12T16:45:09+07:00'><div class='n'>12/04/2025</div>", "16:45:09"),
        ("<div class='n'><time datetime='2025-04-12T16:45:00+07:00'>12 Tháng 4, 2025</time></div>", "16:45:00"),
        ("<div class='n'>Thứ Bảy, 12/04/2025 04:45</div><script type='application/ld+json'>"
         '{"@type":"NewsArticle","datePublished":"2025-04-12T16:45:30+07:00"}</script>', "16:45:30"),
        ("<meta itemprop='datePublished' content='2025-04-12T16:45:09+07:00'><div class='n'>12/04/2025 16:09</div>", "16:45:09"),
        ("<meta itemprop='datePublished' content='2025-04-13T16:45:09+07:00'><div class='n'>12/04/2025 16:40</div>", "16:40:00"),
        ("<meta itemprop='datePublished' content='2025-04-12T16:45:09+07:00'><div class='n'>12/04/2025 16:40</div>", "16:40:00"),
        ("<meta itemprop='datePublished' content='2025-04-12T00:00:00+07:00'><div class='n'>12/04/2025</div>", ""),
    ],
    ids=["meta", "time", "twelve hours", "seconds for minutes", "another day", "both", "midnight"],
)  # fmt: skip
def test_the_more_exact_time_of_the_same_day_wins(inner: str, clock: str) -> None:
    body = page(TEXT, title=f"<h1>{TITLE}</h1>{inner}").replace(
        b"<div class='gio'>Th\xe1\xbb\xa9 B\xe1\xba\xa3y, 12/04/2025 16:45</div>", b""
    )
    article = read(body)

    assert article.published is not None
    assert article.published.isoformat() == "2025-04-12" + (f"T{clock}+07:00" if clock else "")


@pytest.mark.parametrize(
    "inner",
    [
        f"{TEXT}<div class='n'>Ngày đăng: 12/04/2025 16:45</div>",
        f"<div class='bai'>{TEXT}<p>Đăng lúc 16:45 ngày 12/04/2025</p></div>",
        f"{TEXT}<p class='x'>Cập nhật: 13/04/2025 | Ngày đăng tải: 12/04/2025 16:45</p>",
    ],
)
def test_a_labelled_date_below_the_text(inner: str) -> None:
    body = page(inner).replace("<div class='gio'>Thứ Bảy, 12/04/2025 16:45</div>".encode(), b"")
    article = read(body)

    assert article.published is not None
    assert article.published.isoformat() == "2025-04-12T16:45:00+07:00"
    assert texts(article) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "mark", ["<!-- dựng lúc 13/04/2025 08:00 -->", "<!--s: 13/04/2025 00:01:43-->", "<?may-chu 2025-04-13 07:00?>"]
)
def test_what_a_server_notes_in_the_markup_is_no_date(mark: str) -> None:
    body = page(f"<div>{TEXT}{mark}</div>{mark}").replace(
        "<div class='gio'>Thứ Bảy, 12/04/2025 16:45</div>".encode(), b""
    )
    article = read(body)

    assert article.published is None
    assert texts(article) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='header-content'><ul class='breadcrumb'><li><a href='/tin'>Tin</a></li></ul><span>{}</span></div>",
        "<div id='page-header-meta'><p>{}</p></div>",
        "<section class='sub_header'><i>{}</i></section>",
    ],
)
def test_a_box_called_header_beside_the_title(box: str) -> None:
    body = f"<section class='trang'>{box.format('Thứ Bảy, 12/4/2025, 16:45 (GMT+7)')}<h1>{TITLE}</h1><article>{TEXT}</article></section>"
    clock = "<div class='header'><img src='/logo.png'><span>Chủ nhật, 20/04/2025 19:58</span></div>"
    article = read(f"<html><head><title>{TITLE}</title></head><body>{clock}{body}</body></html>".encode())

    assert article.published is not None
    assert article.published.isoformat() == "2025-04-12T16:45:00+07:00"


@pytest.mark.parametrize(
    "inner",
    [
        "<p><img src='/anh/do-hoa-31.png' alt='Mười bước làm hồ sơ'></p>",
        "<div class='anh'><a href='/anh/lon.jpg'><img data-src='/anh/lon.jpg' src='/blank.gif'></a></div>",
        "<figure><img src='/anh/quyet-dinh-31.jpg'><figcaption>Quyết định số 31 của xã Khe Lang</figcaption></figure>",
    ],
    ids=["infographic", "scan", "figure"],
)
def test_one_picture_is_an_article(inner: str) -> None:
    article = read(page(inner))

    assert len(article.images) == 1
    assert "picture_only" in article.flags
    assert check(article, NOW) == ()


@pytest.mark.parametrize(
    "byline",
    [
        "<span>Tác giả: Đinh Thị Sa Mưa</span>",
        "<p class='k3'>by Đinh Thị Sa Mưa</p>",
        "<div>Đăng bởi <b>Đinh Thị Sa Mưa</b></div>",
    ],
)
def test_a_labelled_name_beside_the_title_is_the_author(byline: str) -> None:
    assert read(page(TEXT, title=f"<h1>{TITLE}</h1>{byline}")).author == "Đinh Thị Sa Mưa"


@pytest.mark.parametrize("words", ["Tác giả: nhiều người", "by using this site", "Đăng bởi 12 đơn vị"])
def test_what_follows_such_a_label_without_being_a_name_is_no_author(words: str) -> None:
    assert read(page(TEXT, title=f"<h1>{TITLE}</h1><p>{words}</p>")).author is None


@pytest.mark.parametrize(
    "inner",
    [
        f"<p><b>{ONE}</b></p><div>(12/04/2025 16:45)</div><p>{TWO}</p><p>{THREE}</p>",
        f"{TEXT}<table><tr><td>&nbsp;</td><td>16:45 | 12/04/2025</td></tr></table>",
        f"<article>{TEXT}</article><p><em>12 tháng 04 năm 2025, 16:45</em></p>",
    ],
)
def test_a_line_that_is_a_date_needs_no_label_behind_the_lead_and_right_below_the_text(inner: str) -> None:
    article = read(page(inner).replace("<div class='gio'>Thứ Bảy, 12/04/2025 16:45</div>".encode(), b""))

    assert article.published is not None
    assert article.published.isoformat() == "2025-04-12T16:45:00+07:00"
    assert texts(article) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "below",
    [
        "<div><h4>Bình luận</h4><p>Bà con mong sớm có đường mới.</p><span>12/04/2025 16:45</span></div>",
        "<div>Bây giờ là 12/04/2025 16:45</div>",
        "<ul><li><a href='/tin/9'>Ra quân dọn rác ven suối đầu mùa mưa</a><i>12/04/2025 16:45</i></li></ul>",
    ],
)
def test_a_bare_date_further_below_is_of_something_else(below: str) -> None:
    article = read(page(f"{TEXT}{below}").replace("<div class='gio'>Thứ Bảy, 12/04/2025 16:45</div>".encode(), b""))

    assert article.published is None


@pytest.mark.parametrize(
    "site",
    [
        "Cổng thông tin Thành Phố Hồ Chí Minh - Liferay",
        "Cổng thông tin Thành Phố Hồ Chí Minh",
        "Cổng thông tin tỉnh Hà Giang - Liferay DXP",
        "Liferay",
    ],
)
def test_a_title_without_the_names_of_portal_and_product(site: str) -> None:
    body = f"<html><head><title>{TITLE} - {site}</title></head><body><article>{TEXT}</article></body></html>"
    assert read(body.encode()).title == TITLE


def test_a_portal_in_the_news_stays_in_the_title() -> None:
    headline = "Cổng thông tin tỉnh Hà Giang ra mắt giao diện mới cho người dân"
    body = f"<html><head><title>{headline} - Liferay</title></head><body><article>{TEXT}</article></body></html>"
    assert read(body.encode()).title == headline
