"""The page against hostile pages, hosts and texts (rows D7, D8 and D10-D16 of the catalogue), over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.__main__ import main
from archive.errors import UsageError
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from archive.web.context import PageContext
from archive.web.formatting import visible
from archive.web.middleware import COOKIE, LOCAL, AccessRules, host_name, is_loopback
from archive.web.server import Settings, read_token, rules_of
from testing.archives import sealed
from testing.hostile_archive import BODIES, PAYLOADS, PORTAL, SIGNAL, hostile
from testing.web_page import read, serve_page

TOKEN = "0123456789abcdef0123456789abcdef"
EVERYWHERE = (
    "/", "/vi/", "/en/nights/2025-03-03", "/en/portals/quang_tri", "/en/articles/quang_tri/p00", "/en/nothing",
    "/en/nights/not-a-day", "/static/page.css", "/static/icon.svg", "/robots.txt", "/en/texts/2025-03-03/quang_tri/0.txt",
    "/en/proofs/2025-03-03/quang_tri/0.json", "/en/captures/2025-03-03/quang_tri/0.txt", "/xx/",
)  # fmt: skip
ALLOWED_ELEMENTS = frozenset(
    "html head meta title link script body a header div span small form label input button p nav ul li strong main section "
    "h1 h2 h3 dl dt dd table caption thead tbody tr th td abbr time code pre em bdi article footer figure figcaption svg rect "
    "path circle details summary del ins select option mark ol b".split()
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("hostile") / "archive"
    with hostile(where) as archive, SearchIndex.of(archive) as words:
        catch_up(archive, words)
    return where


@pytest.fixture(scope="module")
def page(root: Path) -> Iterator[httpx.Client]:
    with serve_page(root) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


# D7: archived text is text


def test_there_are_thirty_payloads_and_more() -> None:
    assert len(set(PAYLOADS)) >= 30


@pytest.mark.parametrize("place", range(len(PAYLOADS)), ids=lambda place: f"{PAYLOADS[place][:24]!a}")
def test_a_payload_is_shown_as_text_wherever_it_stands(page: httpx.Client, place: int) -> None:
    answer = page.get(f"/en/articles/{PORTAL}/p{place:02d}")
    assert answer.status_code == 200
    tree = read(answer.text)
    kept = PAYLOADS[place].replace("\x00", "\ufffd")  # no index keeps a nul
    assert " ".join(visible(kept).split()) in tree.nodes("//h1")[0].words
    _inert(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/en/",
        "/en/nights/2025-03-03",
        "/en/nights/2025-03-04?kind=changed",
        f"/en/portals/{PORTAL}",
        "/en/coverage/2025-03",
        "/en/doubtful",
        "/en/integrity",
        "/en/captures/2025-03-03/quang_tri/0",
        f"/en/search?q={quote(PAYLOADS[1])}&portal={quote(PAYLOADS[3])}",
        f"/en/articles/{PORTAL}/{quote(PAYLOADS[0], safe='')}",
        f"/en/%3Cscript%3Ewindow.{SIGNAL}=1%3C/script%3E",
    ],
)
def test_pages_that_list_payloads_have_no_element_of_theirs(page: httpx.Client, path: str) -> None:
    _inert(page.get(path))


def test_the_change_of_a_hostile_text_is_text(page: httpx.Client) -> None:
    for place in (0, 3, 29):
        link = next(
            link
            for link in read(page.get(f"/en/articles/{PORTAL}/p{place:02d}").text).strings("//a/@href")
            if link.startswith("/en/changes")
        )
        answer = page.get(link)
        assert answer.status_code == 200
        assert read(answer.text).nodes("//ins")
        _inert(answer)


def _inert(answer: httpx.Response) -> None:
    tree = read(answer.text)
    assert not (strange := _names(answer.text) - ALLOWED_ELEMENTS), strange
    assert tree.strings("//script/@src") == ["/static/page.js"]
    assert not tree.nodes("//script[not(@src)] | //*[@style] | //base | //iframe | //object | //embed | //img")
    assert not tree.strings("//@*[starts-with(name(), 'on')]")
    for link in tree.strings("//@href | //@src | //@action"):
        assert link.startswith(("/", "#", "?", "http://", "https://")), link
        assert not link.startswith("//"), link
    for link in tree.strings("//@src | //link/@href | //@action"):
        assert urlsplit(link).netloc == "", link
    text = tree.text
    assert not [
        char for char in text if char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\u200f\ufeff\x00\x1b\x08\x07"
    ]


def _names(text: str) -> set[str]:
    found: set[str] = set()

    class Names(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)

    Names().feed(text)
    return found


@pytest.mark.parametrize("place", [22, 23, 24, 25, 26])
def test_an_address_that_runs_something_is_no_link(page: httpx.Client, place: int) -> None:
    links = read(page.get(f"/en/articles/{PORTAL}/p{place:02d}").text).strings("//a[contains(@class, 'outside')]/@href")
    assert not [link for link in links if not link.startswith(f"https://{PORTAL}.gov.vn.replica.test/")]


# D8: nothing stored is served as what it was


@pytest.mark.parametrize("name", BODIES)
def test_a_stored_body_is_a_file_of_plain_text(page: httpx.Client, name: str) -> None:
    article = read(page.get(f"/en/articles/{PORTAL}/{name}").text)
    capture = next(link for link in article.strings("//a/@href") if "/captures/" in link)
    answer = page.get(f"{capture}.txt")
    assert answer.content == BODIES[name][1]
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith('attachment; filename="2025-')
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "allow-" not in answer.headers["content-security-policy"]


# D10: nothing can be changed


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_only_reading_is_answered(page: httpx.Client, method: str) -> None:
    for path in ("/", "/vi/", f"/en/articles/{PORTAL}/p00", "/en/nothing"):
        answer = page.request(method, path) if method != "get" else _raw(page, "get", path)
        assert answer.status_code == 405 if method != "get" else answer.status_code in (400, 405)
        if answer.status_code == 405:
            assert answer.headers["allow"] == "GET, HEAD"


def _raw(page: httpx.Client, method: str, path: str) -> httpx.Response:
    where = (page.base_url.host, page.base_url.port or 80)
    with socket.create_connection(where, 5) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        head = connection.makefile("rb").readline().decode("latin-1")
        return httpx.Response(int(head.split()[1]), headers={"allow": "GET, HEAD"})


def test_head_is_get_without_a_body(page: httpx.Client) -> None:
    answer = page.head("/en/")
    assert (answer.status_code, answer.content) == (200, b"")


# D11: whose host it is


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "LocalHost", "localhost:8642", "[::1]:80", "localhost."]
)
def test_this_machine_is_answered_for(page: httpx.Client, host: str) -> None:
    assert page.get("/en/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.2", "0.0.0.0", "[::]", "2130706433", "0x7f.1",
        "localhost@evil.example", "localhost, evil.example", "[::1", "::1", "localhost:x", "localhost:80:80", ":80",
        "%6cocalhost",
    ],
)  # fmt: skip
def test_another_host_is_refused_before_anything_is_looked_up(page: httpx.Client, host: str) -> None:
    for path in ("/en/", "/nothing", "/static/page.css"):
        answer = page.get(path, headers={"Host": host})
        assert answer.status_code in (400, 421), answer.status_code
        assert "Lưu" not in answer.text


def test_a_request_with_two_hosts_or_none_is_refused(page: httpx.Client) -> None:
    where = (page.base_url.host, page.base_url.port or 80)
    for hosts in ("Host: localhost\r\nHost: evil.example\r\n", ""):
        with socket.create_connection(where, 5) as connection:
            connection.sendall(f"GET /en/ HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
            assert b" 400 " in connection.makefile("rb").readline()


def test_a_host_that_was_named_is_answered_for(root: Path) -> None:
    rules = rules_of(Settings(names=("archive.example.vn",)))
    with serve_page(root, rules) as address:
        assert httpx.get(f"{address}/en/", headers={"Host": "Archive.example.vn:80"}).status_code == 200
        assert httpx.get(f"{address}/en/", headers={"Host": "example.vn"}).status_code == 421


@given(st.text(max_size=40))
def test_no_header_makes_another_host_of_itself(header: str) -> None:
    name = host_name(header)
    assert name is None or not set(name) & set("[]@") or name not in LOCAL


# D12 and what else every answer says


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_forbids_what_it_does_not_need(page: httpx.Client, path: str) -> None:
    for answer in (page.get(path), page.head(path), page.post(path), page.get(path, headers={"Host": "evil.example"})):
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "set-cookie" not in headers
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_here_and_build_nothing_in(page: httpx.Client, site: str) -> None:
    fetched = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert page.get("/static/icon.svg", headers=fetched).status_code == 403
    assert page.get("/en/", headers=followed).status_code == 200


# D13, D14, D15: what an address may say


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/articles/quang_tri/..%2f..%2farchive.json", 404),
        ("/en/articles/..%2f..%2fetc/passwd", 400),
        ("/en/articles/quang_tri/p00%00", 400),
        ("/en/articles/quang_tri/%ff%fe", 404),
        ("/en/articles/QUANG/p00", 400),
        ("/en/articles/quang_tri/" + "a" * 1500, 400),
        ("/en/articles/quang_tri/" + "a" * 5000, 414),
        ("/en/articles/quang_tri/p00?at=2025-03-03/..%2f/0", 400),
        ("/en/articles/quang_tri/p00?at=' OR 1=1 --", 400),
        ("/en/articles/quang_tri/' OR '1'='1", 404),
        ("/en/portals/..%2f..", 404),
        ("/en/portals/quang_tri' --", 400),
        ("/en/portals/quang_tri?before=zzz", 400),
        ("/en/portals/quang_tri?before=2025-02-30/001/0000000", 400),
        ("/en/portals/quang_tri?year=99999999999", 400),
        ("/en/portals/quang_tri?year=1999", 404),
        ("/en/portals/nobody", 404),
        ("/en/nights/2025-02-30", 400),
        ("/en/nights/20250303", 400),
        ("/en/nights/2025-W10-1", 400),
        ("/en/nights/9999-12-31", 400),
        ("/en/nights/2025-03-03?after=..%2f/1", 400),
        ("/en/nights/2025-03-03?after=quang_tri/99999999999999999999", 400),
        ("/en/nights/2025-03-03?kind=%27", 400),
        ("/en/coverage/2025-13", 400),
        ("/en/coverage/x", 400),
        ("/en/captures/2025-03-03/..%2f..%2fopen/0.txt", 404),
        ("/en/captures/2025-03-03/quang_tri/-1.txt", 400),
        ("/en/captures/2025-03-03/quang_tri/99999999999999999999.txt", 400),
        ("/en/captures/2025-03-03/quang_tri/9999.txt", 404),
        ("/en/texts/2025-03-03/quang_tri/0x0.txt", 400),
        ("/en/proofs/2025-03-03/quang_tri/٣.json", 400),
        ("/en/changes", 400),
        ("/en/changes?old=a&new=b", 400),
        (f"/en/changes?old=quang_tri/p00@{'0' * 16}&new=quang_tri/p01@{'0' * 16}", 404),
        ("/en/doubtful?before=%00", 400),
        ("/en/integrity?before=2025-03-03/x", 400),
        ("/en/search?q=%22", 400),
        ("/en/search?q=nghi quyet&page=51", 400),
        ("/en/search?q=nghi quyet&page=-1", 400),
        ("/en/search?q=nghi quyet&sort=title;--", 400),
        ("/en/search?q=" + "a%20" * 100, 400),
        ("/en/search?portal=%27%20OR%201=1", 400),
        ("/en/search?since=yesterday", 400),
        ("/en/search?q=a*", 400),
        ("/en/search?event=%3Cscript%3E", 400),
        ("/en/documents?year=20x5", 400),
        ("/en/documents?issuer=%27", 400),
        ("/en/documents?start=-1", 400),
        ("/static/../desk.py", 404),
        ("/static/..%2fdesk.py", 404),
        ("/static/page.css/", 404),
        ("/xx/", 404),
        ("/vi//evil.example", 404),
    ],
)
def test_an_address_that_is_none_is_refused_plainly(page: httpx.Client, path: str, status: int) -> None:
    answer = page.get(path)
    assert answer.status_code == status, answer.text[-300:]
    assert "Traceback" not in answer.text
    assert "SELECT" not in answer.text
    assert not answer.is_redirect


@pytest.mark.parametrize(
    "words", [*PAYLOADS[-12:], "NEAR(", "a NEAR/0 b", "col:x", "^a", "a AND", "{a}", "-", "*", "'", '"a" + "b"']
)
def test_no_question_is_syntax(page: httpx.Client, words: str) -> None:
    answer = page.get("/en/search", params={"q": words})
    assert answer.status_code in (200, 400), answer.text[-300:]
    _inert(answer)


def test_a_list_is_cut_into_pages_that_follow_each_other(page: httpx.Client) -> None:
    path, seen, pages = f"/en/portals/{PORTAL}", list[str](), 0
    while path:
        tree = read(page.get(path).text)
        rows = tree.strings("//table[contains(@class, 'events')]//th/a/@href")
        assert 0 < len(rows) <= 50
        seen += rows
        path, pages = next(iter(tree.strings("//a[@rel='next']/@href")), "").partition("#")[0], pages + 1
    assert len(seen) == len(set(seen)) == 2 * len(PAYLOADS) + len(BODIES) + 2
    assert pages == 3


def test_more_work_than_two_comparisons_at_a_time_is_put_off(root: Path) -> None:
    with Archive.open(root, read_only=True) as archive:
        desk = PageContext(archive, wait=0.01)
        with desk.heavy(), desk.heavy(), pytest.raises(Exception, match="in a moment"), desk.heavy():
            pass
        with desk.heavy():
            pass


# D16: who can reach it


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.7", "archive.example.vn", ""])
def test_no_other_address_without_a_token(bind: str) -> None:
    with pytest.raises(UsageError, match="--token-file"):
        rules_of(Settings(bind=bind))


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "[::1]", "localhost", "127.0.0.9"])
def test_this_machine_alone_needs_no_token(bind: str) -> None:
    assert rules_of(Settings(bind=bind)).token is None
    assert is_loopback(bind.strip("[]"))


def _token_file(folder: Path, text: str = TOKEN, mode: int = 0o600) -> Path:
    file = folder / "token"
    file.write_text(f"{text}\n", encoding="utf-8")
    file.chmod(mode)
    return file


def test_an_address_with_a_token_answers_for_itself_and_not_for_everything(tmp_path: Path) -> None:
    file = _token_file(tmp_path)
    assert rules_of(Settings(bind="192.0.2.7", token_file=file)) == AccessRules(LOCAL | {"192.0.2.7"}, TOKEN)
    assert rules_of(Settings(bind="0.0.0.0", token_file=file)).hosts == LOCAL
    assert TOKEN not in repr(rules_of(Settings(token_file=file)))


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("short", 0o600, "openssl rand"),
        (TOKEN, 0o644, "chmod 600"),
        ("ü" * 30, 0o600, "token"),
        ("a b" * 20, 0o600, "openssl"),
    ],
    ids=["short", "read by others", "no ASCII", "blanks"],
)
def test_a_token_that_is_none_is_refused(tmp_path: Path, text: str, mode: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_token(_token_file(tmp_path, text, mode))


def test_with_a_token_nothing_is_shown_without_it(root: Path) -> None:
    with serve_page(root, AccessRules(token=TOKEN)) as address, httpx.Client(base_url=address) as page:
        for path in EVERYWHERE:
            for headers in (
                {},
                {"Authorization": f"Bearer {TOKEN}x"},
                {"Authorization": f"Basic {TOKEN}"},
                {"Cookie": f"{COOKIE}=x"},
            ):
                answer = page.get(path, headers=headers)
                assert answer.status_code == 401, path
                assert PORTAL not in answer.text
        assert page.get("/en/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert page.get("/enter", params={"token": "wrong"}).status_code == 401


def test_a_browser_enters_once_and_the_token_leaves_the_address(root: Path) -> None:
    with serve_page(root, AccessRules(token=TOKEN)) as address, httpx.Client(base_url=address) as page:
        entered = page.get("/enter", params={"token": TOKEN})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert page.get("/en/").status_code == 200
        assert TOKEN not in page.get("/en/").text


def test_the_command_names_the_address_and_ends_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(tmp_path / "a").close()
    assert main(["serve", "--archive", str(tmp_path / "a"), "--bind", "0.0.0.0"]) == 2
    assert "--token-file" in capsys.readouterr().err
    assert main(["serve", "--archive", str(tmp_path / "b")]) == 4
    assert main(["serve", "--archive", str(tmp_path / "a"), "--report", str(tmp_path / "none.json")]) == 2
    assert "verify --json" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--archive", str(tmp_path / "a"), "--port", str(port)]) == 2
    assert "--port" in capsys.readouterr().err
