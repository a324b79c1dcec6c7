"""Outcomes of composed answers, and of the recorded ones when they are at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.model.enums import Outcome
from crawler.requests import Expect
from crawler.responses.outcome import ResponseFacts, best_outcome, classify, needs_tree
from pipelines.html.page_shape import read_shape
from testing.recorded import ABSENT, DATA

HOME = "https://www.ba-song.replica.test"
URL = f"{HOME}/tin-tuc/hop-bao.html"
OWN = frozenset({"www.ba-song.replica.test", "ba-song.replica.test"})

MENU = "<ul class='menu'>" + "".join(f"<li><a href='/m{n}'>Mục số {n} của trang</a></li>" for n in range(30)) + "</ul>"
FOOT = "<div class='footer'>Cổng thông tin điện tử tỉnh Ba Sông. Người chịu trách nhiệm: Lê Văn Tám.</div>"
PARAGRAPH = "<p>Sáng nay, Ủy ban nhân dân tỉnh Ba Sông họp phiên thường kỳ, bàn về đê điều và nước sạch nông thôn.</p>"


def page(main: str, title: str = "Cổng thông tin điện tử tỉnh Ba Sông", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{MENU}{main}{FOOT}</body></html>"


ARTICLE = page(f"<h1>Họp báo thường kỳ</h1>{PARAGRAPH * 6}")
SHORT_NOTICE = page("<h1>Thông báo</h1><p>Chiều mai, thị trấn Ba Sông cúp nước từ 14 giờ.</p>")
EMPTY_RELATED = page(f"<h1>Họp báo</h1>{PARAGRAPH * 2}<div>Chi tiết bài viết tạm thời không có.</div>")
NOT_FOUND = page("<h1>Không tìm thấy bài viết</h1><p>Bài viết bạn yêu cầu không tồn tại hoặc đã bị xóa.</p>")
NOT_FOUND_PLAIN = page("<div>Nội dung không tồn tại!</div>")
ABOUT_MISSING = page(f"<h1>Không tìm thấy dấu vết dịch tả lợn ở Ba Sông</h1>{PARAGRAPH * 6}")
MAINTENANCE = "<html><head><title>Bảo trì</title></head><body><h1>Hệ thống đang bảo trì</h1></body></html>"
CHALLENGE = '<html><body><script>document.cookie="A=1; path=/";window.location.reload(true);</script></body></html>'
D1N = (
    '<html><body><script>document.cookie="D1N=5d8e"+"1f0a"+"; expires=Fri, 31-Dec-37 23:55:55 GMT; path=/";'
    "window.location.reload(true);</script></body></html>"
)
FIREWALL = "<html><head><title>Access denied</title></head><body><h1>Cloudrity</h1><p>Mã: 5f2.</p></body></html>"
INCIDENT = (
    "<html><body><p>The requested URL was rejected. Your support ID is: 1174</p><a href='/'>Back</a></body></html>"
)
BARRED = "<html><body><h2>Thông báo</h2><p>Truy cập của bạn đã bị chặn.</p></body></html>"
ABOUT_FIREWALL = page(f"<h1>Tập huấn vận hành tường lửa</h1>{PARAGRAPH * 6}")
SHORT_ABOUT_FIREWALL = page("<h1>Thông báo</h1><p>Chiều mai, tỉnh thay tường lửa của trung tâm dữ liệu.</p>")
APP = '<html><head><title>Cổng</title><script src="/a.js"></script></head><body><div id="app"></div></body></html>'
LOGIN = page("<h1>Đăng nhập</h1><form action='/dang-nhap'><input type='text'><input type='password'></form>")
CAPTCHA = page("<p>Xin xác nhận.</p><div class='g-recaptcha' data-sitekey='k'></div>")
CODE = (
    "<html><body><form action='/check.aspx?ReturnUrl=%2ftin-tuc'><table><tr><td><img src='/code.aspx'></td>"
    f"<td><input type='text' maxlength='6' name='ma'></td></tr></table>{PARAGRAPH * 12}</form></body></html>"
)
LOGIN_DIALOG = page(
    f"<h1>Họp báo</h1>{PARAGRAPH * 6}<div style='display:none'><input type='password'><div class='g-recaptcha'></div></div>"
)
MENU_ONLY = page("<div class='detail'></div>")
UNCLOSED = f"<html><body><h1>Họp báo</h1>{PARAGRAPH * 6}"

LONG_FOOT = f"<div class='chan-trang'>{PARAGRAPH * 3}</div>"
RELATED = "<div class='khac'><h3>Tin khác</h3><ul><li><a href='/1'>Ra quân trồng cây</a> (03/03/2025)</li></ul></div>"


def framed(content: str) -> str:
    """Return a page whose frame holds paragraphs of its own, as long as an article's."""
    return page(f"<div class='khung'><div class='cot-chinh'>{content}{RELATED}</div></div>{LONG_FOOT}")


