"""Lists of VNPT, Hà Tĩnh, NukeViet, Drupal, WordPress and VCCorp's numbered pages: own entries, the next page."""

# ruff: noqa: E501 - rows of markup, each as it stands in a page

from __future__ import annotations

import time

import pytest

from crawler.listings.listing import Listing
from crawler.portal import PortalSpider
from crawler.spiders.can_tho import CanTho
from crawler.spiders.ha_tinh import HaTinh
from crawler.spiders.mst import Mst
from crawler.spiders.son_la import SonLa
from testing.portals.samples.mau_drupal import MauDrupal
from testing.portals.samples.mau_nukeviet import MauNukeviet
from testing.portals.samples.mau_wordpress import MauWordpress

FAMILIES: list[type[PortalSpider]] = [SonLa, HaTinh, MauNukeviet, MauDrupal, MauWordpress]


def read(portal: type[PortalSpider], html: str, number: int = 1, path: str = "") -> Listing:
    section = portal.sections[0]
    return portal.read_listing(portal.home + (path or section.path), html, section, number)


def keys(listing: Listing) -> list[str]:
    return [entry.key for entry in listing.entries]


def page(main: str, side: str = "", head: str = "") -> str:
    return f"<html><head>{head}</head><body><nav><a href='/'>Trang chủ</a></nav><div class='content'>{main}</div>{side}</body></html>"


def links(*numbers: str) -> str:
    return "".join(
        f'<li class="page-item" data-page="{n}"><a class="page-link" href="{n}">{n}</a></li>' for n in numbers
    )


class TestVNPT:
    row = '<li class="row"><h2 class="Title"><a href="/tin-kinh-te/{0}">Mở kho {0}</a></h2><div class="Ngaydang">(01/03/2025)</div></li>'
    box = '<div class="ModuleContent UIArticleInMenu_Default"><ul class="ArticleList">{}</ul><ul class="pagination">{}</ul></div>'
    side = '<div class="UIListNews_Default"><div class="item"><a href="/tin-noi-bat/doc-nhieu-99999">Đọc nhiều</a></div></div>'

    def test_the_module_with_the_page_links_is_the_list(self) -> None:
        html = page(self.box.format(self.row.format("a-11111") + self.row.format("b-22222"), links("#")), self.side)
        listing = read(SonLa, html)
        assert keys(listing) == ["11111", "22222"]
        assert [str(entry.day) for entry in listing.entries] == ["2025-03-01", "2025-03-01"]

    def test_links_of_the_taiwanese_edition_are_no_entries(self) -> None:
        rows = self.row.format("a-11111") + self.row.format("x-22222").replace("/tin-kinh-te/", "/dailoan/")
        assert keys(read(SonLa, page(self.box.format(rows, links("#"))))) == ["11111"]

    def test_links_that_only_a_script_follows_lead_nowhere(self) -> None:
        html = page(self.box.format(self.row.format("a-11111"), links("javascript:void(0)")))
        assert read(SonLa, html).next is None

    @pytest.mark.parametrize(
        ("number", "shown", "following"),
        [
            pytest.param(1, ("?page=1", "?page=2", "?page=77"), "?page=2", id="the last page is not the next"),
            pytest.param(2, ("?page=1", "?page=2", "?page=3"), "?page=3", id="neighbours"),
            pytest.param(3, ("?page=1", "?page=2", "?page=3"), None, id="the last page"),
        ],
    )
    def test_a_linked_page_is_followed_one_by_one(
        self, number: int, shown: tuple[str, ...], following: str | None
    ) -> None:
        listing = read(CanTho, page(self.box.format(self.row.format("a-11111"), links(*shown))), number)
        expected = f"{CanTho.home}{CanTho.sections[0].path}{following}" if following else None
        assert listing.next == expected


