"""Lists whose link wraps a whole card, whose pages nothing links, or whose markup nobody described."""

# ruff: noqa: E501 - rows of markup, each as it stands in a page

from __future__ import annotations

from datetime import date

import pytest

from crawler.listings.listing import Listing, Section
from crawler.portal import PortalSpider
from crawler.spiders.an_giang import AnGiang
from crawler.spiders.da_nang import DaNang
from crawler.spiders.dong_thap import DongThap
from crawler.spiders.ho_chi_minh import HoChiMinh
from crawler.spiders.hue import Hue
from crawler.spiders.phu_tho import PhuTho
from crawler.spiders.vinh_long import VinhLong
from testing.portals.samples.mau_drupal import MauDrupal
from testing.recorded import ABSENT, DATA

LIST = DATA / "evidence" / "hcm-list.html"
COUNTER = "_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_iwwYBC4Hj8wV_cur"
TITLE = "Thành phố mở phiên chợ sách đầu năm trên bến sông"


def read(
    portal: type[PortalSpider], html: str, number: int = 1, path: str = "", section: Section | None = None
) -> Listing:
    section = section or portal.sections[0]
    return portal.read_listing(portal.home + (path or section.path), html, section, number)


def page(main: str) -> str:
    return f"<html><body><nav><a href='/'>Trang chủ</a></nav><div class='content'>{main}</div></body></html>"


def card(title: str, inside: str = "", day: str = '<span class="text-date-sklh">15:55 | 10/07/2026</span>') -> str:
    return f'<a href="/web/hcm/-/cho-sach"><p class="asset-publisher-title"{inside}>{title}</p><div class="limit-tin-descc-news"><p>(Hochiminhcity.gov.vn) - Sáng nay chợ mở.</p></div>{day}</a>'


def cards(*each: str) -> str:
    return page(
        f'<div class="news-items row"><div class="news-item">{"".join(f"<div>{one}</div>" for one in each)}</div></div>'
    )


PHONE = "<span>15:55 | 10/07/2026</span>"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(cards(card(TITLE, f' title="{TITLE}"'), card(TITLE, day=PHONE)), id="desktop first"),
        pytest.param(
            cards(card("Thành phố mở phiên chợ…", day=PHONE), card(TITLE, f' title="{TITLE}"')), id="phone first"
        ),
        pytest.param(cards(card("Thành phố mở phiên…", f' title="{TITLE}"')), id="cut on the page"),
        pytest.param(cards(card(TITLE)), id="without an attribute"),
    ],
)
def test_a_card_is_one_entry_with_its_own_title_and_day(html: str) -> None:
    (entry,) = read(HoChiMinh, html).entries
    assert (entry.key, entry.title, entry.day) == ("cho-sach", TITLE, date(2026, 7, 10))


def test_the_recorded_list_is_read_and_counted_on() -> None:
    if not LIST.exists():
        pytest.skip(ABSENT)
    listing = read(HoChiMinh, LIST.read_text(encoding="utf-8"))
    assert [entry.key for entry in listing.entries] == ["thanh-pho-khoi-cong-cau-moi", "hop-bao-thuong-ky"]
    assert [entry.title for entry in listing.entries] == ["Thành phố khởi công cầu mới", "Họp báo thường kỳ"]
    assert [entry.day for entry in listing.entries] == [date(2026, 7, 10), date(2026, 7, 9)]
    assert listing.next == f"{HoChiMinh.home}{HoChiMinh.sections[0].path}?{COUNTER}=2"


class TestCounting:
    def test_a_named_publisher_is_counted_up_while_it_brings_entries(self) -> None:
        second = f"{HoChiMinh.sections[0].path}?{COUNTER}=2"
        assert read(HoChiMinh, cards(card(TITLE)), 2, second).next == f"{HoChiMinh.home}{second[:-1]}3"
        assert read(HoChiMinh, page(""), 3, second).next is None

    def test_links_go_before_counting(self) -> None:
        pager = f'<div class="lfr-pagination"><a href="?{COUNTER}=1">Trước</a></div>'
        assert read(HoChiMinh, cards(card(TITLE)).replace("</div></body>", f"{pager}</div></body>"), 2).next is None

    def test_without_a_named_publisher_nothing_is_counted(self) -> None:
        section = Section("tin", "/tin", "Tin")
        assert read(HoChiMinh, cards(card(TITLE)), section=section).next is None

    def test_the_parameter_of_liferay_7_is_followed_where_it_is_linked(self) -> None:
        box = '<div class="portlet-asset-publisher"><a href="/web/dng/-/cho-sach">Chợ sách</a><ul class="pagination"><a href="/tin-tuc-su-kien?_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_x_cur=2">2</a></ul></div>'
        following = read(DaNang, page(box)).next
        assert isinstance(following, str)
        assert following.endswith("_INSTANCE_x_cur=2")


