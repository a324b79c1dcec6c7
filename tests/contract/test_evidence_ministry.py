"""The ministry's .aspx system, OneCMS and the front of Quảng Trị as their readers describe them: lists, paging, articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from scrapy.http import HtmlResponse

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from crawler.families import UNNAMED_SKIN
from crawler.listings.listing import Listing, Section
from crawler.portal import PortalSpider, own_hosts
from crawler.requests import Expect, RequestInfo
from crawler.responses.facts import facts_of
from crawler.responses.outcome import classify
from crawler.spiders.moc import Moc
from crawler.spiders.most import Most
from crawler.spiders.quang_tri import QuangTri
from crawler.spiders.vjst import Vjst
from pipelines.article import Article, BlockKind, Layout
from pipelines.clean import clean
from pipelines.extract import extract
from testing.portals.samples.mau_onecms import MauOnecms
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

EVIDENCE = DATA / "evidence"
LATER = datetime(2026, 11, 1, tzinfo=TZ)
recorded = pytest.mark.skipif(not EVIDENCE.is_dir(), reason=ABSENT)


def section(portal: type[PortalSpider], path: str) -> Section:
    return next(each for each in portal.sections if each.path == path)


def listed(portal: type[PortalSpider], body: str, number: int = 1, path: str = "") -> Listing:
    own = section(portal, path) if path else portal.sections[0]
    return portal.read_listing(portal.section_url(own), f"<html><body>{body}</body></html>", own, number)


def entries(listing: Listing) -> list[tuple[str, str, date | None]]:
    return [(entry.key, entry.title, entry.day) for entry in listing.entries]


def read(portal: type[PortalSpider], path: str, body: str) -> Article:
    page = f"<html><head><title>Trang</title></head><body>{body}</body></html>"
    return clean(extract(page.encode(), portal.home + path, portal.layouts, LATER))


@recorded
def test_the_described_list_of_vjst() -> None:
    own = section(Vjst, "/vn/chuyen-muc/46/chuyen-doi-so.aspx")
    listing = Vjst.read_listing(Vjst.section_url(own), (EVIDENCE / "vjst-list.html").read_text("utf-8"), own, 1)

    assert [(entry.key, entry.day) for entry in listing.entries] == [
        ("8123", date(2023, 8, 4)),
        ("8122", date(2023, 8, 3)),
    ]
    assert listing.entries[1].url == "https://vjst.vn/vn/tin-tuc/8122/hoi-thao-vat-lieu.aspx"
    assert all(entry.title for entry in listing.entries)
    assert listing.next == "https://vjst.vn/vn/chuyen-muc/46/chuyen-doi-so.aspx?page=2"


@recorded
def test_the_described_article_of_vjst() -> None:
    body = (EVIDENCE / "vjst-article.html").read_bytes()
    url = "https://vjst.vn/vn/Pages/chitiettin.aspx?IDNews=8122"
    article = clean(extract(body, url, Vjst.read_with(), LATER))

    assert (article.layout, article.flags) == ("article-description", ())
    assert (article.published_raw, article.author) == ("Thứ năm, 03/08/2023 13:16", "Lê Văn Thử")
    assert article.published is not None
    assert article.published.isoformat() == "2023-08-03T13:16:00+07:00"
    kinds = [block.kind for block in article.blocks]
    assert kinds == [
        BlockKind.LEAD,
        BlockKind.PARAGRAPH,
        BlockKind.CAPTION,
        BlockKind.PARAGRAPH,
        BlockKind.SIGNOFF,
    ]
    assert not [block.text for block in article.blocks if "Đánh giá" in block.text or "ngôi sao" in block.text]


ROW = """<div class="listnews_item"><div class="listnews_item_title"><a href='/vn/tin-tuc/{0}/giong-lua.aspx'>Giống lúa {0}</a></div>
 <div class="listnews_item_des">Ngày 05/01/2020 đã trồng.</div>
 <div class="listnews_item_date"><span>Thứ hai, 03/03/2025 09:10&nbsp;</span></div></div>"""
PANEL = '<div id="ctl00_pnListNews"><div>' + ROW.format(71) + ROW.format(72) + "</div></div>"
BOTH = [("71", "Giống lúa 71", date(2025, 3, 3)), ("72", "Giống lúa 72", date(2025, 3, 3))]
PAGES = "<span>1</span><span><a href='?page=2'>2</a></span><span><a href='?page=9'>Cuối</a></span>"
PAGING = f'<div class="Paging">{PAGES}</div>'
ASIDE = f'<div class="listnews"><div>{ROW.format(99)}</div></div>'


@pytest.mark.parametrize(
    "body",
    [
        f"{PANEL}{PAGING}",
        f'<form id="aspnetForm">{PANEL}<div>{PAGING}</div></form>',
        f"<form><div class='cot'>{PANEL}{PAGING}</div><div class='cot-phai'>{ASIDE}</div></form>",
        f"<form>{PANEL}{PAGING}{ASIDE}</form>",
    ],
    ids=["beside the panel", "in a box of its own", "in a column", "before another module"],
)
def test_page_links_beside_a_list_are_its_own(body: str) -> None:
    listing = listed(Most, body)
    assert entries(listing) == BOTH
    assert listing.next == f"{Most.section_url(Most.sections[0])}?page=2"


def test_page_links_right_below_something_else_have_no_list() -> None:
    assert listed(Most, f"<form>{ASIDE}<p>Không có tin nào.</p>{PAGING}</form>") == Listing(())
    others = '<div><a href="/vn/tin-tuc/99/doc-nhieu.aspx">Đọc nhiều</a></div>'
    assert listed(Most, f"<form>{others}{PAGING}</form>") == Listing(())


def test_a_pager_by_postback_is_tried_by_its_parameter() -> None:
    pager = """<div class="Paging"><a href="javascript:__doPostBack('ctl00$p','2')">2</a></div>"""
    rows = PANEL.replace('div class="listnews_item_des"', 'p class="listnews_item_des"')
    assert listed(Most, rows + pager).next == f"{Most.section_url(Most.sections[0])}?page=2"


SKINS = {
    "English": (
        '<div><div class="H3_iTem_ListNews"><a href="/vn/tin-tuc/71/rice.aspx">Rice</a></div><div class="Paging"></div></div>',
        [("71", "Rice", None)],
    ),
    "construction": (
        '<div><h2 class="H2_Favorite2"><a href="/vn/tin-tuc/12/71/lua.aspx">Lúa</a></h2><div class="list_tin_tieude">'
        '<a href="/vn/tin-tuc/12/72/ngo.aspx">Ngô</a> <span class="news_datetime">(03/03/2025)</span></div></div>',
        [("71", "Lúa", None), ("72", "Ngô", date(2025, 3, 3))],
    ),
}


@pytest.mark.parametrize(("body", "found"), SKINS.values(), ids=SKINS)
def test_the_sisters_lists_are_read(body: str, found: list[tuple[str, str, date | None]]) -> None:
    assert entries(listed(Most, body)) == found


def test_the_sisters_articles_are_read() -> None:
    body = (
        '<div>Thứ hai, 01/11/2026</div><div class="Around_News_Content"><h2 class="H2_Favorite2">Mở cầu Bến Đá</h2>'
        '<span class="news_datetime">(03/03/2025)</span><div><p>Sáng nay, cầu Bến Đá mở cho xe qua lại sau mười chín tháng.</p>'
        "<p>Bà con hai bên sông không còn đi đò.</p></div></div>"
    )
    article = read(Most, "/vn/tin-tuc/12/71/mo-cau.aspx", body)
    assert (article.layout, article.title, len(article.blocks)) == ("around-news", "Mở cầu Bến Đá", 2)
    assert article.published is not None
    assert article.published.day == date(2025, 3, 3)


@pytest.mark.parametrize(
    ("below", "author"),
    [
        ('<div class="Author_Write_TG"><p>Lê Mai</p></div>', "Lê Mai"),
        ('<div id="g_pnNguontin"><p><font>Nguồn: Báo Mẫu</font></p></div>', "Báo Mẫu"),
        (
            '<div class="Author_Write_TG"><p>Ảnh và bài: Lê Mai</p></div><div id="g_pnNguontin"><p>Báo Mẫu</p></div>',
            "Lê Mai",
        ),
    ],
    ids=["the writer", "the source", "both"],
)
def test_the_writer_goes_before_the_source(below: str, author: str) -> None:
    body = (
        '<span class="News_Time_Post">Thứ hai, 03/03/2025 09:10 |</span><h1 class="News_Detail_Title">Giống lúa mới</h1>'
        f'<div id="divArticleDescription2"><p>Giống lúa mới chịu được nước mặn đến giữa vụ.</p></div>{below}'
    )
    assert read(Most, "/vn/tin-tuc/71/lua.aspx", body).author == author


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/vn/tin-tuc/1196/71552/thong-tu.aspx", "/vn/Pages/chitiettin.aspx?ChuyenmucID=1196&IDNews=71552"),
        ("/vn/tin-tuc/71552/thong-tu.aspx", "/vn/Pages/chitiettin.aspx?IDNews=71552"),
        ("/vn/Pages/chitiettin.aspx?IDNews=71552", None),
    ],
)
def test_an_article_whose_path_does_not_answer_is_asked_for_by_query(path: str, asked: str | None) -> None:
    own = ListRequest(Moc.home + asked) if asked else Moc.home + path
    assert Moc.article_source("71552", Moc.home + path) == own
    assert Most.article_source("71552", Most.home + path) == Most.home + path


ONECMS = """<ul class="onecms__loading"><li class="article__loading"><a href="/giong-lua-moi-76554.html"><img alt=""></a>
 <a href="/giong-lua-moi-76554.html">Giống lúa mới</a></li></ul>{}"""


@pytest.mark.parametrize("portal", [Vjst, MauOnecms], ids=["vjst", "a newspaper"])
@pytest.mark.parametrize(
    ("button", "following"),
    [
        ("", None),
        ('<a href="/tin?trang=2">Xem thêm</a>', "/tin?trang=2"),
        ('<a href="https://khac.vn/tin?trang=2">Xem thêm</a>', "{path}?page=2"),
        ('<a href="javascript:void(0)">Xem thêm</a>', "{path}?page=2"),
    ],
    ids=["no button", "a button with an address", "another host's", "a click"],
)
def test_a_list_of_onecms_goes_on_by_its_button(portal: type[PortalSpider], button: str, following: str | None) -> None:
    box = f'<div class="onecms__loadmore">{button}</div>' if button else ""
    listing = listed(portal, ONECMS.format(box))
    assert entries(listing) == [("html/76554", "Giống lúa mới", None)]
    assert listing.next == (portal.home + following.format(path=portal.sections[0].path) if following else None)


def test_an_article_of_vjst_in_its_newer_skin_has_its_layout() -> None:
    body = (
        '<div class="c-news-detail"><h1 class="c-detail-head__title">Giống lúa mới</h1><span class="c-detail-head__author">Lê Mai'
        '</span><span class="c-detail-head__time">03/03/2025 - 09:10</span><p class="desc">Lúa chịu mặn đến giữa vụ.</p>'
        '<div class="b-maincontent"><p>Giống lúa mới chịu được nước mặn đến giữa vụ, năng suất hơn giống cũ.</p>'
        '<div class="c-box"><a href="/a-1-70001.html">Tin khác</a></div></div></div>'
    )
    article = read(Vjst, "/giong-lua-moi-76554.html", body)
    assert (article.layout, article.author, article.lead) == ("c-news-detail", "Lê Mai", "Lúa chịu mặn đến giữa vụ.")
    assert article.published is not None
    assert article.published.isoformat() == "2025-03-03T09:10:00+07:00"
    assert "Tin khác" not in article.text()


FRONT = '<{0}><a href="/tin-tuc/{1}"><img alt=""></a><h3><a href="/tin-tuc/{1}">Cầu Bến Đá</a></h3></{0}>'


@pytest.mark.parametrize(
    ("body", "following"),
    [
        (
            f'<nav><a href="/tin-tuc">Tin tức</a></nav><ul>{FRONT.format("li", "cau-ben-da")}</ul><a href="?page=2">2</a>',
            "?page=2",
        ),
        (
            f'<div class="portlet-body">{FRONT.format("div", "cau-ben-da")}</div><a href="?trang=2" rel="next">›</a>',
            "?trang=2",
        ),
        (
            f'<div class="portlet-body">{FRONT.format("article", "cau-ben-da")}<div class="taglib-page-iterator">'
            '<a href="/tin-tuc?p_p_id=tin&amp;_tin_cur=2">Tiếp</a></div></div>',
            "?p_p_id=tin&_tin_cur=2",
        ),
        (f'{FRONT.format("div", "cau-ben-da")}<a href="/thong-tin/xa-cua-viet">Xã</a>', None),
    ],
    ids=["plain elements", "a portlet", "Liferay's page links", "one page"],
)
def test_the_front_of_quang_tri_is_read_by_its_addresses(body: str, following: str | None) -> None:
    listing = listed(QuangTri, body)
    assert entries(listing) == [("cau-ben-da", "Cầu Bến Đá", None)]
    assert listing.next == (f"{QuangTri.home}/tin-tuc{following}" if following else None)


def test_an_article_of_a_skin_that_no_source_names_is_read_whole_and_is_no_misfit() -> None:
    text = "Sáng nay, cầu Bến Đá mở cho xe qua lại sau mười chín tháng thi công, bà con hai bên sông không còn đi đò."
    body = (
        f"<div><h1>Cầu Bến Đá</h1><div>9:10, Thứ Hai, 03-03-2025</div><div><p>{text}</p><p>{text[::-1]}</p></div></div>"
    )
    article = read(QuangTri, "/tin-tuc/cau-ben-da", body)
    assert (article.layout, article.flags, article.title) == ("unnamed-skin", (), "Cầu Bến Đá")
    assert article.published is not None
    assert article.published.isoformat() == "2025-03-03T09:10:00+07:00"
    assert [block.text for block in article.blocks] == [text, text[::-1]]


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (UNNAMED_SKIN, 4),
        (replace(UNNAMED_SKIN, boxes=("div.hop",)), 3),
        (replace(UNNAMED_SKIN, after=("bà con đọc # lần",)), 3),
        (replace(UNNAMED_SKIN, labels=("Chuyện làng",)), 3),
    ],
    ids=["no rule", "a box", "a line", "a label"],
)
def test_what_a_portal_repeats_is_taken_out_of_a_page_read_whole(rule: Layout, kept: int) -> None:
    text = "Sáng nay, cầu Bến Đá mở cho xe qua lại sau mười chín tháng thi công, bà con hai bên sông không còn đi đò."
    body = (
        f"<div><h1>Cầu Bến Đá</h1><div>03-03-2025</div><p>{text}</p><div class='hop'><p>Gửi chuyện làng bạn về đây cho chúng tôi.</p>"
        "</div><p>Chuyện làng</p><p>Bà con đọc 7 lần</p></div>"
    )
    page = f"<html><head><title>Cầu Bến Đá</title></head><body>{body}</body></html>"
    article = extract(page.encode(), QuangTri.home + "/tin-tuc/cau", (rule,), LATER)
    assert article.blocks[0].text == text
    assert len(article.blocks) == kept
    assert len(article.removed) == 4 - kept


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (
            "<h1>Tạm ngừng nhận hồ sơ</h1><div>9:30, Thứ Hai, 24-02-2025</div><p>Để nâng cấp hệ thống điện.</p>",
            Outcome.ARTICLE,
        ),
        ("<h1>Tạm ngừng nhận hồ sơ</h1><p>Hệ thống trở lại ngày 24-02-2025 lúc 9:30.</p>", Outcome.MAINTENANCE),
        ("<p>Tạm ngừng nhận hồ sơ, 24-02-2025</p>", Outcome.MAINTENANCE),
    ],
    ids=["a notice with its date", "a maintenance page", "no heading"],
)
def test_a_short_notice_in_an_unnamed_skin_is_an_article_by_its_date(body: str, outcome: Outcome) -> None:
    url = QuangTri.home + "/tin-tuc/tam-ngung"
    page = f"<html><head><title>Tạm ngừng nhận hồ sơ</title></head><body>{body}</body></html>"
    response = HtmlResponse(url, body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    asked = RequestInfo(Expect.ARTICLE, url, "tin-tuc", key="tam-ngung")
    facts = facts_of(response, asked, QuangTri.home + "/", own_hosts(QuangTri), QuangTri.layouts)
    assert classify(facts)[0] is outcome


@pytest.mark.parametrize("portal", [Vjst, Most])
def test_a_section_of_archived_nights_keeps_its_name_where_its_path_changed(portal: type[PortalSpider]) -> None:
    assert [each.path.startswith("/vn/chuyen-muc/") for each in portal.sections if each.name == "tin-tuc"] == [True]


def test_the_certificate_of_quang_tri_is_a_declared_exception() -> None:
    assert QuangTri.declared()["tls"] == "unverified"