class TestHaTinh:
    row = '<div class="news-item"><a href="/vi/bai-viet/{0}"><img src="/a.jpg"></a><h3><a href="/vi/bai-viet/{0}">Tin {0}</a></h3></div>'
    side = '<aside><a href="/vi/bai-viet/doc-nhieu">Đọc nhiều</a></aside>'

    def test_side_boxes_are_left_out_where_page_links_show_the_list(self) -> None:
        pager = '<ul class="pagination"><li><a href="?page=1">1</a></li><li><a href="?page=2">2</a></li></ul>'
        listing = read(HaTinh, page(f'<div class="list-news">{self.row.format("a")}</div>{pager}', self.side))
        assert keys(listing) == ["a"]
        assert listing.next == f"{HaTinh.home}{HaTinh.sections[0].path}?page=2"

    def test_without_page_links_all_article_links_count_and_pages_are_counted_up(self) -> None:
        listing = read(
            HaTinh, page(self.row.format("a") + self.row.format("b")), 4, "/vi/chuyen-muc/tin-trong-tinh?page=4"
        )
        assert keys(listing) == ["a", "b"]
        assert listing.next == f"{HaTinh.home}/vi/chuyen-muc/tin-trong-tinh?page=5"

    def test_a_page_without_articles_ends_the_list(self) -> None:
        assert read(HaTinh, page("<p>Đang cập nhật</p>"), 9) == Listing(())


class TestNukeViet:
    panel = '<div class="panel-body">{1}<a href="/news/tin-tuc/{0}.html">Tin {0}</a>{2}<div class="text-muted"><ul><li>03/02/2026 15:22:10</li></ul></div></div>'
    more = '<ul class="related list-items"><li><a href="/news/tin-tuc/c-3.html">Tin c </a> <em>(01/02/2026 08:00:00)</em></li></ul>'
    side = '<ul class="block_tophits"><li><a class="show" href="/news/tin-tuc/z-9.html">Đọc nhiều</a></li></ul>'

    def columns(self) -> str:
        first, second = self.panel.format("a-1", "<h2>", "</h2>"), self.panel.format("b-2", "<h3>", "</h3>")
        return f'<div class="news_column"><div class="panel">{first}</div><div class="panel">{second}</div></div>{self.more}'

    def test_featured_others_and_the_list_below(self) -> None:
        listing = read(MauNukeviet, page(self.columns(), self.side))
        assert keys(listing) == ["1", "2", "3"]
        assert [str(entry.day) for entry in listing.entries] == ["2026-02-03", "2026-02-03", "2026-02-01"]

    def test_the_head_names_the_next_page(self) -> None:
        head = f'<link rel="next" href="{MauNukeviet.home}/news/tin-tuc/page-2/">'
        assert read(MauNukeviet, page(self.columns(), head=head)).next == f"{MauNukeviet.home}/news/tin-tuc/page-2/"
        assert (
            read(MauNukeviet, page(self.columns(), head='<link rel="next" href="https://khac.vn/page-2/">')).next
            is None
        )

    def test_else_the_page_links_do(self) -> None:
        pager = '<ul class="pagination"><li><a href="/news/tin-tuc/page-2/">2</a></li><li><a href="/news/tin-tuc/page-40/">40</a></li></ul>'
        html, last = page(self.columns() + pager), "/news/tin-tuc/page-40/"
        assert read(MauNukeviet, html).next == f"{MauNukeviet.home}/news/tin-tuc/page-2/"
        assert read(MauNukeviet, html, 2, "/news/tin-tuc/page-2/").next == f"{MauNukeviet.home}/news/tin-tuc/page-3/"
        assert read(MauNukeviet, html, 40, last).next is None


