"""List pages of every family: the section's own articles, each once, and the way to the next page."""

from __future__ import annotations

import time
from datetime import date

import pytest

from crawler.listings.listing import Listing, Section
from crawler.portal import PortalSpider
from crawler.spiders.bac_giang import BacGiang
from crawler.spiders.bao_chinh_phu import BaoChinhPhu
from crawler.spiders.binh_dinh import BinhDinh
from crawler.spiders.da_nang import DaNang
from crawler.spiders.ninh_thuan import NinhThuan
from crawler.spiders.quang_ninh import QuangNinh
from crawler.spiders.quang_tri import QuangTri
from crawler.spiders.vjst import Vjst
from crawler.urls import absolute, with_parameter, without_parameter
from testing.recorded import ABSENT, DATA

FAMILY_PORTALS = [NinhThuan, QuangTri, BinhDinh, BacGiang, DaNang, Vjst, QuangNinh, BaoChinhPhu]


def read(portal: type[PortalSpider], html: str, number: int = 1, url: str | None = None) -> Listing:
    section = portal.sections[0]
    return portal.read_listing(url or portal.section_url(section), html, section, number)


def keys(listing: Listing) -> list[str]:
    return [entry.key for entry in listing.entries]


def page(main: str, side: str = "") -> str:
    return (
        "\n<!DOCTYPE html><html><head><title>Danh sách</title></head><body>"
        f"<div class='main-column'>{main}</div><div class='col-right'>{side}</div></body></html>"
    )


VHV_SIDE = (
    '<div class="ModuleWrapper" id="module31"><div class="article-news-list-type12">'
    '<article class="article-news Article-News"><a class="article-title common-title" href="/tin-tuc/ben-le.html">Bên lề'
    "</a></article></div></div>"
)


def vhv(rows: str, pager: str, side: str = VHV_SIDE) -> str:
    return page(
        f'<div class="ModuleWrapper" id="module25"><section class="section-list">{rows}{pager}</section></div>', side
    )


def vhv_row(slug: str, title: str, day: str = "30/09/2025") -> str:
    return f"""<article id="article-news25" class="article-news article-news-default clearfix">
 <a class="article-img" href="/tin-tuc/{slug}.html" title="{title}"><img src="/App/images/bg_trans.png"></a>
 <div class="article-right"><a class="article-title common-title" href="/tin-tuc/{slug}.html?categoryId=7" title="{title}">
  {title}</a><div class="article-info"><span class="article-date"><i class="far fa-clock"></i> {day}</span></div>
 <div class="article-brief common-brief">Tóm tắt có <a href="/tin-tuc/{slug}.html">Xem thêm</a></div></div></article>"""


VHV_ROWS = vhv_row("mo-kho", "Mở kho thóc giống") + vhv_row("ke-de", "Kè đê trước mùa lũ", "28/09/2025")
VHV_EMPTY_PAGER = """<div id="pagination25" class="default-pagination"></div>
<script>VHV.Module(31, {itemsPerPage: "5", pageNo: 1, totalItems: 5});</script>
<script>VHV.Module(25, {el: '#pagination25', itemsPerPage: "12", pageNo: 1, totalItems: 30, orderBy: "publishTime DESC"});
</script>"""


