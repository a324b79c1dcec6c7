"""Composed pages with the faults that real NukeViet and WordPress showed: side lists, views, half-fitting layouts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from crawler.listings.listing import Listing
from crawler.portal import PortalSpider
from pipelines.article import Article, Layout
from pipelines.extract import extract
from testing.portals.samples.mau_nukeviet import MauNukeviet
from testing.portals.samples.mau_wordpress import MauWordpress
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 20, 12, 0, tzinfo=TZ)


def listing(portal: type[PortalSpider], main: str, side: str) -> Listing:
    html = f"<!DOCTYPE html><html><head><title>Danh sách</title></head><body><div class='row'>{main}{side}</div></body></html>"
    section = portal.sections[0]
    return portal.read_listing(portal.section_url(section), html, section, 1)


def keys(found: Listing) -> list[str]:
    return [entry.key for entry in found.entries]


NV_SIDE = (
    '<div class="col-md-6"><div class="panel panel-primary"><div class="panel-heading">Đọc nhiều</div><ul class="block_tophits list-items">'
    '<li><a class="show" href="/news/van-hoa/le-hoi-91.html">Lễ hội đua thuyền đầm Vạc</a></li>'
    '<li><a class="show" href="/news/tin-tuc/mua-lon-12.html">Mưa lớn ở thôn Hạ</a></li></ul></div></div>'
)
NV_PAGER = (
    '<div class="text-center"><ul class="pagination"><li><a href="#">1</a></li>'
    '<li><a rel="next" href="/news/tin-tuc/page-2/">2</a></li></ul></div>'
)
NV_VIEWS = {
    "list": '<div class="list-group"><a class="show h4" href="/news/tin-tuc/mua-lon-12.html" title="Mưa lớn ở thôn Hạ"><h4><span>1</span>&nbsp;'
    'Mưa lớn ở thôn Hạ</h4></a><a class="show h4" href="/news/tin-tuc/gat-som-11.html" title="Gặt sớm"><h4><span>2</span> Gặt sớm</h4></a></div>',
    "grid": '<div class="news_column"><div class="panel-body featured"><h2><a href="/news/tin-tuc/mua-lon-12.html">Mưa lớn ở thôn Hạ</a></h2>'
    '</div><div class="col-sm-12"><div class="thumbnail"><a href="/news/tin-tuc/gat-som-11.html"><img src="/a.jpg"></a><div class="caption">'
    '<a href="/news/tin-tuc/gat-som-11.html"><h4>Gặt sớm</h4></a></div></div></div></div>',
    "mobile": '<div class="news_column"><div class="panel-body"><h3><a href="/news/tin-tuc/mua-lon-12.html">Mưa lớn ở thôn Hạ</a></h3></div></div>'
    '<h4>Các tin khác</h4><ul class="related"><li><a href="/news/tin-tuc/gat-som-11.html">Gặt sớm <em>(02/03/2025)</em></a></li></ul>',
}


@pytest.mark.parametrize("view", NV_VIEWS)
@pytest.mark.parametrize("pager", [NV_PAGER, ""], ids=["pages", "one page"])
def test_every_view_of_nukeviet_gives_its_own_column(view: str, pager: str) -> None:
    found = listing(MauNukeviet, f'<div class="col-md-13">{NV_VIEWS[view]}{pager}</div>', NV_SIDE)

    assert keys(found) == ["12", "11"]
    assert [entry.title for entry in found.entries] == ["Mưa lớn ở thôn Hạ", "Gặt sớm"]
    assert found.next == (f"{MauNukeviet.home}/news/tin-tuc/page-2/" if pager else None)


NV_BANNER = (
    '<div class="news_column"><div class="panel panel-default"><h2><a href="/news/van-hoa/le-hoi-91.html">Lễ hội đua thuyền đầm Vạc</a></h2>'
    '<ul><li><a class="show h4" href="/news/thong-bao/cat-dien-90.html">Lịch cắt điện</a></li></ul></div></div>'
)


def test_a_banner_of_other_sections_does_not_hide_the_list() -> None:
    """Of the tiers the one counts that covers the own articles, though an earlier one finds the banner's."""
    main = f'<div class="col-md-13">{NV_BANNER}<div class="danh-sach"><a href="/news/tin-tuc/mua-lon-12.html">Mưa lớn</a></div>{NV_PAGER}</div>'
    assert "12" in keys(listing(MauNukeviet, main, NV_SIDE))


WP_POST = (
    '<{tag} class="{box} post-{id} post type-post hentry category-tin-tuc"><h2 class="{title}"><a href="/{slug}/">{slug}</a></h2>'
    '<div class="{day}"><time datetime="2025-03-0{id}T09:30:00+07:00">{id} Tháng Ba, 2025</time></div></{tag}>'
)
WP_BLOCK = "".join(
    WP_POST.format(
        tag="li", box="wp-block-post", title="wp-block-post-title", day="wp-block-post-date", id=i, slug=slug
    )
    for i, slug in ((5, "mo-kho"), (4, "gat-som"))
)
WP_CLASSIC = "".join(
    WP_POST.format(tag="article", box="entry", title="entry-title", day="posted-on", id=i, slug=slug)
    for i, slug in ((5, "mo-kho"), (4, "gat-som"))
)
WP_RECENT = (
    '<section class="widget"><h3><a href="/le-hoi/">Lễ hội</a></h3><h3><a href="/mo-kho/">Mở kho</a></h3></section>'
)
WP_PAGES = {
    "block": f'<main><div class="wp-block-query"><ul class="wp-block-post-template">{WP_BLOCK}</ul><nav class="wp-block-query-pagination">'
    f'<a class="wp-block-query-pagination-next" href="/category/tin-tuc/page/2/">Bài cũ hơn</a></nav></div>{WP_RECENT}</main>',
    "classic": f'<main id="main">{WP_CLASSIC}<nav class="navigation pagination"><div class="nav-links"><a class="next page-numbers" '
    f'href="/category/tin-tuc/page/2/">Sau</a></div></nav>{WP_RECENT}</main>',
    "plain": f'<div id="content"><div class="site-main">{WP_CLASSIC}<div class="nav-links"><a class="page-numbers" '
    'href="/category/tin-tuc/?paged=4">4</a></div></div></div>',
}
WP_NEXT = {
    "block": "/category/tin-tuc/page/2/",
    "classic": "/category/tin-tuc/page/2/",
    "plain": "/category/tin-tuc/?paged=2",
}


