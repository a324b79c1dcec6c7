"""One article, one key: every spelling of an address brings the same key, two articles never share one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.families.sp_qnp import SPQNPSpider
from crawler.portal import PortalSpider
from crawler.spiders.bac_giang import BacGiang
from crawler.spiders.bao_chinh_phu import BaoChinhPhu
from crawler.spiders.binh_dinh import BinhDinh
from crawler.spiders.da_nang import DaNang
from crawler.spiders.hue import Hue
from crawler.spiders.ninh_thuan import NinhThuan
from crawler.spiders.quang_ninh import QuangNinh
from crawler.spiders.quang_tri import QuangTri
from crawler.spiders.vinh_long import VinhLong
from crawler.spiders.vjst import Vjst
from tests.contract.article_addresses import FURTHER, FURTHER_ARTICLES, FURTHER_NO_ARTICLES, FURTHER_TWINS

# Path (and the query that identifies) on the home host, and the key it has.
ARTICLES: list[tuple[type[PortalSpider], str, str]] = [
    (NinhThuan, "/portal/Pages/2024-4-25/Quy-hoach-gaykd6fqr.aspx", "2024-4-25/quy-hoach-gaykd6fqr.aspx"),
    (NinhThuan, "/portal/Pages/2024-4-26/Quy-hoach-gaykd6fqr.aspx", "2024-4-26/quy-hoach-gaykd6fqr.aspx"),
    (NinhThuan, "/portal/pages/2015/Le-khanh-thanh.aspx", "2015/le-khanh-thanh.aspx"),
    (NinhThuan, "/portal/Pages/2026-07-15/Hop-bao-468686.aspx", "2026-07-15/hop-bao-468686.aspx"),
    (QuangTri, "/chi-tiet-tin/-/view-article/1/13729062791727/1574304721680", "1574304721680"),
    (QuangTri, "/vi/chi-tiet-tin/-/view-article/1/1372906279172/1663239191717", "1663239191717"),
    (QuangTri, "/tin-tuc/ve-phong-nha-noi-nguoi-dan-lam-du-lich", "ve-phong-nha-noi-nguoi-dan-lam-du-lich"),
    (QuangTri, "/tin-tuc/ve-phong-nha-noi-nguoi-dan-lam-du-lich-2", "ve-phong-nha-noi-nguoi-dan-lam-du-lich-2"),
    (BinhDinh, "/tin-tuc/khai-mac-hoi-thao.html", "khai-mac-hoi-thao"),
    (BinhDinh, "/tin-tuc/khai-mac-hoi-thao-.html", "khai-mac-hoi-thao-"),
    (BinhDinh, "/tin-tuc/bo-truo-ng-le-ma-nh-hu-ng.html", "bo-truo-ng-le-ma-nh-hu-ng"),
    (BinhDinh, "/hoi-nghi-c284386.html", "284386"),
    (BinhDinh, "/tin-tuc/vitamin-c1.html", "vitamin-c1"),
    (BinhDinh, "/tin-tuc/trai-cay-giau-vitamin-c1.html", "trai-cay-giau-vitamin-c1"),
    (BacGiang, "/web/guest/-/asset_publisher/Abc123xYz789/content/chap-thuan-au-tu", "chap-thuan-au-tu"),
    (BacGiang, "/chi-tiet/-/asset_publisher/1o2MmGSc2AhD/content/chap-thuan-au-tu-1", "chap-thuan-au-tu-1"),
    (BacGiang, "/chi-tiet-tin/-/asset_publisher/1o2MmGSc2AhD/content/id/48213", "id/48213"),
    (DaNang, "/web/dng/-/khai-truong-cho-dem", "khai-truong-cho-dem"),
    (DaNang, "/web/dng/-/khai-truong-cho-dem-1", "khai-truong-cho-dem-1"),
    (DaNang, "/web/dng/-/khai-truong-cho-dem-i", "khai-truong-cho-dem-i"),
    (DaNang, "/chi-tiet?id=57068&_c=3", "id/57068"),
    (DaNang, "/web/dng/-/tu-ng%C3%A0y-112025", "tu-ng%C3%A0y-112025"),
    (DaNang, "/web/dng/-/tu-nga%CC%80y-112025", "tu-nga%CC%80y-112025"),
    (Vjst, "/vn/tin-tuc/11980/nghien-cuu-giong-lua-.aspx", "11980"),
    (Vjst, "/vn/tin-tuc/1198/nghien-cuu-giong-lua-.aspx", "1198"),
    (Vjst, "/vn/tin-tuc/46/8122/hoi-thao-vat-lieu.aspx", "8122"),
    (Vjst, "/vn/Pages/chitiettin.aspx?IDNews=24021", "24021"),
    (Vjst, "/hoi-thao-vat-lieu-76554.html", "html/76554"),
    (Vjst, "/hoi-thao-vat-lieu-nam-2025-21832.html", "html/21832"),
    (QuangNinh, "/Trang/ChiTietTinTuc.aspx?nid=113139", "113139"),
    (QuangNinh, "/So/soxaydung/Trang/ChiTietTinTuc.aspx?nid=113139", "so/soxaydung/113139"),
    (QuangNinh, "/So/soxaydung/Trang/ChiTietTinTuc.aspx?nid=5479", "so/soxaydung/5479"),
    (BaoChinhPhu, "/chinh-sach-co-hieu-luc-102260228093004191.htm", "102260228093004191"),
    (BaoChinhPhu, "/danh-gia-dien-rong-10226030416274747.htm", "10226030416274747"),
    *FURTHER_ARTICLES,
]
IDS = [f"{portal.name} {path}" for portal, path, _ in ARTICLES]

PORTALS: list[type[PortalSpider]] = [NinhThuan, QuangTri, BinhDinh, BacGiang, DaNang, Vjst, QuangNinh, BaoChinhPhu]
EVERY = [*PORTALS, *FURTHER]

NO_ARTICLES: list[tuple[type[PortalSpider], str]] = [
    (NinhThuan, "/portal/Pages/Tin-tuc-su-kien.aspx"),
    (NinhThuan, "/portal/pages/print.aspx?p=31310"),
    (NinhThuan, "/portal/Pages/default.aspx"),
    (NinhThuan, "/portal/Photos/2024-04-25/a.jpg"),
    (NinhThuan, "/chinhquyen/phuoc-dan/Pages/Default.aspx"),
    (QuangTri, "/tin-tuc"),
    (QuangTri, "/tin-tuc/?cur=2"),
    (QuangTri, "/thong-tin/xa-cua-viet"),
    (QuangTri, "/tin-tuc/2025"),
    (QuangTri, "/documents/1/2/van-ban.pdf"),
    (BinhDinh, "/tin-tuc"),
    (BinhDinh, "/loi-chao-mung"),
    (BinhDinh, "/chuyen-muc-tin-tong-hop-c21073-1.html"),
    (BinhDinh, "/tin-tong-hop-c21073-2.html"),
    (BinhDinh, "/tin-tuc/khai-mac.html?page=login"),
    (BinhDinh, "/pages/gioi-thieu.html"),
    (BacGiang, "/chinh-tri"),
    (BacGiang, "/chi-tiet/-/asset_publisher/1o2MmGSc2AhD/rss"),
    (BacGiang, "/chi-tiet/-/asset_publisher"),
    (DaNang, "/c/portal/login?p_l_id=1"),
    (DaNang, "/web/dng/-/.."),
    (Vjst, "/vn/tin-tuc.aspx"),
    (Vjst, "/vn/chuyen-muc/46/chuyen-doi-so.aspx?page=2"),
    (Vjst, "/vn/Pages/chitiettin.aspx"),
    (Vjst, "/vn/Pages/chitiettin.aspx?IDNews=8122;drop"),
    (Vjst, "/rss/492/tin_tuc_su_kien.rss"),
    (Vjst, "/chuyen-doi-so"),
    (Vjst, "/nghi-quyet-57.html"),
    (Vjst, "/vn/pages/print.aspx?id=1"),
    (QuangNinh, "/Trang/tin-tuc-su-kien.aspx"),
    (QuangNinh, "/Trang/ChiTietTinTuc.aspx"),
    (QuangNinh, "/Trang/ChiTietTinTuc.aspx?nid=7;drop"),
    (QuangNinh, "/Trang/ChiTietBVGioiThieu.aspx?bvid=12"),
    (QuangNinh, "/so/sothongtinTT/Trang/Qnp-rss.aspx"),
    (BaoChinhPhu, "/chinh-tri.htm"),
    (BaoChinhPhu, "/chinh-tri.rss"),
    (BaoChinhPhu, "/chu-de/nghi-quyet-102260228093004191.htm"),
    (BaoChinhPhu, "/timelinelist/1021119/2.htm"),
    *FURTHER_NO_ARTICLES,
]


@pytest.mark.parametrize(("portal", "path", "key"), ARTICLES, ids=IDS)
def test_the_key_of_a_real_address_shape(portal: type[PortalSpider], path: str, key: str) -> None:
    assert portal.article_key(portal.home + path) == key


@pytest.mark.parametrize("portal", EVERY, ids=[portal.name for portal in EVERY])
def test_two_articles_never_share_a_key(portal: type[PortalSpider]) -> None:
    keys = [portal.article_key(portal.home + path) for owner, path, _ in ARTICLES if owner is portal]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("portal", "path"), NO_ARTICLES, ids=[f"{p.name} {path}" for p, path in NO_ARTICLES])
def test_what_is_no_article_has_no_key(portal: type[PortalSpider], path: str) -> None:
    assert portal.article_key(portal.home + path) is None


HOSTS = ["{bare}", "www.{bare}", "{bare}.replica.test", "www.{bare}.replica.test"]
TRACKING = ["fbclid=IwAR0", "gclid=x", "zarsrc=31", "utm_source=zalo", "UTM_Medium=rss", "ref=home", "share=1"]
CACHE = ["t=1741302556197", "v=3", "_=1740967512", "cachebuster=9f", "nocache=1", "rnd=0.123"]
JUNK = ["categoryId=100", "inheritRedirect=true", "p_p_id=x", "a=b=c", "%", "tìm=ơ"]
LANGUAGES = ["", "/vi", "/vi_VN", "/vi-vn", "/VI"]
# What makes a copy: before the path, behind it, in its query.
COPIES = [
    ("", "", ""),
    ("/print", "", ""),
    ("/amp", "", ""),
    ("", "/print", ""),
    ("", "/amp", ""),
    ("", "/amp/", ""),
    ("", ".amp", ""),
    ("", "/pop_up", ""),
    ("", "/rss", ""),
    ("", "", "print=1"),
    ("", "", "amp"),
    ("", "", "amp=1"),
    ("", "", "outputType=amp"),
    ("", "", "p_p_state=pop_up"),
    ("", "", "rss=1"),
]
# Whose addresses do not tell letter case apart; elsewhere a slug is what it is.
ANY_CASE: list[type[PortalSpider]] = [NinhThuan, QuangNinh, QuangTri, Vjst, BaoChinhPhu, Hue, VinhLong]


@settings(deadline=None, max_examples=500)
@given(
    article=st.sampled_from(ARTICLES),
    scheme=st.sampled_from(["https", "http", "HTTPS"]),
    host=st.sampled_from(HOSTS),
    upper=st.booleans(),
    port=st.sampled_from(["", ":443"]),
    language=st.sampled_from(LANGUAGES),
    copy=st.sampled_from(COPIES),
    session=st.sampled_from(["", ";jsessionid=0A1B2C.node1", ";JSESSIONID=ff"]),
    junk=st.lists(st.sampled_from([*TRACKING, *CACHE, *JUNK]), max_size=4),
    case=st.sampled_from([str, str.upper, str.swapcase]),
    fragment=st.sampled_from(["", "#", "#binh-luan", "#rss"]),
)
def test_decorations_do_not_make_a_second_article(
    article: tuple[type[PortalSpider], str, str],
    scheme: str,
    host: str,
    upper: bool,
    port: str,
    language: str,
    copy: tuple[str, str, str],
    session: str,
    junk: list[str],
    case: Callable[[str], str],
    fragment: str,
) -> None:
    portal, path, key = article
    written = host.format(bare=portal.home.removeprefix("https://").removeprefix("www."))
    before, _, query = path.partition("?")
    before = before.removeprefix("/vi")
    before, behind, more = f"{copy[0]}{language}{before}", copy[1], copy[2]
    if portal in ANY_CASE:
        before, query = case(before), case(query)
    queries = "&".join(part for part in [*junk, more, query] if part)
    address = f"{scheme}://{written.upper() if upper else written}{port}{before}{behind}{session}"
    address += (f"?{queries}" if queries else "") + fragment
    assert portal.article_key(address) == key
    is_plain = copy == ("", "", "") or more == "rss=1"
    assert portal.entry_key(address) == (key if is_plain else None)


def copies() -> Iterator[tuple[type[PortalSpider], str, str]]:
    """Portal, address of a copy and its article's key: before the path, behind it, before its ending."""
    for portal, path, key in ARTICLES:
        before, _, query = path.partition("?")
        stem, dot, ending = before.rpartition(".")
        inside = [f"{stem}.amp.{ending}"] if dot and "/" not in ending else []
        for copied in (
            f"/amp{before}",
            f"{before}/amp",
            f"/print{before}",
            f"{before}/print",
            f"{before}.amp",
            *inside,
        ):
            yield portal, copied + (f"?{query}" if query else ""), key