NOTICES = {
    "a paragraph below the date": "<h1>Thông báo</h1><div>Thứ Tư, 05/03/2025 | Lượt xem: 12</div><p>Bài viết không tồn tại.</p>",
    "a box, the sentence in two elements": "<h2 class='t'>Tin tức</h2><div class='b'>Nội dung này <b>đã được gỡ bỏ</b>.</div>",
    "withdrawn, in a table": "<h1>Chi tiết</h1><table><tr><td>Tin bài đã được gỡ xuống theo yêu cầu.</td></tr></table>",
    "in English": "<h1>News</h1><p>The article you are looking for does not exist.</p>",
}
NO_NOTICES = {
    "the first words of a text": f"<h1>Tin giả</h1><p>Trang mạng xã hội nói trên không tồn tại.</p>{PARAGRAPH * 4}",
    "the last words of a text": f"<h1>Tin giả</h1>{PARAGRAPH * 4}<p>Bài viết nói trên đã bị xóa.</p>",
    "a lead in the title's box": f"<header><h1>Tin giả</h1><p>Bài viết đã bị gỡ.</p></header><div>{PARAGRAPH * 4}</div>",
}
_FORM = "<form action='/mo'><p>Nội dung được bảo vệ, hãy nhập mật khẩu để xem tiếp.</p><input type='password' name='p'></form>"
LOCKED = {
    "a form below the title": f"<h1>Họp kín</h1>{_FORM}",
    "a title in a header, boxes around the form": f"<article><header><h1>Họp kín</h1></header><div><div>{_FORM}</div></div></article>",
    "a heading of the second rank": f"<h2>Họp kín</h2><div>05/03/2025</div>{_FORM.replace('password', 'PASSWORD')}",
}
UNLOCKED = {
    "a form below a text": f"<h1>Họp</h1>{PARAGRAPH * 4}{_FORM}",
    "a form of the frame": f"<h1>Họp</h1><div>{PARAGRAPH * 4}</div></div><div class='dang-nhap'><h3>Thành viên</h3>{_FORM}",
}


@pytest.mark.parametrize("content", NOTICES.values(), ids=NOTICES)
@pytest.mark.parametrize("has_article", [False, True], ids=["by no layout", "by a layout"])
def test_a_notice_in_the_full_frame_is_no_article(content: str, has_article: bool) -> None:
    assert classify(seen(framed(content), has_article=has_article))[0] is Outcome.SOFT_404


@pytest.mark.parametrize("content", NO_NOTICES.values(), ids=NO_NOTICES)
@pytest.mark.parametrize("has_article", [False, True], ids=["by no layout", "by a layout"])
def test_a_text_that_speaks_of_what_is_gone_is_an_article(content: str, has_article: bool) -> None:
    assert classify(seen(framed(content), has_article=has_article))[0] is Outcome.ARTICLE


@pytest.mark.parametrize(
    "markup",
    [
        "<html><head><meta http-equiv='refresh' content='0; url=/tin/moi.html'></head><body>Xin chờ</body></html>",
        "<html><head><META HTTP-EQUIV=Refresh CONTENT=\"5;URL='/tin/moi.html'\"></head><body></body></html>",
        "<html><frameset cols='20%,80%'><frame src='/tin/moi.html'><frame src='/x'></frameset></html>",
        "<html><body><h1>Công báo</h1><iframe src='/tin/moi.html'></iframe></body></html>",
    ],
)
def test_a_page_that_only_sends_on_names_its_target(markup: str) -> None:
    outcome, detail = classify(seen(markup))
    assert outcome is Outcome.EMPTY
    assert (detail or "").endswith("; the page sends on to /tin/moi.html")


