"""Links that change what a portal shows: no content behind them, and no cookie of theirs in a crawl."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from scrapy.http import Request, Response

from crawler.downloader.cookies import HostCookies
from crawler.downloader.state_links import changes_state
from testing.portals.samples.mau_nukeviet import MauNukeviet
from testing.portals.samples.mau_wordpress import MauWordpress

HOME = "https://ben-vang.replica.test"


@pytest.mark.parametrize(
    "address",
    [
        # a mobile theme, in three products
        "/?nvvithemever=m&nv_redirect=70zcTGhOVWta",
        "/tin-tuc/?wp_theme=nhe",
        "/Default.aspx?tabid=5&SkinSrc=di-dong",
        # a language
        "/?language=en",
        "/tin-tuc.html?lang=en",
        "/c/portal/update_language?changeLanguageId=en_US",
        # a visit
        "/wp-login.php?redirect_to=%2Ftin",
        "/dang-nhap?returnUrl=/tin/a.html",
        "/tin/a.html?replytocom=31",
        "/banners/click/?id=2&s=e881",
    ],
)
def test_a_link_that_switches_is_no_content(address: str) -> None:
    assert changes_state(HOME + address)


@pytest.mark.parametrize(
    "address",
    [
        "/index.php?language=vi&nv=news&op=tin-tuc/mo-kho-12.html",
        "/tin-tuc/page-2/",
        "/?p=68",
        "/?cat=2&paged=3",
        "/Trang/ChiTietTinTuc.aspx?nid=113139",
        "/chi-tiet?p_p_id=101&p_p_mode=view&_101_urlTitle=chia-se-vat-lieu",
        "/tin/dang-ky-ket-hon-tai-nha-7.html",
        "/-/asset_publisher/x/content/che?inheritRedirect=true&redirect=%2Ftin-tuc",
        "/Pages/tin.aspx?ItemID=4&ReturnUrl=%2FPages%2Fdefault.aspx",
        "/the-thao/giai-vo-thuat.html?theloai=1",
    ],
)
def test_content_that_looks_like_it(address: str) -> None:
    assert not changes_state(HOME + address)


def test_no_family_takes_an_article_from_such_a_link() -> None:
    path = "/news/tin-tuc/mo-kho-12.html"
    assert MauNukeviet.entry_key(MauNukeviet.home + path) == "12"
    assert MauNukeviet.entry_key(f"{MauNukeviet.home}{path}?nvvithemever=m") is None
    assert MauWordpress.entry_key(f"{MauWordpress.home}/mo-kho/?replytocom=4") is None


@pytest.mark.parametrize("address", ["/?giao-dien-theme=m", "/?lang=en", "/login?next=/tin"])
def test_its_cookie_does_not_flip_the_crawl(address: str) -> None:
    def kept(url: str) -> str | None:
        middleware = HostCookies()
        answer = Response(url, headers={"Set-Cookie": "kieu=di-dong; path=/"})
        middleware.process_response(Request(url), answer)
        later = Request(f"{HOME}/tin-tuc/trang-2")
        middleware.process_request(later)
        return later.headers.to_unicode_dict().get("Cookie")

    assert kept(f"{HOME}/tin-tuc/") == "kieu=di-dong"
    assert kept(HOME + address) is None


def test_a_cookie_does_not_leave_the_host_that_set_it_for_the_one_above() -> None:
    middleware = HostCookies()
    own = HOME.replace("://", "://con.")
    answer = Response(f"{own}/tin-tuc/", headers={"Set-Cookie": f"sid=1; path=/; Domain={urlsplit(HOME).hostname}"})
    middleware.process_response(Request(answer.url), answer)
    requests = [Request(f"{HOME}/tin"), Request(f"{own}/tin")]
    for request in requests:
        middleware.process_request(request)
    assert [request.headers.get("Cookie") for request in requests] == [None, b"sid=1"]