class TestVHV:
    def test_the_module_with_the_pager_is_the_list(self) -> None:
        listing = read(BinhDinh, vhv(VHV_ROWS, '<div class="wrapper-pagination"></div>'))
        assert keys(listing) == ["mo-kho", "ke-de"]
        assert [entry.title for entry in listing.entries] == ["Mở kho thóc giống", "Kè đê trước mùa lũ"]
        assert [entry.day for entry in listing.entries] == [date(2025, 9, 30), date(2025, 9, 28)]
        assert listing.entries[0].url == "https://binhdinh.gov.vn/tin-tuc/mo-kho.html?categoryId=7"
        assert listing.next is None

    def test_an_empty_list_is_not_filled_from_the_side(self) -> None:
        assert read(BinhDinh, vhv("", VHV_EMPTY_PAGER)) == Listing(())

    def test_an_empty_list_is_not_filled_from_the_module_below(self) -> None:
        empty = (
            f'<div class="ModuleWrapper" id="module25"><section class="section-list">{VHV_EMPTY_PAGER}</section></div>'
        )
        assert read(BinhDinh, page(f"<div>{empty}{VHV_SIDE}</div>")) == Listing(())
        unknown_box = '<div class="list"><div class="wrapper-pagination"></div></div>'
        assert read(BinhDinh, page("<div>" * 5 + unknown_box + "</div>" * 5 + f"<main>{VHV_SIDE}</main>")) == Listing(
            ()
        )

    def test_without_a_pager_the_first_module_outside_the_side_counts(self) -> None:
        assert keys(read(BinhDinh, vhv(VHV_ROWS, ""))) == ["mo-kho", "ke-de"]
        assert keys(read(BinhDinh, vhv("", ""))) == []

    def test_the_next_link_is_followed(self) -> None:
        pager = '<div class="wrapper-pagination"><a href="?page=1">1</a><a class="next-pages" href="/tin-tuc?page=2">›</a></div>'
        assert read(BinhDinh, vhv(VHV_ROWS, pager)).next == "https://binhdinh.gov.vn/tin-tuc?page=2"

    def test_a_dead_next_link_ends_the_list(self) -> None:
        pager = '<div class="wrapper-pagination"><a href="/tin-tuc?page=2">2</a><span class="next-pages current">›</span></div>'
        assert read(BinhDinh, vhv(VHV_ROWS, pager), number=2).next is None

    @pytest.mark.parametrize(("number", "following"), [(1, "?page=2"), (2, "?page=3"), (3, None)])
    def test_an_empty_pager_counts_by_its_own_module(self, number: int, following: str | None) -> None:
        url = "https://binhdinh.gov.vn/tin-tuc" + (f"?page={number}" if number > 1 else "")
        listing = read(BinhDinh, vhv(VHV_ROWS, VHV_EMPTY_PAGER), number, url)
        assert listing.next == (following and "https://binhdinh.gov.vn/tin-tuc" + following)

    @pytest.mark.parametrize(
        ("pager", "following"),
        [
            ("<div class='wrapper-pagination'></div>", "https://binhdinh.gov.vn/chuyen-muc-tin-c21073-3.html"),
            (
                "<ul class='pagination'><li><a href='/chuyen-muc-tin-c21073-9.html'>9</a></li></ul>",
                "https://binhdinh.gov.vn/chuyen-muc-tin-c21073-3.html",
            ),
            ("<ul class='pagination'><li><a href='/chuyen-muc-tin-c21073-1.html'>1</a></li></ul>", None),
        ],
        ids=["no links", "a window of numbers", "last page"],
    )
    def test_numbered_addresses_count_up(self, pager: str, following: str | None) -> None:
        row = '<div class="item-new"><a class="article-title" href="/hoi-nghi-c284386.html">Hội nghị</a></div>'
        url = "https://binhdinh.gov.vn/chuyen-muc-tin-c21073-2.html"
        listing = read(BinhDinh, vhv(row, pager), 2, url)
        assert (keys(listing), listing.next) == (["284386"], following)

    def test_a_base_and_links_that_are_no_addresses_are_passed_over(self) -> None:
        row = '<div class="item-new"><a class="article-title" href="/hoi-nghi-c284386.html">Hội nghị</a></div>'
        odd = "<base href='http://[::1/'><a href='http://[::1/a-c1.html'>a</a>"
        pager = "<div class='wrapper-pagination'><a href='http://[::1/'>2</a></div>"
        listing = read(BinhDinh, vhv(odd + row, pager), 2, "https://binhdinh.gov.vn/chuyen-muc-tin-c21073-2.html")
        assert (keys(listing), listing.next) == (["284386"], "https://binhdinh.gov.vn/chuyen-muc-tin-c21073-3.html")


def publisher(instance: str, rows: str, pager: str = "") -> str:
    return f'<div class="portlet-asset-publisher" id="p_p_id_101_INSTANCE_{instance}_">{rows}{pager}</div>'


