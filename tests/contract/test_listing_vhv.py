"""Lists of VHV and Tân Dân as their readers describe them: the module's own request, its answers, further skins of entries."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.model.records import ListRequest
from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Entry, Listing, ListingError, Section
from crawler.portal import PortalSpider
from crawler.spiders.cong_an_thanh_hoa import CongAnThanhHoa
from crawler.spiders.dien_bien import DienBien
from crawler.spiders.hung_yen import HungYen
from crawler.spiders.lai_chau import LaiChau
from crawler.spiders.moit import Moit
from crawler.spiders.quang_ngai import QuangNgai
from crawler.spiders.thanh_hoa import ThanhHoa
from replicas.articles import portal_site
from replicas.sites.site import SiteRequest
from testing.recorded import ABSENT, DATA

EVIDENCE = DATA / "evidence"
ASKED = {"categoryId": ["4711"], "pageNo": ["1"], "itemsPerPage": ["100"], "orderBy": ["publishTime DESC"]}


def module(category: str, **further: str) -> str:
    request = {"layout": "Content.Article.News.default", "service": "Content.Article.selectAll", "type": "Article.News"}
    return base64.b64encode(json.dumps(request | {"categoryId": category} | further).encode()).decode()


def vhv_page(own: str, total: int = 761, pager: str = "", side: str = "") -> str:
    row = '<article class="article-news"><a class="article-title" href="/tin-tuc/mo-kho.html">Mở kho</a></article>'
    call = f"""<script>VHV.Model('x', {{itemsPerPage: "12", pageNo: 1, totalItems: {total}}}, '{own}');</script>"""
    return f"""<html><body><div class="ModuleWrapper" id="module25"><section class="section-list">{row}
      <div id="pagination25" class="default-pagination">{pager}</div></section>{call}</div>{side}
      <img src="/upload/2006516/a.jpg"><img src="/publish/thumbnail/2006516/a.jpg"></body></html>"""


def read(portal: type[PortalSpider], html: str, number: int = 1) -> Listing:
    section = portal.sections[0]
    return portal.read_listing(portal.section_url(section), html, section, number)


def answer(portal: type[PortalSpider], asked: ListRequest, text: str) -> Listing:
    return portal.read_answer(asked, asked.url, text, portal.sections[0], 2)


def request_of(listing: Listing) -> ListRequest:
    assert isinstance(listing.next, ListRequest)
    return listing.next


def form(asked: ListRequest) -> dict[str, list[str]]:
    return parse_qs(asked.body)


def records(*numbers: int, total: int | None = 761) -> str:
    items = {
        str(101_790_000 + number): {
            "title": f"Tin {number}", "rewriteURL": f"tin-tuc/tin-{number}.html", "publishTime": 1_790_778_162,
        }
        for number in numbers
    }  # fmt: skip
    return json.dumps({"items": items or []} | ({} if total is None else {"totalItems": total}))


class TestModulesRequest:
    def test_a_list_goes_on_by_the_request_of_its_own_module(self) -> None:
        side = f'<div class="ModuleWrapper" id="module31"><script>x("{module("999")}")</script></div>'
        asked = request_of(read(QuangNgai, vhv_page(module("4711"), side=side)))
        assert (asked.url, asked.method, asked.json) == (
            "https://quangngai.gov.vn/api/Content/Article/selectAll", "POST", True,
        )  # fmt: skip
        assert dict(asked.headers)["Content-Type"].startswith("application/x-www-form-urlencoded")
        assert form(asked) == ASKED | {"type": ["Article.News"]}

    def test_the_declared_category_stands_before_that_of_the_page(self) -> None:
        asked = request_of(read(Moit, vhv_page(module("4711"))))
        assert form(asked)["categoryId"] == ["101788658"]

    def test_page_links_that_lead_to_page_one_are_passed_over(self) -> None:
        pager = '<a class="next-pages" href="/tin-tuc?page=2">Sau</a>'
        assert request_of(read(QuangNgai, vhv_page(module("4711"), pager=pager))).json

    def test_the_modules_html_is_asked_for_by_its_form(self) -> None:
        asked = request_of(read(CongAnThanhHoa, vhv_page(module("4711", widgetCode="5b72"))))
        parts = urlsplit(asked.url)
        assert (parts.path, asked.method, asked.json) == ("/", "POST", False)
        assert parse_qs(parts.query) == {
            "module": ["Content.Listing"], "moduleId": ["25"], "cmd": ["redraw"], "site": ["2006516"],
            "url_mode": ["rewrite"], "submitFormId": ["25"], "page": ["Article.News.list"],
        }  # fmt: skip
        fields = form(asked)
        assert fields.items() >= ASKED.items()
        assert (fields["parentId"], fields["widgetCode"], fields["phpModuleName"]) == (
            ["4711"], ["5b72"], ["Content.Listing"],
        )  # fmt: skip

    @pytest.mark.parametrize(
        "own",
        [
            "",
            "eyJub3QganNvbn0aaaaaaaaaaaaaaaa",
            "eyJ" + "ơ" * 40,
            "eyJ" + "a" * 41,
            module(""),
            module("1", service="Core.Menu.select"),
        ],
        ids=["none", "no JSON", "letters", "a broken length", "no category", "another service"],
    )
    def test_a_page_that_gives_no_request_leads_on_by_its_number(self, own: str) -> None:
        assert read(QuangNgai, vhv_page(own)).next == "https://quangngai.gov.vn/tin-tuc?page=2"

    def test_a_list_of_one_page_leads_nowhere(self) -> None:
        listing = read(QuangNgai, vhv_page(module("4711"), total=12))
        assert (listing.next, listing.total) == (None, 12)

    def test_numbered_addresses_need_no_request(self) -> None:
        url = "https://hungyen.gov.vn/chuyen-muc-tin-tong-hop-c21073-1.html"
        html = vhv_page(module("4711")).replace("/tin-tuc/mo-kho.html", "/mo-kho-c284386.html")
        following = HungYen.read_listing(url, html, HungYen.sections[0], 1).next
        assert following == "https://hungyen.gov.vn/chuyen-muc-tin-tong-hop-c21073-2.html"


class TestModulesAnswer:
    asked = ListRequest(
        "https://moit.gov.vn/api/Content/Article/selectAll",
        "POST",
        (),
        "categoryId=1&pageNo=1&itemsPerPage=3",
        json=True,
    )

    def test_records_are_entries(self) -> None:
        listing = answer(Moit, self.asked, records(1, 2, 3))
        first = Entry("https://moit.gov.vn/tin-tuc/tin-1.html", "tin-1", "Tin 1", date(2026, 9, 30))
        assert (listing.entries[0], len(listing.entries), listing.total) == (first, 3, 761)
        assert form(request_of(listing))["pageNo"] == ["2"]

    @pytest.mark.parametrize(
        ("text", "following"),
        [
            (records(1, 2, 3, total=3), None),
            (records(total=761), None),
            (records(1, 2, 3, total=None), ("2", "3")),
            (records(1, 2, total=761), ("2", "2")),
        ],
        ids=["all shown", "an empty page", "no count", "fewer than asked"],
    )
    def test_it_counts_up_to_the_last_record(self, text: str, following: tuple[str, str] | None) -> None:
        listing = answer(Moit, self.asked, text)
        if following is None:
            assert listing.next is None
        else:
            fields = form(request_of(listing))
            assert (fields["pageNo"], fields["itemsPerPage"]) == ([following[0]], [following[1]])

    @pytest.mark.parametrize("text", ["<html></html>", "{}", '{"items": 7}', "null", '{"items": {'])
    def test_what_is_no_answer_is_an_error_and_no_empty_list(self, text: str) -> None:
        with pytest.raises(ListingError):
            answer(Moit, self.asked, text)

    def test_html_goes_on_until_a_page_is_empty(self) -> None:
        asked = replace(self.asked, url="https://moit.gov.vn/?module=Content.Listing&cmd=redraw", json=False)
        rows = "".join(
            f'<article><a class="article-title" href="/tin-tuc/t-{n}.html">T</a></article>' for n in range(3)
        )
        listing = answer(Moit, asked, rows)
        assert ([entry.key for entry in listing.entries], form(request_of(listing))["pageNo"]) == (
            ["t-0", "t-1", "t-2"], ["2"],
        )  # fmt: skip
        assert answer(Moit, asked, "") == Listing(())


def evidence(name: str) -> str:
    if not (EVIDENCE / name).exists():
        pytest.skip(ABSENT)
    return (EVIDENCE / name).read_text(encoding="utf-8")


class TestEvidence:
    def test_records_of_moit(self) -> None:
        listing = answer(Moit, TestModulesAnswer.asked, evidence("vhv-selectall.json"))
        assert [(entry.key, entry.url, str(entry.day)) for entry in listing.entries] == [
            ("hoi-nghi-tong-ket", "https://moit.gov.vn/tin-tuc/thong-bao/hoi-nghi-tong-ket.html", "2026-09-30"),
            ("ngay-hoi-ban", "https://moit.gov.vn/tin-tuc/ngay-hoi-ban.html", "2026-09-29"),
        ]
        assert listing.total == 761

    def test_html_of_moit(self) -> None:
        asked = replace(TestModulesAnswer.asked, json=False)
        listing = answer(Moit, asked, evidence("vhv-redraw.html"))
        assert [(entry.key, entry.title, entry.day) for entry in listing.entries] == [
            ("hoi-nghi-tong-ket", "Hội nghị tổng kết", date(2026, 9, 30))
        ]

    def test_entries_of_lai_chau(self) -> None:
        listing = read(LaiChau, evidence("laichau-list.html"))
        assert [(entry.key, entry.title) for entry in listing.entries] == [
            ("hoi-nghi-tong-ket", "Hội nghị tổng kết"), ("ngay-hoi-ban", "Ngày hội bản"),
        ]  # fmt: skip
        assert [entry.record for entry in listing.entries] == ["6524bce0d049ace9f30057a2", "6524bce0d049ace9f30057a3"]

    def test_entries_of_the_planning_ministry(self) -> None:
        html = evidence("mpi-list.html").replace('href="/portal', 'href="https://www.dienbien.gov.vn/portal')
        listing = read(DienBien, html)
        assert [(entry.key, entry.title, entry.day) for entry in listing.entries] == [
            ("2023-12-27/hoi-nghi-tong-ket-nganhabc123.aspx", "Hội nghị tổng kết ngành", date(2023, 12, 27))
        ]


class TestReplica:
    """The composed portals answer as the readers describe, wrong answers included."""

    night = date(2025, 3, 5)

    def ask(self, path: str, body: str = "", **headers: str) -> str:
        site = portal_site("moit")
        at, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = SiteRequest(site.host, at, query, self.night, 1, "POST" if body else "GET", named, body.encode())
        return site.respond(request).body.decode()

    def keys(self, html: str) -> list[str]:
        return [entry.key for entry in answer(Moit, replace(TestModulesAnswer.asked, json=False), html).entries]

    def test_a_page_number_in_the_address_is_page_one_again(self) -> None:
        first = [entry.key for entry in read(Moit, self.ask("/tin-tuc")).entries]
        assert first
        assert [entry.key for entry in read(Moit, self.ask("/tin-tuc?page=2")).entries] == first
        assert [entry.key for entry in read(Moit, self.ask("/tin-tuc?pageNo=2")).entries] == first

    def test_a_form_without_its_content_type_is_page_one(self) -> None:
        section = portal_site("moit").sections[0]
        path = "/?module=Content.Listing&moduleId=25&cmd=redraw&site=2005517"
        form = f"categoryId={section.code}&pageNo=2&itemsPerPage=4"
        first = self.keys(self.ask("/tin-tuc").partition('<div id="pagination')[0].partition("section-list")[2])
        assert self.keys(self.ask(path, form)) == first
        second = self.keys(self.ask(path, form, content_type="application/x-www-form-urlencoded; charset=UTF-8"))
        assert set(second).isdisjoint(first)
        assert second

    def test_records_come_with_their_count(self) -> None:
        section = portal_site("moit").sections[0]
        query = f"site=2005517&categoryId={section.code}&options[type]=Article.News&itemsPerPage=3&pageNo=2"
        value = json.loads(self.ask(f"/api/Content/Article/selectAll?{query}"))
        assert (len(value["items"]), value["totalItems"]) == (3, 10)


FOLDER = '<li class="TD-channel-main-td channel-news-folder"><a href="{0}">{1}</a><label class="pub-time">{2} | 09:15</label></li>'


class TestTanDan:
    def test_folders_and_their_days(self) -> None:
        rows = FOLDER.format("/portal/Pages/2015/Mo-kho-abc.aspx", "Mở kho", "27/12/2015")
        rows += FOLDER.format("/portal/Pages/2026-07-15/Ke-de-468686.aspx", "Kè đê", "15/07/2026")
        side = '<ul><li><a href="/portal/Pages/2026-07-01/Ben-le-1.aspx">Bên lề</a></li></ul>'
        listing = read(DienBien, f"<html><body><div><ul>{rows}</ul></div><div class='right'>{side}</div></body></html>")
        assert [(entry.title, entry.day) for entry in listing.entries] == [
            ("Mở kho", date(2015, 12, 27)), ("Kè đê", date(2026, 7, 15)),
        ]  # fmt: skip

    def test_a_home_page_without_any_module_is_read_whole(self) -> None:
        html = """<html><body><a href="/portal/KenhTin/Tin-tuc.aspx">Tin tức</a><div class="home">
          <a href="/portal/pages/2026-07-15/Ke-de-468686.aspx">Kè đê</a></div>
          <a href="/danh-ba-dien-thoai.html">Danh bạ</a></body></html>"""
        listing = read(ThanhHoa, html)
        assert [(entry.key, entry.title, entry.day) for entry in listing.entries] == [
            ("2026-07-15/ke-de-468686.aspx", "Kè đê", date(2026, 7, 15))
        ]
        assert listing.next is None

    def test_the_section_of_a_path_with_two_hyphens_has_a_name(self) -> None:
        assert Section.at("/portal/pages/Tin-kinh-te--xa-hoi.aspx", "Kinh tế").name == "tin-kinh-te-xa-hoi"


def test_every_portal_of_vhv_reads_the_json_of_its_kind() -> None:
    for portal in (QuangNgai, LaiChau, HungYen):
        assert issubclass(portal, VHVSpider)
        asked = replace(TestModulesAnswer.asked, url=f"{portal.home}/api/Content/Article/selectAll")
        assert all(entry.url.startswith(portal.home) for entry in answer(portal, asked, records(1, 2)).entries)
