"""Tell the sections of a menu from page links, archives and boxes of new articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from crawler.probe.explore import Exploration
from crawler.probe.infer import infer_portal
from crawler.probe.page import VisitedPage
from crawler.probe.sections import MenuLink, menu_links
from vietnam.date_forms import TZ

HOME = "https://la.mau.vn.replica.test/"
NOW = datetime(2025, 3, 12, tzinfo=TZ)


def front(*links: tuple[str, str]) -> VisitedPage:
    items = "".join(f"<li><a href='{url}'>{title}</a></li>" for url, title in links)
    return VisitedPage(HOME, HOME, 200, f"<html><body><nav><ul>{items}</ul></nav></body></html>".encode())


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("/page/12/", "Trang cuối"),
        ("/?paged=2", "Bài cũ hơn"),
        ("/tin-tuc?trang=3", "Tiếp theo"),
        ("/danh-sach", "Trang 12"),
        ("/2025/03/", "Tháng Ba 2025"),
        ("/author/quan-tri/", "Quản trị"),
        ("/?lang=en", "Tiếng Anh"),
        ("/users/", "Thành viên"),
        ("/dang-ky.aspx", "Đăng ký tài khoản"),
        ("/nguoi-dung/ho-so", "Tài khoản"),
    ],
)
def test_page_links_archives_switches_and_accounts_are_no_sections(url: str, title: str) -> None:
    links = menu_links(front(("/tin-tuc", "Tin tức"), ("/van-hoa?page=1", "Văn hóa"), (url, title)))
    assert [link.title for link in links] == ["Tin tức", "Văn hóa"]


def test_articles_that_the_feed_names_are_no_menu() -> None:
    item = "<item><title>Họp dân</title><link>https://la.mau.vn.replica.test/?p=10</link></item>"
    feed = VisitedPage(f"{HOME}rss", f"{HOME}rss", 200, f"<rss><channel>{item}</channel></rss>".encode())
    article, section = MenuLink("Họp dân", f"{HOME}?p=10", news=False), MenuLink("Dịch vụ", f"{HOME}?c=1", news=False)
    seen = Exploration(
        HOME, front=front(), no_lists=[article, section], menu=frozenset({article.url, section.url}), feeds=[feed]
    )
    infer_portal(seen, "la", "Lá", NOW)
    assert (seen.no_lists, seen.menu) == ([section], frozenset({section.url}))
    blind = replace(seen, no_lists=[article, section], menu=frozenset({article.url}), feeds=[])
    infer_portal(blind, "la", "Lá", NOW)
    assert (blind.no_lists, blind.menu) == ([article, section], frozenset({article.url}))