def dng(slug: str, title: str) -> str:
    return f"""<div class="item"><a href="/web/dng/-/{slug}"><img alt=""></a>
    <h3><a href="https://danang.gov.vn/vi/web/dng/-/{slug}?p_p_auth=1">{title}</a></h3><span class="date">13/01/2026 19:15</span>
    <a href="/web/dng/-/{slug}/print">In</a><a href="/web/dng/-/{slug}">Xem thêm</a></div>"""


def liferay_pager(*links: str) -> str:
    return '<div class="taglib-page-iterator"><ul class="pagination">' + "".join(links) + "</ul></div>"


CUR = (
    "/tin-tuc-su-kien?p_p_id=101_INSTANCE_Abc_&amp;_101_INSTANCE_Abc_delta=10&amp;p_auth=xY&amp;_101_INSTANCE_Abc_cur="
)
NEXT_CUR = (
    "https://danang.gov.vn/tin-tuc-su-kien?p_p_id=101_INSTANCE_Abc_&_101_INSTANCE_Abc_delta=10&_101_INSTANCE_Abc_cur="
)


class TestAssetPublisher:
    rows = dng("ghim", "Tin ghim đầu trang") + dng("cho-dem", "Khai trương chợ đêm") + dng("ghim", "Tin ghim đầu trang")
    side = publisher("Side", dng("ben-le", "Bên lề"))

    def test_the_publisher_with_the_pager_is_the_list(self) -> None:
        pager = liferay_pager(f'<li><a href="{CUR}2">Tiếp theo</a></li>')
        listing = read(
            DaNang, page(publisher("Top", dng("noi-bat", "Nổi bật")) + publisher("Abc", self.rows, pager), self.side)
        )
        assert keys(listing) == ["ghim", "cho-dem"]
        assert [entry.title for entry in listing.entries] == ["Tin ghim đầu trang", "Khai trương chợ đêm"]
        assert {entry.day for entry in listing.entries} == {date(2026, 1, 13)}
        assert listing.next == NEXT_CUR + "2"

    @pytest.mark.parametrize(
        ("links", "number", "following"),
        [
            ([f'<li><a href="{CUR}1">1</a></li>', f'<li><a href="{CUR}2">2</a></li>'], 1, 2),
            ([f'<li><a href="{CUR}1">Trước</a></li>', f'<li><a href="{CUR}3">Sau »</a></li>'], 2, 3),
            ([f'<li><a href="{CUR}6">Next</a></li>'], 2, 3),
            ([f'<li><a href="{CUR}90">90</a></li>'], 4, 5),
            ([f'<li><a href="{CUR}1">1</a></li>', '<li><a href="javascript:;">Tiếp</a></li>'], 2, None),
            ([f'<li><a href="{CUR}2">Tiếp</a></li>'], 2, None),
            (['<li><a href="https://example.com/?cur=2">Tiếp</a></li>'], 1, None),
            (['<li><a href="?page=2">Tiếp</a></li>'], 1, None),
        ],
        ids=[
            "number",
            "next",
            "next window",
            "last number",
            "dead next",
            "next of the last",
            "foreign",
            "other counter",
        ],
    )
    def test_the_counter_goes_up_by_one(self, links: list[str], number: int, following: int | None) -> None:
        listing = read(DaNang, page(publisher("Abc", self.rows, liferay_pager(*links)), self.side), number)
        assert listing.next == (f"{NEXT_CUR}{following}" if following else None)

    def test_an_empty_publisher_with_a_pager_is_empty(self) -> None:
        assert read(DaNang, page(publisher("Abc", "", liferay_pager()), self.side)) == Listing(())

    def test_the_older_list_of_bac_giang(self) -> None:
        href = "https://bacgiang.gov.vn/web/guest/-/asset_publisher/St1/content/chap-thuan-au-tu?inheritRedirect=false"
        row = f'<div class="news-line"><div class="news-title"><a href="{href}">Chấp thuận đầu tư</a></div></div>'
        main = f'<div class="ul-abstract-ctn">{row}</div><div class="lfr-pagination"><a href="/chinh-tri?cur=2">Tiếp</a></div>'
        listing = read(BacGiang, page(main))
        assert (keys(listing), listing.next) == (["chap-thuan-au-tu"], "https://bacgiang.gov.vn/chinh-tri?cur=2")
        assert listing.entries[0].url == href


