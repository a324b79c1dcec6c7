"""Lâm Đồng's interface: its own lists and no other address, pages by the link it names, texts in UTC and nested entities."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest

from archive.model.records import ListRequest
from crawler.listings.listing import Listing, ListingError, Section
from crawler.spiders.lam_dong import LamDong
from pipelines.article import Article
from pipelines.extract import extract
from replicas.articles import portal_site
from replicas.sites.site import SiteRequest
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

API = "https://api.lamdong.gov.vn/RestApi/Readjson"
NEWS, INSPECTIONS = LamDong.sections[0], LamDong.sections[-1]
NOW = datetime(2026, 11, 30, 23, 59, 59, tzinfo=TZ)
NIGHT = date(2025, 3, 12)
LIST = "https://w3.lamdong.gov.vn/HOME/news/hotnews/_api/web/lists/getByTitle('Site Pages')/items"


def first(section: Section) -> ListRequest:
    asked = LamDong.first_page(section)
    assert isinstance(asked, ListRequest)
    return asked


def source(asked: object) -> str:
    assert isinstance(asked, ListRequest)
    assert (asked.url, asked.method, asked.json) == (API, "POST", True)
    return str(json.loads(asked.body)["SourceUrl"])


def answer(following: str = "", **fields: object) -> str:
    record = {
        "FileRef": "/HOME/news/hotnews/SitePages/le-hoi.aspx",
        "Title": "Lễ hội",
        "Created": "2026-09-04T02:11:00Z",
    }
    return json.dumps({"d": {"results": [record | fields]} | ({"__next": following} if following else {})})


def read(text: str, section: Section = NEWS) -> Listing:
    return LamDong.read_answer(first(section), API, text, section, 1)


def article(text: str) -> Article:
    return extract(text.encode(), read(text).entries[0].url, LamDong.layouts, NOW)


@pytest.mark.skipif(not (DATA / "evidence").is_dir(), reason=ABSENT)
def test_an_answer_composed_after_the_readers_of_the_portal() -> None:
    body = (DATA / "evidence" / "lamdong-readjson.json").read_text(encoding="utf-8")
    listing = read(body, INSPECTIONS)
    (entry,) = listing.entries
    url = "https://lamdong.gov.vn/sites/thanhtra/thanh-tra/ketluan/SitePages/kl-1.aspx"
    assert (entry.key, entry.url) == ("sites/thanhtra/thanh-tra/ketluan/kl-1", url)
    assert (entry.title, entry.day) == ("Thông báo kết luận thanh tra", date(2026, 9, 4))
    assert source(listing.next) == (
        "https://w3.lamdong.gov.vn/sites/thanhtra/thanh-tra/ketluan/_api/web/lists/getByTitle('Site Pages')/items"
        "?$skiptoken=Paged%3dTRUE%26p_ID%3d812&$top=100"
    )
    found = extract(body.encode(), url, LamDong.layouts, NOW)
    assert (found.title, found.lead, found.layout) == ("Thông báo kết luận thanh tra", "Tóm tắt", "canvas")
    assert [block.text for block in found.blocks][1:] == ["Nội dung tệp"]
    assert found.published is not None
    assert found.published.isoformat() == "2026-09-04T09:11:00+07:00"
    (file,) = found.attachments
    assert file.name == "KL_Báo cáo.pdf"
    assert file.url == "https://lamdong.gov.vn/sites/thanhtra/Shared%20Documents/KL_B%E1o%20c%E1o.pdf"


def test_a_section_is_asked_for_at_the_host_that_has_the_lists() -> None:
    asked = source(first(NEWS))
    assert asked.startswith(f"{LIST}?$filter=Title ne 'Home'&$orderby=Modified desc&$select=ID,Title,")
    assert asked.endswith("&$top=100")
    assert dict(first(NEWS).headers)["Accept"] == "application/json;odata=verbose"


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://www.example.com/HOME/news/hotnews/_api/web/lists/getByTitle('Site Pages')/items",
        "https://w3.lamdong.gov.vn@www.example.com/HOME/news/hotnews/_api/web/lists/getByTitle('Site Pages')/items",
        "https://w3.lamdong.gov.vn.example.com/HOME/news/hotnews/_api/web/lists/getByTitle('Site Pages')/items",
        "https://api.lamdong.gov.vn/HOME/news/hotnews/_api/web/lists/getByTitle('Site Pages')/items",
        "https://w3.lamdong.gov.vn/HOME/news/hotnews/_api/web/siteusers",
        "https://w3.lamdong.gov.vn/sites/snv/_api/web/lists/getByTitle('Site Pages')/items",
        "https://w3.lamdong.gov.vn/HOME/news/hotnews/../../../sites/snv/_api/web/lists/getByTitle('Site Pages')/items",
        "https://w3.lamdong.gov.vn/HOME/news/hotnews/_api/web/lists/getByTitle('Users')/items",
        "https://[broken",
        "file:///etc/passwd",
    ],
)
def test_the_interface_is_never_asked_for_another_address(address: str) -> None:
    with pytest.raises(ListingError):
        read(answer(address))


def test_an_article_of_no_declared_site_is_asked_for_at_its_own_address() -> None:
    url = "https://lamdong.gov.vn/sites/snv/SitePages/tuyen-dung.aspx"
    assert LamDong.article_source("sites/snv/tuyen-dung", url) == url
    own = "https://lamdong.gov.vn/home/NEWS/hotnews/sitepages/le-hoi.aspx"
    assert source(LamDong.article_source("home/news/hotnews/le-hoi", own)) == source(first(NEWS))


@pytest.mark.parametrize("host", ["lamdong.gov.vn", "w3.lamdong.gov.vn", "lamdong.gov.vn.replica.test"])
def test_the_next_page_is_asked_for_at_the_host_that_answers(host: str) -> None:
    path = "/HOME/news/hotnews/_api/web/lists/getByTitle(%27Site%20Pages%27)/items"
    assert source(read(answer(f"https://{host}{path}?$skiptoken=x&$top=100")).next) == f"{LIST}?$skiptoken=x&$top=100"


@pytest.mark.parametrize(
    ("sent", "day"),
    [("2026-09-04T16:59:59Z", date(2026, 9, 4)), ("2026-09-04T17:00:00Z", date(2026, 9, 5)), ("", None)],
)
def test_a_day_is_that_of_viet_nam(sent: str, day: date | None) -> None:
    assert read(answer(Created=sent)).entries[0].day == day


@pytest.mark.parametrize(
    "path",
    [
        "/HOME/news/hotnews/SitePages/Home.aspx",
        "/HOME/news/hotnews/SitePages/home.aspx",
        "/HOME/news/hotnews/SitePages/Forms/ByAuthor.aspx",
        "/HOME/news/hotnews/Lists/Posts/Posts.aspx",
        "/HOME/news/hotnews/SiteAssets/SitePages/1-1747273319703.jpg",
        "",
    ],
)
def test_a_record_that_is_no_article(path: str) -> None:
    assert read(answer(FileRef=path)).entries == ()


@pytest.mark.parametrize(
    "text", ["<html><body>Đăng nhập</body></html>", '{"value": []}', '{"d": []}', '{"d": {"results": 7}}']
)
def test_an_answer_without_records_is_no_empty_list(text: str) -> None:
    with pytest.raises(ListingError):
        read(text)


CANVAS = (
    '<div data-sp-webpartdata="&#123;&quot;title&quot;&#58;&quot;Bản tin&quot;&#125;"><p>Xã mở hội &amp; chợ. '
    '<a href="https&#58;//media.lamdong.gov.vn/media/ke-hoach.pdf">Kế hoạch</a></p></div>'
)


@pytest.mark.parametrize(
    "canvas",
    [
        pytest.param(CANVAS, id="once"),
        pytest.param(CANVAS.replace("&", "&amp;"), id="entities twice"),
        pytest.param(CANVAS.replace("&", "&amp;amp;"), id="entities three deep"),
        pytest.param(CANVAS.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), id="all escaped again"),
        pytest.param(CANVAS.replace("&", "&amp;amp;").replace("<", "&amp;lt;").replace(">", "&amp;gt;"), id="and once more"),
    ],
)  # fmt: skip
def test_entities_nested_up_to_three_deep(canvas: str) -> None:
    found = article(answer(CanvasContent1=canvas))
    assert [block.text for block in found.blocks] == ["Xã mở hội & chợ. Kế hoạch"]
    assert [file.url for file in found.attachments] == ["https://media.lamdong.gov.vn/media/ke-hoach.pdf"]


def test_the_replica_pages_by_the_link_that_names_the_wrong_host() -> None:
    site = portal_site("lam_dong")
    asked = first(NEWS)
    way: object = replace(asked, body=asked.body.replace("$top=100", "$top=3"))
    keys: list[str] = []
    hosts = set()
    while isinstance(way, ListRequest):
        hosts.add(urlsplit(source(way)).hostname)
        headers = {name.lower(): value for name, value in way.headers}
        request = SiteRequest(
            "api.lamdong.gov.vn", "/RestApi/Readjson", "", NIGHT, 1, "POST", headers, way.body.encode()
        )
        listing = LamDong.read_answer(way, API, site.respond(request).body.decode(), NEWS, 1)
        keys += [entry.key for entry in listing.entries]
        way = listing.next
    shown = next(section for section in site.sections if section.path == NEWS.path)
    assert len(keys) > 3
    assert len(keys) == len(set(keys))
    assert set(keys) == {LamDong.article_key(site.home + row.address) for row in site.rows(shown, NIGHT)}
    assert hosts == {"w3.lamdong.gov.vn"}