@pytest.mark.parametrize(
    ("portal", "path", "key"), list(copies()), ids=[f"{portal.name} {path}" for portal, path, _ in copies()]
)
def test_a_copy_has_its_articles_key_and_is_no_entry(portal: type[PortalSpider], path: str, key: str) -> None:
    assert (portal.article_key(portal.home + path), portal.entry_key(portal.home + path)) == (key, None)


@st.composite
def real_shapes(draw: st.DrawFn) -> tuple[type[PortalSpider], str, str]:
    """Draw a portal's address shape with numbers and slugs, and what must tell two of them apart."""
    portal = draw(st.sampled_from(PORTALS))
    slug = draw(st.from_regex(r"[a-z0-9]{1,6}(-[a-z]{1,6}){1,4}", fullmatch=True))  # `-c1234` would be VHV's number
    number = draw(st.integers(10_000, 99_999_999))
    day = draw(st.dates(date(2010, 1, 1), date(2030, 1, 1)))
    stamp = f"102{day:%y%m%d}{number:09d}"
    made = {
        NinhThuan: (f"/portal/Pages/{day.year}-{day.month}-{day.day}/{slug}.aspx", f"{day}/{slug}"),
        QuangTri: (f"/chi-tiet-tin/-/view-article/1/157/{number}", str(number)),
        BinhDinh: (f"/tin-tuc/{slug}.html", slug),
        BacGiang: (f"/chi-tiet/-/asset_publisher/1o2MmGSc2AhD/content/{slug}", slug),
        DaNang: (f"/web/dng/-/{slug}", slug),
        Vjst: (f"/vn/tin-tuc/{number}/{slug}.aspx", str(number)),
        QuangNinh: (f"/Trang/ChiTietTinTuc.aspx?nid={number}", str(number)),
        BaoChinhPhu: (f"/{slug}-{stamp}.htm", stamp),
    }[portal]
    return portal, *made