# Family by family: rows around a marked place for the pager, the keys, and the pager's three states.
ROW_QUANG_TRI = '<li><a href="{at}"><img alt=""></a><a href="{at}">{title}</a> <span>(01/03/2025)</span></li>'
ROW_VJST = """<div class="listnews_item"><div class="listnews_item_title"><a href='{at}'>{title}</a></div>
 <div class="listnews_item_date"><span>Thứ bảy, 01/03/2025 09:10&nbsp;&nbsp;</span></div></div>"""
ROW_QUANG_NINH = """<div class="item-tin"><a class="tieude-tin" href="{at}">{title}</a>
 <span class="ngay-tin">01/03/2025 10:08</span></div>"""
ROW_NINH_THUAN = '<div class="channel-news-title"><a href="{at}">{title}</a></div>'
SIMPLE = [
    pytest.param(
        QuangTri,
        '<div class="portlet-body"><ul>{rows}</ul><div class="taglib-page-iterator">{pager}</div></div>',
        ROW_QUANG_TRI,
        "/chi-tiet-tin/-/view-article/1/13729062791727/{n}",
        "/tin-tuc?p_p_id=tin&cur={n}",
        id="quang_tri",
    ),
    pytest.param(
        Vjst,
        '<div id="ctl00_pnListNews"><div>{rows}</div></div><div class="Paging">{pager}</div>',
        ROW_VJST,
        "/vn/tin-tuc/{n}/giong-lua.aspx",
        "/vn/chuyen-muc/31/khcn-va-doi-moi-sang-tao.aspx?page={n}",
        id="vjst",
    ),
    pytest.param(
        QuangNinh,
        '<div class="ds-tin">{rows}</div><div class="phan-trang">{pager}</div>',
        ROW_QUANG_NINH,
        "/Trang/ChiTietTinTuc.aspx?nid={n}",
        "/Trang/tin-tuc-su-kien.aspx?PageIndex={n}",
        id="quang_ninh",
    ),
    pytest.param(
        NinhThuan,
        '<div class="ms-webpart-zone"><div>{rows}</div><div class="td-paging">{pager}</div></div>',
        ROW_NINH_THUAN,
        "/portal/Pages/2025-3-1/Giong-lua-{n}.aspx",
        "/portal/Pages/Tin-tuc-su-kien.aspx?PageIndex={n}",
        id="ninh_thuan",
    ),
]


@pytest.mark.parametrize(("portal", "around", "row", "at", "turn"), SIMPLE)
class TestComposedFamilies:
    def html(self, around: str, row: str, at: str, numbers: range, pager: str) -> str:
        rows = "".join(row.format(at=at.format(n=n), title=f"Giống lúa {n}") for n in numbers)
        aside = "".join(row.format(at=at.format(n=n), title="Bên lề") for n in (7001, 7002))
        return page(
            around.format(rows=rows, pager=pager), f'<div class="xem-nhieu"><ul class="news-list">{aside}</ul></div>'
        )

    def test_entries_and_next(self, portal: type[PortalSpider], around: str, row: str, at: str, turn: str) -> None:
        pager = f'<span>1</span> <a href="{turn.format(n=2)}">2</a> <a href="{turn.format(n=9)}">Tiếp</a>'
        listing = read(portal, self.html(around, row, at, range(5001, 5006), pager))
        assert keys(listing) == [portal.article_key(portal.home + at.format(n=n)) for n in range(5001, 5006)]
        assert [entry.title for entry in listing.entries] == [f"Giống lúa {n}" for n in range(5001, 5006)]
        days = {None} if portal is QuangTri else {date(2025, 3, 1)}  # no source says where its lists show a day
        assert {entry.day for entry in listing.entries} == days
        assert listing.next == portal.home + turn.format(n=2)

    def test_the_last_page(self, portal: type[PortalSpider], around: str, row: str, at: str, turn: str) -> None:
        pager = f'<a href="{turn.format(n=1)}">1</a> <span>2</span>'
        assert read(portal, self.html(around, row, at, range(5001, 5003), pager), 2).next is None

    def test_an_empty_list(self, portal: type[PortalSpider], around: str, row: str, at: str, turn: str) -> None:
        pager = f'<a href="{turn.format(n=1)}">1</a>'
        assert read(portal, self.html(around, row, at, range(0), pager), 2) == Listing(())