@pytest.mark.parametrize("theme", WP_PAGES)
def test_every_theme_of_wordpress_gives_its_query(theme: str) -> None:
    found = listing(MauWordpress, WP_PAGES[theme], f"<aside>{WP_RECENT}</aside>")

    assert keys(found) == ["mo-kho", "gat-som"]
    assert [str(entry.day) for entry in found.entries] == ["2025-03-05", "2025-03-04"]
    assert found.next == MauWordpress.home + WP_NEXT[theme]


@pytest.mark.parametrize(
    ("portal", "main", "side"),
    [
        (MauNukeviet, '<div class="col-md-13"></div>', NV_SIDE),
        (
            MauNukeviet,
            '<div class="col-md-13"><div class="news_column"><div class="alert"><h3>Tin tức</h3></div></div></div>',
            NV_SIDE,
        ),
        (
            MauWordpress,
            '<main><h1>Tin tức</h1><div class="wp-block-query"></div></main>',
            f"<aside>{WP_RECENT}</aside>",
        ),
    ],
    ids=["no column", "a description", "an empty query"],
)
def test_an_emptied_category_is_empty(portal: type[PortalSpider], main: str, side: str) -> None:
    assert listing(portal, main, side) == Listing(())


PROSE = (
    "<p>Sáng nay bà con thôn Hạ Lũng dọn xong con mương dài hai cây số trước vụ cấy, ai cũng góp một buổi công.</p>"
    "<p>Ông trưởng thôn Kiều Văn Đính nói nước đã về tới cánh đồng cuối làng vào lúc quá trưa.</p>"
)
FULL = Layout(
    name="du",
    fits=".khung",
    title=("h1",),
    published=(".ngay",),
    body=(".noi-dung",),
    author=(".nguoi-viet",),
)


def page(head: str, body: str) -> bytes:
    title = "Thôn Hạ Lũng dọn mương trước vụ cấy"
    return (
        f"<!DOCTYPE html><html><head><title>{title} - Xã Bến Gạo</title></head><body><div class='khung'>"
        f"<h1>{title}</h1>{head}{body}</div></body></html>"
    ).encode()


def read(html: bytes, layout: Layout) -> Article:
    return extract(html, "https://ben-gao.xa-mau.vn.replica.test/don-muong-7.html", (layout,), NOW)


HEAD = "<div class='ngay'>14/03/2025 16:20</div>"
BYLINE = "<p class='author-name'>Kiều Văn Đính</p>"
HALF = {
    "title": (HEAD, f"<div class='noi-dung'>{PROSE}</div>", replace(FULL, title=(".tieu-de",))),
    "published": (
        "<ul class='thong-tin'><li>14/03/2025 16:20</li></ul>",
        f"<div class='noi-dung'>{PROSE}</div>",
        FULL,
    ),
    "text": (HEAD, f"<div class='bai'>{PROSE}</div>", FULL),
    "author": (HEAD, f"<div class='noi-dung'>{PROSE}</div>{BYLINE}", FULL),
}


@pytest.mark.parametrize("part", HALF)
def test_a_part_that_a_layout_misses_is_read_as_on_any_page(part: str) -> None:
    head, body, layout = HALF[part]
    article = read(page(head, body), layout)

    assert article.flags == (f"generic_{part}",)
    assert (article.layout, article.title) == ("du", "Thôn Hạ Lũng dọn mương trước vụ cấy")
    assert article.published is not None
    assert article.published.isoformat() == "2025-03-14T16:20:00+07:00"
    assert len([block for block in article.blocks if block.text.startswith(("Sáng nay", "Ông trưởng"))]) == 2
    assert article.author == ("Kiều Văn Đính" if part == "author" else None)


@pytest.mark.parametrize(
    "comments",
    [
        "<ol class='commentlist'><li><b class='fn author'>Mai Thị Lụa</b><p>Hay quá, mong xã làm tiếp.</p></li></ol>",
        "<div id='binh-luan'><span class='author'>Mai Thị Lụa</span><p>Hay quá, mong xã làm tiếp.</p></div>",
        "<div id='respond'><p class='comment-form-author'>Mai Thị Lụa</p></div>",
    ],
)
def test_a_reader_who_comments_is_no_writer(comments: str) -> None:
    article = read(page(HEAD, f"<div class='noi-dung'>{PROSE}</div>{comments}"), FULL)
    assert (article.author, article.flags) == (None, ())


def test_a_layout_that_fits_is_left_alone() -> None:
    article = read(page(HEAD, f"<div class='noi-dung'>{PROSE}</div>"), FULL)
    assert (article.flags, article.author) == ((), None)


@pytest.mark.parametrize("account", ["quantri", "admin", "Quản trị viên", "van-thu2"])
def test_a_login_is_no_author(account: str) -> None:
    head = f"{HEAD}<p class='nguoi-viet'>{account}</p>"
    article = read(page(head, f"<div class='noi-dung'>{PROSE}</div>"), FULL)
    assert article.author is None
    assert account not in article.text()