@settings(deadline=None)
@given(real_shapes(), real_shapes())
def test_two_drawn_articles_share_a_key_only_when_they_are_one(
    one: tuple[type[PortalSpider], str, str], other: tuple[type[PortalSpider], str, str]
) -> None:
    (portal, path, mark), (second, path_2, mark_2) = one, other
    key, key_2 = portal.article_key(portal.home + path), second.article_key(second.home + path_2)
    assert key is not None
    assert key_2 is not None
    if portal is second:
        assert (key == key_2) == (mark == mark_2)


@pytest.mark.parametrize(
    ("portal", "one", "other"),
    [
        (DaNang, "/web/dng/-/khai-truong", "/vi/web/dng/-/khai-truong"),
        (DaNang, "/web/dng/-/khai-truong", "/web/guest/-/asset_publisher/abc/content/khai-truong?inheritRedirect=true"),
        (DaNang, "/web/dng/-/khai-truong", "/web/dng/-/khai-truong/"),
        (DaNang, "/web/dng/-/ngày", "/web/dng/-/ng%c3%a0y"),
        (BacGiang, "/vi_VN/a/-/asset_publisher/x/content/b", "/a/-/asset_publisher/y/content/b/maximized"),
        (QuangTri, "/chi-tiet-tin/-/view-article/1/2/3", "/vi/chi-tiet-tin/-/view-article/1/9/3"),
        (NinhThuan, "/portal/Pages/2024-4-25/Abc.aspx", "/PORTAL/pages/2024-4-25/aBC.ASPX"),
        (QuangNinh, "/So/SoXayDung/Trang/ChiTietTinTuc.aspx?nid=1", "/so/soxaydung/trang/chitiettintuc.aspx?NID=1"),
        (BinhDinh, "/tin-tuc/a-b.html", "/tin-tuc/hoat-dong/a-b.html?categoryId=5"),
        (Vjst, "/vn/tin-tuc/7/a.aspx", "/vn/tin-tuc/7/a-moi.aspx"),
        (Vjst, "/vn/tin-tuc/7/a.aspx", "/vn/Pages/chitiettin.aspx?ChuyenmucID=46&IDNews=7&tieude=a.aspx"),
        (Vjst, "/vn/tin-tuc/46/7/a.aspx", "/VN/pages/ChiTietTin.aspx?idnews=7"),
        (Vjst, "/vat-lieu-moi-86335.html", "/vat-lieu-86335.html?utm_source=zalo"),
        (QuangTri, "/tin-tuc/cau-ben-da", "/vi/tin-tuc/cau-ben-da/?redirect=%2Ftin-tuc"),
        *FURTHER_TWINS,
    ],
)
def test_twins_are_one_article(portal: type[PortalSpider], one: str, other: str) -> None:
    assert portal.article_key(portal.home + one) == portal.article_key(portal.home + other) is not None


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/web/dng/-/khai-truong",
        "https://danang.gov.vn.example.com/web/dng/-/khai-truong",
        "https://danang.gov.vn@example.com/web/dng/-/khai-truong",
        "https://khac.danang.gov.vn/web/dng/-/khai-truong",
        "https://danang.gov.vn:8080/web/dng/-/khai-truong",
        "ftp://danang.gov.vn/web/dng/-/khai-truong",
        "/web/dng/-/khai-truong",
        "javascript:alert(1)",
        "https://[danang.gov.vn/web/dng/-/x",
        "https://danang.gov.vn:port/web/dng/-/x",
        "https://danang.gov.vn/web/dng/-/" + "x" * 65536,
        "",
    ],
    ids=lambda address: address[:60] or "empty",
)
def test_foreign_and_broken_addresses_have_no_key(address: str) -> None:
    assert DaNang.article_key(address) is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_path_breaks_a_family(path: str) -> None:
    for portal in EVERY:
        key = portal.article_key(f"{portal.home}/{path}")
        assert key is None or (key.isascii() and not set(key) & set(' \t\r\n"<>\\\0'))


def test_numbers_of_a_further_host_are_kept_apart() -> None:
    class Doanh(SPQNPSpider):
        name = "doanh"
        title = "Doanh nghiệp Quảng Ninh"
        province = "quangninh"
        home = "https://www.quangninh.gov.vn"
        sections = QuangNinh.sections
        sure = QuangNinh.sure
        hosts = ("doanhnghiep.quangninh.gov.vn",)

    path = "/Trang/ChiTietTinTuc.aspx?nid=8850"
    assert Doanh.article_key("https://quangninh.gov.vn" + path) == "8850"
    assert Doanh.article_key("https://doanhnghiep.quangninh.gov.vn" + path) == "doanhnghiep.quangninh.gov.vn/8850"