@pytest.mark.parametrize("content", LOCKED.values(), ids=LOCKED)
def test_a_form_in_the_place_of_the_text_is_a_login(content: str) -> None:
    assert classify(seen(framed(content)))[0] is Outcome.LOGIN


@pytest.mark.parametrize("content", UNLOCKED.values(), ids=UNLOCKED)
def test_a_form_beside_a_text_is_no_login(content: str) -> None:
    assert classify(seen(framed(content)))[0] is Outcome.ARTICLE


def seen(text: str | bytes = ARTICLE, **more: object) -> ResponseFacts:
    body = text if isinstance(text, bytes) else text.encode()
    facts: dict[str, object] = {
        "status": 200,
        "headers": {"content-type": "text/html; charset=utf-8"},
        "body": body,
        "is_text": True,
        "shape": read_shape(body.decode("utf-8", "replace")),
        "url": URL,
        "requested_url": URL,
        "expect": Expect.ARTICLE,
        "home": HOME,
        "own": OWN,
    }
    return ResponseFacts(**{**facts, **more})  # type: ignore[arg-type]  # each field has its type above


LIST = {"expect": Expect.LISTING}
HTML = {"content-type": "text/html; charset=utf-8"}
CLOUDRITY = {"server": "Cloudrity"}
KIND = {"content-type": "application/pdf"}
CASES = {
    "article": (seen(), Outcome.ARTICLE),
    "short notice": (seen(SHORT_NOTICE, has_article=True), Outcome.ARTICLE),
    "empty related list under an article": (seen(EMPTY_RELATED, has_article=True), Outcome.ARTICLE),
    "the same without a known layout": (seen(EMPTY_RELATED), Outcome.ARTICLE),
    "article about something missing": (seen(ABOUT_MISSING), Outcome.ARTICLE),
    "the same with a known layout": (seen(ABOUT_MISSING, has_article=True), Outcome.ARTICLE),
    "soft 404": (seen(NOT_FOUND), Outcome.SOFT_404),
    "soft 404 in one line": (seen(NOT_FOUND_PLAIN), Outcome.SOFT_404),
    "soft 404 in the article's containers": (seen(NOT_FOUND, has_article=True), Outcome.SOFT_404),
    "redirected to the front page": (seen(url=f"{HOME}/"), Outcome.SOFT_404),
    "redirected to the front page's file": (seen(url=f"{HOME}/Pages/default.aspx"), Outcome.SOFT_404),
    "redirected to a twin": (seen(url=f"{HOME}/vi/tin-tuc/hop-bao.html"), Outcome.ARTICLE),
    "the front page was asked for": (seen(url=f"{HOME}/", requested_url=f"{HOME}/", **LIST), Outcome.LISTING),
    "cookie challenge": (seen(CHALLENGE), Outcome.CHALLENGE),
    "cookie challenge with 403": (seen(CHALLENGE, status=403), Outcome.CHALLENGE),
    "cookie challenge for a list": (seen(CHALLENGE, **LIST), Outcome.CHALLENGE),
    "the D1N form with 503": (seen(D1N, status=503), Outcome.CHALLENGE),
    "the D1N form for a file": (seen(D1N, expect=Expect.ATTACHMENT), Outcome.CHALLENGE),
    "a firewall": (seen(FIREWALL, status=403), Outcome.FIREWALL),
    "a firewall with 200": (seen(FIREWALL), Outcome.FIREWALL),
    "a firewall for a list": (seen(FIREWALL, status=503, **LIST), Outcome.FIREWALL),
    "a firewall for a file": (seen(FIREWALL, expect=Expect.ATTACHMENT), Outcome.FIREWALL),
    "a firewall by an identifier": (seen(INCIDENT, status=403), Outcome.FIREWALL),
    "a firewall in Vietnamese": (seen(BARRED), Outcome.FIREWALL),
    "a firewall that throttles": (seen(FIREWALL, status=429), Outcome.RATE_LIMITED),
    "a firewall by its server alone": (seen("<p>403</p>", status=403, headers=CLOUDRITY), Outcome.FIREWALL),
    "a page behind a firewall": (seen(headers=CLOUDRITY | HTML), Outcome.ARTICLE),
    "a missing page behind a firewall": (seen("<p>404</p>", status=404, headers=CLOUDRITY), Outcome.GONE),
    "an article about a firewall": (seen(ABOUT_FIREWALL), Outcome.ARTICLE),
    "a short notice about one": (seen(SHORT_ABOUT_FIREWALL, has_article=True), Outcome.ARTICLE),
    "application shell": (seen(APP), Outcome.APP_SHELL),
    "application shell for a list": (seen(APP, **LIST), Outcome.APP_SHELL),
    "captcha": (seen(CAPTCHA), Outcome.ROBOT_CHECK),
    "code in a picture with a way back": (seen(CODE), Outcome.ROBOT_CHECK),
    "login dialog on an article": (seen(LOGIN_DIALOG), Outcome.ARTICLE),
    "login page": (seen(LOGIN), Outcome.LOGIN),
    "redirected to login": (seen(url=f"{HOME}/dang-nhap?r=1"), Outcome.LOGIN),
    "maintenance page": (seen(MAINTENANCE), Outcome.MAINTENANCE),
    "503 with Retry-After": (seen(status=503, headers={"retry-after": "60"}), Outcome.MAINTENANCE),
    "503": (seen("x", status=503), Outcome.SERVER_ERROR),
    "500": (seen(status=500), Outcome.SERVER_ERROR),
    "404": (seen(status=404), Outcome.GONE),
    "410": (seen(status=410), Outcome.GONE),
    "403": (seen(status=403), Outcome.REFUSED),
    "451": (seen(status=451), Outcome.REFUSED),
    "429": (seen(status=429), Outcome.RATE_LIMITED),
    "304": (seen(b"", status=304), Outcome.NOT_MODIFIED),
    "400": (seen(status=400), Outcome.ERROR),
    "302 without a place": (seen(status=302), Outcome.ERROR),
    "204": (seen(b"", status=204), Outcome.EMPTY),
    "no body": (seen(b"  \n"), Outcome.EMPTY),
    "menu and frame only": (seen(MENU_ONLY), Outcome.EMPTY),
    "menu and frame only, as a list": (seen(MENU_ONLY, **LIST), Outcome.LISTING),
    "pdf by its type": (seen(b"%PDF-1.7 x", headers=KIND), Outcome.UNSUPPORTED_TYPE),
    "pdf by its first bytes": (seen(b"%PDF-1.7 x"), Outcome.UNSUPPORTED_TYPE),
    "picture": (seen(b"\x89PNG\r\n"), Outcome.UNSUPPORTED_TYPE),
    "json": (seen(b"{}", headers={"content-type": "application/json"}), Outcome.UNSUPPORTED_TYPE),
    "a feed for a list": (seen("<rss><channel/></rss>", headers={"content-type": "text/xml"}, **LIST), Outcome.LISTING),
    "another host": (seen(url="https://evil.example/a"), Outcome.WRONG_HOST),
    "fewer bytes than announced": (seen(flags=frozenset({"dataloss"})), Outcome.TRUNCATED),
    "gzip without its end": (seen(flags=frozenset({"truncated"})), Outcome.TRUNCATED),
    "a bomb": (seen(b"", flags=frozenset({"too_large"})), Outcome.TOO_LARGE),
    "brotli": (seen(flags=frozenset({"unknown_encoding"})), Outcome.UNSUPPORTED_TYPE),
    "no </html>, connection closed": (seen(UNCLOSED, flags=frozenset({"partial"})), Outcome.TRUNCATED),
    "no </html>, length right": (seen(UNCLOSED), Outcome.ARTICLE),
}


