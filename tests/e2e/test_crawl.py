"""Whole nights by the command, over a server that answers byte for byte: what is kept, what is recorded, how it ends."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from archive.messages.reason import Reason, joined
from archive.model.enums import Event, Outcome, Verdict, WalkEnd
from testing.ba_song_pages import HOST, article, html, listing
from testing.crawl import NIGHT, ROOT, command, crawl, environment, new_archive, the_night
from testing.http_server import HttpServer, Reply, response

ARGUMENTS = ("--night", NIGHT.isoformat())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return new_archive(tmp_path / "archive")


def portal(**articles: Reply) -> dict[str, Reply]:
    """Return a portal with one list page naming these articles (`_` in a name stands for `-`)."""
    keys = [name.replace("_", "-") for name in articles]
    pages: dict[str, Reply] = {"/tin-tuc": response(listing(keys))}
    return pages | {f"/tin/{key}.html": said for key, said in zip(keys, articles.values(), strict=True)}


def redirect(place: str, status: str = "302 Found") -> bytes:
    return response(b"", status, Location=place)


@pytest.mark.usefixtures("executed")
def test_a_night_is_walked_read_and_kept(archive: Path, tmp_path: Path) -> None:
    progress = tmp_path / "progress.jsonl"
    pages: dict[str, Reply] = {
        "/robots.txt": response(b"User-agent: *\nDisallow: /admin\n", kind="text/plain", Set_Cookie="sid=canary1"),
        "/tin-tuc": response(listing(["c", "b"], "/tin-tuc?trang=2"), Set_Cookie="sid=canary2; Path=/"),
        "/tin-tuc?trang=2": response(gzip.compress(listing(["b", "a"])), Content_Encoding="gzip"),
        "/tin/a.html": response(article(1), ETag='"a1"'),
        "/tin/b.html": response(gzip.compress(article(2)), Content_Encoding="gzip"),
        "/tin/c.html": response(article(3)),
    }
    suffixes = tmp_path / "suffix-list"  # where Scrapy's own cookies would put what they download past the guard
    more = {"PROGRESS_FILE": str(progress), "TLDEXTRACT_CACHE": str(suffixes)}
    with HttpServer(pages) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, port=server.port, **more)
    assert (done.code, done.err) == (0, "")
    assert not suffixes.exists()
    run, lines, articles = the_night(archive)
    assert run.complete
    assert (run.verdict, run.reasons, run.finish_reason) == (Verdict.GOOD, (Reason.of("no_history"),), "finished")
    assert run.outcomes == {"article": 3, "listing": 2, "robots": 1}
    assert [line.event for line in articles] == [Event.NEW] * 3
    assert [line.key for line in articles] == ["c", "b", "a"]
    assert [page.walk_end for page in lines if page.page_number] == [None, WalkEnd.LAST_PAGE]
    assert {page.key: page.etag for page in lines if page.key} == {"a": '"a1"', "b": None, "c": None}
    text = (archive / "2025/03/05/ba_song" / (articles[2].file or "")).read_text(encoding="utf-8")
    assert text.startswith("Xã An Bình 1 mở lớp học bơi cho trẻ em\n\n04/03/2025 08:01\n\nXã An Bình 1 mở")
    assert json.loads(progress.read_text().splitlines()[-1])["requests"] == 6
    asked_as(server)
    keeps_no_secret(archive)


def asked_as(server: HttpServer) -> None:
    """Assert the name that the crawl gives, and that it asks the replica as of the night."""
    for head in server.heads:
        assert f"Host: {HOST}\r\n" in head
        assert "Accept-Language: vi\r\n" in head
        assert "X-Replica-Night: 2025-03-05\r\n" in head
        assert "luu-tru/" in head
    assert any("Cookie: sid=canary2" in head for head in server.heads), "cookies are kept while paging"


def keeps_no_secret(archive: Path) -> None:
    """Assert that request records carry no cookie of ours, and response records what was served, Set-Cookie included."""
    kept = gzip.decompress((archive / "2025/03/05/ba_song/pages-00001.warc.gz").read_bytes()).decode("utf-8", "replace")
    heads = [record for record in kept.split("WARC/1.1") if "WARC-Type: request" in record]
    assert heads
    assert not any("canary" in head.lower() for head in heads)
    assert "canary2" in kept


ZOO: dict[str, tuple[Reply, Outcome]] = {
    "good": (response(article(1)), Outcome.ARTICLE),
    "moved": (redirect("/tin/good.html", "301 Moved Permanently"), Outcome.ARTICLE),
    "elsewhere": (redirect("https://evil.example/"), Outcome.EXTERNAL_LINK),
    "inside": (redirect("http://127.0.0.1:9/"), Outcome.GUARD_DENIED),
    "members-elsewhere": (redirect("https://sso.mau.vn/cas/login?service=x"), Outcome.GUARD_DENIED),
    "by-script": (response(b"<html><script>location.href='https://evil.example/x'</script></html>"), Outcome.EMPTY),
    "metadata": (redirect("http://2852039166/latest/"), Outcome.GUARD_DENIED),
    "real-host": (redirect("https://www.ba-song.vn/tin/good.html"), Outcome.GUARD_DENIED),
    "other-port": (redirect(f"http://{HOST}:8080/"), Outcome.GUARD_DENIED),
    "blank": (redirect("  /tin/good one.html?a=b c "), Outcome.ARTICLE),
    "not-an-encoding": (response(article(8), Content_Encoding="utf-8"), Outcome.ARTICLE),
    "zero-byte": (response(article(9).replace(b"</title>", b"\0</title>")), Outcome.ARTICLE),
    "odd-header": (response(article(11), Odd_Name="1").replace(b"Odd-Name", b"Odd Name "), Outcome.ARTICLE),
    "front": (redirect("/"), Outcome.SOFT_404),
    "members": (redirect("/dang-nhap?back=1"), Outcome.LOGIN),
    "loop": (redirect("/tin/loop.html"), Outcome.ERROR),
    "gone": (response(b"x", "410 Gone"), Outcome.GONE),
    "missing": (response(html("<h1>Không tìm thấy bài viết</h1><p>Bài viết không tồn tại.</p>")), Outcome.SOFT_404),
    "refused": (response(b"no", "403 Forbidden"), Outcome.REFUSED),
    "failing": (response(b"oops", "500 Internal Server Error"), Outcome.SERVER_ERROR),
    "cut-gzip": (response(gzip.compress(article(5))[:-9], Content_Encoding="gzip"), Outcome.TRUNCATED),
    "cut-body": (response(article(6), length=len(article(6)) + 500), Outcome.TRUNCATED),
    "false-gzip": (response(article(7), Content_Encoding="gzip"), Outcome.ARTICLE),
    "bomb": (response(gzip.compress(b"\0" * 300_000), Content_Encoding="gzip"), Outcome.TOO_LARGE),
    "large": (response(html("x" * 300_000)), Outcome.TOO_LARGE),
    "pdf": (response(b"%PDF-1.4", kind="application/pdf"), Outcome.UNSUPPORTED_TYPE),
    "empty": (response(b""), Outcome.EMPTY),
    "shell": (response(html("<div id='app'></div><script src='/a.js'></script>")), Outcome.APP_SHELL),
    "reset": (b"HTTP/1.1 200 OK\r\nContent-Length: 999", Outcome.UNREACHABLE),
    "titleless": (response(html("<article><div class='noi-dung'><p>Xem thêm.</p></div></article>")), Outcome.EMPTY),
}


def test_whatever_comes_back_has_its_outcome_and_harms_nothing_else(archive: Path) -> None:
    pages = portal(**{name.replace("-", "_"): said for name, (said, _) in ZOO.items()})
    pages |= {"/": response(html("<h1>Trang chủ</h1>")), "/tin/good%20one.html?a=b%20c": response(article(10))}
    pages |= {"/dang-nhap?back=1": response(html("<h1>Đăng nhập</h1>"))}
    with HttpServer(pages) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, "-s", "DOWNLOAD_MAXSIZE=200000", port=server.port)
    assert done.code == 1  # most of this portal cannot be read
    run, lines, articles = the_night(archive)
    last = {page.key: page.outcome for page in lines if page.key}
    assert last == {name: outcome for name, (_, outcome) in ZOO.items()}
    assert run.complete
    assert run.verdict is Verdict.SUSPICIOUS
    assert {line.key for line in articles if line.event is Event.NEW} == {
        "good",
        "false-gzip",
        "blank",
        "not-an-encoding",
        "zero-byte",
        "odd-header",
    }
    assert {line.key: line.event for line in articles}["moved"] is Event.DUPLICATE
    counts = {name: server.asked[f"/tin/{name}.html"] for name in ("failing", "cut-gzip", "cut-body", "loop", "gone")}
    assert counts == {"failing": 3, "cut-gzip": 3, "cut-body": 3, "loop": 6, "gone": 1}
    assert run.outcomes["wrong_host"] == run.outcomes["guard_denied"] == 5
    (link,) = [page for page in lines if page.outcome is Outcome.EXTERNAL_LINK]
    assert (link.detail, link.status, link.warc is None) == ("https://evil.example/", 302, False)
    assert [page.warc is None for page in lines if page.outcome is Outcome.GUARD_DENIED] == [True] * 5
    captures = [page for page in lines if page.warc is not None]
    assert len({page.warc for page in captures}) == len(captures), "one line for each captured response"


CHALLENGE = b'<html><script>document.cookie="a=b";location.reload(true);</script></html>'
FIREWALL = b"<html><body><h1>Request blocked</h1><p>Web Application Firewall</p></body></html>"
ENDS: dict[str, tuple[dict[str, Reply], Verdict, str, int]] = {
    "a challenge is recorded and the portal left alone": (
        {"/tin-tuc": response(CHALLENGE)},
        Verdict.BLOCKED,
        "once a cookie challenge",
        1,
    ),
    "a portal that asks for an hour is left for the night": (
        {"/tin-tuc": response(b"slow", "429 Too Many Requests", Retry_After="3600")},
        Verdict.BLOCKED,
        "too many requests",
        1,
    ),
    "an empty list is an alarm": (
        {"/tin-tuc": response(listing([]))},
        Verdict.BROKEN,
        "section tin-tuc listed 0 articles: the list selector no longer fits or the portal is down",
        1,
    ),
    "a list that fails three times": (
        {"/tin-tuc": response(b"", "502 Bad Gateway")},
        Verdict.BROKEN,
        "section tin-tuc: page 1 of its list could not be read",
        3,
    ),
    "robots.txt forbids": (
        {"/robots.txt": response(b"User-agent: *\nDisallow: /\n", kind="text/plain")},
        Verdict.BLOCKED,
        "robots.txt forbids it",
        0,
    ),
    "robots.txt is a challenge": (
        {"/robots.txt": response(CHALLENGE), "/tin-tuc": response(listing(["a"])), "/tin/a.html": response(article(1))},
        Verdict.BLOCKED,
        "once a cookie challenge",
        0,
    ),
    "robots.txt is a firewall's page": (
        {"/robots.txt": response(FIREWALL, "403 Forbidden"), "/tin-tuc": response(listing(["a"]))},
        Verdict.BLOCKED,
        "a firewall's refusal",
        0,
    ),
    "robots.txt cannot be had": (
        {"/robots.txt": response(b"", "503 Service Unavailable"), "/tin-tuc": response(listing(["a"]))},
        Verdict.UNREACHABLE,
        "robots.txt was asked and none of 1 requests after it was answered or allowed",
        0,
    ),
    "every article is gone": (
        {"/tin-tuc": response(listing(["a", "b"]))},
        Verdict.BROKEN,
        "2 articles were asked for and none could be read: mostly gone (2)",
        1,
    ),
    "a list that answers every number with page 1": (
        {
            "/tin-tuc": response(listing(["a"], "/tin-tuc?trang=2")),
            "/tin-tuc?trang=2": response(listing(["a"], "/tin-tuc?trang=3")),
            "/tin/a.html": response(article(1)),
        },
        Verdict.SUSPICIOUS,
        "page 2 is page 1 again",
        1,
    ),
    "a list that repeats its last page": (
        {
            "/tin-tuc": response(listing(["a"], "/tin-tuc?trang=2")),
            "/tin-tuc?trang=2": response(listing(["b"], "/tin-tuc?trang=3")),
            "/tin-tuc?trang=3": response(listing(["b"], "/tin-tuc?trang=4")),
            "/tin/a.html": response(article(1)),
            "/tin/b.html": response(article(2)),
        },
        Verdict.GOOD,
        "no history yet",
        1,
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_end_of_a_night_has_its_verdict_and_reason(name: str, archive: Path) -> None:
    pages, verdict, reason, lists = ENDS[name]
    with HttpServer(pages) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
    run, _, _ = the_night(archive)
    assert run.verdict is verdict
    assert reason in joined(run.reasons)
    assert done.code == (0 if verdict is Verdict.GOOD else 1)
    assert server.asked["/tin-tuc"] == lists


@pytest.mark.parametrize(
    "answer",
    [
        response(CHALLENGE),
        response(FIREWALL, "403 Forbidden"),
        response(b"slow", "429 Too Many Requests", Retry_After="999"),
    ],
    ids=["challenge", "firewall", "too many requests"],
)
def test_a_portal_that_blocks_in_the_middle_is_left_alone_and_the_rest_stays_owed(answer: bytes, archive: Path) -> None:
    pages = portal(a=response(article(1)), b=answer, c=response(article(3)), d=response(article(4)))
    with HttpServer(pages) as server:
        assert crawl("--archive", str(archive), *ARGUMENTS, port=server.port).code == 1
        assert server.asked["/tin/d.html"] == 0  # c may have been on its way
        server.pages["/tin/b.html"] = response(article(2))
        crawl("--archive", str(archive), "--night", "2025-03-06", port=server.port)
    run, _, first = the_night(archive)
    _, _, second = the_night(archive, night=NIGHT.replace(day=6))
    assert (run.verdict, run.finish_reason) == (Verdict.BLOCKED, "blocked")
    assert sorted(line.key for line in [*first, *second]) == ["a", "b", "c", "d"]


def test_a_portal_that_answers_after_a_moment_is_waited_for(archive: Path) -> None:
    def later(before: int) -> bytes:
        return response(listing(["a"])) if before else response(b"", "429 Too Many Requests", Retry_After="1")

    with HttpServer({"/tin-tuc": later, "/tin/a.html": response(article(1))}) as server:
        started = time.monotonic()
        crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
        assert time.monotonic() - started > 1
    run, _, articles = the_night(archive)
    assert [line.key for line in articles] == ["a"]
    assert run.outcomes == {"article": 1, "listing": 1, "rate_limited": 1, "robots": 1}


def test_a_portal_that_is_down_is_reported_quickly(archive: Path) -> None:
    with HttpServer({}) as server:
        port = server.port
    done = crawl("--archive", str(archive), *ARGUMENTS, port=port)
    run, lines, _ = the_night(archive)
    assert done.code == 1
    assert run.verdict is Verdict.UNREACHABLE
    assert [(page.outcome, page.detail) for page in lines] == [(Outcome.UNREACHABLE, "connection refused")]


def test_what_did_not_change_is_asked_with_its_validators_and_not_stored_again(archive: Path) -> None:
    with HttpServer({"/tin-tuc": response(listing(["a"])), "/tin/a.html": response(article(1), ETag='"v1"')}) as server:
        crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
        server.pages["/tin/a.html"] = response(b"", "304 Not Modified")
        done = crawl("--archive", str(archive), "--night", "2025-03-06", port=server.port)
        assert 'If-None-Match: "v1"' in server.heads[-1]
    run, lines, articles = the_night(archive, night=NIGHT.replace(day=6))
    assert done.code == 0
    assert run.verdict is Verdict.QUIET
    assert articles == []
    assert [page.walk_end for page in lines if page.page_number] == [WalkEnd.KNOWN]
    looked = next(page for page in lines if page.key == "a")
    assert (looked.outcome, str(looked.next_look)) == (Outcome.NOT_MODIFIED, "2025-03-07")


def started(archive: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("--archive", str(archive), *ARGUMENTS),
        cwd=ROOT,
        env=environment(REPLICA="1", REPLICA_PORT=str(port)),
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_an_interrupted_night_goes_on_where_it_stopped(archive: Path, number: signal.Signals) -> None:
    keys = [f"t{count:02d}" for count in range(30)]
    pages = portal(**{key: response(article(count)) for count, key in enumerate(keys)})
    with HttpServer(pages, delay=0.15) as server:
        process = started(archive, server.port)
        while server.asked.total() < 12 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == (11 if number is signal.SIGTERM else -9)
        assert (archive / "open/2025-03-05/ba_song").is_dir()
        done = crawl("--archive", str(archive), *ARGUMENTS, port=server.port)
    assert done.code == 0, done.err
    run, _, articles = the_night(archive)
    assert run.attempts == 2
    assert sorted(line.key for line in articles) == keys
    if number is signal.SIGTERM:
        assert max(server.asked[f"/tin/{key}.html"] for key in keys) == 1


def test_a_time_limit_leaves_the_night_open(archive: Path) -> None:
    pages = portal(**{f"t{count}": response(article(count)) for count in range(30)})
    with HttpServer(pages, delay=0.3) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, "-s", "CLOSESPIDER_TIMEOUT=1", port=server.port)
    assert done.code == 15
    assert (archive / "open/2025-03-05/ba_song").is_dir()