@pytest.mark.parametrize(("portal", "name"), [(NinhThuan, "PageIndex"), (QuangNinh, "PageIndex"), (Vjst, "page")])
def test_a_postback_pager_is_tried_by_its_parameter(portal: type[PortalSpider], name: str) -> None:
    case = next(p.values for p in SIMPLE if p.values[0] is portal)
    rows = str(case[2]).format(at=str(case[3]).format(n=5001), title="Giống lúa")
    link = """<a href="javascript:__doPostBack('ctl00$pager','2')">2</a>"""
    html = page(str(case[1]).format(rows=rows, pager=link))
    assert read(portal, html).next == f"{portal.section_url(portal.sections[0])}?{name}=2"
    assert read(portal, html, 2).next is None


class TestVCCorp:
    zone = '<input type="hidden" name="hdZoneId" id="hdZoneId" value="1021119" />'
    stream = """<div class="box-stream-item" data-id="102260304091448508"><a class="box-stream-link-with-avatar"
      href="/mo-kho-102260304091448508.htm"></a><div class="box-stream-content"><h2><a class="box-stream-link-title"
      href="/mo-kho-102260304091448508.htm">Mở kho</a></h2><span class="time-ago box-stream-time"
      title="3/4/2026 9:14:00 AM">04/03/2026 09:14</span></div></div>"""
    first = f"""<div class="box-category" data-layout="1"><div class="box-category-middle"><div class="box-category-item">
      <h2><a class="box-category-link-title" href="/ke-de-102260305092012481.htm">Kè đê</a></h2><span class="box-category-time
      time-ago" title="3/5/2026 3:34:00 PM">05/03/2026 15:34</span></div></div></div>
      <div class="box-stream timeline_list">{stream}</div>"""
    side = '<div class="box-right"><a class="box-link-title" href="/ben-le-102260301000000001.htm">Bên lề</a></div>'

    def test_the_sections_boxes_and_the_first_fragment(self) -> None:
        listing = read(BaoChinhPhu, page(self.zone + self.first, self.side))
        assert keys(listing) == ["102260305092012481", "102260304091448508"]
        assert [entry.day for entry in listing.entries] == [date(2026, 3, 5), date(2026, 3, 4)]
        assert listing.next == "https://baochinhphu.vn/timelinelist/1021119/2.htm"

    def test_fragments_count_up_until_one_is_empty(self) -> None:
        url = "https://baochinhphu.vn.replica.test/timelinelist/1021119/{}.htm"
        listing = read(BaoChinhPhu, self.stream, 2, url.format(2))
        assert (keys(listing), listing.next) == (["102260304091448508"], url.format(3))
        assert read(BaoChinhPhu, "", 3, url.format(3)) == Listing(())

    def test_without_a_zone_there_is_no_next_page(self) -> None:
        assert read(BaoChinhPhu, page(self.first)).next is None

    def test_the_recorded_page(self) -> None:
        recorded = DATA / "pages" / "baochinhphu_list.html"
        if not recorded.exists():
            pytest.skip(ABSENT)
        listing = read(BaoChinhPhu, recorded.read_text(encoding="utf-8"))
        assert len(listing.entries) == 24
        assert all(entry.title for entry in listing.entries)
        assert [number for number, entry in enumerate(listing.entries) if entry.day is None] == [1, 2, 3, 4, 5]
        assert listing.entries[0].day == date(2026, 3, 5)
        assert listing.next == "https://baochinhphu.vn/timelinelist/1021119/2.htm"


