"""Find the article on a page without a layout: widgets, tables and files around it must not hide it."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.article import Article
from pipelines.extract import extract
from vietnam.date_forms import TZ

URL = "https://tinh.replica.test/tin/tram-12.html"
NOW = datetime(2025, 3, 17, 20, 0, tzinfo=TZ)
LEAD = "Sáng 14/3/2025, tại xã Tân Hòa, trạm cấp nước mới được bàn giao cho tổ quản lý của bốn thôn ven sông."
ONE = "Trạm có công suất 320 m3 mỗi ngày, dẫn nước về 640 hộ dân qua chín ki-lô-mét ống nhựa chôn dưới lề đường."
TWO = "Tổ quản lý gồm năm người, mỗi tháng công khai thu chi một lần tại nhà văn hóa thôn và trên loa truyền thanh."
MENU = "<ul class='m'><li><a href='/'>Trang chủ</a></li><li><a href='/tin'>Tin tức</a></li></ul>"
OTHERS = "".join(
    f"<li><a href='/tin/{n}'>Xã Tân Hòa khánh thành công trình số {n} của năm nay</a></li>" for n in range(4)
)


def read(inner: str, foot: str = "") -> Article:
    head = "<h1 class='t'>Bàn giao trạm cấp nước ở Tân Hòa</h1><div class='d'>14/03/2025 16:20</div>"
    page = (
        f"{MENU}<div class='trang'>{head}{inner}</div><div class='khac'><h3>Tin khác</h3><ul>{OTHERS}</ul></div>{foot}"
    )
    return extract(f"<html><body>{page}</body></html>".encode(), URL, (), NOW)


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


@pytest.mark.parametrize(
    "widgets",
    [
        "<p>A- A A+ | Tăng tương phản Giảm tương phản</p><p>Lượt xem: 1.024</p>",
        "<ul><li>Chia sẻ</li><li>Facebook</li><li>Gửi email</li><li>In bài viết này</li><li>Nghe bài viết</li></ul>",
        "<div><span>Đọc bài</span><br><span>Bạn chưa đăng nhập hệ thống</span><br><span>Lưu bài viết này</span></div>",
    ],
    ids=["sizes", "share", "login"],
)
def test_widgets_between_lead_and_body_cost_no_text(widgets: str) -> None:
    article = read(f"<div class='s'>{LEAD}</div><div class='b'>{widgets}<p>{ONE}</p><p>{TWO}</p></div>")

    assert texts(article) == [LEAD, ONE, TWO]


def test_a_decision_is_more_than_its_annex() -> None:
    rows = "".join(
        f"<tr><td>Thôn {n}, tuyến ống số {n} dọc bờ kênh chính</td><td>{n * 91} hộ</td></tr>" for n in range(1, 7)
    )
    table = f"<div class='table-responsive'><table>{rows}</table></div>"
    article = read(f"<div class='b'><p>Điều 1. Phê duyệt danh mục.</p>{table}<p>Nơi nhận:</p><p>- Lưu: VT.</p></div>")

    assert texts(article)[0] == "Điều 1. Phê duyệt danh mục."
    assert texts(article)[-2:] == ["Nơi nhận:", "- Lưu: VT."]
    assert len(texts(article)) == 9


def test_a_page_of_files_below_its_own_bar() -> None:
    files = "".join(f"<p><a href='/tep/cong-van-{n}.pdf'>Công văn số {n}/VP</a></p>" for n in (12, 34))
    article = read(
        f"<div class='b'><p>A- A A+</p><p>Tệp đính kèm:</p>{files}</div>",
        f"<div class='chan-footer'><p>{ONE}</p></div>",
    )

    assert [file.name for file in article.attachments] == ["Công văn số 12/VP", "Công văn số 34/VP"]
    assert ONE not in texts(article)


@pytest.mark.parametrize("label", ["Tác giả: ", "Tác giả ", ""])
def test_the_writer_by_the_markup_without_its_label(label: str) -> None:
    byline = f"<div class='article-author'>{label}Lê Thị Lan</div>"

    assert read(f"<div class='b'><p>{LEAD}</p><p>{ONE}</p><p>{TWO}</p></div>{byline}").author == "Lê Thị Lan"


def test_a_lead_and_one_paragraph_behind_a_player() -> None:
    player = "<div class='p'><div class='v'></div></div><script>player('clip.mp4')</script><p>A- A A+</p>"
    article = read(f"<h2 class='s'>{LEAD}</h2><div class='n'><div class='b'>{player}<p>{ONE}</p></div></div>")

    assert texts(article) == [LEAD, ONE]


def test_a_photo_story_above_a_list_of_others() -> None:
    captions = [f"Bà con thôn {n} lấy nước ở vòi công cộng trong ngày đầu vận hành" for n in range(1, 6)]
    pictures = "".join(
        f"<p align='center'><img src='/a{n}.jpg'></p><p align='center'><em>{c}</em></p>" for n, c in enumerate(captions)
    )
    others = "".join(
        f"<p><a href='/tin/{n}.html'>Xã Tân Hòa khánh thành công trình nước sạch số {n} trong năm nay</a></p>"
        for n in range(3)
    )
    article = read(f"<div class='s'>{LEAD}</div><div class='b'>{pictures}<p><b>Tin liên quan</b></p>{others}</div>")

    assert texts(article) == [LEAD, *captions]


def test_a_page_of_nothing_but_files_has_its_date() -> None:
    files = "<div class='tep'>Tệp đính kèm: <a href='/tep/cong-van-12.pdf'>cong-van-12.pdf</a></div>"
    article = read(f"<p>A- A A+</p>{files}")

    assert article.published is not None
    assert article.published.isoformat() == "2025-03-14T16:20:00+07:00"
    assert [file.name for file in article.attachments] == ["cong-van-12.pdf"]
