"""Lists that are asked for by a request: forms that are posted, interfaces of JSON; what leads on, and where it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import parse_qsl

import pytest

from archive.model.enums import Outcome
from archive.model.records import LONGEST_BODY, ListRequest, PageRecord
from archive.storage.jsonl import decode_page, encode_page
from crawler.listings.forms import form_field
from crawler.listings.json_api import day_of
from crawler.listings.listing import Listing, ListingError
from crawler.portal import PortalSpider
from crawler.spiders.bac_ninh import BacNinh
from crawler.spiders.cong_an_ha_noi import CongAnHaNoi
from crawler.spiders.cong_bao_son_la import CongBaoSonLa
from crawler.spiders.ha_noi import HaNoi
from crawler.spiders.khanh_hoa import KhanhHoa
from crawler.spiders.son_la import SonLa
from crawler.spiders.vinh_phuc import VinhPhuc
from pipelines.extract import extract
from pipelines.readers.json_api import pages_of
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

PORTALS: list[type[PortalSpider]] = [BacNinh, CongAnHaNoi, CongBaoSonLa, HaNoi, KhanhHoa, SonLa, VinhPhuc]


def read(portal: type[PortalSpider], html: str, number: int = 1) -> Listing:
    section = portal.sections[0]
    return portal.read_listing(portal.section_url(section), html, section, number)


def answered(portal: type[PortalSpider], asked: object, text: str, number: int = 1) -> Listing:
    assert isinstance(asked, ListRequest)
    return portal.read_answer(asked, asked.url, text, portal.sections[0], number)


def request_in(listing: Listing) -> ListRequest:
    assert isinstance(listing.next, ListRequest)
    return listing.next


def keys(listing: Listing) -> list[str]:
    return [entry.key for entry in listing.entries]


class TestVNPT:
    row = '<li class="row"><h2 class="Title"><a href="/tin-kinh-te/mo-kho-{0}">Mở kho {0}</a></h2></li>'
    pages = '<ul class="pagination">{}</ul>'
    script = '<script>$.ajax({{data: {{article_category_id: "{0}", site_id: {1}, page_size: 15}}}})</script>'

    def box(self, rows: str, numbers: str, script: str = "") -> str:
        links = "".join(
            f'<li class="page-item" data-page="{n}"><a href="javascript:void(0)">{n}</a></li>' for n in numbers
        )
        listed = f'<ul class="ArticleList">{rows}</ul>{self.pages.format(links)}{script}'
        return f'<html><body><div class="UIArticleInMenu_Default">{listed}</div></body></html>'

    def test_the_form_is_filled_from_the_lists_own_script(self) -> None:
        other = self.script.format(999, 9)
        html = self.box(self.row.format(11111), "12", self.script.format(61708, 9041)) + other
        asked = request_in(read(SonLa, html))
        assert asked.url == f"{SonLa.home}/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
        fields = dict(parse_qsl(asked.body, keep_blank_values=True))
        assert (asked.method, fields["article_category_id"], fields["site_id"]) == ("POST", "61708", "9041")
        assert (fields["page"], fields["page_size"], fields["lang"], fields["keyword"]) == ("2", "15", "vi-VN", "")

    @pytest.mark.parametrize(
        ("numbers", "script"),
        [
            pytest.param("1", script.format(61708, 9041), id="one page"),
            pytest.param("12", "", id="no script"),
            pytest.param("12", script.format(1, 9) + script.format(2, 9), id="two modules in one box"),
            pytest.param("12", "<script>article_category_id: 5</script>", id="no site"),
        ],
    )
    def test_without_sure_numbers_nothing_is_posted(self, numbers: str, script: str) -> None:
        assert read(SonLa, self.box(self.row.format(11111), numbers, script)).next is None

    def test_pieces_lead_on_until_one_is_empty(self) -> None:
        first = request_in(read(SonLa, self.box(self.row.format(11111), "12", self.script.format(61708, 9041))))
        second = answered(SonLa, first, f"<ul>{self.row.format(22222)}</ul>", 2)
        assert (keys(second), form_field(request_in(second), "page")) == (["22222"], "3")
        assert answered(SonLa, request_in(second), "<ul></ul>", 3) == Listing(())

    def test_a_piece_with_page_links_ends_where_these_end(self) -> None:
        asked = ListRequest(SonLa.home, "POST", body="page=2")
        last = self.row.format(22222) + self.pages.format('<li class="page-item" data-page="2"><a href="#">2</a></li>')
        assert answered(SonLa, asked, f"<div>{last}</div>", 2).next is None


def querydata(count: int, start: int = 0) -> str:
    record = {"Title": "## Mở kho", "CreatedDate": "2025-06-30T19:02:21", "ContentNews": "&lt;p&gt;Lúa&lt;/p&gt;"}
    return json.dumps({"data": [record | {"ID": start + number} for number in range(count)]})


class TestVinhPhuc:
    def test_the_sections_path_is_what_is_asked_for(self) -> None:
        asked = VinhPhuc.first_page(VinhPhuc.sections[6])
        assert isinstance(asked, ListRequest)
        fields = dict(parse_qsl(asked.body))
        assert (fields["UrlList"], fields["start"], fields["length"]) == (
            "/ct/cms/dukhach/Lists/im thm quan",
            "0",
            "50",
        )

    @pytest.mark.parametrize(("count", "following"), [(50, "50"), (49, None), (0, None)])
    def test_fewer_than_asked_for_are_the_last(self, count: int, following: str | None) -> None:
        listing = answered(VinhPhuc, VinhPhuc.first_page(VinhPhuc.sections[0]), querydata(count))
        assert len(listing.entries) == count
        assert (form_field(request_in(listing), "start") if listing.next else None) == following

    def test_an_entry_has_its_lists_path_in_its_key(self) -> None:
        (entry,) = answered(VinhPhuc, VinhPhuc.first_page(VinhPhuc.sections[0]), querydata(1, 77)).entries
        assert entry.key == "ct/cms/tintuc/Lists/ThoiSuChinhTri/77"
        assert (entry.title, entry.day) == ("Mở kho", date(2025, 6, 30))
        again = VinhPhuc.article_source(entry.key, entry.url)
        assert isinstance(again, ListRequest)
        assert form_field(again, "UrlList") == VinhPhuc.sections[0].path


class TestCongAnHaNoi:
    def test_both_lists_count_and_the_next_page_has_the_next_number(self) -> None:
        asked = CongAnHaNoi.first_page(CongAnHaNoi.sections[0])
        brief = {"Name": "Bắt cướp &amp; trả xe", "PublishTime": "2026-01-19T08:50:00", "Description": None}
        text = json.dumps(
            {
                "ListData": [brief | {"Id": 7, "Url": "/tin-tuc/bat-cuop-7"}],
                "ListMoreData": [brief | {"Id": 8, "Url": "/tin-tuc/tra-xe-8"}, {"Id": 9, "Url": "javascript:void(0)"}],
            }
        )
        listing = answered(CongAnHaNoi, asked, text)
        assert keys(listing) == ["7", "8"]
        assert (listing.entries[0].title, listing.entries[0].day) == ("Bắt cướp & trả xe", date(2026, 1, 19))
        assert request_in(listing).url.endswith("?PortalId=0&ModuleId=391&GetType=3&PageIndex=2")
        assert answered(CongAnHaNoi, request_in(listing), '{"ListData": [], "ListMoreData": null}', 2) == Listing(())

    def test_an_article_is_asked_of_the_interface(self) -> None:
        asked = CongAnHaNoi.article_source("7", "https://congan.hanoi.gov.vn/tin-tuc/bat-cuop-7")
        assert isinstance(asked, ListRequest)
        assert (asked.json, CongAnHaNoi.article_key(asked.url)) == (True, "7")


class TestBacNinh:
    page = "<html><body><h1>Thực đơn</h1><script>var loadPageURL = '{}';</script></body></html>"
    load = "https://bacninh.gov.vn/chinh-tri?p_p_id=newsbycategory_WAR_bacninhportlet\\x26p_auth=Xk3\\u0026pageNum=9&amp;a=1"
    items = '{"items": [{"id": 5, "title": "Mở kho", "createdDate": "DAY", "urlDetail": "/-/details/37632/mo-kho-141199571"}]'

    def test_the_section_page_is_the_door(self) -> None:
        listing = read(BacNinh, self.page.format(self.load))
        asked = request_in(listing)
        assert (listing.door, listing.entries, asked.json, asked.of_visit) == (True, (), True, True)
        named = "p_p_id=newsbycategory_WAR_bacninhportlet&pageNum=1&a=1&recordPerPage=50&keyword="
        assert asked.url == f"https://bacninh.gov.vn/chinh-tri?{named}"
        assert dict(asked.headers)["Referer"] == "https://bacninh.gov.vn/chinh-tri"

    def test_a_page_without_that_line_leads_nowhere(self) -> None:
        assert read(BacNinh, "<html><body><p>Thực đơn</p></body></html>") == Listing((), door=True)

    @pytest.mark.parametrize(("total", "following"), [(3, "2"), (1, None), (None, "2")])
    def test_pages_are_counted_up_to_their_number(self, total: int | None, following: str | None) -> None:
        asked = request_in(read(BacNinh, self.page.format(self.load)))
        text = self.items.replace("DAY", "") + (f', "totalPageNum": {total}}}' if total else "}")
        listing = answered(BacNinh, asked, text)
        assert keys(listing) == ["141199571"]
        assert (f"pageNum={following}" in request_in(listing).url if listing.next else None) == (following and True)

    def test_json_in_a_line_of_script_is_read_too(self) -> None:
        value = self.items.replace("DAY", "30/06/2025 08:15").replace('"', "\\u0022").replace("=", "\\u003d") + "}"
        text = f"<html><script>\nvar data = '{value}';\n</script></html>"
        (entry,) = answered(BacNinh, ListRequest(BacNinh.home, json=True), text).entries
        assert (entry.title, entry.day) == ("Mở kho", date(2025, 6, 30))


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("2025-06-30T19:02:21", date(2025, 6, 30)),
        ("30/06/2025 08:15", date(2025, 6, 30)),
        ("1751302941000", date(2025, 7, 1)),
        ("", None),
        ("06/30/2025", None),
    ],
)
def test_the_day_of_an_interface(shown: str, day: date | None) -> None:
    assert day_of(shown) == day


class TestHaNoi:
    values = 'Catname: "VGlu", "LanguageId": \'dmk=\', Site = "aGFu"'
    piece = (
        '<div class="news-item"><a href="/tin-so-nganh/mo-kho-{0}.htm"><img src="/a.jpg"></a><h3 class="news-title">'
        '<a href="/tin-so-nganh/mo-kho-{0}.htm">Mở kho</a></h3><span class="news-time">09:30, 03/03/2025</span></div>'
    )

    def test_the_page_gives_the_values_and_the_list_is_posted_for(self) -> None:
        listing = read(HaNoi, f"<html><body><script>{self.values}</script></body></html>")
        asked = request_in(listing)
        assert listing.door
        assert dict(parse_qsl(asked.body)) == {
            "PageIndex": "0",
            "PageSize": "20",
            "Catname": "VGlu",
            "LanguageId": "dmk=",
            "Site": "aGFu",
        }
        assert dict(asked.headers)["X-Requested-With"] == "XMLHttpRequest"

    def test_what_was_shown_is_reported_with_every_further_request(self) -> None:
        asked = request_in(read(HaNoi, f"<html><body><script>{self.values}</script></body></html>"))
        listing = answered(HaNoi, asked, self.piece.format("2250303093000419"))
        further = answered(HaNoi, request_in(listing), self.piece.format("2250302093000418"), 2)
        ids = [value for name, value in parse_qsl(request_in(further).body) if name == "DataIds[]"]
        assert ids == ["2250303093000419", "2250302093000418"]
        assert form_field(request_in(further), "PageIndex") == "2"
        assert answered(HaNoi, request_in(further), "<p>Hết</p>", 3) == Listing(())

    def test_an_entry_of_the_answer_has_its_title_and_day(self) -> None:
        asked = request_in(read(HaNoi, f"<html><body><script>{self.values}</script></body></html>"))
        (entry,) = answered(HaNoi, asked, self.piece.format("2250303093000419")).entries
        assert (entry.title, entry.day) == ("Mở kho", date(2025, 3, 3))

    def test_a_section_whose_values_are_known_is_asked_for_without_its_page(self) -> None:
        section = next(section for section in HaNoi.sections if section.asks)
        asked = HaNoi.first_page(section)
        assert isinstance(asked, ListRequest)
        assert asked.url == "https://hanoi.gov.vn/api/NewsZone/NewsZone"
        assert dict(parse_qsl(asked.body)) == {"PageIndex": "0", **dict(section.asks)}
        assert dict(asked.headers)["Referer"] == HaNoi.section_url(section)

    def test_without_the_values_the_pages_own_boxes_are_read(self) -> None:
        box = '<div class="box-stream"><a class="box-stream-link-title" href="/a/b-2250303093000419.htm">Tin</a></div>'
        listing = read(HaNoi, f"<html><body>{box}</body></html>")
        assert (keys(listing), listing.next, listing.door) == (["2250303093000419"], None, False)


class TestKhanhHoa:
    state = '<input name="__VIEWSTATE" value="{0}"><input name="__EVENTVALIDATION" value="ev/{0}">'
    row = '<li><a href="/vi/tin-hoat-dong-cua-lanh-dao-tinh/{0}">Mở kho {0}</a></li>'

    def html(self, *links: str, rows: str = "", state: str = "vs") -> str:
        pager = "".join(f"<a href=\"javascript:__doPostBack('ctl$Grid','Page${n}')\">{n}</a>" for n in links)
        side = f"<aside>{self.row.format('doc-nhieu')}</aside><nav>{self.row.format('noi-bat')}</nav>"
        main = rows or self.row.format("a") + self.row.format("b")
        return f"<html><body><form>{self.state.format(state)}{side}<ul>{main}</ul>{pager}</form></body></html>"

    def test_the_next_number_is_a_postback_with_the_state_of_this_page(self) -> None:
        listing = read(KhanhHoa, self.html("1", "2", "3"))
        asked = request_in(listing)
        assert keys(listing) == ["tin-hoat-dong-cua-lanh-dao-tinh/a", "tin-hoat-dong-cua-lanh-dao-tinh/b"]
        assert dict(parse_qsl(asked.body)) == {
            "__EVENTTARGET": "ctl$Grid",
            "__EVENTARGUMENT": "Page$2",
            "__VIEWSTATE": "vs",
            "__EVENTVALIDATION": "ev/vs",
        }
        assert asked.url == KhanhHoa.section_url(KhanhHoa.sections[0])

    @pytest.mark.parametrize(
        ("links", "number", "argument"),
        [
            pytest.param(("1", "2", "..."), 2, "Page$...", id="dots behind the window lead on"),
            pytest.param(("...", "3", "4"), 4, None, id="dots before it lead back"),
            pytest.param(("1", "2"), 2, None, id="the last page"),
            pytest.param((), 1, None, id="no pager"),
        ],
    )
    def test_the_window_of_numbers(self, links: tuple[str, ...], number: int, argument: str | None) -> None:
        following = read(KhanhHoa, self.html(*links), number).next
        assert (form_field(following, "__EVENTARGUMENT") if isinstance(following, ListRequest) else None) == argument

    def test_a_view_state_changes_nothing_that_is_compared_or_written_down(self) -> None:
        one, other = read(KhanhHoa, self.html("1", "2")), read(KhanhHoa, self.html("1", "2", state="khac"))
        assert one.entries == other.entries
        assert request_in(one).for_later() == request_in(other).for_later()

    def test_no_state_no_postback(self) -> None:
        assert read(KhanhHoa, self.html("1", "2").replace("__VIEWSTATE", "x").replace("__EVENT", "y")).next is None


@pytest.mark.parametrize("text", ['{"fehler": 1}', "{}", "null", '{"data": "x"}', '{"items": {}}', '"x"', "{"])
@pytest.mark.parametrize("portal", [BacNinh, CongAnHaNoi, VinhPhuc], ids=lambda portal: portal.name)
def test_json_of_another_shape_is_no_empty_list(portal: type[PortalSpider], text: str) -> None:
    with pytest.raises(ListingError, match="JSON rejected"):
        answered(portal, ListRequest(portal.home, json=True), text)


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.name)
def test_a_hostile_page_is_read_in_time(portal: type[PortalSpider]) -> None:
    html = "<html><body>" + "Catname: " * 3000 + "loadPageURL = '" * 3000 + "<a href='javascript:__doPostBack(" * 1500
    assert isinstance(read(portal, html), Listing)


def test_a_request_is_written_down_with_its_page_and_read_again() -> None:
    at = datetime(2025, 3, 5, tzinfo=TZ)
    asked = ListRequest("https://a.vn/api", "POST", (("X", "y"),), "a=1", json=True)
    page = PageRecord("https://a.vn/api", Outcome.LISTING, at, request=asked)
    assert decode_page(encode_page(page)) == page
    assert b"request" not in encode_page(replace(page, request=None))


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        pytest.param(ListRequest("u", "POST", body="a" * LONGEST_BODY), True, id="a form as long as a line repeats"),
        pytest.param(ListRequest("u", "POST", body="a" * (LONGEST_BODY + 1)), False, id="a longer one"),
        pytest.param(ListRequest("u", "POST", body="a", of_visit=True), False, id="one of this visit"),
    ],
)
def test_what_a_line_repeats_of_a_form(asked: ListRequest, kept: bool) -> None:
    assert asked.for_later() == (asked if kept else replace(asked, body="", of_visit=True))


class TestCongBaoSonLa:
    home = "https://congbao.sonla.gov.vn/congbao.nsf/"

    def listing(self, view: str, html: str) -> Listing:
        return CongBaoSonLa.read_listing(self.home + view, html, CongBaoSonLa.sections[0], 1)

    def test_the_sections_page_leads_to_the_year_its_clock_shows(self) -> None:
        door = self.listing(
            "VanBanQPPL2?OpenView", '<input type="hidden" id="serverNow" value="08/04/2026 09:57:15 AM">'
        )
        year = "GazettesByYearMonth?OpenView&Count=-1&RestrictToCategory=2026"
        assert door == Listing((), self.home + year, door=True)
        assert self.listing("VanBanQPPL2?OpenView", "<b id='now'>Thứ ba</b>") == Listing((), door=True)

    def test_the_year_leads_to_its_issues_and_one_without_any_to_the_year_before(self) -> None:
        year = "GazettesByYearMonth?OpenView&Count=-1&RestrictToCategory=2026"
        issue = '<a href="/congbao.nsf/d66/9df?OpenDocument"><span doccate="{0}">‣</span> Số</a>'
        fold = '<a href="/congbao.nsf/GazettesByYearMonth?OpenView&Collapse=1#1">Tháng 7</a>'
        html = fold + issue.format("2026%2FNo.%7B47%7D") + issue.format("2026%2FNo.%7B44%20%2B%2045%7D")
        documents = self.home + "DocumentsByGazette?openView&Count=-1&RestrictToCategory="
        found = self.listing(year, html)
        assert (found.next, found.more, found.door) == (
            documents + "2026%2FNo.%7B47%7D",
            (documents + "2026%2FNo.%7B44%20%2B%2045%7D",),
            True,
        )
        assert self.listing(year, fold).next == self.home + year.replace("2026", "2025")

    def test_rows_without_a_table_are_documents(self) -> None:
        row = (
            "<tr><td>13/7/2026</td><td><a href='NoiDung?openForm&ParentUNID={0}'><span>Quyết định</span> số 37</a></td>"
            '<td><div class="download-links"><a href="{0}/$file/QD so 37.doc">QD so 37.doc</a></div></td></tr>UBND Tỉnh'
        )
        one, two = "2979fbd220e3084e47258e33002a7ef2", "12A185CE262AA48547258E33002A4C1A"
        html = f"<tr><th>Ngày</th></tr>issue{row.format(one)}{row.format(one.upper())}{row.format(two)}"
        view = "DocumentsByGazette?openView&Count=-1&RestrictToCategory=2026%2FNo.%7B47%7D"
        found = self.listing(view, html)
        assert keys(found) == [one.upper(), two]
        assert {(entry.title, entry.day) for entry in found.entries} == {("Quyết định số 37", date(2026, 7, 13))}
        article = extract(html.encode(), found.entries[1].url, CongBaoSonLa.layouts, datetime(2026, 8, 1, tzinfo=TZ))
        assert (article.title, article.layout, article.published_raw) == (
            "Quyết định số 37",
            "gazette-row",
            "13/7/2026",
        )
        assert [file.url for file in article.attachments] == [f"{self.home}{two}/$file/QD%20so%2037.doc"]

    @pytest.mark.parametrize(
        ("file", "view", "issues", "documents"),
        [
            pytest.param("danh_muc.html", "VanBanQPPL2?OpenView", 1, 0, id="the browsable list"),
            pytest.param(
                "gazettes_by_year_2026.html", "GazettesByYearMonth?RestrictToCategory=2026", 37, 0, id="a year"
            ),
            pytest.param("documents_by_gazette_sample.html", "DocumentsByGazette?openView", 0, 11, id="an issue"),
        ],
    )
    def test_the_recorded_views(self, file: str, view: str, issues: int, documents: int) -> None:
        path = DATA / "pages" / file
        if not path.exists():
            pytest.skip(ABSENT)
        html = path.read_text(encoding="utf-8", errors="replace")
        found = self.listing(view, html)
        assert len(found.entries) == documents
        assert len(found.more) + (found.next is not None) == issues
        assert all(entry.day and entry.title.startswith(("Quyết định", "Nghị quyết")) for entry in found.entries)
        pages = pages_of(html.encode(), [entry.url for entry in found.entries], CongBaoSonLa.layouts)
        assert len(pages) == documents