@pytest.mark.parametrize(("answer", "expected"), CASES.values(), ids=CASES.keys())
def test_an_answer_has_its_outcome(answer: ResponseFacts, expected: Outcome) -> None:
    assert classify(answer)[0] is expected


@pytest.mark.parametrize("answer", [answer for answer, _ in CASES.values()], ids=CASES.keys())
def test_what_is_read_of_a_page_elsewhere_decides_alike(answer: ResponseFacts) -> None:
    judged = classify(answer)
    if answer.shape is not None:
        assert classify(replace(answer, shape=answer.shape.brief())) == judged
    if not needs_tree(answer):
        assert classify(replace(answer, shape=None)) == best_outcome(answer) == judged
    elif best_outcome(answer)[0] is not Outcome.ARTICLE:
        assert judged[0] is not Outcome.ARTICLE


def test_a_body_without_its_end_is_noted_when_nothing_else_speaks_against_it() -> None:
    assert classify(seen(UNCLOSED)) == (Outcome.ARTICLE, "no </html>")


@pytest.mark.parametrize("value", ["='1'", ""], ids=["with values", "without"])
def test_a_storm_of_attributes_is_not_parsed_here(value: str) -> None:
    storm = "<html><body><p " + " ".join(f"a{n}{value}" for n in range(20_000)) + ">x</p></body></html>"
    assert classify(seen(storm)) == (Outcome.TOO_LARGE, "more than 2,000 attributes in one tag")