class TestUnknownMarkup:
    rows = "".join(
        f'<{tag}><a href="{at}?id={number}">Tin {number}</a>{day}</{tag}>'
        for tag, at, number, day in (
            ("li", "/tin-tuc/chi-tiet", 7742453, "<br>10/07/2026"),
            ("li", "/web/sctdt/tin-tuc/chi-tiet", 2695008, "<em>(09/07/2026 - 08:05)</em>"),
            ("div class='item'", "/tin-tuc/chi-tiet", 7742400, "<p>Hội nghị ngày 08/07/2026 bàn việc gieo sạ</p>"),
        )
    ).replace("</div class='item'>", "</div>")

    def test_links_with_an_id_are_the_list_and_a_line_of_its_own_is_the_day(self) -> None:
        listing = read(DongThap, page(self.rows + '<a href="/van-ban/chi-tiet?id=3">Văn bản</a>'))
        assert [entry.key for entry in listing.entries] == ["id/7742453", "id/2695008", "id/7742400"]
        assert [entry.day for entry in listing.entries] == [date(2026, 7, 10), date(2026, 7, 9), None]

    def test_a_page_without_them_is_empty(self) -> None:
        assert read(DongThap, page("<p>Đang cập nhật</p>")) == Listing(())


class TestAddressesWithoutMark:
    """Drupal's sections, pages and articles all stand at the root of the language."""

    menu = '<ul class="menu"><li><a href="/vi/lien-he-cong-dan">Liên hệ</a></li></ul>'
    rows = "".join(
        f'<div><a href="/vi/{alias}">{title}</a></div>'
        for alias, title in (
            ("mo-cho-noi", "Mở chợ nổi"),
            ("lien-he-cong-dan", "Liên hệ"),
            ("dau-tu-cong", "Đầu tư công"),
            ("qc", "<img>"),
            ("gieo-sa-dung-lich", "Gieo sạ đúng lịch"),
        )
    )

    def test_declared_sections_and_menus_are_no_articles(self) -> None:
        listing = read(AnGiang, page(self.menu + self.rows))
        assert [entry.key for entry in listing.entries] == ["mo-cho-noi", "gieo-sa-dung-lich"]

    @pytest.mark.parametrize(
        "menu",
        [
            pytest.param('<nav><a href="/{}">Hội làng</a></nav>', id="nav"),
            pytest.param('<div class="region menu--main"><a href="/{}">Hội làng</a></div>', id="class"),
            pytest.param('<div role="navigation"><a href="/{}">Hội làng</a></div>', id="role"),
        ],
    )
    def test_a_page_of_the_menu_is_none_either_where_the_list_is_known(self, menu: str) -> None:
        row = '<div class="node--type-article"><h3 class="post-title"><a href="/{0}">Tin {0}</a></h3></div>'
        html = page(menu.format("hoi-lang") + row.format("hoi-lang") + row.format("mo-kho"))
        assert [entry.key for entry in read(MauDrupal, html).entries] == ["mo-kho"]

    post = '<div class="col-12 has-left-menu post-item"><div class="content"><div class="pt-post__title"><a href="hoi-{0}">Hội {0}</a></div><div class="pt-post__summary">Tóm tắt</div></div></div>'

    @pytest.mark.parametrize(("number", "following"), [(1, "?page=1"), (2, "?page=2")])
    def test_posts_are_the_list_and_pages_count_from_0(self, number: int, following: str) -> None:
        path = PhuTho.sections[0].path + ("?page=0", "?page=1")[number - 1]
        listing = read(PhuTho, page(self.post.format("chua") + self.post.format("den")), number, path)
        assert [entry.key for entry in listing.entries] == ["thanhpholehoi/hoi-chua", "thanhpholehoi/hoi-den"]
        assert listing.next == PhuTho.home + PhuTho.sections[0].path + following
        assert read(PhuTho, page(""), 3, path) == Listing(())


class TestDNN:
    item = '<li><h3><a href="Default.aspx?tabid=22641&amp;ID={0}">Tin {0}</a></h3><p>Tóm tắt ngày 01/01/2020 của tin</p>{1}</li>'
    side = '<div><a href="/xem-chi-tiet-tin-tuc/id/9">Xem nhiều</a></div>'

    def test_the_described_items_are_the_list(self) -> None:
        rows = self.item.format(22, "<br>10/07/2026") + self.item.format(23, "<p>09-07-2026 08:15</p>")
        listing = read(VinhLong, page(f"<ul>{rows}</ul>{self.side}"))
        assert [entry.key for entry in listing.entries] == ["id/22", "id/23"]
        assert [entry.day for entry in listing.entries] == [date(2026, 7, 10), date(2026, 7, 9)]
        assert listing.next is None

    def test_without_them_every_link_to_an_article_counts(self) -> None:
        rows = '<td><a href="/Du-khach/tb/Chua-Thien-Mu-485886"><img></a><a href="/Du-khach/tb/Chua-Thien-Mu-485886">Chùa Thiên Mụ</a></td>'
        listing = read(Hue, page(f'<table><tr>{rows}</tr></table><a href="?page=2">2</a>'))
        assert [(entry.key, entry.title) for entry in listing.entries] == [("tb/485886", "Chùa Thiên Mụ")]
        assert listing.next == f"{Hue.home}{Hue.sections[0].path}?page=2"
        assert read(Hue, page('<a href="?page=2">2</a>')) == Listing(())