class TestDrupal:
    node = '<div class="node node--type-article"><h3 class="post-title"><a href="/{0}">Tin {0}</a></h3><span class="post-created"> 02/06/2023</span></div>'
    pager = '<ul class="pager__items"><li class="pager__item--next"><a href="?page={}" rel="next">Next</a></li></ul>'
    side = '<div class="post-title"><a href="/doc-nhieu">Đọc nhiều</a></div>'

    def test_the_nodes_are_the_list(self) -> None:
        listing = read(MauDrupal, page(self.node.format("mo-kho") + self.node.format("cho-dem"), self.side))
        assert keys(listing) == ["mo-kho", "cho-dem"]
        assert (str(listing.entries[0].day), listing.next) == ("2023-06-02", None)

    @pytest.mark.parametrize(
        ("number", "said", "following"), [(1, 1, 1), (2, 2, 2), (1, 9, 1)], ids=["1", "2", "window"]
    )
    def test_page_one_is_the_second_page(self, number: int, said: int, following: int) -> None:
        html = page(self.node.format("mo-kho") + self.pager.format(said))
        assert read(MauDrupal, html, number).next == f"{MauDrupal.home}/taxonomy/term/4?page={following}"


class TestWordPress:
    post = '<div class="td_module_wrap"><h3 class="entry-title"><a href="/{0}/">Tin {0}</a></h3><time class="entry-date">29 Tháng 7, 2025</time></div>'
    side = '<div class="sidebar"><h3 class="entry-title"><a href="/doc-nhieu/">Đọc nhiều</a></h3></div>'

    def test_the_main_content_is_the_list(self) -> None:
        pager = '<div class="page-nav"><a href="/category/tin-tuc/page/2/">2</a><a href="/category/tin-tuc/page/31/">31</a></div>'
        html = page(f'<div class="td-main-content">{self.post.format("mo-kho")}{pager}</div>', self.side)
        listing = read(MauWordpress, html)
        assert (keys(listing), str(listing.entries[0].day)) == (["mo-kho"], "2025-07-29")
        assert listing.next == f"{MauWordpress.home}/category/tin-tuc/page/2/"
        assert read(MauWordpress, html, 31, "/category/tin-tuc/page/31/").next is None


class TestNumberedVCCorp:
    item = '<div class="box-category-middle"><h2><a class="box-category-link-title" href="/mo-kho-197260305092012481.htm">Mở kho</a></h2></div>'

    @pytest.mark.parametrize(
        ("path", "following"),
        [("", "/trang-2.htm"), ("/trang-2.htm", "/trang-3.htm"), ("/trang-19.htm", "/trang-20.htm")],
        ids=["first", "second", "later"],
    )
    def test_pages_are_counted_up_while_they_bring_entries(self, path: str, following: str) -> None:
        section = Mst.sections[0].path.removesuffix(".htm")
        listing = read(Mst, page(self.item), 1, section + (path or ".htm"))
        assert (keys(listing), listing.next) == (["197260305092012481"], f"{Mst.home}{section}{following}")
        assert read(Mst, page(""), 2, section + "/trang-2.htm") == Listing(())


@pytest.mark.parametrize("portal", FAMILIES, ids=lambda portal: str(portal.name))
@pytest.mark.parametrize(
    "html",
    ["", " ", "\0", "<html></html>", "plain words", "<p>" * 3000, '<a href="javascript:alert(1)">x</a>', "{}"],
    ids=["nothing", "blank", "nul", "no body", "words", "deep", "script link", "json"],
)
def test_what_is_no_list_brings_nothing(portal: type[PortalSpider], html: str) -> None:
    assert read(portal, html) == Listing(())


@pytest.mark.parametrize("portal", FAMILIES, ids=lambda portal: str(portal.name))
@pytest.mark.parametrize(
    "html",
    [
        "<div class='pagination nav-links'><a href='?page=2'>2</a></div>" * 5000,
        "<div class='UIArticleInMenu_Default main-content node--type-article td-main-content'>" * 200
        + "<h3 class='post-title entry-title'><a href='/a/b-12345'>A</a></h3>" * 8000,
        "<li class='row item'><span class='date'>01/03/2025</span>" * 2000 + "<a href='/vi/bai-viet/a'>A</a>",
    ],
    ids=["pagers", "links", "nested"],
)
def test_a_hostile_page_is_read_in_seconds(portal: type[PortalSpider], html: str) -> None:
    before = time.process_time()
    read(portal, html)
    assert time.process_time() - before < 3