@pytest.mark.parametrize("portal", FAMILY_PORTALS, ids=lambda p: str(p.name))
@pytest.mark.parametrize(
    "html",
    ["", " ", "\0", "<html></html>", "plain words", "<p>" * 3000, '<a href="javascript:alert(1)">x</a>', "{}"],
    ids=["nothing", "blank", "nul", "no body", "words", "deep", "script link", "json"],
)
def test_what_is_no_list_brings_nothing(portal: type[PortalSpider], html: str) -> None:
    assert read(portal, html) == Listing(())


JUNK = [
    "javascript:void(0)",
    "mailto:a@danang.gov.vn",
    "#",
    "/c/portal/login?redirect=/web/dng/-/cho-dem",
    "/web/dng/-/cho-dem/pop_up",
    "/web/dng/-/cho-dem?p_p_state=pop_up",
    "/web/dng/-/" + "x" * 65536,
    "https://example.com/web/dng/-/cho-dem",
    "\\web\\dng\\-\\cho-dem",
    "https://[/web/dng/-/cho-dem",
]


@pytest.mark.parametrize("href", JUNK, ids=lambda href: href[:40])
def test_junk_links_are_no_entries(href: str) -> None:
    rows = dng("mo-kho", "Mở kho") + f'<div class="item"><a href="{href}">Chợ đêm</a></div>'
    assert keys(read(DaNang, page(publisher("Abc", rows, liferay_pager())))) == ["mo-kho"]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a b/tin tức.html", "https://x.vn/a%20b/tin%20t%E1%BB%A9c.html"),
        ("Toa%20c%C6%B0%CC%89u.jpg", "https://x.vn/s/Toa%20c%C6%B0%CC%89u.jpg"),
        ("Toa cư\u0309u.jpg", "https://x.vn/s/Toa%20c%C6%B0%CC%89u.jpg"),
        (" \n/a.html#cuoi ", "https://x.vn/a.html"),
        ("//y.vn/a", "https://y.vn/a"),
        ("?page=2", "https://x.vn/s/?page=2"),
        ("tel:0236", None),
        ("", None),
    ],
)
def test_links_are_made_absolute_and_never_normalised(href: str, url: str | None) -> None:
    assert absolute("https://x.vn/s/", href) == url


def test_parameters_are_set_where_they_stand() -> None:
    assert with_parameter("https://x.vn/a?b=1&cur=2&c=%20", "cur", "3") == "https://x.vn/a?b=1&cur=3&c=%20"
    assert with_parameter("https://x.vn/a", "page", "2") == "https://x.vn/a?page=2"
    assert without_parameter("https://x.vn/a?p_auth=x&b=1", "p_auth") == "https://x.vn/a?b=1"


def test_a_listing_keeps_the_hosts_suffix() -> None:
    html = page(publisher("Abc", dng("cho-dem", "Chợ đêm").replace("danang.gov.vn", "danang.gov.vn.replica.test")))
    section = Section("tin-tuc-su-kien", "/tin-tuc-su-kien", "Tin tức")
    listing = DaNang.read_listing("https://danang.gov.vn.replica.test/tin-tuc-su-kien", html, section, 1)
    assert [entry.url for entry in listing.entries] == ["https://danang.gov.vn.replica.test/web/dng/-/cho-dem"]


@pytest.mark.parametrize("portal", FAMILY_PORTALS, ids=lambda p: str(p.name))
@pytest.mark.parametrize(
    "html",
    [
        "<div class='pagination phan-trang paging'><a href='?page=2'>2</a></div>" * 5000,
        "<div class='ModuleWrapper portlet-asset-publisher ms-webpart-zone'>" * 200
        + "<a href='/web/dng/-/a'>A</a>" * 8000,
        "<li class='item'><span class='date'>01/03/2025</span>" * 2000 + "<a href='/tin-tuc/a.html'>A</a>",
    ],
    ids=["pagers", "links", "nested"],
)
def test_a_hostile_page_is_read_in_seconds(portal: type[PortalSpider], html: str) -> None:
    before = time.process_time()
    read(portal, html)
    assert time.process_time() - before < 3
