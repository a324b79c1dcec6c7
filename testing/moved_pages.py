"""Pages of portals on which articles get other addresses: invented ones of NukeViet, WordPress and Drupal, one of VHV.

An article is a number, from which its title, text and minute follow. The portals' spiders are in testing/portals/samples.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from testing.ba_song_pages import html

_SUBJECTS = (
    "nạo vét kênh Bàu Sen",
    "sửa cầu Khe Trai",
    "phát cây giống",
    "khám mắt người già",
    "hội thi kéo co",
    "dạy đan lát",
)
_PLACES = ("thôn Hòa Lạc", "bản Nà Mạ", "ấp Bình Thủy", "tổ dân phố Chợ Gò", "xóm Đồng Mít", "khóm Cây Da")


def title_of(number: int) -> str:
    """Return the title of an article."""
    return f"{_PLACES[number % 6].capitalize()} {_SUBJECTS[number * 5 % 6]} lần thứ {number + 2}"


def _paragraphs(number: int, more: str) -> str:
    place, subject = _PLACES[number % 6], _SUBJECTS[number * 5 % 6]
    texts = (
        f"Sáng nay, bà con {place} {subject} cùng đoàn viên, với {number + 31} người tham gia từ sớm.",
        f"Ông Lò Văn Sính, trưởng {place}, cho biết việc này được làm {number + 2} lần và lần nào cũng xong trước trưa.",
        f"Kinh phí {number + 4} triệu đồng do các hộ góp, phần còn lại lấy từ quỹ của hội nông dân. {more}",
    )
    return "".join(f"<p>{text}</p>" for text in texts)


def _nukeviet(number: int, more: str) -> str:
    at = f"Thứ ba - 04/03/2025 07:{number + 10:02d}"
    return (
        f"<div class='news_column panel'><div class='panel-body'><h1 class='title' itemprop='headline'>{title_of(number)}</h1>"
        f"<div class='row'><span class='h5'>{at}</span></div>"
        f"<div id='news-bodyhtml'>{_paragraphs(number, more)}</div></div></div>"
    )


def _wordpress(number: int, more: str) -> str:
    at = f"2025-03-04T07:{number + 10:02d}:00+07:00"
    return (
        f"<main><article class='hentry post'><h1 class='entry-title'>{title_of(number)}</h1>"
        f"<time class='entry-date published' datetime='{at}'>04/03/2025</time>"
        f"<div class='entry-content'>{_paragraphs(number, more)}</div></article></main>"
    )


def _drupal(number: int, more: str) -> str:
    return (
        f"<article class='node node-detail node--view-mode-full'><h1 class='post-title'>{title_of(number)}</h1>"
        f"<div class='post-top'><span class='post-created'>04/03/2025 - 07:{number + 10:02d}</span></div>"
        f"<div class='node__content'><div class='field--name-body'>{_paragraphs(number, more)}</div></div></article>"
    )


def _vhv(number: int, more: str) -> str:
    at = f"Thứ ba, 04/03/2025<span class='drash'> | </span>07:{number + 10:02d}"
    return (
        f"<article class='news-detail-layout-type-2'><span class='post-date left'>{at}</span>"
        f"<h1 class='article-title common-title-detail title-detail'>{title_of(number)}</h1>"
        f"<div class='article-content common-content'>{_paragraphs(number, more)}</div></article>"
    )


def record_of(number: int) -> str:
    """Return the id of an article's record at VHV."""
    return f"{zlib.crc32(title_of(number).encode()):024x}"


def _vhv_list(items: Iterable[tuple[str, str]], box: str = "<article class='post-item'>") -> str:
    each = (
        f"{box.format(zlib.crc32(title.encode()))}<div class='post-title'><h4><a href='{path}'>{title}</a></h4></div></article>"
        for path, title in items
    )
    return f"<div class='ModuleWrapper' id='module22'><section class='section-list'>{''.join(each)}</section></div>"


def _vhv_list_of_records(items: Iterable[tuple[str, str]]) -> str:
    return _vhv_list(items, "<article class='post-item' data-id='{:024x}'>")


def _nukeviet_list(items: Iterable[tuple[str, str]]) -> str:
    each = (f"<div class='panel-body'><h3><a href='{path}'>{title}</a></h3></div>" for path, title in items)
    return f"<div class='news_column'>{''.join(each)}</div>"


def _wordpress_list(items: Iterable[tuple[str, str]]) -> str:
    each = (
        f"<article class='hentry'><h2 class='entry-title'><a href='{path}'>{name}</a></h2></article>"
        for path, name in items
    )
    return f"<main>{''.join(each)}</main>"


def _drupal_list(items: Iterable[tuple[str, str]]) -> str:
    each = (
        f"<div class='node--type-article'><h3 class='post-title'><a href='{path}'>{name}</a></h3></div>"
        for path, name in items
    )
    return "".join(each)


@dataclass(frozen=True, slots=True)
class MovingPortal:
    """Page maker of one portal: its spider's name, its lists' paths, and the markup of its articles and lists.

    `standing` is the path, by the number of a list, of an article that the list shows in every night.
    """

    name: str
    lists: tuple[str, ...]
    standing: str
    article: Callable[[int, str], str]
    listing: Callable[[Iterable[tuple[str, str]]], str]

    def page(self, number: int, more: str = "") -> bytes:
        """Return an article's page; `more` is a sentence at its end."""
        return html(self.article(number, more))

    def list_page(self, items: Iterable[tuple[str, int]]) -> bytes:
        """Return a list of these articles at these paths."""
        return html(self.listing((path, title_of(number)) for path, number in items))


NUKEVIET = MovingPortal(
    "mau_nukeviet",
    ("/news/tin-tuc/", "/news/thong-bao/", "/news/van-hoa/"),
    "/news/tin-tuc/tin-9{}.html",
    _nukeviet,
    _nukeviet_list,
)
WORDPRESS = MovingPortal(
    "mau_wordpress", ("/category/tin-tuc/", "/category/thong-bao/"), "/luon-{}/", _wordpress, _wordpress_list
)
DRUPAL = MovingPortal("mau_drupal", ("/taxonomy/term/4", "/taxonomy/term/9"), "/luon-{}", _drupal, _drupal_list)
VHV = MovingPortal("lai_chau", ("/tin-tuc-su-kien",), "/tin-tuc-su-kien/luon-{}.html", _vhv, _vhv_list_of_records)
OLDER_VHV = MovingPortal(VHV.name, VHV.lists, VHV.standing, _vhv, _vhv_list)