@pytest.mark.parametrize("links", [40, 60])
def test_the_menus_of_a_page_of_many_links_are_not_read_to_their_end(links: int) -> None:
    menu = "".join(f"<a href='/{number}'>{'chuyên mục ' * 5}{number}</a>" for number in range(links))
    shape = read_shape(f"<html><body>{menu}<p>{'Nội dung. ' * 30}</p><footer>cuối trang</footer></body></html>")
    assert shape is not None
    assert shape.links == links
    assert shape.main == " ".join(["Nội dung."] * 30)
    assert shape.main in shape.visible
    assert ("cuối trang" in shape.visible) is (links == 40)


@pytest.mark.parametrize("name", ["g-recaptcha", "g-rec&#97;ptcha"])
def test_a_widget_is_found_however_its_class_is_written(name: str) -> None:
    shape = read_shape(f"<html><body><p>Xác nhận</p><div class='box {name}'></div></body></html>")
    assert shape is not None
    assert shape.captcha == "a captcha"


def test_a_picture_in_an_attribute_is_no_storm() -> None:
    assert (
        classify(seen(page(f"<h1>Ảnh</h1><img src='data:image/png;base64,{'A=' * 10 + 'B' * 90000}'>{PARAGRAPH * 3}")))[
            0
        ]
        is Outcome.ARTICLE
    )


RECORDED = {
    "blocked/cookie_challenge.html": (Outcome.CHALLENGE, Outcome.CHALLENGE),
    "blocked/robot_check.html": (Outcome.ROBOT_CHECK, Outcome.ROBOT_CHECK),
    "blocked/before_robot_check.html": (Outcome.LISTING, Outcome.ARTICLE),
    "blocked/app_shell_as_robots.html": (Outcome.APP_SHELL, Outcome.APP_SHELL),
    "pages/baochinhphu_list.html": (Outcome.LISTING, Outcome.ARTICLE),
    "pages/baochinhphu_article.html": (Outcome.LISTING, Outcome.ARTICLE),
    "pages/cafef_article.html": (Outcome.LISTING, Outcome.ARTICLE),
    "pages/dantri_article.html": (Outcome.LISTING, Outcome.ARTICLE),
    "pages/nld_article.html": (Outcome.LISTING, Outcome.ARTICLE),
    "pages/baodautu_article.html": (Outcome.LISTING, Outcome.ARTICLE),
    "pages/dantri_list.html": (Outcome.LISTING, None),
    "pages/gazettes_by_year_2026.html": (Outcome.LISTING, None),
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_answers(name: str) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(ABSENT)
    as_list, as_article = RECORDED[name]
    assert classify(seen(path.read_bytes(), **LIST))[0] is as_list
    if as_article is not None:
        assert classify(seen(path.read_bytes()))[0] is as_article
